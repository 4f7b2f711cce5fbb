"""One turn of the chat: tell what is wanted, do the work, say it.

What somebody does with a turn (`acts`) decides who works: facts go to the assessment, questions about rules to the
answerer, and all else is said from what these two found. The steps are handed out as they happen and the last item is
the whole reply, as if nothing had been streamed. Nothing is remembered here: a turn is answered from the replies before
it, so that a conversation can be opened again, or gone back to an earlier turn, anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

import numpy as np

from assistant.answering import Answerer
from assistant.answering.question import read as read_question
from assistant.assessment import Assessor, ClaimReader, fold
from assistant.casework.acts import Encode, sentences
from assistant.casework.explaining import Explaining
from assistant.casework.facts import Facts
from assistant.casework.names import Names, unnamed
from assistant.casework.partners import EVERY, meant
from assistant.casework.reply import Reply, Step
from assistant.casework.rewording import Rewording
from assistant.casework.ruling import Ruling
from assistant.casework.several import Remember
from assistant.casework.talk import Talk
from assistant.casework.tongue import Tongue
from assistant.casework.turns import TurnReader
from assistant.knowledge import Library
from assistant.knowledge.phrases import any_of
from assistant.types import Act, Language

UNDERSTOOD: dict[Act, tuple[str, str]] = {
    "describe": ("这是对合作方的描述", "按记录在案的手法比对；若想问规定，请直接提问"),
    "answer": ("这是对所问情况的回答", "补充进已知情况后重新比对"),
    "unknown": ("这一点查不到", "记为未能查明，不再追问"),
    "correct": ("这是对前面说法的更正", "找出被更正的原话，撤回后重新比对"),
    "suppose": ("这是一个假设", "按假设比对一次，不计入已知情况"),
    "policy": ("这是一个制度问题", "按条文回答；若是想评估某家合作方，请描述它的做法"),
    "dispute": ("您有不同意见", "重新核对原文和依据"),
    "explain": ("您在问依据", "回到原话、迹象和条文"),
    "scheme": ("您想了解一种手法，以便识别", "从知识库调出这种手法的过程和迹象"),
    "next": ("您在问下一步", "从缺少的迹象和建议里挑最要紧的"),
    "verdict": ("您在问结论", "按目前已知的情况重新比对"),
    "report": ("您要一份书面记录", "汇总已知情况、判断和依据"),
    "illicit": ("这个请求不能协助", ""),
    "language": ("换一种语言", "用您要的语言再说一遍"),
    "partner": ("这是另一家合作方", "分开记录，各自比对"),
    "greet": ("这是一句招呼", ""),
    "off_topic": ("这不在本助手的范围内", ""),
}
TELLING = ("describe", "answer", "unknown", "correct")
WANTING = ("policy", "verdict", "report", "illicit", "next", "explain", "scheme", "language")
NEAR, PLAINLY = 0.6, 0.5
"""How close the whole turn must come to what its last sentence wants, and by how much that must lead there."""
UNSURE, REPORTS = 0.0, 1.5
"""Margin under which no act is plain, and how close telling must then come for a turn to be read as a report."""
BRIEF = 10  # characters: a longer turn that may tell something is not brushed aside as small talk
NAMES_ONE = 12  # characters: a turn this short that names a partner says only which one was meant
DOUBT = 0.6
"""How close taking something back comes behind, for a turn that tells something to be read as doing both."""
CONTESTED = 0.25
"""How close a disagreement comes behind a policy question for a turn to be answered as one."""
PLAIN = -0.7  # margin from which a turn plainly asks for help with wrongdoing
SURE = 0.5
"""By how much help with wrongdoing must lead the next act before it is refused: a wrong refusal offends."""


class Conversation:
    """Answers turns; knows nothing of storage or screens."""

    def __init__(
        self,
        library: Library,
        assessor: Assessor,
        answerer: Answerer,
        turns: TurnReader,
        claims: ClaimReader,
        encode: Encode,
        phrases: Mapping[str, Sequence[str]],
        rewording: Rewording | None = None,
        remember: Remember = lambda _: (),
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = library
        self._rewording = rewording
        self._turns = turns
        self._asks = any_of([*phrases.get("interrogative", ()), *phrases.get("requests", ()), *phrases.get("asks", ())])
        self._today = today
        banks = ([item.text for item in library.corpus.practices], [item.text for item in library.corpus.turns])
        names = Names(chain(*banks))
        self._facts = Facts(assessor, turns, claims, encode, phrases, today, remember, names)
        self._ruling = Ruling(answerer, library, phrases)
        self._explaining = Explaining(library, assessor, claims, self._facts, self._ruling, today)

    def converse(self, text: str, before: Sequence[Reply] = ()) -> Iterator[Step | Reply]:
        """Yield the steps of one turn, then the `Reply`. `before` are the replies of the conversation so far."""
        talk = Talk.after(before)
        language = talk.language or self._language(text)
        tongue = Tongue(language, self._library)
        act, doubt = self.act(text, talk)
        label, detail = UNDERSTOOD[act]
        yield Step(name="understood", label=label, detail=detail)
        for item in self._work(act, doubt, text, talk, tongue):
            if not isinstance(item, Reply):
                yield item
                continue
            reply = item.model_copy(update={"act": act, "language": language})
            if self._rewording is None:
                yield reply
            else:
                yield from self._rewording.reword(reply, text, talk)

    def act(self, text: str, talk: Talk) -> tuple[Act, bool]:
        """What a turn does, given what stands before it, and whether it may be taking something back besides."""
        said = unnamed(text, [ledger.name for ledger in talk.partners if ledger.name])
        if len(talk.partners) > 1:
            said = EVERY.sub("", said) or said
        read = self._turns.acts(said, talk.before)
        (first, lead), (second, margin), *_ = read
        if first == "illicit" and (lead < PLAIN or lead - margin < SURE):
            first = second
        if first in ("greet", "off_topic") and second in TELLING and len(text) > BRIEF and lead - margin < 2 * SURE:
            first = second
        if first == "scheme" and talk.ledger is not None and self._explaining.compares(text):
            first = "explain"
        if first not in TELLING and lead < UNSURE and self._reports(text, read):
            first = "describe"
        doubt = lead - dict(read).get("correct", -np.inf) < DOUBT
        first = self._asked_last(first, read, text, talk)
        if first == "policy" and second == "dispute" and lead - margin < CONTESTED and talk.last is not None:
            first = second  # both look up the rule; only a dispute reads again what was said of it
        return _possible(first, talk, text), bool(doubt)

    def _reports(self, text: str, read: Sequence[tuple[Act, float]]) -> bool:
        """Whether a turn asks for nothing in so many words and by itself shows a sign: then it is a report."""
        telling = max(margin for act, margin in read if act in TELLING)
        near = read[0][1] - telling < REPORTS and not self._asks.search(fold(text))
        return near and self._facts.read(text).level != "none"

    def _asked_last(self, first: Act, read: Sequence[tuple[Act, float]], text: str, talk: Talk) -> Act:
        """What the last sentence of a turn that tells something plainly wants, where the whole comes close to it."""
        said = sentences(text)
        if first not in TELLING or len(said) < 2:
            return first
        (wanted, lead), (_, margin), *_ = self._turns.acts(said[-1], talk.before)
        near = read[0][1] - dict(read)[wanted] < NEAR
        return wanted if wanted in WANTING and near and lead - margin > PLAINLY else first

    def _work(self, act: Act, doubt: bool, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        waiting = talk.last.waiting if talk.last is not None and len(text) <= NAMES_ONE else ""
        if waiting and (place := meant(text, talk.partners, talk.current)) is not None:
            yield from self._facts.settle(waiting, place, talk, tongue)
        elif act in ("describe", "answer", "partner"):
            yield from self._facts.tell(act, text, talk, tongue, doubt)
        elif act == "correct":
            yield from self._facts.correct(text, talk, tongue)
        elif act == "suppose":
            yield from self._facts.suppose(text, talk, tongue)
        elif act == "unknown":
            yield from self._facts.leave_open(text, talk, tongue)
        elif act == "verdict":
            yield from self._facts.verdict(text, talk, tongue)
        elif act == "policy":
            yield from self._ruling.answer(text, talk, tongue)
        elif act == "dispute":
            yield from self._explaining.disagree(text, talk, tongue)
        elif act == "explain":
            yield from self._explaining.explain(text, talk, tongue)
        elif act == "scheme":
            yield from self._explaining.scheme(text, talk, tongue)
        elif act == "next":
            yield from self._explaining.what_next(text, talk, tongue)
        elif act == "report":
            yield from self._explaining.report(text, talk, tongue)
        elif act == "language":
            yield from self._explaining.again(text, talk)
        else:
            yield _spoken(act, talk, tongue)

    def _language(self, text: str) -> Language:
        return read_question(text, None, self._today()).script


def _spoken(act: Act, talk: Talk, tongue: Tongue) -> Reply:
    """What is answered from words alone."""
    if act == "illicit":
        return Reply(mode="refuse", text=tongue.join(tongue.say("refused")))
    if act == "off_topic":
        return Reply(mode="abstain", text=tongue.join(tongue.say("off_topic")))
    return Reply(mode="clarify", text=tongue.join(tongue.say("welcome_back" if talk.last else "greeting")))


def _possible(act: Act, talk: Talk, text: str) -> Act:
    """The act a turn can only be where what it refers to is not there."""
    if act in ("greet", "off_topic") and meant(text, talk.partners, talk.current) is not None:
        return "partner"
    if talk.ledger is None or not talk.ledger.facts:
        if act in ("answer", "correct", "partner", "verdict", "unknown"):
            return "describe"
        if act == "suppose":
            return "policy"
        if talk.last is None or talk.last.answer is None:
            if act == "dispute":
                return "policy"
            if act in ("explain", "next") and len(text) > 12:
                return "scheme"
    return act
