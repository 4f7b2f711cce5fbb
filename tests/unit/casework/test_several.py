"""Two partners in one conversation: each has its own ledger."""

from __future__ import annotations

from assistant.casework import Reply
from assistant.casework.talk import Talk
from assistant.service import Assistant

BOTH = "两家一起看：鑫桥咨询收客户12个点，恒远数科只做导流按点击结算"


def talked(assistant: Assistant, *texts: str) -> list[Reply]:
    replies: list[Reply] = []
    for text in texts:
        replies.append(assistant.reply(text, replies))
    return replies


def known(replies: list[Reply]) -> dict[str, str]:
    return {ledger.name: ledger.text for ledger in Talk.after(replies).partners}


def test_two_names_in_one_sentence_are_two_partners(assistant: Assistant) -> None:
    replies = talked(assistant, BOTH, "恒远呢", "鑫桥那家呢", "另一家呢")
    assert known(replies) == {"鑫桥咨询": "鑫桥咨询收客户12个点", "恒远数科": "恒远数科只做导流按点击结算"}
    assert [Talk.after(replies[: at + 1]).current for at in range(4)] == [0, 1, 0, 1]


def test_partners_that_were_only_named_are_noted_and_told_of_by_name(assistant: Assistant) -> None:
    replies = talked(
        assistant, "甲公司叫鑫桥，乙公司叫恒远。", "鑫桥收客户12个点，帮客户做假流水", "恒远只做导流，按点击跟我行结算"
    )
    assert "甲公司（鑫桥）" in replies[0].text
    assert replies[0].mode == "clarify"
    assert known(replies) == {
        "鑫桥": "鑫桥收客户12个点，帮客户做假流水",
        "恒远": "恒远只做导流，按点击跟我行结算",
    }


def test_partners_named_in_english_are_two(assistant: Assistant) -> None:
    replies = talked(
        assistant,
        "We have two vendors, one is called Xinqiao, the other Hengyuan.",
        "Xinqiao charges borrowers 12 points and forges bank statements.",
        "And the other one?",
    )
    assert Talk.after(replies).current == 1
    assert "12 points" in known(replies)["Xinqiao"]
    assert "12 points" not in known(replies)["Hengyuan"]


def test_a_fact_of_nobody_in_particular_waits_until_it_is_said_of_whom(assistant: Assistant) -> None:
    replies = talked(assistant, BOTH, "收客户保证金三千，放款后不退", "恒远")
    assert "您说的是哪一家" in replies[1].text
    assert "保证金" in known(replies)["恒远数科"]
    assert "保证金" not in known(replies)["鑫桥咨询"]


def test_what_is_said_of_both_is_noted_of_each(assistant: Assistant) -> None:
    replies = talked(assistant, BOTH, "两家都让客户先交三千块资料费，放款后不退")
    assert all("资料费" in text for text in known(replies).values())


def test_a_memo_of_both_has_each_with_its_own_facts(assistant: Assistant) -> None:
    text = talked(assistant, BOTH, "两家都出一份备忘")[-1].text
    first, second = text.split("对象：")[1:]
    assert "12个点" in first
    assert "12个点" not in second
    assert "按点击结算" in second
