"""The practice bank: every label rests on the text it labels. (Bad lines are tested in test_loader.)"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.knowledge import Library, Problem
from assistant.knowledge.labelled import read_practices

LINE = {"id": "x-1", "author": "x", "kind": "note", "text": "收了定金再说", "level": "high", "main": "loan-ab"}


def read(folder: Path, *changes: dict[str, object]) -> tuple[list[str], list[Problem]]:
    (folder / "practices").mkdir()
    rows = [json.dumps(LINE | change, ensure_ascii=False) for change in changes]
    (folder / "practices" / "x.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    problems: list[Problem] = []
    found = read_practices(folder, {"loan-ab"}, problems)
    return [practice.id for practice in found], problems


def test_a_good_line_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, {"telling": ["收了定金"]}) == (["x-1"], [])


@pytest.mark.parametrize(
    ("change", "what", "remedy"),
    [
        ({"telling": ["收定金"]}, "“收定金”不在 text 里", "一字不差"),
        ({"countered": ["从不收"]}, "“从不收”不在 text 里", "一字不差"),
        ({"main": "loan-abc"}, "没有模式 `loan-abc`", "taxonomy.yaml"),
        ({"shown": ["loan-abc"]}, "没有模式 `loan-abc`", "taxonomy.yaml"),
        ({"main": None, "telling": ["定金"]}, "没有 main 却有 telling", "删掉 telling"),
        ({"level": "很高"}, "`level` 写法不对", "high"),
        ({"lable": 1}, "`lable` 写法不对", "permitted"),
    ],
)
def test_a_label_that_does_not_fit_its_text_is_reported(
    tmp_path: Path, change: dict[str, object], what: str, remedy: str
) -> None:
    ids, [problem] = read(tmp_path, {"id": "x-0", "text": "另一句"}, change)
    assert ids == ["x-0"]
    assert (problem.file, problem.line, problem.what) == ("practices/x.jsonl", 2, what)
    assert remedy in problem.expected


def test_an_empty_line_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "practices").mkdir()
    (tmp_path / "practices" / "x.jsonl").write_text(f"\n{json.dumps(LINE)}\n\n", encoding="utf-8")
    problems: list[Problem] = []
    assert len(read_practices(tmp_path, {"loan-ab"}, problems)) == 1
    assert problems == []


def test_a_line_separator_inside_a_text_does_not_end_its_line(tmp_path: Path) -> None:
    assert read(tmp_path, {"text": "收了定金\u2028再说"}) == (["x-1"], [])


def test_a_corpus_without_a_bank_is_no_mistake(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_practices(tmp_path, set(), problems) == ()
    assert problems == []


def test_every_pattern_has_texts_in_the_shipped_bank(library: Library) -> None:
    texts = Counter(practice.main for practice in library.corpus.practices)
    assert all(texts[id] >= 10 for id in library.patterns), {id: texts[id] for id in library.patterns}
    assert texts[None] >= 200


def test_no_labelled_text_of_the_evaluation_is_in_the_bank(library: Library) -> None:
    folder = Path(__file__).parents[2] / "evaluation" / "practices"
    tested = {
        json.loads(line)["text"] for path in folder.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    }
    assert tested
    assert not tested & {practice.text for practice in library.corpus.practices}
