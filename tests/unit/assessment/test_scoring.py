"""From both readings and what was compared to an order of patterns and a level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from assistant.assessment import ClaimReader, Matcher
from assistant.assessment.matching import Similarity
from assistant.assessment.reading import Reading
from assistant.assessment.scoring import ENOUGH, LEVELS, SHOWN, Standing, fates, level_of, rank

INDICATORS = ("a.1", "a.2", "b.1", "c.1")
TEXT = "业务员让客户带着亲友到场签字。合同写明严禁收取前期费用。"  # an assertion and a prohibition
TELLS, COUNTERS, NEUTRAL = (2.0, -2.0), (-2.0, 2.0), (-2.0, -2.0)
QUIET = (0.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    rows = [
        Document(page_content=f"第{id}条说法", metadata={"pattern": id[0], "indicator": id, "role": "example"})
        for id in INDICATORS
    ]
    return Matcher(rows, np.eye(4, dtype=np.float32))


def reading(
    patterns: dict[str, float],
    *evidence: tuple[float, float],
    shown: dict[str, float] | None = None,
    levels: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> Reading:
    return Reading(patterns=patterns, shown=shown or {}, levels=levels, evidence=np.array(evidence), signs={})


def similar(*rows: tuple[float, ...]) -> Similarity:
    return Similarity(
        indicators=np.array(rows, dtype=np.float32),
        nearest=np.tile(np.arange(4), (len(rows), 1)),
        lawful=np.array([-1, -1, -1]),
    )


def ranked(claims: ClaimReader, matcher: Matcher, similarity: Similarity, read: Reading) -> list[Standing]:
    statements = claims.read(TEXT)
    return rank(statements, similarity, matcher, read, *fates(statements, read))


def chosen(claims: ClaimReader, *evidence: tuple[float, float]) -> tuple[list[bool], list[bool]]:
    tells, against = fates(claims.read(TEXT), reading({}, *evidence))
    return tells.tolist(), against.tolist()


# --- the order --------------------------------------------------------------------------------------------------------


def test_the_pattern_the_readers_put_first_comes_first(claims: ClaimReader, matcher: Matcher) -> None:
    order = ranked(claims, matcher, similar(QUIET, QUIET), reading({"a": -1.0, "b": 1.0, "c": -1.0}, TELLS, NEUTRAL))
    assert order[0].pattern == "b"
    assert [standing.score for standing in order] == sorted((standing.score for standing in order), reverse=True)


def test_where_the_readers_are_undecided_the_indicators_decide(claims: ClaimReader, matcher: Matcher) -> None:
    undecided = reading({"a": 0.1, "b": 0.1, "c": 0.1}, TELLS, NEUTRAL)
    order = ranked(claims, matcher, similar((3.0, 3.0, 3.0, 20.0), QUIET), undecided)
    assert order[0].pattern == "c"


def test_a_statement_against_adds_nothing_to_the_order(claims: ClaimReader, matcher: Matcher) -> None:
    undecided = reading({"a": 0.2, "b": 0.1, "c": 0.1}, TELLS, COUNTERS)
    order = ranked(claims, matcher, similar(QUIET, (3.0, 3.0, 3.0, 20.0)), undecided)
    assert order[0].pattern == "a"


def test_the_most_telling_statement_is_named_first(claims: ClaimReader, matcher: Matcher) -> None:
    told = reading({"a": 1.0, "b": 0.0, "c": 0.0}, (1.0, -2.0), (3.0, -2.0))
    first = ranked(claims, matcher, similar(QUIET, QUIET), told)[0]
    assert [match.claim.start for match in first.matched] == [claim.start for claim in claims.read(TEXT)][::-1]


def test_a_pattern_neither_reader_has_seen_stands_by_its_indicators(claims: ClaimReader, matcher: Matcher) -> None:
    unseen = reading({"a": 0.5, "b": -0.5}, TELLS, NEUTRAL)
    near = ranked(claims, matcher, similar((3.0, 3.0, 3.0, 25.0), QUIET), unseen)
    far = ranked(claims, matcher, similar((3.0, 25.0, 3.0, 0.0), QUIET), unseen)
    assert near[0].pattern == "c"
    assert near[0].shown
    assert far[0].pattern == "a"


def test_the_first_pattern_is_shown_and_further_ones_only_if_likely(claims: ClaimReader, matcher: Matcher) -> None:
    order = {"a": 3.0, "b": 2.0, "c": 1.0}
    read = reading(order, TELLS, NEUTRAL, shown={"a": 0.1, "b": 0.9, "c": 0.1})
    shown = [standing.shown for standing in ranked(claims, matcher, similar(QUIET, QUIET), read)]
    assert shown == [True, True, False]
    assert sum(shown) <= SHOWN


def test_the_scores_are_chances_of_coming_first(claims: ClaimReader, matcher: Matcher) -> None:
    read = reading({"a": 9.0, "b": -9.0, "c": 0.0}, TELLS, COUNTERS)
    order = ranked(claims, matcher, similar((50.0,) * 4, QUIET), read)
    assert sum(standing.score for standing in order) == pytest.approx(1.0)
    for standing in order:
        assert 0.0 <= standing.score <= 1.0
        assert all(0.0 <= match.score <= 1.0 for match in (*standing.matched, *standing.countered))


# --- the statements ---------------------------------------------------------------------------------------------------


def test_a_telling_statement_matches_the_nearest_indicator_of_its_pattern(
    claims: ClaimReader, matcher: Matcher
) -> None:
    read = reading({"a": 1.0, "b": -1.0, "c": -1.0}, TELLS, NEUTRAL)
    [first, *_] = ranked(claims, matcher, similar((4.0, 9.0, 1.0, 1.0), QUIET), read)
    assert [(match.indicator, match.claim.start) for match in first.matched] == [("a.2", 0)]
    assert first.matched[0].wording == "第a.2条说法"


def test_a_statement_against_is_countered_and_never_matched(claims: ClaimReader, matcher: Matcher) -> None:
    read = reading({"a": 1.0, "b": -1.0, "c": -1.0}, TELLS, COUNTERS)
    [first, *_] = ranked(claims, matcher, similar((9.0, 1.0, 1.0, 1.0), (9.0, 1.0, 1.0, 1.0)), read)
    assert [match.claim.text for match in first.countered] == ["合同写明严禁收取前期费用"]
    assert [match.claim.text for match in first.matched] == ["业务员让客户带着亲友到场签字"]


def test_a_text_that_only_denies_matches_nothing(claims: ClaimReader, matcher: Matcher) -> None:
    read = reading({"a": 1.0, "b": -1.0, "c": -1.0}, COUNTERS, COUNTERS)
    assert all(standing.matched == () for standing in ranked(claims, matcher, similar(QUIET, QUIET), read))


def test_telling_and_speaking_against_are_told_apart(claims: ClaimReader) -> None:
    assert chosen(claims, TELLS, COUNTERS) == ([True, False], [False, True])


def test_where_nothing_tells_the_statement_that_comes_closest_is_the_evidence(claims: ClaimReader) -> None:
    assert chosen(claims, (-3.0, -4.0), (-2.0, -4.0)) == ([False, True], [False, False])


def test_where_all_speak_against_nothing_is_evidence(claims: ClaimReader) -> None:
    assert chosen(claims, (5.0, 3.0), COUNTERS) == ([False, False], [True, True])


def test_plain_words_of_denial_need_less_to_speak_against(claims: ClaimReader) -> None:
    weak = (-2.0, -0.5)
    assert chosen(claims, weak, weak) == ([True, False], [False, True])


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=2, max_size=2))
def test_no_statement_both_tells_and_speaks_against(claims: ClaimReader, evidence: list[tuple[float, float]]) -> None:
    tells, against = chosen(claims, *evidence)
    assert not any(one and other for one, other in zip(tells, against, strict=True))
    assert any(tells) or all(against)


# --- the level --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ((0.99, 0.97, 0.9), "high"),
        ((0.95, 0.9, 0.2), "medium"),
        ((0.8, 0.3, 0.05), "low"),
        ((0.2, 0.1, 0.05), "none"),
    ],
)
def test_the_level_is_the_one_to_expect(levels: tuple[float, float, float], level: str) -> None:
    assert level_of(reading({}, NEUTRAL, levels=levels)) == level


CHANCES = st.tuples(*[st.floats(0, 1)] * 3)


@given(CHANCES, CHANCES)
def test_a_likelier_step_never_lowers_the_level(one: tuple[float, float, float], other: tuple[float, ...]) -> None:
    higher = tuple(map(max, one, other))
    levels = [LEVELS.index(level_of(reading({}, NEUTRAL, levels=chances))) for chances in (one, higher)]
    assert levels[0] <= levels[1]


def test_a_few_characters_are_too_little_unless_they_are_near_a_pattern() -> None:
    far, near = (reading({}, TELLS, shown={"a": chance}) for chance in (0.1, 0.9))
    assert level_of(far, ENOUGH - 1) == "none"
    assert level_of(near, ENOUGH - 1) == level_of(far, ENOUGH) == "high"
