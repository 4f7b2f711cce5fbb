"""Article-aware splitting: nothing lost, nothing repeated, nothing too long that can be cut."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.knowledge.articles import LONGEST, split_article

TEXTS = st.text(alphabet="贷款人应当。；\n 第一条😀a", max_size=400)


def test_a_short_article_is_one_chunk() -> None:
    assert list(split_article("商业银行应当独立审批。\n不得将风险控制外包。")) == [
        "商业银行应当独立审批。\n不得将风险控制外包。"
    ]


def test_a_long_article_is_cut_at_its_paragraphs() -> None:
    first, second = "甲" * 300, "乙" * 300
    assert list(split_article(f"{first}\n{second}")) == [first, second]


def test_a_long_paragraph_is_cut_after_its_sentences() -> None:
    sentence = "丙" * 150 + "。"
    assert list(split_article(sentence * 4)) == [f"{sentence}\n{sentence}"] * 2


def test_a_sentence_that_cannot_be_cut_stays_whole() -> None:
    assert list(split_article("丁" * 1000)) == ["丁" * 1000]


def test_an_empty_article_has_no_chunk() -> None:
    assert list(split_article(" \n\n")) == []


@given(TEXTS, st.integers(5, 60))
def test_no_character_is_lost_or_repeated(text: str, longest: int) -> None:
    joined = "".join(split_article(text, longest))
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", text)


@given(TEXTS, st.integers(5, 60))
def test_only_a_single_sentence_may_be_longer_than_the_limit(text: str, longest: int) -> None:
    for part in split_article(text, longest):
        assert len(part) <= longest or not re.search(r"[。；](?=.)|\n", part)


def test_the_limit_leaves_room_for_the_heading() -> None:
    assert LONGEST < 512
