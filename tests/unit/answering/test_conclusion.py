"""The first line of a note: plain only where nothing in the deciding sentence could turn it."""

from __future__ import annotations

import pytest

from assistant.answering.conclusion import conclude, deciding, is_negated, kind_of
from assistant.answering.measured import clock
from assistant.answering.weights import Weights, pairs

WEIGHTS = Weights(["银行不得外包核心业务。", "保险公司应当保存资料。", "借款人应当还款。"])


def word(question: str, *texts: str) -> str:
    sentence = deciding(question, pairs(question), [[text] for text in texts], WEIGHTS.coverage)
    return conclude(question, sentence, WEIGHTS.coverage).word


PAIRS = [
    # plain
    ("平台可以向借款人收取费用吗", "平台不得向借款人收取费用。", "forbids"),
    ("平台向借款人收取费用违规吗", "平台不得向借款人收取费用。", "broken"),
    ("平台向借款人收取费用合规吗", "平台不得向借款人收取费用。", "broken"),
    ("银行能不能公开消费者投诉电话", "银行可以公开消费者投诉电话。", "permits"),
    ("银行公开消费者投诉电话算不算违规", "银行可以公开消费者投诉电话。", "allowed"),
    ("是否需要保存客户身份资料", "金融机构应当保存客户身份资料。", "needed"),
    # left undone
    ("可以不保存客户身份资料吗", "金融机构应当保存客户身份资料。", "must"),
    ("不保存客户身份资料行吗", "金融机构应当保存客户身份资料。", "must"),
    ("是否可以免保存客户身份资料", "金融机构应当保存客户身份资料。", "must"),
    ("不保存客户身份资料违规吗", "金融机构应当保存客户身份资料。", "broken"),
    ("银行可以不承担催收公司的责任吗", "银行承担催收管理的主体责任。", "must"),
    ("老客户可以不提供收入证明吗", "老客户可以不提供收入证明。", "permits"),
    ("催收外包后银行能不能免责", "银行要规范催收外包。", "judge"),
    # time, number
    ("晚上七点可以打催收电话吗", "每日22:00至次日8:00不得打电话催收。", "hour: outside"),
    ("晚上十一点可以打催收电话吗", "每日22:00至次日8:00不得打电话催收。", "hour: inside"),
    ("早上7:30打催收电话违规吗", "每日22:00至次日8:00不得打电话催收。", "hour: inside"),
    ("七点可以打催收电话吗", "每日22:00至次日8:00不得打电话催收。", "depends"),
    ("合作方出资占比30%合规吗", "合作方的出资占比不得低于30%。", "percent: least, kept"),
    ("合作方出资占比20%合规吗", "合作方的出资占比不得低于百分之三十。", "percent: least, broken"),
    ("单一合作方贷款余额占比26%可以吗", "单一合作方贷款余额占比不得超过25%。", "percent: most, broken"),
    ("单一合作方贷款余额占比25%可以吗", "单一合作方贷款余额占比不得超过25%。", "percent: most, kept"),
    ("合作方出资占比超过30%合规吗", "合作方的出资占比不得低于30%。", "depends"),
    ("年利率24%的贷款违规吗", "贷款利率不得违反国家有关规定。", "depends"),
    ("单户贷款二十五万元可以吗", "单户贷款余额不得超过20万元。", "depends"),
    # condition, exception, manner
    ("可以联系借款人预留的联系人吗", "只有借款人失联时可以联系借款人预留的联系人。", "depends"),
    ("平台能不能使用个人征信信息", "未经同意不得使用个人征信信息。", "depends"),
    ("担保公司可以向借款人收取担保费用吗", "平台不得向借款人收取担保费用，但有资质的担保公司除外。", "depends"),
    ("经客户同意可以向第三方提供客户信息吗", "银行不得向第三方提供客户信息。", "depends"),
    ("有担保资质的公司可以向借款人收取费用吗", "合作公司不得向借款人收取费用。", "depends"),
    ("催收公司可以联系借款人的同事吗", "不得联系与借款人无关的同事。", "depends"),
    ("没有资质的机构可以提供增信吗", "机构没有资质的，不得提供增信。", "depends"),
    ("可以上门催收吗", "不得以暴力方式上门催收。", "depends"),
    # far from what was asked, or no yes or no
    ("可以公开招聘员工吗", "银行不得向股东提供担保。", "judge"),
    ("平台可以收取多少费用", "平台不得向借款人收取费用。", "rule"),
    ("罚款怎么算", "平台不得向借款人收取费用。", "rule"),
    ("担保公司是不是金融机构", "平台不得向借款人收取费用。", "states"),
]


@pytest.mark.parametrize(("question", "sentence", "expected"), PAIRS)
def test_a_conclusion_never_says_more_than_its_sentence(question: str, sentence: str, expected: str) -> None:
    assert word(question, sentence) == expected


@pytest.mark.parametrize("question", ["可以不签合同吗", "不签合同行吗", "能不披露吗", "未披露违规吗", "是否可以免尽调"])
def test_what_is_left_undone_is_read(question: str) -> None:
    assert is_negated(question)


@pytest.mark.parametrize("question", ["能不能收费", "可不可以收费", "不良贷款可以转让吗", "没有牌照可以放贷吗"])
def test_what_only_looks_negated_is_not(question: str) -> None:
    assert not is_negated(question)


def test_ways_of_asking_are_told_apart() -> None:
    asked = [
        "收费合规吗",
        "可以收费吗",
        "要不要备案",
        "他是不是股东",
        "收费多少",
        "Can we charge a fee?",
        "Is it legal?",
    ]
    assert [kind_of(item) for item in asked] == ["breach", "may", "duty", "whether", "open", "may", "breach"]


def test_times_of_day_are_read_where_the_half_of_the_day_is_clear() -> None:
    assert clock("晚上九点半") == [21 * 60 + 30]
    assert clock("at 9:30 pm") == [21 * 60 + 30]
    assert clock("凌晨1点") == [60]
    assert clock("22:15") == [22 * 60 + 15]
    assert clock("七点") == []


def test_an_exception_elsewhere_in_the_article_leaves_it_open() -> None:
    text = "平台不得向借款人收取费用。\n前款规定不适用于有资质的担保公司。"
    assert word("平台可以向借款人收取费用吗", text) == "depends"
