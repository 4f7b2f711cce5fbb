"""What the officer reads: the user's words marked, every citation a button, nothing the values do not say."""

from __future__ import annotations

import re
from html import unescape

from assistant.answering.answer import Answer, Sentence
from assistant.assessment.assessment import (
    Assessment,
    CounteredIndicator,
    MatchedIndicator,
    MissingIndicator,
    Resemblance,
)
from assistant.casework import Reply
from assistant.interfaces.web.labels import EN, ZH
from assistant.interfaces.web.marks import marked_text, number_marks
from assistant.interfaces.web.pieces import user_message
from assistant.interfaces.web.replies import reply_html
from assistant.interfaces.web.sources import highlight, source_html
from assistant.knowledge.pairing import compared
from assistant.knowledge.sources import SourceView
from assistant.knowledge.wording_changes import Change, Version, Wording
from assistant.types import Citation, Passage

TEXT = "平台先收保证金，再让亲友刷脸，但不向借款人收费。"


def match(indicator: str, span: str) -> MatchedIndicator:
    start = TEXT.index(span)
    return MatchedIndicator(
        indicator=indicator, says=f"迹象{indicator}", span=span, start=start, end=start + len(span), score=0.9
    )


def countered(span: str) -> CounteredIndicator:
    start = TEXT.index(span)
    return CounteredIndicator(indicator="x.9", span=span, start=start, end=start + len(span), why="原文否认了这种做法")


def citation(article: str | None = "第一条", quote: str = "不得收费", **changes: object) -> Citation:
    values: dict[str, object] = {
        "law": "某办法",
        "article": article,
        "quote": quote,
        "kind": "precis",
        "status": "in_force",
        "effective": "2025-10-01",
        "issuer": "某局",
        "doc_no": "1号",
        "source_id": "rule-a",
        "verified": True,
    }
    return Citation.model_validate(values | changes)


def assessment(*matches: MatchedIndicator, against: tuple[CounteredIndicator, ...] = ()) -> Assessment:
    pattern = Resemblance(
        id="loan-ab",
        name="AB贷",
        level="high",
        score=0.9,
        matched=matches,
        countered=against,
        missing=(MissingIndicator(indicator="x.5", ask="实际用款人是谁？"),),
        cases=("case-1",),
        citations=(citation(),),
    )
    return Assessment(
        text=TEXT,
        level="high" if matches else "none",
        patterns=(pattern,) if matches else (),
        ranked=(),
        countered=against,
        lawful_reading="也可能是共同借款。",
        questions=("谁用款？",),
        actions=("暂缓合作",),
        needs_info=False,
        reply="与“AB贷”高度相似。",
        corpus_version="2026-11-22+ab",
    )


def answer(**changes: object) -> Answer:
    values: dict[str, object] = {
        "question": "可以收费吗？",
        "sentences": (),
        "abstained": False,
        "as_of": "2026-11-22",
        "corpus_version": "2026-11-22+ab",
    }
    return Answer.model_validate(values | changes)


def plain(markup: str) -> str:
    return unescape(re.sub(r"<sup>.*?</sup>|<[^>]+>", "", markup))


def shown(reply: Reply, t: object = ZH) -> str:
    return reply_html(reply, lambda case: f"案例{case}", EN if t is EN else ZH)


def test_the_marked_text_is_the_text_to_the_letter() -> None:
    found = assessment(match("x.1", "先收保证金"), match("x.2", "让亲友刷脸"), against=(countered("不向借款人收费"),))
    assert plain(marked_text(found, number_marks(found))) == TEXT


def test_overlapping_marks_keep_every_letter_once() -> None:
    found = assessment(match("x.1", "平台先收保证金"), match("x.2", "收保证金，再让亲友"), match("x.3", "保证金"))
    assert plain(marked_text(found, number_marks(found))) == TEXT


def test_marks_are_numbered_in_reading_order_so_that_they_work_without_colour() -> None:
    found = assessment(match("x.2", "让亲友刷脸"), match("x.1", "先收保证金"))
    assert number_marks(found).matched == {"x.1": 1, "x.2": 2}
    assert re.findall(r"<sup>(.*?)</sup>", marked_text(found, number_marks(found))) == ["1", "2"]


def test_words_that_speak_against_carry_another_sign() -> None:
    found = assessment(match("x.1", "先收保证金"), against=(countered("不向借款人收费"),))
    assert "<sup>反1</sup>" in marked_text(found, number_marks(found))


def test_an_assessment_shows_its_level_in_words_its_case_by_title_and_its_article_as_a_button() -> None:
    page = shown(Reply(mode="assess", text="", assessment=assessment(match("x.1", "先收保证金"))))
    for part in (
        "高度相似",
        "迹象x.1",
        "实际用款人是谁？",
        "案例case-1",
        "《某办法》第一条",
        "要点",
        "暂缓合作",
        "也可能是共同借款。",
    ):
        assert part in page
    assert 'data-source="case-1"' in page
    assert 'data-source="rule-a" data-article="第一条" data-quote="不得收费"' in page


def test_a_clean_text_shows_what_was_set_aside_and_no_pattern() -> None:
    page = shown(Reply(mode="assess", text="", assessment=assessment(against=(countered("不向借款人收费"),))))
    assert "未见相似" in page
    assert ZH.set_aside in page
    assert "pl-pattern" not in page


def test_a_question_for_the_partner_waits_in_the_box_to_be_answered() -> None:
    found = assessment(match("x.1", "先收保证金"))
    page = shown(Reply(mode="assess", text="", assessment=found, next_questions=("谁用款？",)))
    assert 'data-fill="谁用款？\n对方答："' in page


def test_a_sentence_carries_the_numbers_of_its_citations_in_order_of_first_use() -> None:
    first, second = citation(), citation("第二条", "应当披露")
    sentences = (Sentence(text="不可以。", citations=(second,)), Sentence(text="并且。", citations=(first, second)))
    page = shown(Reply(mode="policy", text="", answer=answer(sentences=sentences)))
    assert re.findall(r'class="pl-cite"[^>]*>(\d)<', page) == ["1", "2", "1"]
    assert page.index("《某办法》第二条</span>") < page.index("《某办法》第一条</span>")


def test_a_citation_that_was_not_verified_or_no_longer_applies_says_so() -> None:
    stale = Sentence(text="旧规。", citations=(citation(status="repealed", verified=False),))
    page = shown(Reply(mode="policy", text="", answer=answer(sentences=(stale,))))
    assert "已废止" in page
    assert ZH.unverified in page


def test_a_citation_says_what_kind_of_text_it_is_and_how_sure_we_are() -> None:
    ranked = citation(standing="部门规章", kind="official")
    unsure = citation(article=None, standing="规范性文件", confidence="medium", quote="应当披露")
    page = shown(
        Reply(mode="policy", text="", answer=answer(sentences=(Sentence(text="可以。", citations=(ranked, unsure)),)))
    )
    for words in ("部门规章", ZH.official, "规范性文件", ZH.precis, ZH.unnumbered, ZH.medium, ZH.verified_means):
        assert words in page
    sure = shown(
        Reply(mode="policy", text="", answer=answer(sentences=(Sentence(text="可以。", citations=(ranked,)),)))
    )
    for words in (ZH.unnumbered, ZH.medium, ZH.verified_means):
        assert words not in sure


def test_an_abstention_gives_its_reason_and_the_nearest_passages() -> None:
    near = Passage(
        source_id="rule-a", kind="rule", law="某办法", article="第一条", title="《某办法》第一条", text="文", score=0
    )
    page = shown(Reply(mode="abstain", text="", answer=answer(abstained=True, reason="没有依据。", nearest=(near,))))
    for part in (ZH.abstained, "没有依据。", "《某办法》第一条", ZH.nearest):
        assert part in page


def test_the_interface_speaks_english_on_request_and_leaves_the_law_as_it_is() -> None:
    page = shown(Reply(mode="assess", text="", assessment=assessment(match("x.1", "先收保证金"))), EN)
    assert "Governing articles" in page
    assert "《某办法》第一条" in page


def test_a_long_message_is_folded_but_complete() -> None:
    page = user_message("长" * 5000, ZH)
    assert page.startswith("<details")
    assert "长" * 5000 in page


def test_the_quote_is_marked_in_its_source_even_where_white_space_differs() -> None:
    assert highlight("甲 机构\n不得收费。", "机构不得收费") == "甲 <mark>机构\n不得收费</mark>。"


def test_a_quote_that_differs_in_a_letter_is_not_marked() -> None:
    assert "<mark>" not in highlight("机构不得收费。", "机构可以收费")


def test_the_source_panel_escapes_what_the_corpus_says() -> None:
    view = SourceView(
        title="<b>", facts=(("文号", "<i>"),), sections=(("<u>", "<script>", ""),), links=(("x", "data:x"),)
    )
    page = source_html(view, "", ZH)
    assert not re.search(r"<(b|i|u|script|a)[ >]", page)


def version(**changes: object) -> Version:
    values = {"source_id": "old", "title": "某办法", "doc_no": "", "begins": "2020-01-01", "ended": "2025-07-01"}
    return Version.model_validate(values | {"status": "repealed"} | changes)


def earlier(before: str, now: str, **changes: object) -> SourceView:
    """A source whose article said one thing before it said another."""
    values: dict[str, object] = {
        "old": Wording(version=version(), article="第五条", text=before, kind="official"),
        "new": Wording(version=version(source_id="new", ended=None), article="第四条", text=now, kind="official"),
        "basis": "wording",
        "runs": compared(before, now),
    }
    change = Change.model_validate(values | changes)
    return SourceView(title="《某办法》第四条", facts=(), sections=(("第四条", now, ""),), earlier=(change,))


def test_the_earlier_wording_is_folded_below_the_article_with_what_went_and_came() -> None:
    page = source_html(earlier("不得收取费用。", "不得收取息费。"), "", ZH)
    fold = page[page.index("<details") : page.index("</details>")]
    assert "open" not in fold[: fold.index(">")]
    assert "旧文对照" in fold[: fold.index("</summary>")]
    assert "2020-01-01起 至2025-07-01 · 已废止" in fold
    assert "《某办法》第五条" in fold
    assert "不得收取<del>费用</del><ins>息费</ins>。" in fold
    assert page.index("第四条</h3>") < page.index("<details")


def test_the_earlier_wording_is_offered_in_english_too() -> None:
    page = source_html(earlier("不得收取费用。", "不得收取息费。"), "", EN)
    assert "Earlier wording" in page
    assert "from 2020-01-01 to 2025-07-01 · Repealed" in page


def test_the_earlier_wording_is_escaped() -> None:
    page = source_html(earlier("<script>甲{a}</script>", "<img onerror=x>乙${b}"), "", ZH)
    assert not re.search(r"<(script|img)", page)
    assert not re.search(r"[{}$]", page)
    assert "甲" in page


def test_a_precis_of_the_earlier_text_is_shown_and_not_compared() -> None:
    old = Wording(version=version(), article="第五条", text="旧要点<b>。", kind="precis")
    page = source_html(earlier("甲", "乙", old=old, runs=(), basis="stated", says="以新办法第四条为准。"), "", ZH)
    fold = page[page.index("<details") :]
    assert "旧要点&lt;b&gt;。" in fold
    assert ZH.not_compared in fold
    assert "以新办法第四条为准。" in fold
    assert ZH.precis in fold
    assert not re.search(r"<(del|ins)>", fold)


def test_earlier_words_that_are_the_same_are_said_to_be() -> None:
    page = source_html(earlier("不得收费。", "不得收费。"), "", ZH)
    assert ZH.same_words in page
    assert not re.search(r"<(del|ins)>", page)


def test_a_source_without_an_earlier_text_has_no_fold() -> None:
    view = earlier("甲", "乙").model_copy(update={"earlier": ()})
    assert "<details" not in source_html(view, "", ZH)


def test_a_source_that_is_gone_says_so() -> None:
    assert ZH.panel_gone in source_html(None, "", ZH)
