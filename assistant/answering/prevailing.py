"""Which of several instruments goes first where they differ, and by which rule.

It is said only of instruments whose cited articles speak of the same thing, or where the question asks just that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.answering.answer import Sentence
from assistant.answering.grounds import MOST, Ground, named_in
from assistant.answering.phrases import say
from assistant.answering.question import Question
from assistant.answering.quoting import named_part, part_label, shown
from assistant.answering.weights import Weights, pairs
from assistant.knowledge.citations import CURRENT, Citations, Resolution
from assistant.types import Regulation

SAME_THING = 0.3  # share of a question's weight that two articles must have in common
DIFFER = re.compile(
    r"冲突|不一致|不一样|抵触|打架|矛盾|为准|优先|以(?:哪|谁|何者)|哪个(?:效力|管用)|效力.{0,6}[高大]|"
    r"\b(?:prevails?|conflicts?|inconsisten\w*)\b",
    re.I,
)
STANDINGS = ("法律", "行政法规", "司法解释", "部门规章", "规范性文件", "自律规范")
IN_ENGLISH = {
    "法律": "a law",
    "行政法规": "an administrative regulation",
    "司法解释": "a judicial interpretation",
    "部门规章": "a departmental rule",
    "规范性文件": "a normative notice",
    "自律规范": "a self-regulatory rule",
}
ISSUERS = {
    "人民银行": re.compile(r"人民银行|央行|人行"),
    "金融监督管理总局|银行保险监督管理委员会|银保监": re.compile(r"(?:金融|金)监(?:管|督管理)?总局|银保监|监管总局"),
    "证券监督管理委员会|证监会": re.compile(r"证监会"),
    "互联网信息办公室|网信": re.compile(r"网信"),
}
ONE_SUPERVISOR = re.compile(r"银行业监督|银行保险监督|保险监督|银[保]?监会|保监会|金融监督管理总局|金融监管总局")
DECIDES = ("立法法", "第一百零六条", "第三项")  # the State Council, where departmental rules differ


class Prevailing:
    """Compares the ranks of what is cited."""

    def __init__(self, citations: Citations, weights: Weights) -> None:
        self._citations = citations
        self._weights = weights

    def note(self, question: Question, grounds: Sequence[Ground]) -> list[Sentence]:
        """What a reviewer notes of the ranks; nothing where nothing is compared."""
        found = self._compared(question, grounds)
        if len(found) < 2:
            return []
        found.sort(key=lambda regulation: STANDINGS.index(regulation.level))
        english = question.script == "english"
        if found[0].level != found[-1].level:
            join, names = ("; ", IN_ENGLISH) if english else ("，", {})
            verb = " is " if english else "是"
            ranks = join.join(f"《{item.title}》{verb}{names.get(item.level, item.level)}" for item in found)
            return [Sentence(text=say("rank", question.script, ranks=ranks, first=found[0].title))]
        if len({_issuer(item) for item in found}) == 1 and all(item.effective_from for item in found):
            newest = max(found, key=lambda item: item.text_since or item.effective_from or date.min)
            standing = IN_ENGLISH[newest.level] if english else newest.level
            return [Sentence(text=say("newer", question.script, standing=standing, first=newest.title))]
        if found[0].level == "部门规章" and DIFFER.search(question.text):
            return self._equal(question, found)
        return []

    def _compared(self, question: Question, grounds: Sequence[Ground]) -> list[Regulation]:
        """The instruments that may differ about one thing."""
        content, asked = pairs(question.search), DIFFER.search(question.text) is not None
        kept: dict[str, Regulation] = {}
        for place, one in enumerate(grounds):
            for other in grounds[place + 1 :]:
                if one.regulation.title == other.regulation.title:
                    continue
                shared = pairs(one.wording) & pairs(other.wording)
                if asked or self._weights.coverage(content, shared) >= SAME_THING:
                    kept |= {item.regulation.title: item.regulation for item in (one, other)}
        return list(kept.values())

    def _equal(self, question: Question, found: Sequence[Regulation]) -> list[Sentence]:
        """Rules of departments of equal rank: who decides, in the words of the law that says so."""
        decides = self._decides(question)
        if not decides:
            return []
        join = " and " if question.script == "english" else "和"
        said = say("equal", question.script, ranks=join.join(f"《{item.title}》" for item in found))
        return [Sentence(text=said), *decides]

    def _decides(self, question: Question) -> list[Sentence]:
        title, number, part = DECIDES
        library = self._citations.library
        for regulation in library.titled(title):
            article = library.article(regulation.id, number)
            if article is None or self._citations.status_on(regulation, question.as_of) not in CURRENT:
                continue
            pieces = named_part(article.text, part)
            cited = [
                self._citations.cite(regulation, article, article.text[slice(*piece)], question.as_of)
                for piece in pieces
            ]
            if any("国务院裁决" in citation.quote for citation in cited) and all(item.verified for item in cited):
                first, *others = shown(article.text, pieces)
                lines = [f"《{regulation.title}》{number}{part_label(part)}：{first}", *others]
                return [Sentence(text=line, citations=(item,)) for line, item in zip(lines, cited, strict=True)]
        return []


def _issuer(regulation: Regulation) -> str:
    """The issuer; supervisors that followed one another count as one."""
    return (
        "supervisor"
        if ONE_SUPERVISOR.search(regulation.issuer) and "、" not in regulation.issuer
        else regulation.issuer
    )


def both_sides(
    question: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground], kept: list[Ground]
) -> list[Ground]:
    """Where rules are said to differ, each that is named stands among the grounds: by its name, or by its issuer's."""
    if not DIFFER.search(question.text):
        return kept
    named = list(named_in(resolutions))
    owed = [next((ground for ground in ranked if ground.regulation.id == id), None) for id in named]
    issuers = [key for key, spoken in ISSUERS.items() if spoken.search(question.text)]
    if len(named) < 2 and len(issuers) > 1:
        owed = [
            next((ground for ground in ranked if re.search(key, ground.regulation.issuer)), None) for key in issuers
        ]
    if sum(ground is not None for ground in owed) < 2:
        return kept
    held = {ground.regulation.id for ground in kept}
    missing = [ground for ground in owed if ground is not None and ground.regulation.id not in held]
    return [*kept[: MOST - len(missing)], *missing]
