"""The loaded whole: statutes joined with the corpus, what stands on a day, what is handed to the index."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from langchain_core.documents import Document

from assistant.knowledge import Library, load_corpus
from assistant.settings import REPOSITORY

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def documents(library: Library) -> list[Document]:
    return library.documents(TODAY)


def copied(folder: Path) -> Path:
    shutil.copytree(REPOSITORY / "corpus", folder / "corpus", ignore=shutil.ignore_patterns("practices"))
    return folder / "corpus"


# --- looking up -------------------------------------------------------------------------------------------------------


def test_a_law_of_the_corpus_has_its_official_articles_and_keeps_its_own_id(library: Library) -> None:
    article = library.article("law-criminal", "第一百七十五条之一")
    assert article is not None
    assert article.kind == "official"
    assert [law.id for law in library.titled("刑法") if law.ended is None] == ["law-criminal"]
    assert library.titled("中华人民共和国刑法") == library.titled("刑法")


def test_the_precis_stays_beside_the_official_wording(library: Library) -> None:
    precis = library.precis["law-criminal", "第一百九十三条"]
    official = library.article("law-criminal", "第一百九十三条")
    assert official is not None
    assert (precis.kind, official.kind) == ("precis", "official")
    assert precis.text != official.text


def test_a_law_beyond_the_corpus_is_there_under_its_own_id(library: Library) -> None:
    [law] = library.titled("电子签名法")
    assert law.id.startswith("statute-")
    assert library.article(law.id, "第一条")


def test_an_unverified_article_number_cannot_be_looked_up(library: Library) -> None:
    unverified = [
        article
        for regulation in library.corpus.regulations
        for article in regulation.articles
        if article.confidence == "medium"
    ]
    assert unverified
    assert all(article.no is None for article in unverified)


def test_the_cases_of_a_pattern_come_newest_first(library: Library) -> None:
    cases = library.cases_of("loan-ab")
    assert len(cases) >= 3
    assert all("loan-ab" in case.patterns for case in cases)
    assert [case.year for case in cases] == sorted((case.year for case in cases), reverse=True)


def test_what_is_retired_is_kept_in_the_files_and_not_used(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    path = folder / "patterns" / "lending" / "loan-ab.yaml"
    path.write_text(path.read_text("utf-8") + "status: retired\nwhy: 并入非法中介\n", encoding="utf-8")
    corpus = load_corpus(folder)
    library = Library(corpus, ())
    assert "loan-ab" in {pattern.id for pattern in corpus.patterns}
    assert "loan-ab" not in library.patterns
    assert not [row for row in library.practices() if row.metadata["pattern"] == "loan-ab"]


# --- on a day ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "day", "status"),
    [
        ("reg-personal-loan-2010", date(2024, 6, 30), "in_force"),
        ("reg-personal-loan-2010", date(2024, 7, 1), "repealed"),
        ("reg-personal-loan-2024", date(2024, 6, 30), "not_yet_in_force"),
        ("reg-personal-loan-2024", date(2024, 7, 1), "in_force"),
        ("reg-internet-loans-2020", TODAY, "amended"),
        ("reg-complaint-draft-2026", TODAY, "not_yet_in_force"),
        ("law-aml-2006", TODAY, "repealed"),
        ("law-aml-2024", TODAY, "in_force"),
    ],
)
def test_a_text_has_the_standing_of_the_asked_day(library: Library, source: str, day: date, status: str) -> None:
    assert library.status_on(library.regulations[source], day) == status


def test_a_draft_never_applied(library: Library) -> None:
    draft = library.regulations["reg-cdd-2022"]
    assert library.never_applied(draft)
    assert all(library.status_on(draft, date(year, 1, 1)) != "in_force" for year in range(2020, 2030))


# --- version ----------------------------------------------------------------------------------------------------------


def test_the_version_names_the_day_of_the_research_and_changes_with_any_word(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    before = Library(load_corpus(folder), ()).version
    assert before.startswith("2026-11-22+")
    assert Library(load_corpus(folder), ()).version == before
    path = folder / "cases" / "2024-taizhou-moujie-abdai.md"
    path.write_text(path.read_text("utf-8").replace("32人", "33人"), encoding="utf-8")
    assert Library(load_corpus(folder), ()).version != before


# --- what is indexed --------------------------------------------------------------------------------------------------


def test_every_chunk_has_an_id_of_its_own_and_a_hash_of_its_words(documents: list[Document]) -> None:
    ids = Counter(document.metadata["id"] for document in documents)
    assert [id for id, count in ids.items() if count > 1] == []
    by_hash = {document.metadata["hash"]: document.page_content for document in documents}
    assert all(by_hash[document.metadata["hash"]] == document.page_content for document in documents)


def test_every_article_case_and_pattern_is_there_as_a_row(library: Library, documents: list[Document]) -> None:
    rows = {document.metadata["row"] for document in documents}
    assert {case.id for case in library.cases.values()} <= rows
    assert {f"pattern-{id}" for id in library.patterns} <= rows
    for regulation in library.corpus.regulations:
        if not library.regulations[regulation.id].bundled:
            assert {f"{regulation.id}:{item.no or item.label}" for item in regulation.articles} <= rows


def test_our_own_corpus_and_the_articles_it_names_come_first(library: Library, documents: list[Document]) -> None:
    core = {document.metadata["row"] for document in documents if document.metadata["core"]}
    assert "law-criminal:第一百九十三条" in core
    assert "law-criminal:第一百零二条" not in core
    assert {case.id for case in library.cases.values()} <= core
    assert 500 < sum(document.metadata["core"] for document in documents) < 3000


def test_a_chunk_of_an_article_carries_law_and_number_to_be_found_by(documents: list[Document]) -> None:
    [chunk] = [item for item in documents if item.metadata["id"] == "law-criminal:第一百七十五条之一"]
    assert chunk.page_content.startswith("刑法 ")
    assert "第一百七十五条之一" in chunk.page_content
    assert chunk.metadata["title"] == "《刑法》第一百七十五条之一"
    assert chunk.metadata["kind"] == "statute"


def test_the_old_and_the_new_text_of_a_national_law_are_never_both_found(
    library: Library, documents: list[Document]
) -> None:
    sources = {document.metadata["source_id"] for document in documents if document.metadata["kind"] == "statute"}
    titles = Counter(library.regulations[id].title for id in sources if library.regulations[id].bundled)
    assert [title for title, count in titles.items() if count > 1] == []


def test_a_long_article_is_several_chunks_of_one_row(documents: list[Document]) -> None:
    rows = Counter(document.metadata["row"] for document in documents)
    row, count = rows.most_common(1)[0]
    parts = [document for document in documents if document.metadata["row"] == row]
    assert count > 1
    assert len({part.metadata["text"] for part in parts}) == 1


def test_no_chunk_is_longer_than_the_encoder_reads(documents: list[Document]) -> None:
    core = [len(document.page_content) for document in documents if document.metadata["core"]]
    assert sum(length > 1000 for length in core) / len(core) < 0.01


def test_every_wording_of_an_indicator_is_compared_with(library: Library) -> None:
    rows = library.practices()
    roles = Counter(row.metadata["role"] for row in rows)
    assert roles == {"says": 249, "example": 817, "lookalike": 128}
    assert len({row.metadata["id"] for row in rows}) == len(rows)
    counters = {text for pattern in library.patterns.values() for item in pattern.indicators for text in item.counter}
    assert not counters & {row.page_content for row in rows}
