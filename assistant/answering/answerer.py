"""Retrieve, answer, verify, or abstain: the order lives here and nowhere else.

An answer is refused in three cases only, and each says which: the question names something that does not exist or is
not held; it turns on a subject of an instrument whose text is not held; nothing found speaks of it.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Literal, Protocol

from assistant.answering.answer import Answer, Sentence
from assistant.answering.extractive import ExtractiveWriter, Opening, focus
from assistant.answering.finding import Retriever
from assistant.answering.grounds import Ground, Grounds, asking, begins_on, chosen
from assistant.answering.hearing import Listener
from assistant.answering.naming import only_names
from assistant.answering.notices import Notices
from assistant.answering.phrases import say
from assistant.answering.premise import is_false
from assistant.answering.prevailing import both_sides
from assistant.answering.question import Question, read
from assistant.answering.standing import Standing, not_yet
from assistant.answering.support import Support
from assistant.answering.supported import is_supported
from assistant.answering.weights import Weights
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations, Resolution
from assistant.knowledge.references import Reference
from assistant.types import Citation, Frozen, Passage

log = logging.getLogger(__name__)

NEAREST = 5
SEVERAL = 0.25
"""From this sign on it sounds like those that need more than one instrument."""

STORY = 500
"""Characters from which on a question is longer than the encoder reads."""

YEAR_BEFORE = re.compile(r"(?P<year>(?:19|20)\d\d)年的?《?$")
MIDDLE = (6, 15)  # of a year, where no day is named


class Writer(Protocol):
    """Puts grounds into sentences; without a chat model or with one."""

    def write(
        self, question: Question, grounds: Sequence[Ground], opening: Opening | None = None
    ) -> tuple[Sentence, ...]:
        """The sentences of an answer; those without a citation may speak about the answer only."""


class Event(Frozen):
    """A step of a streamed answer. Only `verified`, the last, carries the answer."""

    name: Literal["retrieved", "draft", "verified"]
    passages: tuple[Passage, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    answer: Answer | None = None


class Answerer:
    """Answers policy questions from one library."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        listener: Listener,
        writer: Writer | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = library
        self.retriever = retriever
        self._today = today
        self._citations = Citations(library)
        weights = Weights(
            [article.text for regulation in library.regulations.values() for article in regulation.articles]
        )
        self._grounds = Grounds(library, self._citations, retriever, weights, listener)
        self._extractive = ExtractiveWriter(library, self._citations, weights)
        self._writer = writer or self._extractive
        self._notices = Notices(self._citations)
        self._standing = Standing(library, self._citations)
        self._support = Support(library.corpus.gaps, self._notices)

    def answer(self, question: str, as_of: date | None = None) -> Answer:
        """Answer `question` as of a day: the given one, else one the question names, else today."""
        *_, last = self.stream(question, as_of)
        assert last.answer is not None  # the last event is `verified`
        return last.answer

    def stream(self, question: str, as_of: date | None = None) -> Iterator[Event]:
        """The same answer, step by step."""
        start = time.perf_counter()
        asked = read(question, as_of, self._today(), self._library.corpus.speech.wordings)
        references = self._citations.parse(asked.text)
        asked = asked if as_of else self._of_its_year(asked, references)
        resolutions = [self._citations.resolve(item, asked.as_of) for item in references]
        meant = self._meant(asked)
        heard = self._grounds.listener.hear(meant)
        passages = self._grounds.passages(meant, resolutions, heard, asked.text if meant is not asked else "")
        nearest = tuple(passages[:NEAREST])
        yield Event(name="retrieved", passages=nearest)
        ranked = self._grounds.rank(meant, passages, resolutions, heard)
        sounds = asking(meant, heard)
        standing = self._standing.answer(asked, resolutions)
        late = "" if standing else _late(asked, ranked)
        grounds = [] if standing else chosen(ranked, sounds.several >= SEVERAL)
        grounds = both_sides(asked, resolutions, ranked, grounds)
        settled = bool(ranked) and (only_names(asked, resolutions) or self._grounds.is_settled(ranked))
        compared = () if settled or standing else ranked
        notices = self._notices.of(asked, resolutions, compared, grounds, self._today(), sounds.stale)
        unheld = self._standing.refusal(asked, resolutions)
        if unheld:  # the notice about an article that is not at hand introduces an answer
            notices = tuple(text for text in notices if text not in self._unheld_notices(asked, resolutions))
        reason = late or unheld
        if not (reason or settled or standing):
            reason = self._support.refusal(asked, resolutions, ranked, sounds)
        sentences: tuple[Sentence, ...] = ()
        corrected = False
        if standing:
            reason, sentences = None, standing
        elif not reason:
            key = self._extractive.key_sentence(asked, grounds[0])
            corrected = not settled and is_false(asked.text, key, grounds[0].score, sounds)
            superseded = any(item.outcome == "not_current" for item in resolutions)
            opening: Opening | None = "corrected" if corrected else "superseded" if superseded else None
            sentences = self._writer.write(asked, grounds, opening)
            yield Event(name="draft", passages=nearest, sentences=sentences)
            sentences = self._verified(sentences, asked.as_of)
            if not any(sentence.citations for sentence in sentences):
                reason = say("unverified", asked.script)
        answer = Answer(
            question=question,
            sentences=() if reason else sentences,
            abstained=reason is not None,
            reason=reason,
            premise_corrected=corrected and reason is None,
            notices=notices,
            nearest=nearest,
            as_of=asked.as_of.isoformat(),
            corpus_version=self._library.version,
            elapsed_ms=round((time.perf_counter() - start) * 1000, 1),
        )
        yield Event(name="verified", passages=nearest, sentences=answer.sentences, answer=answer)

    def _meant(self, asked: Question) -> Question:
        """Of more than can be read at once, what it asks: the end of a long story as much as its beginning."""
        if len(asked.text) <= STORY:
            return asked
        words = read(focus(asked), asked.as_of, self._today(), self._library.corpus.speech.wordings)
        return words.model_copy(update={"script": asked.script, "dated": asked.dated})

    def _unheld_notices(self, asked: Question, resolutions: Sequence[Resolution]) -> set[str]:
        return {self._notices.about(item, asked) for item in resolutions if item.outcome == "article_not_held"}

    def _of_its_year(self, asked: Question, references: Sequence[Reference]) -> Question:
        """2020年治安管理处罚法 is the text of that year, unless a text at hand is called by the year."""
        for reference in references:
            year = YEAR_BEFORE.search(asked.text, 0, reference.start)
            regulation = self._citations.resolve(reference, asked.as_of).regulation
            if asked.dated or year is None or regulation is None or int(year["year"]) >= asked.as_of.year:
                continue
            dates = " ".join(
                f"{text.version} {text.issued} {text.effective} {text.doc_no} {text.text_since}"
                for text in self._library.titled(regulation.title)
            )
            if year["year"] not in dates:
                return asked.model_copy(update={"as_of": date(int(year["year"]), *MIDDLE), "dated": True})
        return asked

    def _verified(self, sentences: tuple[Sentence, ...], as_of: date) -> tuple[Sentence, ...]:
        """Check every citation again, whoever wrote it; a sentence is dropped when one fails or does not support it."""
        kept = []
        for sentence in sentences:
            checked = tuple(self._citations.verify(citation, as_of) for citation in sentence.citations)
            if all(citation.verified for citation in checked) and self._rests_on(sentence.text, checked):
                kept.append(sentence.model_copy(update={"citations": checked}))
        return tuple(kept)

    def _rests_on(self, text: str, citations: tuple[Citation, ...]) -> bool:
        said = "\n".join(self._citations.wording(citation) for citation in citations)
        found = is_supported(text, said, citations[0].article if len(citations) == 1 else None)
        if citations and not found:
            log.info("A sentence was dropped: %s", found.why)
        return bool(found) or not citations


def _late(question: Question, ranked: Sequence[Ground]) -> str:
    """Why the day has no answer, where the rule that governs says of itself that it began later."""
    begins = begins_on(ranked[0]) if ranked else None
    if begins is None or begins <= question.as_of:
        return ""
    place = f"《{ranked[0].regulation.title}》{ranked[0].article.no or ''}"
    return not_yet(question, place, begins)
