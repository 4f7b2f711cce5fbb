"""What the question bank teaches: which articles answered questions like this one, and what kind of question it is.

Kernel ridge regression over character n-grams and the encoder's vectors: every bank question votes for its articles,
and the fit takes back what neighbours say twice. The précis of an article votes like a question. On questions left out
of the fit it puts a governing article first far more often than the nearest question does, it is fitted in seconds
without an accelerator, leaving one question out costs nothing (so the combination in `ranking` can be learned from
honest scores), and an officer who adds a line to the bank has taught it. Without an encoder the words alone vote.

Ridge regression in dual variables: Saunders, Gammerman and Vovk, 1998; leave-one-out: Allen's PRESS, 1974.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answering.question import read, simplified
from assistant.knowledge import Library
from assistant.knowledge.bank import Place, Places, asked_in_life, place_of
from assistant.knowledge.kept import kept

if TYPE_CHECKING:  # scikit-learn takes two seconds to import: the page should not wait for it
    from scipy.sparse import csr_matrix

Scores = NDArray[np.float32]
FORMAT = 1  # of the kept file: raise it when what is fitted changes
RIDGE = 1.0  # weight of smoothness against fit; flat between .5 and 2
ALSO = 0.4  # an article that may be cited, beside one that must
HEADS = ("abstain", "stale", "premise", "several")


class Encode(Protocol):
    """Turns texts into unit vectors, one row each."""

    def __call__(self, texts: Sequence[str]) -> Scores: ...


@dataclass(frozen=True)
class Lesson:
    """A text that votes, as it is embedded and as its words are counted, and what it speaks for."""

    text: str
    search: str
    speaks_for: dict[Place, float]


@dataclass(frozen=True)
class Study:
    """What a study of the fit needs: targets, dual weights and the inverse of the kernel, a row a text."""

    wanted: Scores
    duals: Scores
    inverse: Scores

    def without(self, rows: NDArray[np.intp]) -> Scores:
        """The scores that `rows` would get had none of them been in the fit."""
        among = self.inverse[np.ix_(rows, rows)]
        return np.asarray(self.wanted[rows] - np.linalg.solve(among, self.duals[rows]), np.float32)


class Precedents:
    """The fitted bank. Make one with `fit`, or `kept` to reuse the last one while nothing changed."""

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.places: list[Place] = []
        self._words = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        self._rows: csr_matrix | None = None
        self._vectors: Scores | None = None
        self._centre: Scores = np.zeros(0, np.float32)
        self._duals: Scores = np.zeros((0, 0), np.float32)

    @classmethod
    def fit(cls, library: Library, today: date, encode: Encode | None = None) -> Precedents:
        """Learn from the bank, the recorded questions and the précis of a library."""
        return cls.studied(library, today, encode)[0]

    @classmethod
    def studied(cls, library: Library, today: date, encode: Encode | None = None) -> tuple[Precedents, Study]:
        """The same with what a study of the fit needs."""
        from scipy.linalg import cho_factor, cho_solve, lapack

        self = cls()
        lessons = read_lessons(library, today)
        targets = [lesson.speaks_for for lesson in lessons]
        self.places = sorted({place for target in targets for place in target if place[0]})
        columns = {place: number for number, place in enumerate([*self.places, *(("", head) for head in HEADS)])}
        wanted = np.zeros((len(lessons), len(columns)), np.float32)
        for row, target in enumerate(targets):
            for place, value in target.items():
                wanted[row, columns[place]] = value
        rows = self._words.fit_transform([folded(lesson.search) for lesson in lessons])
        kernel = (rows @ rows.T).toarray()
        if encode is not None:
            kernel += self._embed(library, encode([lesson.text for lesson in lessons]))
        kernel[np.diag_indices_from(kernel)] += RIDGE
        factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        self._duals = np.ascontiguousarray(cho_solve(factor, wanted, check_finite=False), np.float32)
        self._rows = rows.T.tocsr()
        lower = np.tril(lapack.spotri(factor[0], lower=1)[0])
        return self, Study(wanted, self._duals, lower + np.tril(lower, -1).T)

    def _embed(self, library: Library, vectors: Scores) -> Scores:
        """Keep the vectors as differences from the average, questions and précis apart; how alike they are."""
        articles = sum(len(regulation.articles) for regulation in library.corpus.regulations)
        questions = len(vectors) - articles
        self._centre = vectors[:questions].mean(axis=0)
        precis = vectors[questions:] - vectors[questions:].mean(axis=0)
        centred = np.vstack([vectors[:questions] - self._centre, precis])
        self._vectors = np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True), np.float32)
        return np.asarray(self._vectors @ self._vectors.T, np.float32)

    @classmethod
    def kept(cls, library: Library, today: date, encode: Encode, stamp: str, folder: Path) -> Precedents:
        """The fit for the library as it stands: read from `folder` when it was made from the same words.

        `stamp` names the encoder that `encode` is of.
        """
        made_from = f"{FORMAT} {metadata.version('scikit-learn')} {stamp} {library.version}"
        return kept(folder, "precedents", made_from, cls, lambda: cls.fit(library, today, encode))

    def scores(self, text: str, vector: Scores | None) -> Scores:
        """How much the bank speaks for each of `places`, then for each of `HEADS`: about 0 to 1."""
        if self._rows is None or not len(self._duals):
            return np.zeros(len(self.places) + len(HEADS), np.float32)
        near = self._alike(folded(text), self._rows)
        if vector is not None and self._vectors is not None:
            centred = vector - self._centre
            near = near + self._vectors @ (centred / np.linalg.norm(centred))
        return np.asarray(near @ self._duals, np.float32)

    def _alike(self, text: str, rows: csr_matrix) -> Scores:
        """How alike the words of `text` are to each text of the fit: what the vectorizer says, without its ceremony."""
        known = self._words.vocabulary_
        counts = Counter(known[gram] for gram in self._words.build_analyzer()(text) if gram in known)
        near = np.zeros(rows.shape[1], np.float32)
        if not counts:
            return near
        terms = np.fromiter(counts, np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self._words.idf_[terms]
        values /= np.linalg.norm(values)
        for term, value in zip(terms.tolist(), values.tolist(), strict=True):
            place = slice(rows.indptr[term], rows.indptr[term + 1])
            near[rows.indices[place]] += rows.data[place] * value
        return near


def folded(text: str) -> str:
    """Letters as the n-grams are counted."""
    return simplified(unicodedata.normalize("NFKC", text)).lower()


def read_lessons(library: Library, today: date) -> list[Lesson]:
    """Everything that votes: bank questions first and in their order, then recorded ones, then précis."""
    places = Places(library, today)
    wordings = library.corpus.speech.wordings
    found: list[Lesson] = []

    def add(text: str, speaks_for: dict[Place, float]) -> None:
        asked = read(text, None, today, wordings)
        found.append(Lesson(asked.text, asked.search, speaks_for))

    for question in library.corpus.questions:
        target: dict[Place, float] = {}
        for labels, value in ((question.may_cite, ALSO), (question.must_cite, 1.0)):
            for label in labels:
                target.update(dict.fromkeys(places.of(label, question.as_of), value))
        facts = (question.abstain, question.stale, question.premise_corrected, question.kind == "multi_hop")
        target.update({("", head): 1.0 for head, fact in zip(HEADS, facts, strict=True) if fact})
        add(question.question, target)
    for text, place in asked_in_life(library, today):
        add(text, {place: 1.0})
    for regulation in library.corpus.regulations:
        for article in regulation.articles:
            text = f"{article.topic} {article.text}"
            found.append(Lesson(text, text, {place_of(regulation, article): 1.0}))
    return found
