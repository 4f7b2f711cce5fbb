"""Claim x indicator -> Match.

Which indicator a statement meets is told by wording: character 1-3-gram tf-idf against the corpus, which catches the
trade's fixed phrases. Meaning (encoder vectors, centred and whitened, because raw e5 cosines sit between 0.82 and 0.91
even for unrelated sentences) is added where a pattern is known by its indicators alone, which it must then stand by.
Each similarity is standardised over all wordings, so that the two can be added. Everything is computed from the corpus
as it stands, so an edited indicator works after the next `partner-lens index`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from assistant.assessment.claims import Claim, fold

Matrix = NDArray[np.float32]
WHITENING = 0.5  # power of the eigenvalues: 0 leaves the vectors as they are, 1 whitens fully


@dataclass(frozen=True)
class Match:
    """A claim that meets an indicator; `score` 0..1, `wording` the corpus text it resembles most."""

    claim: Claim
    pattern: str
    indicator: str
    score: float
    wording: str


@dataclass(frozen=True)
class Similarity:
    """How close each claim is to each indicator, in standard deviations: shape (claims, indicators).

    `nearest` has the same shape and numbers the corpus wording behind each value; `lawful` numbers for each pattern
    the look-alike that some claim comes closest to, -1 where it has none.
    """

    indicators: Matrix
    nearest: NDArray[np.int64]
    lawful: NDArray[np.int64]


class Matcher:
    """Compares statements with every wording of the corpus."""

    def __init__(self, practices: Sequence[Document], vectors: Matrix) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # two seconds: the page should not wait for it

        self.practices = practices
        self.indicators = list(
            dict.fromkeys(row.metadata["indicator"] for row in practices if row.metadata["indicator"])
        )
        self.patterns = list(dict.fromkeys(str(row.metadata["pattern"]) for row in practices))
        self.pattern_of = {row.metadata["indicator"]: str(row.metadata["pattern"]) for row in practices}
        self._texts = [fold(row.page_content) for row in practices]
        self._columns = self._group()
        self._mean = vectors.mean(axis=0)
        self._rotation = _whitener(vectors - self._mean)
        self._wordings = self._project(vectors)
        self._tfidf = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float32)
        self._lexical = self._tfidf.fit_transform(self._texts)
        self._scale = self._standardise()

    def _group(self) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
        """Row numbers of the wordings per indicator and of the look-alikes per pattern."""
        wordings: dict[str, list[int]] = {id: [] for id in self.indicators}
        lawful: dict[str, list[int]] = {id: [] for id in self.patterns}
        for number, row in enumerate(self.practices):
            if row.metadata["role"] == "lookalike":
                lawful[str(row.metadata["pattern"])].append(number)
            else:
                wordings[row.metadata["indicator"]].append(number)
        return (
            [np.array(wordings[id], dtype=np.int64) for id in self.indicators],
            [np.array(lawful[id], dtype=np.int64) for id in self.patterns],
        )

    def _project(self, vectors: Matrix) -> Matrix:
        turned = (vectors - self._mean) @ self._rotation
        return np.asarray(turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def _standardise(self) -> tuple[float, float, float, float]:
        """Mean and deviation of both similarities between different wordings of the corpus."""
        dense = self._wordings @ self._wordings.T
        lexical = (self._lexical @ self._lexical.T).toarray()
        off = ~np.eye(len(self._texts), dtype=bool)
        return (
            float(dense[off].mean()),
            float(dense[off].std()),
            float(lexical[off].mean()),
            float(lexical[off].std()),
        )

    def compare(self, texts: Sequence[str], vectors: Matrix | None = None) -> Similarity:
        """Compare folded `texts` to the whole corpus: by their letters, and by the encoder's `vectors` where given.

        Which indicator of a pattern a statement meets is told as well by letters alone (.35 of the corpus's own
        examples against .38 with vectors, each left out in turn), and encoding costs most of the time.
        """
        dense_mean, dense_std, lexical_mean, lexical_std = self._scale
        lexical = ((self._tfidf.transform(texts) @ self._lexical.T).toarray() - lexical_mean) / lexical_std
        both = np.asarray(np.minimum(lexical, 12.0), dtype=np.float32)
        if vectors is not None:
            both += (self._project(vectors) @ self._wordings.T - dense_mean) / dense_std
        wordings, lawful = self._columns
        indicators = np.stack([both[:, rows].max(axis=1) for rows in wordings], axis=1)
        nearest = np.stack([rows[both[:, rows].argmax(axis=1)] for rows in wordings], axis=1)
        twins = [int(both[:, rows].max(axis=0).argmax()) if len(rows) else -1 for rows in lawful]
        return Similarity(indicators, nearest, np.array(twins, dtype=np.int64))


def _whitener(centred: Matrix) -> Matrix:
    """Rotation to principal axes with each axis divided by its deviation to the power `WHITENING`."""
    values, axes = np.linalg.eigh(np.cov(centred.T))
    values = np.maximum(values, 1e-6)
    return np.asarray(axes * values ** (-WHITENING / 2), dtype=np.float32)
