"""What stands beside an answer: said where it is so, and only there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assistant.answering import Answerer
from tests.unit.answering.conftest import TODAY


def said(answerer: Answerer, question: str, as_of: date | None = None) -> str:
    return "\n".join(answerer.answer(question, as_of).notices)


@pytest.mark.parametrize(
    "question",
    [
        "反不正当竞争法第八条关于商业贿赂是怎么规定的？",
        "反洗钱法第二十八条规定客户尽职调查可以收取费用吗？",
        "刑法第一百九十六条规定的高利转贷，合作方套取贷款再放出去算不算？",
        "公司法第十六条公司对外担保要股东会决议吗？",
    ],
)
def test_an_article_is_not_said_to_have_moved_without_need(answerer: Answerer, question: str) -> None:
    assert "条号可能已随修订变动" not in said(answerer, question)


def test_an_article_that_a_revision_moved_is_named(answerer: Answerer) -> None:
    assert "见第五十条" in said(answerer, "治安管理处罚法第四十二条写恐吓信威胁他人怎么处罚？")


def test_a_day_to_come_is_not_contradicted_by_today(answerer: Answerer) -> None:
    notices = said(answerer, "商标法第十条怎么规定？", date(2027, 6, 15))
    assert "2027-06-15当日" in notices
    assert TODAY.isoformat() not in notices


def test_a_text_of_which_only_the_adoption_is_known_is_doubted_without_being_named(answerer: Answerer) -> None:
    question = "当事人申请公示催告，人民法院决定受理后怎么公告？"
    assert "2023-09-01通过" in said(answerer, question, date(2023, 10, 15))
    assert "2023-09-01通过" not in said(answerer, question, TODAY)


def test_the_day_before_an_amendment_gets_the_older_wording(answerer: Answerer) -> None:
    begins = date(2024, 3, 1)
    for day, number in ((begins - timedelta(days=1), "五年以下"), (TODAY, "三年以下")):
        answer = answerer.answer("刑法第三百九十条怎么规定？", day)
        quotes = [citation.quote for sentence in answer.sentences for citation in sentence.citations]
        assert quotes
        assert any(number in quote for quote in quotes), day


def test_an_english_notice_knows_an_older_text_from_no_law(answerer: Answerer) -> None:
    notices = said(answerer, "What does article 42 of the 网络安全法 say?", date(2025, 12, 15))
    assert "an earlier text" in notices
    assert "not yet in force" not in notices
