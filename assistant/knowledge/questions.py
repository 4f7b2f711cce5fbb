"""The question bank: corpus/questions/*.jsonl, labelled questions of many askers, one JSON object a line."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from assistant.knowledge.problems import Problem
from assistant.types import BankQuestion


def read_questions(folder: Path, problems: list[Problem]) -> tuple[BankQuestion, ...]:
    """Read the bank; a line that cannot be used is reported in `problems` and left out, the others count."""
    found: dict[str, BankQuestion] = {}
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("questions/*.jsonl")):
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
                question = BankQuestion.model_validate_json(line)
            except ValidationError as error:
                fault = error.errors()[0]
                where = ".".join(map(str, fault["loc"])) or "整行"
                problems.append(Problem(name, number, f"`{where}` 写法不对", fault["msg"]))
                continue
            if question.id in found:
                problems.append(Problem(name, number, f"id `{question.id}` 重复", "换一个 id"))
            elif question.question in texts:
                same = texts[question.question]
                problems.append(Problem(name, number, f"与 `{same}` 的文字完全相同", "删掉其中一条"))
            elif question.abstain and question.must_cite:
                problems.append(Problem(name, number, "写了 abstain 却有 must_cite", "留下其中一个"))
            else:
                found[question.id] = question
                texts[question.question] = question.id
    return tuple(found.values())
