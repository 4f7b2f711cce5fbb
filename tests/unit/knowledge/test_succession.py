"""What applied when: versions, chains, old wording beside the new, and nothing given as the rule before its time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assistant.knowledge import Library
from assistant.knowledge.citations import CURRENT, Citations
from assistant.knowledge.succession import is_renumbered
from assistant.settings import REPOSITORY

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def citations() -> Citations:
    return Citations(Library.open(REPOSITORY / "corpus"))


def notice(citations: Citations, text: str, day: date = TODAY) -> str:
    [reference] = citations.parse(text)
    return citations.resolve(reference, day).notice


def test_a_chain_runs_from_the_oldest_to_the_newest_with_dates(citations: Citations) -> None:
    said = notice(citations, "客户身份识别办法")
    chain = said[said.index("沿革：") :]
    assert chain.index("〔2007〕第2号") < chain.index("〔2022〕第1号") < chain.index("〔2025〕第11号")
    assert "2007-08-01起至2026-01-01" in chain
    assert "从未施行" in chain
    assert chain.endswith("2026-01-01起。")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("个人贷款管理暂行办法", ["2010-02-12起至2024-07-01", "《个人贷款管理办法》", "2024-07-01起"]),
        ("261号文", ["2016-12-01起", "银发〔2019〕85号", "2019-06-01起"]),
        ("2006年反洗钱法", ["2007-01-01起至2025-01-01", "2025-01-01起"]),
    ],
)
def test_what_was_replaced_or_amended_shows_its_chain(citations: Citations, text: str, parts: list[str]) -> None:
    _, chain = notice(citations, text).split("沿革：")
    places = [chain.index(part) for part in parts]
    assert places == sorted(places)


def test_the_old_wording_stands_beside_the_new_where_both_are_at_hand(citations: Citations) -> None:
    said = notice(citations, "海商法第四条")
    assert "旧文（2026-05-01前）第五条" in said
    assert "由有关机关予以制止，处以罚款" in said
    assert "依法追究法律责任" in said
    assert "旧文仅供对照" in said


def test_wording_that_did_not_change_is_not_shown_twice(citations: Citations) -> None:
    assert "旧文" not in notice(citations, "仲裁法第二条")
    assert "旧文" not in notice(citations, "个保法第二十九条")


def test_the_day_before_a_text_begins_it_is_never_the_rule(citations: Citations) -> None:
    checked = 0
    for regulation in citations.library.regulations.values():
        begins = regulation.text_since or regulation.effective_from
        if begins is None or not regulation.articles:
            continue
        eve = begins - timedelta(days=1)
        article = regulation.articles[0]
        assert not citations.cite(regulation, article, article.text, eve).verified, regulation.title
        assert citations.status_on(regulation, eve) not in CURRENT
        checked += 1
    assert checked > 400


def test_a_text_without_a_first_day_that_never_applied_is_never_the_rule(citations: Citations) -> None:
    drafts = [item for item in citations.library.regulations.values() if citations.library.never_applied(item)]
    assert len(drafts) >= 3
    for draft in drafts:
        article = draft.articles[0]
        assert not any(
            citations.cite(draft, article, article.text, date(year, 6, 1)).verified for year in range(2015, 2031)
        )


def test_of_several_texts_the_one_of_the_day_is_meant(citations: Citations) -> None:
    [reference] = citations.parse("仲裁法第二条")
    before, after = citations.resolve(reference, date(2026, 2, 28)), citations.resolve(reference, date(2026, 3, 1))
    assert before.regulation is not None
    assert after.regulation is not None
    assert before.regulation.ended == after.regulation.text_since
    assert before.outcome == after.outcome == "in_force"


def test_a_bare_number_is_taken_for_the_only_text_that_bears_it_and_says_so(citations: Citations) -> None:
    assert "理解，请核对" in notice(citations, "108号文")
    assert "理解，请核对" not in notice(citations, "9号文")


def test_an_entry_made_from_commentary_says_so_and_explains_what_was_checked(citations: Citations) -> None:
    regulation = citations.library.regulations["reg-three-type-banks-partner-2025"]
    said = citations.caution(regulation, regulation.articles[0])
    for words in ("把握中等", "条号未核", "核验", "回查原文"):
        assert words in said
    sure = citations.library.regulations["law-criminal"]
    assert citations.caution(sure, sure.articles[0]) == ""


def test_a_citation_carries_the_rank_of_its_instrument(citations: Citations) -> None:
    for source, standing in (("law-criminal", "法律"), ("reg-credit-reporting-reg-2013", "行政法规")):
        regulation = citations.library.regulations[source]
        article = regulation.articles[0]
        assert citations.cite(regulation, article, article.text, TODAY).standing == standing


@pytest.mark.parametrize("number", ["一百六十五", "一百六十六", "一百六十九", "三百八十七", "三百九十", "三百九十三"])
def test_an_article_amended_by_itself_is_cited_as_it_read_on_the_day(citations: Citations, number: str) -> None:
    [reference] = citations.parse(f"刑法第{number}条")
    before, after = (citations.resolve(reference, day) for day in (date(2024, 2, 29), date(2024, 3, 1)))
    assert before.outcome == after.outcome == "in_force"
    assert before.article
    assert after.article
    assert before.regulation
    assert after.regulation
    assert before.article.text != after.article.text
    assert "自2024-03-01起已修改" in before.notice
    assert not citations.cite(after.regulation, after.article, after.article.text, date(2024, 2, 29)).verified
    assert citations.cite(before.regulation, before.article, before.article.text, date(2024, 2, 29)).verified
    assert not citations.cite(before.regulation, before.article, before.article.text, TODAY).verified


def test_an_article_that_no_amendment_touched_is_the_same_text_on_either_day(citations: Citations) -> None:
    [reference] = citations.parse("刑法第一百七十五条")
    found = [citations.resolve(reference, day).regulation for day in (date(2022, 6, 1), TODAY)]
    assert [item.id for item in found if item] == ["law-criminal", "law-criminal"]


def test_an_adoption_is_never_called_a_commencement(citations: Citations) -> None:
    for text, adopted, day in (
        ("民事诉讼法第十条", "2023-09-01", date(2023, 10, 15)),
        ("慈善法第十条", "2023-12-29", date(2024, 3, 15)),
    ):
        said = notice(citations, text, day)
        assert f"{adopted}通过" in said
        assert "可能仍适用此前的文本" in said
        assert f"{adopted}起施行" not in said
        assert "可能仍适用" not in notice(citations, text, day.replace(year=day.year + 2))


def test_our_own_record_says_when_an_amended_text_began(citations: Citations) -> None:
    assert "以2026-01-01起施行的文本为准" in notice(citations, "网络安全法第四十二条")
    assert citations.library.regulations["law-lawyer-2017"].text_since == date(2018, 1, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("网络安全法", date(2025, 12, 15)),
        ("治安管理处罚法", date(2025, 12, 15)),
        ("公司法", date(2023, 6, 1)),
        ("公司法第四十七条", date(2024, 6, 30)),
        ("行政处罚法", date(2020, 1, 1)),
    ],
)
def test_a_law_older_than_its_text_is_not_said_to_be_no_law_yet(citations: Citations, text: str, day: date) -> None:
    said = notice(citations, text, day)
    assert "尚未生效" not in said
    assert "旧文本" in said
    assert "手头没有" in said


def test_a_law_that_no_text_spoke_of_had_not_begun(citations: Citations) -> None:
    for text, day in (
        ("个人信息保护法", date(2021, 6, 1)),
        ("民法典", date(2019, 6, 1)),
        ("数据安全法", date(2020, 6, 1)),
    ):
        assert "尚未生效" in notice(citations, text, day)


def test_a_notice_of_amendment_says_by_what_and_no_more(citations: Citations) -> None:
    said = notice(citations, "商业银行互联网贷款管理暂行办法")
    assert "互联网助贷业务管理" in said
    for words in ("条号有误", "已改正", "转存件"):
        assert words not in said


def test_an_official_text_without_a_number_is_not_called_a_precis(citations: Citations) -> None:
    regulation = citations.library.regulations["law-criminal"]
    preface = regulation.articles[0].model_copy(update={"no": None, "label": "前言"})
    assert citations.caution(regulation, preface) == ""
    changed = regulation.articles[0].model_copy(update={"changed_by": "刑法修正案（二十）（2030-01-01起施行）"})
    assert "没有并入" in citations.caution(regulation, changed)


def test_only_a_law_that_was_revised_can_have_moved_its_articles(citations: Citations) -> None:
    library = citations.library
    assert is_renumbered(library, library.regulations["law-public-security-2025"])
    assert is_renumbered(library, library.regulations["law-cybersecurity-2025"])
    assert not is_renumbered(library, library.regulations["law-criminal"])
    assert not is_renumbered(library, library.regulations["law-pipl-2021"])
