"""Floors under the reading of descriptions, by authors who were looked at and by authors held out.

The floors lie a few points under what was measured; docs/results.md has the measured values with their intervals.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from assistant.evaluation.cores import on_all_cores
from assistant.evaluation.practices import Measure, load_practices, measure_practices
from assistant.service import Assistant

FOLDER = Path(__file__).parent
SPLITS: dict[str, list[str]] = yaml.safe_load((FOLDER / "splits.yaml").read_text(encoding="utf-8"))["practices"]
FLOORS = {
    "acceptable pattern first": 0.92,
    "main pattern among three": 0.96,
    "micro-F1 of patterns shown": 0.84,
    "contradicted denial caught": 0.84,
    "risen when it should": 0.90,
    "telling words among the spans": 0.84,
    "spans are true substrings": 1.00,
    "level agreement (quadratic kappa)": 0.88,
    "vague: asks": 0.90,
    "no jargon: main among three": 0.94,
}
FALSE_ALARMS = 0.08

Measures = dict[str, Measure]


@pytest.fixture(scope="module", params=list(SPLITS))
def measures(assistant: Assistant, request: pytest.FixtureRequest) -> Measures:
    rows = load_practices(FOLDER / "practices", SPLITS[request.param])
    found = measure_practices(rows, on_all_cores(lambda row: assistant.assess(row.text).as_json(row.id), rows))
    print(f"\npractices, {request.param}")
    for measure in found:
        print(f"  {measure.name}: {measure.value:.3f} [{measure.low:.2f}, {measure.high:.2f}] of {measure.count}")
    return {measure.name: measure for measure in found}


@pytest.mark.parametrize("name", list(FLOORS))
def test_a_measure_stays_above_its_floor(measures: Measures, name: str) -> None:
    assert measures[name].value >= FLOORS[name]


def test_lawful_and_denied_texts_seldom_raise_a_false_alarm(measures: Measures) -> None:
    assert measures["false alarm on lawful or denied"].value <= FALSE_ALARMS


def test_the_sets_are_large_and_varied_enough() -> None:
    rows = load_practices(FOLDER / "practices")
    assert len(rows) >= 150
    assert len({row.text for row in rows}) == len(rows)
    assert len({row.main for row in rows if row.main}) == 32
    assert len(Counter(row.kind for row in rows)) >= 8


def test_every_label_is_part_of_its_text() -> None:
    for row in load_practices(FOLDER / "practices"):
        assert all(part in row.text for part in (*row.telling, *row.countered)), row.id
        assert row.main is None or row.main in row.acceptable, row.id


def test_every_author_is_in_exactly_one_split() -> None:
    authors = [author for split in SPLITS.values() for author in split]
    assert sorted(authors) == sorted(path.stem for path in (FOLDER / "practices").glob("*.jsonl"))
