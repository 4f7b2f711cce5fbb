"""Quotes begin and end where sentences do, and marks say what was left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.quoting import cut, named_part, part_label, shown, telling, units
from assistant.answering.weights import Weights, pairs

WEIGHTS = Weights(["银行不得外包核心业务。", "保险公司应当保存资料。", "借款人应当还款。"])
LIST = (
    "经营者不得有下列行为：\n（一）虚构交易；\n（二）隐瞒费用；\n（三）强制搭售。\n"
    + "违反前款规定的，处罚款；情节严重的，吊销许可。"
)


def words(text: str, pieces: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[slice(*piece)] for piece in pieces]


def test_a_named_item_comes_with_the_words_that_open_its_list() -> None:
    assert words(LIST, named_part(LIST, "第一款第（二）项")) == ["经营者不得有下列行为", "（二）隐瞒费用；"]
    assert words(LIST, named_part(LIST, "第3项")) == ["经营者不得有下列行为", "（三）强制搭售。"]
    assert words(LIST, named_part(LIST, "第一项")) == ["经营者不得有下列行为：\n（一）虚构交易；"]


def test_a_named_paragraph_is_quoted_alone() -> None:
    assert words(LIST, named_part(LIST, "第2款")) == ["违反前款规定的，处罚款；情节严重的，吊销许可。"]
    assert named_part(LIST, "第一款")[0] == (0, LIST.index("\n违反"))


def test_a_part_that_the_article_has_not_is_not_made_up() -> None:
    assert named_part(LIST, "第九项") == ()
    assert named_part(LIST, "第五款") == ()
    assert named_part(LIST, "") == ()
    assert part_label("第1款第6项") == "第一款第（六）项"


def test_what_is_left_out_is_marked_outside_the_quote() -> None:
    assert shown(LIST, named_part(LIST, "第二项")) == ("“经营者不得有下列行为”……", "“（二）隐瞒费用；”……")
    assert shown(LIST, named_part(LIST, "第二款"))[0].startswith("……“违反")
    assert shown(LIST, ((0, len(LIST)),)) == (f"“{LIST}”",)


def test_no_sentence_is_begun_in_the_middle() -> None:
    text = f"甲公司{'应当保存资料，' * 40}报送。乙银行{'审查借款人，' * 20}不得外包；情节严重的，罚款核心业务。"
    piece = cut(text, pairs("罚款核心业务"), WEIGHTS)
    assert piece.startswith("乙银行")


def test_a_bare_reference_shows_the_beginning_of_a_long_article() -> None:
    text = "有下列行为的，罚款：\n" + "\n".join(f"（{number}）{'甲' * 200}；" for number in "一二三四五")
    piece = words(text, telling(text, frozenset(), WEIGHTS, 600, first=True))
    assert piece[0].startswith("有下列行为的，罚款：\n（一）")
    assert piece[0].endswith("；")


@given(st.text(alphabet="银行不得外包核心业务（一）（二）：。；\n，", max_size=700), st.text(max_size=20))
def test_pieces_are_in_order_and_end_in_no_colon_of_a_list(text: str, question: str) -> None:
    found = telling(text, pairs(question), WEIGHTS)
    assert all(0 <= start <= end <= len(text) for start, end in found)
    assert list(found) == sorted(found)
    assert all(unit.start < unit.end for unit in units(text))
