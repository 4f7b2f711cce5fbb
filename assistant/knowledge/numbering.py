"""The numbers that Word shows before a paragraph without writing them into it: 第一条, （一）, 1.

Many agencies number their articles with Word's automatic lists. A reader of the file's text would find articles without
numbers, so the lists are counted here as Word counts them.
"""

from __future__ import annotations

import re
from typing import Any

from docx.oxml.ns import qn

from assistant.knowledge.references import numeral

CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "chineseLegalSimplified",
    "japaneseCounting",
    "taiwaneseCounting",
}
CHINESE |= {"taiwaneseCountingThousand", "ideographDigital", "japaneseDigitalTenThousand"}
PLACEHOLDER = re.compile(r"%(\d)")

Level = tuple[str, str, int]  # what is written, how it counts, where it starts


class Numbering:
    """Counts the automatic lists of one document; ask for the paragraphs in their order."""

    def __init__(self, document: Any) -> None:
        part = next(
            (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None
        )
        root = part.element if part is not None and hasattr(part, "element") else None
        self._lists: dict[str, tuple[str, dict[int, Level]]] = _lists(root) if root is not None else {}
        self._styles = dict(_styled(document.styles.element))
        self._counts: dict[str, dict[int, int]] = {}

    def label(self, paragraph: Any) -> str:
        """The number Word shows before this paragraph, empty where it shows none or only a bullet."""
        place = self._place(paragraph)
        if place is None or place[0] not in self._lists:
            return ""
        list_id, depth = place
        abstract, levels = self._lists[list_id]
        written, form, _ = levels.get(depth, ("", "bullet", 1))
        if form in ("bullet", "none"):
            return ""
        counts = self._counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, levels[depth][2] - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            if "条" not in levels.get(deeper, ("",))[0]:  # articles are counted through all chapters
                del counts[deeper]

        def value(match: re.Match[str]) -> str:
            level = int(match.group(1)) - 1
            _, how, start = levels.get(level, ("", "decimal", 1))
            number = counts.get(level, start)
            return numeral(number) if how in CHINESE and number > 0 else str(number)

        label = PLACEHOLDER.sub(value, written)
        return f"{label}\u3000" if label.endswith(("条", "章", "节", "编")) else label

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return None
        own = _pointer(properties.find(qn("w:numPr")))
        style = properties.find(qn("w:pStyle"))
        return own or (self._styles.get(style.get(qn("w:val"))) if style is not None else None)


def _pointer(element: Any) -> tuple[str, int] | None:
    """The list and the depth that a `w:numPr` points to; list 0 means none."""
    number = element.find(qn("w:numId")) if element is not None else None
    if number is None or number.get(qn("w:val")) == "0":
        return None
    depth = element.find(qn("w:ilvl"))
    return number.get(qn("w:val")), int(depth.get(qn("w:val"))) if depth is not None else 0


def _styled(styles: Any) -> list[tuple[str, tuple[str, int]]]:
    found = [
        (style.get(qn("w:styleId")), _pointer(style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")))
        for style in styles.iter(qn("w:style"))
    ]
    return [(name, place) for name, place in found if place is not None]


def _lists(root: Any) -> dict[str, tuple[str, dict[int, Level]]]:
    abstract = {item.get(qn("w:abstractNumId")): _levels(item) for item in root.iter(qn("w:abstractNum"))}
    lists = {}
    for item in root.iter(qn("w:num")):
        pointer = item.find(qn("w:abstractNumId"))
        name = pointer.get(qn("w:val")) if pointer is not None else ""
        lists[item.get(qn("w:numId"))] = (name, abstract.get(name, {}))
    return lists


def _levels(abstract: Any) -> dict[int, Level]:
    def value(level: Any, tag: str, default: str) -> str:
        found = level.find(qn(tag))
        return default if found is None else str(found.get(qn("w:val")))

    return {
        int(level.get(qn("w:ilvl"))): (
            value(level, "w:lvlText", ""),
            value(level, "w:numFmt", "decimal"),
            int(value(level, "w:start", "1")),
        )
        for level in abstract.iter(qn("w:lvl"))
    }
