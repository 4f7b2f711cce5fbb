"""Imported official texts: kept as versions, never overwritten, and quoted in the place of their précis."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import StorageError
from assistant.knowledge import Library, load_corpus
from assistant.knowledge.citations import Citations
from assistant.knowledge.imported import Imported, keep, read_imported
from assistant.knowledge.official import Instrument
from assistant.settings import REPOSITORY
from assistant.types import Article, Regulation

TODAY = date(2026, 11, 23)
TITLE = "商业银行互联网贷款管理暂行办法"


def instrument(*texts: str, title: str = TITLE, effective: date | None = None, doc_no: str = "") -> Instrument:
    numbers = "一二三四五六七八九十"
    articles = tuple(
        Article(no=f"第{numbers[at]}条", label=f"第{numbers[at]}条", text=text, kind="official")
        for at, text in enumerate(texts)
    )
    return Instrument(title=title, doc_no=doc_no, articles=articles, effective=effective, complete=True)


def put(folder: Path, item: Instrument, data: bytes = b"x", source: str = "a.docx") -> str:
    return keep(folder, item, source, data, TODAY).state


def described(title: str = "合作机构管理办法", **facts: object) -> Regulation:
    precis = Article(no="第二条", label="第二条", topic="收费", text="不得向借款人收费。", kind="precis")
    loose = Article(no=None, label="（条号未核）", topic="其他", text="另有要求。", kind="precis", confidence="medium")
    base = {
        "id": "reg-a",
        "title": title,
        "issuer": "某某委",
        "level": "部门规章",
        "effective": "2020-01-01",
        "effective_from": date(2020, 1, 1),
        "status": "in_force",
        "articles": (precis, loose),
    }
    return Regulation.model_validate(base | facts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus with nothing but a taxonomy."""
    (tmp_path / "taxonomy.yaml").write_text("[]\n", encoding="utf-8")
    return tmp_path


def library(folder: Path, *regulations: Regulation, statutes: tuple[Regulation, ...] = ()) -> Library:
    """The corpus in `folder` with these entries, and its imports."""
    from dataclasses import replace

    return Library(replace(load_corpus(folder), regulations=regulations), statutes)


class TestKeeping:
    def test_what_was_kept_is_read_back_as_it_was(self, folder: Path) -> None:
        item = instrument("甲。", "乙。\n（一）丙；\n甲 | 乙", effective=date(2024, 5, 1), doc_no="银规〔2024〕7号")
        assert put(folder, item) == "imported"
        [found] = read_imported(folder, [])
        assert found.instrument == item
        assert (found.version, found.source, found.imported) == (1, "a.docx", TODAY)

    def test_the_same_file_again_changes_nothing(self, folder: Path) -> None:
        put(folder, instrument("甲。"))
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert put(folder, instrument("甲。")) == "same_file"
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before

    def test_the_same_text_in_another_file_changes_nothing(self, folder: Path) -> None:
        put(folder, instrument("甲。"), b"docx")
        assert put(folder, instrument("甲。"), b"pdf", "a.pdf") == "same_text"
        assert len(read_imported(folder, [])) == 1

    def test_a_changed_text_becomes_the_next_version_and_the_first_stays(self, folder: Path) -> None:
        put(folder, instrument("甲。"), b"1")
        first = (folder / "imported" / TITLE / "1.jsonl").read_bytes()
        kept = keep(folder, instrument("新甲。", effective=date(2025, 1, 1)), "b.docx", b"2", TODAY)
        assert (kept.state, kept.version, kept.path) == ("imported", 2, f"imported/{TITLE}/2.jsonl")
        assert (folder / "imported" / TITLE / "1.jsonl").read_bytes() == first
        assert [item.instrument.effective for item in read_imported(folder, [])] == [None, date(2025, 1, 1)]

    def test_two_acts_of_one_file_are_kept_each_under_its_title(self, folder: Path) -> None:
        assert put(folder, instrument("甲。")) == "imported"
        assert put(folder, instrument("甲。", title="保险中介管理规定")) == "imported"
        assert put(folder, instrument("甲。", title="保险中介管理规定")) == "same_file"

    def test_a_title_cannot_lead_out_of_the_folder(self, folder: Path) -> None:
        kept = keep(folder, instrument("甲。", title="../../外面/办法"), "a.docx", b"x", TODAY)
        assert (folder / kept.path).resolve().is_relative_to((folder / "imported").resolve())

    def test_a_very_long_title_still_makes_a_folder(self, folder: Path) -> None:
        long = "关于" + "进一步加强和改进" * 20 + "的通知"
        put(folder, instrument("甲。", title=long))
        [found] = read_imported(folder, [])
        assert found.instrument.title == long

    def test_a_retired_version_is_kept_and_not_used(self, folder: Path) -> None:
        put(folder, instrument("甲。"))
        path = folder / "imported" / TITLE / "1.jsonl"
        header, *rows = path.read_text("utf-8").split("\n")
        retired = json.dumps(json.loads(header) | {"status": "retired", "why": "识别有误"}, ensure_ascii=False)
        path.write_text("\n".join([retired, *rows]), encoding="utf-8")
        assert read_imported(folder, []) == ()
        assert put(folder, instrument("甲。")) == "imported"
        assert [item.version for item in read_imported(folder, [])] == [2]

    @pytest.mark.parametrize("damage", ["", "{", '{"count": 3}\n'])
    def test_a_damaged_version_is_reported_and_left_out(self, folder: Path, damage: str) -> None:
        put(folder, instrument("甲。"))
        (folder / "imported" / TITLE / "1.jsonl").write_text(damage, encoding="utf-8")
        corpus = load_corpus(folder)
        assert corpus.imported == ()
        assert [problem.file for problem in corpus.problems if "导入" in problem.what] == [f"imported/{TITLE}/1.jsonl"]
        with pytest.raises(StorageError, match="corpus check"):
            put(folder, instrument("甲。"))

    def test_a_version_that_lost_an_article_is_damaged(self, folder: Path) -> None:
        put(folder, instrument("甲。", "乙。"))
        path = folder / "imported" / TITLE / "1.jsonl"
        path.write_text("\n".join(path.read_text("utf-8").split("\n")[:2]), encoding="utf-8")
        assert load_corpus(folder).imported == ()

    def test_a_corpus_that_cannot_be_written_is_told_in_one_line(self, folder: Path) -> None:
        (folder / "imported").write_text("", encoding="utf-8")
        with pytest.raises(StorageError, match="写不进"):
            put(folder, instrument("甲。"))


class TestJoining:
    def test_the_official_text_is_the_article_and_the_precis_stands_beside_it(self, folder: Path) -> None:
        put(folder, instrument("目的。", "官方收费条文。", title="合作机构管理办法", effective=date(2020, 1, 1)))
        found = library(folder, described())
        article = found.article("reg-a", "第二条")
        assert article is not None
        assert (article.kind, article.text) == ("official", "官方收费条文。")
        assert found.precis["reg-a", "第二条"].text == "不得向借款人收费。"
        assert [item.text for item in found.regulations["reg-a"].articles if item.no is None] == ["另有要求。"]
        assert found.regulations["reg-a"].last_article == 2

    def test_the_official_text_is_quoted_to_the_letter_and_the_precis_no_longer_as_official(self, folder: Path) -> None:
        put(folder, instrument("目的。", "官方收费条文。", title="合作机构管理办法"))
        citations = Citations(library(folder, described()))
        [reference] = citations.parse("《合作机构管理办法》第二条")
        resolved = citations.resolve(reference, TODAY)
        assert resolved.regulation is not None
        cited = citations.cite(resolved.regulation, resolved.article, "官方收费条文。", TODAY)
        assert (cited.kind, cited.verified, cited.article) == ("official", True, "第二条")

    def test_an_article_beyond_a_complete_imported_text_does_not_exist(self, folder: Path) -> None:
        put(folder, instrument("目的。", "条文。", title="合作机构管理办法"))
        citations = Citations(library(folder, described()))
        [reference] = citations.parse("《合作机构管理办法》第九条")
        assert citations.resolve(reference, TODAY).outcome == "no_such"

    def test_an_instrument_nobody_described_is_there_under_its_own_id(self, folder: Path) -> None:
        put(folder, instrument("甲。", title="从未收录办法", effective=date(2024, 1, 1)))
        [found] = library(folder).titled("从未收录办法")
        assert found.id.startswith("imported-")
        assert found.effective_from == date(2024, 1, 1)

    def test_a_correction_of_the_same_day_takes_the_place_of_the_first_import(self, folder: Path) -> None:
        put(folder, instrument("错字。", title="合作机构管理办法", effective=date(2020, 1, 1)), b"1")
        put(folder, instrument("正字。", title="合作机构管理办法", effective=date(2020, 1, 1)), b"2")
        found = library(folder, described())
        assert [item.id for item in found.titled("合作机构管理办法")] == ["reg-a"]
        article = found.article("reg-a", "第一条")
        assert article is not None
        assert article.text == "正字。"

    def test_each_day_has_its_wording(self, folder: Path) -> None:
        put(folder, instrument("旧文。", title="合作机构管理办法", effective=date(2020, 1, 1)), b"1")
        put(folder, instrument("新文。", title="合作机构管理办法", effective=date(2025, 7, 1)), b"2")
        citations = Citations(library(folder, described()))
        [reference] = citations.parse("《合作机构管理办法》第一条")

        def wording(day: date) -> str:
            article = citations.resolve(reference, day).article
            return article.text if article else ""

        assert wording(date(2025, 6, 30)) == "旧文。"
        assert wording(date(2025, 7, 1)) == "新文。"

    def test_a_version_not_yet_in_force_leaves_the_present_one_in_force(self, folder: Path) -> None:
        put(folder, instrument("旧文。", title="合作机构管理办法", effective=date(2020, 1, 1)), b"1")
        put(folder, instrument("将来文。", title="合作机构管理办法", effective=date(2027, 1, 1)), b"2")
        found = library(folder, described())
        standing = {item.articles[0].text: found.status_on(item, TODAY) for item in found.titled("合作机构管理办法")}
        assert standing == {"旧文。": "in_force", "将来文。": "not_yet_in_force"}

    def test_a_newer_text_ends_the_described_version_and_takes_none_of_its_precis(self, folder: Path) -> None:
        put(folder, instrument("新一。", "新二。", title="合作机构管理办法", effective=date(2025, 7, 1)))
        found = library(folder, described())
        old, new = found.regulations["reg-a"], next(r for id, r in found.regulations.items() if id != "reg-a")
        assert (old.ended, old.superseded_by) == (date(2025, 7, 1), (new.id,))
        assert found.precis == {}
        assert found.status_on(old, date(2024, 1, 1)) == "in_force"

    def test_an_older_text_ends_when_the_described_version_begins(self, folder: Path) -> None:
        put(folder, instrument("老文。", title="合作机构管理办法", effective=date(2010, 1, 1)))
        found = library(folder, described())
        [old] = [item for item in found.titled("合作机构管理办法") if item.id != "reg-a"]
        assert (old.ended, old.status) == (date(2020, 1, 1), "repealed")

    def test_another_document_number_is_another_instrument(self, folder: Path) -> None:
        put(folder, instrument("甲。", title="合作机构管理办法", doc_no="银发〔2011〕5号"))
        found = library(folder, described(doc_no="银规〔2020〕1号"))
        assert len(found.titled("合作机构管理办法")) == 2
        assert found.precis == {}

    def test_the_text_of_the_statutes_package_ends_when_a_newer_one_is_imported(self, folder: Path) -> None:
        official = Article(no="第一条", label="第一条", text="包里的旧文。", kind="official")
        law = described("某某法", id="statute-1", level="法律", bundled=True, articles=(official,))
        put(folder, instrument("新法文。", title="某某法", effective=date(2026, 1, 1)))
        found = library(folder, statutes=(law,))
        standing = {item.articles[0].text: found.status_on(item, TODAY) for item in found.titled("某某法")}
        assert standing == {"包里的旧文。": "repealed", "新法文。": "in_force"}

    @pytest.mark.parametrize(
        ("official", "beside"), [("机构不得向借款人收取任何费用。", True), ("本办法由某某委负责解释。", False)]
    )
    def test_a_precis_of_unverified_number_stands_only_beside_words_that_bear_it_out(
        self, folder: Path, official: str, beside: bool
    ) -> None:
        loose = Article(no=None, label="第一条", text="不得向借款人收取费用", kind="precis", confidence="medium")
        put(folder, instrument(official, title="合作机构管理办法"))
        found = library(folder, described(articles=(loose,)))
        assert (("reg-a", "第一条") in found.precis) is beside
        ids = [row.metadata["id"] for row in found.documents(TODAY) if row.metadata["source_id"] == "reg-a"]
        assert len(ids) == len(set(ids)) == (1 if beside else 2)

    def test_the_index_gets_the_official_words_and_the_precis(self, folder: Path) -> None:
        put(folder, instrument("目的。", "官方收费条文。", title="合作机构管理办法", effective=date(2020, 1, 1)))
        rows = {row.metadata["id"]: row for row in library(folder, described()).documents(TODAY)}
        chunk = rows["reg-a:第二条"]
        assert "官方收费条文。" in chunk.page_content
        assert "不得向借款人收费。" in chunk.page_content
        assert chunk.metadata["core"] is True

    def test_the_version_of_the_library_changes_with_an_import(self, folder: Path) -> None:
        before = library(folder).version
        put(folder, instrument("甲。"))
        after = library(folder).version
        assert after != before
        put(folder, instrument("甲。"))
        assert library(folder).version == after

    def test_the_shipped_precis_of_a_rule_meets_its_text(self, tmp_path: Path) -> None:
        target = shutil.copytree(REPOSITORY / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("p*", "q*"))
        entry = next(
            item for item in load_corpus(target).regulations if item.level == "部门规章" and item.effective_from
        )
        put(target, instrument("甲。", title=entry.title, effective=entry.effective_from))
        [joined] = [item for item in Library(load_corpus(target), ()).titled(entry.title) if item.id == entry.id]
        assert joined.articles[0].kind == "official"


def test_the_day_a_wording_applies_from_is_its_last_revision() -> None:
    item = instrument("甲。", effective=date(1995, 7, 1)).model_copy(update={"revised": date(2015, 8, 29)})
    kept = Imported(instrument=item, version=1, source="a", sha256="b", imported=TODAY)
    assert kept.since == date(2015, 8, 29)
