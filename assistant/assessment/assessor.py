"""The order of an assessment: read claims, compare, rank, decide the level, advise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.assessment import advice
from assistant.assessment.assessment import (
    Assessment,
    CounteredIndicator,
    MatchedIndicator,
    Ranked,
    Resemblance,
)
from assistant.assessment.claims import Claim, ClaimReader
from assistant.assessment.learned import LearnedReader
from assistant.assessment.matching import Match, Matcher, Matrix, Similarity
from assistant.assessment.reading import Chances, Reading, combine, leads
from assistant.assessment.scoring import ENOUGH, SHOWN, Standing, fates, level_of, plainest, rank
from assistant.assessment.tuned import TunedReader, assembled
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.types import Citation, Frozen, Level

WHY = {
    "asserted": "原文说明了合规之处或并非如此",
    "denied": "原文否认了这种做法",
    "prohibited": "原文是禁止这种做法的约定或规定",
    "warned": "原文是在提醒或培训中引用这种说法",
    "hypothetical": "原文是假设或询问，不是已发生的事",
    "addressed": "这是写给本助手的话，不执行",
}
CASES_SHOWN = 3
_NOTHING = Reading({}, {}, (0.0, 0.0, 0.0), np.zeros((0, 2)), {}, beside=True)
LONG = 800  # characters: of a longer text only the most telling statements are read closely
BRIEF = 4  # statements: a longer text in which nothing is found was complete enough to say so
CLOSE = 6  # patterns among which the neighbours of a shown one are looked for


class AssessmentEvent(Frozen):
    """A step of an assessment; the last one carries the whole result."""

    name: str
    label: str
    detail: str = ""
    assessment: Assessment | None = None


class Assessor:
    """Compares a description with the patterns of a library.

    `encode` turns texts into vectors of shape (n, dimensions); `matcher` holds the corpus wordings in the same space.
    """

    def __init__(
        self,
        library: Library,
        citations: Citations,
        matcher: Matcher,
        learned: LearnedReader,
        tuned: TunedReader,
        claims: ClaimReader,
        encode: Callable[[Sequence[str]], Matrix],
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = library
        self._citations = citations
        self._matcher = matcher
        self._encode = encode
        self._learned = learned
        self._tuned = tuned
        self._reader = claims
        self._today = today
        self._plain = lru_cache(maxsize=1024)(self._read_plain)  # a talk comes back to its parts
        self._governing = lru_cache(maxsize=256)(self._read_governing)

    def assess(self, text: str, parts: Sequence[str] = ()) -> Assessment:
        """Read one description. `text` comes back unchanged and every span points into it.

        `parts` are stretches of it that were said one at a time: what is plain in one of them is not to be lost among
        the others.
        """
        *_, last = self.stream(text, parts)
        assert last.assessment is not None
        return last.assessment

    def stream(self, text: str, parts: Sequence[str] = ()) -> Iterator[AssessmentEvent]:
        """The steps of `assess` as they happen; the last event carries the assessment."""
        started = time.perf_counter()
        claims = self._reader.read(text)
        other = sum(claim.polarity != "asserted" for claim in claims)
        detail = f"其中{other}句是否认、禁止、提醒或假设，不算迹象" if other else ""
        yield AssessmentEvent(name="claims", label=f"读出{len(claims)}句陈述", detail=detail)
        told = sum(claim.polarity == "addressed" for claim in claims)
        claims = _heard(claims)
        if not claims:
            yield self._done([], [], _NOTHING, "none", "", text, started, told)
            return
        reading = self._read(text, claims)
        if len(parts) > 1:
            reading = replace(reading, levels=plainest(reading.levels, [self._plain(part) for part in parts]))
        tells, against = fates(claims, reading)
        similarity = self._compare(claims, reading)
        standings = rank(claims, similarity, self._matcher, reading, tells, against)
        met = sum(len(standing.matched) for standing in standings[:SHOWN])
        yield AssessmentEvent(
            name="matched",
            label=f"与{len(self._matcher.indicators)}条迹象逐一比对",
            detail=f"最接近的{SHOWN}种手法上有{met}处对得上",
        )
        lawful = self._lawful(standings[0].pattern, similarity)
        level = level_of(reading, len(text.strip()))
        yield self._done(claims, standings, reading, level, lawful, text, started, told)

    def _read_plain(self, part: str) -> Chances:
        """The chances of each step of the level for a part by itself."""
        claims = _heard(self._reader.read(part))
        return self._read(part, claims).levels if claims else (0.0, 0.0, 0.0)

    def _read(self, text: str, claims: Sequence[Claim]) -> Reading:
        """Both readers on the statements; of a long text the trained encoder reads those most likely to tell."""
        linear = self._learned.read(assembled(text, claims)[0], claims)
        chosen = _likeliest(claims, leads(linear.evidence)[:, 0])
        tuned = self._tuned.read(text, [claims[row] for row in chosen])
        evidence = np.zeros((len(claims), tuned.evidence.shape[1]), dtype=np.float32)
        evidence[chosen] = tuned.evidence
        return combine(linear, self._learned.classes, replace(tuned, evidence=evidence))

    def _compare(self, claims: Sequence[Claim], reading: Reading) -> Similarity:
        """Statements against indicators: by letters, and by meaning too where a pattern is known by indicators only."""
        folded = [claim.folded for claim in claims]
        if all(id in reading.patterns for id in self._matcher.patterns):
            return self._matcher.compare(folded)
        return self._matcher.compare(folded, self._encode(folded))

    def _done(
        self,
        claims: Sequence[Claim],
        standings: Sequence[Standing],
        reading: Reading,
        level: Level,
        lawful: str,
        text: str,
        started: float,
        told: int,
    ) -> AssessmentEvent:
        resembling = [standing for standing in standings if standing.shown and standing.matched]
        order = [standing.pattern for standing in standings[:CLOSE]]
        shown = [self._resemblance(standing, level, order) for standing in resembling] if level != "none" else []
        level = level if shown else "none"
        brief = sum(len(claim.folded) for claim in claims) < ENOUGH
        countered = () if brief and not shown else _against(standings)
        needs_info = level in ("low", "medium") or (level == "none" and not countered and len(claims) <= BRIEF)
        denied = sum(item.why != WHY["asserted"] for item in countered)
        beside = reading.beside and level == "none" and not countered
        asks = advice.questions(shown, self._library) if shown else self._opening(standings, beside)
        assessment = Assessment(
            text=text,
            level=level,
            patterns=tuple(shown),
            ranked=tuple(Ranked(id=item.pattern, score=round(item.score, 4)) for item in standings),
            countered=countered,
            lawful_reading=lawful,
            questions=asks,
            actions=advice.actions(shown, self._library),
            needs_info=needs_info,
            reply=advice.beside(told)
            if beside
            else advice.say(level, shown, len(countered), denied, lawful, needs_info, told),
            arithmetic=advice.arithmetic(
                reading.levels, [(self._library.patterns[item.pattern].name, item.score) for item in standings[:SHOWN]]
            ),
            corpus_version=self._library.version,
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
        )
        label = f"结论：{advice.LEVEL_WORDS[level]}" + (f"（{'、'.join(f.name for f in shown)}）" if shown else "")
        return AssessmentEvent(name="scored", label=label, assessment=assessment)

    def _resemblance(self, standing: Standing, level: Level, order: Sequence[str]) -> Resemblance:
        pattern = self._library.patterns[standing.pattern]
        seen = {match.indicator for match in standing.matched}
        says = {indicator.id: indicator.says for indicator in pattern.indicators}
        return Resemblance(
            id=pattern.id,
            name=pattern.name,
            level=level,
            score=round(standing.score, 4),
            matched=tuple(
                MatchedIndicator(
                    indicator=match.indicator,
                    says=says[match.indicator],
                    span=match.claim.text,
                    start=match.claim.start,
                    end=match.claim.end,
                    score=match.score,
                )
                for match in standing.matched
            ),
            countered=tuple(_countered(match) for match in standing.countered),
            missing=advice.missing(pattern, seen),
            neighbours=advice.neighbours(pattern, order, self._library),
            would_change=advice.would_change(pattern, level, seen),
            cases=tuple(case.id for case in self._library.cases_of(pattern.id)[:CASES_SHOWN]),
            citations=self.governing(pattern.id),
        )

    def governing(self, id: str) -> tuple[Citation, ...]:
        """The verified citations of the articles that govern a pattern, as in force today."""
        return self._governing(id, self._today())

    def _read_governing(self, id: str, day: date) -> tuple[Citation, ...]:
        return advice.governing(self._library.patterns[id], self._citations, day)

    def _lawful(self, id: str, similarity: Similarity) -> str:
        """The look-alike of the first pattern that the text comes closest to."""
        position = int(similarity.lawful[self._matcher.patterns.index(id)])
        return advice.lawful_reading(self._library.patterns[id], position) if position >= 0 else ""

    def _opening(self, standings: Sequence[Standing], beside: bool) -> tuple[str, ...]:
        """What to ask when nothing can be judged yet: the first questions of the two nearest patterns.

        Of a text `beside` the point nothing is near: what makes a description is asked.
        """
        if beside:
            return advice.OPENING
        nearest = [self._library.patterns[standing.pattern] for standing in standings[:2]]
        return tuple(dict.fromkeys(question for pattern in nearest for question in pattern.questions[:2]))


def _heard(claims: Sequence[Claim]) -> list[Claim]:
    """The statements that count: not those addressed to the assistant, and what is repeated once."""
    first = {claim.folded: claim for claim in reversed(claims) if claim.polarity != "addressed"}
    return sorted(first.values(), key=lambda claim: claim.start)


def _likeliest(claims: Sequence[Claim], telling: NDArray[np.float64]) -> list[int]:
    """Numbers of the statements to be read closely: all of them, or of a long text the most telling ones in order."""
    if sum(len(claim.folded) for claim in claims) <= LONG:
        return list(range(len(claims)))
    taken: list[int] = []
    room = LONG
    for row in map(int, np.argsort(-telling, kind="stable")):
        if (room := room - len(claims[row].folded)) < 0 and taken:
            break
        taken.append(row)
    return sorted(taken)


def _countered(match: Match) -> CounteredIndicator:
    claim = match.claim
    return CounteredIndicator(
        indicator=match.indicator, span=claim.text, start=claim.start, end=claim.end, why=WHY[claim.polarity]
    )


def _against(standings: Sequence[Standing]) -> tuple[CounteredIndicator, ...]:
    """Every statement that speaks against an indicator of the leading patterns, once."""
    found: dict[tuple[int, int], CounteredIndicator] = {}
    for standing in standings[:SHOWN]:
        for match in standing.countered:
            found.setdefault((match.claim.start, match.claim.end), _countered(match))
    return tuple(found[key] for key in sorted(found))
