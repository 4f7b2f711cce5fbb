"""Floors under whole conversations, by authors who were looked at and by one held out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.evaluation.conversations import LabelledConversation, Score, hold, load, score
from assistant.service import Assistant

FOLDER = Path(__file__).parent
SPLITS: dict[str, list[str]] = yaml.safe_load((FOLDER / "splits.yaml").read_text(encoding="utf-8"))["conversations"]
# A few points under what is measured; what is wanted (.85 of turns, .65 of conversations) stands in docs/results.md.
FLOORS = {
    "looked_at": {"turns_passing": 0.83, "conversations_passing": 0.56, "acts": 0.86},
    "held_out": {"turns_passing": 0.76, "conversations_passing": 0.50, "acts": 0.83},
}
TURNS = 200


def conversations(split: str) -> list[LabelledConversation]:
    return [held for author in SPLITS[split] for held in load(FOLDER / "conversations" / f"{author}.jsonl")]


@pytest.fixture(scope="module")
def measured(assistant: Assistant) -> dict[str, Score]:
    """The score of each split."""
    found = {}
    for split in SPLITS:
        found[split] = score(hold(conversations(split), assistant.reply))
        print(f"\nconversations, {split}: {found[split]}")
    return found


@pytest.mark.parametrize(("split", "name"), [(split, name) for split, floors in FLOORS.items() for name in floors])
def test_a_measure_stays_above_its_floor(measured: dict[str, Score], split: str, name: str) -> None:
    assert getattr(measured[split], name) >= FLOORS[split][name]


def test_the_sets_are_large_and_varied_enough() -> None:
    turns = [turn for split in SPLITS for conversation in conversations(split) for turn in conversation.turns]
    assert len(turns) >= TURNS
    assert len({turn.act for turn in turns}) >= 15
    assert {mode for turn in turns for mode in turn.modes} == {
        "assess",
        "policy",
        "clarify",
        "explain",
        "report",
        "refuse",
        "abstain",
    }
