"""The question bank: what it teaches, with and without a question in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.answering import Precedents
from assistant.answering.precedents import HEADS, Study
from assistant.knowledge import Library

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def studied(library: Library) -> tuple[Precedents, Study]:
    return Precedents.studied(library, TODAY)


def best(precedents: Precedents, question: str, count: int = 3) -> list[tuple[str, str]]:
    order = np.argsort(-precedents.scores(question, None)[: -len(HEADS)])
    return [precedents.places[at] for at in order[:count]]


def head(precedents: Precedents, name: str, question: str) -> float:
    return float(precedents.scores(question, None)[len(precedents.places) + HEADS.index(name)])


def test_a_question_worded_otherwise_finds_the_article_the_bank_knows(precedents: Precedents) -> None:
    assert ("law-criminal", "第一百七十五条之一") in best(precedents, "中介帮客户做假流水骗银行贷款，判几年")


def test_traditional_characters_find_the_same(precedents: Precedents) -> None:
    assert best(precedents, "催收几點以後不能打電話") == best(precedents, "催收几点以后不能打电话")


def test_what_nothing_governs_sounds_unlike_what_is_governed(precedents: Precedents) -> None:
    far, near = "食堂的菜单谁来定", "助贷平台能向借款人收服务费吗"
    assert head(precedents, "abstain", far) > head(precedents, "abstain", near) + 0.1


def test_an_assertion_sounds_like_a_false_premise(precedents: Precedents) -> None:
    asserted, asked = "平台可以替银行做授信审批，对吧", "授信审批能不能外包"
    assert head(precedents, "premise", asserted) > head(precedents, "premise", asked)


def test_a_question_left_out_is_not_scored_by_itself(library: Library, studied: tuple[Precedents, Study]) -> None:
    precedents, study = studied
    rows = np.arange(20)
    own = np.array([precedents.scores(library.corpus.questions[row].question, None) for row in rows])
    wanted = study.wanted[rows] >= 1
    assert study.without(rows)[wanted].mean() < own[wanted].mean()


def test_a_kept_fit_is_read_again_and_says_the_same(library: Library, tmp_path: Path) -> None:
    def encode(texts: object) -> np.ndarray:  # type: ignore[type-arg]
        rows = np.random.default_rng(0).normal(size=(len(list(texts)), 8))  # type: ignore[call-overload]
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    first = Precedents.kept(library, TODAY, encode, "random", tmp_path)
    kept = list(tmp_path.glob("precedents-*.pickle"))
    second = Precedents.kept(library, TODAY, lambda texts: pytest.fail("fitted again"), "random", tmp_path)
    assert len(kept) == 1
    vector = encode(["一"])[0]
    assert np.array_equal(first.scores("催收", vector), second.scores("催收", vector))
