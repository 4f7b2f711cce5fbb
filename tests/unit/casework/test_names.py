"""The names of partners: a wrong one glues two dossiers together, so none is better."""

from __future__ import annotations

import pytest

from assistant.casework.names import Names, forms, short_of, unnamed
from assistant.knowledge import Library


@pytest.fixture(scope="module")
def names(library: Library) -> Names:
    corpus = library.corpus
    return Names([*(item.text for item in corpus.practices), *(item.text for item in corpus.turns)])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("有家叫保单管家的咨询公司想合作", "保单管家"),
        ("这家公司叫“鼎信”，收12个点", "鼎信"),
        ("这家公司名字是鑫桥", "鑫桥"),
        ("说下杭州鼎信融资咨询有限公司", "杭州鼎信融资咨询有限公司"),
        ("合作方“鑫桥”收客户12个点", "鑫桥"),
        ("鑫桥的材料到了，收12个点", "鑫桥"),
        ("鑫桥公司想跟我行合作", "鑫桥"),
        ("另一家瑞盈金服不收", "瑞盈金服"),
        ("a company called Dingxin, fee 12%", "Dingxin"),
        ("A vendor named Hengyuan Data wants in", "Hengyuan Data"),
        ("Xinqiao Consulting Co., Ltd. charges 12%", "Xinqiao Consulting"),
    ],
)
def test_a_partner_is_known_by_the_name_it_is_given(names: Names, text: str, name: str) -> None:
    assert names.of(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "老板叫学徒开报废边缘的车去蹭豪车",
        "有家催收公司想进来",
        "行业公司都这样做",
        "一家公司想跟我行合作",
        "外地公司想跟我行合作",
        "拓客公司想跟我行合作",
        "张伟的材料是假的",
        "中介“包过”骗人，平台“零门槛秒批”",
        "先收平台服务费再放款",
        "他们管这个叫“优化”，不叫造假",
        "公司叫什么一概说不出来",
        "公司叫员工和亲戚投钱",
        "北京某资产顾问有限公司，注册资本五千万",
        "银行公司部的材料",
        "客户的钱打到恒远科技有限公司",
    ],
)
def test_what_is_no_name_of_the_partner_is_not_taken_for_one(names: Names, text: str) -> None:
    assert names.of(text) == ""


def test_two_names_in_one_turn_are_both_found(names: Names) -> None:
    text = "两家一起看：鑫桥咨询收客户12个点，恒远数科只做导流按点击结算"
    assert [name.text for name in names.found(text)] == ["鑫桥咨询", "恒远数科"]
    text = "one is called Xinqiao, the other Hengyuan"
    assert [name.text for name in names.found(text)] == ["Xinqiao", "Hengyuan"]


def test_hardly_any_name_is_found_where_the_bank_gives_none(names: Names, library: Library) -> None:
    guessed = [
        name.text for practice in library.corpus.practices[::5] for name in names.found(practice.text) if not name.given
    ]
    assert len(guessed) <= 3, guessed


def test_a_name_is_said_without_its_trade_and_town_but_an_ordinary_word_is_not_one() -> None:
    assert short_of("杭州鼎信融资咨询有限公司") == "鼎信"
    assert short_of("恒远数科") == "恒远"
    assert short_of("信用咨询") == "信用咨询"
    assert forms(["鑫桥咨询", "鑫桥担保"]) == {"鑫桥咨询": "鑫桥咨询", "鑫桥担保": "鑫桥担保"}
    assert unnamed("鑫桥还收三个点", ["鑫桥咨询"]) == "这家还收三个点"
