"""What an officer edits takes effect with the next index, without anybody training anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from assistant.knowledge import Library
from assistant.settings import REPOSITORY

NEW = """\
id: loan-drone-pawn
aliases: [飞机贷]
summary: 机构以“押飞机拿现金”招揽无人机持有人，名为融资租赁，实为短期放贷，放款时先扣保管费，逾期即转卖整机。
indicators:
- id: loan-drone-pawn.1
  says: 以无人机整机作抵押放款，放款时先扣机库保管费
  weight: 3
  ask: 无人机押品如何登记、估值和保管？
  examples:
  - 无人机押机库，先扣三个月保管费再放款
  - 大疆整机入库，当天拿钱，保管费从本金里扣
- id: loan-drone-pawn.2
  says: 逾期一天即由机构自行转卖无人机
  weight: 2
  ask: 处置无人机前如何通知客户？
  examples:
  - 逾期一天飞机就归公司，直接挂闲鱼
articles:
- 民法典 第六百七十条
reviewed: '2026-11-22'
"""
ENTRY = "- id: loan-drone-pawn\n  domain: lending\n  name: 无人机质押贷\n  gist: 以无人机为押品放贷并先扣保管费\n"
WORDS = "这家公司收无人机做押品放款，整机押在机库，先扣三个月保管费，逾期一天就把飞机挂闲鱼卖掉。"


@pytest.fixture(scope="module")
def edited(build: Callable[[Library], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A copy of the corpus with a pattern the bank has no texts of, and one more example for a known indicator."""
    folder = tmp_path_factory.mktemp("edited") / "corpus"
    shutil.copytree(REPOSITORY / "corpus", folder)
    (folder / "patterns" / "lending" / "loan-drone-pawn.yaml").write_text(NEW, encoding="utf-8")
    taxonomy = folder / "taxonomy.yaml"
    taxonomy.write_text(taxonomy.read_text("utf-8").rstrip() + "\n" + ENTRY, encoding="utf-8")
    path = folder / "patterns" / "lending" / "loan-bridge-swap.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("  counter:\n", "  - 老房贷挪个窝，利息立马腰斩\n  counter:\n", 1), encoding="utf-8")
    library = Library.open(folder)
    assert library.corpus.problems == ()
    return build(library)


def test_only_the_new_wordings_are_embedded(edited: Any) -> None:
    assert edited.embedded == len(["says", "says", "example", "example", "example", "the example added"])


def test_a_new_pattern_comes_first_for_the_words_of_its_indicators(edited: Any) -> None:
    assessment = edited.assessor.assess(WORDS)
    assert assessment.ranked[0].id == "loan-drone-pawn"


def test_a_pattern_without_texts_in_the_bank_is_no_class_of_the_learned_reader(edited: Any) -> None:
    assert "loan-drone-pawn" in edited.library.patterns
    assert set(edited.learned.classes) == set(edited.library.patterns) - {"loan-drone-pawn"}


def test_a_new_pattern_does_not_come_first_for_words_of_others(edited: Any, shipped: Any) -> None:
    for text in [practice.text for practice in shipped.library.corpus.practices if practice.main][::100]:
        assert edited.assessor.assess(text).ranked[0].id != "loan-drone-pawn"


def test_an_edited_indicator_is_met_by_its_new_words(edited: Any, nearest: Any) -> None:
    assert nearest(edited, ["老房贷挪个窝，利息立马腰斩"]) == ["loan-bridge-swap.1"]
    assert edited.assessor.assess("业务员说老房贷挪个窝，利息立马腰斩。").ranked[0].id == "loan-bridge-swap"
