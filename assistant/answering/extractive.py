"""The answer without a chat model, as a reviewer's note: the conclusion, its grounds in the words of their source, then
exceptions, who is bound, what prevails, a case like it, what is not covered.

Nothing is composed but the frame around quotes. A quote is cut from the source as one piece and is never edited, so
that the check which follows can be to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from assistant.answering.answer import Sentence
from assistant.answering.conclusion import conclude, deciding
from assistant.answering.grounds import Ground
from assistant.answering.phrases import say
from assistant.answering.premise import other_number, stance
from assistant.answering.prevailing import Prevailing
from assistant.answering.question import ASKS, Question
from assistant.answering.quoting import (
    LONGEST_ARTICLE,
    LONGEST_QUOTE,
    Piece,
    joined,
    named_part,
    part_label,
    shown,
    telling,
    units,
)
from assistant.answering.weights import Weights, pairs
from assistant.knowledge import Library
from assistant.knowledge.bank import Place, place_of
from assistant.knowledge.citations import Citations
from assistant.types import Case, Citation

LONGEST_CLAUSE = 40
LIKE_THE_CASE = 0.25  # share of a question's weight from which on a case is told beside the answer
SPOKEN_OF = 0.12  # and from which on a ground speaks of one of several things asked
EXCEPTION = re.compile(r"但是|但(?=[^书])|除外|不在此限|不适用|另有规定")
THIRD_PARTY = re.compile(
    r"平台|中介|公司|机构|合作方|供应商|服务商|渠道|外包商|代理商|对方|[他她]们|这家|那家|有人|老板|"
    r"\b(?:they|partner|vendor|agent|broker|platform|company)\b",
    re.I,
)
A_STORY = 24  # characters of what is told rather than asked from which on conduct is described
ALL_STORY = 10  # the same where nothing is asked at all
LONG = 200  # a question longer than this is quoted for what it asks and not for what it tells
MOST_ASKED = 4
PLAIN = re.compile(r"[吗嘛么呢]$|是否|能否|可否|(.)不\1")
LEANS = 20  # something asked in fewer characters leans on what stands before it

Opening = Literal["corrected", "superseded"]
Head = Literal["corrected", "superseded", "related"]


@dataclass(frozen=True)
class Quote:
    """What is shown of a ground: its pieces as checked citations, and the words of each as they will stand."""

    pieces: tuple[Citation, ...]
    words: tuple[str, ...]
    part: str = ""

    @property
    def first(self) -> Citation:
        """The first piece."""
        return self.pieces[0]


Cited = tuple[Ground, Quote]


class ExtractiveWriter:
    """Writes from quotes only."""

    def __init__(self, library: Library, citations: Citations, weights: Weights) -> None:
        self._library = library
        self._citations = citations
        self._weights = weights
        self._day = library.corpus.gaps.as_of
        self._told = {id: pairs(f"{case.title}{case.facts}") for id, case in library.cases.items()}
        self._prevailing = Prevailing(citations, weights)

    def write(
        self, question: Question, grounds: Sequence[Ground], opening: Opening | None = None
    ) -> tuple[Sentence, ...]:
        """The sentences of an answer; every one that speaks of a rule carries its citation."""
        named = self._named_parts(question)
        quoted = [(ground, self._quote(question, ground, named.get(ground.key))) for ground in grounds]
        cited = [(ground, quote) for ground, quote in quoted if quote is not None]
        if not cited:
            return ()
        tells = asks_nothing(question) and not named
        parts = [("", cited)] if tells else self._parts(question, cited)
        sentences: list[Sentence] = [Sentence(text=say("partner first", question.script))] if tells else []
        for number, (clause, own) in enumerate(parts):
            if own:
                head: Head | None = opening if not number else None
                head = head or ("related" if tells else None)
                sentences += self._part(question, clause if len(parts) > 1 else "", own, head)
        return (*sentences, *self._beside(question, cited, [clause for clause, own in parts if not own], tells))

    def key_sentence(self, question: Question, ground: Ground) -> str:
        """The sentence of an article, or of its précis, that speaks most about the question."""
        content = pairs(question.search)
        text = ground.precis.text if ground.precis else ground.article.text
        parts = [part for part in re.split(r"(?<=[。；;\n])", text) if part.strip()]
        return max(parts, key=lambda part: self._weights.of(content & pairs(part)), default=text)

    def _parts(self, question: Question, cited: list[Cited]) -> list[tuple[str, list[Cited]]]:
        """The things asked, each with the grounds that speak of it more than of the others; one where one is asked."""
        asked = asked_in(question)
        if len(asked) < 2 or len(cited) < 2:
            return [("", cited)]
        contents = [pairs(clause) for clause in asked]
        found: list[tuple[str, list[Cited]]] = [(clause, []) for clause in asked]
        for ground, citation in cited:
            shares = [self._weights.coverage(content, ground.wording) for content in contents]
            found[shares.index(max(shares))][1].append((ground, citation))
        spoken = [max(self._weights.coverage(content, ground.wording) for ground, _ in cited) for content in contents]
        return [part for part, share in zip(found, spoken, strict=True) if part[1] or share < SPOKEN_OF]

    def _part(self, question: Question, clause: str, cited: list[Cited], head: Head | None) -> list[Sentence]:
        """The answer to one of the things asked."""
        lead, quote = cited[0]
        said, decides = self._head(question, clause, cited, head)
        found = [Sentence(text=said, citations=(decides,))]
        if clause:
            found.insert(0, Sentence(text=say("about", question.script, clause=_short(clause))))
        for _, item in cited:
            found += self._lines(question, item)
        if exception := self._exception(question, lead, quote):
            found += self._lines(question, exception, say("exception", question.script))
        return found

    def _head(self, question: Question, clause: str, cited: list[Cited], head: Head | None) -> tuple[str, Citation]:
        """The first sentence of a part and the citation that it rests on."""
        first = cited[0][1].first
        if head == "corrected":
            return self._correction(question, self.key_sentence(question, cited[0][0])), first
        if head:
            return say(head, question.script), first
        asked = clause or asking_words(question)
        texts = [[ground.article.text, *([ground.precis.text] if ground.precis else [])] for ground, _ in cited]
        content = pairs(clause) if clause else pairs(focus(question))
        sentence = deciding(asked, content, texts, self._weights.coverage)
        found = conclude(asked, sentence, self._weights.coverage)
        join = ", " if question.script == "english" else "、"
        on = {"on": join.join(say(word, question.script) for word in found.on)} if found.on else {}
        return say(found.word, question.script, **on, **dict(found.parts)), cited[found.place][1].first

    def _beside(self, question: Question, cited: list[Cited], uncovered: list[str], tells: bool) -> list[Sentence]:
        """What a reviewer notes below the grounds; it speaks about the answer and cites nothing but who decides."""
        script, lead = question.script, cited[0][0]
        said: list[Sentence] = []
        if lead.regulation.scope:
            said.append(Sentence(text=say("bound", script, scope=lead.regulation.scope.rstrip("。"))))
        said += self._prevailing.note(question, [ground for ground, _ in cited])
        if case := self._case(question, cited):
            text = say("case", script, title=case.title, date=case.date, authority=case.authority)
            said.append(Sentence(text=text))
        said += [Sentence(text=say("open", script, clause=_short(clause))) for clause in uncovered]
        if not tells and _tells_of_a_partner(question):
            said.append(Sentence(text=say("partner", script)))
        if self._day:
            precis = any(item.first.kind == "precis" for _, item in cited)
            word = "closing" if precis else "closing: official"
            said.append(Sentence(text=say(word, script, day=self._day.isoformat())))
        return said

    def _exception(self, question: Question, ground: Ground, quoted: Quote) -> Quote | None:
        """The exception that the article makes outside the words already quoted."""
        text = ground.article.text
        for unit in units(text):
            words = text[unit.start : unit.end]
            known = any(words in piece.quote for piece in quoted.pieces)
            if not known and EXCEPTION.search(words) and len(words) <= LONGEST_QUOTE and not unit.opens:
                return self._quoted(question, ground, ((unit.start, unit.end),))
        return None

    def _case(self, question: Question, cited: list[Cited]) -> Case | None:
        """The case of a pattern that the grounds belong to which is most like what is asked, where one is like it."""
        patterns = dict.fromkeys(id for ground, _ in cited for id in ground.article.patterns)
        cases = {case.id: case for pattern in patterns for case in self._library.cases_of(pattern)}
        content = pairs(question.search)
        likeness = {id: self._weights.coverage(content, self._told[id]) for id in cases}
        best = max(likeness, key=lambda id: likeness[id], default=None)
        return cases[best] if best is not None and likeness[best] >= LIKE_THE_CASE else None

    def _named_parts(self, question: Question) -> dict[Place, list[str]]:
        """The articles that a question names, each with the paragraphs and items it names of it."""
        named: dict[Place, list[str]] = {}
        for reference in self._citations.parse(question.text):
            found = self._citations.resolve(reference, question.as_of)
            if found.regulation and found.article:
                named.setdefault(place_of(found.regulation, found.article), []).append(reference.part)
        return named

    def _quote(self, question: Question, ground: Ground, parts: list[str] | None) -> Quote | None:
        """A checked quote of the part that was named or else matters; None when it does not pass the check."""
        text, content = ground.article.text, pairs(focus(question))
        if parts is None:
            return self._quoted(question, ground, telling(text, content, self._weights))
        named = sorted({piece for part in parts for piece in named_part(text, part)})
        if named:
            label = part_label(next(part for part in parts if named_part(text, part))) if len(parts) == 1 else ""
            return self._quoted(question, ground, joined(text, named), label)
        return self._quoted(question, ground, telling(text, content, self._weights, LONGEST_ARTICLE, first=True))

    def _quoted(self, question: Question, ground: Ground, pieces: Sequence[Piece], part: str = "") -> Quote | None:
        text = ground.article.text
        cited = tuple(
            self._citations.cite(ground.regulation, ground.article, text[slice(*piece)], question.as_of)
            for piece in pieces
        )
        passes = bool(cited) and all(citation.verified for citation in cited)
        return Quote(cited, shown(text, pieces), part) if passes else None

    def _correction(self, question: Question, key: str) -> str:
        """Names what is wrong: the number, where the rule has another, else what the rule does about the matter."""
        numbers = other_number(question.text, key)
        if numbers:
            wrong = say("number", question.script, asked=numbers[0], said=numbers[1])
        else:
            wrong = say(f"not so: {stance(key)}", question.script)
        return say("corrected", question.script, wrong=wrong)

    def _lines(self, question: Question, quote: Quote, note: str = "") -> list[Sentence]:
        """A line a piece; the first says where all of them stand."""
        citation = quote.first
        unnumbered = say("unnumbered", question.script) if citation.article is None else ""
        kind = say(citation.kind, question.script)
        number = f"（{citation.doc_no}）" if citation.doc_no and citation.kind == "precis" else ""
        place = f"{citation.article}{quote.part}" if citation.article else ""
        head = f"《{citation.law}》{number}{place}{kind}{unnumbered}{note}："
        heads = (head, *("" for _ in quote.words[1:]))
        return [
            Sentence(text=before + words, citations=(piece,))
            for before, words, piece in zip(heads, quote.words, quote.pieces, strict=True)
        ]


def asked_in(question: Question) -> tuple[str, ...]:
    """What a question asks; in a long text only what plainly is a question, since a story has such words too."""
    asked, text = question.asked, question.text
    if len(text) <= LONG:
        return asked
    plain = tuple(part for part in asked if PLAIN.search(part) or f"{part}？" in text or f"{part}?" in text)
    return plain or asked


def focus(question: Question) -> str:
    """The words that decide what is quoted: of a long text what it asks, with what stands before a short question."""
    asked = asked_in(question)[-MOST_ASKED:]
    if len(question.text) <= LONG or not asked:
        return question.search
    sentences = [part for part in re.split(r"(?<=[。？?；;！!\n])", question.text) if part.strip()]
    leaned_on = [
        before
        for before, sentence in pairwise(sentences)
        if any(part in sentence and len(part) < LEANS for part in asked)
    ]
    return " ".join([*asked, *leaned_on])


def asking_words(question: Question) -> str:
    """The words that ask, without what is told beside them."""
    asked = asked_in(question)[-MOST_ASKED:]
    return "".join(f"{part}？" for part in asked) if len(asked) == 1 or len(question.text) > LONG else question.text


def asks_nothing(question: Question) -> bool:
    """Whether it only tells what somebody does: more than one clause about another party, and no question."""
    text = question.text
    asks = re.search(r"[?？]", text) if question.script == "english" else ASKS.search(text)
    several = re.search(r"[，。；;,.].*\w", text) is not None
    return not asks and several and len(text) >= ALL_STORY and THIRD_PARTY.search(text) is not None


def _short(clause: str) -> str:
    bare = clause.strip(" ，,。？?；;！!")
    return bare if len(bare) <= LONGEST_CLAUSE else bare[:LONGEST_CLAUSE] + "…"


def _tells_of_a_partner(question: Question) -> bool:
    """Whether a good part of the question tells what somebody does instead of asking."""
    told = "".join(question.told)
    return len(told) >= A_STORY and THIRD_PARTY.search(told) is not None
