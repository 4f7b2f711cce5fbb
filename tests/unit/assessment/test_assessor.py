"""The whole reading of one description, with the shipped corpus, its bank and the real encoder."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.assessment import Assessor

# The second half of a mouth-to-mouth scheme, told by somebody who walked in; long enough to judge.
PLAIN = (
    "客户王先生征信有逾期，中介让他带弟弟来当“见证人”，说只是加分、不用担责。业务员拿着弟弟的手机刷脸、输验证码，"
    "贷款三十万实际办在弟弟名下，放款当天全部转给王先生，中介扣走19%服务费。弟弟收到还款短信才知道自己是借款人。"
)
DENYING = "我们从不让客户带亲友凑分，不向借款人收取任何费用，审批由银行独立完成，面签都是本人到场、全程录音录像。"
FORBIDDING = (
    "乙方不得以任何名义向借款人收取费用，不得代客户操作手机银行，严禁伪造流水，违者立即终止合作并承担违约责任。"
)
TEACHING = "本周培训案例学习：骗子会说“评分差一点，找个见证人加分就行，不用担责”，听到这样的话术请立即上报。"
CONTRADICTED = (
    "公司宣传册写着从不收前期费。可我们暗访当天，业务员让三位客户先各交五千元“包装费”，收款码是他个人的，"
    "交完钱才肯把做好的银行流水和工资证明给客户。"
)
JUDGING = re.compile(r"犯罪分子|罪犯|骗子|是诈骗|有罪|不法分子|违法分子")
COUNTERS_RAISED = 0.06
EXAMPLES_FIRST = 0.90


@pytest.fixture(scope="module")
def assessor(shipped: Any) -> Assessor:
    found: Assessor = shipped.assessor
    return found


@pytest.mark.parametrize("text", [PLAIN, CONTRADICTED])
def test_a_plain_practice_is_raised_with_its_evidence(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert assessment.level in ("medium", "high")
    first = assessment.patterns[0]
    assert first.matched
    assert first.citations
    assert first.cases
    assert assessment.questions
    assert assessment.actions
    assert assessment.lawful_reading


def test_the_pattern_of_a_plain_practice_comes_first(assessor: Assessor) -> None:
    assert assessor.assess(PLAIN).patterns[0].id == "loan-ab"


@pytest.mark.parametrize("text", [DENYING, FORBIDDING, TEACHING])
def test_what_is_denied_forbidden_or_taught_is_not_raised_and_is_shown_as_speaking_against(
    assessor: Assessor, text: str
) -> None:
    assessment = assessor.assess(text)
    assert assessment.level in ("none", "low")
    assert assessment.countered
    assert all(entry.why for entry in assessment.countered)


@pytest.mark.parametrize("text", [PLAIN, DENYING, FORBIDDING, TEACHING, CONTRADICTED])
def test_every_span_is_the_text_to_the_letter(assessor: Assessor, text: str) -> None:
    check_spans(assessor, text)


@settings(max_examples=25)
@given(st.lists(st.sampled_from([*PLAIN, " ", "　", "\x00", "😀", "\n", "。", "收费", "貸款", "不得"]), max_size=80))
def test_every_span_of_any_text_is_its_text_to_the_letter(assessor: Assessor, parts: list[str]) -> None:
    check_spans(assessor, "".join(parts))


def check_spans(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert assessment.text == text
    found = [*assessment.countered]
    for pattern in assessment.patterns:
        for span in (*pattern.matched, *pattern.countered, *found):
            assert text[span.start : span.end] == span.span
    for entry in found:
        assert text[entry.start : entry.end] == entry.span


@pytest.mark.parametrize("text", ["", "。。。", "！！", " \n"])
def test_a_text_that_says_nothing_gets_a_question_back(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert assessment.level == "none"
    assert assessment.needs_info
    assert assessment.patterns == ()


def test_nothing_resembling_shows_no_pattern(assessor: Assessor) -> None:
    for text in (DENYING, FORBIDDING, TEACHING, "今天食堂的红烧肉不错，下午两点在三楼会议室开例会，请带上笔记本。"):
        assessment = assessor.assess(text)
        assert (assessment.level == "none") == (assessment.patterns == ())
        assert assessment.actions == () or assessment.level in ("medium", "high")


def test_what_was_denied_is_in_the_json_where_no_pattern_is_shown(assessor: Assessor) -> None:
    found = assessor.assess(DENYING).as_json()
    assert found["patterns"] == []
    countered: Any = found["countered"]
    assert countered
    assert all(DENYING[entry["start"] : entry["end"]] == entry["span"] for entry in countered)


def test_every_pattern_is_ranked_once_strongest_first(assessor: Assessor, shipped: Any) -> None:
    ranked = assessor.assess(PLAIN).ranked
    assert {entry.id for entry in ranked} == set(shipped.library.patterns)
    assert len(ranked) == len(shipped.library.patterns)
    assert [entry.score for entry in ranked] == sorted((entry.score for entry in ranked), reverse=True)


def test_an_indicator_is_matched_or_missing_and_never_both(assessor: Assessor, shipped: Any) -> None:
    for pattern in assessor.assess(PLAIN).patterns:
        own = {indicator.id for indicator in shipped.library.patterns[pattern.id].indicators}
        matched = {match.indicator for match in pattern.matched}
        missing = {entry.indicator for entry in pattern.missing}
        assert matched | missing == own
        assert not matched & missing


def test_a_shown_pattern_says_why_not_its_neighbour_and_what_would_change_the_verdict(assessor: Assessor) -> None:
    first = assessor.assess(PLAIN).patterns[0]
    assert first.neighbours
    assert first.would_change
    assert all(first.name in neighbour.why and neighbour.name in neighbour.why for neighbour in first.neighbours)


def test_the_question_that_decides_between_neighbours_is_among_the_first_two(assessor: Assessor) -> None:
    for text in (PLAIN, CONTRADICTED):
        assessment = assessor.assess(text)
        assert assessment.patterns[0].neighbours[0].ask in assessment.questions[:2]


def test_questions_do_not_repeat(assessor: Assessor) -> None:
    for text in (PLAIN, CONTRADICTED, "对方说能帮忙处理征信", DENYING):
        asked = assessor.assess(text).questions
        assert len(set(asked)) == len(asked)


def test_every_citation_shown_is_verified(assessor: Assessor) -> None:
    for text in (PLAIN, CONTRADICTED):
        shown = [citation for pattern in assessor.assess(text).patterns for citation in pattern.citations]
        assert shown
        assert all(citation.verified for citation in shown)


def test_the_reply_never_calls_the_partner_a_criminal(assessor: Assessor, shipped: Any) -> None:
    rows = [practice for practice in shipped.library.corpus.practices if practice.level != "none"][::40]
    for practice in rows:
        reply = assessor.assess(practice.text).reply
        for name in (pattern.name for pattern in shipped.library.patterns.values()):
            reply = reply.replace(name, "")
        quoted = re.sub(r"“[^”]*”", "", reply)
        assert not JUDGING.search(quoted), quoted


def test_the_same_text_gets_the_same_reading(assessor: Assessor) -> None:
    first, second = (assessor.assess(PLAIN).model_dump(exclude={"elapsed_ms"}) for _ in range(2))
    assert first == second


def test_the_steps_end_with_the_whole_assessment(assessor: Assessor) -> None:
    *steps, last = assessor.stream(PLAIN)
    assert [step.name for step in (*steps, last)] == ["claims", "matched", "scored"]
    assert all(step.assessment is None for step in steps)
    assert last.assessment is not None


def test_the_object_of_the_contract_can_be_written_as_json(assessor: Assessor) -> None:
    written = json.loads(json.dumps(assessor.assess(PLAIN).as_json("p-1"), ensure_ascii=False))
    assert written["id"] == "p-1"
    assert {"level", "patterns", "ranked", "lawful_reading", "questions", "actions", "needs_info", "refused"} <= {
        *written
    }
    assert {"countered", "reply", "corpus_version", "elapsed_ms"} <= {*written}
    assert "text" not in written
    assert {*written["patterns"][0]} == {
        *("id", "name", "level", "score", "matched", "countered", "missing", "cases", "citations"),
        *("neighbours", "would_change"),
    }


# --- the corpus tests itself ------------------------------------------------------------------------------------------


def test_an_example_of_an_indicator_ranks_its_own_pattern_first(assessor: Assessor, shipped: Any) -> None:
    examples = [
        (pattern.id, text)
        for pattern in shipped.library.patterns.values()
        for indicator in pattern.indicators
        for text in indicator.examples
    ][::6]
    first = sum(assessor.assess(text).ranked[0].id == id for id, text in examples)
    print(f"\nexamples that rank their own pattern first: {first / len(examples):.3f} of {len(examples)}")
    assert first / len(examples) >= EXAMPLES_FIRST


def test_a_counter_text_of_an_indicator_raises_nothing(assessor: Assessor, shipped: Any) -> None:
    texts = [
        text
        for pattern in shipped.library.patterns.values()
        for indicator in pattern.indicators
        for text in indicator.counter
    ][::3]
    levels = Counter(assessor.assess(text).level for text in texts)
    raised = (levels["medium"] + levels["high"]) / len(texts)
    print(f"\ncounter texts raised to medium or high: {raised:.3f} of {len(texts)}; {dict(levels)}")
    assert raised <= COUNTERS_RAISED
