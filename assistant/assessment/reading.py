"""What the two readers say of one text, put together into numbers that mean something.

The linear models (`learned`) and the trained encoder (`tuned`) make different mistakes, so their values are added.
The level comes from three logistic regressions over both, one for each step of the scale: their sum is the level to
expect, and rounding it loses least by squared distance, which is how two officers' agreement is measured (quadratic
kappa). All weights below were fitted by `scripts/calibrate.py` on the authors that may be looked at.

Stacking: Wolpert, 1992. Ordinal regression by cumulative binary models: Frank and Hall, 2001.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.assessment.learned import LinearReading
from assistant.assessment.tuned import TunedReading

Scores = NDArray[np.float64]
Chances = tuple[float, float, float]
"""The chances of at least low, at least medium, and high."""

TUNED_ORDER = 0.8  # weight of the trained encoder's order of the patterns beside the linear one
TUNED_EVIDENCE = 1.0  # the same for what a statement is
LINEAR_SPREAD, TUNED_SPREAD = 0.94, 3.1  # usual spread of the leads below, so that both count alike
LEVEL_STEPS: tuple[tuple[float, ...], ...] = (
    (0.87, 2.26, -1.08, 0.61, -0.42, 0.15, 0.37, 0.14, 0.44, -0.9, 0.13),
    (0.32, 2.16, -0.09, -0.27, 0.32, 0.26, 0.61, 0.01, 0.34, -0.37, 0.21),
    (-1.68, 0.75, 2.47, -0.1, -0.4, 0.79, 0.51, -0.08, -0.07, -0.21, 0.19),
)
"""For each step of the level: a constant, then the weights of `level_signs`."""
TELLS = -1.0  # lead from which a statement is evidence
COUNTERS = 0.0  # lead from which a statement speaks against
UNLIKELY = -6.0  # log odds of the likeliest pattern where the trained encoder knows none
BESIDE = -0.2  # margin from which a text in which nothing is found is about something else (bank: .95 of them are)
ABSENT = -3.0  # lead of a second statement where there is one only
ALSO_STEP = (0.87, 3.34, 0.36)  # a further pattern: a constant, then weights of the linear margin and the tuned logit


@dataclass(frozen=True)
class Reading:
    """Both readers on one text.

    `patterns` orders the patterns either reader knows, higher closer, standardised over them; `shown` is the
    probability that an officer would name a pattern; `levels` are the probabilities of at least low, at least medium,
    and high; `evidence` has shape (claims, 2): how far telling leads over the rest, and how far countering does;
    `signs` has for an indicator how plainly each claim shows it rather than another one of its pattern; `beside` says
    that a text in which nothing is found is not about a partner at all.
    """

    patterns: Mapping[str, float]
    shown: Mapping[str, float]
    levels: Chances
    evidence: Scores
    signs: Mapping[str, Scores]
    beside: bool = False


def combine(linear: LinearReading, classes: Sequence[str], tuned: TunedReading) -> Reading:
    """Put the readings of one text together; `classes` are the patterns of the linear one, in its order."""
    margins = dict(zip(classes, map(float, linear.patterns), strict=True))
    ours = _standard(margins)
    theirs = _standard({id: value for id, value in tuned.patterns.items() if id in margins})
    evidence = evidence_of(linear, tuned)
    signs = level_signs(linear, tuned, evidence)
    low, medium, high = (_chance(step, signs) for step in LEVEL_STEPS)
    return Reading(
        patterns={id: value + TUNED_ORDER * theirs.get(id, value) for id, value in ours.items()},
        shown={id: _chance(ALSO_STEP, (margin, tuned.also.get(id, margin))) for id, margin in margins.items()},
        levels=(low, medium, high),
        evidence=evidence,
        signs=linear.signs,
        beside=linear.beside > BESIDE,
    )


def evidence_of(linear: LinearReading, tuned: TunedReading) -> Scores:
    """How far telling and countering lead for each claim by both readings, shape (claims, 2)."""
    return leads(linear.evidence) / LINEAR_SPREAD + TUNED_EVIDENCE * leads(tuned.evidence) / TUNED_SPREAD


def level_signs(linear: LinearReading, tuned: TunedReading, evidence: Scores) -> tuple[float, ...]:
    """What the level is read from: both readings of the whole, and what its single statements are.

    A denial beside a statement that tells is what a contradiction looks like; the whole alone misses it. Nothing here
    counts statements: how many there are depends on punctuation.
    """
    telling, countering = evidence.T
    most = sorted(map(float, telling), reverse=True)
    tells, against = (telling > TELLS) & (countering <= COUNTERS), countering > COUNTERS
    return (
        linear.raised,
        linear.severe,
        tuned.weak,
        tuned.raised,
        tuned.severe,
        most[0],
        most[1] if len(most) > 1 else ABSENT,
        float(countering.max()),
        float(tells.any() and against.any()),
        max(tuned.also.values(), default=UNLIKELY),
    )


def _chance(step: Sequence[float], values: Sequence[float]) -> float:
    return float(1 / (1 + np.exp(-(step[0] + np.dot(step[1:], values)))))


def leads(evidence: NDArray[np.floating]) -> Scores:
    """How far telling and countering each lead over the better of the other two: from (claims, 3) to (claims, 2)."""
    neutral, telling, countering = evidence.T.astype(np.float64)
    return np.stack([telling - np.maximum(neutral, countering), countering - np.maximum(neutral, telling)], axis=1)


def _standard(values: Mapping[str, float]) -> dict[str, float]:
    numbers = np.array(list(values.values()))
    spread = float(numbers.std()) if len(numbers) else 0.0
    return {id: (value - float(numbers.mean())) / spread if spread else 0.0 for id, value in values.items()}
