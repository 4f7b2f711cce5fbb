"""How instruments stand on a day, and what is said where a named text is not at hand."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering import Answerer


def titles(answerer: Answerer, question: str, as_of: date | None = None) -> set[str]:
    return {item.law for item in answerer.answer(question, as_of).citations}


@pytest.mark.parametrize(
    ("question", "law", "said"),
    [
        ("反洗钱法第三条（2006年）现在还有效吗", "反洗钱法", ["2025-01-01废止", "主席令第56号", "2007-01-01"]),
        ("主席令第56号反洗钱法", "反洗钱法", ["2025-01-01废止", "主席令第38号"]),
        ("民法典什么时候生效", "民法典", ["现行有效", "2021-01-01", "第一千二百六十条"]),
        ("反洗錢法現在還有效嗎", "反洗钱法", ["現行有效", "2025-01-01"]),
        ("Is the 2006 Anti-Money Laundering Law still in force?", "反洗钱法", ["no longer applies", "2025-01-01"]),
        ("合同法废止了吗", "民法典", ["已于2021-01-01废止"]),
    ],
)
def test_a_question_of_standing_is_answered_from_the_record(
    answerer: Answerer, question: str, law: str, said: list[str]
) -> None:
    answer = answerer.answer(question)
    assert not answer.abstained
    assert {item.law for item in answer.citations} == {law}
    assert all(item.verified for item in answer.citations)
    assert all(words in answer.text for words in said)


def test_the_standing_is_that_of_the_day_asked(answerer: Answerer) -> None:
    before = answerer.answer("催收指引2026年1月1日时有效吗")
    assert before.as_of == "2026-01-01"
    assert "尚未生效" in before.sentences[0].text
    assert {item.status for item in before.citations} == {"not_yet_in_force"}
    assert "现行有效" in answerer.answer("催收指引现在有效吗").sentences[0].text


def test_whether_a_rule_binds_before_its_day_is_no_question_for_another(answerer: Answerer) -> None:
    answer = answerer.answer("2025年9月助贷通知对银行有约束力吗")
    assert "尚未生效" in answer.text
    assert len({item.source_id for item in answer.citations}) == 1


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ("商业银行互联网贷款管理暂行办法第四条", "第四条不在手头收录"),
        ("2020年治安管理处罚法第四十二条", "旧文本手头没有"),
        ("互联网助贷平台准入条例还有效吗", "没有查到"),
        ("贷款通则废止了吗", "没有登记"),
        ("前款规定的是什么意思", "指哪一条没有说明"),
        ("2021年3月，与合作机构联合放款，合作方只出资20%，当时违规吗", "2022-01-01起执行"),
    ],
)
def test_what_is_not_at_hand_for_the_day_is_said_and_not_replaced(
    answerer: Answerer, question: str, because: str
) -> None:
    answer = answerer.answer(question)
    assert answer.abstained
    assert answer.reason
    assert because in answer.reason


def test_a_bare_reference_is_answered_from_its_article_alone(answerer: Answerer) -> None:
    for question in ("民法典680条第2款", "民法典第六百八十条怎么规定", "民法典第六百八十条的原文"):
        found = {(item.law, item.article) for item in answerer.answer(question).citations}
        assert found == {("民法典", "第六百八十条")}


def test_a_document_number_is_answered_from_that_document(answerer: Answerer) -> None:
    assert {item.doc_no for item in answerer.answer("银发〔2016〕261号讲什么").citations} == {"银发〔2016〕261号"}


def test_an_old_amendment_is_cited_only_where_it_is_named(answerer: Answerer) -> None:
    assert titles(answerer, "刑法修正案（三）") == {"刑法修正案（三）"}
    assert not any("修正案" in law for law in titles(answerer, "资助恐怖活动组织的怎么处罚"))


def test_both_rules_that_are_said_to_differ_are_cited(answerer: Answerer) -> None:
    found = titles(answerer, "9号文和互贷办法对增信服务费规定不一致时，以哪个为准")
    assert len(found) > 1
    assert "商业银行互联网贷款管理暂行办法" in found
