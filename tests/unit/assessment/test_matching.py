"""Statements compared with the wordings of the corpus; the shipped ones are tests of themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
from langchain_core.documents import Document

from assistant.assessment import Matcher, fold

MET_BY_THEIR_OWN = 0.98  # a few examples stand in two patterns word for word


def wording(indicator: str, text: str, role: str = "example") -> Document:
    pattern = indicator.split(".")[0]
    named = {"pattern": pattern, "indicator": "" if role == "lookalike" else indicator, "role": role}
    return Document(page_content=text, metadata=named)


def matcher(*rows: Document) -> tuple[Matcher, np.ndarray]:
    """A matcher of `rows` among thirty others, with a direction of their own for each."""
    others = [wording(f"z{number}.1", f"第{number}种无关的说法") for number in range(30)]
    vectors = np.random.default_rng(0).normal(size=(len(rows) + 30, 32)).astype(np.float32)
    return Matcher([*rows, *others], vectors), vectors


def test_a_statement_comes_closest_to_the_indicator_with_its_words_and_meaning() -> None:
    rows = (wording("a.1", "带朋友来签字"), wording("a.2", "验证码念给他"), wording("b.1", "先交保证金"))
    compared, vectors = matcher(*rows)
    similarity = compared.compare(["验证码念给他"], vectors[1:2])
    assert similarity.indicators.argmax() == compared.indicators.index("a.2")
    assert similarity.nearest[0, :3].tolist() == [0, 1, 2]


def test_words_alone_and_meaning_alone_both_count() -> None:
    rows = (wording("a.1", "带朋友来签字"), wording("a.2", "验证码念给他"), wording("b.1", "先交保证金"))
    compared, vectors = matcher(*rows)
    by_words = compared.compare(["先交保证金"], vectors.mean(axis=0, keepdims=True))
    by_meaning = compared.compare(["另一种说法"], vectors[2:3])
    assert by_words.indicators.argmax() == by_meaning.indicators.argmax() == 2


def test_without_vectors_statements_are_compared_by_their_letters() -> None:
    rows = (wording("a.1", "带朋友来签字"), wording("a.2", "验证码念给他"), wording("b.1", "先交保证金"))
    compared, _ = matcher(*rows)
    similarity = compared.compare(["先交保证金", "验证码念给他"])
    assert similarity.indicators.argmax(axis=1).tolist() == [compared.indicators.index(id) for id in ("b.1", "a.2")]


def test_look_alikes_are_kept_apart_from_indicators() -> None:
    rows = (wording("a.1", "带朋友来签字"), wording("a", "夫妻共同借款", "lookalike"), wording("b.1", "先交保证金"))
    compared, vectors = matcher(*rows)
    similarity = compared.compare(["夫妻共同借款"], vectors[1:2])
    assert compared.indicators[:2] == ["a.1", "b.1"]
    assert similarity.indicators.shape == (1, 32)
    assert similarity.lawful[:2].tolist() == [0, -1]


def test_every_indicator_of_the_corpus_is_compared_with(shipped: Any) -> None:
    indicators = [item.id for pattern in shipped.library.patterns.values() for item in pattern.indicators]
    assert shipped.matcher.indicators == indicators
    assert shipped.embedded == 0


def test_an_example_of_the_corpus_meets_its_own_pattern(shipped: Any, nearest: Any) -> None:
    examples = [row for row in shipped.library.practices() if row.metadata["role"] == "example"][::4]
    found = nearest(shipped, [fold(row.page_content) for row in examples])
    own = sum(
        shipped.matcher.pattern_of[id] == row.metadata["pattern"] for id, row in zip(found, examples, strict=True)
    )
    print(f"\nexamples that meet their own pattern: {own / len(examples):.3f} of {len(examples)}")
    assert own / len(examples) >= MET_BY_THEIR_OWN
