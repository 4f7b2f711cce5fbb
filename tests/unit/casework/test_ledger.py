"""What is known of a partner, as turns change it."""

from __future__ import annotations

from datetime import date

from assistant.assessment import ClaimReader
from assistant.casework.ledger import Fact, Ledger, Note, stated

READER = ClaimReader({})
DAY = date(2026, 11, 23)


def ledger_of(*turns: str) -> Ledger:
    ledger = Ledger()
    for number, text in enumerate(turns, 1):
        note = Note(place=0, turn=number, facts=stated(READER.read(text), text, number, DAY))
        ledger = ledger.take(note)
    return ledger


def test_statements_are_told_in_the_words_and_order_they_were_made() -> None:
    text = "这家平台向借款人收服务费，审批由银行自己来做。"
    assert ledger_of(text).text in text
    assert ledger_of(text, "另外他们还代客户签字。").text.endswith("另外他们还代客户签字")


def test_what_is_withdrawn_is_told_no_longer_and_stays_in_the_record() -> None:
    ledger = ledger_of("这家平台向借款人收服务费，审批由银行自己来做。")
    after = ledger.take(Note(place=0, turn=2, withdrawn=(0,)))
    assert "收服务费" not in after.text
    assert "审批由银行自己来做" in after.text
    assert [fact.withdrawn for fact in after.facts] == [2, None]


def test_a_corrected_figure_takes_the_place_of_the_old_one_which_is_remembered() -> None:
    ledger = ledger_of("每单向借款人收12个点服务费")
    after = ledger.take(Note(place=0, turn=2, replaced={0: "每单向借款人收2个点服务费"}))
    assert after.text == "每单向借款人收2个点服务费"
    assert after.facts[0].was == "每单向借款人收12个点服务费"


def test_the_same_words_are_not_a_second_fact_unless_the_first_was_withdrawn() -> None:
    words = "每单向借款人收12个点服务费"
    assert len(ledger_of(words, words).facts) == 1
    withdrawn = ledger_of(words).take(Note(place=0, turn=2, withdrawn=(0,)))
    again = withdrawn.take(Note(place=0, turn=3, facts=(Fact(text=words, turn=3),)))
    assert again.text == words


def test_a_question_answered_or_declined_is_no_longer_open() -> None:
    asked = Ledger().take(Note(place=0, turn=1, asked=("谁收费？", "谁审批？")))
    assert asked.take(Note(place=0, turn=2, closed=("谁收费？",))).open == ("谁审批？",)


def test_parts_are_what_each_turn_said() -> None:
    assert ledger_of("他们收保证金再放款。", "放款前还要交会员费。").parts == (
        "他们收保证金再放款",
        "放款前还要交会员费",
    )


def test_english_turns_are_told_apart() -> None:
    assert ledger_of("It is paid by us.", "Two of its leaders sold the list.").text.startswith(
        "It is paid by us. Two of its leaders"
    )
