"""`partner-lens corpus import`: preview, consent, versions, batches that go on, and exit codes."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path

import pytest

from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.settings import REPOSITORY
from tests.integration.conftest import Call
from tests.official_files import page_file, pdf_file, text_file, word_file

TITLE = "商业银行互联网贷款管理暂行办法"
ROWS = [
    "中国银行保险监督管理委员会令",
    "2020年第9号",
    TITLE,
    "第一章　总则",
    "第一条　为规范商业银行互联网贷款业务经营行为，制定本办法。",
    "第二条　商业银行经营互联网贷款业务，应当遵守本办法。",
    "第三条　本办法自公布之日起施行。",
]


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped corpus that the command may write to."""
    folder = shutil.copytree(REPOSITORY / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("p*ces", "q*"))
    monkeypatch.setenv("PARTNER_LENS_CORPUS", str(folder))
    return folder


class Terminal(io.StringIO):
    """Somebody at the keyboard."""

    def isatty(self) -> bool:
        return True


def test_without_consent_there_is_a_preview_and_nothing_is_written(call: Call, corpus: Path, tmp_path: Path) -> None:
    done = call("corpus", "import", word_file(tmp_path, ROWS))
    assert done.code == 0
    assert f"《{TITLE}》" in done.out
    assert "3 条（第一条至第三条）" in done.out
    assert "没有找到公布日期" in done.out
    assert "没有写入" in done.err
    assert not (corpus / "imported").exists()


def test_with_consent_the_text_is_kept_and_quoted(call: Call, corpus: Path, tmp_path: Path) -> None:
    done = call("corpus", "import", word_file(tmp_path, ROWS), "--yes")
    assert done.code == 0
    assert f"已导入：《{TITLE}》第1版" in done.out
    assert "partner-lens index" in done.err
    citations = Citations(Library.open(corpus))
    [reference] = citations.parse(f"《{TITLE}》第二条")
    found = citations.resolve(reference, date(2026, 11, 23))
    assert found.article is not None
    assert found.article.kind == "official"
    assert "应当遵守本办法" in found.article.text


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_it_asks(
    call: Call, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, written: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    done = call("corpus", "import", text_file(tmp_path, "\n".join(ROWS)))
    assert done.code == 0
    assert "写入知识库？" in done.err
    assert (corpus / "imported" / TITLE / "1.jsonl").exists() is written


def test_the_same_file_twice_says_so_and_changes_nothing(call: Call, corpus: Path, tmp_path: Path) -> None:
    path = text_file(tmp_path, "\n".join(ROWS))
    call("corpus", "import", path, "--yes")
    before = {item: item.read_bytes() for item in corpus.rglob("*") if item.is_file()}
    version = Library.open(corpus).version
    again = call("corpus", "import", path, "--yes")
    assert again.code == 0
    assert "没有变化" in again.out
    assert {item: item.read_bytes() for item in corpus.rglob("*") if item.is_file()} == before
    assert Library.open(corpus).version == version


def test_a_changed_text_becomes_a_second_version(call: Call, corpus: Path, tmp_path: Path) -> None:
    call("corpus", "import", text_file(tmp_path, "\n".join(ROWS)), "--yes")
    changed = [*ROWS[:-1], "第三条　本办法自2027年1月1日起施行。"]
    done = call("corpus", "import", text_file(tmp_path, "\n".join(changed), "b.txt"), "--yes", "--json")
    [row] = done.rows()
    assert row["state"] == "imported"
    assert (row["instruments"][0]["version"], row["instruments"][0]["effective"]) == (2, "2027-01-01")
    assert sorted(path.name for path in (corpus / "imported" / TITLE).iterdir()) == ["1.jsonl", "2.jsonl"]


def test_a_batch_goes_on_after_a_bad_file_and_ends_with_exit_code_one(call: Call, corpus: Path, tmp_path: Path) -> None:
    bad = text_file(tmp_path, "", "empty.txt")
    good = page_file(tmp_path, "".join(f"<p>{row}</p>" for row in ROWS))
    done = call("corpus", "import", bad, good, tmp_path / "missing.pdf", "--yes", "--json")
    assert done.code == 1
    first, second, third = done.rows()
    assert (first["state"], second["state"], third["state"]) == ("failed", "imported", "failed")
    assert "空的" in first["error"]
    assert sum("empty.txt" in line for line in done.err.splitlines()) == 1
    assert (corpus / "imported" / TITLE / "1.jsonl").is_file()


def test_json_tells_what_was_found_and_what_is_unsure(call: Call, corpus: Path, tmp_path: Path) -> None:
    [row] = call("corpus", "import", pdf_file(tmp_path, [f" {ROWS[2]}", *ROWS[3:]]), "--json").rows()
    [found] = row["instruments"]
    assert row["state"] == "preview"
    assert (found["title"], found["articles"], found["first"], found["last"]) == (TITLE, 3, "第一条", "第三条")
    assert "没有找到文号" in found["doubts"]


def test_two_laws_in_one_file_are_both_kept(call: Call, corpus: Path, tmp_path: Path) -> None:
    other = ["从未收录的中介管理规定", "第一条　甲。", "第二条　乙。", "第三条　本规定自2023年1月1日起施行。"]
    [row] = call("corpus", "import", text_file(tmp_path, "\n".join([*ROWS, *other])), "--yes", "--json").rows()
    assert [item["title"] for item in row["instruments"]] == [TITLE, other[0]]
    assert {path.name for path in (corpus / "imported").iterdir()} == {TITLE, other[0]}


def test_a_text_without_a_title_is_refused(call: Call, corpus: Path, tmp_path: Path) -> None:
    done = call("corpus", "import", text_file(tmp_path, "第一条　甲。\n第二条　乙。"), "--yes", "--json")
    assert done.code == 1
    assert "没有找到标题" in done.rows()[0]["error"]
    assert not (corpus / "imported").exists()


def test_no_file_is_bad_usage(call: Call) -> None:
    assert call("corpus", "import").code == 2


def test_an_import_passes_the_corpus_check(call: Call, corpus: Path, tmp_path: Path) -> None:
    before = call("corpus", "check")
    call("corpus", "import", text_file(tmp_path, "\n".join(ROWS)), "--yes")
    assert call("corpus", "check").out == before.out
