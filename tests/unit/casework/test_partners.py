"""Which partner a turn speaks of."""

from __future__ import annotations

import pytest

from assistant.casework.ledger import Fact, Ledger
from assistant.casework.partners import BEGINNING, label_of, letters_in, meant, name_of, parts_of
from assistant.knowledge.phrases import any_of, read_phrases
from assistant.settings import REPOSITORY

PARTNERS = (Ledger(label="甲评估所"), Ledger(label="乙评估所"))


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("甲平台收费，乙平台不收", ["甲", "乙"]),
        ("A卖活体检测。B说能注入虚拟摄像头", ["A", "B"]),
        ("典型的AB贷", []),
        ("甲方应当向乙方支付服务费", []),
    ],
)
def test_letters_name_partners_and_not_parties_of_a_contract(text: str, letters: list[str]) -> None:
    assert letters_in(text) == letters


def test_a_turn_about_two_is_cut_into_what_it_says_of_each() -> None:
    text = "两家。A厂：叫学徒去蹭豪车。配件旧的报新的。B厂：旧件全部回收。先看B"
    parts = {part.letter: text[part.start : part.end] for part in parts_of(text) if part.letter}
    assert "蹭豪车" in parts["A"]
    assert "配件旧的报新的" in parts["A"]
    assert "先看B" in text[parts_of(text)[-1].start :]


@pytest.mark.parametrize(
    ("text", "place"),
    [("那甲那家呢", 0), ("乙主要卡在哪句上", 1), ("回到刚才那家", 0), ("他们收保证金", None)],
)
def test_a_turn_goes_back_to_the_partner_it_names(text: str, place: int | None) -> None:
    assert meant(text, PARTNERS, 1) == place


def test_a_partner_is_called_by_its_letter_or_kind() -> None:
    assert label_of("说下甲平台：给我们推客户") == "甲平台"
    assert label_of("有家催收公司想进来") == "催收公司"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("有家叫保单管家的咨询公司想合作", "保单管家"),
        ("这家公司叫“鼎信”，收12个点", "鼎信"),
        ("说下杭州鼎信融资咨询有限公司", "杭州鼎信融资咨询有限公司"),
        ("老板叫学徒开报废边缘的车去蹭豪车", ""),
        ("有家催收公司想进来", ""),
        ("a company called Dingxin, fee 12%", "Dingxin"),
    ],
)
def test_a_partner_has_a_name_only_where_one_is_given(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("text", "is_another"),
    [
        ("还有一家做短信的，只发我们审过的文案", True),
        ("对了，另外一家催收的也想进来", True),
        ("Another vendor sends our text messages", True),
        ("他们还有一家分公司在外地", False),
        ("这家还有一个门店", False),
    ],
)
def test_a_turn_that_begins_with_one_more_brings_in_another_partner(text: str, is_another: bool) -> None:
    phrases = read_phrases(REPOSITORY / "corpus" / "language.yaml")["another_partner"]
    assert bool(any_of(phrases, BEGINNING).search(text)) == is_another


def test_a_partner_is_meant_by_what_was_said_of_it_alone() -> None:
    told = [
        Ledger(facts=(Fact(text="一家在短视频投广告的，落地页挂着银行直营"),)),
        Ledger(facts=(Fact(text="还有一家做短信的"),)),
    ]
    assert meant("我问的是投广告那个", told, 1) == 0
    assert meant("做短信的那家呢", told, 0) == 1
    assert meant("收保证金的那家呢", told, 0) is None
