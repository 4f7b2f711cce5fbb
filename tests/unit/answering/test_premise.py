"""Premises: asserted or only asked, contradicted or borne out."""

from __future__ import annotations

import pytest

from assistant.answering.premise import asserts, contradicted, is_false, other_number, stance
from assistant.answering.ranking import Asking


@pytest.mark.parametrize(
    "question", ["三年没问题吧？", "不用再做尽调了吧", "所以跟我们没关系，对吧", "既然备案了就可以合作"]
)
def test_a_tag_asserts(question: str) -> None:
    assert asserts(question)


@pytest.mark.parametrize("question", ["能不能外包？", "期限是几年", "这样合规吗", "怎么处罚"])
def test_a_plain_question_asserts_nothing(question: str) -> None:
    assert not asserts(question)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("不得将核心业务外包。", "forbids"),
        ("应当取得书面同意。", "requires"),
        ("可以委托第三方。", "permits"),
        ("备案不构成对资质的认可。", "limits"),
        ("本办法所称机构是指银行。", "states"),
    ],
)
def test_a_sentence_takes_a_stance(sentence: str, expected: str) -> None:
    assert stance(sentence) == expected


def test_an_asserted_freedom_is_contradicted_by_a_ban() -> None:
    assert contradicted("催收可以外包给个人，没问题吧", "不得委托个人催收。")
    assert not contradicted("催收可以外包给机构，没问题吧", "可以委托合格的机构催收。")


def test_an_asserted_ban_is_borne_out_by_a_ban() -> None:
    assert not contradicted("不能打给无关的人，对吧", "不得联系无关第三人。")


def test_another_number_for_the_same_unit_contradicts() -> None:
    assert contradicted("限制期设三年没问题吧", "五年内暂停其账户业务。")
    assert other_number("保存3年", "至少保存五年") == ("3年", "五年")
    assert other_number("保存五年", "至少保存5年") is None
    assert other_number("保存三年", "罚款五万元") is None


def test_only_what_sounds_like_a_false_premise_is_one() -> None:
    sentence = "保存期限不少于五年。"
    asserted = Asking(kinds=(0.0, 0.0, 0.9, 0.0) * 2, read=True, length=16, clauses=0)
    asked = Asking(kinds=(0.0,) * 8, read=True, length=16, clauses=0)
    assert is_false("资料只要保存三年就行了吧", sentence, 0.8, asserted)
    assert not is_false("资料要保存三年吗？", sentence, 0.8, asked)
