"""What each of the two readers of a description is worth, on authors that neither has learned from: one table.

    .venv/bin/python scripts/compare_readers.py [--reader FILE]

Read are the looked-at evaluation texts; the weights between the readers (`assessment/reading.py`) were fitted on them,
but no pattern, level or statement was learned from them. `--reader` compares another file than the shipped one, as
`scripts/train_reader.py --out FILE` writes it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml
from sklearn.metrics import roc_auc_score, roc_curve

from assistant.assessment import ClaimReader, LearnedReader, TunedReader
from assistant.assessment.learned import LinearReading, fate
from assistant.assessment.reading import combine, evidence_of, leads
from assistant.assessment.tuned import FILE, TunedReading
from assistant.evaluation.practices import LabelledPractice, load_practices
from assistant.knowledge import Library
from assistant.knowledge.phrases import read_phrases
from assistant.retrieval import unpacked
from assistant.settings import REPOSITORY, load_settings

SETS = REPOSITORY / "tests" / "evaluation"
ALARMS = 0.05
TELLING = 1  # as `fate` counts: neutral, telling, countering
RISEN = ("medium", "high")

Pair = tuple[LinearReading, TunedReading]


def main() -> None:
    """Read every looked-at text and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reader", type=Path, default=FILE)
    options = parser.parse_args()
    data = load_settings().data
    library = Library.open(REPOSITORY / "corpus")
    claims = ClaimReader(read_phrases(REPOSITORY / "corpus" / "language.yaml"))
    learned = LearnedReader.kept(library, claims, data)
    tuned = TunedReader(unpacked(data), options.reader)
    authors = yaml.safe_load((SETS / "splits.yaml").read_text(encoding="utf-8"))["practices"]["looked_at"]
    rows = load_practices(SETS / "practices", authors)
    read = [claims.read(row.text) for row in rows]
    pairs: list[Pair] = [
        (learned.read(row.text, found), tuned.read(row.text, found)) for row, found in zip(rows, read, strict=True)
    ]
    told = np.concatenate(
        [[fate(claim, row) == TELLING for claim in found] for row, found in zip(rows, read, strict=True)]
    )
    print(f"{len(rows)} texts of {len(authors)} authors")
    print("| reader | acceptable first | among three | area of raised | raised at 5 % alarms | area of telling |")
    print("| --- | --- | --- | --- | --- | --- |")

    def line(
        name: str,
        order: Callable[[Pair], Mapping[str, float]],
        raised: Callable[[Pair], float],
        telling: Callable[[Pair], np.ndarray],
    ) -> None:
        risen = np.array([row.level in RISEN for row in rows])
        chances = [raised(pair) for pair in pairs]
        alarms, found, _ = roc_curve(risen, chances)
        first, three = _found(rows, [order(pair) for pair in pairs])
        values = (
            first,
            three,
            roc_auc_score(risen, chances),
            found[alarms <= ALARMS].max(),
            roc_auc_score(told, np.concatenate([telling(pair) for pair in pairs])),
        )
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in values)} |")

    line(
        "linear, letters",
        lambda pair: dict(zip(learned.classes, map(float, pair[0].patterns), strict=True)),
        lambda pair: pair[0].raised,
        lambda pair: leads(pair[0].evidence)[:, 0],
    )
    line(
        "trained encoder",
        lambda pair: pair[1].patterns,
        lambda pair: pair[1].raised,
        lambda pair: leads(pair[1].evidence)[:, 0],
    )
    line(
        "both",
        lambda pair: combine(pair[0], learned.classes, pair[1]).patterns,
        lambda pair: combine(pair[0], learned.classes, pair[1]).levels[1],
        lambda pair: evidence_of(*pair)[:, 0],
    )


def _found(rows: Sequence[LabelledPractice], orders: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    """Shares of the texts with a pattern whose first one is acceptable, and whose main one is among three."""
    first, three = [], []
    for row, order in zip(rows, orders, strict=True):
        if row.main is not None:
            ranked = sorted(order, key=lambda id, order=order: -order[id])  # type: ignore[misc]
            first.append(ranked[0] in row.acceptable)
            three.append(row.main in ranked[:3])
    return float(np.mean(first)), float(np.mean(three))


if __name__ == "__main__":
    main()
