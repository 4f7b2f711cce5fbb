"""What is said about a resemblance, and how."""

from __future__ import annotations

import re
from datetime import date

import pytest

from assistant.assessment import advice
from assistant.assessment.assessment import MatchedIndicator, MissingIndicator, NeighbourReading, Resemblance
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.types import Level

TODAY = date(2026, 11, 23)
JUDGING = re.compile(r"犯罪|罪犯|骗子|违法分子|有罪|诈骗犯|定性为")


def resemblance(id: str, name: str, level: Level, *asks: str) -> Resemblance:
    return Resemblance(
        id=id,
        name=name,
        level=level,
        score=0.9,
        matched=(MatchedIndicator(indicator=f"{id}.1", says="某迹象", span="带朋友来", start=0, end=4, score=0.8),),
        missing=tuple(MissingIndicator(indicator=f"{id}.{place}", ask=ask) for place, ask in enumerate(asks, 2)),
    )


@pytest.fixture(scope="module")
def citations(library: Library) -> Citations:
    return Citations(library)


def test_missing_indicators_come_most_telling_first(library: Library) -> None:
    pattern = library.patterns["loan-ab"]
    weights = {item.id: item.weight for item in pattern.indicators}
    found = advice.missing(pattern, {"loan-ab.1"})
    assert "loan-ab.1" not in {item.indicator for item in found}
    assert len(found) == len(pattern.indicators) - 1
    assert [weights[item.indicator] for item in found] == sorted((weights[i.indicator] for i in found), reverse=True)
    assert all(item.ask for item in found)


def test_an_indicator_without_a_question_is_asked_for_in_its_own_words(library: Library) -> None:
    pattern = library.patterns["loan-ab"]
    bare = pattern.model_copy(update={"indicators": (pattern.indicators[0].model_copy(update={"ask": ""}),)})
    [missing] = advice.missing(bare, set())
    assert missing.ask == f"请核实：{pattern.indicators[0].says}"


def test_questions_alternate_between_patterns_and_do_not_repeat(library: Library) -> None:
    first = resemblance("loan-ab", "甲", "high", "问一", "共同的问题")
    second = resemblance("loan-bridge-swap", "乙", "high", "问二", "共同的问题", "问三")
    asked = advice.questions([first, second], library)
    assert asked[:3] == ("问一", "问二", "共同的问题")
    assert len(set(asked)) == len(asked) <= 5


def test_the_question_that_decides_between_neighbours_is_among_the_first_two(library: Library) -> None:
    close = NeighbourReading(id="loan-bridge-swap", name="乙", why="若一，是甲；若二，更像乙。", ask="决定性的问题")
    first = resemblance("loan-ab", "甲", "high", "问一", "问二").model_copy(update={"neighbours": (close,)})
    asked = advice.questions([first, resemblance("loan-bridge-swap", "乙", "high", "问三")], library)
    assert asked[:2] == ("问一", "决定性的问题")
    assert "问三" in asked


def test_a_deciding_question_that_is_missing_too_is_asked_once(library: Library) -> None:
    close = NeighbourReading(id="loan-bridge-swap", name="乙", why="若一，是甲；若二，更像乙。", ask="问一")
    first = resemblance("loan-ab", "甲", "high", "问一", "问二").model_copy(update={"neighbours": (close,)})
    asked = advice.questions([first], library)
    assert asked[:2] == ("问一", "问二")
    assert len(set(asked)) == len(asked)


def test_neighbours_are_the_next_readings_with_what_separates_them(library: Library) -> None:
    for pattern in library.patterns.values():
        order = list(library.patterns)
        expected = [id for id in order if library.boundary(pattern.id, id)][: advice.NEIGHBOURS]
        found = advice.neighbours(pattern, order, library)
        assert [neighbour.id for neighbour in found] == expected
        for neighbour in found:
            boundary = library.boundary(pattern.id, neighbour.id)
            assert boundary is not None
            assert neighbour.ask == boundary.ask
            assert all(fact in neighbour.why for fact in boundary.between.values())
            assert neighbour.why.index(pattern.name) < neighbour.why.rindex(neighbour.name)


def test_a_pattern_is_no_neighbour_of_itself_and_without_others_there_is_none(library: Library) -> None:
    pattern = library.patterns["loan-ab"]
    assert advice.neighbours(pattern, ["loan-ab"], library) == ()
    assert advice.neighbours(pattern, [], library) == ()


def test_the_heaviest_sign_not_seen_would_raise_the_level(library: Library) -> None:
    pattern = library.patterns["loan-ab"]
    decisive = [item for item in pattern.indicators if item.weight == advice.DECISIVE]
    rise, *fall = advice.would_change(pattern, "medium", set())
    assert advice.inner(decisive[0].says) in rise
    assert "升高" in rise
    assert fall
    assert all("合规" in fact for fact in fall)


def test_nothing_would_raise_the_highest_level_or_one_whose_decisive_signs_are_all_seen(library: Library) -> None:
    for pattern in library.patterns.values():
        seen = {item.id for item in pattern.indicators}
        for changes in (advice.would_change(pattern, "high", set()), advice.would_change(pattern, "low", seen)):
            assert not any("升高" in change for change in changes)
            assert len(changes) == len(pattern.lookalikes[:2])


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_no_more_questions_than_asked_for(library: Library, limit: int) -> None:
    asks = (f"问{number}" for number in range(9))
    assert len(advice.questions([resemblance("loan-ab", "甲", "high", *asks)], library, limit)) == limit


def test_every_governing_citation_of_every_pattern_is_verified(library: Library, citations: Citations) -> None:
    for pattern in library.patterns.values():
        for citation in advice.governing(pattern, citations, TODAY):
            assert citation.verified
            assert citations.verify(citation, TODAY).verified
            article = citation.article and library.article(citation.source_id, citation.article)
            if article:
                precis = library.precis.get((citation.source_id, citation.article))
                assert citation.quote in article.text or (precis and citation.quote in precis.text)


def test_most_patterns_have_governing_articles(library: Library, citations: Citations) -> None:
    without = [id for id, pattern in library.patterns.items() if not advice.governing(pattern, citations, TODAY)]
    assert without == []


def test_actions_are_recommended_from_medium_on(library: Library) -> None:
    assert advice.actions([resemblance("loan-ab", "甲", "low")], library) == ()
    assert advice.actions([resemblance("loan-ab", "甲", "medium")], library) == library.patterns["loan-ab"].actions


def test_the_lawful_reading_says_what_separates_the_two(library: Library) -> None:
    pattern = library.patterns["loan-ab"]
    said = advice.lawful_reading(pattern, 0)
    assert pattern.lookalikes[0].practice in said
    assert pattern.lookalikes[0].why in said


@pytest.mark.parametrize("text", ["第一句。第二句。", "没有句号", "很长" * 200])
def test_a_quote_is_the_beginning_of_its_article(text: str) -> None:
    quote = advice.first_sentence(text)
    assert text.startswith(quote)
    assert len(quote) <= advice.QUOTE_LENGTH


@pytest.mark.parametrize("level", ["high", "medium", "low", "none"])
def test_the_reply_speaks_of_resemblance_and_judges_nobody(library: Library, level: Level) -> None:
    for pattern in library.patterns.values():
        shown = [] if level == "none" else [resemblance(pattern.id, pattern.name, level)]
        said = advice.say(level, shown, 1, 1, advice.lawful_reading(pattern, 0), needs_info=not shown)
        framed = said.replace(pattern.name, "").replace(advice.lawful_reading(pattern, 0), "")
        assert not JUDGING.search(framed), framed
        assert pattern.name in said or not shown


def test_the_reply_quotes_the_words_it_rests_on() -> None:
    said = advice.say("high", [resemblance("loan-ab", "AB贷", "high")], 0, 0, "", False)
    assert "“带朋友来”" in said
    assert "高度相似" in said


def test_the_most_telling_words_are_given_in_the_order_of_the_text() -> None:
    found = [
        MatchedIndicator(indicator="a.1", says="甲", span=span, start=start, end=start + 2, score=0.5)
        for span, start in (("最重", 8), ("次之", 2), ("最重", 8), ("再次", 0), ("末位", 5))
    ]
    first = resemblance("loan-ab", "甲", "high").model_copy(update={"matched": tuple(found)})
    assert first.strongest(3) == ["再次", "次之", "最重"]
    assert first.strongest(1) == ["最重"]


def test_too_little_to_judge_is_said_so() -> None:
    assert "不够具体" in advice.say("none", [], 0, 0, "", True)


def test_the_arithmetic_says_each_step_the_level_to_expect_and_the_leading_patterns() -> None:
    figures = advice.arithmetic((0.9, 0.8, 0.3), [("非法贷款中介", 0.95)])
    assert [figure.value for figure in figures] == ["90%", "80%", "30%", "2.00", "95%"]
    assert "非法贷款中介" in figures[-1].label


def test_what_reads_as_lawful_is_not_called_a_denial() -> None:
    assert "否认" in advice.say("none", [], 1, 1, "", False)
    lawful = advice.say("none", [], 1, 0, "", False)
    assert "否认" not in lawful
    assert "请核对是否如此" in lawful
