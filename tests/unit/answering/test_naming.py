"""What a question says beside the names in it."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.naming import asks_binding, asks_standing, only_names, points_nowhere, rest, unrecorded
from assistant.answering.question import Question, read
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations, Resolution

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def citations(library: Library) -> Citations:
    return Citations(library)


def named(citations: Citations, text: str) -> tuple[Question, list[Resolution]]:
    question = read(text, None, TODAY)
    return question, [citations.resolve(item, question.as_of) for item in citations.parse(question.text)]


@pytest.mark.parametrize(
    "text",
    [
        "刑法第175条",
        "民法典680条第2款怎么规定？",
        "消法第五十五条的原文是什么",
        "银发〔2016〕261号讲什么",
        "民法典第六百八十條的內容",
        "2020年治安管理处罚法第四十二条",
        "What does Article 29 of the PIPL say?",
    ],
)
def test_a_reference_with_nothing_beside_it_is_known_as_such(citations: Citations, text: str) -> None:
    assert only_names(*named(citations, text))


@pytest.mark.parametrize(
    "text", ["刑法第175条判几年", "民法典第680条，信用卡也算吗", "按9号文平台能收费吗", "怎么规定"]
)
def test_a_reference_with_a_matter_of_its_own_is_more(citations: Citations, text: str) -> None:
    assert not only_names(*named(citations, text))


@pytest.mark.parametrize(
    "text",
    [
        "网络安全法从什么时候开始施行",
        "反洗钱法第三条（2006年）现在还有效吗",
        "反洗錢法現在還有效嗎",
        "合同法是不是已经废止了？",
        "助贷新规的文号是什么",
        "催收指引谁发布的",
        "网络安全法2025年12月还是旧法吗",
        "征信业务管理办法哪年施行，谁发布的？",
        "Is the 2006 Anti-Money Laundering Law still in force?",
        "When did the PIPL take effect?",
    ],
)
def test_questions_of_standing_are_known(citations: Citations, text: str) -> None:
    assert asks_standing(rest(*named(citations, text)))


@pytest.mark.parametrize(
    "text",
    [
        "民法典第680条对信用卡还有效吗",
        "征信业务管理办法施行后还能买数据吗",
        "反洗钱法怎么执行",
        "刑法第175条讲什么",
        "按民法典，违反强制性规定的合同有效吗",
        "Is a loan valid under the Civil Code?",
    ],
)
def test_questions_that_ask_more_are_not_of_standing(citations: Citations, text: str) -> None:
    assert not asks_standing(rest(*named(citations, text)))


def test_whether_a_rule_binds_is_told_from_what_it_binds_to(citations: Citations) -> None:
    assert asks_binding(rest(*named(citations, "2025年9月助贷通知对银行有约束力吗")))
    assert not asks_binding(rest(*named(citations, "没盖章的协议对银行有约束力吗，助贷通知怎么说")))


def test_words_that_point_need_something_to_point_at(citations: Citations) -> None:
    assert points_nowhere(*named(citations, "前款规定的是什么意思")) == "前款"
    assert points_nowhere(*named(citations, "该条第二款是什么意思")) == "该条"
    assert not points_nowhere(*named(citations, "刑法第175条，前款是什么意思"))
    assert not points_nowhere(*named(citations, "前款规定的贷款能不能展期"))


def test_a_rule_that_is_not_on_record_is_named(citations: Citations) -> None:
    assert unrecorded(*named(citations, "贷款通则废止了吗"), citations.names) == "贷款通则"
    assert not unrecorded(*named(citations, "小贷办法什么时候施行"), citations.names)
    assert not unrecorded(*named(citations, "操作风险那个新办法什么时候施行的"), citations.names)
