"""Which earlier statements a turn replaces, and which of its own words say something about the partner.

"说错了，是 2 个点" takes the twelve points back and leaves everything else; "要是费用由银行付呢" sets the fee aside for
as long as one supposes; "那条是另一家的" takes back and adds nothing. Two logistic models, fitted from the bank of
corrections (`corpus/corrections/`): one reads pairs of an earlier statement and the turn, by letters and by meaning,
the other reads the turn's own clauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.assessment import Claim, ClaimReader, fold
from assistant.casework.acts import Encode, Vectors
from assistant.casework.figures import figures
from assistant.casework.letters import grams
from assistant.casework.pointing import pointed
from assistant.errors import CorpusError
from assistant.knowledge import Library
from assistant.knowledge.kept import kept
from assistant.types import Act, BankCorrection

FORMAT = 3  # of the kept file: raise it when what is fitted changes
ACTS: tuple[Act, ...] = ("correct", "suppose", "answer", "describe", "dispute")
FEWEST = 20
COVERED = 0.5  # share of a clause that a label must cover
STATED = 0.3
FAR, MANY, LONG = 12, 24, 400  # turns, clauses and characters beyond which it makes no difference how many there are
NEAREST = 32  # earlier statements that a turn which tells something is held against
Features = NDArray[np.float64]


@dataclass(frozen=True)
class Said:
    """A clause of an earlier turn, and how many turns before the present one it was said (1: the last)."""

    text: str
    ago: int


@dataclass(frozen=True)
class Revision:
    """What a turn does: the chance that each earlier statement no longer stands, and that each clause adds a fact."""

    withdrawn: NDArray[np.float64]
    added: NDArray[np.float64]


class RevisionReader:
    """The fitted models. Make one with `fit`, or `kept` to reuse the last one while nothing changed."""

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self._centre: Vectors = np.zeros(0, np.float32)
        self._pairs = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
        self._letters = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
        self._own = LogisticRegression(C=3.0, max_iter=2000, class_weight="balanced")

    @classmethod
    def fit(cls, bank: Sequence[BankCorrection], claims: ClaimReader, encode: Encode) -> RevisionReader:
        """Learn from the bank of corrections. Raises `CorpusError` where there are too few."""
        if len(bank) < FEWEST:
            raise CorpusError(
                "更正句库 corpus/corrections/ 里的文字太少，学不出哪些说法被收回。"
                "请恢复随软件提供的 jsonl 文件，再运行 partner-lens index。"
            )
        self = cls()
        texts = texts_of(bank, claims)
        vectors = dict(zip(texts, encode(texts), strict=True))
        self._centre = np.mean(list(vectors.values()), axis=0)
        pairs, gone, own, states = [], [], [], []
        for item in bank:
            said, labels = said_of(item, claims)
            clauses = claims.read(item.turn)
            if said:
                pairs.append(self._pair(item.act, said, item.turn, clauses, vectors))
                gone += labels
            own += [(item.act, number, clauses) for number in range(len(clauses))]
            states += [adds(item, clause) for clause in clauses]
        self._pairs.fit(np.vstack(pairs), gone)
        self._letters.fit([clauses[number].folded for _, number, clauses in own])
        self._own.fit(self._clauses(own, vectors), states)
        return self

    @classmethod
    def kept(cls, library: Library, claims: ClaimReader, encode: Encode, stamp: str, folder: Path) -> RevisionReader:
        """The models for the library as it stands; `stamp` names the encoder that `encode` is of."""
        made_from = f"{FORMAT} {metadata.version('scikit-learn')} {stamp} {library.version}"
        return kept(folder, "revision", made_from, cls, lambda: cls.fit(library.corpus.corrections, claims, encode))

    def read(self, act: Act, said: Sequence[Said], turn: str, clauses: Sequence[Claim], encode: Encode) -> Revision:
        """What `turn`, split into `clauses`, does to what was `said` before."""
        texts = list(dict.fromkeys([*(fold(item.text) for item in said), *(c.folded for c in clauses), fold(turn)]))
        vectors = dict(zip(texts, encode(texts), strict=True))
        gone = np.zeros(0)
        if said and clauses:
            gone = self._pairs.predict_proba(self._pair(act, said, turn, clauses, vectors))[:, 1]
        own = [(act, number, clauses) for number in range(len(clauses))]
        added = self._own.predict_proba(self._clauses(own, vectors))[:, 1] if own else np.zeros(0)
        return Revision(withdrawn=np.asarray(gone), added=np.asarray(added))

    def _unit(self, text: str, vectors: dict[str, Vectors]) -> Vectors:
        centred = vectors[text] - self._centre
        return np.asarray(centred / np.linalg.norm(centred))

    def _pair(
        self, act: Act, said: Sequence[Said], turn: str, clauses: Sequence[Claim], vectors: dict[str, Vectors]
    ) -> Features:
        """One row an earlier statement, shape (statements, features); the last columns compare it with the others."""
        own = np.array([self._unit(clause.folded, vectors) for clause in clauses])
        whole = self._unit(fold(turn), vectors)
        letters, single = grams(turn, 2), grams(turn, 1)
        each = [grams(clause.text, 2) for clause in clauses]
        told = list(figures(turn))
        places = pointed(turn, len(said))
        rows, compared = [], []
        for place, item in enumerate(said):
            vector = self._unit(fold(item.text), vectors)
            close, near = float((own @ vector).max()), float(whole @ vector)
            pairs = grams(item.text, 2)
            shared = len(pairs & letters) / len(pairs)
            mine = list(figures(item.text))
            other = any(own.unit == new.unit and not own.same(new) for own in mine for new in told)
            compared.append((close, shared, near))
            rows.append(
                [
                    close,
                    near,
                    shared,
                    max(len(pairs & parts) / len(pairs | parts) for parts in each),
                    len(grams(item.text, 1) & single) / len(grams(item.text, 1)),
                    other,
                    any(own.same(new) for own in mine for new in told),
                    min(item.ago - 1, FAR),
                    item.ago == 1,
                    (1 if place in places else -1) if places else 0,
                    min(len(said), MANY),
                    min(len(clauses), MANY),
                    min(len(turn), LONG),
                    min(len(item.text), LONG),
                    *(act == one for one in ACTS),
                ]
            )
        beside = np.array(compared)
        best = beside.max(axis=0)
        return np.hstack([np.array(rows, np.float64), beside - best, beside >= best])

    def _clauses(self, own: Sequence[tuple[Act, int, Sequence[Claim]]], vectors: dict[str, Vectors]) -> Features:
        from scipy.sparse import csr_matrix, hstack

        facts = [
            [
                number == 0,
                number == len(clauses) - 1,
                len(clauses) == 1,
                number / len(clauses),
                *(act == a for a in ACTS),
            ]
            for act, number, clauses in own
        ]
        meaning = [self._unit(clauses[number].folded, vectors) for _, number, clauses in own]
        features: Features = hstack(
            [
                self._letters.transform([clauses[number].folded for _, number, clauses in own]),
                csr_matrix(np.array(facts, np.float64) * 0.7),
                csr_matrix(np.array(meaning, np.float64)),
            ]
        ).tocsr()
        return features


def texts_of(bank: Sequence[BankCorrection], claims: ClaimReader) -> list[str]:
    """Every text of the bank that is encoded: clauses, and turns whole."""
    found = [fold(item.turn) for item in bank]
    for item in bank:
        for text in (*item.facts, item.turn):
            found += [claim.folded for claim in claims.read(text)]
    return list(dict.fromkeys(found))


def nearest(numbers: list[int], said: list[Said], turn: str) -> tuple[list[int], list[Said]]:
    """Of very many statements the latest and those that share most letters with a turn; it touches no others."""
    if len(said) <= NEAREST:
        return numbers, said
    letters = grams(turn, 2)
    shares = [len(letters & grams(item.text, 2)) / len(item.text) for item in said]
    latest = range(len(said) - NEAREST // 4, len(said))
    alike = sorted(range(len(said)), key=lambda row: shares[row], reverse=True)
    rows = sorted(list(dict.fromkeys([*latest, *alike]))[:NEAREST])
    return [numbers[row] for row in rows], [said[row] for row in rows]


def said_of(item: BankCorrection, claims: ClaimReader) -> tuple[list[Said], list[bool]]:
    """The clauses of the earlier turns of an entry, and whether each is withdrawn."""
    said, labels = [], []
    for number, fact in enumerate(item.facts):
        for claim in claims.read(fact):
            said.append(Said(claim.text, len(item.facts) - number))
            labels.append(_covered(fact, claim, item.withdrawn) >= COVERED)
    return said, labels


def adds(item: BankCorrection, clause: Claim) -> bool:
    """Whether a clause of the entry's turn tells something of the partner."""
    added = _covered(item.turn, clause, item.added)
    return added > STATED and added >= _covered(item.turn, clause, item.other)


def _covered(text: str, claim: Claim, parts: Sequence[str]) -> float:
    """Share of a clause that the best of `parts` covers."""
    best = 0.0
    for part in parts:
        start = text.find(part)
        if start >= 0:
            best = max(best, min(start + len(part), claim.end) - max(start, claim.start))
    return best / max(1, claim.end - claim.start)
