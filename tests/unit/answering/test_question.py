"""Reading a question: script, day, words to search with."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.question import read, simplified, traditional
from assistant.knowledge.speech import Wording

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年6月的业务当时适用哪个办法", date(2024, 6, 15)),
        ("内审看到2025年12月10日的开户档案", date(2025, 12, 10)),
        ("2023年签的合同，当时的规定是什么", date(2023, 6, 15)),
        ("2022年那版算不算数", TODAY),
        ("金规〔2025〕9号怎么说", TODAY),
        ("2024年版个人贷款管理办法第八条", TODAY),
        ("2027年3月起怎么办", TODAY),
        ("what applied in Jun 2024", date(2024, 6, 15)),
        ("现在怎么规定", TODAY),
    ],
)
def test_the_day_a_question_is_about_is_read(text: str, day: date) -> None:
    assert read(text, None, TODAY).as_of == day


def test_a_given_day_wins_over_the_words() -> None:
    assert read("2024年6月的业务", date(2020, 1, 1), TODAY).as_of == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("可以外包吗", "simplified"),
        ("支付機構可否外包", "traditional"),
        ("May we outsource?", "english"),
        ("", "simplified"),
    ],
)
def test_the_script_is_told(text: str, script: str) -> None:
    assert read(text, None, TODAY).script == script


def test_the_rules_words_are_searched_beside_the_askers() -> None:
    wording = Wording(people=("返点",), law=("回扣",))
    assert read("平台给返點", None, TODAY, [wording]).search == "平台给返点 回扣"
    assert read("平台给佣金", None, TODAY, [wording]).search == "平台给佣金"


def test_several_questions_are_told_apart() -> None:
    assert read("要不要告诉客户本人？多长时间内报告人民银行？", None, TODAY).clauses == (
        "要不要告诉客户本人",
        "多长时间内报告人民银行",
    )
    assert read("要不要告诉客户本人？", None, TODAY).clauses == ()


def test_scripts_convert_both_ways() -> None:
    assert simplified("徵信機構") == "征信机构"
    assert traditional("结论") == "結論"


def test_what_is_told_is_kept_apart_from_what_is_asked() -> None:
    found = read("一家平台替我们收费。它能不能直接收？罚多少？", None, TODAY)
    assert found.asked == ("它能不能直接收",)
    assert found.told == ("一家平台替我们收费",)
    two = read("平台要不要有许可证？没有的话罚款多少？", None, TODAY)
    assert len(two.asked) == 2
    assert two.told == ()
