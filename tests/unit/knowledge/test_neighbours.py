"""What separates neighbouring patterns: every mistake in the file is reported where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.knowledge import Library, Problem
from assistant.knowledge.neighbours import NAME, read_neighbours
from assistant.types import Boundary

PATTERNS = {"loan-ab", "loan-bridge-swap", "loan-straw-borrower"}
GOOD = (
    "- between:\n    loan-ab: 亲友被当作见证人\n    loan-bridge-swap: 用短期资金结清旧贷\n  ask: 钱最后到了谁手里？\n"
)


def read(folder: Path, text: str) -> tuple[tuple[Boundary, ...], list[Problem]]:
    (folder / NAME).write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    return read_neighbours(folder, PATTERNS, problems), problems


def test_a_good_pair_is_read(tmp_path: Path) -> None:
    [boundary], problems = read(tmp_path, GOOD)
    assert problems == []
    assert boundary.between == {"loan-ab": "亲友被当作见证人", "loan-bridge-swap": "用短期资金结清旧贷"}
    assert boundary.ask == "钱最后到了谁手里？"


def test_a_corpus_without_the_file_is_no_mistake(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_neighbours(tmp_path, PATTERNS, problems) == ()
    assert problems == []


@pytest.mark.parametrize(
    ("second", "line", "what", "expected"),
    [
        (GOOD.replace("bridge-swap", "bridge-swop"), 5, "没有模式 `loan-bridge-swop`", "taxonomy.yaml"),
        ("- between:\n    loan-ab: 一句\n  ask: 问？\n", 5, "不是两个模式", "正好写两个"),
        (
            "- between: {loan-ab: 一, loan-bridge-swap: 二, loan-straw-borrower: 三}\n  ask: 问？\n",
            5,
            "不是两个模式",
            "正好写两个",
        ),
        (GOOD, 5, "写了两次", "合并"),
        (GOOD.replace("  ask: 钱最后到了谁手里？\n", ""), 5, "缺少 `ask`", "补上"),
        (GOOD.replace("ask:", "asks:"), 8, "不认识的项 `asks`", "`ask`"),
        ("- 一句话\n", 5, "不是“项名: 值”的结构", "corpus/README.md"),
        (GOOD.replace("用短期资金结清旧贷", "[一, 二]"), 7, "不是文字", "引号"),
    ],
)
def test_a_pair_that_cannot_be_used_is_reported_and_the_others_are_kept(
    tmp_path: Path, second: str, line: int, what: str, expected: str
) -> None:
    kept, problems = read(tmp_path, GOOD + second)
    assert [set(boundary.between) for boundary in kept] == [{"loan-ab", "loan-bridge-swap"}]
    assert {problem.file for problem in problems} == {NAME}
    [problem] = [problem for problem in problems if what in problem.what]
    assert problem.line == line
    assert expected in problem.expected


def test_the_same_pair_in_the_other_order_is_the_same_pair(tmp_path: Path) -> None:
    turned = "- between:\n    loan-bridge-swap: 一\n    loan-ab: 二\n  ask: 问？\n"
    kept, [problem] = read(tmp_path, GOOD + turned)
    assert len(kept) == 1
    assert "写了两次" in problem.what


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("between: 一\n", 1, "内容不是列表"),
        ("只有一句话\n", 1, "内容不是列表"),
        ("", 1, "内容不是列表"),
        (GOOD + "- between: [一\n", 6, "YAML 写法有误"),
        (GOOD + "- ask: “一”\n  ask: 二\n", 6, "`ask` 写了两次"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem_with_its_line(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    kept, [problem] = read(tmp_path, text)
    assert kept == ()
    assert (problem.file, problem.line) == (NAME, line)
    assert what in problem.what


def test_every_shipped_pair_can_be_looked_up_from_either_side(library: Library) -> None:
    problems: list[Problem] = []
    pairs = read_neighbours(library.corpus.folder, set(library.patterns), problems)
    assert problems == []
    assert pairs
    for boundary in pairs:
        one, other = boundary.between
        assert library.boundary(one, other) == library.boundary(other, one) == boundary
        assert boundary.ask.endswith("？")


def test_every_pattern_has_a_neighbour(library: Library) -> None:
    alone = [one for one in library.patterns if not any(library.boundary(one, other) for other in library.patterns)]
    assert alone == []
