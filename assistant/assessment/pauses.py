"""Where a speaker pauses: long runs of Chinese without a mark or blank, as dictation writes them, cut into clauses.

A linear model of the letters on both sides of a place, learned from the punctuation of the texts written for this
project (`scripts/train_pauses.py` repeats it). Only runs too long for one clause are cut, so well-pointed text stays
as its writer cut it.

Features are hashed: Weinberger et al., 2009.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sklearn.feature_extraction import FeatureHasher

FILE = Path(__file__).with_name("pauses.npz")
COLUMNS = 2**16
RUN = re.compile(r"[一-鿿\da-z%.]{27,}")
HAN = re.compile(r"[一-鿿]{2}")
LEAST = 7  # characters of a clause
USUAL = 16  # characters from which a clause gets unlikely
LENGTH = 0.02  # how quickly it does
LOOK = 16  # likely pauses back to which a clause may begin
LIKELY = -1.0  # log odds under which no place is a pause


def features(run: str, places: Sequence[int]) -> list[list[str]]:
    """The letters around each of `places`: what stands before it, after it, and across."""
    text = f"^^^{run}$$$"
    found = []
    for at in (place + 3 for place in places):
        before = [f"<{text[at - size : at]}" for size in (1, 2, 3)]
        after = [f">{text[at : at + size]}" for size in (1, 2, 3)]
        found.append([*before, *after, f"={text[at - 1 : at + 1]}", f"={text[at - 2 : at + 2]}"])
    return found


def pauses(text: str) -> list[int]:
    """Places in a folded `text` to cut at, in order; none where it is pointed or short."""
    return [run.start() + place for run in RUN.finditer(text) for place in _cuts(run.group())]


def _cuts(run: str) -> list[int]:
    """The best places to cut one run: likely pauses that leave clauses of usual length (Viterbi, 1967)."""
    odds = _odds(run)
    end = len(run)
    likely = [place for place in range(LEAST, end - LEAST + 1) if odds[place] >= LIKELY and _between_words(run, place)]
    edges = [0, *likely, end]
    best, came = [0.0], [0]
    for number, stop in enumerate(edges[1:], 1):
        gain = odds[stop] - LIKELY if stop < end else 0.0
        worth = {
            start: best[start] - LENGTH * max(0, stop - edges[start] - USUAL) ** 1.5
            for start in range(max(0, number - LOOK), number)
            if stop - edges[start] >= LEAST or start == 0
        }
        came.append(max(worth, key=worth.__getitem__, default=0))
        best.append(worth.get(came[-1], -np.inf) + gain)
    found, number = [], came[-1]
    while number > 0:
        found.append(edges[number])
        number = came[number]
    return found[::-1]


def _between_words(run: str, place: int) -> bool:
    """Whether both sides are Chinese: nothing is cut at a figure or inside a Latin word."""
    return bool(HAN.fullmatch(run[place - 1 : place + 1]))


def _odds(run: str) -> NDArray[np.float64]:
    """Log odds of a pause before each character of `run`."""
    weights, base = _model()
    return np.asarray(hasher().transform(features(run, range(len(run)))) @ weights + base, np.float64)


@lru_cache(maxsize=1)
def hasher() -> FeatureHasher:
    """Turns the features into columns of the model."""
    from sklearn.feature_extraction import FeatureHasher  # two seconds: the page should not wait for it

    return FeatureHasher(COLUMNS, input_type="string", alternate_sign=False)


@lru_cache(maxsize=1)
def _model() -> tuple[NDArray[np.float64], float]:
    with np.load(FILE) as kept:
        return kept["weights"].astype(np.float64), float(kept["base"])
