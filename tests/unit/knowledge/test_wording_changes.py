"""Old wording beside new: the shipped laws, imported versions, and nothing guessed where the corpus is silent."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.knowledge import Library, load_corpus
from assistant.knowledge.imported import keep
from assistant.knowledge.official import read_instruments
from assistant.knowledge.pages import read_paper
from assistant.knowledge.pairing import compared
from assistant.knowledge.wording_changes import (
    NOT_COMPARED,
    Change,
    History,
    article_changes,
    instrument_changes,
)
from assistant.settings import REPOSITORY
from assistant.types import Article, Regulation
from tests.official_files import text_file

TODAY = date(2026, 11, 23)
TITLE = "从未收录的合作机构管理办法"
OLD = (
    "第一条　为规范合作机构管理，制定本办法。",
    "第二条　合作机构不得以任何形式向借款人收取费用。",
    "第三条　合作机构应当每年向银行报告一次业务开展情况，重大事项即时报告。",
    "第四条　本办法自2020年1月1日起施行。",
)
NEW = (
    "第一条　为规范合作机构管理，保护借款人合法权益，制定本办法。",
    "第二条　本办法所称合作机构，是指与银行共同出资的地方小额贷款公司。",
    "第三条　合作机构不得以任何形式向借款人收取费用，增信机构除外。",
    "第四条　合作机构应当每年向银行报告一次业务开展情况，重大事项即时报告。",
    "第五条　本办法自2025年7月1日起施行。",
)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.open(REPOSITORY / "corpus")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus with nothing but a taxonomy."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "taxonomy.yaml").write_text("[]\n", encoding="utf-8")
    return tmp_path / "corpus"


def put(folder: Path, *rows: str, title: str = TITLE) -> None:
    """Import a text as `partner-lens corpus import` does: read the file, cut it into articles, keep the version."""
    name = f"{len(list(folder.rglob('*.jsonl')))}.txt"
    paper = read_paper(text_file(folder.parent, "\n".join((title, *rows)), name), 20)
    for instrument in read_instruments(paper):
        assert keep(folder, instrument, name, paper.data, TODAY).state == "imported"


def replaced(told: str) -> tuple[Regulation, Regulation]:
    """An instrument whose 第七条 says this of its successor, and the successor."""

    def entry(id: str, title: str, year: int, no: str, text: str, **facts: object) -> Regulation:
        article = Article(no=no, label=no, text=text, kind="precis")
        base = {"id": id, "title": title, "issuer": "某局", "level": "部门规章", "effective": f"{year}-01-01"}
        begins = {"effective_from": date(year, 1, 1), "status": "in_force", "articles": (article,)}
        return Regulation.model_validate(base | begins | facts)

    ended = {"status": "repealed", "ended": date(2024, 1, 1), "superseded_by": ("new",)}
    old = entry("old", "旧合作机构管理办法", 2010, "第七条", told, **ended)
    return old, entry("new", "新合作机构管理办法", 2024, "第二条", "不得收费。", short="新合作机构办法")


def with_entries(folder: Path, *regulations: Regulation) -> Library:
    return Library(replace(load_corpus(folder), regulations=regulations), ())


def history(library: Library, source: str, number: str) -> History:
    regulation = library.regulations[source]
    article = next(item for item in regulation.articles if number in (item.no, item.label))
    return article_changes(library, regulation, article, TODAY)


def current(library: Library, title: str) -> str:
    return max(library.titled(title), key=lambda item: item.text_since or item.effective_from or date.min).id


def former(library: Library, title: str) -> str:
    return min(library.titled(title), key=lambda item: item.text_since or item.effective_from or date.max).id


def went(change: Change) -> list[str]:
    return [run.text for run in change.runs if run.mark == "deleted"]


def came(change: Change) -> list[str]:
    return [run.text for run in change.runs if run.mark == "inserted"]


class TestWords:
    def test_what_stayed_went_and_came_is_told_apart(self) -> None:
        runs = compared("处五万元以下罚款。", "处五十万元以上一百万元以下罚款。")
        assert [(run.mark, run.text) for run in runs] == [
            ("same", "处"),
            ("deleted", "五万"),
            ("inserted", "五十万元以上一百万"),
            ("same", "元以下罚款。"),
        ]

    def test_a_number_is_one_word(self) -> None:
        assert [run.text for run in compared("不超过20.5%。", "不超过24%。")] == ["不超过", "20.5%", "24%", "。"]

    def test_nothing_of_either_text_is_lost(self, library: Library) -> None:
        seen = 0
        for title in ("海商法", "仲裁法", "宪法"):
            regulation = library.regulations[current(library, title)]
            for change in instrument_changes(library, regulation, TODAY).revisions[0].changes:
                new = "".join(run.text for run in change.runs if run.mark != "deleted")
                old = "".join(run.text for run in change.runs if run.mark != "inserted")
                assert new == change.new.text
                assert "".join(old.split()) == "".join(change.old.text.split())
                seen += 1
        assert seen > 200

    def test_white_space_and_the_width_of_letters_are_no_change(self) -> None:
        runs = compared("年利率 不超过24%（含）。\n另有规定的除外。", "年利率不超过２４％(含)。另有规定的除外。")
        assert [run.mark for run in runs] == ["same"]

    def test_a_lone_letter_between_two_changes_is_read_with_them(self) -> None:
        assert [run.text for run in compared("甲乙丙丁", "戊乙己丁")] == ["甲乙丙", "戊乙己", "丁"]

    def test_punctuation_keeps_two_changes_apart(self) -> None:
        assert [run.text for run in compared("责令改正，罚款。", "予以制止，吊销。")][2] == "，"

    def test_an_empty_text_is_all_new(self) -> None:
        assert [run.mark for run in compared("", "新增。")] == ["inserted"]
        assert compared("", "") == ()


class TestLawsOfThePackage:
    def test_a_renumbered_article_meets_the_words_it_had(self, library: Library) -> None:
        [change] = history(library, current(library, "海商法"), "第四条").changes
        assert (change.old.article, change.new.article, change.basis) == ("第五条", "第四条", "wording")
        assert change.old.kind == change.new.kind == "official"
        assert (change.old.version.begins, change.old.version.ended) == (date(1993, 7, 1), date(2026, 5, 1))
        assert (change.old.version.status, change.new.version.status) == ("repealed", "in_force")
        assert "予以制止" in went(change)
        assert "并依法追究法律责任" in came(change)

    def test_an_old_article_leads_to_the_new_one(self, library: Library) -> None:
        [change] = history(library, former(library, "海商法"), "第五条").changes
        assert (change.old.article, change.new.article) == ("第五条", "第四条")

    def test_an_article_that_is_new_has_no_old_wording_beside_it(self, library: Library) -> None:
        found = history(library, current(library, "仲裁法"), "第二条")
        assert found.changes == ()
        assert "没有与第二条对应的条文" in found.notes[0]
        assert not found.alone

    def test_a_rewritten_article_whose_numbers_around_it_stayed_is_shown_with_a_caution(self, library: Library) -> None:
        [change] = history(library, current(library, "宪法"), "第十五条").changes
        assert (change.old.article, change.basis) == ("第十五条", "number_only")

    def test_a_law_that_has_not_begun_is_the_newer_one_and_says_so(self, library: Library) -> None:
        [revision] = instrument_changes(library, library.regulations[former(library, "农业法")], TODAY).revisions
        assert (revision.older.status, revision.newer.status) == ("in_force", "not_yet_in_force")

    def test_each_article_of_two_versions_is_counted_once(self, library: Library) -> None:
        for title in ("海商法", "商标法", "监狱法", "宪法"):
            regulation = library.regulations[current(library, title)]
            [revision] = instrument_changes(library, regulation, TODAY).revisions
            paired = len(revision.changes) + revision.renumbered + revision.kept
            older = library.regulations[former(library, title)]
            assert paired + len(revision.added) == len([a for a in regulation.articles if a.kind == "official"])
            assert paired + len(revision.removed) == len([a for a in older.articles if a.kind == "official"])
            assert all(change.changed for change in revision.changes)


class TestReplacedInstruments:
    @pytest.mark.parametrize(("old", "new"), [("第二条", "第五条"), ("第三条", "第六条")])
    def test_the_successor_of_an_article_is_the_one_the_corpus_names(
        self, library: Library, old: str, new: str
    ) -> None:
        for source, number in (("jud-money-laundering-2009", old), ("jud-money-laundering-2024", new)):
            found = history(library, source, number)
            [change] = found.changes
            assert (change.old.article, change.new.article, change.basis) == (old, new, "stated")
            assert f"2024年解释{new}为准" in change.says
            assert change.runs == ()
            assert NOT_COMPARED in found.notes

    @pytest.mark.parametrize(
        ("source", "number"),
        [
            ("jud-money-laundering-2009", "第一条"),
            ("reg-personal-loan-2010", "第十六条"),
            ("reg-personal-loan-2024", "第十七条"),
            ("reg-it-outsourcing-2013", "第十七条"),
            ("reg-account-mgmt-2016", "（三）"),
        ],
    )
    def test_where_the_corpus_names_none_the_chain_stands_alone(
        self, library: Library, source: str, number: str
    ) -> None:
        found = history(library, source, number)
        assert found.changes == ()
        assert found.chain.startswith("沿革：")
        assert "不猜着对照" in found.notes[0]

    def test_a_precis_of_an_old_version_is_not_matched_with_the_text_of_the_new(self, library: Library) -> None:
        for source, number in (("law-aml-2006", "第十六条"), ("law-aml-2024", "第二十八条")):
            found = history(library, source, number)
            assert found.changes == ()
            assert "手头只有要点" in found.notes[0]
            assert "2025-01-01起" in found.chain

    @pytest.mark.parametrize(
        ("told", "met"),
        [
            ("不再适用，以2024年办法第二条为准。", True),
            ("现为《新合作机构管理办法》第二条。", True),
            ("已由新办法第二条取代。", True),
            ("以新合作机构办法第二条为准。", True),
            ("以2023年办法第二条为准。", False),
            ("以《另一办法》第二条为准。", False),
            ("以民法典第二条为准。", False),
            ("不以新办法第二条为准。", False),
            ("以新办法第九条为准。", False),
            ("由新办法第二条规定的机构办理。", False),
            ("新办法第二条另有规定。", False),
        ],
    )
    def test_only_a_statement_that_names_the_successor_and_its_article_counts(
        self, folder: Path, told: str, met: bool
    ) -> None:
        old, new = replaced(told)
        found = with_entries(folder, old, new)
        changes = history(found, "old", "第七条").changes
        assert [(item.new.version.source_id, item.new.article) for item in changes] == [("new", "第二条")] * met
        assert len(history(found, "new", "第二条").changes) == met

    def test_a_statement_that_two_successors_could_be_meant_by_is_not_used(self, folder: Path) -> None:
        old, new = replaced("以新办法第二条为准。")
        other = new.model_copy(update={"id": "other", "title": "另一办法"})
        both = old.model_copy(update={"superseded_by": ("new", "other")})
        assert history(with_entries(folder, both, new, other), "old", "第七条").changes == ()


class TestOneText:
    def test_one_text_alone_says_so_and_who_amended_it(self, library: Library) -> None:
        found = history(library, "reg-internet-loans-2020", "第五十一条")
        assert found.alone
        assert (found.changes, found.chain) == ((), "")
        assert "手头只有一个文本（2020-07-12起施行）" in found.notes[0]
        assert "《国家金融监督管理总局关于加强商业银行互联网助贷业务管理 提升金融服务质效的通知》" in found.notes[0]

    def test_an_amended_law_says_that_its_earlier_words_are_not_at_hand(self, library: Library) -> None:
        regulation = library.titled("票据法")[0]
        found = instrument_changes(library, regulation, TODAY)
        assert found.alone
        assert "修改前的文字没有收录" in found.notes[0]


class TestImportedVersions:
    def test_two_versions_are_compared_article_by_article(self, folder: Path) -> None:
        put(folder, *OLD)
        put(folder, *NEW)
        library = Library(load_corpus(folder), ())
        [revision] = instrument_changes(library, library.regulations[current(library, TITLE)], TODAY).revisions
        assert (revision.older.begins, revision.newer.begins) == (date(2020, 1, 1), date(2025, 7, 1))
        pairs = {(change.old.article, change.new.article): change for change in revision.changes}
        assert set(pairs) == {("第一条", "第一条"), ("第二条", "第三条"), ("第四条", "第五条")}
        assert came(pairs["第二条", "第三条"]) == ["，增信机构除外"]
        assert went(pairs["第二条", "第三条"]) == []
        assert [wording.article for wording in revision.added] == ["第二条"]
        assert (revision.removed, revision.renumbered, revision.kept) == ((), 1, 0)

    def test_an_article_is_followed_through_three_versions(self, folder: Path) -> None:
        put(folder, *OLD)
        put(folder, *NEW)
        put(
            folder, *NEW[:2], "第三条　合作机构不得以任何形式向借款人收取息费。", "第四条　本办法自2026年9月1日起施行。"
        )
        library = Library(load_corpus(folder), ())
        middle = next(item for item in library.titled(TITLE) if item.effective_from == date(2025, 7, 1))
        found = history(library, middle.id, "第三条")
        assert [(item.old.article, item.new.article) for item in found.changes] == [
            ("第三条", "第三条"),
            ("第二条", "第三条"),
        ]
        assert [item.new.version.begins for item in found.changes] == [date(2026, 9, 1), date(2025, 7, 1)]

    def test_words_that_stayed_are_a_pair_without_change(self, folder: Path) -> None:
        put(folder, *OLD)
        put(folder, *NEW)
        library = Library(load_corpus(folder), ())
        [change] = history(library, current(library, TITLE), "第四条").changes
        assert (change.old.article, change.changed) == ("第三条", False)

    def test_an_import_of_the_same_day_is_a_correction_and_not_earlier_law(self, folder: Path) -> None:
        put(folder, *OLD)
        put(folder, OLD[0], "第二条　合作机构不得以任何方式向借款人收取费用。", *OLD[2:])
        library = Library(load_corpus(folder), ())
        found = history(library, current(library, TITLE), "第二条")
        [change] = found.changes
        assert (change.old.version.imported, change.old.version.status) == (1, None)
        assert (went(change), came(change)) == (["形"], ["方"])
        assert "后一次视为更正" in found.notes[0]

    def test_imports_without_a_date_are_not_called_old_and_new_law(self, folder: Path) -> None:
        put(folder, *OLD[:3])
        put(folder, *NEW[:4])
        library = Library(load_corpus(folder), ())
        found = history(library, current(library, TITLE), "第三条")
        assert found.changes[0].old.version.begins is None
        assert "没有写明施行日期，先后按导入次序" in found.notes[0]

    def test_the_official_texts_of_a_stated_pair_are_compared_word_for_word(self, tmp_path: Path) -> None:
        folder = shutil.copytree(
            REPOSITORY / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("p*ces", "q*", "turns")
        )
        texts = {
            "jud-money-laundering-2009": ("第二条　以其他方法协助转换的，可以认定为掩饰。", "2009年11月11日"),
            "jud-money-laundering-2024": ("第五条　以虚拟资产交易等其他方法转换的，可以认定为掩饰。", "2024年8月20日"),
        }
        shipped = load_corpus(folder).regulations
        for source, (row, day) in texts.items():
            title = next(item.title for item in shipped if item.id == source)
            last = 2 if source.endswith("2009") else 5
            rows = [f"第{'一二三四五六'[at]}条　第{at}项内容。" for at in range(6)]
            rows[last - 1] = row
            put(folder, *rows, f"第七条　本解释自{day}起施行。", title=title.replace(" ", ""))
        library = Library(load_corpus(folder), ())
        [change] = history(library, "jud-money-laundering-2009", "第二条").changes
        assert (change.basis, change.old.kind, change.new.kind) == ("stated", "official", "official")
        assert "协助" in "".join(went(change))
        assert "虚拟资产交易等" in "".join(came(change))

    def test_a_retired_import_is_no_version(self, folder: Path) -> None:
        put(folder, *OLD)
        put(folder, *NEW)
        path = folder / "imported" / TITLE / "1.jsonl"
        path.write_text(path.read_text("utf-8").replace('"active"', '"retired"', 1), encoding="utf-8")
        library = Library(load_corpus(folder), ())
        assert history(library, current(library, TITLE), "第一条").alone


def test_a_text_with_an_amendment_applied_to_it_begins_with_the_amendment(library: Library) -> None:
    criminal = library.regulations["law-criminal"]
    article = library.article(criminal.id, "第三百八十七条")
    assert article is not None
    change = article_changes(library, criminal, article, date(2026, 11, 23)).changes[0]
    assert change.old.version.begins == date(2021, 3, 1)
    assert change.old.version.ended == change.new.version.begins == date(2024, 3, 1)
    assert (
        "同名文本（主席令第83号及历次修正案）2024-03-01起"
        in article_changes(library, criminal, article, date(2026, 11, 23)).chain
    )
