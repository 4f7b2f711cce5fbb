"""What a turn of the chat is answered with."""

from __future__ import annotations

from typing import Literal

from assistant.answering import Answer
from assistant.assessment import Assessment
from assistant.casework.ledger import Note
from assistant.types import Act, Citation, Frozen, Language

Mode = Literal["assess", "policy", "clarify", "explain", "report", "refuse", "abstain"]


class Step(Frozen):
    """One step of the work, in words staff understand; `detail` may be empty."""

    name: str
    label: str
    detail: str = ""


class Reply(Frozen):
    """What a turn is answered with: words, and the assessment or the answer they rest on.

    `notes` are what the turn changed about partners and `partner` the place of the one at hand: replies in order are
    all that is needed to go on with a conversation. `question` is the policy question answered, in full, where the turn
    itself was elliptic. `waiting` is what a turn told before it was clear of which partner. `removed` are sentences of
    a chat model that were not shown, each with the reason.
    """

    mode: Mode
    text: str
    act: Act | None = None
    language: Language = "simplified"
    assessment: Assessment | None = None
    answer: Answer | None = None
    citations: tuple[Citation, ...] = ()
    next_questions: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    partner: int | None = None
    question: str = ""
    waiting: str = ""
    asked_language: Language | None = None
    removed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """A turn of the contract's `chat`."""
        assessment = self.assessment
        patterns = assessment.patterns if assessment else ()
        return {
            "reply": self.text,
            "mode": self.mode,
            "patterns": [found.id for found in patterns],
            "level": assessment.level if assessment else "none",
            "citations": [citation.model_dump() for citation in self.cited],
            "refused": self.mode == "refuse",
            "abstained": self.mode == "abstain",
            "needs_info": bool(assessment and assessment.needs_info) or self.mode == "clarify",
        }

    @property
    def cited(self) -> tuple[Citation, ...]:
        """Every citation once: those of the answer first, then those of the patterns."""
        found = list(self.answer.citations) if self.answer else []
        found += self.citations
        if self.assessment is not None:
            found += [citation for pattern in self.assessment.patterns for citation in pattern.citations]
        return tuple(dict.fromkeys(found))
