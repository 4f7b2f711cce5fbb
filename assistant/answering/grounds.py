"""From what was found to what an answer may stand on.

Retrieval ranks by likeness; a reviewer wants the articles that govern. So what retrieval, the question bank and the
names in the question propose is ranked by how likely it is to govern (`ranking`), texts that did not apply on the day
are left out, and of the rest as many are kept as are expected to help more than they harm.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from assistant.answering.precedents import HEADS, Precedents, Scores
from assistant.answering.question import Question
from assistant.answering.ranking import Asking, Signs, features, load_network
from assistant.answering.weights import Weights, pairs
from assistant.knowledge import Library
from assistant.knowledge.bank import Place, place_of
from assistant.knowledge.citations import CURRENT, Citations, Resolution
from assistant.types import Article, Kind, Passage, Regulation

KINDS: tuple[Kind, ...] = ("statute", "rule")
FOUND = 40
TAUGHT = 25
MOST = 4
BARE = 10  # characters that a question may have beside its references and still say nothing more
LIKELY = 0.2  # a further article is cited when it governs with this probability
FITTING = 0.5  # or belongs with this one and governs with that of `CLOSE`
CLOSE = 0.1
FITTING_SEVERAL, CLOSE_SEVERAL = 0.3, 0.04  # the same for another instrument where several things are asked


class Retriever(Protocol):
    """What answering needs of a retriever."""

    def encode(self, query: str) -> Scores | None:
        """The vector of `query`; None without an encoder."""

    def find(
        self,
        query: str,
        top_k: int,
        kinds: Sequence[Kind] | None = None,
        also: Collection[str] = (),
        vector: Scores | None = None,
    ) -> list[Passage]:
        """The passages nearest to `query`, best first, one row an article; the best of each source in `also` too."""


@dataclass(frozen=True)
class Ground:
    """An article that an answer may stand on.

    `score` is the probability that it governs, `belongs` that a careful reviewer would accept it, `coverage` the share
    of the question's words in it; `named` says that the question names its instrument, `asked` that it asks for this
    very article.
    """

    regulation: Regulation
    article: Article
    precis: Article | None
    score: float
    coverage: float
    belongs: float = 0.0
    taught: float | None = None
    near: float = 0.0
    agreed: bool = False
    named: bool = False
    asked: bool = False

    @property
    def wording(self) -> str:
        """Everything at hand that says what the article says."""
        return f"{self.article.topic} {self.article.text} {self.precis.topic + self.precis.text if self.precis else ''}"

    @property
    def key(self) -> Place:
        """What makes it one and the same."""
        return place_of(self.regulation, self.article)

    @property
    def signs(self) -> Signs:
        """What speaks for it."""
        return Signs(
            instrument=self.regulation.id,
            taught=self.taught,
            near=self.near,
            agreed=self.agreed,
            coverage=self.coverage,
            named=self.named,
            asked=self.asked,
            numbered=self.article.no is not None,
            statute=self.regulation.bundled,
        )


class Grounds:
    """Finds grounds in a library through a retriever and the question bank."""

    def __init__(
        self,
        library: Library,
        citations: Citations,
        retriever: Retriever,
        weights: Weights,
        precedents: Precedents,
    ) -> None:
        self._library = library
        self._citations = citations
        self._retriever = retriever
        self._weights = weights
        self._precedents = precedents
        self._articles: dict[Place, tuple[Regulation, Article]] = {}
        self._titled: dict[tuple[str, str], Place] = {}
        for regulation in library.regulations.values():
            for article in regulation.articles:
                place = place_of(regulation, article)
                self._articles[place] = (regulation, article)
                self._titled[regulation.id, f"《{regulation.title}》{place[1]}"] = place
        self._pairs: dict[Place, frozenset[str]] = {}

    def encode(self, question: Question) -> Scores | None:
        """The vector of a question; None without an encoder."""
        return self._retriever.encode(question.text)

    def passages(self, question: Question, resolutions: Sequence[Resolution], vector: Scores | None) -> list[Passage]:
        """What the question finds, best first, and of the instruments it names what fits best."""
        return self._retriever.find(question.search, FOUND, KINDS, list(_named(resolutions)), vector)

    def taught(self, question: Question, vector: Scores | None) -> Scores:
        """What the bank says of a question: a score for each place it knows, then for each of its heads."""
        return self._precedents.scores(question.search, vector)

    def rank(
        self, question: Question, passages: Sequence[Passage], resolutions: Sequence[Resolution], taught: Scores
    ) -> list[Ground]:
        """Every article proposed that was in force on the day, the likeliest to govern first."""
        candidates = self.candidates(question, passages, resolutions, taught)
        if not candidates:
            return []
        asking = self.asking(question, taught)
        odds = load_network("article")(features([ground.signs for ground in candidates], asking))
        bare = _is_bare(question, resolutions)
        ranked = [
            replace(ground, score=1.0 if bare and ground.asked else float(governs), belongs=float(belongs))
            for ground, (governs, belongs) in zip(candidates, odds, strict=True)
        ]
        return sorted(ranked, key=lambda ground: ground.score, reverse=True)

    @staticmethod
    def is_settled(ranked: Sequence[Ground]) -> bool:
        """Whether the question is nothing but a reference to the article that stands first."""
        return bool(ranked) and ranked[0].asked and ranked[0].score >= 1.0

    def asking(self, question: Question, taught: Scores) -> Asking:
        """What is known of the question itself."""
        heads = tuple(float(value) for value in taught[-len(HEADS) :])
        return Asking(heads, len(question.text), len(question.clauses))

    def candidates(
        self, question: Question, passages: Sequence[Passage], resolutions: Sequence[Resolution], taught: Scores
    ) -> list[Ground]:
        """The articles that retrieval, the bank or the question itself proposes, as far as they applied on the day."""
        named = _named(resolutions)
        asked = _asked(resolutions)
        known = dict(zip(self._precedents.places, taught.tolist(), strict=False))
        near = {
            place: passage
            for passage in passages
            if (place := self._titled.get((passage.source_id, passage.title))) is not None
        }
        best = np.argsort(-taught[: len(known)])[:TAUGHT]
        proposed = dict.fromkeys([*asked, *near, *(self._precedents.places[at] for at in best)])
        content = pairs(question.search)
        whole = self._weights.of(content)
        grounds = []
        for place in proposed:
            if place not in self._articles:
                continue
            regulation, article = self._articles[place]
            if self._citations.status_on(regulation, question.as_of) not in CURRENT:
                continue
            passage = near.get(place)
            shared = self._weights.of(content & self._pairs_of(place))
            grounds.append(
                Ground(
                    regulation,
                    article,
                    self._library.precis.get(place),
                    0.0,
                    coverage=shared / whole if whole else 0.0,
                    taught=known.get(place),
                    near=passage.score if passage else 0.0,
                    agreed=bool(passage and passage.dense_rank and passage.keyword_rank),
                    named=regulation.id in named,
                    asked=place in asked,
                )
            )
        return grounds

    def _pairs_of(self, place: Place) -> frozenset[str]:
        """The pairs of characters of everything that says what an article says, counted once."""
        if place not in self._pairs:
            ground = Ground(*self._articles[place], self._library.precis.get(place), 0.0, 0.0)
            self._pairs[place] = frozenset(pairs(ground.wording))
        return self._pairs[place]


def _named(resolutions: Sequence[Resolution]) -> dict[str, Regulation]:
    """The instruments a question names, or what applies in their place."""
    named: dict[str, Regulation] = {}
    for item in resolutions:
        if item.outcome in ("in_force", "article_not_held") and item.regulation:
            named[item.regulation.id] = item.regulation
        for successor in item.successors:
            named[successor.id] = successor
    return named


def _asked(resolutions: Sequence[Resolution]) -> list[Place]:
    """The very articles a question asks for, or that repealed what it asks for."""
    found = [
        place_of(item.regulation, item.article)
        for item in resolutions
        if item.regulation and item.article and item.outcome in ("in_force", "article_not_held")
    ]
    return found + [(item.successors[0].id, item.basis.no or "") for item in resolutions if item.basis]


def _is_bare(question: Question, resolutions: Sequence[Resolution]) -> bool:
    """Whether a question is hardly more than a reference: then it is about that very place."""
    spans = {(item.reference.start, item.reference.end) for item in resolutions}
    return len(question.text) - sum(end - start for start, end in spans) < BARE


def chosen(grounds: Sequence[Ground], several: bool = False) -> list[Ground]:
    """The likeliest ground and those likely enough beside it, each instrument with unverified numbers once.

    Where `several` things are asked, another instrument is likelier to be needed than more of the same.
    """
    kept: list[Ground] = []
    for ground in grounds:
        siblings = [other for other in kept if other.regulation.id == ground.regulation.id]
        twin = ground.article.no is None and any(other.article.no is None for other in siblings)
        close, fitting = (CLOSE_SEVERAL, FITTING_SEVERAL) if several and not siblings else (CLOSE, FITTING)
        likely = ground.score >= LIKELY or (ground.belongs >= fitting and ground.score >= close) or not kept
        if len(kept) < MOST and likely and not twin:
            kept.append(ground)
    return kept
