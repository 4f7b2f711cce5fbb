"""The memo at the end of a conversation: what is known, what it resembles, on which words, what is open, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.answering import Answer
from assistant.assessment import Assessment
from assistant.assessment.advice import inner
from assistant.casework.ledger import Fact, Ledger
from assistant.casework.tongue import Tongue
from assistant.knowledge import Library

CITED = 5
CASES = 3


def partner_memo(
    ledger: Ledger, label: str, assessment: Assessment, tongue: Tongue, library: Library, today: date
) -> str:
    """The memo on one partner, as plain lines."""
    say = tongue.say
    first = assessment.patterns[0].id if assessment.patterns else ""
    name = say("closest", name=tongue.name(first)) if first else ""
    words = [
        say("word", number=number, span=inner(span), says=says)
        for number, (span, says) in enumerate(
            dict.fromkeys((match.span, match.says) for pattern in assessment.patterns for match in pattern.matched), 1
        )
    ]
    against = [say("against", span=inner(item.span), why=item.why) for item in assessment.countered]
    gone = [fact.text for fact in ledger.facts if not fact.stands]
    citations = [citation for pattern in assessment.patterns for citation in pattern.citations]
    cases = [library.cases[id].title for pattern in assessment.patterns[:1] for id in pattern.cases[:CASES]]
    questions = [question for question in assessment.questions if question not in ledger.closed]
    return tongue.join(
        say("memo"),
        say("memo_subject", label=label),
        say("memo_facts"),
        *_facts(ledger.standing, tongue),
        say("memo_withdrawn", facts=tongue.quoted(gone)) if gone else "",
        say("memo_reading", level=tongue.level(assessment.level), name=name),
        say("memo_words"),
        *_or_none(words, tongue),
        say("memo_against"),
        *_or_none(against, tongue),
        say("memo_open"),
        *_or_none(_numbered(questions, tongue), tongue),
        say("memo_rules"),
        *_or_none(tongue.basis(citations[:CITED]), tongue),
        say("memo_cases"),
        *_or_none(_numbered(cases, tongue), tongue),
        say("memo_do"),
        *_or_none(_numbered(assessment.actions, tongue), tongue),
        say("memo_foot", version=assessment.corpus_version, day=today.isoformat()),
    )


def answer_memo(question: str, answer: Answer, tongue: Tongue, today: date) -> str:
    """The memo on a policy question."""
    return tongue.join(
        tongue.say("memo_answer"),
        tongue.say("memo_question", question=question),
        tongue.answered(answer),
        tongue.say("memo_foot", version=answer.corpus_version, day=today.isoformat()),
    )


def _facts(facts: Sequence[Fact], tongue: Tongue) -> list[str]:
    lines = []
    for number, fact in enumerate(facts, 1):
        since = tongue.say("memo_turn", turn=fact.turn) if fact.turn else tongue.say("memo_before")
        if fact.since is not None:
            since = f"{since}，{fact.since.isoformat()}"
        word = "memo_was" if fact.was else "memo_fact"
        lines.append(tongue.say(word, number=number, text=inner(fact.text), since=since, was=inner(fact.was)))
    return lines


def _numbered(texts: Sequence[str], tongue: Tongue) -> list[str]:
    return [tongue.say("item", number=number, text=text) for number, text in enumerate(texts, 1)]


def _or_none(lines: Sequence[str], tongue: Tongue) -> Sequence[str]:
    return lines or [tongue.say("memo_none")]
