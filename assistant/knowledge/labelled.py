"""The banks of labelled language: files of one JSON object a line, read forgivingly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from assistant.knowledge.problems import Problem
from assistant.types import BankCorrection, BankQuestion, BankTurn, Practice

Entry = TypeVar("Entry", Practice, BankQuestion, BankTurn, BankCorrection)
Wrong = tuple[str, str] | None


def read_bank(
    folder: Path,
    files: str,
    kind: type[Entry],
    text_of: Callable[[Entry], str],
    wrong: Callable[[Entry], Wrong],
    problems: list[Problem],
) -> tuple[Entry, ...]:
    """Read the lines of `files`; one that cannot be used is reported in `problems` and left out, the others count.

    `wrong` says what contradicts itself in an entry and what to do; ids and texts must not be there twice.
    """
    found: dict[str, Entry] = {}
    texts: dict[str, str] = {}
    for path in sorted(folder.glob(files)):
        name = path.relative_to(folder).as_posix()
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(name, 1, f"读不出来：{error}", "请另存为 UTF-8 编码并检查权限"))
            continue
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                entry = kind.model_validate_json(line)
            except ValidationError as error:
                fault = error.errors()[0]
                where = ".".join(map(str, fault["loc"])) or "整行"
                problems.append(Problem(name, number, f"`{where}` 写法不对", fault["msg"]))
                continue
            fault_of = wrong(entry)
            if entry.id in found:
                fault_of = f"id `{entry.id}` 重复", "换一个 id"
            elif text_of(entry) in texts:
                fault_of = f"与 `{texts[text_of(entry)]}` 的文字完全相同", "删掉其中一条"
            if fault_of:
                problems.append(Problem(name, number, *fault_of))
                continue
            found[entry.id] = entry
            texts[text_of(entry)] = entry.id
    return tuple(found.values())


def read_practices(folder: Path, patterns: set[str], problems: list[Problem]) -> tuple[Practice, ...]:
    """The practice bank, corpus/practices/*.jsonl: labelled texts in many voices about the known `patterns`."""

    def wrong(practice: Practice) -> Wrong:
        for id in filter(None, (practice.main, *practice.shown)):
            if id not in patterns:
                return f"没有模式 `{id}`", "用 taxonomy.yaml 里的 id"
        for part in (*practice.telling, *practice.countered):
            if part not in practice.text:
                return f"“{part[:20]}”不在 text 里", "照原文一字不差地摘录"
        if practice.main is None and practice.telling:
            return "没有 main 却有 telling", "写上最接近的模式，或删掉 telling"
        if practice.indicators and len(practice.indicators) != len(practice.telling):
            return "indicators 与 telling 的条数不同", "逐条对应，没有对应迹象的写 null"
        return None

    return read_bank(folder, "practices/*.jsonl", Practice, lambda practice: practice.text, wrong, problems)


def read_questions(folder: Path, problems: list[Problem]) -> tuple[BankQuestion, ...]:
    """The question bank, corpus/questions/*.jsonl: labelled questions of many askers."""

    def wrong(question: BankQuestion) -> Wrong:
        contradictory = question.abstain and question.must_cite
        return ("写了 abstain 却有 must_cite", "留下其中一个") if contradictory else None

    return read_bank(folder, "questions/*.jsonl", BankQuestion, lambda question: question.question, wrong, problems)


def read_turns(folder: Path, problems: list[Problem]) -> tuple[BankTurn, ...]:
    """The turn bank, corpus/turns/*.jsonl: what people do with a turn of a conversation."""
    return read_bank(folder, "turns/*.jsonl", BankTurn, lambda turn: f"{turn.before} {turn.text}", _right, problems)


def read_corrections(folder: Path, problems: list[Problem]) -> tuple[BankCorrection, ...]:
    """The bank of corrections, corpus/corrections/*.jsonl: which earlier statements a later turn replaces."""

    def wrong(item: BankCorrection) -> Wrong:
        for part in item.withdrawn:
            if not any(part in fact for fact in item.facts):
                return f"“{part[:20]}”不在 facts 里", "照原文一字不差地摘录"
        for part in (*item.added, *item.other):
            if part not in item.turn:
                return f"“{part[:20]}”不在 turn 里", "照原文一字不差地摘录"
        return None

    def text(item: BankCorrection) -> str:
        return "\n".join((*item.facts, item.turn))

    return read_bank(folder, "corrections/*.jsonl", BankCorrection, text, wrong, problems)


def _right(_: BankTurn) -> Wrong:
    return None
