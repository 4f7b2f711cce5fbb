"""How likely each article found is to govern, learned from signs.

No sign decides alone: the bank knows the articles that people ask about, retrieval all others, and a question may name
its own. How much each sign is worth, and worth beside the others, was learned by a small network from the bank, every
question scored as if it were not in it (`scripts/fit_ranking.py`, which writes the weights kept beside this module).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.precedents import HEADS

FILE = Path(__file__).with_name("ranking.npz")

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Signs:
    """What speaks for one candidate. `taught` is what the bank says, None for an article no question ever met.

    `likely` is the log-probability that the encoder trained on the bank gives it. `near` is the blended score of
    retrieval, 0 where it was not found; `agreed` says that both searches found it; `coverage` is the share of the
    question's words in it.
    """

    instrument: str
    taught: float | None
    likely: float
    near: float
    agreed: bool
    coverage: float
    named: bool
    asked: bool
    numbered: bool
    statute: bool


@dataclass(frozen=True)
class Asking:
    """What is known of the question itself: its kinds as the bank's kernel and the trained encoder see them, whether
    there was such an encoder (`read`), how long it is, whether it asks several things.
    """

    kinds: tuple[float, ...]
    read: bool
    length: int
    clauses: int

    @property
    def stale(self) -> float:
        """How much it sounds like questions that rest on law which changed."""
        return self._sounds("stale")

    @property
    def several(self) -> float:
        """How much it sounds like questions that need more than one instrument."""
        return self._sounds("several")

    def _sounds(self, kind: str) -> float:
        kernel, trained = (self.kinds[HEADS.index(kind) + offset] for offset in (0, len(HEADS)))
        return (kernel + trained) / 2 if self.read else kernel


def features(signs: Sequence[Signs], asking: Asking) -> Matrix:
    """One row a candidate."""
    count = len(signs)
    taught = np.array([sign.taught or 0.0 for sign in signs])
    likely = np.array([sign.likely for sign in signs])
    chance = np.exp(likely)
    near = np.array([sign.near for sign in signs])
    coverage = np.array([sign.coverage for sign in signs])
    named = np.array([sign.named for sign in signs], float)
    asked = np.array([sign.asked for sign in signs], float)
    positive = np.maximum(taught, 0)
    total = float(positive.sum()) + 1e-6
    together: dict[str, float] = {}
    for sign, value in zip(signs, positive, strict=True):
        together[sign.instrument] = together.get(sign.instrument, 0.0) + float(value)
    beside = np.array([together[sign.instrument] for sign in signs]) - positive
    whole = np.ones(count)
    columns = [
        taught,
        taught.max() - taught,
        whole * taught.max(),
        positive / total,
        beside,
        [sign.taught is not None for sign in signs],
        likely,
        chance,
        chance.max() - chance,
        whole * chance.max(),
        1 / (1 + _ranks(likely)),
        near,
        near.max() - near,
        whole * near.max(),
        1 / (1 + _ranks(taught)),
        1 / (1 + _ranks(near)),
        [sign.agreed for sign in signs],
        coverage,
        coverage.max() - coverage,
        named,
        asked,
        whole * named.max(),
        whole * asked.max(),
        [sign.numbered for sign in signs],
        [sign.statute for sign in signs],
        *(whole * kind for kind in asking.kinds),
        whole * asking.read,
        whole * min(asking.length, 200) / 100,
        whole * min(asking.clauses, 3),
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.intp]:
    ranks = np.empty(len(values), np.intp)
    ranks[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return ranks


class Network:
    """A fitted network of one hidden layer: standardised signs in, probabilities out."""

    def __init__(self, weights: dict[str, Matrix]) -> None:
        self._weights = weights

    def __call__(self, rows: Matrix) -> Matrix:
        """Probabilities, one row for each of `rows`."""
        kept = self._weights
        hidden = np.maximum(((rows - kept["mean"]) / kept["spread"]) @ kept["inner"] + kept["inner_bias"], 0)
        return np.asarray(1 / (1 + np.exp(-(hidden @ kept["outer"] + kept["outer_bias"]))), np.float32)


@cache
def load_network(name: str, path: Path = FILE) -> Network:
    """The shipped network of a name: `article` (governs, belongs) or `question` (nothing governs it)."""
    with np.load(path) as kept:
        return Network({key.split(".", 1)[1]: kept[key] for key in kept.files if key.startswith(f"{name}.")})
