"""Two readings of one text, put together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assessment.learned import LinearReading
from assistant.assessment.reading import Reading, combine, leads
from assistant.assessment.tuned import TunedReading

CLASSES = ("a", "b", "c")
NEUTRAL, TELLING, COUNTERING = (1.0, -1.0, -1.0), (-1.0, 1.0, -1.0), (-1.0, -1.0, 1.0)
LOGITS = st.floats(-20, 20)


def linear(
    *patterns: float,
    raised: float = 0.0,
    severe: float = 0.0,
    beside: float = -1.0,
    evidence: object = (TELLING,),
) -> LinearReading:
    return LinearReading(np.array(patterns), raised, severe, beside, np.array(evidence), {})


def tuned(
    patterns: Mapping[str, float],
    also: Mapping[str, float] | None = None,
    level: tuple[float, float, float] = (0.0, 0.0, 0.0),
    evidence: object = (TELLING,),
) -> TunedReading:
    return TunedReading(dict(patterns), dict(also or {}), *level, np.array(evidence, dtype=np.float32))


def order(reading: Reading) -> list[str]:
    return sorted(reading.patterns, key=lambda id: -reading.patterns[id])


def test_what_both_put_first_comes_first() -> None:
    reading = combine(linear(-1.0, 1.0, -1.0), CLASSES, tuned({"a": -5.0, "b": 9.0, "c": 0.0}))
    assert order(reading) == ["b", "c", "a"]


def test_where_one_is_undecided_the_other_decides() -> None:
    by_linear = combine(linear(0.0, 0.5, -0.5), CLASSES, tuned({"a": 2.0, "b": 2.0, "c": 2.0}))
    by_tuned = combine(linear(0.3, 0.3, 0.3), CLASSES, tuned({"a": -5.0, "b": 0.0, "c": 9.0}))
    assert order(by_linear) == ["b", "a", "c"]
    assert order(by_tuned) == ["c", "b", "a"]


def test_the_order_does_not_depend_on_the_scale_of_either() -> None:
    one = combine(linear(-1.0, 1.0, 0.2), CLASSES, tuned({"a": 3.0, "b": 1.0, "c": 2.0}))
    other = combine(linear(-10.0, 10.0, 2.0), CLASSES, tuned({"a": 33.0, "b": 13.0, "c": 23.0}))
    assert other.patterns == pytest.approx(one.patterns)


def test_a_pattern_the_trained_encoder_does_not_know_stands_by_the_linear_models() -> None:
    reading = combine(linear(1.0, -0.5, -0.5), CLASSES, tuned({"b": 1.0, "c": 0.0}))
    assert order(reading)[0] == "a"
    assert set(reading.shown) == set(CLASSES)


def test_a_pattern_the_linear_models_do_not_know_has_no_value() -> None:
    reading = combine(linear(1.0, -1.0), CLASSES[:2], tuned({"a": 0.0, "b": 1.0, "z": 9.0}, {"z": 9.0}))
    assert set(reading.patterns) == set(reading.shown) == {"a", "b"}


def test_without_any_value_of_the_trained_encoder_the_order_is_that_of_the_linear_models() -> None:
    assert order(combine(linear(0.1, 0.3, 0.2), CLASSES, tuned({}))) == ["b", "c", "a"]


@given(st.lists(LOGITS, min_size=3, max_size=3), st.lists(LOGITS, min_size=8, max_size=8))
def test_probabilities_run_from_0_to_1(margins: list[float], logits: list[float]) -> None:
    also = dict(zip(CLASSES, logits[:3], strict=True))
    read = combine(linear(*margins, raised=logits[3], severe=logits[4]), CLASSES, tuned(also, also, tuple(logits[5:])))
    assert all(0.0 <= chance <= 1.0 for chance in (*read.levels, *read.shown.values()))


@given(LOGITS, LOGITS, st.floats(-5, 5), st.floats(-5, 5))
def test_the_plainer_a_text_is_raised_the_higher_every_step(a: float, b: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    less, more = (combine(linear(a, b, 0.0, raised=value), CLASSES, tuned({})).levels for value in (low, high))
    assert all(before <= after for before, after in zip(less, more, strict=True))


@given(LOGITS, LOGITS)
def test_the_closer_a_pattern_the_likelier_it_is_named(one: float, other: float) -> None:
    low, high = sorted((one, other))
    by_margin = [combine(linear(value, 0.0, 0.0), CLASSES, tuned({}, {"a": 0.0})).shown["a"] for value in (low, high)]
    by_logit = [combine(linear(0.0, 0.0, 0.0), CLASSES, tuned({}, {"a": value})).shown["a"] for value in (low, high)]
    assert by_margin == sorted(by_margin)
    assert by_logit == sorted(by_logit)


def test_a_text_about_something_else_is_known_by_its_margin() -> None:
    margins = (-3.0, 0.0, 3.0)
    assert [combine(linear(0.0, 0.0, 0.0, beside=margin), CLASSES, tuned({})).beside for margin in margins] == [
        *(False, True, True),
    ]


def test_a_statement_leads_only_over_the_better_of_the_others() -> None:
    assert leads(np.array([(0.0, 3.0, 1.0), (2.0, 0.0, 1.0)])).tolist() == [[2.0, -2.0], [-2.0, -1.0]]


@pytest.mark.parametrize(("fate", "signs"), [(NEUTRAL, (-1, -1)), (TELLING, (1, -1)), (COUNTERING, (-1, 1))])
def test_what_both_say_of_a_statement_is_said_by_the_whole(
    fate: tuple[float, float, float], signs: tuple[int, int]
) -> None:
    reading = combine(linear(0.0, 0.0, 0.0, evidence=[fate]), CLASSES, tuned({}, evidence=[fate]))
    assert np.sign(reading.evidence).tolist() == [list(signs)]
