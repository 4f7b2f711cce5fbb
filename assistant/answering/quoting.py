"""Which words of an article are shown, and the marks that say what was left out.

A piece is a stretch of the article to the letter. It begins where a sentence or an item of a list begins and ends
where one ends; an item comes with the words that open its list. What is left out is marked outside the quotation
marks, so that what stands inside them can be checked letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from assistant.answering.weights import Weights, pairs
from assistant.knowledge.references import number_of, numeral
from assistant.knowledge.spelling import NUMBER, fold

LONGEST_QUOTE = 240
LONGEST_ARTICLE = 600  # of an article that was asked for by its number
LONGEST_OPENING = 300
ITEM = re.compile(rf"[（(]({NUMBER})[）)]")
SENTENCE = re.compile(r"。(?!\s*但)")
PARAGRAPH = re.compile(rf"第({NUMBER})款")
ITEM_NAMED = re.compile(rf"第?[（(]({NUMBER})[）)]|第({NUMBER})项")
LEFT_OUT = "……"

Piece = tuple[int, int]


class Unit(NamedTuple):
    """A sentence or an item; `paragraph` counts from 1, `opening` is where the words that open its list stand."""

    start: int
    end: int
    paragraph: int
    item: int = 0
    opening: Piece | None = None
    opens: bool = False


def units(text: str) -> list[Unit]:
    """The sentences and items of an article, in order."""
    found: list[Unit] = []
    paragraph, opening, position = 0, None, 0
    for line in text.splitlines(keepends=True):
        start, end = position + len(line) - len(line.lstrip()), position + len(line.rstrip())
        position += len(line)
        if start >= end:
            continue
        numbered = ITEM.match(text, start)
        if numbered and opening:
            found.append(Unit(start, end, paragraph, number_of(numbered.group(1)) or 0, opening))
            continue
        paragraph += 1
        sentences = _sentences(text, start, end)
        opens = text[end - 1] in "：:"
        opening = (start if end - start <= LONGEST_OPENING else sentences[-1][0], end) if opens else None
        found += [Unit(*piece, paragraph, opens=opens and piece == sentences[-1]) for piece in sentences]
    return found


def _sentences(text: str, start: int, end: int) -> list[Piece]:
    bounds = [start, *(match.end() for match in SENTENCE.finditer(text, start, end))]
    if bounds[-1] < end:
        bounds.append(end)
    return [_bare(text, piece) for piece in pairwise(bounds) if text[slice(*piece)].strip()]


def _bare(text: str, piece: Piece) -> Piece:
    """A piece without white space at its ends."""
    words = text[slice(*piece)]
    start = piece[0] + len(words) - len(words.lstrip())
    return start, start + len(words.strip())


def telling(
    text: str, content: AbstractSet[str], weights: Weights, longest: int = LONGEST_QUOTE, first: bool = False
) -> tuple[Piece, ...]:
    """The piece of `text` that tells most of `content`, at most `longest` characters where that is possible.

    With `first`, what stands at its beginning is shown as well.
    """
    whole = _bare(text, (0, len(text)))
    found = units(text)
    if whole[1] - whole[0] <= longest or len(found) < 2:
        return (whole,)
    if first and not content:
        return _opened(text, found, 0, _reach(found, 0, longest))
    best, most = (0, 0), -1.0
    for start in range(len(found)):
        for end in range(start, len(found)):
            size = found[end].end - found[start].start
            if size > longest and end > start:
                break
            value = weights.of(content & pairs(text[found[start].start : found[end].end])) - 0.002 * size
            if value > most and not found[end].opens:
                best, most = (start, end), value
    chosen = _opened(text, found, *best)
    return joined(text, _opened(text, found, 0, int(found[0].opens)) + chosen) if first else chosen


def cut(text: str, content: AbstractSet[str], weights: Weights, longest: int = LONGEST_QUOTE) -> str:
    """The one piece that tells most, without what opens its list."""
    return text[slice(*telling(text, content, weights, longest)[-1])]


def _reach(found: Sequence[Unit], start: int, longest: int) -> int:
    """The last unit up to which a piece from `start` is not longer than `longest` and does not end in a colon."""
    fits = [
        place
        for place, unit in enumerate(found)
        if place >= start and unit.end - found[start].start <= longest and not unit.opens
    ]
    return fits[-1] if fits else start + int(found[start].opens)


def _opened(text: str, found: Sequence[Unit], start: int, end: int) -> tuple[Piece, ...]:
    """A run of units with the words that open the list it begins in."""
    end = min(end, len(found) - 1)
    piece = (found[start].start, found[end].end)
    opening = found[start].opening
    return (piece,) if opening is None else joined(text, (_without_colon(text, opening), piece))


def _without_colon(text: str, opening: Piece) -> Piece:
    return opening[0], opening[0] + len(text[slice(*opening)].rstrip("：: "))


def joined(text: str, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces in order; those that overlap or have nothing but a colon between them become one."""
    kept: list[Piece] = []
    for start, end in sorted(pieces):
        if kept and not text[kept[-1][1] : start].strip("：: \n"):
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return tuple(kept)


def named_part(text: str, part: str) -> tuple[Piece, ...]:
    """The paragraph (款) or item (项) that a reference names; empty where the article at hand has none such."""
    wanted, number = _named(part)
    if wanted is None and number is None:
        return ()
    found = units(text)
    inside = [unit for unit in found if wanted is None or unit.paragraph == wanted]
    if number is not None:
        place = next((place for place, unit in enumerate(found) if unit in inside and unit.item == number), None)
        return () if place is None else _opened(text, found, place, place)
    return ((inside[0].start, inside[-1].end),) if inside else ()


def part_label(part: str) -> str:
    """第一款第（五）项 as it is shown after the number of the article."""
    wanted, number = _named(part)
    return (f"第{numeral(wanted)}款" if wanted else "") + (f"第（{numeral(number)}）项" if number else "")


def _named(part: str) -> tuple[int | None, int | None]:
    """The numbers of the paragraph and of the item that a reference names."""
    part = fold(part)
    paragraph, item = PARAGRAPH.search(part), ITEM_NAMED.search(part)
    return (
        number_of(paragraph.group(1)) if paragraph else None,
        number_of(item.group(1) or item.group(2)) if item else None,
    )


def shown(text: str, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Each piece in quotation marks, with a mark wherever the article goes on without it."""
    first, last = _bare(text, (0, len(text)))
    lines = [f"“{text[slice(*piece)]}”" + (LEFT_OUT if piece[1] < last else "") for piece in pieces]
    return (LEFT_OUT + lines[0] if pieces[0][0] > first else lines[0], *lines[1:])
