"""The state of a conversation, folded from the replies given so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.casework.ledger import Ledger, Note
from assistant.casework.reply import Reply
from assistant.types import Before, Language


@dataclass(frozen=True)
class Talk:
    """What a turn meets: the partners spoken of, the one at hand, and what was said last.

    `turn` is the number of the turn that comes now. `question` is the last policy question in full. `language` is the
    one the user asked for, None while he has not.
    """

    turn: int = 1
    partners: tuple[Ledger, ...] = ()
    current: int | None = None
    last: Reply | None = None
    question: str = ""
    language: Language | None = None

    @classmethod
    def after(cls, replies: Sequence[Reply]) -> Talk:
        """The state after these replies, in order."""
        talk = cls()
        for reply in replies:
            talk = talk.taking(reply)
        return talk

    def taking(self, reply: Reply) -> Talk:
        """The state after one more reply."""
        talk = self
        for note in reply.notes:
            talk = talk.noting(note)
        return replace(
            talk,
            turn=self.turn + 1,
            current=talk.current if reply.partner is None else reply.partner,
            last=reply,
            question=reply.question or self.question,
            language=reply.asked_language or self.language,
        )

    def noting(self, note: Note) -> Talk:
        """With what a turn noted of one partner, who is then the one at hand."""
        partners = list(self.partners)
        partners += [Ledger()] * (note.place + 1 - len(partners))
        partners[note.place] = partners[note.place].take(note)
        return replace(self, partners=tuple(partners), current=note.place)

    @property
    def ledger(self) -> Ledger | None:
        """The partner at hand; None before anything was said of one."""
        return None if self.current is None else self.partners[self.current]

    @property
    def before(self) -> tuple[Before, ...]:
        """What stands before the coming turn; two things where a policy question was asked beside a partner."""
        answered = self.last is not None and self.last.answer is not None
        if self.ledger is None or not self.ledger.facts:  # one that was only named: nothing is known yet
            return ("answered",) if answered else ("nothing",)
        return ("answered", "assessed") if answered else ("assessed",)
