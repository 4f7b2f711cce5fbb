"""What a chat model is asked to put into words, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from assistant.assessment import Assessment
from assistant.types import Citation, Frozen, Language, Level


class Source(Frozen):
    """An article that may be spoken of. `text` is all that is at hand of it; `article` is None where only the
    instrument may be cited."""

    law: str
    article: str | None
    text: str


class Sign(Frozen):
    """Words of the user that match an indicator, and what the indicator says."""

    words: str
    says: str


class Facts(Frozen):
    """What the assessment found; it is settled, and the model only speaks of it.

    `patterns` are names as shown; `against` are the user's words that deny, forbid or excuse.
    """

    level: Level
    patterns: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    against: tuple[str, ...] = ()


class WritingTask(Frozen):
    """One reply to be reworded.

    `text` is the user's turn as typed, `reply` the sentences of the built-in reply. `earlier` are the user's turns
    that the reply may quote besides. `closing` are sentences that are never given to the model and stand after its
    words to the letter: the date of the knowledge, the finding that a document speaks to the assistant.
    """

    text: str
    reply: tuple[str, ...]
    sources: tuple[Source, ...] = ()
    facts: Facts | None = None
    earlier: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    language: Language = "simplified"


class Removed(Frozen):
    """A sentence of the model that was not shown, and why, in Chinese."""

    sentence: str
    reason: str


class Written(Frozen):
    """The outcome. `text` is the model's checked words when `used`, else the built-in reply, and `reason` says why.

    `removed` is listed in both cases. `reason` is empty when the model's words are used.
    """

    text: str
    used: bool
    sentences: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    reason: str = ""
    elapsed_ms: float = 0.0


class WritingEvent(Frozen):
    """One thing that happened while writing; `done` comes last, exactly once, and alone carries `result`.

    `step`: `label` says what is being done. `passed`: `sentence` may be shown now; it begins with a line break where
    a new line begins. `removed`: `removed` was held back.
    """

    name: Literal["step", "passed", "removed", "done"]
    label: str = ""
    sentence: str = ""
    removed: Removed | None = None
    result: Written | None = None


def facts_of(assessment: Assessment) -> Facts:
    """What of an assessment may be spoken of."""
    matched = dict.fromkeys((match.span, match.says) for found in assessment.patterns for match in found.matched)
    return Facts(
        level=assessment.level,
        patterns=tuple(found.name for found in assessment.patterns),
        signs=tuple(Sign(words=words, says=says) for words, says in matched),
        against=tuple(item.span for item in assessment.countered),
    )


def sources_of(citations: Sequence[Citation], wording: Callable[[Citation], str]) -> tuple[Source, ...]:
    """The cited articles with their whole text; `wording` is that of `knowledge.citations`."""
    found = {
        (citation.law, citation.article): Source(law=citation.law, article=citation.article, text=wording(citation))
        for citation in citations
        if citation.verified
    }
    return tuple(found.values())
