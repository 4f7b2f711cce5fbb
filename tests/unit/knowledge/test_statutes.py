"""Official texts of national laws, as the installed package has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.knowledge.statutes import load_statutes
from assistant.types import Regulation


@pytest.fixture(scope="module")
def statutes() -> tuple[Regulation, ...]:
    return load_statutes()


def titled(statutes: tuple[Regulation, ...], title: str) -> Regulation:
    [current] = [law for law in statutes if law.title == title and law.status != "repealed"]
    return current


def test_every_law_of_the_package_is_there_with_its_articles(statutes: tuple[Regulation, ...]) -> None:
    assert len(statutes) == 378 + 1  # the Criminal Law before and after Amendment XII
    assert sum(len(law.articles) for law in statutes) > 26_000
    assert all(article.kind == "official" and article.no for law in statutes for article in law.articles)


def test_ids_tell_a_statute_and_are_unique(statutes: tuple[Regulation, ...]) -> None:
    ids = [law.id for law in statutes]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith("statute-") for id in ids)


def test_titles_are_as_people_say_them(statutes: tuple[Regulation, ...]) -> None:
    assert not [law.title for law in statutes if law.title.startswith(("中华人民共和国", "《"))]


def test_an_article_inserted_later_has_its_own_text(statutes: tuple[Regulation, ...]) -> None:
    articles = {article.no: article.text for article in titled(statutes, "刑法").articles}
    assert "骗取贷款" in articles["第一百七十五条之一"] or "欺骗手段取得银行" in articles["第一百七十五条之一"]
    assert articles["第一百七十五条"] != articles["第一百七十五条之一"]


def test_an_article_number_stands_once_in_a_law(statutes: tuple[Regulation, ...]) -> None:
    for law in statutes:
        numbers = [article.no for article in law.articles]
        assert len(set(numbers)) == len(numbers), law.title


def test_an_amended_law_says_since_when_its_words_apply(statutes: tuple[Regulation, ...]) -> None:
    law = titled(statutes, "刑法")
    assert (law.effective_from, law.text_since, law.status) == (date(1997, 10, 1), date(2021, 3, 1), "amended")


def test_an_amended_law_begins_as_its_amending_decision_says(statutes: tuple[Regulation, ...]) -> None:
    decided = {"食品安全法": date(2025, 12, 1), "村民委员会组织法": date(2026, 1, 1), "网络安全法": date(2026, 1, 1)}
    for title, begins in decided.items():
        law = titled(statutes, title)
        assert (law.text_since, law.adopted) == (begins, None), title


def test_where_only_the_adoption_is_known_no_other_day_is_made_up(statutes: tuple[Regulation, ...]) -> None:
    for title, adopted in (("民事诉讼法", date(2023, 9, 1)), ("慈善法", date(2023, 12, 29))):
        law = titled(statutes, title)
        assert law.adopted == law.text_since == adopted, title
    assert titled(statutes, "民法典").adopted is None
    assert titled(statutes, "刑法修正案（十二）").adopted is None


def test_a_later_amendment_is_in_the_current_text_and_the_older_text_is_kept(statutes: tuple[Regulation, ...]) -> None:
    before, after = (
        {article.no: article for article in law.articles}
        for law in sorted((law for law in statutes if law.title == "刑法"), key=lambda law: law.ended or date.max)
    )
    changed = {no for no, article in after.items() if article.since == date(2024, 3, 1)}
    assert changed == {
        f"第{no}条"
        for no in ("一百六十五", "一百六十六", "一百六十九", "三百八十七", "三百九十", "三百九十一", "三百九十三")
    }
    assert not [article for article in after.values() if article.changed_by]
    assert [no for no in after if after[no].text != before[no].text] == [no for no in after if no in changed]
    for no in ("第三百八十七条", "第三百九十一条"):  # one paragraph changed, the other stands
        old, new = before[no].text.splitlines(), after[no].text.splitlines()
        assert old[0] != new[0]
        assert old[1:] == new[1:]


def test_an_older_version_ends_when_the_current_one_begins(statutes: tuple[Regulation, ...]) -> None:
    current = {law.title: law for law in statutes if law.status == "in_force"}
    older = [law for law in statutes if law.status == "repealed" and law.title in current]
    assert older
    for law in older:
        assert law.ended == current[law.title].text_since


def test_a_damaged_package_is_named_with_what_to_do(tmp_path: Path) -> None:
    damaged = tmp_path / "laws.db"
    damaged.write_bytes(b"not a database" * 100)
    with pytest.raises(CorpusError, match=r"已损坏.*make chat"):
        load_statutes(damaged)


def test_a_missing_package_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="make chat"):
        load_statutes(tmp_path / "nothing.db")
