"""What the knowledge does not hold, said as openly as what it does: corpus/regulations/gaps.yaml."""

from __future__ import annotations

from datetime import date

from assistant.types import Frozen


class NotHeld(Frozen):
    """An instrument that is known to exist and whose text we do not hold: it may be named, never quoted.

    `about` are the words for its subject. A question that turns on one of them, and that no text at hand covers, is
    answered with the name of this instrument and nothing else.
    """

    title: str
    note: str = ""
    doc_no: str = ""
    about: tuple[str, ...] = ()


class Unverified(Frozen):
    """What the researchers could not read, kept so that nobody takes silence for certainty."""

    title: str
    missing: str
    instrument: str = ""


class Replaced(Frozen):
    """A repealed law whose text we do not hold, its successor, and the article that says so."""

    title: str
    successor: str
    since: date
    source: str


class Gaps(Frozen):
    """corpus/regulations/gaps.yaml: what is not held. `subjects` are matters that no text at hand governs."""

    about: str = ""
    as_of: date | None = None
    not_held: tuple[NotHeld, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    subjects: tuple[str, ...] = ()
