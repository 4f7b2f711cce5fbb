"""Figures as people say them, and which one a turn puts right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.figures import figures, put_right


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("收12个点", 12, "share"),
        ("一成半", 15, "share"),
        ("一成二", 12, "share"),
        ("千分之三", 0.3, "share"),
        ("百分之十二", 12, "share"),
        ("1.2个点", 1.2, "share"),
        ("一点二个点", 1.2, "share"),
        ("三分利", 3, "share"),
        ("押金3,000", 3000, ""),
        ("兩萬塊", 20000, "money"),
        ("两万五", 25000, ""),
        ("3万5", 35000, ""),
        ("３０００元", 3000, "money"),
        ("三块五", 3.5, "money"),
        ("每条5毛", 0.5, "money"),
        ("800 yuan", 800, "money"),
        ("12 percent", 12, "share"),
        ("晚上十点以后", 10, "clock"),
        ("一年半", 1.5, "年"),
        ("十五个", 15, "个"),
    ],
)
def test_a_figure_is_read_as_it_is_said(text: str, value: float, unit: str) -> None:
    (found,) = figures(text)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize("text", ["一家公司", "那条不算", "第三方", "十十", ""])
def test_what_is_no_quantity_is_not_read_as_a_bare_one(text: str) -> None:
    assert not [figure for figure in figures(text) if not figure.unit]


@pytest.mark.parametrize(
    ("earlier", "turn", "corrected"),
    [
        (["收12个点服务费"], "说错了，是2个点", {0: "收2个点服务费"}),
        (["每天打二十次电话"], "不是二十次，是两次", {0: "每天打两次电话"}),
        (["收12个点，押金3万"], "押金是5万", {0: "收12个点，押金5万"}),
        (["先收一成半", "押金三千"], "不是一成半，是一成二", {0: "先收一成二"}),
        (["押金3000，不退", "人头费500"], "押金是300不是3000", {0: "押金300，不退"}),
        (["服务费12个点", "返点2个点"], "服务费是8个点", {0: "服务费8个点"}),
        (["押金三千块"], "不对，是三百", {0: "押金三百块"}),
        (["收3000押金"], "打错了 800", {0: "收800押金"}),
        (["deposit of 3,000 yuan each"], "the deposit is 300, not 3,000", {0: "deposit of 300 yuan each"}),
        (["服务费20%"], "it's 12%, not 20", {0: "服务费12%"}),
        (["收12个点，返3个点"], "是2个点", {}),
        (["收服务费"], "是2个点", {}),
        (["收12个点"], "那条不算", {}),
        (["客户交3000押金", "服务费12个点"], "押金那个不对，一分没收", {}),
    ],
)
def test_a_figure_is_put_in_only_where_it_is_plain_which_one(
    earlier: list[str], turn: str, corrected: dict[int, str]
) -> None:
    assert put_right(earlier, turn) == corrected


@given(st.text(alphabet="一二两十百千万半点成0123456789.,%个元块 年晚上kK", max_size=30))
def test_any_text_is_read_without_a_fault_and_in_its_place(text: str) -> None:
    ends = 0
    for found in figures(text):
        assert ends <= found.start < found.measured <= found.end <= len(text)
        ends = found.end
