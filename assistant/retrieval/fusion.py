"""Two searches, one order: pure functions, no index at hand.

Cosines of one encoder crowd between 0.8 and 0.9, those of another between 0.3 and 0.8. `calibrate` reads from the index
itself what "unrelated" and "the same matter" look like, so that closeness means the same for every encoder and query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DENSE_SHARE = 0.4
"""Weight of closeness in meaning: best on both halves of the statute benchmark, and nearly flat from .35 to .5."""


@dataclass(frozen=True)
class Scale:
    """The cosine of two unrelated texts and that of two neighbours."""

    unrelated: float
    neighbours: float

    def closeness(self, cosine: float) -> float:
        """0 for unrelated, 1 for neighbours; may lie outside for texts further apart or closer still."""
        return (cosine - self.unrelated) / (self.neighbours - self.unrelated)


def calibrate(vectors: NDArray[np.float32]) -> Scale:
    """The scale of the encoder that made these unit vectors, from how near they lie to each other."""
    if len(vectors) < 2:
        return Scale(0.0, 1.0)
    cosines = vectors @ vectors.T
    pairs = cosines[~np.eye(len(vectors), dtype=bool)]
    np.fill_diagonal(cosines, -1.0)
    unrelated = float(np.median(pairs))
    return Scale(unrelated, max(float(cosines.max(axis=1).mean()), unrelated + 1e-3))


def blend(closeness: float | None, keywords: float) -> float:
    """One score from closeness in meaning and share of keywords found, 0 to 1.

    A chunk that has no vector yet goes by its keywords alone: counted as "not close" it would lie below every chunk
    that has one, and half an index would be worse than none.
    """
    if closeness is None:
        return keywords
    return min(1.0, max(0.0, DENSE_SHARE * closeness + (1 - DENSE_SHARE) * keywords))


def fuse(rankings: Sequence[Sequence[str]], k: int = 60) -> list[str]:
    """Merge rankings by reciprocal rank: what two searches both find comes first."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, id in enumerate(ranking, start=1):
            scores[id] = scores.get(id, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda id: -scores[id])
