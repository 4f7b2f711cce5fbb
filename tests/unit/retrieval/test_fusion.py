"""Fusion is arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.fusion import Scale, blend, calibrate, fuse


def test_what_two_searches_both_find_comes_first() -> None:
    assert fuse([["a", "b", "c"], ["d", "b"]])[0] == "b"


def test_nothing_is_lost_and_nothing_doubled() -> None:
    assert sorted(fuse([["a", "b"], ["b", "c"], []])) == ["a", "b", "c"]


def test_closeness_is_0_for_unrelated_and_1_for_neighbours() -> None:
    scale = Scale(0.84, 0.92)
    assert scale.closeness(0.84) == pytest.approx(0)
    assert scale.closeness(0.92) == pytest.approx(1)


def test_the_scale_is_read_from_the_vectors() -> None:
    generator = np.random.default_rng(3)
    centres = generator.normal(size=(20, 64)) + 2.0
    vectors = np.repeat(centres, 2, axis=0) + 0.1 * generator.normal(size=(40, 64))
    scale = calibrate((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32))
    assert scale.neighbours > 0.98 > scale.unrelated > 0.5


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_few_vectors_give_a_usable_scale(count: int) -> None:
    scale = calibrate(np.ones((count, 4), np.float32) / 2)
    assert scale.neighbours > scale.unrelated


@given(st.floats(-5, 5), st.floats(0, 1), st.floats(0, 1))
def test_a_blend_stays_between_0_and_1_and_grows_with_both(closeness: float, keywords: float, more: float) -> None:
    score = blend(closeness, keywords)
    assert 0 <= score <= 1
    assert blend(closeness + more, keywords) >= score
    assert blend(closeness, min(1, keywords + more)) >= score


def test_a_chunk_without_a_vector_goes_by_its_keywords() -> None:
    assert blend(None, 0.4) == 0.4
