"""Learn where speakers pause from the punctuation of the banks and write assistant/assessment/pauses.npz.

    .venv/bin/python scripts/train_pauses.py [--without AUTHOR …] [--out FILE]

Takes a quarter of a minute. Texts that are themselves without marks are left out. With `--without` the texts of some
authors are kept back and the model is measured on them.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
from sklearn.linear_model import SGDClassifier

from assistant.assessment.claims import fold
from assistant.assessment.pauses import FILE, features, hasher
from assistant.knowledge import Library
from assistant.settings import REPOSITORY

MARKS = re.compile(r"[，。！？；、,!?;…—\s：:“”\"「」（）()【】《》]+")
PAUSE = re.compile(r"[，。！？；,!?;…—\n]")
LONGEST = 26  # characters between two marks: beyond, the writer left some out
FEWEST = 16
EDGE = 4  # characters at either end where nobody pauses
EPOCHS = 8

Pointed = tuple[str, set[int]]


def main() -> None:
    """Train, measure on the authors left out, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    corpus = Library.open(REPOSITORY / "corpus").corpus
    learned: list[Pointed] = []
    measured: list[Pointed] = []
    for item in (*corpus.practices, *corpus.turns):
        text, cuts = _unpointed(item.text)
        edges = sorted({0, len(text), *cuts})
        gaps = np.diff(edges)
        if len(text) >= FEWEST and cuts and len(gaps) and gaps.max() <= LONGEST:
            (measured if item.author in options.without else learned).append((text, cuts))
    found, labels = _rows(learned)
    model = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=EPOCHS, tol=None, random_state=0)
    model.fit(hasher().transform(found), labels)
    print(f"{len(learned)} texts, {len(labels)} places")
    if measured:
        found, labels = _rows(measured)
        odds = model.decision_function(hasher().transform(found))
        for least in (-1.0, 0.0, 1.0):
            cut = odds > least
            right = (cut & labels).sum()
            print(f"odds over {least}: precision {right / cut.sum():.3f}, recall {right / labels.sum():.3f}")
    np.savez_compressed(options.out, weights=model.coef_[0].astype(np.float16), base=np.float32(model.intercept_[0]))
    print(f"{options.out.name}: {options.out.stat().st_size / 1e3:.0f} kB")


def _unpointed(text: str) -> Pointed:
    """A text without its marks, and where it had one at which a speaker pauses."""
    kept, cuts = "", set()
    for part in re.split(f"({MARKS.pattern})", fold(text)):
        if MARKS.fullmatch(part):
            if kept and PAUSE.search(part):
                cuts.add(len(kept))
        else:
            kept += part
    return kept, cuts - {len(kept)}


def _rows(texts: list[Pointed]) -> tuple[list[list[str]], np.ndarray]:
    found, labels = [], []
    for text, cuts in texts:
        places = range(EDGE, len(text) - EDGE + 1)
        found += features(text, places)
        labels += [place in cuts for place in places]
    return found, np.array(labels)


if __name__ == "__main__":
    main()
