"""What a described practice gets back."""

from __future__ import annotations

from assistant.types import Citation, Frozen, Level


class MatchedIndicator(Frozen):
    """An indicator seen in the text. `span` is `text[start:end]`, to the letter; `score` says how close, 0 to 1."""

    indicator: str
    says: str
    span: str
    start: int
    end: int
    score: float


class CounteredIndicator(Frozen):
    """Words that deny or forbid an indicator, or that describe a lawful look-alike; `why` says which, in Chinese."""

    indicator: str
    span: str
    start: int
    end: int
    why: str


class MissingIndicator(Frozen):
    """An indicator not seen, with the question that would settle it."""

    indicator: str
    ask: str


class NeighbourReading(Frozen):
    """A pattern close by that was not put first: `why` says what separates the two, `ask` is the deciding question."""

    id: str
    name: str
    why: str
    ask: str = ""


class Resemblance(Frozen):
    """How closely the text fits one pattern. Not risk, not guilt, not probability.

    `matched` has the most telling words first. `neighbours` are the patterns most easily taken for it; `would_change`
    says which facts would raise or lower it.
    """

    id: str
    name: str
    level: Level
    score: float
    matched: tuple[MatchedIndicator, ...]
    countered: tuple[CounteredIndicator, ...] = ()
    missing: tuple[MissingIndicator, ...] = ()
    neighbours: tuple[NeighbourReading, ...] = ()
    would_change: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()

    def strongest(self, count: int) -> list[str]:
        """The `count` most telling words, each once, in the order of the text."""
        first = {(match.start, match.span): None for match in self.matched}
        return [span for _, span in sorted(list(first)[:count])]


class Figure(Frozen):
    """One number behind an assessment, in words: what it is and what it came to."""

    label: str
    value: str


class Ranked(Frozen):
    """A pattern that was considered, with its score."""

    id: str
    score: float


class Assessment(Frozen):
    """The reading of one described practice. `text` is the input as received: every span points into it."""

    text: str
    level: Level
    patterns: tuple[Resemblance, ...]
    ranked: tuple[Ranked, ...]
    countered: tuple[CounteredIndicator, ...] = ()
    lawful_reading: str
    questions: tuple[str, ...]
    actions: tuple[str, ...]
    needs_info: bool
    refused: bool = False
    reply: str
    arithmetic: tuple[Figure, ...] = ()
    corpus_version: str
    elapsed_ms: float = 0.0

    def as_json(self, id: str | None = None) -> dict[str, object]:
        """The object of the contract's `assess`."""
        return {"id": id} | self.model_dump(mode="json", exclude={"text"})
