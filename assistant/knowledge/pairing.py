"""Which words of two texts, and which articles of an old and a new one, belong together.

A revision renumbers, so an article of the new text meets the old one whose words are nearest, and only then the one of
its own number. Nearness is counted in pairs of letters, which needs no dictionary and is quick enough for a whole code;
the words of two articles that stand side by side are compared piece by piece.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import Literal

from assistant.types import Article, Frozen

ALIKE = 0.5  # share of letter pairs from which on two articles of one title are taken for the same rule
HELD = 0.9  # share of the letter pairs of one article that stand in another from which on it was written into it
TELLING = 10  # letter pairs below which an article is too short for its words to tell anything
RELATED = 0.2  # share of letter pairs below which two longer articles of one number are strangers
ISLAND = 1  # unchanged pieces this short between two changes are read with the changes
PIECE = re.compile(
    r"[0-9０-９]+(?:[.,．][0-9０-９]+)*[%％]?|[A-Za-zＡ-Ｚａ-ｚ]+|[一二三四五六七八九十百千万亿零〇]+|\S"
)

Mark = Literal["same", "deleted", "inserted"]
Basis = Literal["number", "wording", "number_only", "stated"]


class Run(Frozen):
    """A stretch of letters that stayed, went or came."""

    mark: Mark
    text: str


def compared(old: str, new: str) -> tuple[Run, ...]:
    """What stayed, went and came between two texts; white space and the width of letters are no change.

    The runs that stayed or came make up `new` to the letter; those that stayed or went make up `old` but for that.
    """
    before, after = _pieces(old), _pieces(new)
    matcher = SequenceMatcher(None, [item for item, _ in before], [item for item, _ in after], autojunk=False)
    steps = [(tag == "equal", old_at, old_to, at, to) for tag, old_at, old_to, at, to in matcher.get_opcodes()]
    runs: list[Run] = []
    for same, group in groupby(_without_islands(steps, after), key=lambda step: step[0]):
        rows = list(group)
        gone = "".join(text for _, text in before[rows[0][1] : rows[-1][2]])
        here = "".join(text for _, text in after[rows[0][3] : rows[-1][4]])
        marks: tuple[tuple[Mark, str], ...] = (("same", here),) if same else (("deleted", gone), ("inserted", here))
        runs += [Run(mark=mark, text=text) for mark, text in marks if text]
    return tuple(runs)


def _pieces(text: str) -> list[tuple[str, str]]:
    """A text as pieces to compare, each with the letters it stands for and the white space after it."""
    places = [match.start() for match in PIECE.finditer(text)]
    if not places:
        return []
    cuts = [0, *places[1:], len(text)]
    shown = [text[start:end] for start, end in pairwise(cuts)]
    return [("".join(unicodedata.normalize("NFKC", item).split()), item) for item in shown]


def _without_islands(
    steps: list[tuple[bool, int, int, int, int]], after: list[tuple[str, str]]
) -> Iterator[tuple[bool, int, int, int, int]]:
    """A single letter that stayed between two changes is no help to a reader; 、 and 。 between them are."""
    for place, step in enumerate(steps):
        same, _, _, at, to = step
        inside = 0 < place < len(steps) - 1
        alone = to - at <= ISLAND and all(item[0].isalnum() for item in after[at:to])
        yield (False, *step[1:]) if same and inside and alone else step


# --- which article belongs to which -----------------------------------------------------------------------------------


def _likeness(shared: int, one: set[str], other: set[str]) -> float:
    """The share of letter pairs in common; an article that was written whole into a longer one is like it too."""
    least = min(len(one), len(other))
    share = 2 * shared / max(1, len(one) + len(other))
    return max(share, ALIKE) if least >= TELLING and shared >= HELD * least else share


def aligned(old: Sequence[Article], new: Sequence[Article]) -> dict[int, tuple[int, Basis]]:
    """For places in `new` the place in `old` of the same rule; nearest words first, each article once."""
    mine = [_letter_pairs(item.text) for item in new]
    theirs = [_letter_pairs(item.text) for item in old]
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for place, pairs in enumerate(theirs):
        for pair in pairs:
            holding[pair].append(place)
    likely = []
    for at, pairs in enumerate(mine):
        shared = Counter(place for pair in pairs for place in holding.get(pair, ()))
        for place, count in shared.items():
            likeness = _likeness(count, pairs, theirs[place])
            if likeness >= ALIKE:
                apart = abs(at / len(new) - place / len(old))
                likely.append((-likeness, old[place].no != new[at].no, apart, at, place))
    found: dict[int, tuple[int, Basis]] = {}
    taken: set[int] = set()
    for _, renumbered, _, at, place in sorted(likely):
        if at not in found and place not in taken:
            found[at] = (place, "wording" if renumbered else "number")
            taken.add(place)
    return found | _by_number(old, new, found, taken)


def _by_number(
    old: Sequence[Article], new: Sequence[Article], found: dict[int, tuple[int, Basis]], taken: set[int]
) -> dict[int, tuple[int, Basis]]:
    """Articles whose words tell nothing, by their number, where the numbers right before and after still agree."""
    places = {article.no: place for place, article in enumerate(old) if place not in taken}
    more: dict[int, tuple[int, Basis]] = {}
    for at, article in enumerate(new):
        if at in found or article.no not in places:
            continue
        pairs, others = _letter_pairs(article.text), _letter_pairs(old[places[article.no]].text)
        if min(len(pairs), len(others)) >= TELLING and _likeness(len(pairs & others), pairs, others) < RELATED:
            continue
        near = (next((found[one][1] for one in way if one in found), "number") for way in _ways(at, len(new)))
        if all(basis == "number" for basis in near):
            more[at] = (places[article.no], "number_only")
    return more


def _ways(at: int, count: int) -> tuple[range, range]:
    """The places before one, nearest first, and those after it."""
    return range(at - 1, -1, -1), range(at + 1, count)


def _letter_pairs(text: str) -> set[str]:
    letters = re.sub(r"\W", "", text)
    return {letters[place : place + 2] for place in range(len(letters) - 1)}
