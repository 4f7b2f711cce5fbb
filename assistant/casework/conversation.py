"""One turn of the chat: tell the kind of request, do the work, say it.

A turn is either about a partner (assessment) or about the rules (policy). The steps are handed out as they happen
and the last item is the whole reply, as if nothing had been streamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from assistant.answering import Answer, Answerer
from assistant.assessment import Assessment, Assessor, LearnedReader, fold
from assistant.types import Frozen

ENDS_ASKING = re.compile(r"[?？]$|[吗嗎么麼呢]$|(?:不|没|沒|没有|沒有|不行|与否)$")
ENDS_TELLING = re.compile(r"[。.！!]$")
NAMES_A_RULE = re.compile(r"《[^》]+》|第[一二三四五六七八九十百千零〇\d]+[条條]")
ASKING = -0.65  # the margin above which a turn is a question; chosen on the labelled authors that may be looked at
ASKED = 0.3  # what ending as a question adds to it
NAMED = 0.1  # what naming a rule adds to it

Mode = Literal["assess", "policy", "clarify", "explain", "report", "refuse", "abstain"]


class Step(Frozen):
    """One step of the work, in words staff understand; `detail` may be empty."""

    name: str
    label: str
    detail: str = ""


class Reply(Frozen):
    """What a turn is answered with. Exactly one of `assessment` and `answer` is set, save when asking back."""

    mode: Mode
    text: str
    assessment: Assessment | None = None
    answer: Answer | None = None
    next_questions: tuple[str, ...] = ()


class Conversation:
    """Answers turns; knows nothing of storage or screens."""

    def __init__(
        self, assessor: Assessor, answerer: Answerer, learned: LearnedReader, phrases: Mapping[str, Sequence[str]]
    ) -> None:
        self._assessor = assessor
        self._answerer = answerer
        self._learned = learned
        self._interrogative = tuple(map(fold, phrases.get("interrogative", ())))
        self._requests = tuple(map(fold, phrases.get("requests", ())))
        self._familiar = tuple(map(fold, phrases.get("looks_familiar", ())))

    def converse(self, text: str) -> Iterator[Step | Reply]:
        """Yield the steps of one turn, then the `Reply`."""
        if self.is_policy_question(text):
            yield Step(
                name="understood", label="这是一个制度问题", detail="按条文回答；若是想评估某家合作方，请描述它的做法"
            )
            yield from self._answer(text)
        else:
            yield Step(
                name="understood", label="这是一段对合作方的描述", detail="按记录在案的手法比对；若想问规定，请直接提问"
            )
            yield from self._assess(text)

    def is_policy_question(self, text: str) -> bool:
        """Whether a turn asks what the rules say, rather than describing somebody's conduct."""
        folded = fold(text)
        named = NAMES_A_RULE.search(text)
        if any(phrase in folded for phrase in self._familiar):
            return False
        if not named and not any(phrase in folded for phrase in self._interrogative):
            return False
        if not named and ENDS_TELLING.search(text.strip()) and not any(phrase in folded for phrase in self._requests):
            return False
        margin = self._learned.asks(text)
        if ENDS_ASKING.search(text.strip()):
            margin += ASKED
        if named:
            margin += NAMED
        return margin > ASKING

    def _answer(self, text: str) -> Iterator[Step | Reply]:
        for event in self._answerer.stream(text):
            if event.name == "retrieved":
                titles = "、".join(passage.title for passage in event.passages[:3])
                yield Step(name="retrieved", label=f"检索法规，找到{len(event.passages)}条最接近的", detail=titles)
            elif event.name == "draft":
                count = sum(len(sentence.citations) for sentence in event.sentences)
                yield Step(
                    name="draft",
                    label=f"起草答复，逐条核对{count}处引用",
                    detail="条文是否存在、引文是否一字不差、当日是否有效",
                )
            if event.answer is None:
                continue
            answer = event.answer
            yield Reply(
                mode="abstain" if answer.abstained else "policy",
                text=answer.text or (answer.reason or ""),
                answer=answer,
            )

    def _assess(self, text: str) -> Iterator[Step | Reply]:
        for event in self._assessor.stream(text):
            if event.assessment is None:
                yield Step(name=event.name, label=event.label, detail=event.detail)
                continue
            assessment = event.assessment
            yield Reply(
                mode="clarify" if assessment.needs_info and not assessment.patterns else "assess",
                text=assessment.reply,
                assessment=assessment,
                next_questions=assessment.questions[:3],
            )
