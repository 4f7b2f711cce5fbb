"""What somebody does with a turn: states facts, takes something back, supposes, asks for the rule, for the memo, …

A linear model over letters and the encoder's vector, fitted from the turn bank (`corpus/turns/`), the practice bank and
the question bank, and kept beside the index. An officer who adds a line to the turn bank has trained it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.assessment import fold
from assistant.assessment.claims import SPOKEN
from assistant.errors import CorpusError
from assistant.knowledge import Library
from assistant.knowledge.kept import kept
from assistant.types import Act, BankQuestion, BankTurn, Before, Practice

if TYPE_CHECKING:  # scikit-learn takes two seconds to import: the page should not wait for it
    from scipy.sparse import csr_matrix

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
FORMAT = 4  # of the kept file: raise it when what is fitted changes
BEFORE: tuple[Before, ...] = ("nothing", "assessed", "answered")
READ = 160  # characters of a turn that are counted; what is wanted stands there or in the last sentence
LAST = 80
SENTENCE = re.compile(r"[。！？!?；;\n]+|\. ")
ENDED = re.compile(r"[。！？!?；;]")
LONG, SHORT = 40, 12  # characters
MEANING = 0.05  # weight of a vector's standardised number beside a letter's
STANDING = 0.7  # weight of what stood before
WHOLE, FINAL = 1.0, 0.5  # weights of the turn and of its last sentence
FEWEST = 2  # acts without which there is nothing to tell apart
DESCRIBED, ASKED = 25, 70  # texts taken of each author of the practice bank and of the question bank
BORROWED = 0.3  # weight of such a text beside a turn of the turn bank: it was not said in a conversation


class ActReader:
    """The fitted model. Make one with `fit`, or `kept` to reuse the last one while nothing changed."""

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        def letters() -> TfidfVectorizer:
            return TfidfVectorizer(
                analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2, dtype=np.float32, lowercase=False
            )

        self._turns, self._finals = letters(), letters()
        self._model = LinearSVC(random_state=0, C=1.0)
        self._centre: Vectors = np.zeros(0, np.float32)
        self._spread: Vectors = np.ones(0, np.float32)

    @classmethod
    def fit(cls, library: Library, encode: Encode) -> ActReader:
        """Learn from the banks of a library. Raises `CorpusError` where the turn bank has too little."""
        if len({turn.act for turn in library.corpus.turns}) < FEWEST:
            raise CorpusError(
                "对话句库 corpus/turns/ 里的文字太少，学不出每轮对话的意图。"
                "请恢复随软件提供的 jsonl 文件，再运行 partner-lens index。"
            )
        self = cls()
        turns = lessons(library)
        own = len(library.corpus.turns)
        often = Counter(turn.act for turn in turns[:own])
        weights = [own / len(often) / often[turn.act] for turn in turns]  # a rare act counts as much as a common one
        weights[own:] = [weight * BORROWED for weight in weights[own:]]
        vectors = encode([read_part(turn.text) for turn in turns])
        self._centre, self._spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        self._turns.fit([_whole(turn.text) for turn in turns])
        self._finals.fit([_final(turn.text) for turn in turns])
        features = self._features([turn.text for turn in turns], [turn.before for turn in turns], vectors)
        self._model.fit(features, [turn.act for turn in turns], sample_weight=weights)
        return self

    @classmethod
    def kept(cls, library: Library, encode: Encode, stamp: str, folder: Path) -> ActReader:
        """The model for the library as it stands; `stamp` names the encoder that `encode` is of."""
        made_from = f"{FORMAT} {metadata.version('scikit-learn')} {stamp} {library.version}"
        return kept(folder, "acts", made_from, cls, lambda: cls.fit(library, encode))

    def read(self, text: str, before: Sequence[Before], vector: Vectors) -> list[tuple[Act, float]]:
        """Acts with their margins, likeliest first. Where `before` names several, their margins are averaged.

        `vector` is that of `read_part(text)`, as the bank was encoded.
        """
        features = self._features([text] * len(before), before, np.repeat(vector[None, :], len(before), axis=0))
        margins = np.asarray(self._model.decision_function(features)).mean(axis=0)
        order = np.argsort(-margins)
        return [(self._model.classes_[row], float(margins[row])) for row in order]

    def _features(self, texts: Sequence[str], before: Sequence[Before], vectors: Vectors) -> csr_matrix:
        from scipy.sparse import csr_matrix, hstack

        facts = [
            [*(stood == one for one in BEFORE), len(text) > LONG, len(text) < SHORT]
            for text, stood in zip(texts, before, strict=True)
        ]
        return hstack(
            [
                self._turns.transform([_whole(text) for text in texts]) * WHOLE,
                self._finals.transform([_final(text) for text in texts]) * FINAL,
                csr_matrix((vectors - self._centre) / self._spread * MEANING),
                csr_matrix(np.array(facts, np.float32) * STANDING),
            ]
        ).tocsr()


def lessons(library: Library) -> list[BankTurn]:
    """Everything that is learned from: the turn bank, then texts of the other banks as first and later turns."""
    found = list(library.corpus.turns)
    told = [item for item in library.corpus.practices if item.kind not in ("off_topic", "vague")]
    vague = [item for item in library.corpus.practices if item.kind == "vague"]
    asked = [item for item in library.corpus.questions if item.kind not in ("partner_description", "not_covered")]
    for number, practice in enumerate([*vague, *_spread(told, DESCRIBED)]):
        before: Before = "assessed" if practice.kind != "vague" and number % 2 else "nothing"
        found.append(
            BankTurn(id=practice.id, author=practice.author, before=before, text=practice.text, act="describe")
        )
    for number, question in enumerate(_spread(asked, ASKED)):
        before = BEFORE[number % len(BEFORE)]
        found.append(
            BankTurn(id=question.id, author=question.author, before=before, text=question.question, act="policy")
        )
    return found


Entry = TypeVar("Entry", Practice, BankQuestion)


def _spread(entries: Sequence[Entry], each: int) -> list[Entry]:
    """`each` entries of every author, evenly over what he wrote: a bank is ordered by what it is about."""
    authors: dict[str, list[Entry]] = {}
    for entry in entries:
        authors.setdefault(entry.author, []).append(entry)
    return [
        written[number * len(written) // min(each, len(written))]
        for written in authors.values()
        for number in range(min(each, len(written)))
    ]


def read_part(text: str) -> str:
    """The part of a turn that says what is wanted, as it is encoded: the beginning and the last sentence."""
    folded = fold(text)
    return folded if len(folded) <= READ + LAST else f"{folded[:READ]}…{folded[-LAST:]}"


def _whole(text: str) -> str:
    folded = fold(text)
    return f"^{folded[:READ]}{folded[-LAST:] if len(folded) > READ else ''}$"


def _final(text: str) -> str:
    said = sentences(text)
    return f"^{fold(said[-1])[-LAST:] if said else ''}$"


def sentences(text: str) -> list[str]:
    """The sentences of a turn. One that was dictated has none: there its blanks part what was said in one breath."""
    parted = text if ENDED.search(text) else SPOKEN.sub("\n", text)
    return [part for part in SENTENCE.split(parted) if part.strip()]
