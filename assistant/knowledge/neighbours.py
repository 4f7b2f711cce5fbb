"""What separates two patterns that are easily taken for one another: corpus/neighbours.yaml."""

from __future__ import annotations

from pathlib import Path

import yaml

from assistant.knowledge.lines import line_of, mapping, parse, text_of, validate
from assistant.knowledge.problems import Broken, Problem
from assistant.types import Boundary

NAME = "neighbours.yaml"


def read_neighbours(folder: Path, patterns: set[str], problems: list[Problem]) -> tuple[Boundary, ...]:
    """Read the pairs; one that cannot be used is reported in `problems` and left out. The file may be missing."""
    if not (folder / NAME).is_file():
        return ()
    try:
        value, node = parse(text_of(folder / NAME, NAME), NAME)
    except Broken as broken:
        problems.extend(broken.problems)
        return ()
    if not isinstance(value, list):
        problems.append(Problem(NAME, 1, "内容不是列表", "每一对写一条：between 和 ask"))
        return ()
    found: dict[frozenset[str], Boundary] = {}
    for position, item in enumerate(value):
        part = node.value[position] if isinstance(node, yaml.SequenceNode) else None
        line = line_of(part, (), 0)
        try:
            boundary = validate(Boundary, mapping(item, NAME, line), part, NAME)
        except Broken as broken:
            problems.extend(broken.problems)
            continue
        pair = frozenset(boundary.between)
        if len(pair) != 2:
            problems.append(Problem(NAME, line, "`between` 里不是两个模式", "正好写两个模式，各一句区别"))
        elif unknown := sorted(pair - patterns):
            problems.append(Problem(NAME, line, f"没有模式 `{unknown[0]}`", "用 taxonomy.yaml 里的 id"))
        elif pair in found:
            problems.append(Problem(NAME, line, "这一对写了两次", "合并成一处"))
        else:
            found[pair] = boundary
    return tuple(found.values())
