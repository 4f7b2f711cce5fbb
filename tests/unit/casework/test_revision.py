"""Corrections: which earlier words a turn takes back."""

from __future__ import annotations

import pytest

from assistant.casework.revision import Said, nearest, refigured
from assistant.service import Assistant


@pytest.mark.parametrize(
    ("earlier", "turn", "corrected"),
    [
        ("收12个点服务费", "说错了，是2个点", "收2个点服务费"),
        ("每天打二十次电话", "不是二十次，是两次", "每天打两次电话"),
        ("收12个点，押金3万", "押金是5万", "收12个点，押金5万"),
        ("收12个点，返3个点", "是2个点", None),
        ("收服务费", "是2个点", None),
        ("收12个点", "那条不算", None),
    ],
)
def test_a_figure_is_put_in_only_where_it_is_plain_which_one(earlier: str, turn: str, corrected: str | None) -> None:
    assert refigured(earlier, turn) == corrected


def test_a_correction_takes_back_what_it_names_and_keeps_the_rest(assistant: Assistant) -> None:
    first = assistant.reply("这家助贷平台向借款人收12个点服务费，还让客户带一个征信好的亲戚来签字说只是见证。")
    second = assistant.reply("带亲戚签字那个说错了，是另一家的，收回。", [first])
    assert second.act == "correct"
    assert "带一个征信好的亲戚来签字" in second.text
    assert second.assessment is not None
    assert "亲戚" not in second.assessment.text
    assert "12个点" in second.assessment.text


def test_what_was_taken_back_is_found_again_in_the_memo(assistant: Assistant) -> None:
    first = assistant.reply("业务员收了客户三千块包装费，帮他做了半年的工资流水。")
    second = assistant.reply("更正，包装费是三百块。", [first])
    memo = assistant.reply("写个备忘录给我存档", [first, second])
    assert memo.mode == "report"
    assert "工资流水" in memo.text


def test_of_very_many_statements_the_latest_and_the_nearest_are_kept_in_order() -> None:
    said = [Said(f"第{number}句话说的是别的事情", 1) for number in range(60)]
    said[3] = Said("保证金收了五千块", 40)
    numbers, kept = nearest(list(range(60)), said, "保证金没收")
    assert len(numbers) == len(kept) < 60
    assert {3, 59} <= {*numbers}
    assert [said[number] for number in numbers] == kept
