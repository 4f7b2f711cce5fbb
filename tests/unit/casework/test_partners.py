"""Which partner a turn speaks of."""

from __future__ import annotations

import pytest

from assistant.casework.ledger import Fact, Ledger
from assistant.casework.partners import BEGINNING, label_of, letters_in, meant, parts_of
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
    parts = {part.key: text[part.start : part.end] for part in parts_of(text) if part.key}
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
    ("text", "parts"),
    [
        ("A公司收点数，B公司不收", {"A": "A公司收点数，", "B": "B公司不收"}),
        ("甲是做评估的 乙是卖车的", {"甲": "甲是做评估的 ", "乙": "乙是卖车的"}),
        ("鑫桥收12个点，恒远按点击结算", {"鑫桥咨询": "鑫桥收12个点，", "恒远数科": "恒远按点击结算"}),
    ],
)
def test_a_sentence_on_two_is_cut_where_a_clause_begins_with_one(text: str, parts: dict[str, str]) -> None:
    found = parts_of(text, ["鑫桥咨询", "恒远数科"])
    assert {part.key: text[part.start : part.end] for part in found} == parts


def test_a_name_within_a_clause_begins_nothing_of_its_own() -> None:
    assert len(parts_of("鑫桥收12个点，钱打到恒远账上", ["鑫桥咨询", "恒远数科"])) == 1


def test_a_name_given_to_a_letter_is_that_partner_from_then_on() -> None:
    text = "甲公司叫鑫桥，乙公司叫恒远。鑫桥收点数，恒远不收"
    assert [part.key for part in parts_of(text, ["鑫桥", "恒远"])] == ["甲", "乙", "甲", "乙"]


@pytest.mark.parametrize(
    ("text", "current", "place"),
    [
        ("鑫桥那家呢", 1, 0),
        ("恒远呢", 0, 1),
        ("鑫桥也把客户推给恒远", 0, 0),
        ("另一家呢", 1, 0),
        ("the other one?", 0, 1),
        ("第二家怎么样", 0, 1),
        ("他们把客户转给另一家公司", 0, None),
        ("另一个问题，逾期几天算不良", 0, None),
        ("它还收保证金", 1, None),
    ],
)
def test_a_partner_is_meant_by_its_name_and_by_its_place(text: str, current: int, place: int | None) -> None:
    named = (Ledger(label="鑫桥咨询", name="鑫桥咨询"), Ledger(label="恒远数科", name="恒远数科"))
    assert meant(text, named, current) == place


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
