"""`partner-lens corpus changes`: two columns, marks that need no colour, JSON, and refusals that name the next step."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len

from assistant.settings import REPOSITORY
from tests.integration.conftest import Call
from tests.official_files import text_file

TITLE = "从未收录的合作机构管理办法"
OLD = [
    TITLE,
    "第一条　为规范合作机构管理，制定本办法。",
    "第二条　合作机构不得以任何形式向借款人收取费用。",
    "第三条　本办法自2020年1月1日起施行。",
]
NEW = [*OLD[:2], "第二条　合作机构不得以任何形式向借款人收取息费。", "第三条　本办法自2025年7月1日起施行。"]


@pytest.fixture
def imported(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command line on a copy of the corpus into which two versions of one text were imported."""
    folder = shutil.copytree(
        REPOSITORY / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("p*ces", "q*", "turns")
    )
    monkeypatch.setenv("PARTNER_LENS_CORPUS", str(folder))
    for name, rows in (("old.txt", OLD), ("new.txt", NEW)):
        assert call("corpus", "import", text_file(tmp_path, "\n".join(rows), name), "--yes").code == 0
    return call


def columns(out: str) -> tuple[str, str]:
    """The words of the left and of the right column."""
    rows = [re.split("[│┃]", line)[1:3] for line in out.splitlines() if line[:1] in ("│", "┃")]
    return "".join(row[0].strip() for row in rows), "".join(row[1].strip() for row in rows)


def test_old_stands_left_of_new_with_marks_dates_and_standing(call: Call) -> None:
    done = call("corpus", "changes", "海商法", "第四条")
    assert (done.code, done.err) == (0, "")
    left, right = columns(done.out)
    assert "1993-07-01起至2026-05-01 · 已废止" in left
    assert "2026-05-01起 · 现行有效" in right
    assert "第五条（官方原文）（条号不同，按文字相近对上，请核对）" in left
    assert "船舶【非】法悬挂" in left
    assert "【予以制止】，【处以罚款】" in left
    assert "【责令改正】，【并依法追究法律责任】" in right
    assert "未依" not in left
    assert "左栏【】内是删去的字" in done.out
    assert "沿革：《海商法》" in done.out
    assert "\x1b" not in done.out


def test_no_line_is_wider_than_the_page(call: Call) -> None:
    table = [line for line in call("corpus", "changes", "仲裁法").out.splitlines() if line and line[0] in "│┃├┏"]
    assert len(table) > 100
    assert {cell_len(line) for line in table} == {100}


@pytest.mark.parametrize("number", ["第四条", "第4条", "4条", "4"])
def test_a_number_is_understood_however_it_is_written(call: Call, number: str) -> None:
    assert call("corpus", "changes", "中华人民共和国海商法", number).out.startswith(
        "《海商法》第四条（条号按2026-05-01"
    )


def test_without_an_article_the_whole_text_is_compared(imported: Call) -> None:
    done = imported("corpus", "changes", TITLE)
    assert done.code == 0
    assert "文字有改动 2 条，新增 0 条，删去 0 条，只改条号 0 条，未动 1 条。" in done.out
    left, right = columns(done.out)
    assert "收取【费用】。" in left
    assert "收取【息费】。" in right
    assert "为规范合作机构管理" not in done.out


def test_an_imported_article_is_compared_with_its_earlier_version(imported: Call) -> None:
    left, right = columns(imported("corpus", "changes", TITLE, "第二条").out)
    assert "2020-01-01起至2025-07-01 · 已废止" in left
    assert "2025-07-01起 · 现行有效" in right
    assert "【费用】" in left
    assert "【息费】" in right


def test_words_that_did_not_change_are_said_not_to_have(imported: Call) -> None:
    done = imported("corpus", "changes", TITLE, "第一条")
    assert done.code == 0
    assert "文字没有变化" in done.out
    assert not re.search("【.+】", "".join(columns(done.out)))


def test_a_stated_successor_is_shown_and_precis_are_not_compared(call: Call) -> None:
    done = call("corpus", "changes", "洗钱解释", "第五条")
    left, _ = columns(done.out)
    assert "知识库写明：旧列举未含虚拟资产交易，须以2024年解释第五条为准。" in done.out
    assert "第二条（要点，转述）（知识库写明的接替关系）" in left
    assert "【" not in done.out
    assert "不逐字比较" in done.out


def test_a_replaced_instrument_shows_its_chain_and_guesses_nothing(call: Call) -> None:
    done = call("corpus", "changes", "个人贷款管理暂行办法", "第十六条")
    assert done.code == 0
    assert "2010-02-12起至2024-07-01 → 《个人贷款管理办法》" in done.out
    assert "不猜着对照" in done.out
    assert columns(done.out) == ("", "")


def test_json_holds_both_texts_and_every_run(call: Call) -> None:
    [found] = call("corpus", "changes", "海商法", "第四条", "--json").rows()
    [change] = found["changes"]
    assert (change["old"]["article"], change["new"]["article"]) == ("第五条", "第四条")
    assert change["old"]["version"]["ended"] == change["new"]["version"]["begins"] == "2026-05-01"
    new = "".join(run["text"] for run in change["runs"] if run["mark"] != "deleted")
    assert new == change["new"]["text"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("从来没有的办法",), ("没有查到《从来没有的办法》", "请核对名称")),
        (("个人信息保户法",), ("您是不是指《个人信息保护法》",)),
        (("合同法",), ("现行为《民法典》", "corpus import")),
        (("固定资产贷款管理办法",), ("没有收录", "corpus import")),
        (("海商法", "第九百条"), ("没有“第九百条”", "第一条至第三百一十条", "请核对条号")),
        (("海商法", "附录"), ("没有“附录”", "请核对条号")),
        (("互联网贷款办法", "第三条"), ("没有“第三条”", "第五十一条", "corpus import")),
        (("互联网贷款办法", "第五十一条"), ("只有一个文本（2020-07-12起施行）", "corpus import")),
        (("个保法",), ("只有一个文本", "corpus import")),
        (("",), ("请核对名称",)),
    ],
)
def test_a_refusal_says_why_and_what_to_do_next(call: Call, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    line = call("corpus", "changes", *arguments).refusal()
    assert all(word in line for word in words)


def test_no_title_is_bad_usage(call: Call) -> None:
    assert call("corpus", "changes").code == 2
