"""What an amending decision words out is applied; what it leaves to the reader is marked."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.knowledge.amending import amend, amended_by
from assistant.types import Article, Regulation

BEGINS = date(2025, 3, 1)


def law(title: str, *rows: tuple[str, str], **facts: object) -> Regulation:
    articles = tuple(Article(no=no, label=no, text=text, kind="official") for no, text in rows)
    base = {"id": title, "title": title, "issuer": "某会", "level": "法律", "effective": "", "status": "in_force"}
    return Regulation.model_validate(base | {"articles": articles} | facts)


BASE = law(
    "合作法",
    ("第一条", "为了合作，制定本法。"),
    ("第二条", "收费须公开：\n（一）价格；\n（二）期限。\n不公开的，不得收费。"),
    ("第三条", "合作方须登记。"),
    ("第四条", "违反本法的，处一万元罚款。"),
)


def after(*orders: str) -> dict[str | None, Article]:
    rows = [(f"条目{at}", text) for at, text in enumerate(orders, 1)]
    decision = law("合作法修正案（二）", *rows, effective_from=BEGINS)
    return {article.no: article for article in amend(BASE, decision)[1].articles}


@pytest.mark.parametrize(
    ("title", "amended"),
    [
        ("刑法修正案（十二）", "刑法"),
        ("刑法修正案", "刑法"),
        ("宪法修正案（2018年）", "宪法"),
        ("全国人民代表大会常务委员会关于修改《中华人民共和国网络安全法》的决定", "网络安全法"),
        ("刑法", None),
        ("全国人民代表大会常务委员会关于加强经济工作监督的决定", None),
    ],
)
def test_an_amendment_is_known_by_its_title(title: str, amended: str | None) -> None:
    assert amended_by(title) == amended


def test_a_whole_article_is_replaced() -> None:
    found = after('将合作法第三条修改为："合作方须备案。\n"未备案的，不得合作。"')["第三条"]
    assert found.text == "合作方须备案。\n未备案的，不得合作。"
    assert (found.since, found.changed_by) == (BEGINS, "")


def test_an_added_paragraph_with_the_whole_article_is_replaced() -> None:
    order = '在合作法第三条中增加一款作为第二款，将该条修改为："合作方须登记。\n"变更的，也须登记。"'
    assert after(order)["第三条"].text == "合作方须登记。\n变更的，也须登记。"


def test_one_paragraph_is_replaced_with_the_items_that_belong_to_it() -> None:
    assert after('将第二条第一款修改为："收费须经批准。"')["第二条"].text == "收费须经批准。\n不公开的，不得收费。"
    changed = after('将第二条第二款修改为："未公开的，退还。"')["第二条"].text
    assert changed == "收费须公开：\n（一）价格；\n（二）期限。\n未公开的，退还。"


def test_a_new_article_follows_the_one_whose_number_it_carries_on() -> None:
    found = after('在合作法第二条后增加一条，作为第二条之一："收费须开票。"')
    assert list(found) == ["第一条", "第二条", "第二条之一", "第三条", "第四条"]
    assert found["第二条之一"].since == BEGINS


@pytest.mark.parametrize(
    "order",
    [
        '将第四条中的"一万元"修改为"五万元"。',
        "删去第四条。",
        "将第四条改为第五条。",
        '将第四条第三款修改为："没有这一款。"',
        '将第四条第一款修改为："处五万元罚款。"\n第二款修改为："从重处罚。"',
        '将另一法第四条修改为："不是本法。"',
    ],
)
def test_what_is_not_worded_out_marks_the_article_and_leaves_its_words(order: str) -> None:
    found = after(order)["第四条"]
    assert found.text == "违反本法的，处一万元罚款。"
    assert found.changed_by == "合作法修正案（二）（2025-03-01起施行）"


def test_a_commencement_changes_nothing() -> None:
    assert tuple(after("本修正案自2025年3月1日起施行。").values()) == BASE.articles


def test_the_text_before_ends_when_the_amendment_begins() -> None:
    before, present = amend(BASE, law("合作法修正案", effective_from=BEGINS))
    assert (before.ended, before.status, present.id) == (BEGINS, "repealed", BASE.id)
    assert before.articles == BASE.articles
