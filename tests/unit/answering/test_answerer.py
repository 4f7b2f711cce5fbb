"""The order of an answer: what is found, said, checked, refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from assistant.answering import Answerer, Listener, Sentence
from assistant.answering.extractive import Opening
from assistant.answering.grounds import Ground
from assistant.answering.question import Question
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.types import Citation


def laws(answerer: Answerer, question: str, as_of: date | None = None) -> list[tuple[str, str | None]]:
    return [(item.law, item.article) for item in answerer.answer(question, as_of).citations]


def test_an_answer_cites_the_governing_article_and_every_quote_is_checked(answerer: Answerer) -> None:
    answer = answerer.answer("融资担保公司能不能给自己的控股股东提供融资担保？")
    assert not answer.abstained
    assert ("融资担保公司监督管理条例", "第十七条") in [(item.law, item.article) for item in answer.citations]
    assert all(item.verified for item in answer.citations)
    assert answer.sentences[0].text.startswith("结论：")


def test_every_sentence_that_quotes_carries_its_citation(answerer: Answerer) -> None:
    answer = answerer.answer("个人征信业务没有取得许可能不能做？")
    for sentence in answer.sentences:
        if sentence.text.startswith("《"):
            assert any(item.quote in sentence.text for item in sentence.citations)
        if not sentence.citations:
            assert not any(item.quote in sentence.text for item in answer.citations)


@pytest.mark.parametrize(
    "question",
    [
        "《互联网助贷平台准入与保证金管理条例》第十二条要求缴多少保证金？",
        "刑法第二百八十七条之三判几年？",
        "反洗钱法第七十二条的原文是什么",
        "固定资产贷款管理办法第十条怎么说？",
        "数字人民币二类钱包的余额上限是多少？",
    ],
)
def test_what_no_text_supports_is_not_answered(answerer: Answerer, question: str) -> None:
    answer = answerer.answer(question)
    assert answer.abstained
    assert not answer.citations
    assert answer.text == ""
    assert answer.reason
    assert answer.reason.endswith("。")
    assert "\n" not in answer.reason
    assert answer.nearest


def test_a_repealed_law_is_answered_from_its_successor(answerer: Answerer) -> None:
    answer = answerer.answer("合同法第一百一十四条关于违约金过高可以请求减少的规定还能引吗？")
    assert not answer.abstained
    assert {item.law for item in answer.citations} == {"民法典"}
    assert any("民法典" in notice for notice in answer.notices)


def test_a_renumbered_article_is_pointed_out(answerer: Answerer) -> None:
    answer = answerer.answer("网络安全法第四十一条收集、使用个人信息应当遵循合法、正当、必要的原则，还这么引吗？")
    assert any("条号" in notice for notice in answer.notices)
    assert ("网络安全法", "第四十三条") in [(item.law, item.article) for item in answer.citations]


def test_the_asked_day_selects_the_law(answerer: Answerer) -> None:
    question = "反洗钱法规定客户身份资料和交易记录至少保存多少年？"
    then = answerer.answer(question, date(2024, 10, 15))
    assert then.as_of == "2024-10-15"
    assert {item.source_id for item in then.citations if item.law == "反洗钱法"} == {"law-aml-2006"}
    assert any("2024-10-15" in notice for notice in then.notices)
    now = answerer.answer(question)
    assert {item.source_id for item in now.citations if item.law == "反洗钱法"} == {"law-aml-2024"}


def test_a_day_in_the_question_is_taken(answerer: Answerer) -> None:
    assert answerer.answer("2024年6月发放的个人贷款，贷款调查能不能委托第三方？").as_of == "2024-06-15"


def test_nothing_that_is_not_in_force_is_cited(answerer: Answerer) -> None:
    for question in ("个人贷款管理暂行办法第十六条还能用吗", "投诉处理办法修订稿规定几天办结？"):
        assert {item.status for item in answerer.answer(question).citations} <= {"in_force", "amended"}


def test_a_false_premise_is_named_first(answerer: Answerer) -> None:
    answer = answerer.answer("收单外包机构在协会备案了，说明协会认可了它的资质，我们就不用再做尽调了吧")
    assert answer.premise_corrected
    assert answer.sentences[0].text.startswith("您的前提与规定不符")


def test_an_english_question_is_framed_in_english_and_quoted_in_chinese(answerer: Answerer) -> None:
    answer = answerer.answer("What fine does the Anti-Money Laundering Law set for failing customer due diligence?")
    assert answer.sentences[0].text.isascii()
    assert all(notice.isascii() or "《" in notice for notice in answer.notices)
    assert any(item.law == "反洗钱法" for item in answer.citations)


def test_a_traditional_question_is_framed_in_traditional(answerer: Answerer) -> None:
    answer = answerer.answer("支付機構可否把特約商戶的盡職調查交給外包商代辦？")
    assert answer.sentences[0].text.startswith("結論")
    assert all(item.verified for item in answer.citations)


def test_a_stream_ends_with_the_whole_answer(answerer: Answerer) -> None:
    question = "融资担保公司能不能给自己的控股股东提供融资担保？"
    events = list(answerer.stream(question))
    assert [event.name for event in events] == ["retrieved", "draft", "verified"]
    assert events[-1].answer is not None
    assert events[-1].answer.sentences == answerer.answer(question).sentences


def test_an_abstention_streams_no_draft(answerer: Answerer) -> None:
    assert [event.name for event in answerer.stream("刑法第二百八十七条之三判几年？")] == ["retrieved", "verified"]


class _Inventor:
    """A writer that cites what is not there, as a chat model might."""

    def write(
        self, question: Question, grounds: Sequence[Ground], opening: Opening | None = None
    ) -> tuple[Sentence, ...]:
        ground = grounds[0]
        invented = Citation(
            law=ground.regulation.title,
            article=ground.article.no,
            quote="任何机构均可自由出售客户信息",
            kind="official",
            status="in_force",
            effective="",
            issuer="",
            doc_no="",
            source_id=ground.regulation.id,
            verified=True,
        )
        return (Sentence(text="可以。", citations=(invented,)), Sentence(text="以上。"))


def test_a_writer_that_invents_is_not_believed(library: Library, listener: Listener, answerer: Answerer) -> None:
    search = answerer.retriever
    inventor = Answerer(library, search, listener, _Inventor(), today=lambda: date(2026, 11, 23))
    answer = inventor.answer("能不能出售客户个人信息？")
    assert answer.abstained
    assert not answer.sentences
    assert "核验" in (answer.reason or "")


class _Twister:
    """A writer whose citations are true and whose sentence says the contrary of what is cited."""

    def __init__(self, citations: Citations) -> None:
        self._citations = citations

    def write(
        self, question: Question, grounds: Sequence[Ground], opening: Opening | None = None
    ) -> tuple[Sentence, ...]:
        found = grounds[0]
        cited = self._citations.cite(found.regulation, found.article, found.article.text, question.as_of)
        twisted = found.article.text.replace("不得", "可以").replace("应当", "无须")
        return (Sentence(text=found.article.text, citations=(cited,)), Sentence(text=twisted, citations=(cited,)))


def test_a_sentence_that_its_article_does_not_support_is_dropped(
    library: Library, listener: Listener, answerer: Answerer
) -> None:
    twister = _Twister(Citations(library))
    twisted = Answerer(library, answerer.retriever, listener, twister, today=lambda: date(2026, 11, 23))
    answer = twisted.answer("融资担保公司能不能给自己的控股股东提供融资担保？")
    assert [sentence.text for sentence in answer.sentences] == [answer.citations[0].quote]


def test_a_medium_entry_is_cited_by_its_instrument_and_the_notices_say_so(answerer: Answerer) -> None:
    answer = answerer.answer("银保监规〔2022〕14号第六项怎么规定")
    assert {item.article for item in answer.citations} == {None}
    assert any("条号未核" in notice and "核验" in notice for notice in answer.notices)


@pytest.mark.parametrize("question", ["", "？", "😀😀", "a", "\x00\x00", "很" * 5000, "第" * 300 + "条"])
def test_odd_input_gets_an_answer_object(answerer: Answerer, question: str) -> None:
    answer = answerer.answer(question)
    assert answer.abstained == (not answer.citations)


def test_a_bare_reference_to_a_repealed_law_cites_the_article_that_repealed_it(answerer: Answerer) -> None:
    answer = answerer.answer("合同法第五十二条还能引吗")
    assert answer.sentences[0].text.startswith("所引规定不是当日有效的规定")
    assert (answer.citations[0].law, answer.citations[0].article) == ("民法典", "第一千二百六十条")


def test_a_note_says_who_is_bound_and_which_day_it_knows(answerer: Answerer) -> None:
    said = [sentence.text for sentence in answerer.answer("收单机构能不能把特约商户资质审核交给外包商？").sentences]
    assert any(text.startswith("适用对象：") for text in said)
    assert said[-1].startswith("知识截至")


def test_conduct_told_beside_the_question_is_handed_to_the_assessment(answerer: Answerer) -> None:
    story = "有家没有融资担保牌照的公司，一直替我们的借款人兜底，逾期了它就全额垫付，"
    question = "没有牌照经营融资担保业务怎么处罚？"
    told, plain = (
        " ".join(item.text for item in answerer.answer(text).sentences) for text in (story + question, question)
    )
    assert "评估" in told
    assert "评估" not in plain


def test_notices_and_refusals_are_in_the_language_asked(answerer: Answerer) -> None:
    traditional = answerer.answer("合同法第一百一十四條關於違約金過高可以請求減少的規定還能引嗎？")
    assert any("廢止" in notice and "《合同法》" in notice for notice in traditional.notices)
    english = answerer.answer("What does Article 300 of the Anti-Money Laundering Law say?")
    assert english.abstained
    assert (english.reason or "").startswith("《反洗钱法》")
    assert "not found" in (english.reason or "")


def test_what_an_earlier_text_said_is_not_answered_from_the_present_one_nor_from_another_law(
    answerer: Answerer,
) -> None:
    for question in ("公司法注册资本五年内缴足是吗", "公司法第四十七条", "公司法规定注册资本多久要缴足"):
        answer = answerer.answer(question, date(2023, 6, 1))
        assert answer.abstained, question
        assert "旧文本" in (answer.reason or "")
        assert "手头没有" in (answer.reason or "")
        assert "尚未生效" not in (answer.reason or "")
    assert not answerer.answer("公司法规定注册资本多久要缴足", date(2025, 6, 1)).abstained
