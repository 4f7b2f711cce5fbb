"""The answer without a chat model: conclusion first, then the grounds in the words of their source.

Nothing is composed but the frame around quotes. A quote is cut from the source as one piece and is never edited, so
that the check which follows can be to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from assistant.answering.answer import Sentence
from assistant.answering.grounds import Ground
from assistant.answering.premise import other_number, stance
from assistant.answering.question import Question, traditional
from assistant.answering.weights import Weights, pairs
from assistant.knowledge.citations import Citations
from assistant.types import Citation

LONGEST_QUOTE = 240
MAY = re.compile(
    r"能不能|可不可以|可否|能否|是否|能.{0,20}[吗么]|可以|行不行|行吗|行不|合规|允许|成不成|[吗么嘛]\s*[?？]?\s*$|"
    r"\b(?:can|may|is it|are we|does|do we)\b",
    re.I,
)
Opening = Literal["corrected", "superseded"]
WORDS = {
    "superseded": "所引规定不是当日有效的规定，以下依据当日有效的规定作答。",
    "corrected": "您的前提与规定不符：{wrong}，请以下面的规定为准。",
    "number": "您说的是{asked}，规定的是{said}",
    "not so: forbids": "规定对此有禁止性要求",
    "not so: requires": "规定对此有必须做到的要求",
    "not so: limits": "规定对此有限制或例外",
    "not so: permits": "规定允许这样做，只是附有条件",
    "not so: states": "规定写的不是这样",
    "forbids": "结论：不可以，规定有禁止性要求。",
    "requires": "结论：须按规定的要求办理，不能当然为之。",
    "limits": "结论：有条件或例外，须按下列规定判断。",
    "permits": "结论：可以，但须符合下列规定。",
    "states": "结论：以下列规定为准。",
    "rule": "依据如下：",
    "precis": "（要点，转述）",
    "official": "",
    "unnumbered": "（条号未核，引用前请回查原文）",
    "closing": "知识截至{day}；要点为转述，正式引用前请回查原文。",
}
ENGLISH = {
    "superseded": "The rule you cite does not apply on that day; what follows rests on the rule that does.",
    "corrected": "The premise does not match the rules: {wrong}; what follows prevails.",
    "number": "you say {asked}, the rule says {said}",
    "not so: forbids": "they prohibit it",
    "not so: requires": "they set a requirement",
    "not so: limits": "they set limits or exceptions",
    "not so: permits": "they permit it on conditions",
    "not so: states": "they say something else",
    "forbids": "Conclusion: not permitted; the rules below prohibit it.",
    "requires": "Conclusion: only in the way the rules below require.",
    "limits": "Conclusion: conditions or exceptions apply; see the rules below.",
    "permits": "Conclusion: permitted, subject to the rules below.",
    "states": "Conclusion: the rules below govern.",
    "rule": "The rules say:",
    "precis": " (précis)",
    "official": "",
    "unnumbered": " (article number not verified; check the original)",
    "closing": "Knowledge as of {day}; a précis is in our words, check the original before formal use.",
}


class ExtractiveWriter:
    """Writes from quotes only."""

    def __init__(self, citations: Citations, weights: Weights, knowledge_day: date | None) -> None:
        self._citations = citations
        self._weights = weights
        self._day = knowledge_day

    def write(
        self, question: Question, grounds: Sequence[Ground], opening: Opening | None = None
    ) -> tuple[Sentence, ...]:
        """The sentences of an answer; every one that speaks of a rule carries its citation."""
        quoted = [(ground, self._quote(question, ground)) for ground in grounds]
        cited = [(ground, citation) for ground, citation in quoted if citation is not None]
        if not cited:
            return ()
        lead, first = cited[0]
        key = self.key_sentence(question, lead)
        head = opening or (stance(key) if MAY.search(question.text) else "rule")
        said = self._correction(question, key) if head == "corrected" else self._say(question, head)
        sentences = [Sentence(text=said, citations=(first,))]
        sentences += [Sentence(text=self._line(question, ground, item), citations=(item,)) for ground, item in cited]
        if self._day and any(item.kind == "precis" for _, item in cited):
            closing = self._say(question, "closing").format(day=self._day.isoformat())
            sentences.append(Sentence(text=closing))
        return tuple(sentences)

    def key_sentence(self, question: Question, ground: Ground) -> str:
        """The sentence of an article, or of its précis, that speaks most about the question."""
        content = pairs(question.search)
        text = ground.precis.text if ground.precis else ground.article.text
        parts = [part for part in re.split(r"(?<=[。；;\n])", text) if part.strip()]
        return max(parts, key=lambda part: self._weights.of(content & pairs(part)), default=text)

    def _quote(self, question: Question, ground: Ground) -> Citation | None:
        """A checked citation of the part that matters; None when it does not pass the check."""
        quote = cut(ground.article.text, pairs(question.search), self._weights)
        citation = self._citations.cite(ground.regulation, ground.article, quote, question.as_of)
        return citation if citation.verified else None

    def _say(self, question: Question, word: str) -> str:
        if question.script == "english":
            return ENGLISH[word]
        return traditional(WORDS[word]) if question.script == "traditional" else WORDS[word]

    def _correction(self, question: Question, key: str) -> str:
        """Names what is wrong: the number, where the rule has another, else what the rule does about the matter."""
        numbers = other_number(question.text, key)
        if numbers:
            wrong = self._say(question, "number").format(asked=numbers[0], said=numbers[1])
        else:
            wrong = self._say(question, f"not so: {stance(key)}")
        return self._say(question, "corrected").format(wrong=wrong)

    def _line(self, question: Question, ground: Ground, citation: Citation) -> str:
        unnumbered = self._say(question, "unnumbered") if citation.article is None else ""
        kind = self._say(question, citation.kind)
        number = f"（{citation.doc_no}）" if citation.doc_no and citation.kind == "precis" else ""
        return f"《{citation.law}》{number}{citation.article or ''}{kind}{unnumbered}：“{citation.quote}”"


def cut(text: str, content: set[str], weights: Weights, longest: int = LONGEST_QUOTE) -> str:
    """The piece of `text`, whole sentences and at most `longest` characters where that is possible, that tells most."""
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
    return text[best[0] : best[1]].strip()
