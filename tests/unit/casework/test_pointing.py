"""What a turn points at by its place."""

from __future__ import annotations

import pytest

from assistant.casework.pointing import counted, ordinal, pointed


@pytest.mark.parametrize(
    ("turn", "places"),
    [
        ("上面第二条不算", {1}),
        ("第三點先拿掉", {2}),
        ("头一句先拿掉", {0}),
        ("打头那句请删", {0}),
        ("最后那句撤回", {3}),
        ("前一条作废哈", {3}),
        ("尾嗰句當我冇講", {3}),
        ("倒数第二条我存疑", {2}),
        ("后两条先不作数", {2, 3}),
        ("前两条不对", {0, 1}),
        ("中间那条别用", {2}),
        ("strike number one", {0}),
        ("Scrap the last line", {3}),
        ("Scrap the middle one.", {2}),
        ("第九条不算", set()),
        ("押金那条不算", set()),
        ("最后他们没收钱", set()),
    ],
)
def test_statements_are_pointed_at_by_their_order(turn: str, places: set[int]) -> None:
    assert pointed(turn, 4) == places


def test_a_number_and_a_count_are_told_apart() -> None:
    assert (ordinal("第二点怎么讲"), ordinal("the third one"), ordinal("倒数第二条"), ordinal("没有")) == (2, 3, 0, 0)
    assert (counted("那两条收回"), counted("这三点都不算"), counted("那条收回")) == (2, 3, 0)
