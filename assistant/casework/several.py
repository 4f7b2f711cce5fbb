"""Turns that tell of several partners at once: each gets its own ledger, and what is told of all is told of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from assistant.assessment import Assessment, ClaimReader
from assistant.assessment.scoring import LEVELS
from assistant.casework.ledger import Fact, Ledger, Note, stated
from assistant.casework.mail import own_words
from assistant.casework.names import Names
from assistant.casework.partners import Part, label_of, letters_in, meant
from assistant.casework.reply import Reply, Step
from assistant.casework.talk import Talk
from assistant.casework.tongue import Tongue

if TYPE_CHECKING:
    from assistant.casework.facts import Facts

Remember = Callable[[str], Sequence[Fact]]
"""What is kept of a partner of a name from earlier conversations; nothing for one that is not known."""
BARE = 6  # characters: a turn to another partner that says less than this says nothing of it


class Several:
    """Keeps the ledgers of partners that are told of together."""

    def __init__(
        self, facts: Facts, claims: ClaimReader, names: Names, today: Callable[[], date], remember: Remember
    ) -> None:
        self._facts = facts
        self._claims = claims
        self._names = names
        self._today = today
        self._remember = remember

    def tell(self, text: str, parts: Sequence[Part], talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """Each part to its partner; the one chosen by the last words is at hand, else the one most in question.

        Where none was chosen the reply names no `partner`: what is told next without a name may be of any of them.
        """
        notes: list[Note] = []
        known = list(talk.partners)
        places: dict[str, int] = {}
        for part in parts:
            if not part.key:
                continue
            words = text[part.start : part.end]
            place = places.get(part.key, meant(part.key, known, None))
            if place is None:
                place = len(known)
                known.append(Ledger(label=part.key))
            places[part.key] = place
            note = self._note(words, part, place, known[place], talk)
            notes.append(note)
            known[place] = known[place].take(note)
        yield self._reply(notes, known, list(places.values()), places.get(_chosen(parts)), talk, tongue)

    def tell_all(self, text: str, talk: Talk, tongue: Tongue) -> Iterator[Step | Reply]:
        """The same of every partner ("两家都收保证金")."""
        facts = stated(self._claims.read(text), text, talk.turn, self._today())
        places = list(range(len(talk.partners)))
        notes = [Note(place=place, turn=talk.turn, facts=facts) for place in places]
        known = [ledger.take(note) for ledger, note in zip(talk.partners, notes, strict=True)]
        yield self._reply(notes, known, places, talk.current, talk, tongue)

    def _note(self, words: str, part: Part, place: int, known: Ledger, talk: Talk) -> Note:
        own = own_words(words)
        name = known.name or (part.key if len(part.key) > 1 else self._names.of(own))
        before = self._remember(name) if name and not known.name else ()
        facts = stated(self._claims.read(words), words, talk.turn, self._today())
        if self._names.only(own) or (not part.tells and sum(len(fact.text) for fact in facts) <= BARE):
            facts = ()
        label = label_of(own) if letters_in(own) else name
        return Note(place=place, turn=talk.turn, label=label or known.label, name=name, facts=(*before, *facts))

    def _reply(
        self,
        notes: Sequence[Note],
        known: Sequence[Ledger],
        places: Sequence[int],
        chosen: int | None,
        talk: Talk,
        tongue: Tongue,
    ) -> Reply:
        read = {place: self._facts.of(known[place]) for place in places}
        current = max(read, key=lambda place: _weight(read[place])) if chosen is None else chosen
        assessment = read[current]
        if assessment is None:
            labels = tongue.quoted([tongue.party(known[place], place) for place in read])
            word = tongue.say("noted_several", labels=labels)
            return Reply(mode="clarify", text=tongue.join(word), notes=tuple(notes), partner=chosen)
        each = [
            tongue.say("one_of", label=tongue.party(known[place], place), level=tongue.level(found.level))
            for place, found in read.items()
            if found is not None
        ]
        recalled = [
            tongue.recalled(note.name, [fact for fact in note.facts if not fact.turn and fact.since is not None])
            for note in notes
        ]
        lead = "".join((*recalled, *each)) + tongue.say("switched", label=tongue.party(known[current], current))
        reply = self._facts.reply(
            assessment, known[current], None, tongue, tongue.join(lead, tongue.assessed(assessment))
        )
        asked = Note(place=current, turn=talk.turn, asked=reply.next_questions)
        return reply.model_copy(update={"notes": (*notes, asked), "partner": chosen})


def _chosen(parts: Sequence[Part]) -> str:
    """The partner that the last words choose without saying anything of it ("先看B"); empty for none."""
    last = parts[-1]
    return last.key if not last.tells and last.end - last.start <= 2 * BARE else ""


def _weight(assessment: Assessment | None) -> int:
    """The more a partner resembles something, the sooner it is spoken of."""
    return LEVELS.index(assessment.level) if assessment is not None else -1
