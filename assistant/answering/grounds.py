"""From what was found to what an answer may stand on.

Retrieval ranks by likeness; a reviewer wants the articles that govern. So what retrieval, the question bank and the
names in the question propose is ranked by how likely it is to govern (`ranking`), texts that did not apply on the day
are left out, and of the rest as many are kept as are expected to help more than they harm.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from assistant.answering.finding import Retriever, find_passages
from assistant.answering.hearing import FLOOR, Heard, Listener
from assistant.answering.naming import only_names
from assistant.answering.question import Question
from assistant.answering.ranking import Asking, Signs, features, load_network
from assistant.answering.weights import Weights, pairs
from assistant.knowledge import Library
from assistant.knowledge.bank import Place, place_of
from assistant.knowledge.citations import CURRENT, Citations, Resolution
from assistant.types import Article, Passage, Regulation

TAUGHT = 25
MOST = 5
BARE = 10  # characters that a question may have beside its references and still say nothing more
LIKELY = 0.2  # a further article is cited when it governs with this probability
FITTING = 0.5  # or belongs with this one and governs with that of `CLOSE`
CLOSE = 0.05
AMENDMENT = re.compile(r"^(?P<law>[^《》]+?)修正案|关于修改《(?P<amended>[^《》]+)》的决定")
BEGINS = re.compile(r"自(?P<year>20\d\d)[-年](?P<month>\d{1,2})[-月](?P<day>\d{1,2})日?起(?:执行|施行|实施)")
FITTING_SEVERAL, CLOSE_SEVERAL = 0.2, 0.02  # the same for another instrument where several things are asked


@dataclass(frozen=True)
class Candidate:
    """An article that was proposed, with what speaks for it."""

    regulation: Regulation
    article: Article
    precis: Article | None
    signs: Signs

    @property
    def key(self) -> Place:
        """What makes it one and the same."""
        return place_of(self.regulation, self.article)


@dataclass(frozen=True)
class Ground:
    """A candidate with the probabilities that it governs (`score`) and that a careful reviewer would accept it."""

    candidate: Candidate
    score: float = 0.0
    belongs: float = 0.0

    @property
    def regulation(self) -> Regulation:
        """Where it stands."""
        return self.candidate.regulation

    @property
    def article(self) -> Article:
        """The article itself."""
        return self.candidate.article

    @property
    def precis(self) -> Article | None:
        """What the corpus says of it in its own words, beside an official text."""
        return self.candidate.precis

    @property
    def signs(self) -> Signs:
        """What speaks for it."""
        return self.candidate.signs

    @property
    def wording(self) -> str:
        """Everything at hand that says what the article says."""
        return wording(self.article, self.precis)

    @property
    def key(self) -> Place:
        """What makes it one and the same."""
        return self.candidate.key


class Grounds:
    """Finds grounds in a library through a retriever and the question bank."""

    def __init__(
        self, library: Library, citations: Citations, retriever: Retriever, weights: Weights, listener: Listener
    ) -> None:
        self._library = library
        self._citations = citations
        self._retriever = retriever
        self._weights = weights
        self.listener = listener
        self._articles: dict[Place, tuple[Regulation, Article]] = {}
        self._titled: dict[tuple[str, str], Place] = {}
        for regulation in library.regulations.values():
            for article in regulation.articles:
                place = place_of(regulation, article)
                self._articles[place] = (regulation, article)
                self._titled[regulation.id, f"《{regulation.title}》{place[1]}"] = place
        self._pairs: dict[Place, frozenset[str]] = {}
        for place in listener.places:  # now rather than while somebody waits for an answer
            if place in self._articles:
                self._pairs_of(place)

    def passages(
        self, question: Question, resolutions: Sequence[Resolution], heard: Heard, story: str = ""
    ) -> list[Passage]:
        """What the question finds, best first, and of the instruments it names what fits best."""
        return find_passages(self._retriever, question, named_in(resolutions), heard.vector, story)

    def rank(
        self, question: Question, passages: Sequence[Passage], resolutions: Sequence[Resolution], heard: Heard
    ) -> list[Ground]:
        """Every article proposed that was in force on the day, the likeliest to govern first."""
        candidates = self.candidates(question, passages, resolutions, heard)
        if only_names(question, resolutions):
            candidates = [item for item in candidates if _is_meant(item, resolutions)]
        if not candidates:
            return []
        signs = [candidate.signs for candidate in candidates]
        odds = load_network("article")(features(signs, asking(question, heard)))
        bare = _is_bare(question, resolutions)
        ranked = [
            Ground(candidate, 1.0 if bare and candidate.signs.asked else float(governs), float(belongs))
            for candidate, (governs, belongs) in zip(candidates, odds, strict=True)
        ]
        return sorted(ranked, key=lambda ground: ground.score, reverse=True)

    @staticmethod
    def is_settled(ranked: Sequence[Ground]) -> bool:
        """Whether the question is nothing but a reference to the article that stands first."""
        return bool(ranked) and ranked[0].signs.asked and ranked[0].score >= 1.0

    def _is_left_out(self, regulation: Regulation, named: Collection[str]) -> bool:
        """Whether it is an old amendment of a law at hand: a later one may have changed its words again."""
        match = AMENDMENT.search(regulation.title)
        if match is None or regulation.id in named:
            return False
        law = (match.group("amended") or match.group("law")).removeprefix("中华人民共和国")
        return bool(self._library.titled(law))

    def candidates(
        self, question: Question, passages: Sequence[Passage], resolutions: Sequence[Resolution], heard: Heard
    ) -> list[Candidate]:
        """The articles that retrieval, the bank or the question itself proposes, as far as they applied on the day."""
        named, asked = named_in(resolutions), _asked(resolutions)
        near = {
            place: passage
            for passage in passages
            if (place := self._titled.get((passage.source_id, passage.title))) is not None
        }
        places = self.listener.places
        best = np.argsort(-heard.proposed)[:TAUGHT]
        proposed = dict.fromkeys([*asked, *near, *(places[at] for at in best)])
        content = pairs(question.search)
        whole = self._weights.of(content)
        found = []
        for place in proposed:
            if place not in self._articles:
                continue
            regulation, article = self._citations.on(*self._articles[place], question.as_of)
            if article is not self._articles[place][1] and place_of(regulation, article) in proposed:
                continue
            if self._citations.status_on(regulation, question.as_of) not in CURRENT:
                continue
            if self._is_left_out(regulation, named):
                continue
            passage, row = near.get(place), self.listener.rows.get(place)
            taught = None if row is None or np.isnan(heard.taught[row]) else float(heard.taught[row])
            shared = self._weights.of(content & self._pairs_of(place))
            signs = Signs(
                instrument=regulation.id,
                taught=taught,
                likely=FLOOR if row is None else float(heard.likely[row]),
                near=passage.score if passage else 0.0,
                agreed=bool(passage and passage.dense_rank and passage.keyword_rank),
                coverage=shared / whole if whole else 0.0,
                named=regulation.id in named,
                asked=place in asked,
                numbered=article.no is not None,
                statute=regulation.bundled,
            )
            found.append(Candidate(regulation, article, self._library.precis.get(place), signs))
        return found

    def _pairs_of(self, place: Place) -> frozenset[str]:
        """The pairs of characters of everything that says what an article says, counted once."""
        if place not in self._pairs:
            self._pairs[place] = pairs(wording(self._articles[place][1], self._library.precis.get(place)))
        return self._pairs[place]


def wording(article: Article, precis: Article | None) -> str:
    """Everything at hand that says what an article says."""
    return f"{article.topic} {article.text} {precis.topic + precis.text if precis else ''}"


def asking(question: Question, heard: Heard) -> Asking:
    """What is known of the question itself."""
    return Asking(heard.kinds, heard.read, len(question.text), len(question.clauses))


def named_in(resolutions: Sequence[Resolution]) -> dict[str, Regulation]:
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


def _is_meant(candidate: Candidate, resolutions: Sequence[Resolution]) -> bool:
    """Whether a question that is nothing but names can mean this article: the very one, or any of its instrument."""
    if candidate.signs.asked:
        return True
    by_article = {item.regulation.id for item in resolutions if item.reference.article and item.regulation}
    whole = [
        item
        for item in resolutions
        if item.outcome == "not_current" or (item.regulation and item.regulation.id not in by_article)
    ]
    meant = {heir.id for item in whole if item.outcome == "not_current" for heir in item.successors}
    meant |= {item.regulation.id for item in whole if item.outcome == "in_force" and item.regulation}
    return candidate.regulation.id in meant


def begins_on(ground: Ground) -> date | None:
    """The day from which an article says that it applies, where it says so of itself."""
    match = BEGINS.search(ground.article.text)
    try:
        return date(*map(int, match.group("year", "month", "day"))) if match else None
    except ValueError:
        return None


def _is_bare(question: Question, resolutions: Sequence[Resolution]) -> bool:
    """Whether a question is hardly more than a reference: then it is about that very place."""
    spans = {(item.reference.start, item.reference.end) for item in resolutions}
    return len(question.text) - sum(end - start for start, end in spans) < BARE


def chosen(grounds: Sequence[Ground], several: bool = False) -> list[Ground]:
    """The likeliest ground and those likely enough beside it.

    An instrument with unverified numbers is cited as a whole: more of it is shown only where it governs by itself.
    Where `several` things are asked, another instrument is likelier to be needed than more of the same.
    """
    kept: list[Ground] = []
    for ground in grounds:
        siblings = [other for other in kept if other.regulation.id == ground.regulation.id]
        unnumbered = ground.article.no is None and any(other.article.no is None for other in siblings)
        twin = unnumbered and ground.score < LIKELY
        close, fitting = (CLOSE_SEVERAL, FITTING_SEVERAL) if several and not siblings else (CLOSE, FITTING)
        likely = ground.score >= LIKELY or (ground.belongs >= fitting and ground.score >= close) or not kept
        if len(kept) < MOST and likely and not twin:
            kept.append(ground)
    return kept
