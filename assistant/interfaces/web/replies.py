"""A `Reply` as the officer reads it: the assessment of a practice, or the answer to a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.answering.answer import Answer
from assistant.assessment import Assessment
from assistant.assessment.assessment import CounteredIndicator, Resemblance
from assistant.casework import Reply
from assistant.interfaces.web.labels import Labels
from assistant.interfaces.web.marks import Marks, marked_text, number_marks
from assistant.interfaces.web.markup import Html, join, tag
from assistant.interfaces.web.pieces import (
    citation_number,
    citation_row,
    foot,
    passage_row,
    section,
    source_button,
)
from assistant.types import Level

Titles = Callable[[str], str]
DOTS: dict[Level, str] = {"high": "●●●", "medium": "●●○", "low": "●○○", "none": "○○○"}
ASKED_FIRST = 3
NEAREST_SHOWN = 4
CITED_SHOWN = 6


def reply_html(reply: Reply, titles: Titles, t: Labels) -> Html:
    """The whole reply. `titles` gives the title of a case by its id."""
    if reply.mode in ("assess", "clarify") and reply.assessment is not None:
        body = _assessment(reply.assessment, reply.text, titles, t)
    elif reply.answer is not None and reply.text in ("", reply.answer.text, reply.answer.reason):
        body = _answer(reply.answer, t)
    else:
        body = _said(reply, titles, t)
    return tag("article", body, _removed(reply, t), _next_questions(reply, t), class_=f"pl-answer pl-{reply.mode}")


def _said(reply: Reply, titles: Titles, t: Labels) -> Html:
    """A reply that is words first: an explanation, a memo, a refusal; what it rests on can be opened beneath."""
    numbers = list(dict.fromkeys(reply.cited))[:CITED_SHOWN]
    basis = [citation_row(number, citation, t) for number, citation in enumerate(numbers, 1)]
    under: Html | None = None
    if reply.assessment is not None:
        body = _assessment(reply.assessment, reply.assessment.reply, titles, t)
        under = tag("details", tag("summary", t.whole), body, class_="pl-more")
    elif reply.answer is not None:
        under = foot(reply.answer.corpus_version, reply.answer.elapsed_ms, t)
    return join(_lines(reply.text), section(t.basis, tag("ul", *basis, class_="pl-rows")) if basis else None, under)


def _lines(text: str) -> Html:
    """Each line as a paragraph, the first one leading."""
    lines = [line for line in text.split("\n") if line.strip()]
    return join(*(tag("p", line, class_=None if number else "pl-lead") for number, line in enumerate(lines)))


def _removed(reply: Reply, t: Labels) -> Html | None:
    """What a chat model wrote and the check took out."""
    if not reply.removed:
        return None
    return tag("details", tag("summary", t.removed), _list(reply.removed), class_="pl-more")


def _next_questions(reply: Reply, t: Labels) -> Html | None:
    """Questions as buttons. One for the partner waits in the box for the partner's answer, beneath what was said."""
    if not reply.next_questions:
        return None
    partner = reply.assessment is not None
    buttons = [
        tag(
            "button",
            question,
            type="button",
            class_="pl-next",
            data_ask=None if partner else question,
            data_fill=f"{question}\n{t.partner_says}" if partner else None,
        )
        for question in reply.next_questions
    ]
    heading = t.ask_partner if partner else t.ask_more
    return tag("nav", tag("h4", heading), *buttons, class_="pl-nexts", aria_label=heading)


# --- assessment -------------------------------------------------------------------------------------------------------


def level_badge(level: Level, t: Labels) -> Html:
    """The level in words, with dots and colour beside them."""
    dots = tag("span", DOTS[level], class_="pl-dots", aria_hidden="true")
    return tag("span", dots, tag("span", t.levels[level]), class_=f"pl-level pl-level-{level}")


def _assessment(assessment: Assessment, words: str, titles: Titles, t: Labels) -> Html:
    marks = number_marks(assessment)
    marked = bool(marks.matched or marks.countered)
    first, *others = assessment.patterns or (None,)
    return join(
        tag("header", level_badge(assessment.level, t), tag("span", t.resembles, class_="pl-muted"), class_="pl-head"),
        _lines(words),
        section(t.your_words, marked_text(assessment, marks)) if marked else None,
        _pattern(first, marks, titles, t) if first else None,
        [_folded_pattern(pattern, marks, titles, t) for pattern in others if pattern],
        None if first else section(t.set_aside, _against(assessment.countered, marks)),
        section(t.lawful, tag("p", assessment.lawful_reading) if first and assessment.lawful_reading else None),
        section(t.actions, _list(assessment.actions, "ol")),
        _arithmetic(assessment, t),
        foot(assessment.corpus_version, assessment.elapsed_ms, t),
    )


def _arithmetic(assessment: Assessment, t: Labels) -> Html | None:
    """The numbers behind the words, folded away until somebody asks."""
    if not assessment.arithmetic:
        return None
    rows = [tag("li", f"{figure.label}：{figure.value}") for figure in assessment.arithmetic]
    return tag("details", tag("summary", t.arithmetic), tag("ul", *rows, class_="pl-list"), class_="pl-more")


def _pattern(pattern: Resemblance, marks: Marks, titles: Titles, t: Labels) -> Html:
    heading = tag(
        "h3",
        source_button(pattern.name, class_="pl-pattern-name", source=pattern.id),
        level_badge(pattern.level, t),
    )
    return tag("section", heading, _pattern_body(pattern, marks, titles, t), class_="pl-pattern")


def _folded_pattern(pattern: Resemblance, marks: Marks, titles: Titles, t: Labels) -> Html:
    heading = tag("summary", tag("span", pattern.name, class_="pl-pattern-name"), level_badge(pattern.level, t))
    return tag("details", heading, _pattern_body(pattern, marks, titles, t), class_="pl-pattern")


def _pattern_body(pattern: Resemblance, marks: Marks, titles: Titles, t: Labels) -> Html:
    matched = [
        tag("li", marks.badge(match.indicator), tag("div", match.says, tag("q", match.span)))
        for match in sorted(pattern.matched, key=lambda match: marks.matched[match.indicator])
    ]
    cases = [
        tag("li", source_button(tag("span", titles(case), class_="pl-row-name"), class_="pl-row", source=case))
        for case in pattern.cases
    ]
    articles = [citation_row(None, citation, t) for citation in pattern.citations]
    return join(
        section(t.matched, tag("ul", *matched, class_="pl-signs") if matched else None),
        section(t.countered, _against(pattern.countered, marks)),
        section(t.neighbours, _list([item.why for item in pattern.neighbours])),
        section(t.would_change, _list(pattern.would_change)),
        section(t.missing, _asks([item.ask for item in pattern.missing if item.ask], t)),
        section(t.cases, tag("ul", *cases, class_="pl-rows") if cases else None),
        section(t.articles, tag("ul", *articles, class_="pl-rows") if articles else None),
    )


def _asks(questions: Sequence[str], t: Labels) -> Html | None:
    first, rest = questions[:ASKED_FIRST], questions[ASKED_FIRST:]
    if not first:
        return None
    more = tag("details", tag("summary", t.missing_more.format(count=len(rest))), _list(rest), class_="pl-more")
    return join(_list(first), more if rest else None)


def _against(items: Sequence[CounteredIndicator], marks: Marks) -> Html | None:
    rows = [
        tag(
            "li",
            tag("span", f"反{marks.countered[item.start, item.end]}", class_="pl-no pl-against"),
            tag("div", item.why, tag("q", item.span)),
        )
        for item in items
    ]
    return tag("ul", *rows, class_="pl-signs") if rows else None


def _list(items: Sequence[str], name: str = "ul") -> Html | None:
    return tag(name, *(tag("li", item) for item in items), class_="pl-list") if items else None


# --- policy -----------------------------------------------------------------------------------------------------------


def _answer(answer: Answer, t: Labels) -> Html:
    numbers = {citation: number for number, citation in enumerate(answer.citations, start=1)}
    by_key = {(c.source_id, c.article, c.quote): number for c, number in numbers.items()}
    sentences = [
        tag(
            "p",
            sentence.text,
            *(citation_number(by_key[c.source_id, c.article, c.quote], c) for c in sentence.citations),
            class_="pl-lead" if position == 0 else None,
        )
        for position, sentence in enumerate(answer.sentences)
    ]
    basis = [citation_row(number, citation, t) for citation, number in numbers.items()]
    nearest = [passage_row(passage, t) for passage in answer.nearest[:NEAREST_SHOWN]]
    return join(
        _answer_head(answer, t),
        tag("p", answer.reason, class_="pl-lead") if answer.abstained and answer.reason else None,
        tag("div", *sentences, class_="pl-sentences") if sentences else None,
        section(t.notices, _list(answer.notices), class_="pl-notices"),
        section(
            t.basis,
            tag("ul", *basis, class_="pl-rows") if basis else None,
            tag("p", t.verified_means, class_="pl-muted") if any(not item.article for item in numbers) else None,
        ),
        section(t.nearest, tag("ul", *nearest, class_="pl-rows") if nearest and answer.abstained else None),
        foot(answer.corpus_version, answer.elapsed_ms, t),
    )


def _answer_head(answer: Answer, t: Labels) -> Html:
    if answer.abstained:
        return tag("header", tag("span", t.abstained, class_="pl-level pl-level-none"), class_="pl-head")
    premise = tag("span", t.premise, class_="pl-level pl-level-medium") if answer.premise_corrected else None
    return tag("header", tag("span", t.conclusion, class_="pl-level pl-level-answer"), premise, class_="pl-head")
