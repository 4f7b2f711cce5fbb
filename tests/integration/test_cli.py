"""The command line keeps its contract: commands, exit codes, JSON keys, and data on standard output only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer

from assistant.interfaces.cli import app
from tests.files import pdf, word
from tests.integration.conftest import Call

pytestmark = pytest.mark.usefixtures("data_folder")

SCHEME = "中介说银行内部有人，征信花了也能包过，先交三千元材料费，放款后再收贷款额的百分之十二。"
ASSESSMENT = {
    *("id", "level", "patterns", "ranked", "lawful_reading", "questions", "actions", "needs_info", "refused"),
    *("reply", "countered", "arithmetic", "corpus_version", "elapsed_ms"),
}
RESEMBLANCE = {
    *("id", "name", "level", "score", "matched", "countered", "missing", "cases", "citations"),
    *("neighbours", "would_change"),
}
ANSWER = {
    *("id", "answer", "abstained", "reason", "premise_corrected", "citations", "notices"),
    *("corpus_version", "elapsed_ms"),
}
CITATION = {
    *("law", "article", "quote", "kind", "status", "effective", "issuer", "doc_no", "source_id", "verified"),
    *("standing", "confidence"),
}
HIT = {"source_id", "kind", "law", "article", "title", "score", "text"}
TURN = {"reply", "mode", "patterns", "level", "citations", "refused", "abstained", "needs_info"}
MODES = {"assess", "policy", "clarify", "explain", "report", "refuse", "abstain"}
COMMANDS = ["serve", "index", "assess", "ask", "chat", "search", "evaluate", "bench", "corpus check", "corpus import"]


def jsonl(path: Path, *rows: dict[str, object] | str) -> Path:
    """A batch; a row given as text is written as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


class TestHelp:
    def test_the_first_page_says_where_to_begin(self, call: Call) -> None:
        page = call("--help")
        assert page.code == 0
        assert "partner-lens index" in page.out
        assert all(command.split()[0] in page.out for command in COMMANDS)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_explains_itself_with_an_example(self, call: Call, command: str) -> None:
        page = call(*command.split(), "--help")
        assert page.code == 0
        assert "例：" in page.out
        assert f"partner-lens {command}" in page.out

    def test_no_command_is_left_out_of_these_tests(self) -> None:
        names = {name for name in typer.main.get_command(app).commands if name != "corpus"}  # type: ignore[attr-defined]
        assert names == {command for command in COMMANDS if " " not in command}


class TestBadUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["assess"],
            ["assess", SCHEME, "--file", "a.pdf"],
            ["assess", "--file", "a.pdf", "--jsonl", "b.jsonl"],
            ["assess", SCHEME, "--out", "b.jsonl"],
            ["ask", "可以收费吗", "--jsonl", "b.jsonl"],
            ["ask", "可以收费吗", "--as-of", "昨天"],
            ["ask", "可以收费吗", "--as-of", "2026-02-30"],
            ["search", "收费", "--kind", "law"],
            ["search", "收费", "--top", "0"],
            ["chat"],
            ["serve", "--port", "70000"],
            ["assess", SCHEME, "--colour"],
            ["divine"],
        ],
    )
    def test_it_exits_with_2_and_writes_no_data(self, call: Call, arguments: list[str]) -> None:
        outcome = call(*arguments)
        assert outcome.code == 2
        assert outcome.out == ""
        assert outcome.err


class TestAssess:
    def test_a_batch_answers_row_by_row_and_a_bad_row_is_told_in_its_place(self, call: Call, tmp_path: Path) -> None:
        word(tmp_path, "协议.docx")
        (tmp_path / "说明.pdf").write_bytes(pdf(SCHEME))
        rows = jsonl(
            tmp_path / "in.jsonl",
            {"id": "text", "text": SCHEME},
            {"id": "word", "file": "协议.docx"},
            {"id": "pdf", "file": "说明.pdf"},
            "{not json",
            "[1, 2]",
            {"id": "no text"},
            {"id": "number", "text": 7},
            {"id": "empty", "text": "  "},
            {"id": "lost", "file": "没有.pdf"},
            {"id": "separator", "text": SCHEME.replace("，先交", "\u2028先交")},
        )
        outcome = call("assess", "--jsonl", rows, "--out", tmp_path / "out.jsonl")
        assert (outcome.code, outcome.out) == (0, "")
        assert "6 行有误" in outcome.err
        results = written(tmp_path / "out.jsonl")
        good = {row["id"]: row for row in results if "error" not in row}
        bad = [(row["id"], row["error"]) for row in results if "error" in row]
        assert list(good) == ["text", "word", "pdf", "separator"]
        assert [id for id, _ in bad] == [None, None, "no text", "number", "empty", "lost"]
        assert all(set(row) == {"id", "error"} for row in results if "error" in row)
        assert all(error.endswith("。") and "\n" not in error for _, error in bad)
        assert all(set(row) == ASSESSMENT for row in good.values())

    def test_one_text_has_the_keys_of_the_contract_and_spans_to_the_letter(self, call: Call) -> None:
        outcome = call("assess", SCHEME, "--json")
        (result,) = outcome.rows()
        assert (outcome.code, outcome.err) == (0, "")
        assert set(result) == ASSESSMENT
        assert result["id"] is None
        assert result["level"] in ("high", "medium")
        assert set(result["ranked"][0]) == {"id", "score"}
        for found in result["patterns"]:
            assert set(found) == RESEMBLANCE
            assert all(set(item) == {"indicator", "ask"} for item in found["missing"])
            assert all(set(item) == CITATION for item in found["citations"])
            for match in found["matched"]:
                assert set(match) == {"indicator", "says", "span", "start", "end", "score"}
                assert SCHEME[match["start"] : match["end"]] == match["span"]
            for match in found["countered"]:
                assert set(match) == {"indicator", "span", "start", "end", "why"}
                assert SCHEME[match["start"] : match["end"]] == match["span"]

    def test_a_file_is_read_and_told_in_words(self, call: Call, tmp_path: Path) -> None:
        (tmp_path / "说明.pdf").write_bytes(pdf(SCHEME))
        outcome = call("assess", "--file", tmp_path / "说明.pdf")
        assert outcome.code == 0
        assert "原文“" in outcome.out
        assert "依据：《" in outcome.out


class TestAsk:
    def test_a_batch_keeps_each_row_s_own_date(self, call: Call, tmp_path: Path) -> None:
        rows = jsonl(
            tmp_path / "in.jsonl",
            {"id": "now", "question": "合同法第五十二条还有效吗？"},
            {"id": "then", "question": "合同法第五十二条还有效吗？", "as_of": "2019-06-01"},
            {"id": "when", "question": "合同法第五十二条还有效吗？", "as_of": "去年"},
            {"id": "emoji", "question": "😀😀"},
        )
        outcome = call("ask", "--jsonl", rows)
        now, then, when, emoji = outcome.rows()
        assert outcome.code == 0
        assert set(now) == set(then) == ANSWER
        assert now["answer"] != then["answer"]
        assert "2026-01-31" in when["error"]
        assert set(emoji) == {"id", "error"}

    def test_one_question_is_answered_as_of_the_day_given(self, call: Call) -> None:
        question = "《刑法》第一百七十五条之一是怎么规定的？"
        (result,) = call("ask", question, "--as-of", "2026-06-30", "--json").rows()
        assert set(result) == ANSWER
        assert next(citation["article"] for citation in result["citations"]) == "第一百七十五条之一"
        assert all(set(citation) == CITATION and citation["verified"] for citation in result["citations"])

    def test_in_words_every_sentence_of_law_carries_its_source(self, call: Call) -> None:
        outcome = call("ask", "《刑法》第一百七十五条之一是怎么规定的？")
        assert (outcome.code, outcome.err) == (0, "")
        assert "〔《刑法》第一百七十五条之一〕" in outcome.out


class TestSearch:
    def test_hits_have_the_keys_of_the_contract_best_first(self, call: Call, tmp_path: Path) -> None:
        rows = jsonl(tmp_path / "in.jsonl", {"id": "a", "query": "骗取贷款罪"}, {"query": "暴力催收"}, {"id": "c"})
        command = ["search", "--jsonl", rows, "--top", 5, "--kind", "statute", "--kind", "case"]
        first, second, third = call(*command).rows()
        assert (first["id"], second["id"], third["id"]) == ("a", None, "c")
        assert set(third) == {"id", "error"}
        for row in (first, second):
            scores = [hit["score"] for hit in row["hits"]]
            assert set(row) == {"id", "hits"}
            assert 0 < len(scores) <= 5
            assert scores == sorted(scores, reverse=True)
            assert all(set(hit) == HIT for hit in row["hits"])
            assert {hit["kind"] for hit in row["hits"]} <= {"statute", "case"}

    def test_in_words_a_hit_is_a_line(self, call: Call) -> None:
        outcome = call("search", "暴力催收", "--top", 3)
        assert len(outcome.out.splitlines()) == 3


def test_a_chat_is_answered_turn_by_turn(call: Call, tmp_path: Path) -> None:
    rows = jsonl(
        tmp_path / "in.jsonl", {"id": "c", "turns": [SCHEME, "助贷平台可以向借款人收费吗？"]}, {"id": "d", "turns": "x"}
    )
    whole, bad = call("chat", "--jsonl", rows).rows()
    assert set(whole) == {"id", "turns"}
    assert set(bad) == {"id", "error"}
    assert [turn["mode"] for turn in whole["turns"]] == ["assess", "policy"]
    for turn in whole["turns"]:
        assert set(turn) == TURN
        assert turn["mode"] in MODES
        assert all(set(citation) == CITATION for citation in turn["citations"])


def test_an_index_that_is_up_to_date_embeds_nothing(call: Call) -> None:
    outcome = call("index")
    assert (outcome.code, outcome.out) == (0, "")
    assert "本次新编码 0 段" in outcome.err


def test_the_corpus_check_exits_with_1_exactly_when_it_found_errors(call: Call) -> None:
    outcome = call("corpus", "check", "--json")
    (problems,) = outcome.rows()
    assert outcome.code == int(any(problem["severity"] == "error" for problem in problems))


class TestProcess:
    """What only a process of its own can show."""

    COMMAND = (sys.executable, "-m", "assistant.interfaces.cli")

    def test_data_is_utf_8_whatever_the_terminal_is_set_to(self) -> None:
        done = subprocess.run(
            [*self.COMMAND, "search", "催收", "--top", "1", "--json"],
            env={**os.environ, "PYTHONIOENCODING": "latin-1"},
            capture_output=True,
            timeout=100,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert len(json.loads(done.stdout.decode("utf-8"))["hits"]) == 1

    def test_an_interrupted_start_leaves_without_a_traceback(self) -> None:
        process = subprocess.Popen([*self.COMMAND, "ask", "可以收费吗"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode != 0
        assert out == b""
        assert b"Traceback" not in err
