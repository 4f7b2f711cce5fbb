"""Floors under the answers to policy questions, by authors who were looked at and by authors held out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.evaluation.questions import LabelledQuestion, Score, load, score
from assistant.service import Assistant

FOLDER = Path(__file__).parent
SPLITS: dict[str, list[str]] = yaml.safe_load((FOLDER / "splits.yaml").read_text(encoding="utf-8"))["questions"]
WANTED = {"recall": 0.70, "precision": 0.60, "quotes_verified": 1.0, "abstain_recall": 0.90}
FLOORS = {
    "looked_at": WANTED
    | {"recall": 0.83, "precision": 0.78, "abstain_precision": 0.95, "stale_noticed": 0.95, "premise_corrected": 0.80},
    # Far below what is wanted (docs/results.md): these only guard against getting worse.
    "held_out": WANTED
    | {"recall": 0.46, "precision": 0.48, "abstain_precision": 0.45, "stale_noticed": 0.68, "premise_corrected": 0.30},
}
FALSE_CORRECTIONS = 0.05


def questions(split: str) -> list[LabelledQuestion]:
    return [question for author in SPLITS[split] for question in load(FOLDER / "questions" / f"{author}.jsonl")]


@pytest.fixture(scope="module")
def measured(assistant: Assistant) -> dict[str, Score]:
    """The score of each split."""
    found = {}
    for split in SPLITS:
        pairs = [(question, assistant.ask(question.question, question.as_of)) for question in questions(split)]
        found[split] = score(pairs)
        print(f"\nquestions, {split}: {found[split]}")
    return found


@pytest.mark.parametrize(("split", "name"), [(split, name) for split, floors in FLOORS.items() for name in floors])
def test_a_measure_stays_above_its_floor(measured: dict[str, Score], split: str, name: str) -> None:
    assert getattr(measured[split], name) >= FLOORS[split][name]


@pytest.mark.parametrize("split", list(FLOORS))
def test_a_sound_premise_is_seldom_corrected(measured: dict[str, Score], split: str) -> None:
    assert measured[split].premise_false_alarms <= FALSE_CORRECTIONS


def test_the_sets_are_large_and_varied_enough() -> None:
    rows = [question for split in SPLITS for question in questions(split)]
    assert len(rows) >= 60
    assert len({row.question for row in rows}) == len(rows)
    assert {row.abstain for row in rows} == {row.stale for row in rows} == {True, False}
