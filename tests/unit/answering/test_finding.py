"""Searching with what was asked and with the words of the rules beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import numpy as np

from assistant.answering.finding import find_passages
from assistant.answering.question import read
from assistant.knowledge import Library
from assistant.service import Assistant
from assistant.types import Kind, Passage

TODAY = date(2026, 11, 23)


def passage(title: str, score: float, dense: int | None = None) -> Passage:
    return Passage(
        source_id=title, kind="statute", law=title, article=None, title=title, text="", score=score, dense_rank=dense
    )


class Shelf:
    """A retriever that finds what it was told for a query, and remembers the queries."""

    def __init__(self, found: dict[str, list[Passage]]) -> None:
        self.found = found
        self.asked: list[str] = []

    def encode(self, query: str) -> np.ndarray | None:  # type: ignore[type-arg]
        return None

    def find(
        self,
        query: str,
        top_k: int,
        kinds: Sequence[Kind] | None = None,
        also: Collection[str] = (),
        vector: object = None,
    ) -> list[Passage]:
        self.asked.append(query)
        return self.found.get(query, [])


def test_added_words_do_not_outweigh_what_was_asked(library: Library) -> None:
    question = read("试用期最长多久", None, TODAY, library.corpus.speech.wordings)
    leave, probation = passage("年休假", 0.5), passage("试用期", 0.4)
    shelf = Shelf({question.search: [leave, probation], question.text: [probation]})
    assert question.added
    assert [item.title for item in find_passages(shelf, question, (), None)] == ["试用期", "年休假"]


def test_an_english_question_is_not_searched_by_its_latin_words() -> None:
    question = read("Who can be a guarantor under KYC 规则?", None, TODAY)
    shelf = Shelf({})
    find_passages(shelf, question, (), np.ones(3, np.float32))
    assert shelf.asked == ["KYC 规则"]


def test_what_only_added_words_found_for_an_english_question_is_left_out() -> None:
    question = read("What is the fine?", None, TODAY)
    shelf = Shelf({"": [passage("偶然", 0.9), passage("相近", 0.3, dense=1), passage("所问", 0.2)]})
    found = find_passages(shelf, question, ("所问",), np.ones(3, np.float32))
    assert [item.title for item in found] == ["相近", "所问"]


def test_a_story_decides_only_between_passages_as_near_as_each_other() -> None:
    question = read("可以吗", None, TODAY)
    shelf = Shelf(
        {
            "可以吗": [passage("甲", 0.5), passage("乙", 0.5), passage("丙", 0.4)],
            "故事": [passage("乙", 1), passage("丙", 1)],
        }
    )
    assert [item.title for item in find_passages(shelf, question, (), None, "故事")] == ["乙", "甲", "丙"]


def test_a_rule_that_plainly_governs_is_not_refused_for_how_its_question_sounds(assistant: Assistant) -> None:
    for question, article in (
        ("合作机构集中度上限是多少", "三、"),
        ("加班费按几倍付", "第四十四条"),
        ("定金可以收合同金額的百分之幾", "第五百八十六条"),
        ("劳动合同试用期最长多久", "第二十一条"),
    ):
        answer = assistant.ask(question)
        assert not answer.abstained, question
        assert article in [item.article for item in answer.citations], question


def test_what_nothing_governs_is_still_refused(assistant: Assistant) -> None:
    for question in ("网约车平台抽成上限是多少", "居民电价阶梯怎么分", "增值税小规模纳税人起征点是多少"):
        assert assistant.ask(question).abstained, question


def test_a_question_at_the_end_of_a_long_story_is_answered_like_the_question(assistant: Assistant) -> None:
    story = (
        "客户投诉说保费被代理人收走没有交到公司，还有人说理赔款被修理厂冒领。会议纪要里提到过网点搬迁和春节排班。" * 80
    )
    question = "请问催收人员可以联系借款人的同事和亲友催债吗？"
    alone, told = assistant.ask(question), assistant.ask(story + question)
    assert len(story) > 4000
    assert told.citations[0].law == alone.citations[0].law
    assert not {item.law for item in told.citations} & {"保险法", "保险代理人监管规定", "保险销售行为管理办法"}
