"""Quotes are pieces of their source."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.grounds import Candidate, Ground
from assistant.answering.question import read
from assistant.answering.quoting import LONGEST_QUOTE, cut
from assistant.answering.ranking import Signs
from assistant.answering.weights import Weights, pairs
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations

WEIGHTS = Weights(["银行不得外包核心业务。", "保险公司应当保存资料。", "借款人应当还款。"])


@given(st.text(alphabet="银行不得外包核心业务应当保存资料。；\n，", max_size=900), st.text(max_size=20))
def test_a_quote_is_one_piece_of_its_source(text: str, question: str) -> None:
    assert cut(text, pairs(question), WEIGHTS) in text


def test_a_long_article_is_quoted_where_it_speaks_of_the_question() -> None:
    filler = "保险公司应当保存资料，并按照规定报送。" * 20
    text = f"{filler}银行不得外包核心业务。{filler}"
    quote = cut(text, pairs("银行外包核心业务"), WEIGHTS)
    assert "银行不得外包核心业务。" in quote
    assert len(quote) <= LONGEST_QUOTE


def test_coverage_is_the_share_of_the_questions_words() -> None:
    assert WEIGHTS.coverage(pairs("核心业务"), "外包核心业务") == 1.0
    assert WEIGHTS.coverage(pairs("核心业务"), "借款人") == 0.0
    assert WEIGHTS.coverage(set(), "借款人") == 0.0


# --- the note ---------------------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 23)
SIGNS = Signs("a", 0.1, -10.0, 0.4, True, 0.3, named=False, asked=False, numbered=True, statute=False)


def ground(library: Library, title: str, number: str) -> Ground:
    regulation = library.titled(title)[0]
    article = library.article(regulation.id, number)
    assert article is not None
    return Ground(Candidate(regulation, article, library.precis.get((regulation.id, number)), SIGNS), 1.0)


@pytest.fixture(scope="module")
def writer(library: Library) -> ExtractiveWriter:
    texts = [article.text for item in library.regulations.values() for article in item.articles]
    return ExtractiveWriter(library, Citations(library), Weights(texts))


def note(writer: ExtractiveWriter, question: str, *grounds: Ground) -> list[str]:
    return [sentence.text for sentence in writer.write(read(question, None, TODAY), grounds)]


def test_two_things_asked_get_two_answers_each_with_its_own_ground(library: Library, writer: ExtractiveWriter) -> None:
    question = "融资担保公司能不能为控股股东提供融资担保？催收高利放贷产生的债务，恐吓跟踪骚扰他人的判几年？"
    grounds = ground(library, "融资担保公司监督管理条例", "第十七条"), ground(library, "刑法", "第二百九十三条之一")
    said = note(writer, question, *grounds)
    headings = [at for at, text in enumerate(said) if text.startswith("关于「")]
    assert len(headings) == 2
    assert all(said[at + 1].startswith("结论：") for at in headings)
    assert said[headings[0] + 2].startswith("《融资担保公司监督管理条例》")
    assert said[headings[1] + 2].startswith("《刑法》")


def test_a_thing_asked_that_no_ground_speaks_of_is_said_to_be_open(library: Library, writer: ExtractiveWriter) -> None:
    question = "融资担保公司能不能为控股股东提供融资担保？自主定价系数区间写在哪里？融资担保责任余额怎么算？"
    grounds = (
        ground(library, "融资担保公司监督管理条例", "第十七条"),
        ground(library, "融资担保公司监督管理条例", "第十五条"),
    )
    said = note(writer, question, *grounds)
    assert any(text.startswith("没有覆盖：关于「自主定价系数") for text in said)


def test_of_two_ranks_the_higher_prevails(library: Library, writer: ExtractiveWriter) -> None:
    grounds = (
        ground(library, "收单外包服务自律管理办法", "第十二条"),
        ground(library, "银行卡收单业务管理办法", "第三十五条"),
    )
    said = " ".join(note(writer, "商户资质审核外包的规定不一致，以哪个为准", *grounds))
    assert "效力高的《银行卡收单业务管理办法》" in said
    assert "效力" not in " ".join(note(writer, "商户资质审核能不能外包", grounds[0]))


def test_an_exception_outside_the_quote_is_told(library: Library, writer: ExtractiveWriter) -> None:
    said = note(writer, "赔偿或者给付保险金的核定期限最长是几日", ground(library, "保险法", "第二十三条"))
    assert said[0].startswith("结论：")
    assert any("“" in text and ("另有约定" in text or "除外" in text) for text in said)


def test_items_are_quoted_with_the_words_that_open_their_list(library: Library, writer: ExtractiveWriter) -> None:
    threats = ground(library, "治安管理处罚法", "第五十条")
    said = " ".join(note(writer, "反复给人发恐吓短信，治安上怎么罚", threats))
    assert "拘留" in said
    text = "有下列行为之一的，处五日以下拘留：\n" + "\n".join(f"（{n}）{'甲' * 90}；" for n in "一二三四五")
    piece = cut(text, set(), WEIGHTS)
    assert piece in text


def test_ranks_are_said_only_of_what_speaks_of_the_same_thing(library: Library, writer: ExtractiveWriter) -> None:
    grounds = ground(library, "刑法", "第一百九十一条"), ground(library, "融资担保公司监督管理条例", "第十七条")
    assert "效力" not in " ".join(note(writer, "洗钱怎么罚，能不能给控股股东担保", *grounds))


def test_rules_of_equal_rank_are_for_the_state_council_to_decide(library: Library, writer: ExtractiveWriter) -> None:
    grounds = (
        ground(library, "银行保险机构消费者权益保护管理办法", "第四十一条"),
        ground(library, "中国人民银行金融消费者权益保护实施办法", "第六十二条"),
    )
    said = "".join(note(writer, "人民银行和金融监管总局的消费者保护办法冲突怎么办", *grounds))
    assert "效力相同" in said
    assert "《立法法》第一百零六条第（三）项：“地方性法规、规章之间不一致时" in said
    assert "由国务院裁决。”" in said


def test_a_description_is_handed_over_before_anything_is_quoted(library: Library, writer: ExtractiveWriter) -> None:
    said = note(writer, "他们说内部有人，包过，收12%。", ground(library, "刑法", "第一百九十三条"))
    assert "评估" in said[0]
    assert not any(text.startswith("结论") for text in said)


def test_a_named_item_is_what_is_quoted(library: Library, writer: ExtractiveWriter) -> None:
    said = note(writer, "刑法第一百九十一条第一款第（五）项", ground(library, "刑法", "第一百九十一条"))
    assert said[1].startswith("《刑法》第一百九十一条第一款第（五）项：“")
    assert said[2].startswith("“（五）")


def test_a_long_story_does_not_decide_the_conclusion(library: Library, writer: ExtractiveWriter) -> None:
    story = "对方介绍了网点和人员安排，还谈了系统对接和宣传物料。" * 80
    question = f"{story}请问催收公司晚上十一点能不能给借款人打电话？"
    regulation = library.titled("金融机构个人消费类贷款催收工作指引（试行）")[0]
    article = next(item for item in regulation.articles if "22:00" in item.text)
    said = note(writer, question, Ground(Candidate(regulation, article, None, SIGNS), 1.0))
    assert said[0].startswith("结论：不可以，所问的23:00")
