"""Matches -> Resemblance.

The patterns stand in the order of the combined reading (`reading`), to which the single statements' likeness to a
pattern's indicators (`matching`) adds a little; a pattern neither reader has seen stands by its indicators alone.
Whether anything is raised at all, and how plainly, is decided for the text as a whole: a lawful or denied text is
full of red-flag words, and no single statement can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.assessment.claims import Claim
from assistant.assessment.matching import Match, Matcher, Similarity
from assistant.assessment.reading import COUNTERS, TELLS, Chances, Reading
from assistant.types import Level

LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high")
ENOUGH = 8  # characters: fewer are too little to judge, unless they are near one pattern
HIGH = 2.2  # expected level from which it is high: what is raised at all is more often plain than light
NEAR = 0.5  # chance that a pattern is named from which a text is near it
SHOW = 0.4  # chance that a further pattern is named from which it is shown
SHOWN = 3  # patterns shown at most
SPOKEN = -1.0  # the same for one with plain words of denial or prohibition
FLOOR = 2.0  # standard deviations: weaker similarities are noise
ALIKE = 10.0  # likeness to an indicator's wording that counts as much as one unit of its learned margin
LEAST = -1.0  # margin of an indicator that was never learned
MET = 15.0  # similarity at which a statement's own score is one half
INDICATORS_WEIGHT = 0.2  # of the indicators' order beside the readers'
PLAIN = 0.8  # weight of a text's plainest part beside the whole
SHARPNESS = 1.8  # turns the order into chances of coming first (softmax); docs/results.md shows how well they hold

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """A pattern with the chance that it comes first, whether it is to be shown, and the matches for and against it.

    Only the first `SHOWN` have matches: of the others nothing is said.
    """

    pattern: str
    score: float
    shown: bool
    matched: tuple[Match, ...]
    countered: tuple[Match, ...]


def level_of(reading: Reading, characters: int = ENOUGH) -> Level:
    """The level to expect, rounded, and high a little sooner (`HIGH`).

    A text of a few `characters` that is near no pattern is too little to judge.
    """
    if characters < ENOUGH and max(reading.shown.values(), default=0.0) < NEAR:
        return "none"
    expected = sum(reading.levels)
    return "high" if expected >= HIGH else LEVELS[round(expected)]


def plainest(whole: Chances, parts: Sequence[Chances]) -> Chances:
    """The chances for a text of several parts: its own, raised most of the way to those of its plainest part.

    Not all the way: a later part may be what makes an earlier one lawful, and only the whole knows.
    """
    best = max(parts, key=sum)
    low, medium, high = (max(own, own + PLAIN * (plain - own)) for own, plain in zip(whole, best, strict=True))
    return low, medium, high


def fates(claims: Sequence[Claim], reading: Reading) -> tuple[Mask, Mask]:
    """Which statements are evidence and which speak against; at least one is evidence where not all speak against."""
    telling, countering = reading.evidence.T
    spoken = np.array([claim.polarity != "asserted" for claim in claims])
    against = (countering > COUNTERS) | (spoken & (countering > SPOKEN) & (countering > telling))
    tells = (telling > TELLS) & ~against
    if not tells.any() and not against.all():
        tells[int(np.where(against, -np.inf, telling).argmax())] = True
    return tells, against


def rank(
    claims: Sequence[Claim], similarity: Similarity, matcher: Matcher, reading: Reading, tells: Mask, against: Mask
) -> list[Standing]:
    """All patterns, most resembling first."""
    owner = np.array([matcher.patterns.index(matcher.pattern_of[id]) for id in matcher.indicators])
    by_pattern = np.stack(
        [similarity.indicators[:, owner == number].max(axis=1) for number in range(len(matcher.patterns))], axis=1
    )
    strength = np.sqrt((np.maximum(by_pattern[~against] - FLOOR, 0.0) ** 2).sum(axis=0))
    known = np.array([reading.patterns.get(id, np.nan) for id in matcher.patterns], dtype=np.float64)
    order = np.where(np.isnan(known), _standard(strength) * 2, known + INDICATORS_WEIGHT * _standard(strength))
    chances = np.exp(SHARPNESS * (order - order.max()))
    chances /= chances.sum()
    standings = []
    for place, number in enumerate(np.argsort(-order, kind="stable")):
        pattern = matcher.patterns[number]
        if place >= SHOWN:
            standings.append(Standing(pattern, float(chances[number]), shown=False, matched=(), countered=()))
            continue
        shown = place == 0 or reading.shown.get(pattern, 0.0) > SHOW
        met = by_pattern[:, number]
        matched = _matches(claims, similarity, met, matcher, pattern, tells, reading)
        countered = _matches(claims, similarity, met, matcher, pattern, against, reading)
        standings.append(Standing(pattern, float(chances[number]), shown, matched, countered))
    return standings


def _matches(
    claims: Sequence[Claim],
    similarity: Similarity,
    met: Column,
    matcher: Matcher,
    pattern: str,
    chosen: Mask,
    reading: Reading,
) -> tuple[Match, ...]:
    """The `chosen` statements, the most telling first, each with the indicator of `pattern` it shows.

    Which one that is was learned, else it is told by likeness.
    """
    columns = np.array([place for place, id in enumerate(matcher.indicators) if matcher.pattern_of[id] == pattern])
    signs = [matcher.indicators[column] for column in columns]
    found = []
    rows = np.flatnonzero(chosen)
    for row in map(int, rows[np.argsort(-reading.evidence[rows, 0], kind="stable")]):
        alike = similarity.indicators[row, columns] / ALIKE
        learned = [reading.signs[id][row] if id in reading.signs else LEAST for id in signs]
        best = int(columns[(alike + np.array(learned)).argmax()])
        wording = matcher.practices[similarity.nearest[row, best]].page_content
        score = 1.0 / (1.0 + float(np.exp(-(float(met[row]) - MET) / 3.0)))
        found.append(Match(claims[row], pattern, matcher.indicators[best], round(score, 3), wording))
    return tuple(found)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    return np.asarray((values - values.mean()) / spread if spread > 0 else values * 0.0, dtype=np.float64)
