"""How an instrument stands on a day, answered from the record: in force or not, since when, until when, from whom.

No article says this of its own instrument for every day, and the article nearest to such a question is a stranger. The
citation is of the instrument: its closing article where that is at hand, otherwise the instrument alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.answering.answer import Sentence
from assistant.answering.naming import asks_binding, asks_standing, only_names, points_nowhere, rest, unrecorded
from assistant.answering.phrases import in_script
from assistant.answering.question import Question
from assistant.knowledge import Library
from assistant.knowledge.citations import CURRENT, Citations, Resolution, said
from assistant.knowledge.succession import is_older_than_its_text
from assistant.types import Article, Citation, Regulation

MOST = 3  # instruments told of in one answer
LONGEST = 200
CLOSING = re.compile(r"起施行|之日起施行|起实施|起执行|同时废止|起试行|有效期")
YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?!\d)(?!\s*[-.年]\s*\d)")
CHINESE = {
    "current": "结论：{name}在{day}现行有效，{since}。",
    "amended": "结论：{name}在{day}仍然有效，部分内容已被修改，{since}。",
    "not": "结论：{since}",
    "draft": "结论：{name}没有施行过，{since}。",
    "record": "文件登记：{facts}。",
    "no article": "《{title}》{article}不在手头收录的条文中，不能作答；手头只有其中部分条文的要点，请回查原文。",
    "no record": "没有登记名为“{name}”的文件，说不出它的效力和日期；请核对名称，或到发布机关网站查询。",
    "pointing": "“{word}”指哪一条没有说明，不能作答。请写出文件名称和条号，例如“刑法第一百七十五条之一第一款”。",
    "later": "{place}自{begins}起执行，在{day}尚未执行；手头没有当日适用的规定，不能作答。",
}
ENGLISH = {
    "current": "Conclusion: {name} is in force on {day}; {since}.",
    "amended": "Conclusion: {name} is in force on {day}, amended in part; {since}.",
    "not": "Conclusion: {since}",
    "draft": "Conclusion: {name} never took effect; {since}.",
    "record": "On record: {facts}.",
    "no article": "{article} of 《{title}》 is not among the provisions at hand; check the original.",
    "no record": "No instrument called “{name}” is on record, so its standing is not known here; check the name.",
    "pointing": "It is not said which article “{word}” points to; name the instrument and the article.",
    "later": "{place} applies from {begins} on, not yet on {day}; nothing at hand that applied on that day is found.",
    "repealed": "{name} no longer applies on {day} (ended {ended}){instead}.",
    "not_yet_in_force": "{name} does not apply on {day}; the text at hand applies from {begins} on{instead}.",
}


class Standing:
    """Answers from what the library records of an instrument."""

    def __init__(self, library: Library, citations: Citations) -> None:
        self._library = library
        self._citations = citations

    def answer(self, question: Question, resolutions: Sequence[Resolution]) -> tuple[Sentence, ...]:
        """What is recorded of the instruments named, where nothing else is asked; empty where something else is."""
        left = rest(question, resolutions)
        unheld = any(item.status and item.status not in CURRENT for item in resolutions)
        asked = asks_standing(left) or (unheld and asks_binding(left))
        numbers_only = only_names(question, resolutions) and not any(item.reference.article for item in resolutions)
        if not resolutions or not (asked or (numbers_only and unheld)):
            return ()
        found = self._meant(question, resolutions)
        told = {item.id: self._told(question, item) for item in found[:MOST]}
        if not told:
            return self._replaced(question, resolutions)
        return tuple(sentence for sentences in told.values() for sentence in sentences)

    def refusal(self, question: Question, resolutions: Sequence[Resolution]) -> str | None:
        """Why a question that is nothing but a name cannot be answered; None where it can or asks more."""
        if pointing := points_nowhere(question, resolutions):
            return _say("pointing", question, word=pointing)
        if name := unrecorded(question, resolutions, self._citations.names):
            return _say("no record", question, name=name)
        if earlier := self._earlier(question, resolutions):
            return earlier
        if not only_names(question, resolutions) or any(map(_is_at_hand, resolutions)):
            return None
        first = resolutions[0]
        if first.outcome == "article_not_held" and first.regulation and first.reference.article:
            article = said(first.reference.article)
            return _say("no article", question, title=first.regulation.title, article=article)
        if first.outcome == "not_current" and first.regulation:
            return self._not(question, first.regulation)
        return None

    def _earlier(self, question: Question, resolutions: Sequence[Resolution]) -> str:
        """That what is asked of was then said by a text which is not at hand: no other law may answer for it."""
        day, library = question.as_of, self._library
        for item in resolutions:
            pending = item.regulation is not None and item.status == "not_yet_in_force" and not item.successors
            if item.regulation is None or not pending or not is_older_than_its_text(library, item.regulation, day):
                return ""
        return self._not(question, resolutions[0].regulation) if resolutions and resolutions[0].regulation else ""

    def _meant(self, question: Question, resolutions: Sequence[Resolution]) -> list[Regulation]:
        """The texts asked about: of several of one title that of a year named, else the one of the day."""
        years = {match.group("year") for match in YEAR.finditer(question.text)}
        found: dict[str, Regulation] = {}
        for item in resolutions:
            if item.regulation is None:
                continue
            versions = self._library.titled(item.regulation.title)
            of_year = [text for text in versions if years & set(re.findall(r"\d{4}", f"{text.version} {text.issued}"))]
            meant = of_year[0] if len(of_year) == 1 else item.regulation
            found[meant.id] = meant
        numbered = [item for item in found.values() if any(_is_number_of(item, one) for one in resolutions)]
        return numbered or list(found.values())

    def _told(self, question: Question, regulation: Regulation) -> tuple[Sentence, ...]:
        citation, closing = self._cited(question, regulation)
        if citation is None:
            return ()
        name = _name(regulation)
        day = question.as_of.isoformat()
        status = self._citations.status_on(regulation, question.as_of)
        since = _since(regulation, question)
        if status in CURRENT:
            word = "current" if status == "in_force" else "amended"
            conclusion = _say(word, question, name=name, day=day, since=since)
        elif self._library.never_applied(regulation):
            conclusion = _say("draft", question, name=name, since=since)
        else:
            conclusion = _say("not", question, since=self._not(question, regulation))
        told = [
            Sentence(text=conclusion, citations=(citation,)),
            Sentence(text=_say("record", question, facts=_facts(regulation, question)), citations=(citation,)),
        ]
        if closing:
            line = f"《{citation.law}》{citation.article or ''}：“{citation.quote}”"
            told.append(Sentence(text=line, citations=(citation,)))
        return tuple(told)

    def _not(self, question: Question, regulation: Regulation) -> str:
        """That a text did not apply on the day, and what did."""
        day = question.as_of
        if question.script != "english":
            return in_script(self._citations.since(regulation, day), question.script)
        versions = self._library.titled(regulation.title)
        heirs = [self._citations.version_on(versions, day)]
        current = [item for item in heirs if self._citations.status_on(item, day) in CURRENT]
        instead = f"; {_name(current[0])} applies" if current else "; no text that applied then is at hand"
        begins = max(filter(None, (regulation.effective_from, regulation.text_since)), default=None)
        return ENGLISH["repealed" if begins is None or day >= begins else "not_yet_in_force"].format(
            name=_name(regulation),
            day=day.isoformat(),
            ended=regulation.ended or "on an unknown day",
            begins=begins,
            instead=instead,
        )

    def _replaced(self, question: Question, resolutions: Sequence[Resolution]) -> tuple[Sentence, ...]:
        """A repealed law whose text is not held: the article that repealed it says so."""
        for item in resolutions:
            if item.basis and item.successors:
                text = _say("not", question, since=item.notice)
                cited = self._quoted(question, item.successors[0], item.basis)
                line = f"《{cited.law}》{cited.article or ''}：“{cited.quote}”"
                return (Sentence(text=text, citations=(cited,)), Sentence(text=line, citations=(cited,)))
        return ()

    def _cited(self, question: Question, regulation: Regulation) -> tuple[Citation | None, bool]:
        """A checked citation of the instrument, and whether it quotes what the text says of its own beginning."""
        closing = [item for item in regulation.articles if CLOSING.search(item.text) and _is_own(item)]
        if closing:
            return self._quoted(question, regulation, closing[-1]), True
        for words in (regulation.scope, regulation.note):
            found = self._citations.cite(regulation, None, words, question.as_of)
            if words and (cited := self._checked(found, question.as_of)).verified:
                return cited, False
        return (
            (self._quoted(question, regulation, regulation.articles[0]), False)
            if regulation.articles
            else (None, False)
        )

    def _quoted(self, question: Question, regulation: Regulation, article: Article) -> Citation:
        parts = [part.strip() for part in re.split(r"(?<=[。；\n])", article.text) if part.strip()]
        telling = next((part for part in parts if CLOSING.search(part)), parts[0])
        quote = article.text.strip() if len(article.text.strip()) <= LONGEST else telling
        return self._checked(self._citations.cite(regulation, article, quote, question.as_of), question.as_of)

    def _checked(self, citation: Citation, day: date) -> Citation:
        """Checked as history: the answer says what the status was."""
        return self._citations.verify(citation, day, historical=True)


def not_yet(question: Question, place: str, begins: date) -> str:
    """Why an answer whose governing rule began only after the day is not given."""
    return _say("later", question, place=place, begins=begins.isoformat(), day=question.as_of.isoformat())


def _is_at_hand(item: Resolution) -> bool:
    """Whether there is something to quote for a reference: its article, its instrument, or what applies instead."""
    if item.outcome == "article_not_held":
        return item.article is not None
    if item.outcome == "not_current":
        return bool(item.successors)
    return item.outcome == "in_force"


def _is_number_of(regulation: Regulation, item: Resolution) -> bool:
    """Whether a reference is the document number of a text: it says which of several of one title is meant."""
    return item.regulation is not None and item.regulation.id == regulation.id and "号" in item.reference.name


def _is_own(article: Article) -> bool:
    return article.kind == "official" or re.search("施行|废止|附则|有效期|时效", article.topic) is not None


def _name(regulation: Regulation) -> str:
    return f"《{regulation.title}》" + (f"（{regulation.doc_no}）" if regulation.doc_no else "")


def _since(regulation: Regulation, question: Question) -> str:
    since = regulation.effective_from.isoformat() if regulation.effective_from else ""
    later = _later_text(regulation)
    if question.script == "english":
        newer = f"; the present text from {later}" if later else ""
        return f"in force from {since}{newer}" if since else f"on its beginning the record says: {regulation.effective}"
    newer = f"，现行文本自{later}起" if later else ""
    return f"自{since}起施行{newer}" if since else f"施行时间的登记为“{regulation.effective or '待核'}”"


def _later_text(regulation: Regulation) -> str:
    """The day of the text at hand, where an amendment made it and that day is known as its commencement."""
    since = regulation.text_since
    if since is None or regulation.adopted is not None or since == regulation.effective_from:
        return ""
    return since.isoformat()


def _facts(regulation: Regulation, question: Question) -> str:
    """The record in words: number, issuer, days; what is not recorded is left out."""
    english = question.script == "english"
    ended = regulation.ended.isoformat() if regulation.ended else ""
    begins = regulation.effective_from.isoformat() if regulation.effective_from else regulation.effective
    rows = (
        ("文号", "number", regulation.doc_no),
        ("发布机关", "issuer", regulation.issuer),
        ("公布", "issued", regulation.issued),
        ("施行", "in force from", begins),
        ("手头文本", "text at hand", regulation.version or ""),
        ("废止", "ended", ended),
        ("适用对象", "binds", regulation.scope.rstrip("。")),
    )
    told = [f"{name}: {value}" if english else f"{chinese}：{value}" for chinese, name, value in rows if value]
    return "; ".join(told) if english else "；".join(told)


def _say(phrase: str, question: Question, **parts: str) -> str:
    if question.script == "english":
        return ENGLISH[phrase].format(**parts)
    return in_script(CHINESE[phrase].format(**parts), question.script)
