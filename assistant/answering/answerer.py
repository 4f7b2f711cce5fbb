"""Retrieve, answer, verify, or abstain: the order lives here and nowhere else.

An answer is refused in three cases only, and each says which: the question names something that does not exist or is
not held; it turns on a subject of an instrument whose text is not held; nothing found speaks of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Literal, Protocol

from assistant.answering.answer import Answer, Sentence
from assistant.answering.extractive import ExtractiveWriter, Opening
from assistant.answering.grounds import Ground, Grounds, Retriever, chosen
from assistant.answering.premise import contradicted
from assistant.answering.question import Question, read
from assistant.answering.support import Support
from assistant.answering.weights import Weights
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations, Resolution
from assistant.types import Frozen, Passage

NEAREST = 5


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
        self._grounds = Grounds(library, self._citations, retriever, weights)
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
        passages = self._grounds.passages(asked)
        nearest = tuple(passages[:NEAREST])
        yield Event(name="retrieved", passages=nearest)
        ranked = self._grounds.rank(asked, passages, resolutions)
        grounds = chosen(asked, ranked)
        notices = self._notices(asked, resolutions, ranked, grounds)
        reason = self._support.refusal(asked, resolutions, ranked)
        sentences: tuple[Sentence, ...] = ()
        corrected = False
        if reason is None:
            corrected = contradicted(asked.text, self._extractive.key_sentence(asked, grounds[0]))
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
        """Check every citation again, whoever wrote it; a sentence that rested on one which fails is dropped."""
        kept = []
        for sentence in sentences:
            checked = tuple(self._citations.verify(citation, as_of) for citation in sentence.citations)
            if all(citation.verified for citation in checked):
                kept.append(sentence.model_copy(update={"citations": checked}))
        return tuple(kept)

    def _notices(
        self, asked: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground], grounds: Sequence[Ground]
    ) -> tuple[str, ...]:
        notices = [item.notice for item in resolutions if item.notice]
        if asked.as_of != self._today():
            by = "按问题所说的时间，" if asked.dated else ""
            notices.append(f"{by}以{asked.as_of.isoformat()}当日有效的规定作答。")
            notices += filter(None, (self._citations.since(ground.regulation, self._today()) for ground in grounds))
        notices += [moved for item in resolutions if (moved := self._moved(item, ranked))]
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
