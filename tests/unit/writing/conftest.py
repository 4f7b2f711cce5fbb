"""The editable phrase lists, a reader of claims, and the labelled sentences as tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.assessment import ClaimReader
from assistant.settings import REPOSITORY
from assistant.writing import Facts, Sign, Source, WritingTask

Phrases = dict[str, list[str]]


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def task_of(entry: dict[str, Any]) -> WritingTask:
    """A task as the labelled files write it."""
    facts = None
    if "level" in entry:
        facts = Facts(
            level=entry["level"],
            patterns=tuple(entry.get("patterns", ())),
            signs=tuple(Sign(**sign) for sign in entry.get("signs", ())),
            against=tuple(entry.get("against", ())),
        )
    return WritingTask(
        text=entry["text"],
        reply=tuple(entry["reply"]),
        sources=tuple(Source(**source) for source in entry.get("passages", ())),
        facts=facts,
        earlier=tuple(entry.get("earlier", ())),
        language=entry.get("language", "simplified"),
    )


def labelled(*names: str) -> list[dict[str, Any]]:
    """The entries of sets of sentences beside this file; one that names another's material (`of`) gets it."""
    entries = [entry for name in names for entry in load(Path(__file__).with_name(f"{name}.yaml"))]
    tasks = {entry["task"]: entry for entry in entries if "task" in entry}
    return [tasks[entry["of"]] | entry if "of" in entry else entry for entry in entries]


@pytest.fixture(scope="session")
def phrases() -> Phrases:
    found: Phrases = load(REPOSITORY / "corpus" / "writing.yaml")
    return found


@pytest.fixture(scope="session")
def names() -> list[str]:
    return [entry["name"] for entry in load(REPOSITORY / "corpus" / "taxonomy.yaml")]


@pytest.fixture(scope="session")
def claims() -> ClaimReader:
    return ClaimReader(load(REPOSITORY / "corpus" / "language.yaml"))
