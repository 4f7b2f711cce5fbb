"""Retrieve, answer, verify, or abstain: the order lives here and nowhere else.

An answer is refused in three cases only, and each says which: the question names something that does not exist or is
not held; it turns on a subject of an instrument whose text is not held; nothing found speaks of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Literal, Protocol

from assistant.answering.answer import Answer, Sentence
from assistant.answering.extractive import ExtractiveWriter, Opening
from assistant.answering.grounds import Ground, Grounds, Retriever, chosen
from assistant.answering.precedents import Precedents
from assistant.answering.premise import is_false
from assistant.answering.question import Question, read
from assistant.answering.support import Support
from assistant.answering.supported import is_supported
from assistant.answering.weights import Weights
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations, Resolution
from assistant.types import Citation, Frozen, Passage

log = logging.getLogger(__name__)

NEAREST = 5
STALE = 0.35
"""From this sign on a question sounds like those of the bank that rest on law which changed."""
SEVERAL = 0.3
"""From this sign on it sounds like those that need more than one instrument."""


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
        precedents: Precedents,
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
        self._grounds = Grounds(library, self._citations, retriever, weights, precedents)
        self._extractive = ExtractiveWriter(self._citations, weights, library.corpus.gaps.as_of)
        self._writer = writer or self._extractive
        self._support = Support(library.corpus.gaps)

    def answer(self, question: str, as_of: date | None = None) -> Answer:
        """Answer `question` as of a day: the given one, else one the question names, else today."""
        *_, last = self.stream(question, as_of)
        assert last.answer is not None  # the last event is `verified`
        return last.answer

    def stream(self, question: str, as_of: date | None = None) -> Iterator[Event]:
        """The same answer, step by step."""
        start = time.perf_counter()
        asked = read(question, as_of, self._today(), self._library.corpus.speech.wordings)
        resolutions = [self._citations.resolve(item, asked.as_of) for item in self._citations.parse(asked.text)]
        vector = self._grounds.encode(asked)
        taught = self._grounds.taught(asked, vector)
        passages = self._grounds.passages(asked, resolutions, vector)
        nearest = tuple(passages[:NEAREST])
        yield Event(name="retrieved", passages=nearest)
        ranked = self._grounds.rank(asked, passages, resolutions, taught)
        asking = self._grounds.asking(asked, taught)
        grounds = chosen(ranked, asking.several >= SEVERAL)
        notices = self._notices(asked, resolutions, ranked, grounds)
        if grounds and asking.stale >= STALE and not any(item.notice for item in resolutions):
            notices = (_current(grounds[0]), *notices)
        settled = self._grounds.is_settled(ranked)
        reason = None if settled else self._support.refusal(asked, resolutions, ranked, asking)
        sentences: tuple[Sentence, ...] = ()
        corrected = False
        if reason is None:
            key = self._extractive.key_sentence(asked, grounds[0])
            corrected = not settled and is_false(asked.text, key, grounds[0].score, asking)
            superseded = any(item.outcome == "not_current" for item in resolutions)
            opening: Opening | None = "corrected" if corrected else "superseded" if superseded else None
            sentences = self._writer.write(asked, grounds, opening)
            yield Event(name="draft", passages=nearest, sentences=sentences)
            sentences = self._verified(sentences, asked.as_of)
            if not any(sentence.citations for sentence in sentences):
                reason = "找到的条文没有通过引用核验，不作答。请换一种问法，或直接查看下列最接近的条文。"
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

    def _notices(
        self, asked: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground], grounds: Sequence[Ground]
    ) -> tuple[str, ...]:
        notices = [item.notice for item in resolutions if item.notice]
        if asked.as_of != self._today():
            by = "按问题所说的时间，" if asked.dated else ""
            notices.append(f"{by}以{asked.as_of.isoformat()}当日有效的规定作答。")
            notices += filter(None, (self._citations.since(ground.regulation, self._today()) for ground in grounds))
        if not self._grounds.is_settled(ranked):
            notices += [moved for item in resolutions if (moved := self._moved(item, ranked))]
        notices += filter(None, (self._citations.caution(ground.regulation, ground.article) for ground in grounds))
        return tuple(dict.fromkeys(notices))

    def _moved(self, resolution: Resolution, ranked: Sequence[Ground]) -> str:
        """Says so when the article asked about speaks of something else and another of the same law speaks of it."""
        regulation, article = resolution.regulation, resolution.article
        if resolution.outcome != "in_force" or regulation is None or article is None or article.no is None:
            return ""
        same = [ground for ground in ranked if ground.regulation.id == regulation.id and ground.article.no]
        asked = next((ground for ground in same if ground.article.no == article.no), None)
        other = max(same, key=lambda ground: ground.coverage, default=None)
        if asked is None or other is None or other.key == asked.key or other.coverage < 2 * asked.coverage + 0.1:
            return ""
        text = article.text[:24].rstrip("，、；：")
        return (
            f"现行《{regulation.title}》{article.no}规定的是“{text}…”；所问内容在现行文本中见{other.article.no}，"
            "条号可能已随修订变动，请改引现行条号。"
        )


def _current(ground: Ground) -> str:
    """Says which text the answer rests on where the question sounds as if it had an older one in mind."""
    regulation = ground.regulation
    return (
        f"以下依据现行《{regulation.title}》（{regulation.effective}）作答；"
        "此前的文本、名称、条号或标准可能不同，请以现行规定为准。"
    )
