"""The shipped layers: what they are shown of a text, and what comes back."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assessment import ClaimReader, TunedReader
from assistant.assessment.claims import fold
from assistant.assessment.tuned import FILE, LONGEST, TunedReading, assembled
from assistant.knowledge import Library

TEXT = "业务员让客户带着弟弟到场刷脸，贷款办在弟弟名下。合同写明严禁收取前期费用。"
PLAIN = (
    "中介让客户带弟弟来当“见证人”，说只是加分、不用担责。业务员拿着弟弟的手机刷脸，贷款三十万实际办在弟弟名下，"
    "放款当天全部转给客户，中介扣走19%服务费。弟弟收到还款短信才知道自己是借款人。"
)
PIECES = st.sampled_from(
    [
        *TEXT,
        "貸款包過",
        "包-过-内-部",
        "ＡＢ",
        "，",
        "。",
        "\n",
        " ",
        "  ",
        "　",
        "\u200b",
        "\x00",
        "😀",
        "e\u0301",
        "ﷺ",
        "Г",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=80))
LAYERS_ALLOWED = 40e6  # bytes that an artefact of our own training may have


def read(tuned: TunedReader, claims: ClaimReader, text: str) -> TunedReading:
    return tuned.read(text, claims.read(text))


# --- what is read -----------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_every_span_of_the_assembled_text_is_its_folded_statement(claims: ClaimReader, text: str) -> None:
    statements = claims.read(text)
    folded, spans = assembled(text, statements)
    assert [folded[start:end] for start, end in spans] == [claim.folded for claim in statements]


def test_nothing_of_a_text_is_left_out(claims: ClaimReader) -> None:
    text = f"  “{TEXT}”——完。"
    assert assembled(text, claims.read(text))[0] == fold(text)


def test_a_text_without_statements_is_read_as_it_stands() -> None:
    assert assembled("。。。", []) == (fold("。。。"), [])


# --- what comes back --------------------------------------------------------------------------------------------------


def test_every_pattern_and_every_statement_has_its_values(tuned: TunedReader, claims: ClaimReader) -> None:
    reading = read(tuned, claims, TEXT)
    assert list(reading.patterns) == list(reading.also) == tuned.patterns
    assert reading.evidence.shape == (len(claims.read(TEXT)), 3)
    values = [*reading.patterns.values(), *reading.also.values(), reading.weak, reading.raised, reading.severe]
    assert all(math.isfinite(value) for value in (*values, *reading.evidence.ravel()))


def test_the_same_text_gets_the_same_values(tuned: TunedReader, claims: ClaimReader) -> None:
    one, other = read(tuned, claims, TEXT), read(tuned, claims, TEXT)
    assert one.patterns == other.patterns
    assert one.also == other.also
    assert np.array_equal(one.evidence, other.evidence)


@pytest.mark.parametrize(
    "written",
    ["業務員讓客戶帶着弟弟到場刷臉，貸款辦在弟弟名下", "业-务-员-让-客-户-带着弟弟到场刷脸，贷 款 办 在 弟弟名下"],
)
def test_another_way_of_writing_gets_the_same_values(tuned: TunedReader, claims: ClaimReader, written: str) -> None:
    plain = read(tuned, claims, "业务员让客户带着弟弟到场刷脸，贷款办在弟弟名下")
    assert read(tuned, claims, written).patterns == pytest.approx(plain.patterns, abs=1e-4)


def test_a_long_text_is_read_to_its_end(tuned: TunedReader, claims: ClaimReader) -> None:
    filler = "会议讨论了食堂的菜单和班车的时刻。" * (LONGEST // 8)
    one, other = read(tuned, claims, filler + PLAIN), read(tuned, claims, filler + filler[: len(PLAIN)])
    assert one.evidence.shape == (len(claims.read(filler)) + len(claims.read(PLAIN)), 3)
    assert one.evidence[-1, 1] > other.evidence[-1, 1]
    assert one.raised > other.raised


def test_a_long_text_without_any_stop_is_read_too(tuned: TunedReader, claims: ClaimReader) -> None:
    assert read(tuned, claims, "山高水长" * LONGEST).evidence.shape == (1, 3)


def test_a_plain_practice_is_raised_and_a_talk_about_food_is_not(tuned: TunedReader, claims: ClaimReader) -> None:
    assert (
        read(tuned, claims, PLAIN).raised > 0 > read(tuned, claims, "今天食堂的红烧肉不错，大家排了很久的队。").raised
    )


# --- the artefact -----------------------------------------------------------------------------------------------------


def test_it_knows_patterns_of_the_taxonomy_only(tuned: TunedReader, library: Library) -> None:
    assert set(tuned.patterns) <= set(library.patterns)
    assert len(set(tuned.patterns)) == len(tuned.patterns)


def test_a_pattern_it_was_not_trained_on_has_no_value(tuned: TunedReader, claims: ClaimReader) -> None:
    assert "loan-drone-pawn" not in read(tuned, claims, TEXT).patterns


def test_the_shipped_file_is_small_and_says_what_it_was_trained_on() -> None:
    assert FILE.stat().st_size < LAYERS_ALLOWED
    with np.load(FILE) as kept:
        assert {"texts", "authors", "bank", "stages", "licence"} <= {*json.loads(str(kept["about"]))}
