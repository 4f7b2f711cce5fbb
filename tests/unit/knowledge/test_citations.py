"""References as people write them, and the five things they can come to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.knowledge import Library
from assistant.knowledge.citations import Citations, Resolution
from assistant.knowledge.references import canonical, number_of, numeral, place_of
from assistant.settings import REPOSITORY
from assistant.types import Citation

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def citations() -> Citations:
    return Citations(Library.open(REPOSITORY / "corpus"))


def resolved(citations: Citations, text: str, day: date = TODAY) -> Resolution:
    [reference] = citations.parse(text)
    return citations.resolve(reference, day)


def cited(citations: Citations, source: str, article: str, quote: str | None = None) -> Citation:
    regulation = citations.library.regulations[source]
    found = citations.library.article(source, article)
    assert found is not None
    return citations.cite(regulation, found, quote or found.text, TODAY)


# --- numerals ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 9999))
def test_a_numeral_reads_back_as_its_number(number: int) -> None:
    assert number_of(numeral(number)) == number


@given(st.integers(1, 1500), st.integers(0, 20))
def test_a_canonical_article_reads_back_as_its_numbers(number: int, sub: int) -> None:
    assert place_of(canonical(number, sub or None)) == (number, sub)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = number_of(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(("number", "words"), [(10, "十"), (15, "十五"), (110, "一百一十"), (1260, "一千二百六十")])
def test_numerals_are_written_as_laws_write_them(number: int, words: str) -> None:
    assert numeral(number) == words


# --- parsing ----------------------------------------------------------------------------------------------------------

SPELLINGS = [
    ("刑法第一百七十五条之一怎么规定", "刑法", ["第一百七十五条之一"]),
    ("《中华人民共和国刑法》第一百七十五条之一第一款", "中华人民共和国刑法", ["第一百七十五条之一"]),
    ("中华人民共和国刑法第175条之一", "中华人民共和国刑法", ["第一百七十五条之一"]),
    ("刑法175之一", "刑法", ["第一百七十五条之一"]),
    ("刑法175-1", "刑法", ["第一百七十五条之一"]),
    ("刑法175条之一第一款第（二）项", "刑法", ["第一百七十五条之一"]),
    ("刑法175-177条", "刑法", ["第一百七十五条", "第一百七十六条", "第一百七十七条"]),
    ("个保法第13、14条和第二十三条", "个保法", ["第十三条", "第十四条", "第二十三条"]),
    ("个保法第十三条至第十五条", "个保法", ["第十三条", "第十四条", "第十五条"]),
    ("消法第５５条", "消法", ["第五十五条"]),
    ("民法典第1064条", "民法典", ["第一千零六十四条"]),
    ("金规〔2025〕9号第二条", "金规〔2025〕9号", ["第二条"]),
    ("金规[2025]9号", "金规[2025]9号", [None]),
    ("9号文第六项", "9号文", ["六、"]),
    ("24号文八、", "24号文", ["八、"]),
    ("261号文（三）", "261号文", ["（三）"]),
    ("助贷新规怎么说", "助贷新规", [None]),
    ("刑法第十条之规定", "刑法", ["第十条"]),
    ("刑法三年以上有期徒刑", "刑法", [None]),
    ("《保险法》实施细则第一条", "保险法实施细则", ["第一条"]),
    ("保险法实施细则第一条", "保险法实施细则", ["第一条"]),
    ("请按金融债务催收促进法第二十三条办", "金融债务催收促进法", ["第二十三条"]),
]


@pytest.mark.parametrize(("text", "name", "articles"), SPELLINGS)
def test_a_spelling_is_understood(citations: Citations, text: str, name: str, articles: list[str | None]) -> None:
    found = citations.parse(text)
    assert [(item.name, item.article) for item in found] == [(name, article) for article in articles]


@pytest.mark.parametrize("text", ["我公司法务说可以", "公司法定代表人签字", "今年第三季度的业务", "第三条怎么说", ""])
def test_words_that_only_look_like_a_law_are_no_reference(citations: Citations, text: str) -> None:
    assert citations.parse(text) == []


def test_an_article_without_a_name_belongs_to_the_instrument_named_last(citations: Citations) -> None:
    found = citations.parse("反洗钱法第七条讲保密，本法第三十五条呢？前款、前条又怎么说")
    assert {item.name for item in found} == {"反洗钱法"}
    assert [item.article for item in found] == ["第七条", "第三十五条", "第三十五条", "第三十四条"]


def test_a_reference_says_where_its_words_stand(citations: Citations) -> None:
    text = "依据个人贷款管理暂行办法第十六条，贷款调查"
    [found] = citations.parse(text)
    assert text[found.start : found.end] == "个人贷款管理暂行办法第十六条"


@given(st.text(alphabet="刑法第一百七十五条之、至和-《》〔〕2025号9 款项（）前本办", max_size=40))
def test_parsing_never_fails_and_spans_stay_inside_the_text(citations: Citations, text: str) -> None:
    for found in citations.parse(text):
        assert 0 <= found.start < found.end <= len(text)


def test_a_very_long_text_is_parsed(citations: Citations) -> None:
    assert len(citations.parse("反洗钱法第七条，" * 600)) == 600


# --- the five outcomes ------------------------------------------------------------------------------------------------

OUTCOMES = [
    ("《保险法实施细则》第一条", "no_such"),
    ("商业银行法司法解释第三条", "no_such"),
    ("刑法第一百七十五条之一", "in_force"),
    ("《银行保险机构消费者权益保护管理办法》第十条", "article_not_held"),
    ("合同法第五十二条", "not_current"),
    ("刑法第一百七十五条", "in_force"),
    ("刑法第一百九十三条", "in_force"),
    ("刑法第二百二十四条", "in_force"),
    ("刑法第二百八十七条之三", "no_such"),
    ("反洗钱法第七十二条", "no_such"),
    ("民法典第一千二百六十一条", "no_such"),
    ("商业银行互联网贷款管理暂行办法第八十条", "no_such"),
    ("《金融债务催收促进法》第二十三条", "no_such"),
    ("固定资产贷款管理办法第十条", "outside"),
    ("法发〔2019〕24号", "outside"),
    ("个人贷款管理暂行办法第十六条", "not_current"),
    ("2006年反洗钱法第十九条", "not_current"),
    ("银行保险机构金融消费投诉处理管理办法", "not_current"),
    ("环境保护法第一条", "not_current"),
    ("银保监规〔2022〕14号第八项", "article_not_held"),
    ("个保法第二十九条", "in_force"),
    ("消法第五十五条", "in_force"),
    ("央行5号令第三十四条", "in_force"),
    ("助贷新规", "in_force"),
    ("261号文", "in_force"),
]


@pytest.mark.parametrize(("text", "outcome"), OUTCOMES)
def test_a_reference_comes_to_the_right_outcome(citations: Citations, text: str, outcome: str) -> None:
    assert resolved(citations, text).outcome == outcome


@pytest.mark.parametrize(("text", "outcome"), [row for row in OUTCOMES if row[1] != "in_force"])
def test_every_other_outcome_is_said_in_one_line(citations: Citations, text: str, outcome: str) -> None:
    notice = resolved(citations, text).notice
    assert notice.startswith("《") or notice.startswith(("文号", "没有查到"))
    assert "\n" not in notice
    assert notice.endswith("。")


def test_a_repealed_law_points_to_what_replaced_it(citations: Citations) -> None:
    found = resolved(citations, "合同法第五十二条")
    assert [item.title for item in found.successors] == ["民法典"]
    assert "民法典第一千二百六十条" in found.notice


def test_a_replaced_rule_points_to_its_successor_even_when_amended(citations: Citations) -> None:
    found = resolved(citations, "261号文")
    assert found.status == "amended"
    assert [item.id for item in found.successors] == ["reg-account-mgmt-2019"]


def test_an_unverified_number_is_found_but_not_citable(citations: Citations) -> None:
    found = resolved(citations, "银保数据安全办法第二十一条")
    assert found.outcome == "article_not_held"
    assert found.article is not None
    assert found.article.no is None


@pytest.mark.parametrize(
    ("text", "day", "source"),
    [
        ("反洗钱法第十九条", date(2024, 10, 15), "law-aml-2006"),
        ("反洗钱法第十九条", TODAY, "law-aml-2024"),
        ("个人贷款管理暂行办法", date(2023, 5, 1), "reg-personal-loan-2010"),
        ("金融机构客户身份识别和客户身份资料及交易记录保存管理办法", date(2025, 12, 10), "reg-cdd-2007"),
    ],
)
def test_the_asked_date_selects_the_text(citations: Citations, text: str, day: date, source: str) -> None:
    found = resolved(citations, text, day)
    assert found.outcome in ("in_force", "article_not_held")
    assert found.regulation is not None
    assert found.regulation.id == source


def test_a_text_not_yet_in_force_is_never_the_rule(citations: Citations) -> None:
    found = resolved(citations, "金融机构客户尽职调查和客户身份资料及交易记录保存管理办法", date(2025, 12, 10))
    assert found.outcome == "not_current"
    assert found.status == "not_yet_in_force"
    assert [item.id for item in found.successors] == ["reg-cdd-2007"]


def test_a_coming_revision_of_a_law_is_said(citations: Citations) -> None:
    found = resolved(citations, "商标法第二十二条")
    assert found.outcome == "in_force"
    assert "2027-01-01" in found.notice


def test_a_law_in_force_before_its_text_at_hand_is_not_quoted(citations: Citations) -> None:
    assert resolved(citations, "网络安全法第四十一条", date(2020, 6, 1)).outcome == "not_current"


# --- verifying --------------------------------------------------------------------------------------------------------


def test_a_quote_to_the_letter_is_verified(citations: Citations) -> None:
    assert cited(citations, "law-criminal", "第一百七十五条之一").verified


def test_a_precis_is_verified_as_a_precis(citations: Citations) -> None:
    found = cited(citations, "reg-personal-loan-2024", "第十七条")
    assert found.verified
    assert found.kind == "precis"


def test_line_breaks_do_not_matter_to_a_quote(citations: Citations) -> None:
    article = citations.library.article("law-criminal", "第一百九十三条")
    assert article is not None
    assert cited(citations, "law-criminal", "第一百九十三条", article.text.replace("\n", " \n ")).verified


@given(st.data())
def test_swapping_a_character_of_a_quote_makes_it_unverified(citations: Citations, data: st.DataObject) -> None:
    article = citations.library.article("law-aml-2024", "第三十五条")
    assert article is not None
    letters = "".join(article.text.split())
    place = data.draw(st.integers(0, len(letters) - 1))
    other = data.draw(st.sampled_from("不应可得二三年万之或，"))
    mutated = letters[:place] + other + letters[place + 1 :]
    assert cited(citations, "law-aml-2024", "第三十五条", mutated).verified == (mutated == letters)


@pytest.mark.parametrize(
    "change",
    [
        {"article": "第三十六条"},
        {"article": "第九百条"},
        {"article": None},
        {"law": "刑法"},
        {"source_id": "law-criminal"},
        {"source_id": "no-such"},
        {"quote": ""},
        {"quote": "  "},
        {"kind": "precis"},
    ],
)
def test_a_citation_that_says_something_else_is_not_verified(citations: Citations, change: dict[str, object]) -> None:
    true = cited(citations, "law-aml-2024", "第三十五条")
    assert true.verified
    assert not citations.verify(true.model_copy(update=change), TODAY).verified


def test_verified_is_never_taken_on_trust(citations: Citations) -> None:
    forged = cited(citations, "law-aml-2024", "第三十五条").model_copy(update={"quote": "随便写的", "verified": True})
    assert not citations.verify(forged, TODAY).verified


def test_a_repealed_text_is_verified_only_as_history(citations: Citations) -> None:
    regulation = citations.library.regulations["law-aml-2006"]
    article = regulation.articles[0]
    found = citations.cite(regulation, article, article.text, TODAY)
    assert not found.verified
    assert found.status == "repealed"
    as_history = citations.verify(found, TODAY, historical=True)
    assert as_history.verified
    assert as_history.status == "repealed"
    assert citations.verify(found, date(2024, 6, 1)).verified


def test_an_article_with_an_unverified_number_is_cited_by_its_instrument(citations: Citations) -> None:
    regulation = citations.library.regulations["reg-data-security-bank-2024"]
    found = citations.cite(regulation, regulation.articles[0], regulation.articles[0].text, TODAY)
    assert found.verified
    assert found.article is None


def test_no_name_means_two_instruments(citations: Citations) -> None:
    for name, found in citations.named.items():
        assert len({item.title for item in found}) == 1, name


def test_every_abbreviation_and_replacement_names_a_text_at_hand(citations: Citations) -> None:
    corpus = citations.library.corpus
    for title in [*corpus.speech.abbreviations, *(item.successor for item in corpus.gaps.replaced)]:
        assert citations.library.titled(title), title
