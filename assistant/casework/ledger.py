"""What is known of one partner: statements with the turn that made them, and which of them no longer stand.

Turns are appended, never edited. Each turn notes what it changed, and a ledger is the notes folded in order; so a
conversation that is opened again, or gone back to an earlier turn, knows exactly what it knew then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest

from pydantic import Field

from assistant.assessment import Claim
from assistant.casework.mail import headings, unquoted
from assistant.types import Frozen

GAP = "；"  # between statements that did not stand side by side


class Fact(Frozen):
    """A statement about a partner: the words of a turn to the letter, and what stood after them there.

    `turn` counts from 1; 0 is what was known before this conversation. `since` is the day it was said. `was` holds the
    words as first said, where a later turn put another figure into them. `withdrawn` is the turn that took it back.
    """

    text: str
    after: str = ""
    turn: int = 0
    since: date | None = None
    was: str = ""
    withdrawn: int | None = None

    @property
    def stands(self) -> bool:
        """Whether nobody took it back."""
        return self.withdrawn is None


class Ledger(Frozen):
    """One partner, by what it is called here and, where it was told, by its own `name`.

    `asked` are the questions that were put, `closed` those answered or declined since.
    """

    label: str = ""
    name: str = ""
    facts: tuple[Fact, ...] = ()
    asked: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    @property
    def standing(self) -> tuple[Fact, ...]:
        """The statements that hold now."""
        return tuple(fact for fact in self.facts if fact.stands)

    @property
    def text(self) -> str:
        """The standing statements as one text, in the order they were made."""
        return told(self.facts)

    @property
    def parts(self) -> tuple[str, ...]:
        """The standing statements of each turn by itself."""
        turns = dict.fromkeys(fact.turn for fact in self.standing)
        return tuple(told([fact for fact in self.facts if fact.turn == turn]) for turn in turns)

    @property
    def open(self) -> tuple[str, ...]:
        """The questions put and neither answered nor declined."""
        return tuple(question for question in self.asked if question not in self.closed)

    def take(self, note: Note) -> Ledger:
        """As a turn leaves it: first what it takes back or corrects, then what it adds and asks."""
        facts = []
        for number, fact in enumerate(self.facts):
            if number in note.replaced:
                update = {"text": note.replaced[number], "was": fact.was or fact.text}
                facts.append(fact.model_copy(update=update))
            elif number in note.withdrawn:
                facts.append(fact.model_copy(update={"withdrawn": note.turn}))
            else:
                facts.append(fact)
        known = {fact.text for fact in facts if fact.stands}
        facts += [fact for fact in note.facts if fact.text not in known]
        return Ledger(
            label=note.label or self.label,
            name=note.name or self.name,
            facts=tuple(facts),
            asked=tuple(dict.fromkeys((*self.asked, *note.asked))),
            closed=tuple(dict.fromkeys((*self.closed, *note.closed))),
        )


class Note(Frozen):
    """What one turn changed about the partner at `place`: the change only, so that a long talk stays small.

    `withdrawn` and the keys of `replaced` count the ledger's facts from 0. A statement already made in the same words
    is not added again.
    """

    place: int
    turn: int
    label: str = ""
    name: str = ""
    facts: tuple[Fact, ...] = ()
    withdrawn: tuple[int, ...] = ()
    replaced: dict[int, str] = Field(default_factory=dict)
    asked: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def stated(claims: Sequence[Claim], text: str, turn: int, since: date | None) -> tuple[Fact, ...]:
    """Clauses of a turn's `text` as facts, each with the punctuation that follows it; headings of e-mails are none."""
    heads = headings(text)
    spans = [
        (start, claim.end)
        for claim in claims
        if not any(left <= claim.start < right for left, right in heads)
        and (start := unquoted(text, claim.start, claim.end)) < claim.end
    ]
    facts = []
    for (start, end), following in zip_longest(spans, spans[1:]):
        beside = text[end : following[0]] if following else text[end:]
        near = beside if len(beside) <= 3 else GAP
        facts.append(Fact(text=text[start:end], after=near or GAP, turn=turn, since=since))
    return tuple(facts)


def told(facts: Sequence[Fact]) -> str:
    """Facts that stand as one text; where one between was taken back, the rest is kept apart."""
    parts = []
    for fact, following in zip_longest(facts, facts[1:]):
        if not fact.stands:
            continue
        if following is None:
            parts.append(fact.text)
        elif following.stands and following.turn == fact.turn:
            parts.append(fact.text + fact.after)
        else:
            after = fact.after.strip(" ，,、：:")
            parts.append(fact.text + (f"{after} " if after.isascii() and after else after or GAP))
    return "".join(parts).rstrip(GAP)
