"""The user's own text with the words marked that met an indicator.

Every indicator has a number, so the marks can be read without colour; where two indicators share words, both numbers
stand at the end of the shared words.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from assistant.assessment import Assessment
from assistant.assessment.assessment import CounteredIndicator
from assistant.interfaces.web.markup import Html, escape, join, tag

HUES = 6


@dataclass(frozen=True)
class Marks:
    """The numbers given to the indicators of one assessment, by their first word in the text."""

    matched: dict[str, int]
    countered: dict[tuple[int, int], int]

    def badge(self, indicator: str) -> Html | None:
        """The number of an indicator as it stands in the text."""
        number = self.matched.get(indicator)
        return None if number is None else tag("span", number, class_=f"pl-no pl-hue{number % HUES}")


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    number: int
    against: bool
    says: str


def number_marks(assessment: Assessment) -> Marks:
    """Number the indicators in reading order."""
    firsts: dict[str, int] = {}
    for pattern in assessment.patterns:
        for match in pattern.matched:
            firsts[match.indicator] = min(match.start, firsts.get(match.indicator, match.start))
    ordered = sorted(firsts, key=lambda indicator: (firsts[indicator], indicator))
    against = sorted({(item.start, item.end) for item in _countered(assessment)})
    return Marks(
        matched={indicator: number for number, indicator in enumerate(ordered, start=1)},
        countered={span: number for number, span in enumerate(against, start=1)},
    )


def marked_text(assessment: Assessment, marks: Marks) -> Html:
    """The whole text, to the letter, with its marks."""
    text = assessment.text
    spans = _spans(assessment, marks)
    cuts = sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)})
    pieces: list[Html] = []
    for start, end in pairwise(cuts):
        over = [span for span in spans if span.start <= start and end <= span.end]
        ending = [span for span in over if span.end == end]
        piece = escape(text[start:end])
        pieces.append(_mark(piece, over, ending) if over else piece)
    return tag("div", join(*pieces), class_="pl-text")


def _mark(piece: Html, over: list[_Span], ending: list[_Span]) -> Html:
    for_ = [span for span in over if not span.against]
    style = f"pl-hue{for_[0].number % HUES}" if for_ else "pl-against"
    in_order = sorted(ending, key=lambda span: (span.against, span.number))
    numbers = [tag("sup", ("反" if span.against else "") + str(span.number)) for span in in_order]
    return tag("mark", piece, *numbers, class_=style, title="；".join(span.says for span in over))


def _spans(assessment: Assessment, marks: Marks) -> list[_Span]:
    size = len(assessment.text)
    found: dict[tuple[int, int, int, bool], _Span] = {}
    for pattern in assessment.patterns:
        for match in pattern.matched:
            number = marks.matched[match.indicator]
            found[match.start, match.end, number, False] = _Span(match.start, match.end, number, False, match.says)
    for item in _countered(assessment):
        number = marks.countered[item.start, item.end]
        found[item.start, item.end, number, True] = _Span(item.start, item.end, number, True, item.why)
    return [span for span in found.values() if 0 <= span.start < span.end <= size]


def _countered(assessment: Assessment) -> list[CounteredIndicator]:
    return [*assessment.countered, *(item for pattern in assessment.patterns for item in pattern.countered)]
