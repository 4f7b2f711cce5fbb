"""How people speak of the rules: three hand-edited files, read forgivingly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.knowledge import Library
from assistant.knowledge.problems import Problem
from assistant.knowledge.speech import Speech, Wording, read_speech
from assistant.settings import REPOSITORY


def write(folder: Path, name: str, text: str) -> None:
    (folder / "regulations").mkdir(exist_ok=True)
    (folder / "regulations" / name).write_text(text, encoding="utf-8")


def test_a_folder_without_the_files_has_no_speech(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_speech(tmp_path, problems) == Speech()
    assert problems == []


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("abbreviations.yaml", "刑法: [刑]\n反洗钱法: 反洗\n", 2),
        ("asked.yaml", "刑法:\n  第一条: 怎么问\n", 2),
        ("asked.yaml", "刑法: [怎么问]\n", 1),
        ("wording.yaml", "- {people: [返点], law: [回扣]}\n- {people: [返点]}\n", 2),
        ("wording.yaml", "- {people: [返点\n", 2),
    ],
)
def test_a_broken_entry_is_reported_with_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    write(tmp_path, name, text)
    problems: list[Problem] = []
    read_speech(tmp_path, problems)
    [problem] = problems
    assert (problem.file, problem.line) == (f"regulations/{name}", line)


def test_the_good_entries_beside_a_broken_one_count(tmp_path: Path) -> None:
    write(tmp_path, "asked.yaml", "刑法:\n  第一条: 怎么问\n  5.3: [能问吗]\n")
    assert read_speech(tmp_path, []).asked == {"刑法": {"5.3": ("能问吗",)}}


@pytest.mark.parametrize(
    ("text", "found"),
    [("平台给返点", True), ("our AML duty", True), ("aml rules", True), ("seamless", False), ("", False)],
)
def test_a_wording_is_found_where_it_is_said(text: str, found: bool) -> None:
    assert Wording(people=("返点", "AML"), law=("回扣",)).occurs_in(text) is found


def test_every_asked_article_is_there_and_indexed_with_it() -> None:
    library = Library.open(REPOSITORY / "corpus")
    rows = {document.metadata["row"] for document in library.documents(date(2026, 11, 23))}
    for title, articles in library.corpus.speech.asked.items():
        labels = {
            article.no or article.label
            for regulation in library.titled(title)
            for article in regulation.articles
            if f"{regulation.id}:{article.no or article.label}" in rows
        }
        assert articles.keys() <= labels, title
