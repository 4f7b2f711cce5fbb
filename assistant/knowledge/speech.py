"""How people speak of the rules, in three files under corpus/regulations/ that an officer can edit.

`abbreviations.yaml`: other names of an instrument. `wording.yaml`: staff write 返点 where the law writes 回扣, and
English for Chinese; a question is searched with both. `asked.yaml`: how people ask for what an article says; these
questions are searched like the article itself. An officer who sees a question fail adds a line, without a developer.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from assistant.knowledge.lines import line_of, mapping, parse, text_of, validate
from assistant.knowledge.problems import Broken, Problem
from assistant.types import Frozen


class Wording(Frozen):
    """`people` are ways of saying it (any one of them, case does not matter), `law` the words that the rules use."""

    people: tuple[str, ...]
    law: tuple[str, ...]

    @cached_property
    def _said(self) -> re.Pattern[str]:
        """English at the start of a word, so that AML is not found in seamless; Chinese anywhere."""
        words = (rf"\b{re.escape(word)}" if word[0].isascii() else re.escape(word) for word in self.people)
        return re.compile("|".join(words), re.I | re.A)

    def occurs_in(self, text: str) -> bool:
        """Whether one of the ways of saying it stands in `text`."""
        return self._said.search(text) is not None


class Speech(Frozen):
    """`abbreviations` by title; `asked` by title and then by article, as the article is numbered or labelled."""

    abbreviations: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    wordings: tuple[Wording, ...] = ()
    asked: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)


def read_speech(folder: Path, problems: list[Problem]) -> Speech:
    """Read the three files; what cannot be used is reported in `problems` and left out."""
    names, lines = _entries(folder, "regulations/abbreviations.yaml", problems)
    asked, nodes = _entries(folder, "regulations/asked.yaml", problems)
    abbreviations = _lists("regulations/abbreviations.yaml", names, lines, problems)
    by_title = {}
    for title, articles in asked.items():
        if isinstance(articles, dict):
            by_title[title] = _lists("regulations/asked.yaml", articles, nodes, problems, title)
        else:
            where = line_of(nodes, (title,), 0)
            problems.append(Problem("regulations/asked.yaml", where, f"{title} 的写法不对", "下面逐条写“条号: [问法]”"))
    return Speech(abbreviations=abbreviations, wordings=_wordings(folder, problems), asked=by_title)


def _entries(folder: Path, name: str, problems: list[Problem]) -> tuple[dict[str, Any], yaml.Node | None]:
    if not (folder / name).is_file():
        return {}, None
    try:
        value, node = parse(text_of(folder / name, name), name)
        return mapping(value, name), node
    except Broken as broken:
        problems.extend(broken.problems)
        return {}, None


def _lists(
    name: str, entries: dict[str, Any], node: yaml.Node | None, problems: list[Problem], *above: str
) -> dict[str, tuple[str, ...]]:
    found = {}
    for key, words in entries.items():
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            found[str(key)] = tuple(words)
        else:
            where = line_of(node, (*above, str(key)), 0)
            problems.append(Problem(name, where, f"{key} 的写法不对", "写成“名称: [词, 词]”"))
    return found


def _wordings(folder: Path, problems: list[Problem]) -> tuple[Wording, ...]:
    name, wordings = "regulations/wording.yaml", []
    if not (folder / name).is_file():
        return ()
    try:
        value, node = parse(text_of(folder / name, name), name)
    except Broken as broken:
        problems.extend(broken.problems)
        return ()
    if not isinstance(value, list):
        problems.append(Problem(name, 1, "内容不是列表", "每条写 people 和 law 两项"))
        return ()
    for position, item in enumerate(value):
        part = node.value[position] if isinstance(node, yaml.SequenceNode) else None
        try:
            wordings.append(validate(Wording, mapping(item, name, line_of(part, (), 0)), part, name))
        except Broken as broken:
            problems.extend(broken.problems)
    return tuple(wordings)
