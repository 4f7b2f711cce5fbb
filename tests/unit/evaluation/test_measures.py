"""The measures themselves, on results made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UnreadableSource
from assistant.evaluation.practices import LabelledPractice, Measure, load_practices, measure_practices

TEXT = "业务员让客户带弟弟来签字"


def row(id: str, level: str = "high", main: str | None = "a", **more: Any) -> LabelledPractice:
    fields = {
        "id": id,
        "author": "x",
        "kind": "note",
        "text": TEXT,
        "level": level,
        "main": main,
        "acceptable": (main,) if main else (),
        "shown": (main,) if main else (),
        "telling": ("带弟弟来",) if main else (),
        "countered": (),
        "needs_info": False,
    }
    return LabelledPractice.model_validate(fields | more)


def result(level: str, ranked: str, *shown: str, span: tuple[int, int] = (0, len(TEXT)), **more: Any) -> dict[str, Any]:
    match = {"start": span[0], "end": span[1], "span": TEXT[span[0] : span[1]]}
    return {
        "level": level,
        "ranked": [{"id": id} for id in ranked],
        "patterns": [{"id": id, "matched": [match], "countered": []} for id in shown],
        "needs_info": False,
    } | more


def measured(rows: list[LabelledPractice], results: list[dict[str, Any]]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measure_practices(rows, results)}


ROWS = [row("1"), row("2", main="b", level="medium"), row("3", level="none", main=None), row("4", main="c")]
PERFECT = [result("high", "abc", "a"), result("medium", "bca", "b"), result("none", "abc"), result("high", "cab", "c")]


def test_a_perfect_reading_measures_one_and_no_false_alarm() -> None:
    found = measured(ROWS, PERFECT)
    assert found.pop("false alarm on lawful or denied").value == 0.0
    assert {name: measure.value for name, measure in found.items()} == dict.fromkeys(found, 1.0)


def test_a_reading_that_swaps_everything_measures_low() -> None:
    swapped = [result("none", "bca"), result("none", "cab", "c"), result("high", "abc", "a"), result("none", "bac")]
    found = measured(ROWS, swapped)
    assert found["acceptable pattern first"].value == 0.0
    assert found["micro-F1 of patterns shown"].value == 0.0
    assert found["false alarm on lawful or denied"].value == 1.0
    assert found["risen when it should"].value == 0.0
    assert found["level agreement (quadratic kappa)"].value < 0


def test_an_acceptable_pattern_may_come_first_and_the_main_one_among_three() -> None:
    rows = [row("1", acceptable=("a", "b"), shown=("a",))]
    assert measured(rows, [result("high", "bxa", "a")])["acceptable pattern first"].value == 1.0
    assert measured(rows, [result("high", "bxa", "a")])["main pattern among three"].value == 1.0
    assert measured(rows, [result("high", "bxya", "a")])["main pattern among three"].value == 0.0


def test_f1_counts_patterns_and_not_texts() -> None:
    rows = [row("1", shown=("a", "b")), row("2", main="c")]
    results = [result("high", "abc", "a"), result("high", "cab", "c", "b")]
    # two shown rightly, one too many, one lost: 2·2 / (2·2 + 1 + 1)
    assert measured(rows, results)["micro-F1 of patterns shown"].value == pytest.approx(0.667, abs=0.001)


def test_kappa_is_the_one_worked_out_by_hand() -> None:
    rows = [row("1", level="none", main=None), row("2", level="none", main=None), row("3"), row("4")]
    results = [result("none", "abc"), result("high", "abc"), result("high", "abc"), result("high", "abc")]
    # disagreement 1 of 4 at full weight; by chance (2·3 + 2·1) / 4 = 2: kappa = 1 - 1/2
    assert measured(rows, results)["level agreement (quadratic kappa)"].value == pytest.approx(0.5)


def test_a_level_missed_by_one_costs_less_than_one_missed_by_three() -> None:
    rows = [row("1"), row("2", level="none", main=None)]
    near = [result("medium", "abc", "a"), result("none", "abc")]
    far = [result("none", "abc", "a"), result("none", "abc")]
    name = "level agreement (quadratic kappa)"
    assert measured(rows, near)[name].value > measured(rows, far)[name].value


def test_telling_words_count_when_at_least_half_of_them_lie_in_a_span() -> None:
    start = TEXT.index("带弟弟来")
    name = "telling words among the spans"
    for length, value in ((2, 1.0), (1, 0.0)):
        found = measured([row("1")], [result("high", "abc", "a", span=(start, start + length))])
        assert found[name].value == value


def test_a_span_that_is_not_in_the_text_is_found_out() -> None:
    wrong = result("high", "abc", "a")
    wrong["patterns"][0]["matched"][0]["span"] = "没有说过的话"
    assert measured([row("1")], [wrong])["spans are true substrings"].value == 0.0


def test_a_vague_text_is_answered_with_a_question_or_with_nothing() -> None:
    rows = [row("1", level="low", needs_info=True)]
    assert measured(rows, [result("low", "abc", "a", needs_info=True)])["vague: asks"].value == 1.0
    assert measured(rows, [result("high", "abc", "a")])["vague: asks"].value == 0.0


def test_an_interval_holds_its_value_and_narrows_with_more_texts() -> None:
    def width(copies: int) -> float:
        results = [result("high", "abc", "a"), result("high", "bac", "a")]
        found = measured([row("1"), row("2")] * copies, results * copies)["acceptable pattern first"]
        assert found.low <= found.value <= found.high
        assert found.count == 2 * copies
        return found.high - found.low

    assert width(50) < width(5)


def test_a_measure_nobody_can_take_is_left_out() -> None:
    assert "contradicted denial caught" not in measured(ROWS, PERFECT)


def test_a_label_that_cannot_be_read_is_named_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(ROWS[0].model_dump_json() + "\n{}\n", encoding="utf-8")
    with pytest.raises(UnreadableSource, match=r"x\.jsonl 第 2 行"):
        load_practices(tmp_path)


def test_only_the_named_authors_are_read(tmp_path: Path) -> None:
    for author in ("x", "y"):
        (tmp_path / f"{author}.jsonl").write_text(row(author).model_dump_json() + "\n", encoding="utf-8")
    assert [found.id for found in load_practices(tmp_path, ["y"])] == ["y"]
    assert [found.id for found in load_practices(tmp_path)] == ["x", "y"]
