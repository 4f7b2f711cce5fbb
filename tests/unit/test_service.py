"""What the doors get from an assistant before its index is ready, and the sources shown beside the chat."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from assistant import service
from assistant.assessment import ClaimReader, LearnedReader
from assistant.errors import CorpusError, IndexUnavailable, StorageError, UnreadableSource
from assistant.knowledge import Library
from assistant.knowledge.sources import SourceView
from assistant.service import Assistant
from assistant.settings import REPOSITORY, load_settings

OFFICIAL, PRECIS = "官方原文", "要点（本机构转述，非原文）"


@pytest.fixture
def shelf(library: Library, tmp_path: Path) -> Assistant:
    """An assistant that was opened and not prepared."""
    return Assistant(load_settings(data=tmp_path), library, {})


def view(shelf: Assistant, id: str, article: str | None = None) -> SourceView:
    found = shelf.source(id, article)
    assert found is not None
    assert all(label and value for label, value in found.facts)
    assert all(text for _, text, _ in found.sections)
    return found


class TestSources:
    def test_an_article_of_a_national_law_shows_the_official_words_and_then_our_precis(self, shelf: Assistant) -> None:
        shown = view(shelf, "law-criminal", "第一百七十五条之一")
        (_, official, first), (_, _, second) = shown.sections
        assert shown.title == "《刑法》第一百七十五条之一"
        assert official.startswith("以欺骗手段取得银行或者其他金融机构贷款")
        assert (first, second) == (OFFICIAL, PRECIS)

    def test_a_national_law_as_a_whole_shows_only_the_articles_we_describe(self, shelf: Assistant) -> None:
        shown = view(shelf, "law-criminal")
        described = [no for id, no in shelf.library.precis if id == "law-criminal"]
        assert len([kind for *_, kind in shown.sections if kind == PRECIS]) == len(described)
        assert len(shown.sections) < 100 < len(shelf.library.regulations["law-criminal"].articles)

    def test_an_instrument_of_our_own_is_shown_whole_and_its_precis_are_called_so(self, shelf: Assistant) -> None:
        own = next(item for item in shelf.library.corpus.regulations if item.level == "部门规章" and item.sources)
        shown = view(shelf, own.id)
        assert len(shown.sections) == len(own.articles)
        assert {kind for *_, kind in shown.sections} == {PRECIS}
        assert dict(shown.facts)["发布机关"] == own.issuer
        assert shown.links[0][1] == own.sources[0].url

    def test_a_replaced_instrument_says_so_and_names_its_successor(self, shelf: Assistant) -> None:
        regulations = shelf.library.regulations
        old = next(item for item in regulations.values() if item.superseded_by and item.status == "repealed")
        facts = dict(view(shelf, old.id).facts)
        assert facts["效力"] == "已废止"
        assert f"《{regulations[old.superseded_by[0]].title}》" in facts["替代文件"]

    def test_an_article_that_is_not_held_leaves_the_facts_and_no_words(self, shelf: Assistant) -> None:
        shown = view(shelf, "law-criminal", "第九千条")
        assert shown.facts
        assert shown.sections == ()

    def test_a_case_tells_what_happened_its_outcome_and_where_it_was_read(self, shelf: Assistant) -> None:
        case = next(item for item in shelf.library.cases.values() if item.outcome and item.red_flags and item.lessons)
        shown = view(shelf, case.id)
        assert shown.title == case.title
        assert dict(shown.facts)["结果"] == case.outcome
        assert [heading for heading, *_ in shown.sections] == ["经过（据公开来源转述）", "可疑迹象", "启示"]
        assert [url for _, url in shown.links] == [source.url for source in case.sources]

    def test_a_pattern_shows_its_signs_and_what_is_lawful_beside_it(self, shelf: Assistant) -> None:
        pattern = next(item for item in shelf.library.patterns.values() if item.lookalikes)
        headings = {heading: text for heading, text, _ in view(shelf, pattern.id).sections}
        assert all(indicator.says in headings["可观察迹象"] for indicator in pattern.indicators)
        assert pattern.lookalikes[0].why in headings["容易混淆的合规做法"]

    def test_every_source_of_the_library_can_be_shown(self, shelf: Assistant) -> None:
        for id in (*shelf.library.regulations, *shelf.library.cases, *shelf.library.patterns):
            assert view(shelf, id).title

    def test_a_cited_article_brings_its_earlier_wording(self, shelf: Assistant) -> None:
        old, new = sorted(shelf.library.titled("海商法"), key=lambda item: item.text_since or date.min)
        [change] = view(shelf, new.id, "第四条").earlier
        assert (change.old.version.source_id, change.old.article) == (old.id, "第五条")
        assert view(shelf, old.id, "第五条").earlier == ()
        assert view(shelf, new.id).earlier == ()
        assert view(shelf, "law-criminal", "第二百六十六条").earlier == ()

    def test_an_unknown_source_is_none(self, shelf: Assistant) -> None:
        assert shelf.source("law-of-nowhere") is None


class TestBeforeItIsReady:
    def test_a_request_is_refused_with_what_to_do(self, shelf: Assistant) -> None:
        for request in (shelf.ask, shelf.assess, shelf.search):
            with pytest.raises(IndexUnavailable, match="partner-lens index"):
                request("助贷平台可以向借款人收费吗")
        assert shelf.readiness.phase == "loading"

    def test_a_text_can_be_checked_at_once(self, shelf: Assistant) -> None:
        assert shelf.checked("代做流水") == "代做流水"
        with pytest.raises(UnreadableSource, match="没有文字"):
            shelf.checked("😀")

    def test_a_start_that_fails_says_why_and_keeps_saying_it(self, library: Library, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        shelf = Assistant(load_settings(data=folder), library, {})
        folder.rmdir() if folder.is_dir() else None
        folder.write_text("in the way", encoding="utf-8")
        shelf.start()
        shelf.stop()
        assert shelf.readiness.phase == "failed"
        assert str(folder) in shelf.readiness.message
        with pytest.raises(IndexUnavailable, match="权限"):
            shelf.ask("助贷平台可以向借款人收费吗")


class TestOpening:
    def test_a_corpus_without_its_word_lists_is_refused(self, tmp_path: Path) -> None:
        corpus = tmp_path / "corpus"
        corpus.mkdir()
        with pytest.raises(CorpusError, match=str(corpus)):
            Assistant.open(load_settings(data=tmp_path, corpus=corpus))

    def test_a_data_folder_that_is_a_file_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("mine", encoding="utf-8")
        with pytest.raises(StorageError, match="PARTNER_LENS_DATA"):
            Assistant.open(load_settings(data=tmp_path / "data"))
        assert (tmp_path / "data").read_text(encoding="utf-8") == "mine"


def test_the_page_need_not_wait_for_the_heavy_libraries() -> None:
    heavy = "{'torch', 'transformers', 'sentence_transformers', 'sklearn', 'onnxruntime', 'rapidocr'}"
    code = f"import sys, assistant.service, assistant.interfaces.web.app; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert found.stdout.strip() == "[]"


class TestLearning:
    def test_it_is_learned_in_a_process_of_its_own_and_only_once(
        self, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*_: object, **__: object) -> None:
            raise AssertionError("it was learned already")

        monkeypatch.setattr(subprocess, "Popen", refused)
        monkeypatch.setattr(LearnedReader, "fit", refused)
        assert LearnedReader.is_kept(assistant.library, assistant._settings.data)
        assert isinstance(assistant._learned(ClaimReader({})), LearnedReader)

    def test_where_no_process_can_be_had_it_is_learned_here(
        self, shelf: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(service, "LEARN", "raise SystemExit('no memory')")
        here = LearnedReader()
        monkeypatch.setattr(LearnedReader, "fit", lambda *_: here)
        assert shelf._learned(ClaimReader({})) is here
        assert "no memory" in caplog.text

    def test_an_interrupted_learning_is_not_begun_again(
        self, shelf: Assistant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "LEARN", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        with pytest.raises(IndexUnavailable, match="请重新运行"):
            shelf._learned(ClaimReader({}))
