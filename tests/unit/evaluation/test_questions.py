"""Measuring answers against labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering.answer import Answer, Sentence
from assistant.errors import UnreadableSource
from assistant.evaluation.questions import Label, LabelledQuestion, load, score
from assistant.types import Citation


def citation(law: str = "反洗钱法", article: str | None = "第七条") -> Citation:
    return Citation(
        law=law,
        article=article,
        quote="应当保密",
        kind="official",
        status="in_force",
        effective="2025-01-01",
        issuer="",
        doc_no="",
        source_id=law,
        verified=True,
    )


def answer(
    *citations: Citation, abstained: bool = False, corrected: bool = False, notices: tuple[str, ...] = ()
) -> Answer:
    return Answer(
        question="",
        sentences=tuple(Sentence(text="", citations=(item,)) for item in citations),
        abstained=abstained,
        premise_corrected=corrected,
        notices=notices,
        as_of="2026-11-23",
        corpus_version="",
    )


def question(*must: Label, **more: object) -> LabelledQuestion:
    fields = {"id": "q-1", "author": "q", "kind": "direct", "question": "？", "must_cite": must} | more
    return LabelledQuestion.model_validate(fields)


@pytest.mark.parametrize(
    ("label", "met"),
    [
        (Label(law="反洗钱法", article="第七条"), True),
        (Label(law="反洗钱法"), True),
        (Label(law="反洗钱法", article="第八条"), False),
        (Label(law="刑法"), False),
    ],
)
def test_a_label_is_met_by_its_article_or_by_any_of_its_instrument(label: Label, met: bool) -> None:
    assert label.met_by(citation()) is met


def test_titles_compare_without_issuer_spaces_and_quotation_marks() -> None:
    label = Label(law="中国银保监会办公厅关于规范“现金贷” 业务的通知")
    assert label.met_by(citation(law="关于规范现金贷业务的通知"))


def test_recall_counts_required_and_precision_counts_belonging_citations() -> None:
    asked = question(Label(law="反洗钱法", article="第七条"), Label(law="刑法", article="第一百九十一条"))
    found = score([(asked, answer(citation(), citation(article="第八条")))])
    assert (found.recall, found.precision) == (0.5, 0.5)


def test_abstaining_is_measured_both_ways() -> None:
    refused = question(abstain=True)
    asked = question(Label(law="反洗钱法"))
    found = score([(refused, answer(abstained=True)), (asked, answer(abstained=True)), (refused, answer(citation()))])
    assert (found.abstain_recall, found.abstain_precision) == (0.5, 0.5)
    assert found.recall == 0.0


def test_a_stale_question_must_be_answered_and_the_change_said() -> None:
    stale = question(Label(law="反洗钱法"), stale=True)
    assert score([(stale, answer(citation(), notices=("已废止",)))]).stale_noticed == 1.0
    assert score([(stale, answer(citation()))]).stale_noticed == 0.0
    assert score([(stale, answer(abstained=True, notices=("已废止",)))]).stale_noticed == 0.0


def test_several_instruments_count_only_when_all_are_cited() -> None:
    asked = question(Label(law="反洗钱法"), Label(law="刑法"), kind="multi_hop")
    assert score([(asked, answer(citation()))]).multi_hop == 0.0
    assert score([(asked, answer(citation(), citation(law="刑法")))]).multi_hop == 1.0


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "1", "author": "a", "kind": "k", "question": "q"}\n\n{"id": 2}\n', encoding="utf-8")
    with pytest.raises(UnreadableSource, match="第3行"):
        load(path)


def test_no_labels_score_as_nothing_missed() -> None:
    assert score([]).recall == 1.0
