"""The practice bank: corpus/practices/*.jsonl, labelled texts in many voices, one JSON object a line."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from assistant.knowledge.problems import Problem
from assistant.types import Practice


def read_practices(folder: Path, patterns: set[str], problems: list[Problem]) -> tuple[Practice, ...]:
    """Read the bank; a line that cannot be used is reported in `problems` and left out, the others count."""
    found: dict[str, Practice] = {}
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("practices/*.jsonl")):
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
                practice = Practice.model_validate_json(line)
            except ValidationError as error:
                fault = error.errors()[0]
                where = ".".join(map(str, fault["loc"])) or "整行"
                problems.append(Problem(name, number, f"`{where}` 写法不对", fault["msg"]))
                continue
            wrong = _wrong(practice, patterns)
            if practice.id in found:
                wrong = f"id `{practice.id}` 重复", "换一个 id"
            elif practice.text in texts:
                wrong = f"与 `{texts[practice.text]}` 的文字完全相同", "删掉其中一条"
            if wrong:
                problems.append(Problem(name, number, *wrong))
                continue
            found[practice.id] = practice
            texts[practice.text] = practice.id
    return tuple(found.values())


def _wrong(practice: Practice, patterns: set[str]) -> tuple[str, str] | None:
    for id in filter(None, (practice.main, *practice.shown)):
        if id not in patterns:
            return f"没有模式 `{id}`", "用 taxonomy.yaml 里的 id"
    for part in (*practice.telling, *practice.countered):
        if part not in practice.text:
            return f"“{part[:20]}”不在 text 里", "照原文一字不差地摘录"
    if practice.main is None and practice.telling:
        return "没有 main 却有 telling", "写上最接近的模式，或删掉 telling"
    return None
