"""From what was compared and learned to an order of patterns and a level."""

from __future__ import annotations

import numpy as np
import pytest
from langchain_core.documents import Document

from assistant.assessment import ClaimReader, Matcher
from assistant.assessment.learned import Reading
from assistant.assessment.matching import Similarity
from assistant.assessment.scoring import RAISED, WEAK, Standing, level_of, rank

INDICATORS = ("a.1", "a.2", "b.1", "c.1")
TEXT = "业务员让客户带着亲友到场签字。合同写明严禁收取前期费用。"
TELLS, COUNTERS, NEUTRAL = (-1.0, 1.0, -1.0), (-1.0, -1.0, 1.0), (1.0, -1.0, -1.0)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    rows = [
        Document(page_content=f"第{id}条说法", metadata={"pattern": id[0], "indicator": id, "role": "example"})
        for id in INDICATORS
    ]
    return Matcher(rows, np.eye(4, dtype=np.float32))


def reading(patterns: tuple[float, ...], *evidence: tuple[float, float, float], raised: float = 1.0) -> Reading:
    return Reading(patterns=np.array(patterns), raised=raised, severe=1.0, evidence=np.array(evidence))


def similar(*rows: tuple[float, ...]) -> Similarity:
    return Similarity(
        indicators=np.array(rows, dtype=np.float32),
        nearest=np.tile(np.arange(4), (len(rows), 1)),
        lawful=np.array([-1, -1, -1]),
    )


def ranked(
    claims: ClaimReader, matcher: Matcher, similarity: Similarity, learned: Reading, classes: tuple[str, ...]
) -> list[Standing]:
    return rank(claims.read(TEXT), similarity, matcher, learned, classes)


QUIET = (0.0, 0.0, 0.0, 0.0)


def test_the_pattern_the_bank_taught_comes_first(claims: ClaimReader, matcher: Matcher) -> None:
    learned = reading((-1.0, 1.0, -1.0), TELLS, NEUTRAL)
    order = ranked(claims, matcher, similar(QUIET, QUIET), learned, ("a", "b", "c"))
    assert order[0].pattern == "b"
    assert [standing.score for standing in order] == sorted((standing.score for standing in order), reverse=True)


def test_where_the_bank_is_undecided_the_indicators_decide(claims: ClaimReader, matcher: Matcher) -> None:
    learned = reading((0.1, 0.1, 0.1), TELLS, NEUTRAL)
    order = ranked(claims, matcher, similar((3.0, 3.0, 3.0, 20.0), QUIET), learned, ("a", "b", "c"))
    assert order[0].pattern == "c"


def test_a_pattern_the_bank_never_saw_stands_by_its_indicators(claims: ClaimReader, matcher: Matcher) -> None:
    learned = reading((-0.5, -0.6), TELLS, NEUTRAL)
    order = ranked(claims, matcher, similar((3.0, 3.0, 3.0, 25.0), QUIET), learned, ("a", "b"))
    assert order[0].pattern == "c"
    assert order[0].shown


def test_a_telling_statement_matches_the_nearest_indicator_of_its_pattern(
    claims: ClaimReader, matcher: Matcher
) -> None:
    learned = reading((1.0, -1.0, -1.0), TELLS, NEUTRAL)
    [first, *_] = ranked(claims, matcher, similar((4.0, 9.0, 1.0, 1.0), QUIET), learned, ("a", "b", "c"))
    assert [(match.indicator, match.claim.start) for match in first.matched] == [("a.2", 0)]
    assert first.matched[0].wording == "第a.2条说法"


def test_a_statement_against_is_countered_and_never_matched(claims: ClaimReader, matcher: Matcher) -> None:
    learned = reading((1.0, -1.0, -1.0), TELLS, COUNTERS)
    [first, *_] = ranked(claims, matcher, similar((9.0, 1.0, 1.0, 1.0), (9.0, 1.0, 1.0, 1.0)), learned, ("a", "b", "c"))
    assert [match.claim.text for match in first.countered] == ["合同写明严禁收取前期费用"]
    assert [match.claim.text for match in first.matched] == ["业务员让客户带着亲友到场签字"]


def test_a_text_that_only_denies_matches_nothing(claims: ClaimReader, matcher: Matcher) -> None:
    learned = reading((1.0, -1.0, -1.0), COUNTERS, COUNTERS)
    order = ranked(claims, matcher, similar(QUIET, QUIET), learned, ("a", "b", "c"))
    assert all(standing.matched == () for standing in order)


def test_scores_run_from_0_to_1(claims: ClaimReader, matcher: Matcher) -> None:
    learned = reading((9.0, -9.0, 0.0), TELLS, COUNTERS)
    for standing in ranked(claims, matcher, similar((50.0,) * 4, QUIET), learned, ("a", "b", "c")):
        assert 0.0 <= standing.score <= 1.0
        assert all(0.0 <= match.score <= 1.0 for match in (*standing.matched, *standing.countered))


@pytest.mark.parametrize(
    ("raised", "severe", "level"),
    [
        (RAISED + 0.1, 0.5, "high"),
        (RAISED + 0.1, -0.5, "medium"),
        ((RAISED + WEAK) / 2, 0.5, "low"),
        (WEAK - 0.1, 0.5, "none"),
    ],
)
def test_the_level_follows_the_two_margins(raised: float, severe: float, level: str) -> None:
    assert level_of(Reading(np.zeros(1), raised, severe, np.zeros((1, 3)))) == level
