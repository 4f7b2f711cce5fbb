"""From what was found to what an answer may stand on.

Retrieval ranks by likeness; a reviewer wants the articles that govern. So what was found is ranked again by plain signs
of governing (the question names the instrument, our own dossier describes the article, the words of the question stand
in it), texts that did not apply on the day are left out, and only what stands close to the best is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.answering.question import Question
from assistant.answering.weights import Weights, pairs
from assistant.knowledge import Library
from assistant.knowledge.citations import CURRENT, Citations, Resolution
from assistant.types import Article, Kind, Passage, Regulation

KINDS: tuple[Kind, ...] = ("statute", "rule")
FOUND = 40
NAMED = 0.45  # the question names the instrument
ASKED = 0.6  # it asks for this very article
OWN = 0.04  # our own dossier describes the article
COVERED = 0.2  # all words of the question stand in it
AGREED = 0.05  # both searches found it
MOST = 4
CLOSE_WITHIN = 0.85  # a further article of an instrument already cited must be this close to the best
CLOSE_ACROSS = 0.80  # one of another instrument
CLOSE_SEVERAL = 0.72  # the same where several things were asked


class Retriever(Protocol):
    """What answering needs of a retriever."""

    def find(self, query: str, top_k: int, kinds: Sequence[Kind] | None = None) -> list[Passage]:
        """The passages nearest to `query`, best first, one row an article."""


@dataclass(frozen=True)
class Ground:
    """An article that an answer may stand on.

    `coverage` is the share of the question's words in it; `agreed` says that both searches found it, `named` that the
    question names its instrument, `asked` that it asks for this very article.
    """

    regulation: Regulation
    article: Article
    precis: Article | None
    score: float
    coverage: float
    agreed: bool = False
    named: bool = False
    asked: bool = False

    @property
    def wording(self) -> str:
        """Everything at hand that says what the article says."""
        return f"{self.article.topic} {self.article.text} {self.precis.topic + self.precis.text if self.precis else ''}"

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one and the same."""
        return self.regulation.id, self.article.no or self.article.label


class Grounds:
    """Finds grounds in a library through a retriever."""

    def __init__(self, library: Library, citations: Citations, retriever: Retriever, weights: Weights) -> None:
        self._library = library
        self._citations = citations
        self._retriever = retriever
        self._weights = weights
        self._articles: dict[tuple[str, str], tuple[Regulation, Article]] = {
            (regulation.id, f"《{regulation.title}》{article.no or article.label}"): (regulation, article)
            for regulation in library.regulations.values()
            for article in regulation.articles
        }

    def passages(self, question: Question) -> list[Passage]:
        """What the whole question finds and what each of its parts finds, best first."""
        best: dict[tuple[str, str], Passage] = {}
        for weight, query in [(1.0, question.search), *((0.85, clause) for clause in question.clauses[:3])]:
            for passage in self._retriever.find(query, FOUND, KINDS):
                passage = passage.model_copy(update={"score": passage.score * weight})
                known = best.get((passage.source_id, passage.title))
                if known is None or known.score < passage.score:
                    best[passage.source_id, passage.title] = passage
        return sorted(best.values(), key=lambda passage: passage.score, reverse=True)

    def rank(self, question: Question, passages: Iterable[Passage], resolutions: Sequence[Resolution]) -> list[Ground]:
        """Every article in force on the day, the likeliest to govern first."""
        named = self._named(resolutions)
        asked = {
            (item.regulation.id, item.article.no or item.article.label)
            for item in resolutions
            if item.regulation and item.article and item.outcome in ("in_force", "article_not_held")
        }
        asked |= {(item.successors[0].id, item.basis.no or "") for item in resolutions if item.basis}
        content = pairs(question.search)
        grounds: dict[tuple[str, str], Ground] = {}
        for passage in passages:
            found = self._articles.get((passage.source_id, passage.title))
            if found is not None:
                agreed = passage.dense_rank is not None and passage.keyword_rank is not None
                ground = self._ground(*found, content, passage.score + AGREED * agreed)
                grounds[ground.key] = replace(ground, agreed=agreed)
        for regulation in named.values():
            for article in regulation.articles:
                ground = self._ground(regulation, article, content, 0.0)
                if ground.key not in grounds and (ground.coverage > 0.08 or ground.key in asked):
                    grounds[ground.key] = ground
        ranked = [
            replace(
                ground,
                score=ground.score + NAMED * (ground.regulation.id in named) + ASKED * (ground.key in asked),
                named=ground.regulation.id in named,
                asked=ground.key in asked,
            )
            for ground in grounds.values()
            if self._citations.status_on(ground.regulation, question.as_of) in CURRENT
        ]
        return sorted(ranked, key=lambda ground: ground.score, reverse=True)

    def _named(self, resolutions: Sequence[Resolution]) -> dict[str, Regulation]:
        """The instruments a question names, or what applies in their place."""
        named: dict[str, Regulation] = {}
        for item in resolutions:
            if item.outcome in ("in_force", "article_not_held") and item.regulation:
                named[item.regulation.id] = item.regulation
            for successor in item.successors:
                named[successor.id] = successor
        return named

    def _ground(self, regulation: Regulation, article: Article, content: set[str], score: float) -> Ground:
        precis = self._library.precis.get((regulation.id, article.no or ""))
        ground = Ground(regulation, article, precis, score, 0.0)
        coverage = self._weights.coverage(content, ground.wording)
        own = precis is not None or not regulation.bundled
        return replace(ground, coverage=coverage, score=score + COVERED * coverage + OWN * own)


def chosen(question: Question, grounds: Sequence[Ground]) -> list[Ground]:
    """The grounds close to the best, at most a handful, each instrument with unverified numbers once.

    What another instrument adds is worth more than one more article of the same, most of all where several things were
    asked; hence three thresholds.
    """
    kept: list[Ground] = []
    across = CLOSE_SEVERAL if question.clauses else CLOSE_ACROSS
    for ground in grounds:
        siblings = [other for other in kept if other.regulation.id == ground.regulation.id]
        twin = ground.article.no is None and any(other.article.no is None for other in siblings)
        needed = CLOSE_WITHIN if siblings else across
        sure = ground.agreed or ground.named or not kept
        if len(kept) < MOST and sure and not twin and ground.score >= needed * grounds[0].score:
            kept.append(ground)
    return kept
