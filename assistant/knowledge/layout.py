"""Lines as they stand on paper, turned into paragraphs.

A PDF, a scan or a hard-wrapped text file knows lines, not paragraphs. Running heads, feet and page numbers are taken
out by where they stand and how often they come back; lines are joined where the page's width, not the author, ended
them. What begins further right than the margin is a new paragraph; only where a document never indents do the words
have to tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

ENDS = "。！？；：…!?;:"
CLOSING = "”’）)》】"
STARTS = re.compile(
    r"\s*(?:第\s*[一二三四五六七八九十百千零〇两\d０-９]+\s*[编章节条]|[（(][一二三四五六七八九十百\d]{1,4}[）)]|[一二三四五六七八九十]{1,3}、|附[件表录])"
)
PAGE_NUMBER = re.compile(
    r"[\s—\-－–―·]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/，,共\s]\s*共?\s*\d{1,4}\s*页?)?[\s—\-－–―·]*"
)
DECORATED = re.compile(r"[—\-－–―·]\s*\d{1,4}\s*[—\-－–―·]|第\s*\d{1,4}\s*页(?:\s*[/，,]?\s*共\s*\d{1,4}\s*页)?")
EDGE = 2  # lines at the top and the bottom of a page that may be a running head or foot
SHORT = 0.8  # of the widest line; a line as wide as the text is text, even where it comes back
COMES_BACK = 0.3  # share of the pages on which a running head stands; odd and even pages may have their own


@dataclass(frozen=True)
class Line:
    """A paragraph, a heading or a row of a table (cells parted by tabs). `page` counts from 1, 0 where there is none.

    `marked` says that the file itself calls it a heading or title.
    """

    text: str
    page: int = 0
    marked: bool = False


@dataclass(frozen=True)
class Placed:
    """One printed line: where it begins and ends across the page, in any unit that `em` (one character) shares."""

    text: str
    left: float
    right: float
    em: float
    page: int = 1


def paragraphs(lines: Sequence[Placed]) -> list[Line]:
    """The paragraphs of a document printed as `lines`, without running heads, feet and page numbers."""
    kept = _without_running_heads(lines)
    if not kept:
        return []
    em = median(line.em for line in kept)
    right = sorted(line.right for line in kept)[int(0.9 * (len(kept) - 1))]
    margin = _margin(kept, em)
    indents = sum(1.2 * em <= line.left - margin <= 3 * em for line in kept) >= 2
    joined = [Line(kept[0].text.strip(), kept[0].page)]
    for last, line in pairwise(kept):
        full = last.right >= right - 2.5 * em
        if full and _goes_on(last, line, line.left - margin >= 1.2 * em, indents):
            joined[-1] = Line(_glued(joined[-1].text, line.text.strip()), joined[-1].page)
        else:
            joined.append(Line(line.text.strip(), line.page))
    return joined


def wrapped(text: str) -> list[Line]:
    """The paragraphs of a plain text, whose lines may be whole paragraphs or cut at a fixed width."""
    rows, again = _numbered_out(text.splitlines())
    placed = [Placed(row, _indent(row), float(columns(row)), 2.0) for row in rows]
    if _is_hard_wrapped(placed):
        return paragraphs(placed)
    lines: list[Line] = []
    for at, row in enumerate(rows):
        if at in again and lines and not ended(lines[-1].text) and not STARTS.match(row):
            lines[-1] = Line(_glued(lines[-1].text, row.strip()))
        else:
            lines.append(Line(row.strip()))
    return lines


def ended(text: str) -> bool:
    """Whether a line ends where a sentence or an item ends."""
    return text.rstrip().rstrip(CLOSING).endswith(tuple(ENDS)) or not text.strip()


def columns(line: str) -> int:
    """Width in a fixed-width font: a Chinese character takes two."""
    return sum(1 if character.isascii() else 2 for character in line)


def _goes_on(last: Placed, line: Placed, is_indented: bool, indents: bool) -> bool:
    if indents:
        return not is_indented
    return not (STARTS.match(line.text) and ended(last.text)) and not ended(last.text)


def _glued(first: str, second: str) -> str:
    gap = " " if first[-1:].isascii() and second[:1].isascii() and first[-1:].isalpha() else ""
    return f"{first}{gap}{second}"


def _margin(lines: Sequence[Placed], em: float) -> float:
    """Where most lines begin; with many short paragraphs that is the smaller of the two usual places."""
    places = Counter(round(line.left / em) for line in lines)
    usual = [place for place, count in places.items() if count >= max(2, 0.1 * len(lines))]
    return min(usual, default=min(places)) * em


def _without_running_heads(lines: Sequence[Placed]) -> list[Placed]:
    pages: dict[int, list[Placed]] = {}
    for line in lines:
        if line.text.strip():
            pages.setdefault(line.page, []).append(line)
    edges = Counter(
        key for rows in pages.values() for key in {_key(row) for row in (*rows[:EDGE], *rows[-EDGE:])} if key
    )
    often = max(2, COMES_BACK * len(pages))
    width = max((row.right - row.left for rows in pages.values() for row in rows), default=0)
    kept: list[Placed] = []
    for rows in pages.values():
        for at, row in enumerate(rows):
            at_edge = at < EDGE or at >= len(rows) - EDGE
            outermost = at == 0 or at == len(rows) - 1
            number = PAGE_NUMBER.fullmatch(row.text) and (outermost or DECORATED.fullmatch(row.text.strip()))
            repeated = edges[_key(row)] >= often and row.right - row.left < SHORT * width
            if not (at_edge and (number or repeated)):
                kept.append(row)
    return kept


def _key(line: Placed) -> str:
    """What two running heads share: their words, whatever the page number. Empty for what must never be taken out."""
    if ended(line.text) or STARTS.match(line.text):
        return ""
    return re.sub(r"[\d０-９]+", "#", "".join(line.text.split()))


def _numbered_out(rows: Iterable[str]) -> tuple[list[str], set[int]]:
    """Rows without blank and page-number lines, and the places right after a page number."""
    kept: list[str] = []
    again: set[int] = set()
    for row in rows:
        if DECORATED.fullmatch(row.strip()):
            again.add(len(kept))
        elif row.strip():
            kept.append(row)
    return kept, again


def _indent(row: str) -> float:
    return float(columns(row[: len(row) - len(row.lstrip())]))


def _is_hard_wrapped(lines: Sequence[Placed]) -> bool:
    """Whether many lines stop at the same width in the middle of a sentence."""
    widest = max((line.right for line in lines), default=0)
    cut = [
        line
        for line, following in pairwise(lines)
        if line.right >= widest - 5 and not ended(line.text) and not STARTS.match(following.text)
    ]
    return 30 <= widest <= 140 and len(cut) >= 3 and len(cut) >= 0.15 * len(lines)
