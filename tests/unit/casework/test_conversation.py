"""One turn of the chat: told apart, worked on step by step, answered whole."""

from __future__ import annotations

import pytest

from assistant.casework import Reply, Step
from assistant.service import Assistant

QUESTIONS = [
    "助贷平台可以向借款人收费吗？",
    "骗取贷款罪判几年",
    "商业银行互联网贷款管理暂行办法对合作机构有什么要求？",
    "《反洗钱法》第七条是怎么规定的",
    "催收人员晚上几点以后不能给债务人打电话",
    "合作机构名单制管理的依据是什么？",
    "信用卡套现要承担什么法律责任？",
    "民间借贷利率上限是多少？",
    "银行能不能把授信审批交给合作方做？",
    "刑法第一百七十五条之一",
    "銀行可唔可以將催收外包？",
    "Can a bank outsource credit approval to a partner?",
    "请说明助贷平台收费的规定。",
    "帮我查一下催收时间的规定。",
    "介绍一下名单制管理有哪些要求。",
]
DESCRIPTIONS = [
    "这家中介让客户带一个征信好的亲戚来签字，说只是见证不用担责。",
    "业务员收了客户三千块包装费，帮他做了半年的工资流水。",
    "合作方在朋友圈发广告，说跟我们银行是战略合作，包批贷款。",
    "代理退保的人教客户录音，再投诉保险公司要求全额退保。",
    "走访时发现对方办公室里有十几张别人的身份证和银行卡。",
    "渠道商说先交两千保证金，放款后再退，客户交完就联系不上了。",
    "我们从不向客户收费，审批全部由银行完成。",
    "对方替欠款人写投诉信，减免成功后按三成收费，这像不像反催收？",
    "有个公司专门收购空壳营业执照给人办经营贷",
    "业务员要求带弟弟来签字。",
    "合同规定先扣两万服务费。",
    "不知道他们怎么弄到客户电话的，一天打十几个。",
    "The broker took the customer's phone and applied for a loan in his brother's name.",
]
PLAIN = (
    "客户征信有逾期，中介让他带弟弟来当见证人，说不用担责。业务员拿弟弟的手机刷脸，贷款三十万办在弟弟名下，"
    "当天全部转给哥哥，中介扣走一成九服务费。"
)


def turn(assistant: Assistant, text: str) -> tuple[list[Step], Reply]:
    *steps, reply = assistant.converse(text)
    assert all(isinstance(step, Step) for step in steps)
    assert isinstance(reply, Reply)
    return [step for step in steps if isinstance(step, Step)], reply


def understood_as_a_question(assistant: Assistant, text: str) -> bool:
    step = next(iter(assistant.converse(text)))
    assert isinstance(step, Step)
    return "制度问题" in step.label


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_about_the_rules_is_read_as_one(assistant: Assistant, text: str) -> None:
    assert understood_as_a_question(assistant, text)


@pytest.mark.parametrize("text", DESCRIPTIONS)
def test_a_description_of_a_partner_is_read_as_one(assistant: Assistant, text: str) -> None:
    assert not understood_as_a_question(assistant, text)


def test_a_question_is_answered_with_verified_citations(assistant: Assistant) -> None:
    steps, reply = turn(assistant, "骗取贷款罪怎么处罚？")
    assert reply.mode == "policy"
    assert reply.answer is not None
    assert reply.assessment is None
    assert reply.answer.citations
    assert all(citation.verified for citation in reply.answer.citations)
    assert [step.name for step in steps] == ["understood", "retrieved", "draft"]


def test_a_description_is_assessed(assistant: Assistant) -> None:
    steps, reply = turn(assistant, PLAIN)
    assert reply.mode == "assess"
    assert reply.answer is None
    assert reply.assessment is not None
    assert reply.text == reply.assessment.reply
    assert reply.next_questions == reply.assessment.questions[:3]
    assert [step.name for step in steps] == ["understood", "claims", "matched"]


def test_too_little_to_judge_is_asked_back(assistant: Assistant) -> None:
    _, reply = turn(assistant, "对方说能帮忙")
    assert reply.mode == "clarify"
    assert reply.next_questions


def test_a_question_nothing_answers_is_abstained_with_a_reason(assistant: Assistant) -> None:
    _, reply = turn(assistant, "《火星贷款管理办法》第三条是怎么规定的？")
    assert reply.mode == "abstain"
    assert reply.answer is not None
    assert reply.answer.abstained
    assert reply.text


def test_every_step_is_said_in_words_and_the_reply_comes_last(assistant: Assistant) -> None:
    for text in (PLAIN, QUESTIONS[0]):
        steps, reply = turn(assistant, text)
        assert all(step.label for step in steps)
        assert reply.text
