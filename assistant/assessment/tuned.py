"""The encoder with its upper layers trained on the practice bank: it knows language the bank's letters do not share.

The bundled encoder's upper layers and four small heads were fine-tuned on `corpus/practices/`
(`scripts/train_reader.py` repeats it). Only these layers are shipped, as eight-bit numbers in `reader.npz`; the lower
ones are the bundled encoder's own. It complements the linear models of `learned`: those share letters, this one
meaning, and together they are right more often than either (docs/results.md has the table). A pattern it was not
trained on has no value here and stands by the linear models and its indicators alone, so an officer's new pattern
needs no training.

Fine-tuning of a sentence encoder's upper layers with pooled heads: Howard and Ruder, ULMFiT, 2018; Reimers and
Gurevych, Sentence-BERT, 2019.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.assessment.claims import Claim, fold
from assistant.retrieval.layers import load_layers

FILE = Path(__file__).with_name("reader.npz")
PROMPT = "query: "
THREADS = 2  # a long text takes little more than half the time; a short one gains nothing and loses nothing
LONGEST = 480  # tokens read at once; a longer text is read in parts that end between statements

Floats = NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True)
class TunedReading:
    """What the heads say of one text, all as logits, higher is more.

    `patterns` (which comes first) and `also` (which would be named at all) are by pattern id; `weak`, `raised` and
    `severe` are at least low, at least medium, and high; `evidence` (claims, 3) is neutral, telling, countering.
    """

    patterns: dict[str, float]
    also: dict[str, float]
    weak: float
    raised: float
    severe: float
    evidence: Floats


def assembled(text: str, claims: Sequence[Claim]) -> tuple[str, list[Span]]:
    """The folded text as the model reads it, and where each claim stands in it; what no claim covers is left out."""
    parts: list[str] = []
    spans: list[Span] = []
    at = end = 0
    for claim in claims:
        gap = _gap(text[end : claim.start])
        spans.append((at + len(gap), at + len(gap) + len(claim.folded)))
        parts += [gap, claim.folded]
        at, end = spans[-1][1], claim.end
    parts.append(_gap(text[end:]))
    return "".join(parts), spans


def _gap(between: str) -> str:
    """What stands between two claims: punctuation as it is, a full stop for statements that were left out."""
    return "。" if any(char.isalnum() for char in between) else fold(between)


class TunedReader:
    """Reads texts with the shipped layers over the encoder unpacked in `folder`."""

    def __init__(self, folder: Path, file: Path = FILE) -> None:
        kept, layers, self._heads = load_layers(file)
        self.patterns = [str(id) for id in kept["patterns"]]
        from assistant.retrieval.runtime import TokenReader  # imports torch: the page should not wait for it

        self._tokens = TokenReader(folder, layers, threads=min(THREADS, os.cpu_count() or 1))

    def read(self, text: str, claims: Sequence[Claim]) -> TunedReading:
        """Read one text that was split into `claims`, at least one."""
        folded, spans = assembled(text, claims)
        pooled, inside = self._tokens.read(PROMPT, folded, spans, LONGEST)
        main, also, level = (self._head(name, pooled) for name in ("main", "also", "level"))
        return TunedReading(
            patterns=dict(zip(self.patterns, map(float, main), strict=False)),
            also=dict(zip(self.patterns, map(float, also), strict=True)),
            weak=float(level[0]),
            raised=float(level[1]),
            severe=float(level[2]),
            evidence=self._head("claim", inside),
        )

    def _head(self, name: str, vectors: Floats) -> Any:
        return vectors @ self._heads[f"{name}.weight"].T + self._heads[f"{name}.bias"]
