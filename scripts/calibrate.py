"""Fit the few numbers that put the two readers together, on the authors that may be looked at, and print them.

    .venv/bin/python scripts/calibrate.py

The level is fitted on each text plain and as it comes up in talk, and on what conversations begin with. Run after
`scripts/train_reader.py` or a large change of the practice bank, and copy the numbers into
assistant/assessment/reading.py and scoring.py. The authors held out are never read.
"""

from __future__ import annotations

import random

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from train_reader import framed

from assistant.assessment import ClaimReader, LearnedReader, TunedReader
from assistant.assessment.reading import combine, evidence_of, leads, level_signs
from assistant.evaluation import conversations
from assistant.evaluation.practices import LEVELS, load_practices
from assistant.knowledge import Library
from assistant.knowledge.phrases import read_phrases
from assistant.retrieval import unpacked
from assistant.settings import REPOSITORY, load_settings

SETS = REPOSITORY / "tests" / "evaluation"
BRIEF = {"murong": 0.4}  # weight of an author of short plain statements only
OPENING = 4.0  # weight of what a conversation begins with: there are few of them


def main() -> None:
    """Read every looked-at text with both readers and fit."""
    data = load_settings().data
    library = Library.open(REPOSITORY / "corpus")
    claims = ClaimReader(read_phrases(REPOSITORY / "corpus" / "language.yaml"))
    learned, tuned = LearnedReader.kept(library, claims, data), TunedReader(unpacked(data))
    authors = yaml.safe_load((SETS / "splits.yaml").read_text(encoding="utf-8"))["practices"]["looked_at"]
    rows = load_practices(SETS / "practices", authors)
    read = [claims.read(row.text) for row in rows]
    linear = [learned.read(row.text, found) for row, found in zip(rows, read, strict=True)]
    trained = [tuned.read(row.text, found) for row, found in zip(rows, read, strict=True)]
    random.seed(0)
    talked = [(row, claims.read(row.text)) for row in framed(rows, library, 1.0)]
    talked_linear = [learned.read(row.text, found) for row, found in talked]
    talked_trained = [tuned.read(row.text, found) for row, found in talked]
    levels = [LEVELS.index(row.level) for row in (*rows, *(row for row, _ in talked))]
    signs = [
        level_signs(a, b, evidence_of(a, b))
        for a, b in zip((*linear, *talked_linear), (*trained, *talked_trained), strict=True)
    ]
    weights = [BRIEF.get(row.author, 1.0) for row in (*rows, *(row for row, _ in talked))]
    for text, allowed in openings():
        found = claims.read(text)
        a, b = learned.read(text, found), tuned.read(text, found)
        signs += [level_signs(a, b, evidence_of(a, b))] * len(allowed)
        levels += allowed
        weights += [OPENING / len(allowed)] * len(allowed)
    features = np.array(signs)
    for step in (1, 2, 3):
        risen = np.array(levels) >= step
        show(f"LEVEL_STEPS[{step - 1}]", LogisticRegression(max_iter=2000).fit(features, risen, weights))
    spreads = [
        float(np.concatenate([leads(item.evidence)[:, 0] for item in readings]).std()) for readings in (linear, trained)
    ]
    print("LINEAR_SPREAD, TUNED_SPREAD =", [round(spread, 2) for spread in spreads])
    pairs, named, orders, firsts = [], [], [], []
    for row, a, b in zip(rows, linear, trained, strict=True):
        if row.main is None:
            continue
        order = combine(a, learned.classes, b).patterns
        ranked = sorted(order, key=lambda id, order=order: -order[id])
        orders.append(np.array([order[id] for id in ranked]))
        firsts.append(next((place for place, id in enumerate(ranked) if id in row.acceptable), len(ranked) - 1))
        for id in ranked[1:3]:
            pairs.append([float(a.patterns[learned.classes.index(id)]), b.also[id]])
            named.append(id in row.shown)
    show("ALSO_STEP", LogisticRegression().fit(np.array(pairs), named))
    losses = {
        sharp: -np.mean([chance(order * sharp, first) for order, first in zip(orders, firsts, strict=True)])
        for sharp in np.arange(0.6, 4.1, 0.1)
    }
    print("SHARPNESS =", round(float(min(losses, key=lambda sharp: losses[sharp])), 1))


def openings() -> list[tuple[str, list[int]]]:
    """What conversations that may be looked at begin with, and the levels that their labels allow."""
    authors = yaml.safe_load((SETS / "splits.yaml").read_text(encoding="utf-8"))["conversations"]["looked_at"]
    firsts = [talk.turns[0] for name in authors for talk in conversations.load(SETS / f"conversations/{name}.jsonl")]
    return [
        (turn.text, [0] if turn.shows_none else [LEVELS.index(level) for level in turn.level])
        for turn in firsts
        if turn.act == "describe" and turn.level
    ]


def show(name: str, model: LogisticRegression) -> None:
    """Print a constant and its weights as they stand in the code."""
    print(name, "=", tuple(round(float(value), 2) for value in (model.intercept_[0], *model.coef_[0])))


def chance(order: np.ndarray, place: int) -> float:
    """The logarithm of the chance that `order` gives to the pattern at a place."""
    return float(order[place] - np.log(np.exp(order - order.max()).sum()) - order.max())


if __name__ == "__main__":
    main()
