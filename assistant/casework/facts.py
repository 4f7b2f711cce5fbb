"""Turns that tell something of a partner: they change the ledger, or suppose that it were otherwise, and re-assess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from assistant.assessment import Assessment, Assessor, ClaimReader, fold
from assistant.assessment.claims import Claim
from assistant.casework.acts import Encode
from assistant.casework.figures import figures, put_right
from assistant.casework.ledger import GAP, Fact, Ledger, Note, stated, told
from assistant.casework.mail import own_words
from assistant.casework.names import Names
from assistant.casework.partners import (
    BACK,
    BEGINNING,
    EVERY,
    label_of,
    leads,
    letters_in,
    meant,
    parts_of,
)
from assistant.casework.pointing import counted
from assistant.casework.reply import Reply, Step
from assistant.casework.revision import Revision, Said, nearest
from assistant.casework.several import BARE, Remember, Several
from assistant.casework.talk import Talk
from assistant.casework.tongue import Tongue
from assistant.casework.turns import TurnReader
from assistant.knowledge.phrases import any_of
from assistant.types import Act

GONE: dict[Act, float] = {"correct": 0.35, "suppose": 0.2, "answer": 0.92, "describe": 0.97, "partner": 1.1}
"""From this chance on an earlier statement is taken as replaced, by what the turn does."""
DOUBTED = 0.55
"""The same for a turn that tells something and may be taking something back besides."""
SURELY = 0.8
"""The same beside a figure that was plainly put right: most often nothing else is meant."""
LIKELIEST = 0.2
"""A correction takes back at least the likeliest statement, unless even that is less likely than this."""
RETOLD = 3
"""From so many clauses on a correction tells anew how things are; where that is harmless, what looked bad is meant."""
SUSPECTED = 0.2
ADDS = 0.5
ASKED = 3
SETTLES = 0.55
"""Likeness of an answer to a question from which on that question is answered too, beside the likeliest one."""
NEW = re.compile(r"(?:[一有]家|\b(?:a|another)\b)[^，,。.]{0,12}$")
ONE = re.compile(r"它|他|她|[这這那]家|[这這那]个|[该該]|\b(?:it|its|they|their|them|this|that|he|she)\b", re.I)
ENDING = re.compile(r"(?:呢|吗|嗎|么|的话|的話)?[?？。！!]*$")
SHORT = 14  # characters of a clause that gives a figure and nothing else
MORE = 6  # letters beside a figure from which a clause tells something of its own
ANSWERED = re.compile(r"^\s*(?:对方答)?[:：]?\s*")
KNOWN = 128  # assessments remembered


class Facts:
    """Keeps the ledger of a conversation and assesses it."""

    def __init__(
        self,
        assessor: Assessor,
        turns: TurnReader,
        claims: ClaimReader,
        encode: Encode,
        phrases: Mapping[str, Sequence[str]],
        today: Callable[[], date],
        remember: Remember,
        names: Names,
    ) -> None:
        self._names = names
        self._several = Several(self, claims, names, today, remember)
        self._remember = remember
        self._assessor = assessor
        self._turns = turns
        self._claims = claims
        self._encode = encode
        self._if = any_of(phrases.get("supposing", ()))
        self._back = any_of(phrases.get("takes_back", ()))
        self._another = any_of(phrases.get("another_partner", ()), BEGINNING)
        self._today = today
        self._known: dict[tuple[str, tuple[str, ...]], Assessment] = {}

    def read(self, text: str, parts: tuple[str, ...] = ()) -> Assessment:
        """The assessment of a partner's statements as one text, said in `parts`."""
        *_, last = self._assess(text, parts)
        assert isinstance(last, Assessment)  # the last item of every assessment
        return last

    def of(self, ledger: Ledger | None) -> Assessment | None:
        """The assessment of what stands about a partner; None where nothing does."""
        return self.read(ledger.text, ledger.parts) if ledger is not None and ledger.standing else None

    # --- telling ------------------------------------------------------------------------------------------------------

    def tell(self, act: Act, text: str, talk: Talk, tongue: Tongue, doubt: bool = False) -> Iterator[Step | Reply]:
        """Facts about a partner, the one at hand or another one; with `doubt` some may replace earlier ones."""
        text = _without_question(text, talk.ledger)
        claims = self._claims.read(text)
        names = [ledger.name for ledger in talk.partners if ledger.name] + [
            name.text for name in self._names.found(text) if meant(name.text, talk.partners, None) is None
        ]
        parts = parts_of(text, names)
        if len({part.key for part in parts if part.key}) > 1:
            yield from self._several.tell(text, parts, talk, tongue)
            return
        if len(talk.partners) > 1 and EVERY.search(text) and self._says_something(act, text, claims):
            yield from self._several.tell_all(text, talk, tongue)
            return
        place = meant(text, talk.partners, talk.current)
        other = place is None and self._is_another(text, talk.ledger)
        if place is None and not other and act == "partner" and len(talk.partners) == 1 and BACK.search(text):
            place = 0  # "the one before" where there is no other
        if place is None and not other and act in ("describe", "answer") and _unclear(text, talk):
            labels = [tongue.party(ledger, at) for at, ledger in enumerate(talk.partners)]
            word = tongue.say("which", labels=tongue.quoted(labels))
            yield Reply(mode="clarify", text=tongue.join(word), waiting=text)
            return
        if (act == "partner" or other) and place is None:
            if not self._says_something(act, text, claims):
                labels = [tongue.party(ledger, at) for at, ledger in enumerate(talk.partners)]
                word = tongue.say("which_new") if len(labels) < 2 else tongue.say("which", labels=tongue.quoted(labels))
                yield Reply(mode="clarify", text=tongue.join(word))
                return
            place = len(talk.partners)
        elif (
            place is not None
            and (act == "partner" or place != talk.current)
            and not self._says_something(act, text, claims)
        ):
            yield from self.verdict(text, talk, tongue)
            return
        if place is None:
            place = talk.current if talk.current is not None else 0
        yield from self._take(act, text, claims, place, talk, tongue, doubt)

    def settle(self, waiting: str, place: int, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """What a turn told before it was clear of which partner."""
        yield from self._take("describe", waiting, self._claims.read(waiting), place, talk, tongue, False)

    def _take(
        self, act: Act, text: str, claims: Sequence[Claim], place: int, talk: Talk, tongue: Tongue, doubt: bool
    ) -> Iterator[Step | Reply]:
        known = talk.partners[place] if place < len(talk.partners) else Ledger()
        old = self.of(known)
        note, gone = self._note(act, text, claims, place, known, talk, doubt)
        ledger = known.take(note)
        assessment: Assessment | None = None
        for item in self._assess(ledger.text, ledger.parts):
            if isinstance(item, Step):
                yield item
            else:
                assessment = item
        assert assessment is not None  # the last item of every assessment
        changes = tongue.changed(old, assessment)
        switched = tongue.say("switched", label=tongue.party(ledger, place)) if place != talk.current and old else ""
        earlier = [fact for fact in note.facts if not fact.turn and fact.since is not None]
        lead = tongue.run_on(tongue.recalled(ledger.name, earlier), tongue.revised(gone, ()), switched, changes)
        yield self.reply(assessment, ledger, note, tongue, tongue.join(lead, tongue.assessed(assessment)))

    def _note(
        self, act: Act, text: str, claims: Sequence[Claim], place: int, known: Ledger, talk: Talk, doubt: bool
    ) -> tuple[Note, list[Fact]]:
        """What a turn that tells something changes: most add, some quietly contradict what was said before."""
        withdrawn: list[int] = []
        if known.standing and act in GONE and len(text) < 400:
            numbers, said = nearest(*_said(known, talk.turn), text)
            revision = self._turns.revision("correct" if doubt else act, said, text, claims)
            enough = DOUBTED if doubt else GONE[act]
            fresh = self._fresh(claims, revision)
            hit = bool((revision.withdrawn >= enough).any())
            withdrawn = [number for number, chance in zip(numbers, revision.withdrawn, strict=True) if chance >= enough]
            if doubt and hit:
                claims = fresh  # the others say what is taken back
        own = own_words(text)
        name = known.name or self._names.of(own, given=bool(known.facts))
        kept = known.label if known.name or not name or letters_in(f"{known.label}的") else ""
        before = self._remember(name) if name and not known.name else ()
        note = Note(
            place=place,
            turn=talk.turn,
            label=kept or (label_of(own) if letters_in(own) else name or label_of(own)),
            name=name,
            facts=(*before, *stated(claims, text, talk.turn, self._today())),
            withdrawn=tuple(withdrawn),
            closed=self.settled(text, known) if act == "answer" else (),
        )
        return note, [known.facts[number] for number in withdrawn]

    # --- correcting and supposing -------------------------------------------------------------------------------------

    def correct(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """Take back what a turn says is wrong, put right what it gives another figure for, add what is new."""
        place = meant(text, talk.partners, talk.current)
        place = talk.current if place is None else place
        assert place is not None  # a correction without a partner is read as a description
        known = talk.partners[place]
        withdrawn, replaced, added = self._revised("correct", text, known, talk)
        note = Note(
            place=place,
            turn=talk.turn,
            facts=stated(added, text, talk.turn, self._today()),
            withdrawn=tuple(withdrawn),
            replaced=replaced,
        )
        ledger = known.take(note)
        told_now = GAP.join(claim.text for claim in added)
        if known.standing and not ledger.standing and told_now and self.read(told_now).level != "none":
            yield from self.tell("describe", text, talk, tongue)  # who takes everything back does not report at once
            return
        gone = [known.facts[number] for number in withdrawn]
        found = tongue.revised(gone, list(replaced.values())) or tongue.say("nothing_withdrawn")
        yield Step(name="revised", label=f"撤回{len(gone)}句，更正{len(replaced)}句", detail="")
        assessment = self.of(ledger)
        if assessment is None:
            text = tongue.join(found, tongue.say("nothing_yet"))
            yield Reply(mode="clarify", text=text, notes=(note,), partner=place)
            return
        lead = tongue.run_on(found, tongue.changed(self.of(known), assessment))
        yield self.reply(assessment, ledger, note, tongue, tongue.join(lead, tongue.assessed(assessment)))

    def suppose(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """Assess the partner as a turn supposes it to be; nothing is kept."""
        place = meant(text, talk.partners, talk.current)
        place = talk.current if place is None else place
        assert place is not None  # a supposition without a partner is read as a policy question
        known = talk.partners[place]
        old = self.of(known)
        withdrawn, replaced, added = self._revised("suppose", text, known, talk)
        kept = known.take(Note(place=place, turn=talk.turn, withdrawn=tuple(withdrawn), replaced=replaced))
        clauses = added or self._claims.read(text)
        plain = (ENDING.sub("", self._if.sub("", clause.text)).strip("，, ") for clause in clauses)
        supposed = "，".join(filter(None, plain))
        assumed = GAP.join(part for part in (told(kept.facts), supposed) if part)
        assessment = self.read(assumed, (*kept.parts, supposed)) if assumed else None
        if assessment is None:
            yield Reply(mode="clarify", text=tongue.join(tongue.say("nothing_yet")))
            return
        aside = [known.facts[number] for number in (*withdrawn, *replaced)]
        words = tongue.supposed(supposed, aside, old, assessment)
        yield Reply(mode="assess", text=words, assessment=assessment, partner=place)

    def _revised(self, act: Act, text: str, known: Ledger, talk: Talk) -> tuple[list[int], dict[int, str], list[Claim]]:
        """Numbers of the facts a turn takes back, facts with a new figure, and the clauses it adds."""
        claims = [claim for claim in self._claims.read(text) if claim.polarity != "addressed"]
        numbers, said = _said(known, talk.turn)
        revision = self._turns.revision(act, said, text, claims)
        chances = revision.withdrawn
        corrected = put_right([item.text for item in said], text)
        replaced = {numbers[row]: words for row, words in corrected.items()}
        fresh = self._fresh(claims, revision)
        for row in corrected:
            if chances[row] >= GONE[act] and _restated(fresh, replaced[numbers[row]]):
                replaced.pop(numbers[row])
        enough = SURELY if replaced else GONE[act]
        suspected = self._suspected(known, fresh) if act == "correct" and len(fresh) >= RETOLD else set[int]()
        hit = {
            row
            for row, number in enumerate(numbers)
            if number not in replaced and chances[row] >= (min(enough, SUSPECTED) if number in suspected else enough)
        }
        likeliest = [int(row) for row in np.argsort(-chances, kind="stable")] if len(chances) else []
        if not hit and not replaced and likeliest and chances[likeliest[0]] >= LIKELIEST:
            hit = {likeliest[0]}
        hit |= set(likeliest[: counted(text)]) if hit else set()
        withdrawn = [numbers[row] for row in sorted(hit)]
        if replaced:
            fresh = [claim for claim in fresh if not _repeats(claim, replaced.values())]
        return withdrawn, replaced, fresh

    def _fresh(self, claims: Sequence[Claim], revision: Revision) -> list[Claim]:
        """The clauses of a turn that tell something, without those that take something back."""
        return [
            claim
            for claim, chance in zip(claims, revision.added, strict=True)
            if chance >= ADDS and not self._back.search(claim.folded)
        ]

    def _suspected(self, known: Ledger, fresh: Sequence[Claim]) -> set[int]:
        """Numbers of the facts that a partner resembles something by; none where a turn's own clauses do so too."""
        assessment = self.of(known)
        if assessment is None or self.read(GAP.join(claim.text for claim in fresh)).level in ("medium", "high"):
            return set()
        spans = [match.span for pattern in assessment.patterns for match in pattern.matched]
        return {
            number
            for number, fact in enumerate(known.facts)
            if fact.stands and any(fact.text in span or span in fact.text for span in spans)
        }

    # --- without new facts --------------------------------------------------------------------------------------------

    def leave_open(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """What was asked cannot be said: it is not asked again."""
        place = talk.current
        assert place is not None  # without a partner it is read as a description
        ledger = talk.partners[place]
        closed = self.settled(text, ledger) or ledger.open[:1]
        note = Note(place=place, turn=talk.turn, closed=closed)
        assessment = self.of(ledger)
        if assessment is None:
            text = tongue.join(tongue.say("noted_unknown"), tongue.say("nothing_yet"))
            yield Reply(mode="clarify", text=text, notes=(note,), partner=place)
            return
        words = tongue.join(tongue.say("noted_unknown"), tongue.standing(assessment))
        yield self.reply(assessment, ledger.take(note), note, tongue, words)

    def verdict(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """How the partner stands."""
        named = meant(text, talk.partners, talk.current)
        place = talk.current if named is None else named
        assert place is not None  # a verdict on nobody is read as a description
        ledger = talk.partners[place]
        assessment = self.of(ledger)
        if assessment is None:
            yield Reply(mode="clarify", text=tongue.join(tongue.say("nothing_yet")), partner=place)
            return
        lead = tongue.say("switched", label=tongue.party(ledger, place)) if place != talk.current else ""
        note = Note(place=place, turn=talk.turn)
        yield self.reply(assessment, ledger, note, tongue, tongue.join(lead, tongue.verdict(assessment)))

    # --- parts --------------------------------------------------------------------------------------------------------

    def reply(self, assessment: Assessment, ledger: Ledger, note: Note | None, tongue: Tongue, text: str) -> Reply:
        """The reply with an assessment, and the questions that are still open."""
        asks = self.questions(assessment, ledger)
        notes = (note.model_copy(update={"asked": asks}),) if note is not None else ()
        return Reply(
            mode="clarify" if assessment.needs_info and not assessment.patterns else "assess",
            text=text,
            assessment=assessment,
            next_questions=asks,
            notes=notes,
            partner=note.place if note is not None else None,
        )

    def questions(self, assessment: Assessment, ledger: Ledger) -> tuple[str, ...]:
        """The few most useful questions, none that was answered or declined."""
        missing = [item.ask for pattern in assessment.patterns for item in pattern.missing]
        order = dict.fromkeys((*assessment.questions, *missing))
        return tuple(question for question in order if question not in ledger.closed)[:ASKED]

    def settled(self, text: str, ledger: Ledger) -> tuple[str, ...]:
        """The open questions that a turn speaks to: those it repeats, else the likeliest for each of its sentences."""
        if repeated := tuple(question for question in ledger.open if question in text):
            return repeated
        sentences = [part for part in re.split(r"[。！？!?；;\n]+", fold(text)) if part.strip()]
        if not ledger.open or not sentences:
            return ()
        vectors = self._encode([*sentences, *ledger.open])
        vectors = vectors - vectors.mean(axis=0)
        vectors = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
        alike = vectors[: len(sentences)] @ vectors[len(sentences) :].T
        chosen = {int(row) for row in alike.argmax(axis=1)} | {int(row) for row in np.where(alike > SETTLES)[1]}
        return tuple(ledger.open[row] for row in sorted(chosen))

    def _is_another(self, text: str, ledger: Ledger | None) -> bool:
        """Whether a turn begins with one more partner, or names another letter than that of the one at hand."""
        if ledger is None:
            return False
        named = letters_in(text)
        lettered = bool(named) and bool(letters_in(f"{ledger.label}的")) and named[0] not in ledger.label
        return lettered or bool(self._another.search(text)) or self._renamed(text, ledger)

    def _renamed(self, text: str, ledger: Ledger) -> bool:
        """Whether a turn begins with, or brings in, a partner of another name than the one at hand has."""
        return bool(ledger.name) and any(
            leads(text, name.start) or (name.given and NEW.search(text[: name.start]))
            for name in self._names.found(text)
            if meant(name.text, [ledger], None) is None
        )

    def _says_something(self, act: Act, text: str, claims: Sequence[Claim]) -> bool:
        """Whether a turn says anything of a partner beside naming it."""
        if sum(len(claim.folded) for claim in claims) <= BARE:
            return False
        revision = self._turns.revision("describe" if act == "partner" else act, (), text, claims)
        return bool(revision.added.max(initial=0.0) >= ADDS) or len(text) > 5 * BARE

    def _assess(self, text: str, parts: tuple[str, ...]) -> Iterator[Step | Assessment]:
        """The steps, then the assessment; one that is remembered has no steps: a talk comes back to the same text."""
        known = self._known.get((text, parts))
        if known is None:
            for event in self._assessor.stream(text, parts):
                if event.assessment is None:
                    yield Step(name=event.name, label=event.label, detail=event.detail)
                else:
                    known = event.assessment
            assert known is not None  # the last event of every stream
            self._known[text, parts] = known
            for oldest in list(self._known)[:-KNOWN]:
                self._known.pop(oldest, None)
        yield known


def _unclear(text: str, talk: Talk) -> bool:
    """Whether several were told of last and a turn neither names one nor goes on with "it"."""
    if talk.last is None or talk.last.partner is not None or talk.ledger is None:
        return False
    return len({note.place for note in talk.last.notes}) > 1 and not ONE.search(text)


def _without_question(text: str, ledger: Ledger | None) -> str:
    """A turn without the question it answers, where it repeats one that was put (as a click on it does)."""
    for question in ledger.open if ledger is not None else ():
        if text.startswith(question) and len(text) > len(question):
            return ANSWERED.sub("", text[len(question) :])
    return text


def _said(known: Ledger, turn: int) -> tuple[list[int], list[Said]]:
    numbers = [number for number, fact in enumerate(known.facts) if fact.stands]
    turns = sorted({known.facts[number].turn for number in numbers}, reverse=True)
    said = [Said(known.facts[number].text, turns.index(known.facts[number].turn) + 1) for number in numbers]
    return numbers, said


def _repeats(claim: Claim, replaced: Iterable[str]) -> bool:
    """Whether a clause says no more than the figure that was put into another statement."""
    told = [figure for words in replaced for figure in figures(words)]
    return len(claim.folded) < SHORT and any(own.same(old) for own in figures(claim.text) for old in told)


def _restated(fresh: Iterable[Claim], corrected: str) -> bool:
    """Whether a clause tells anew, in words of its own, what a statement with another figure in it would say."""
    wanted = list(figures(corrected))
    for claim in fresh:
        for found in figures(claim.text):
            if any(found.same(one) for one in wanted):
                return len(re.findall(r"[a-z]+|[^\W\d_a-z]", claim.text.lower())) - (found.end - found.measured) > MORE
    return False
