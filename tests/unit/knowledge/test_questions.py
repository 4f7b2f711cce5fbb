"""The question bank: what is read, what is refused, and which article a label means."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from assistant.knowledge import Library
from assistant.knowledge.bank import Places, asked_in_life
from assistant.knowledge.labelled import read_questions
from assistant.knowledge.problems import Problem
from assistant.types import BankLabel

TODAY = date(2026, 11, 23)


def written(folder: Path, *rows: dict[str, object]) -> list[Problem]:
    (folder / "questions").mkdir()
    text = "\n".join(json.dumps({"author": "a", "kind": "direct"} | row, ensure_ascii=False) for row in rows)
    (folder / "questions" / "a.jsonl").write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    kept = read_questions(folder, problems)
    assert len(kept) == 1
    return problems


def test_a_line_that_cannot_be_used_is_reported_and_the_others_count(tmp_path: Path) -> None:
    problems = written(tmp_path, {"id": "a-1", "question": "能催收吗"}, {"id": "a-2"})
    assert [(problem.file, problem.line) for problem in problems] == [("questions/a.jsonl", 2)]


def test_the_same_question_twice_is_reported(tmp_path: Path) -> None:
    problems = written(tmp_path, {"id": "a-1", "question": "能催收吗"}, {"id": "a-2", "question": "能催收吗"})
    assert "完全相同" in problems[0].what


def test_a_question_to_be_refused_cannot_cite(tmp_path: Path) -> None:
    cited = {"id": "a-2", "question": "几点开球", "abstain": True, "must_cite": [{"law": "刑法", "article": "第一条"}]}
    problems = written(tmp_path, {"id": "a-1", "question": "能催收吗"}, cited)
    assert "abstain" in problems[0].what


def test_every_label_of_the_shipped_bank_means_an_article(library: Library) -> None:
    places = Places(library, TODAY)
    lost = [
        (question.id, label)
        for question in library.corpus.questions
        for label in (*question.must_cite, *question.may_cite)
        if (label.article or label.topic) and not places.of(label, question.as_of)
    ]
    assert len(library.corpus.questions) > 2000
    assert not lost


def test_a_label_with_a_topic_means_the_article_on_that_topic(library: Library) -> None:
    label = BankLabel(law="商业银行互联网贷款管理暂行办法", topic="准入前评估")
    ((regulation, article),) = Places(library, TODAY).of(label)
    found = next(item for item in library.regulations[regulation].articles if article in (item.no, item.label))
    assert found.topic == "准入前评估"


def test_a_label_of_a_law_with_two_texts_means_the_one_in_force(library: Library) -> None:
    label = BankLabel(law="中华人民共和国反洗钱法", article="第三条")
    assert Places(library, TODAY).of(label) == (("law-aml-2024", "第三条"),)


def test_what_an_officer_recorded_counts_as_questions(library: Library) -> None:
    places = {place for _, place in asked_in_life(library, TODAY)}
    assert all(regulation in library.regulations for regulation, _ in places)
    assert len(places) > 100
