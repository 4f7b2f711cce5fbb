"""The parts of a document that are not articles of an act: points of a notice, preface, annexes, signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.knowledge.front import ORGAN, SIGNED, day_of
from assistant.knowledge.headings import ARTICLE, ITEM, ROUND, value_of
from assistant.knowledge.layout import Line, ended
from assistant.knowledge.references import numeral
from assistant.types import Article

ANNEX = re.compile(
    r"附[ \u3000]*(?:件|表|录|图)[ \u3000]*(?P<no>[\d一二三四五六七八九十]{0,3})[ \u3000]*[:：.、．]?[ \u3000]*"
    r"(?P<name>[^。；]{0,60})$|附[:：](?P<alone>.*)$"
)


def points(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """(line, number) of the points 一、二、… of a notice, counted from one; empty for fewer than two."""
    found: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        match = ITEM.match(line.text)
        if match and value_of(match.group("no")) == len(found) + 1:
            found.append((at, len(found) + 1))
    return found if len(found) >= 2 else []


def notice(lines: Sequence[Line], items: Sequence[tuple[int, int]]) -> list[Article]:
    """The points of a notice. Where （一）（二）… count through all of them, each of those is the citable unit."""
    rounds = [(at, value_of(match.group("no"))) for at, line in enumerate(lines) if (match := ROUND.match(line.text))]
    rounds = [(at, number) for at, number in rounds if at > items[0][0]]
    through = len(rounds) > 1 and [number for _, number in rounds] == list(range(1, len(rounds) + 1))
    spread = {sum(at >= start for start, _ in items) for at, _ in rounds}
    articles: list[Article] = []
    for (at, number), end in zip(items, [*(start for start, _ in items[1:]), len(lines)], strict=True):
        inner = [place for place, _ in rounds if at < place < end] if through and len(spread) > 1 else []
        text = _text(lines, at, inner[0] if inner else end, ITEM)
        heading = text.split("\n")[0]
        topic = heading if len(heading) <= 40 and not ended(heading) else ""
        if text != topic or not inner:
            label = f"{numeral(number)}、"
            articles.append(Article(no=label, label=label, topic=topic, text=text, kind="official"))
        for place, stop in pairwise([*inner, end]):
            match = ROUND.match(lines[place].text)
            label = f"（{match.group('no')}）" if match else ""
            text = _text(lines, place, stop, ROUND)
            chapter = f"{numeral(number)}、{topic}"
            articles.append(Article(no=label, label=label, text=text, kind="official", chapter=chapter))
    return [article for article in articles if article.text]


def _text(lines: Sequence[Line], start: int, end: int, mark: re.Pattern[str]) -> str:
    match = mark.match(lines[start].text)
    first = match.group("after") if match else lines[start].text
    return "\n".join(filter(None, (shown(text) for text in (first, *(line.text for line in lines[start + 1 : end])))))


def preface(head: Sequence[Line]) -> list[Article]:
    """What is said before the first article in whole sentences: the letter that issues an act, or its preamble."""
    said = [
        line.text.strip()
        for line in head
        if re.search(r"[。；]", line.text) and not re.match(r"[（(]", line.text.strip())
    ]
    return [Article(no=None, label="前言", text="\n".join(said), kind="official")] if said else []


def annexes(lines: Sequence[Line]) -> list[Article]:
    """Annexes and their tables, each with the name it is cited by."""
    starts = [at for at, line in enumerate(lines) if ANNEX.match(line.text.strip())]
    found: list[Article] = []
    for at, end in pairwise([*starts, len(lines)]):
        match = ANNEX.match(lines[at].text.strip())
        number = match.group("no") if match else ""
        kind = re.match(r"附[ \u3000]*[件表录图]?", lines[at].text.strip())
        label = re.sub(r"[\s\u3000]+", "", kind.group() if kind else "附件") + (number or "")
        label = label if label not in {article.label for article in found} else f"{label}（{len(found) + 1}）"
        rows = [shown(line.text) for line in lines[at + 1 : end]]
        name = (match.group("name") or match.group("alone") or "").strip() if match else ""
        topic = name or (rows[0] if rows and len(rows[0]) <= 40 else "")
        text = "\n".join(filter(None, [name, *rows]))
        if text:
            found.append(Article(no=label, label=label, topic=topic, text=text, kind="official", chapter="附件"))
    return found


def signature(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines without the signature and the printing notes at their end, and those."""
    end = len(lines)
    while end and _is_signature(lines[end - 1].text.strip()):
        end -= 1
    return list(lines[:end]), list(lines[end:])


def _is_signature(text: str) -> bool:
    if len(text) > 60 or ARTICLE.match(text) or (ended(text) and not SIGNED.search(text)):
        return False
    dated = day_of(text) is not None and len(re.sub(r"[\s\u3000]", "", text)) <= 24
    return bool(dated or SIGNED.search(text) or ORGAN.fullmatch(text) or re.fullmatch(r"[（(]?盖?章[）)]?", text))


def shown(text: str) -> str:
    """A line of an article; the cells of a table row are parted so that they can be read."""
    cells = [cell.strip(" \u3000") for cell in text.split("\t")]
    return " | ".join(cell for cell in cells if cell)
