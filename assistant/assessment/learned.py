"""What the practice bank teaches: the pattern a text is nearest to, whether it is raised at all, and which words tell.

Six linear models over character n-grams, fitted from `corpus/practices/` and the patterns' own wordings when the
corpus changes (seconds on a laptop) and kept beside the index. Linear and lexical on purpose: on held-out authors
they beat the mean of nearest examples by over twenty points, they need no accelerator and no shipped weights, and
an officer who adds a line to the bank has trained them. A pattern without texts in the bank is simply not in their
classes; the similarity to its indicators (`matching`) still finds it.

Support vector machines: Fan et al., LIBLINEAR, 2008, as wrapped by scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.assessment.claims import Claim, ClaimReader, fold
from assistant.errors import CorpusError
from assistant.knowledge import Library
from assistant.knowledge.kept import kept, kept_at
from assistant.types import Practice

if TYPE_CHECKING:  # scikit-learn takes two seconds to import: the page should not wait for it
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

Scores = NDArray[np.float64]
FORMAT = 10  # of the kept file: raise it when what is fitted changes
NEUTRAL, TELLING, COUNTERING = 0, 1, 2
WORDED = 0.7  # weight of an indicator's own wording beside a labelled clause of the bank
WORDING = 0.25  # weight of an indicator's own example or counter-example beside a text of the bank
LEAST_CLASSES = 3  # patterns and lawful texts together, without which there is nothing to tell apart
CONTEXT = 0.5  # weight of the words around a statement beside its own


@dataclass(frozen=True)
class LinearReading:
    """What the models say of one text.

    `patterns` has one margin per class of `LearnedReader.classes`, higher closer; `raised` is the margin of "shows a
    scheme" over "lawful, denied, quoted or beside the point"; `severe` the margin of a plainly stated practice over a
    lighter or partial one; `beside` that of a text about something else altogether (a recipe, a poem). `evidence` has
    shape (claims, 3): margins of neutral, telling and countering; `signs` has for an indicator the margins with which
    each claim shows it rather than another of its pattern, shape (claims).
    """

    patterns: Scores
    raised: float
    severe: float
    beside: float
    evidence: Scores
    signs: dict[str, Scores]


@dataclass(frozen=True)
class Linear:
    """What is kept of a fitted model: its margins are `features @ weights + base`, in 32 bits.

    scikit-learn's own `decision_function` gives the same, after checks that take longer than the sum.
    """

    classes: tuple[str, ...]
    weights: NDArray[np.float32]
    base: NDArray[np.float32]

    @classmethod
    def of(cls, model: LinearSVC) -> Linear:
        """A fitted model with one margin a class; of two classes that of the second only."""
        weights = np.ascontiguousarray(model.coef_.T, np.float32)
        return cls(tuple(map(str, model.classes_)), weights, np.asarray(model.intercept_, np.float32))

    @classmethod
    def beside(cls, models: Sequence[LinearSVC]) -> Linear:
        """Several models over the same features as one, with one margin for every class of each."""
        parts = [cls.of(model) for model in models]
        both = [len(part.classes) == 2 for part in parts]
        weights = [np.hstack([-p.weights, p.weights]) if two else p.weights for p, two in zip(parts, both, strict=True)]
        base = [np.hstack([-p.base, p.base]) if two else p.base for p, two in zip(parts, both, strict=True)]
        classes = tuple(name for part in parts for name in part.classes)
        return cls(classes, np.ascontiguousarray(np.hstack(weights)), np.hstack(base))

    def __call__(self, features: csr_matrix) -> Scores:
        """Margins, shape (rows, classes)."""
        return np.asarray(features @ self.weights + self.base, np.float64)


class LearnedReader:
    """The fitted models. Make one with `fit`, or `kept` to reuse the last one while nothing changed."""

    _pattern: Linear
    _raise: Linear
    _severe: Linear
    _beside: Linear
    _evidence: Linear
    _signs: Linear | None = None

    def __init__(self) -> None:
        self._texts = _vectorizer(3)
        self._wide = _vectorizer(4)
        self._own, self._around = _vectorizer(3), _vectorizer(3)
        self._spans = _vectorizer(3)

    @property
    def classes(self) -> list[str]:
        """The patterns that the bank teaches, in the order of `LinearReading.patterns`."""
        return list(self._pattern.classes)

    @classmethod
    def fit(cls, library: Library, claims: ClaimReader, practices: Sequence[Practice]) -> LearnedReader:
        """Learn from `practices` and the wordings of the library's patterns. Raises `CorpusError` for too few texts."""
        if len({practice.main for practice in practices}) < LEAST_CLASSES or not any(
            practice.level == "medium" for practice in practices
        ):
            raise CorpusError(
                "练习句库 corpus/practices/ 里的文字太少，学不出怎么判断。"
                "请恢复随软件提供的 jsonl 文件，再运行 partner-lens index。"
            )
        self = cls()
        self._fit_patterns(library, practices)
        folded = [fold(practice.text) for practice in practices]
        wide = self._fit_raise(library, practices, folded)
        risen = [number for number, practice in enumerate(practices) if practice.level != "none"]
        self._severe = _fitted(0.3, wide[risen], [practices[number].level == "high" for number in risen], even=True)
        self._beside = _fitted(0.3, wide, [practice.kind == "off_topic" for practice in practices], even=True)
        self._fit_evidence(claims, practices)
        self._fit_signs(library, practices)
        return self

    @classmethod
    def kept(cls, library: Library, claims: ClaimReader, folder: Path) -> LearnedReader:
        """The models for the library as it stands: read from `folder` when they were fitted from the same words."""
        return kept(
            folder, "reader", _made_from(library), cls, lambda: cls.fit(library, claims, library.corpus.practices)
        )

    @staticmethod
    def is_kept(library: Library, folder: Path) -> bool:
        """Whether the models for the library as it stands are in `folder`."""
        return kept_at(folder, "reader", _made_from(library)).is_file()

    def _fit_raise(self, library: Library, practices: Sequence[Practice], folded: list[str]) -> csr_matrix:
        """Learn what is raised at all; the indicators' short examples and counter-examples count a little.

        Returns the features of the practices.
        """
        indicators = [indicator for pattern in library.patterns.values() for indicator in pattern.indicators]
        shown = [fold(text) for indicator in indicators if indicator.weight > 1 for text in indicator.examples]
        beside = [fold(text) for indicator in indicators for text in indicator.counter]
        features = self._wide.fit_transform(folded + shown + beside)
        risen = [practice.level in ("high", "medium") for practice in practices]
        weights = [1.0] * len(folded) + [WORDING] * (len(shown) + len(beside))
        labels = risen + [True] * len(shown) + [False] * len(beside)
        self._raise = _fitted(2.0, features, labels, weights, even=True)
        return features[: len(folded)]

    def _fit_patterns(self, library: Library, practices: Sequence[Practice]) -> None:
        taught = {practice.main for practice in practices} & set(library.patterns)
        texts, labels, weights = [], [], []
        for pattern in (library.patterns[id] for id in library.patterns if id in taught):
            wordings = [pattern.gist, pattern.summary]
            for indicator in pattern.indicators:
                wordings += [indicator.says, *indicator.examples]
            texts += wordings
            labels += [pattern.id] * len(wordings)
        for case in library.cases.values():
            if case.patterns and case.patterns[0] in taught:
                rows = [case.facts, *case.red_flags]
                texts += rows
                labels += [case.patterns[0]] * len(rows)
        weights = [1.0] * len(texts)
        for practice in practices:
            if practice.main in taught:
                rows = [practice.text, *practice.telling]
                texts += rows
                labels += [str(practice.main)] * len(rows)
                weights += [3.0] * len(rows)
        matrix = self._texts.fit_transform([fold(text) for text in texts])
        self._pattern = _fitted(1.0, matrix, labels, weights)

    def _fit_evidence(self, reader: ClaimReader, practices: Sequence[Practice]) -> None:
        own, around, labels = [], [], []
        for practice in practices:
            claims = reader.read(practice.text)
            own += [claim.folded for claim in claims]
            around += _neighbours(claims)
            labels += [fate(claim, practice) for claim in claims]
        features = self._stack(self._own.fit_transform(own), self._around.fit_transform(around))
        self._evidence = _fitted(0.1, features, labels)

    def _fit_signs(self, library: Library, practices: Sequence[Practice]) -> None:
        """Learn which indicator of its pattern a telling clause shows, from the clauses of the bank that say so."""
        shown: dict[str, list[tuple[str, str]]] = {}
        for practice in practices:
            for part, indicator in zip(practice.telling, practice.indicators, strict=False):
                if indicator is not None:
                    shown.setdefault(str(practice.main), []).append((fold(part), indicator))
        worded = {
            pattern.id: [(fold(text), sign.id) for sign in pattern.indicators for text in (sign.says, *sign.examples)]
            for pattern in library.patterns.values()
            if pattern.id in shown
        }
        self._spans.fit([text for rows in (*shown.values(), *worded.values()) for text, _ in rows])
        models = []
        for id, wordings in worded.items():
            known = {sign for _, sign in wordings}
            spans = [row for row in shown[id] if row[1] in known]
            if len(known) < 2 or not spans:
                continue
            weights = [1.0] * len(spans) + [WORDED] * len(wordings)
            features = self._spans.transform([text for text, _ in spans + wordings])
            models.append(_svm(0.5, features, [sign for _, sign in spans + wordings], weights, even=True))
        self._signs = Linear.beside(models) if models else None

    def read(self, text: str, claims: Sequence[Claim]) -> LinearReading:
        """Read one text that was split into `claims`."""
        folded = [fold(text)]
        wide = self._wide.transform(folded)
        features = self._stack(
            self._own.transform([claim.folded for claim in claims]),
            self._around.transform(_neighbours(claims)),
        )
        return LinearReading(
            patterns=self._pattern(self._texts.transform(folded))[0],
            raised=float(self._raise(wide)[0, 0]),
            severe=float(self._severe(wide)[0, 0]),
            beside=float(self._beside(wide)[0, 0]),
            evidence=self._evidence(features),
            signs=self._shown(claims),
        )

    def _shown(self, claims: Sequence[Claim]) -> dict[str, Scores]:
        if self._signs is None:
            return {}
        margins = self._signs(self._spans.transform([claim.folded for claim in claims]))
        return {id: margins[:, place] for place, id in enumerate(self._signs.classes)}

    @staticmethod
    def _stack(own: csr_matrix, around: csr_matrix) -> csr_matrix:
        from scipy.sparse import hstack

        return hstack([own, around * CONTEXT]).tocsr()


def _made_from(library: Library) -> str:
    return f"{FORMAT} {metadata.version('scikit-learn')} {library.version}"


def _svm(
    penalty: float, features: csr_matrix, labels: Sequence[object], weights: Sequence[float] | None, even: bool
) -> LinearSVC:
    """A linear support vector machine; with `even` every class counts the same."""
    from sklearn.svm import LinearSVC

    model = LinearSVC(random_state=0, C=penalty, class_weight="balanced" if even else None)
    return model.fit(features, labels, sample_weight=weights)


def _fitted(
    penalty: float,
    features: csr_matrix,
    labels: Sequence[object],
    weights: Sequence[float] | None = None,
    even: bool = False,
) -> Linear:
    return Linear.of(_svm(penalty, features, labels, weights, even))


def _vectorizer(longest: int) -> TfidfVectorizer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char", ngram_range=(1, longest), sublinear_tf=True, min_df=2, dtype=np.float32)


def _neighbours(claims: Sequence[Claim]) -> list[str]:
    """The words before and after each statement."""
    words = ["", *(claim.folded for claim in claims), ""]
    return [f"{words[number - 1]} {words[number + 1]}" for number in range(1, len(words) - 1)]


def fate(claim: Claim, practice: Practice) -> int:
    """Whether the labels of a practice make a statement telling, countering or neutral: by the longer overlap."""
    best, fate = 0, NEUTRAL
    for label, parts in ((TELLING, practice.telling), (COUNTERING, practice.countered)):
        for part in parts:
            start = practice.text.find(part)
            shared = min(start + len(part), claim.end) - max(start, claim.start)
            if shared > best and shared >= 0.4 * min(len(part), claim.end - claim.start):
                best, fate = shared, label
    return fate
