"""What applied when: versions, chains, old wording beside the new, and nothing given as the rule before its time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assistant.knowledge import Library
from assistant.knowledge.citations import CURRENT, Citations
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
