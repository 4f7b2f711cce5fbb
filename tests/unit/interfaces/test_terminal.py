"""What a command says while it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.interfaces import terminal


def test_where_no_terminal_shows_a_bar_long_work_is_told_in_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "PLAIN_S", -1.0)
    with terminal.bar("准备索引") as report:
        for done in (1, 2, 3):
            report(done, 3)
    told = capsys.readouterr()
    assert told.err.splitlines() == ["准备索引 1/3", "准备索引 2/3"]
    assert told.out == ""


def test_short_work_says_nothing_on_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.bar("准备索引") as report:
        report(1, 3)
    assert capsys.readouterr().err == ""


def test_a_batch_counts_its_rows_and_those_that_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    terminal.run_batch(['{"id": 1}', "nonsense"], out, lambda row: {"id": row["id"]})
    assert "完成 2 行，其中 1 行有误" in capsys.readouterr().err
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
