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

TUNED_ORDER = 1.0  # weight of the trained encoder's order of the patterns beside the linear one
TUNED_EVIDENCE = 1.0  # the same for what a statement is
LINEAR_SPREAD, TUNED_SPREAD = 0.85, 2.6  # usual spread of the leads below, so that both count alike
LEVEL_STEPS: tuple[tuple[float, ...], ...] = (
    (0.49, 3.74, -2.21, 0.76, -0.19, 0.0),
    (0.05, 2.79, -0.07, -0.44, 0.90, 0.03),
    (-2.64, 1.85, 3.73, -0.18, 0.40, 0.23),
)
"""For each step of the level: a constant, then weights of linear raised, linear severe, tuned low, raised, severe."""
ALSO_STEP = (1.26, 3.29, 0.68)  # a further pattern: a constant, then weights of the linear margin and the tuned logit


@dataclass(frozen=True)
class Reading:
    """Both readers on one text.

    `patterns` orders the patterns either reader knows, higher closer, standardised over them; `shown` is the
    probability that an officer would name a pattern; `levels` are the probabilities of at least low, at least medium,
    and high; `evidence` has shape (claims, 2): how far telling leads over the rest, and how far countering does;
    `signs` has for an indicator how plainly each claim shows it rather than another one of its pattern.
    """

    patterns: Mapping[str, float]
    shown: Mapping[str, float]
    levels: Chances
    evidence: Scores
    signs: Mapping[str, Scores]


def combine(linear: LinearReading, classes: Sequence[str], tuned: TunedReading) -> Reading:
    """Put the readings of one text together; `classes` are the patterns of the linear one, in its order."""
    margins = dict(zip(classes, map(float, linear.patterns), strict=True))
    ours = _standard(margins)
    theirs = _standard({id: value for id, value in tuned.patterns.items() if id in margins})
    features = (linear.raised, linear.severe, tuned.weak, tuned.raised, tuned.severe)
    low, medium, high = (_chance(step, features) for step in LEVEL_STEPS)
    return Reading(
        patterns={id: value + TUNED_ORDER * theirs.get(id, value) for id, value in ours.items()},
        shown={id: _chance(ALSO_STEP, (margin, tuned.also.get(id, margin))) for id, margin in margins.items()},
        levels=(low, medium, high),
        evidence=leads(linear.evidence) / LINEAR_SPREAD + TUNED_EVIDENCE * leads(tuned.evidence) / TUNED_SPREAD,
        signs=linear.signs,
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
