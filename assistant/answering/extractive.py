"""The answer without a chat model, as a reviewer's note: the conclusion, its grounds in the words of their source, then
exceptions, who is bound, what prevails, a case like it, what is not covered.

Nothing is composed but the frame around quotes. A quote is cut from the source as one piece and is never edited, so
that the check which follows can be to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

from assistant.answering.answer import Sentence
from assistant.answering.grounds import Ground
from assistant.answering.phrases import say
from assistant.answering.premise import other_number, stance
from assistant.answering.question import Question
from assistant.answering.weights import Weights, pairs
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.types import Case, Citation, Regulation

LONGEST_QUOTE = 240
LONGEST_CLAUSE = 40
OPENED = 1.5  # of the longest quote: so long it may be with the words that open its list
ITEM = re.compile(r"[（(][一二三四五六七八九十]+[）)]")
LIKE_THE_CASE = 0.25  # share of a question's weight from which on a case is told beside the answer
SPOKEN_OF = 0.12  # and from which on a ground speaks of one of several things asked
MAY = re.compile(
    r"能不能|可不可以|可否|能否|是否|能.{0,20}[吗么]|可以|行不行|行吗|行不|合规|允许|成不成|[吗么嘛]\s*[?？]?\s*$|"
    r"\b(?:can|may|is it|are we|does|do we)\b",
    re.I,
)
EXCEPTION = re.compile(r"但是|但(?=[^书])|除外|不在此限|不适用|另有规定")
THIRD_PARTY = re.compile(r"平台|中介|公司|机构|合作方|供应商|服务商|渠道|外包商|代理商|对方|他们|这家|那家|有人|老板")
A_STORY = 24  # characters of what is told rather than asked from which on conduct is described
STANDINGS = ("法律", "行政法规", "司法解释", "部门规章", "规范性文件", "自律规范")
IN_ENGLISH = {
    "法律": "a law",
    "行政法规": "an administrative regulation",
    "司法解释": "a judicial interpretation",
    "部门规章": "a departmental rule",
    "规范性文件": "a normative notice",
    "自律规范": "a self-regulatory rule",
}

Opening = Literal["corrected", "superseded"]
Cited = tuple[Ground, Citation]


class ExtractiveWriter:
    """Writes from quotes only."""

    def __init__(self, library: Library, citations: Citations, weights: Weights) -> None:
        self._library = library
        self._citations = citations
        self._weights = weights
        self._day = library.corpus.gaps.as_of
        self._told = {id: pairs(f"{case.title}{case.facts}") for id, case in library.cases.items()}

    def write(
        self, question: Question, grounds: Sequence[Ground], opening: Opening | None = None
    ) -> tuple[Sentence, ...]:
        """The sentences of an answer; every one that speaks of a rule carries its citation."""
        quoted = [(ground, self._quote(question, ground)) for ground in grounds]
        cited = [(ground, citation) for ground, citation in quoted if citation is not None]
        if not cited:
            return ()
        parts = self._parts(question, cited)
        sentences: list[Sentence] = []
        for number, (clause, own) in enumerate(parts):
            if own:
                sentences += self._part(
                    question, clause if len(parts) > 1 else "", own, opening if not number else None
                )
        return (*sentences, *self._beside(question, cited, [clause for clause, own in parts if not own]))

    def key_sentence(self, question: Question, ground: Ground) -> str:
        """The sentence of an article, or of its précis, that speaks most about the question."""
        content = pairs(question.search)
        text = ground.precis.text if ground.precis else ground.article.text
        parts = [part for part in re.split(r"(?<=[。；;\n])", text) if part.strip()]
        return max(parts, key=lambda part: self._weights.of(content & pairs(part)), default=text)

    def _parts(self, question: Question, cited: list[Cited]) -> list[tuple[str, list[Cited]]]:
        """The things asked, each with the grounds that speak of it more than of the others; one where one is asked."""
        asked = question.asked
        if len(asked) < 2 or len(cited) < 2:
            return [("", cited)]
        contents = [pairs(clause) for clause in asked]
        found: list[tuple[str, list[Cited]]] = [(clause, []) for clause in asked]
        for ground, citation in cited:
            shares = [self._weights.coverage(content, ground.wording) for content in contents]
            found[shares.index(max(shares))][1].append((ground, citation))
        spoken = [max(self._weights.coverage(content, ground.wording) for ground, _ in cited) for content in contents]
        return [part for part, share in zip(found, spoken, strict=True) if part[1] or share < SPOKEN_OF]

    def _part(self, question: Question, clause: str, cited: list[Cited], opening: Opening | None) -> list[Sentence]:
        """The answer to one of the things asked."""
        lead, first = cited[0]
        key = self.key_sentence(question, lead)
        head = opening or (stance(key) if MAY.search(clause or question.text) else "rule")
        about = say("about", question.script, clause=_short(clause)) if clause else ""
        said = self._correction(question, key) if head == "corrected" else say(head, question.script)
        found = [Sentence(text=said, citations=(first,))]
        if about:
            found.insert(0, Sentence(text=about))
        for ground, item in cited:
            if ruled := self._ruled(question, ground, item):
                found.append(Sentence(text=self._line(question, ruled), citations=(ruled,)))
            found.append(Sentence(text=self._line(question, item), citations=(item,)))
        if exception := self._exception(question, lead, first):
            text = self._line(question, exception, say("exception", question.script))
            found.append(Sentence(text=text, citations=(exception,)))
        return found

    def _beside(self, question: Question, cited: list[Cited], uncovered: list[str]) -> list[Sentence]:
        """What a reviewer notes below the grounds; it speaks about the answer and cites nothing."""
        script, lead = question.script, cited[0][0]
        said = []
        if lead.regulation.scope:
            said.append(say("bound", script, scope=lead.regulation.scope.rstrip("。")))
        if prevails := self._prevails(question, cited):
            said.append(prevails)
        if case := self._case(question, cited):
            said.append(say("case", script, title=case.title, date=case.date, authority=case.authority))
        said += [say("open", script, clause=_short(clause)) for clause in uncovered]
        if _tells_of_a_partner(question):
            said.append(say("partner", script))
        if self._day:
            word = "closing" if any(item.kind == "precis" for _, item in cited) else "closing: official"
            said.append(say(word, script, day=self._day.isoformat()))
        return [Sentence(text=text) for text in said]

    def _exception(self, question: Question, ground: Ground, quoted: Citation) -> Citation | None:
        """The exception that the article makes outside the words already quoted."""
        for part in re.split(r"(?<=[。；;\n])(?!\s*但)", ground.article.text):
            if EXCEPTION.search(part) and part.strip() not in quoted.quote and len(part) <= LONGEST_QUOTE:
                citation = self._citations.cite(ground.regulation, ground.article, part.strip(), question.as_of)
                return citation if citation.verified else None
        return None

    def _prevails(self, question: Question, cited: list[Cited]) -> str:
        """Which of several instruments goes first where they differ, and by which rule; empty for a single one."""
        found = list({ground.regulation.title: ground.regulation for ground, _ in cited}.values())
        if len(found) < 2:
            return ""
        found.sort(key=lambda regulation: STANDINGS.index(regulation.level))
        english = question.script == "english"
        if found[0].level != found[-1].level:
            join, names = ("; ", IN_ENGLISH) if english else ("，", {})
            verb = " is " if english else "是"
            ranks = join.join(f"《{item.title}》{verb}{names.get(item.level, item.level)}" for item in found)
            return say("rank", question.script, ranks=ranks, first=found[0].title)
        if len({regulation.issuer for regulation in found}) == 1 and all(item.effective_from for item in found):
            newest = max(found, key=_begins)
            standing = IN_ENGLISH[newest.level] if english else newest.level
            return say("newer", question.script, standing=standing, first=newest.title)
        return ""

    def _case(self, question: Question, cited: list[Cited]) -> Case | None:
        """The case of a pattern that the grounds belong to which is most like what is asked, where one is like it."""
        patterns = dict.fromkeys(id for ground, _ in cited for id in ground.article.patterns)
        cases = {case.id: case for pattern in patterns for case in self._library.cases_of(pattern)}
        content = pairs(question.search)
        likeness = {id: self._weights.coverage(content, self._told[id]) for id in cases}
        best = max(likeness, key=lambda id: likeness[id], default=None)
        return cases[best] if best is not None and likeness[best] >= LIKE_THE_CASE else None

    def _quote(self, question: Question, ground: Ground) -> Citation | None:
        """A checked citation of the part that matters; None when it does not pass the check."""
        quote = cut(ground.article.text, pairs(question.search), self._weights)
        citation = self._citations.cite(ground.regulation, ground.article, quote, question.as_of)
        return citation if citation.verified else None

    def _ruled(self, question: Question, ground: Ground, quoted: Citation) -> Citation | None:
        """What an article says of all its items, where only some of them are quoted: the penalty often stands there."""
        opening = opening_of(ground.article.text, quoted.quote)
        if not opening:
            return None
        citation = self._citations.cite(ground.regulation, ground.article, opening, question.as_of)
        return citation if citation.verified else None

    def _correction(self, question: Question, key: str) -> str:
        """Names what is wrong: the number, where the rule has another, else what the rule does about the matter."""
        numbers = other_number(question.text, key)
        if numbers:
            wrong = say("number", question.script, asked=numbers[0], said=numbers[1])
        else:
            wrong = say(f"not so: {stance(key)}", question.script)
        return say("corrected", question.script, wrong=wrong)

    def _line(self, question: Question, citation: Citation, note: str = "") -> str:
        unnumbered = say("unnumbered", question.script) if citation.article is None else ""
        kind = say(citation.kind, question.script)
        number = f"（{citation.doc_no}）" if citation.doc_no and citation.kind == "precis" else ""
        return f"《{citation.law}》{number}{citation.article or ''}{kind}{unnumbered}{note}：“{citation.quote}”"


def _begins(regulation: Regulation) -> str:
    return regulation.effective_from.isoformat() if regulation.effective_from else ""


def _short(clause: str) -> str:
    bare = clause.strip(" ，,。？?；;！!")
    return bare if len(bare) <= LONGEST_CLAUSE else bare[:LONGEST_CLAUSE] + "…"


def _tells_of_a_partner(question: Question) -> bool:
    """Whether a good part of the question tells what somebody does instead of asking."""
    told = "".join(question.told)
    return len(told) >= A_STORY and THIRD_PARTY.search(told) is not None


def cut(text: str, content: AbstractSet[str], weights: Weights, longest: int = LONGEST_QUOTE) -> str:
    """The piece of `text`, whole sentences and at most `longest` characters where that is possible, that tells most.

    Items of a list come with the words that open it where both are not far over `longest`.
    """
    if len(text) <= longest:
        return text.strip()
    ends = [match.end() for match in re.finditer(r"[。；;\n]+(?!\s*但)", text)]
    bounds = [0, *ends] if ends and ends[-1] >= len(text.rstrip()) else [0, *ends, len(text)]
    best, best_score = (bounds[0], bounds[1]), -1.0
    for first, start in enumerate(bounds[:-1]):
        for end in bounds[first + 1 :]:
            if end - start > longest and end != bounds[first + 1]:
                break
            score = weights.of(content & pairs(text[start:end])) - 0.002 * (end - start)
            if score > best_score:
                best, best_score = (start, end), score
    piece = text[best[0] : best[1]].strip()
    opening = opening_of(text, piece)
    start = text.find(opening) if opening else best[0]
    return piece if best[1] - start > OPENED * longest else text[start : best[1]].strip()


def opening_of(text: str, piece: str) -> str:
    """The words that open the list whose items `piece` begins with; empty where it begins with none."""
    if not ITEM.match(piece):
        return ""
    before = [line.strip() for line in text[: text.find(piece)].split("\n") if line.strip()]
    return next((line for line in reversed(before) if not ITEM.match(line)), "")
