"""`corpus check` on the shipped corpus, and on a copy with every mistake that no single file shows."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.knowledge import Library, Problem, load_corpus
from assistant.knowledge.check import check_corpus
from assistant.knowledge.citations import Citations
from assistant.knowledge.statutes import load_statutes
from assistant.settings import REPOSITORY

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Mistake:
    """An entry of crossed.yaml."""

    name: str
    file: str
    old: str
    new: str
    what: str
    remedy: str
    at: str = ""
    severity: str = "error"


MISTAKES = [
    Mistake(**entry) for entry in yaml.safe_load(Path(__file__).with_name("crossed.yaml").read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped corpus with all mistakes at once."""
    folder = tmp_path_factory.mktemp("crossed") / "corpus"
    shutil.copytree(REPOSITORY / "corpus", folder, ignore=shutil.ignore_patterns("practices"))
    for mistake in MISTAKES:
        path = folder / mistake.file
        text = path.read_text(encoding="utf-8")
        assert mistake.old in text, mistake.name
        path.write_text(text.replace(mistake.old, mistake.new, 1), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def problems(folder: Path) -> list[Problem]:
    library = Library(load_corpus(folder), load_statutes())
    return check_corpus(library, Citations(library), TODAY)


def test_the_shipped_corpus_has_no_problem(library: Library) -> None:
    assert check_corpus(library, Citations(library), TODAY) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_what_contradicts_another_file_is_reported_with_its_line_and_its_remedy(
    folder: Path, problems: list[Problem], mistake: Mistake
) -> None:
    found = [problem for problem in problems if problem.file == mistake.file and mistake.what in problem.what]
    assert len(found) == 1, [str(problem) for problem in problems if problem.file == mistake.file]
    words = mistake.at or mistake.new.splitlines()[-1]
    text = (folder / mistake.file).read_text(encoding="utf-8")
    assert found[0].line == text[: text.index(words)].count("\n") + 1
    assert mistake.remedy in found[0].expected
    assert found[0].severity == mistake.severity


def test_nothing_else_is_reported(problems: list[Problem]) -> None:
    expected = [(mistake.file, mistake.what) for mistake in MISTAKES]
    assert [
        str(problem)
        for problem in problems
        if not any(problem.file == file and what in problem.what for file, what in expected)
    ] == []


def test_problems_come_in_the_order_of_files_and_lines(problems: list[Problem]) -> None:
    places = [(problem.file, problem.line) for problem in problems]
    assert places == sorted(places)


def test_what_reading_found_is_reported_too(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("practices"))
    (tmp_path / "corpus" / "cases" / "2026-new.md").write_text("没有信息栏", encoding="utf-8")
    library = Library(load_corpus(tmp_path / "corpus"), ())
    found = check_corpus(library, Citations(library), TODAY)
    assert "cases/2026-new.md" in {problem.file for problem in found}
