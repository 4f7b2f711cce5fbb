"""Turns that ask about what was said: why, what next, how a scheme works, a memo, another language; and disagreement.

Everything is read again from the facts and the sources. What was said before is never taken as true because somebody
says it again: a premise is checked each time it is put.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from assistant.answering import Answer
from assistant.assessment import Assessment, Assessor, ClaimReader, fold
from assistant.assessment.scoring import LEVELS
from assistant.casework.facts import Facts
from assistant.casework.ledger import Ledger, Note
from assistant.casework.memo import answer_memo, partner_memo
from assistant.casework.partners import BACK, EVERY, meant
from assistant.casework.pointing import ordinal
from assistant.casework.reply import Reply, Step
from assistant.casework.ruling import Ruling
from assistant.casework.talk import Talk
from assistant.casework.tongue import Tongue
from assistant.knowledge import Library
from assistant.types import Citation, Language, Pattern

CITED = 3
DISPUTED = 3
SHORTEST_NAME = 2
COMPARES = re.compile(r"差在|差哪|区别|不同|差别|區別|差別|differ|unlike", re.I)
OF_THE_PARTNER = re.compile(
    r"判|像|评|原话|原話|哪句|哪几个字|哪幾個字|哪几处|風險|风险|等级|resembl|reading|rated|my words|level", re.I
)
OF_THE_RULE = re.compile(r"哪条|哪一条|第[一二三四五六七八九十百\d]+条|规定|法律|article|provision|\blaw\b", re.I)
IN_ENGLISH = re.compile(r"英文|英语|英語|english", re.I)
IN_TRADITIONAL = re.compile(r"繁体|繁體|traditional", re.I)


class Explaining:
    """Says more about what was found."""

    def __init__(
        self,
        library: Library,
        assessor: Assessor,
        claims: ClaimReader,
        facts: Facts,
        ruling: Ruling,
        today: Callable[[], date],
    ) -> None:
        self._library = library
        self._assessor = assessor
        self._claims = claims
        self._facts = facts
        self._ruling = ruling
        self._today = today
        self._names = sorted(
            (
                (fold(name), pattern.id)
                for pattern in library.patterns.values()
                for name in (pattern.name, pattern.english, *pattern.aliases)
                if len(name) >= SHORTEST_NAME
            ),
            key=lambda item: -len(item[0]),
        )

    # --- why ----------------------------------------------------------------------------------------------------------

    def explain(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """Why: of the assessment at hand, or of the answer given last."""
        place, ledger = self._partner(text, talk)
        assessment = self._facts.of(ledger)
        given = talk.last.answer if talk.last is not None else None
        of_partner = place[1] or bool(OF_THE_PARTNER.search(text) and not OF_THE_RULE.search(text))
        if given is not None and not given.abstained and (assessment is None or not of_partner):
            yield self._explain_answer(text, given, talk, tongue)
            return
        if assessment is None or ledger is None:
            yield Reply(mode="clarify", text=tongue.join(tongue.say("nothing_yet")))
            return
        ours = assessment.patterns[0].id if assessment.patterns else ""
        other = next((id for id in self.named(text) if id != ours), "")
        lines = tongue.why(assessment)
        if other and ours:
            lines.insert(0, tongue.difference(ours, other))
        elif ours:
            lines += [
                tongue.say("difference", name=tongue.name(item.id), why=item.why)
                for item in assessment.patterns[0].neighbours[:1]
            ]
        lines = [*self._point(text, talk, assessment, tongue), *lines]
        told = [claim.text for claim in self._claims.read(ledger.text) if claim.polarity == "addressed"]
        if told:
            lines.append(tongue.say("addressed", spans=tongue.quoted(told[:2])))
        citations = assessment.patterns[0].citations if assessment.patterns else ()
        lines += tongue.basis(citations[:1])
        yield Reply(mode="explain", text=tongue.join(*lines), assessment=assessment, partner=place[0])

    def _explain_answer(self, text: str, answer: Answer, talk: Talk, tongue: Tongue) -> Reply:
        again = self._ruling.look_up(talk.question)
        found = answer if again.abstained else again
        number = ordinal(text)
        cited = found.citations
        if number and number <= len(cited):
            cited = cited[number - 1 : number]
        lines = [tongue.say("explain_answer"), *tongue.basis(cited[:CITED]), *found.notices]
        return Reply(mode="explain", text=tongue.join(*lines), answer=found, question=talk.question)

    def _point(self, text: str, talk: Talk, assessment: Assessment, tongue: Tongue) -> list[str]:
        """What "the second point" is: the question of that number as last put."""
        number = ordinal(text)
        asked = next((reply for reply in (talk.last,) if reply is not None and reply.next_questions), None)
        if not number or asked is None or number > len(asked.next_questions):
            return []
        question = asked.next_questions[number - 1]
        for pattern in assessment.patterns:
            for item in pattern.missing:
                if item.ask == question:
                    known = {sign.id: sign.says for sign in self._library.patterns[pattern.id].indicators}
                    says = known.get(item.indicator, "")
                    return [tongue.say("asked_point", number=number, question=question, says=says)]
        return [tongue.say("asked_point_plain", number=number, question=question)]

    # --- disagreement -------------------------------------------------------------------------------------------------

    def disagree(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """Somebody says it is otherwise: the facts and the rules are read again, and what they say stands."""
        place, ledger = self._partner(text, talk)
        assessment = self._facts.of(ledger)
        on_rule = talk.last is not None and talk.last.answer is not None
        answer = self._ruling.look_up(self._disputed(text, talk, assessment))
        yield Step(name="checked", label="已重新核对原文与依据", detail="")
        earlier: tuple[Citation, ...] = ()
        if on_rule and talk.question:
            again = self._ruling.look_up(talk.question)
            earlier = again.citations
            if answer.abstained:
                answer = again
        lines = []
        if assessment is not None and not on_rule:
            lines += self._stands(assessment, tongue)
        cited = [item for item in earlier if item not in answer.citations]
        if not answer.abstained:
            lines += [tongue.say("disagree_rule"), tongue.answered(answer)]
        if cited:
            lines += [tongue.say("still_rule"), *tongue.basis(cited[:CITED])]
        if not lines:
            lines = [tongue.say("disagree"), tongue.answered(answer)]
        policy = (on_rule or assessment is None) and not answer.abstained
        yield Reply(
            mode="policy" if policy else "explain" if assessment is not None else "abstain",
            text=tongue.join(*lines),
            assessment=None if on_rule else assessment,
            answer=None if answer.abstained else answer,
            citations=tuple(cited[:CITED]),
            question=talk.question if on_rule else "",
            partner=place[0],
        )

    def _disputed(self, text: str, talk: Talk, assessment: Assessment | None) -> str:
        if talk.last is not None and talk.last.answer is not None and talk.question:
            return f"{text}\n{talk.question}" if len(fold(text)) < 30 else text
        if assessment is not None and assessment.patterns:
            return f"{text}（{assessment.patterns[0].name}）"
        return text

    def _stands(self, assessment: Assessment, tongue: Tongue) -> list[str]:
        """The reading as it stands, on which words, and what evidence would change it."""
        level = tongue.level(assessment.level)
        spans = [span for pattern in assessment.patterns[:1] for span in pattern.strongest(DISPUTED)]
        if not spans:
            against = [
                tongue.say("not_counted", span=item.span, why=item.why) for item in assessment.countered[:DISPUTED]
            ]
            return [tongue.say("disagree"), tongue.say("disagree_none", level=level), *against]
        twins = self._library.patterns[assessment.patterns[0].id].lookalikes
        lines = [tongue.say("disagree"), tongue.say("disagree_facts", level=level, spans=tongue.quoted(spans))]
        return lines + [tongue.say("disagree_how", why=twin.why) for twin in twins[:1]]

    # --- schemes, next steps, memos -----------------------------------------------------------------------------------

    def scheme(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """How a documented scheme works, so that it can be recognised."""
        pattern = self._scheme(text, talk)
        if pattern is None:
            yield Reply(mode="explain", text=tongue.join(tongue.say("unknown_scheme")))
            return
        citations = self._assessor.governing(pattern.id)
        lines = [tongue.scheme(pattern), *tongue.basis(citations[:1])]
        yield Reply(mode="explain", text=tongue.join(*lines), citations=citations[:CITED])

    def _scheme(self, text: str, talk: Talk) -> Pattern | None:
        named = self.named(text)
        if named:
            return self._library.patterns[named[0]]
        last = talk.last
        if last is not None and last.act == "scheme" and len(text) < 30:
            told = next((pattern for pattern in self._library.patterns.values() if pattern.summary in last.text), None)
            if told is not None:
                return told
        ranked = self._facts.read(text).ranked
        return self._library.patterns[ranked[0].id] if ranked else None

    def what_next(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """What to ask the partner, and what to do."""
        place, ledger = self._partner(text, talk)
        assessment = self._facts.of(ledger)
        if assessment is None or ledger is None or place[0] is None:
            if talk.last is not None and talk.last.answer is not None:
                yield from self._ruling.answer(text, talk, tongue)
                return
            yield Reply(mode="clarify", text=tongue.join(tongue.say("nothing_yet")))
            return
        asks = self._facts.questions(assessment, ledger)
        words = tongue.join(tongue.say("next"), tongue.steps(asks, self._actions(assessment)))
        note = Note(place=place[0], turn=talk.turn, asked=asks)
        yield Reply(
            mode="explain", text=words, assessment=assessment, next_questions=asks, notes=(note,), partner=place[0]
        )

    def _actions(self, assessment: Assessment) -> tuple[str, ...]:
        """What the corpus recommends; of the nearest pattern where nothing is serious."""
        if assessment.actions or not assessment.ranked:
            return assessment.actions
        return self._library.patterns[assessment.ranked[0].id].actions

    def report(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """The memo on the partner at hand, or on the last policy question."""
        place, ledger = self._partner(text, talk)
        assessment = self._facts.of(ledger)
        last = talk.last
        memos = self._memos(talk, tongue) if EVERY.search(text) else {}
        if len(memos) > 1:
            yield self._together(memos, talk)
        elif assessment is not None and ledger is not None and place[0] is not None:
            label = tongue.party(ledger, place[0])
            words = partner_memo(ledger, label, assessment, tongue, self._library, self._today())
            yield Reply(mode="report", text=words, assessment=assessment, partner=place[0])
        elif last is not None and last.answer is not None:
            words = answer_memo(talk.question, last.answer, tongue, self._today())
            yield Reply(mode="report", text=words, answer=last.answer, question=talk.question)
        else:
            yield Reply(mode="clarify", text=tongue.join(tongue.say("nothing_yet")))

    def _memos(self, talk: Talk, tongue: Tongue) -> dict[int, str]:
        """The memo on each partner of whom something is known, by its place."""
        return {
            place: partner_memo(ledger, tongue.party(ledger, place), found, tongue, self._library, self._today())
            for place, ledger in enumerate(talk.partners)
            if (found := self._facts.of(ledger)) is not None
        }

    def _together(self, memos: Mapping[int, str], talk: Talk) -> Reply:
        """Memos one after another, with the assessment of the partner most in question; the one at hand stays."""
        read = [found for place in memos if (found := self._facts.of(talk.partners[place])) is not None]
        worst = max(read, key=lambda found: LEVELS.index(found.level))
        return Reply(mode="report", text="\n\n".join(memos.values()), assessment=worst)

    def again(self, text: str, talk: Talk) -> Iterator[Step | Reply]:
        """The last reply in another language, and that language from now on."""
        language: Language = "simplified"
        if IN_ENGLISH.search(text):
            language = "english"
        elif IN_TRADITIONAL.search(text):
            language = "traditional"
        tongue = Tongue(language, self._library)
        last = talk.last
        if last is not None and last.answer is not None and last.assessment is None:
            english = f"{talk.question} (please answer in English)" if language == "english" else talk.question
            answer = self._ruling.look_up(english)
            reply = Reply(mode="explain", text=tongue.answered(answer), answer=answer, question=talk.question)
        elif (assessment := self._facts.of(talk.ledger)) is not None and talk.ledger is not None:
            if last is not None and last.mode == "report" and last.partner is None:
                reply = self._together(self._memos(talk, tongue), talk)
            elif last is not None and last.mode == "report" and talk.current is not None:
                label = tongue.party(talk.ledger, talk.current)
                words = partner_memo(talk.ledger, label, assessment, tongue, self._library, self._today())
                reply = Reply(mode="report", text=words, assessment=assessment)
            else:
                reply = Reply(mode="assess", text=tongue.join(tongue.assessed(assessment)), assessment=assessment)
        else:
            reply = Reply(mode="clarify", text=tongue.join(tongue.say("greeting")))
        yield reply.model_copy(update={"asked_language": language})

    # --- parts --------------------------------------------------------------------------------------------------------

    def compares(self, text: str) -> bool:
        """Whether a text asks what separates one thing from another."""
        return bool(COMPARES.search(text))

    def named(self, text: str) -> list[str]:
        """Patterns a text calls by one of their names, longest name first."""
        folded = fold(text)
        return list(dict.fromkeys(id for name, id in self._names if name in folded))

    def _partner(self, text: str, talk: Talk) -> tuple[tuple[int | None, bool], Ledger | None]:
        """The partner a turn is about with its place, and whether the turn names it or it was spoken of last."""
        named = meant(text, talk.partners, talk.current)
        place = talk.current if named is None else named
        last = talk.last
        spoken = last is not None and (last.answer is None or last.assessment is not None)
        return (
            place,
            named is not None or spoken or bool(BACK.search(text)),
        ), None if place is None else talk.partners[place]
