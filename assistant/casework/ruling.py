"""Turns that ask for the rule: what they leave unsaid is put in from the turns before, then the answerer answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.answering import Answer, Answerer
from assistant.assessment import Assessment, fold
from assistant.casework.reply import Reply, Step
from assistant.casework.talk import Talk
from assistant.casework.tongue import Tongue
from assistant.knowledge import Library

ELLIPTIC = 14  # characters: a question this short after an answer goes on from the question before
BEGINS = re.compile(r"[。！？!?；;，,\n]\s*|\. ")
SUCH = re.compile(r"[这這那](?:种|種|类|類|样|樣|等)|\bsuch\b")
NAMES_A_RULE = re.compile(r"《[^》]+》|第[一二三四五六七八九十百千零〇\d]+[条條]|\d+号文")


class Ruling:
    """Answers the policy questions of a conversation."""

    def __init__(self, answerer: Answerer, library: Library, phrases: Mapping[str, Sequence[str]]) -> None:
        self._answerer = answerer
        self._library = library
        self._pointing = tuple(map(fold, phrases.get("points_back", ())))

    def answer(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """A question about the rules."""
        question = self.full(text, talk)
        answer: Answer | None = None
        for event in self._answerer.stream(question):
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
            answer = event.answer or answer
        assert answer is not None  # the last event carries it
        yield Reply(
            mode="abstain" if answer.abstained else "policy",
            text=tongue.answered(answer),
            answer=answer,
            question=question,
        )

    def _points_back(self, folded: str) -> bool:
        """Whether a question, or its last sentence, begins by pointing at what was said, or names it as such a one."""
        starts = {0, *(found.end() for found in BEGINS.finditer(folded))}
        return any(folded.startswith(word, at) for at in starts for word in self._pointing) or bool(SUCH.search(folded))

    def look_up(self, question: str) -> Answer:
        """The answer to one question, without steps."""
        return self._answerer.answer(question)

    def full(self, text: str, talk: Talk, assessment: Assessment | None = None) -> str:
        """A question with what it leaves unsaid: the question before, or what the partner at hand does."""
        folded = fold(text)
        if NAMES_A_RULE.search(text):
            return text
        last = talk.last
        answered = last is not None and last.answer is not None and not last.answer.abstained
        if last is not None and answered and last.question and len(folded) <= ELLIPTIC:
            return f"{last.question}\n{text}"
        found = assessment or next(filter(None, (last.assessment if last else None,)), None)
        if found is not None and found.patterns and self._points_back(folded):
            words = found.patterns[0].matched[:1]
            said = "".join(match.span for match in words)
            return f"{text}（{found.patterns[0].name}：{said}）"
        return text
