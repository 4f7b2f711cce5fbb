"""Every way of writing a reference that we know of, each with what it must come to: `citations_conformance.yaml`."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.knowledge.references import canonical, key, number_of, numeral
from assistant.knowledge.spelling import fold
from assistant.settings import REPOSITORY

TODAY = date(2026, 11, 23)
GROUPS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "citations_conformance.yaml").read_text(encoding="utf-8")
)
CASES = [case for cases in GROUPS.values() for case in cases]
MIXED = "根据个人信息保护法第二十九条、《消费者权益保护法》第五十五条以及金规〔2025〕9号第六项的规定，商业银行不得委托"
LONG = {
    "one reference again and again": "反洗钱法第七条，",
    "several instruments": MIXED,
    "beginnings of names": "关于金融中国银行保险最高人民法院的办法",
    "opening brackets": "《",
    "one numeral": "一",
    "articles of nothing": "第一条",
    "unknown names": "金融债务催收促进法第二十三条，个人信息保户法第三条，",
    "document numbers": "银监复〔2009〕12号，金规〔2025〕9号，",
}


@pytest.fixture(scope="module")
def citations() -> Citations:
    return Citations(Library.open(REPOSITORY / "corpus"))


def test_the_suite_is_large_and_says_nothing_twice() -> None:
    said = [(case["say"], case.get("as_of")) for case in CASES]
    assert len(said) >= 220
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.get('as_of', '')} {case['say']}".strip() for case in CASES])
def test_what_is_written_means(citations: Citations, case: dict[str, Any]) -> None:
    day = case.get("as_of", TODAY)
    references = citations.parse(case["say"])
    resolved = [citations.resolve(reference, day) for reference in references]
    assert [(item.reference.article, item.outcome) for item in resolved] == [(row[1], row[2]) for row in case["means"]]
    for item, (name, _, _) in zip(resolved, case["means"], strict=True):
        if item.regulation is None:
            assert item.reference.name == name
        else:
            assert item.regulation.title in {meant.title for meant in citations.named[key(name)]}
    if "text" in case:
        assert [item.regulation.id for item in resolved if item.regulation] == [case["text"]]
    for title in case.get("asks", []):
        assert any("您是不是指" in item.notice and f"《{title}》" in item.notice for item in resolved)


@pytest.mark.parametrize("case", [case for case in CASES if case["means"]], ids=lambda case: case["say"])
def test_a_reference_stands_where_it_says(citations: Citations, case: dict[str, Any]) -> None:
    text = case["say"]
    for found in citations.parse(text):
        words = text[found.start : found.end]
        assert words.strip() == words
        assert found.article is not None or key(found.name) in key(words)


# --- properties -------------------------------------------------------------------------------------------------------


@given(st.integers(1, 1500), st.integers(0, 20), st.sampled_from(["第{}条", "{}条", "第{}条第一款", " 第 {} 条"]))
def test_any_article_of_a_law_is_read_however_its_number_is_written(number: int, sub: int, form: str) -> None:
    for written in (
        str(number),
        numeral(number),
        str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        text = "刑法" + form.format(written).replace("条", f"条之{numeral(sub)}" if sub else "条")
        [found] = READER.parse(text)
        assert found.article == canonical(number, sub or None)
        assert text[found.start : found.end].startswith("刑法")


@given(st.integers(1, 400), st.integers(1, 39))
def test_a_range_holds_every_article_between_its_ends(first: int, more: int) -> None:
    found = READER.parse(f"刑法第{first}条至第{first + more}条")
    assert [item.article for item in found] == [canonical(number) for number in range(first, first + more + 1)]


@given(st.lists(st.sampled_from([case["say"] for case in CASES]), min_size=1, max_size=4), st.text(max_size=6))
def test_spans_stay_in_order_and_inside_whatever_stands_together(said: list[str], between: str) -> None:
    text = between.join(said)
    found = READER.parse(text)
    assert all(0 <= item.start < item.end <= len(text) for item in found)
    assert [item.end for item in found] == sorted(item.end for item in found)


@given(st.text(max_size=60))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=40))
def test_no_text_of_any_kind_stops_the_reader(text: str) -> None:
    for found in READER.parse(f"《{text}》第三条，刑法第{text}条"):
        READER.resolve(found, TODAY)


def test_an_endless_number_is_no_number_a_law_could_have(citations: Citations) -> None:
    [found] = citations.parse("个人信息保护法第" + "9" * 5000 + "条")
    assert citations.resolve(found, TODAY).outcome == "no_such"
    assert number_of("一" * 5000) is None


READER = Citations(Library.open(REPOSITORY / "corpus"))


# --- long texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LONG)
def test_five_thousand_characters_are_read_and_resolved_in_no_time(citations: Citations, kind: str) -> None:
    text = (LONG[kind] * 5000)[:5000]
    spent = []
    for _ in range(4):
        fresh = Citations(citations.library)
        start = time.process_time()
        for found in fresh.parse(text):
            fresh.resolve(found, TODAY)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05


def test_two_hundred_times_the_same_is_two_hundred_references(citations: Citations) -> None:
    found = citations.parse("《反洗钱法》第三十五条。" * 200)
    assert len(found) == 200
    assert {item.article for item in found} == {"第三十五条"}
    assert len({item.start for item in found}) == 200
