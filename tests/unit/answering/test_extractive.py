"""Quotes are pieces of their source."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.extractive import LONGEST_QUOTE, cut
from assistant.answering.weights import Weights, pairs

WEIGHTS = Weights(["银行不得外包核心业务。", "保险公司应当保存资料。", "借款人应当还款。"])


@given(st.text(alphabet="银行不得外包核心业务应当保存资料。；\n，", max_size=900), st.text(max_size=20))
def test_a_quote_is_one_piece_of_its_source(text: str, question: str) -> None:
    assert cut(text, pairs(question), WEIGHTS) in text


def test_a_long_article_is_quoted_where_it_speaks_of_the_question() -> None:
    filler = "保险公司应当保存资料，并按照规定报送。" * 20
    text = f"{filler}银行不得外包核心业务。{filler}"
    quote = cut(text, pairs("银行外包核心业务"), WEIGHTS)
    assert "银行不得外包核心业务。" in quote
    assert len(quote) <= LONGEST_QUOTE


def test_coverage_is_the_share_of_the_questions_words() -> None:
    assert WEIGHTS.coverage(pairs("核心业务"), "外包核心业务") == 1.0
    assert WEIGHTS.coverage(pairs("核心业务"), "借款人") == 0.0
    assert WEIGHTS.coverage(set(), "借款人") == 0.0
