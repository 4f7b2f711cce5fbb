"""Matches -> Resemblance.

The order of the patterns adds what the practice bank taught (margins of `learned`) to how strongly the single
statements meet a pattern's indicators (`matching`); both are standardised over the patterns, because only order
carries meaning. A pattern the bank has never seen stands by its indicators alone. Whether anything is raised at
all, and how plainly, is decided for the text as a whole: a lawful or denied text is full of red-flag words, and no
single statement can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.assessment.claims import Claim
from assistant.assessment.learned import COUNTERING, NEUTRAL, TELLING, Reading
from assistant.assessment.matching import Match, Matcher, Similarity
from assistant.types import Level

RAISED = 0.1  # margin above which a text shows a scheme; chosen on the labelled authors that may be looked at
WEAK = -0.1  # margin above which it shows weak signs at least
SEVERE = 0.0  # margin above which the practice is plainly stated
NEAR = -0.5  # margin below which a text is near no pattern
ENOUGH = 8  # characters below which only a near pattern is raised
ALSO = -0.5  # margin above which a further pattern is shown
SHOWN = 3  # patterns shown at most
FLOOR = 2.0  # standard deviations: weaker similarities are noise
MET = 15.0  # similarity at which a statement's own score is one half
NEARLY = 0.3  # how far the telling margin may stay behind the neutral one
INDICATORS_WEIGHT = 0.35  # of the indicators' order beside the bank's

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """A pattern with its score 0..1, whether it is to be shown, and the matches for and against it."""

    pattern: str
    score: float
    shown: bool
    matched: tuple[Match, ...]
    countered: tuple[Match, ...]


def level_of(reading: Reading, characters: int = ENOUGH) -> Level:
    """The level of a text: plainly stated is high, a lighter or partial form medium, weak signs low.

    A text of a few `characters` that is near no pattern is too little to judge.
    """
    if characters < ENOUGH and float(reading.patterns.max()) < NEAR:
        return "none"
    if reading.raised > RAISED:
        return "high" if reading.severe > SEVERE else "medium"
    return "low" if reading.raised > WEAK else "none"


def rank(
    claims: Sequence[Claim], similarity: Similarity, matcher: Matcher, reading: Reading, classes: Sequence[str]
) -> list[Standing]:
    """All patterns, most resembling first."""
    owner = np.array([matcher.patterns.index(matcher.pattern_of[id]) for id in matcher.indicators])
    by_pattern = np.stack(
        [similarity.indicators[:, owner == number].max(axis=1) for number in range(len(matcher.patterns))], axis=1
    )
    countering = _countering(claims, reading)
    strength = np.sqrt((np.maximum(by_pattern[~countering] - FLOOR, 0.0) ** 2).sum(axis=0))
    margins = _margins(matcher.patterns, reading, classes)
    order = _standard(np.nan_to_num(margins, nan=0.0)) + INDICATORS_WEIGHT * _standard(strength)
    order = np.where(np.isnan(margins), _standard(strength), order)
    scores = 1.0 / (1.0 + np.exp(-(order - 2.5)))
    ranking = np.argsort(-order, kind="stable")
    standings = []
    for place, number in enumerate(ranking):
        fates = _matches(claims, similarity, by_pattern, matcher, int(number), countering, reading)
        margin = margins[number]
        shown = place == 0 or (place < SHOWN and not np.isnan(margin) and float(margin) > ALSO)
        standings.append(Standing(matcher.patterns[number], float(scores[number]), shown, *fates))
    return standings


def _countering(claims: Sequence[Claim], reading: Reading) -> NDArray[np.bool_]:
    """Which statements speak against: by what the bank taught, and by plain words of denial or prohibition."""
    margins = reading.evidence
    learned = (margins[:, COUNTERING] > margins[:, TELLING]) & (margins[:, COUNTERING] > margins[:, NEUTRAL])
    spoken = np.array([claim.polarity != "asserted" for claim in claims])
    return learned | (spoken & (margins[:, COUNTERING] > margins[:, TELLING]))


def _margins(patterns: Sequence[str], reading: Reading, classes: Sequence[str]) -> Column:
    """The bank's margins in the order of `patterns`; NaN for a pattern the bank has no texts of."""
    known = dict(zip(classes, reading.patterns, strict=True))
    return np.array([known.get(id, np.nan) for id in patterns], dtype=np.float64)


def _matches(
    claims: Sequence[Claim],
    similarity: Similarity,
    by_pattern: NDArray[np.float32],
    matcher: Matcher,
    number: int,
    countering: NDArray[np.bool_],
    reading: Reading,
) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """The statements that meet an indicator of pattern `number`, and those that speak against one."""
    pattern = matcher.patterns[number]
    columns = np.array(
        [position for position, id in enumerate(matcher.indicators) if matcher.pattern_of[id] == pattern]
    )
    margins = reading.evidence
    lead = margins[:, TELLING] - np.maximum(margins[:, NEUTRAL], margins[:, COUNTERING])
    telling = (lead > -NEARLY) & ~countering
    if not telling.any() and not countering.all():
        telling[int(np.where(countering, -np.inf, lead).argmax())] = True
    matched: list[Match] = []
    countered: list[Match] = []
    for row, claim in enumerate(claims):
        met = float(by_pattern[row, number])
        if not (countering[row] or telling[row]):
            continue
        best = int(columns[similarity.indicators[row, columns].argmax()])
        wording = matcher.practices[similarity.nearest[row, best]].page_content
        score = 1.0 / (1.0 + float(np.exp(-(met - MET) / 3.0)))
        match = Match(claim, pattern, matcher.indicators[best], round(score, 3), wording)
        (countered if countering[row] else matched).append(match)
    return tuple(matched), tuple(countered)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    return np.asarray((values - values.mean()) / spread if spread > 0 else values * 0.0, dtype=np.float64)
