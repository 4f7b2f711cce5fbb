"""Corrections: which earlier words a turn takes back."""

from __future__ import annotations

from assistant.casework.revision import Said, nearest
from assistant.service import Assistant


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


def test_what_is_told_anew_with_another_figure_is_taken_back_and_not_put_right(assistant: Assistant) -> None:
    first = assistant.reply("房抵贷中介，每单向借款人收贷款额9%，不交就不往我们行递件。")
    second = assistant.reply("更正，合同我看岔行了：是我行按放款额付它千分之九，借款人一分不掏。", [first])
    assert second.assessment is not None
    assert "向借款人收" not in second.assessment.text
    assert "我行按放款额付它千分之九" in second.assessment.text


def test_as_many_statements_are_taken_back_as_a_turn_counts(assistant: Assistant) -> None:
    first = assistant.reply("三号投标人给欠款人单位同事群发消息，还弄假的法院传票照片吓唬人。")
    second = assistant.reply("糟了我搞混了，群发和假传票都是五号标的事，那两条收回。", [first])
    assert second.assessment is None or "传票" not in second.assessment.text
    assert second.assessment is None or "群发" not in second.assessment.text
