"""Learn from lay questions which statutes they are about, and write assistant/retrieval/lay.npz.

    .venv/bin/python scripts/fit_statutes.py BENCHMARK [--check]

BENCHMARK is a file as `partner-lens evaluate --benchmark` reads it (the development half of STARD). `--check` only
prints what two-fold cross-validation finds, once with the questions dealt out at random and once with those of an
article kept together. A minute on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from assistant.evaluation.statutes import StatuteQuestion, StatuteResult, load_statute_questions, score_order
from assistant.retrieval import HybridRetriever
from assistant.retrieval.lay import FILE, LayQuestions, Place, priors
from assistant.retrieval.retriever import STATUTE, Hit
from assistant.service import Assistant
from assistant.settings import load_settings

Seen = list[tuple[float, float, Place]]
RIDGE = 1e-3
SEED = 0


def main() -> None:
    """Fit and write, or only check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("benchmark", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    questions = load_statute_questions(options.benchmark)
    assistant = Assistant.open(load_settings())
    assistant.prepare()
    assistant.passages.embed_rest(Event())
    vectors, seen = _searched(assistant, questions)
    targets = [[(target.law, target.article) for target in question.targets] for question in questions]
    for name, groups in (("at random", range(len(questions))), ("by article", [row[0] for row in targets])):
        print(f"two folds {name}: {_checked(questions, vectors, seen, targets, list(groups))}", flush=True)
    if options.check:
        return
    taught = _taught(vectors, seen, targets)
    known = sorted({place for row in targets for place in row})
    widest = max(map(len, targets))
    rows = [[known.index(place) for place in row] + [-1] * (widest - len(row)) for row in targets]
    scales = np.abs(taught.questions).max(axis=1) / 127
    np.savez_compressed(
        FILE,
        fingerprint=assistant.encoder.fingerprint,
        places=np.array(known),
        targets=np.array(rows, np.int16),
        vectors=np.rint(taught.questions / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
        centre=taught.centre,
        weights=np.array(taught.weights),
    )
    print(f"{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB, weights {np.round(taught.weights, 3)}")


def _searched(assistant: Assistant, questions: Sequence[StatuteQuestion]) -> tuple[np.ndarray, list[Seen]]:
    """The vector of each question, and the articles that both searches find for it with their signs."""
    retriever = HybridRetriever(index=assistant.passages, encoder=assistant.encoder)
    vectors, seen = [], []
    for question in questions:
        vector = retriever.encode(question.question)
        best: dict[Place, Hit] = {}
        for hit in retriever.hits(question.question, vector, kinds=(STATUTE,)):
            best.setdefault(hit.place, hit)
        vectors.append(vector)
        seen.append([(hit.closeness or 0.0, hit.words, place) for place, hit in best.items()])
    return np.stack(vectors), seen


def _taught(vectors: np.ndarray, seen: list[Seen], targets: list[list[Place]]) -> LayQuestions:
    """What these questions teach. A question is never among those it hears while the weights are fitted."""
    centre = vectors.mean(axis=0)
    centred = vectors - centre
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    laws, rare = priors(targets)
    taught = LayQuestions(laws, rare, centre, centred, tuple(map(tuple, targets)), (1.0, 1.0, 0.0, 0.0))
    rows, wanted = [], []
    for number, (vector, found, right) in enumerate(zip(vectors, seen, targets, strict=True)):
        others = [row for row in range(len(targets)) if row != number]
        laws, rare = priors([targets[row] for row in others])
        alone = replace(
            taught,
            laws=laws,
            rare=rare,
            questions=centred[others],
            targets=tuple(tuple(targets[row]) for row in others),
        )
        heard = alone.hear(vector)
        label = np.array([place in right for _, _, place in found], float)
        if label.any():
            rows.append(np.array([alone.signs(close, words, place, heard) for close, words, place in found]))
            wanted.append(label / label.sum())
    spread = np.concatenate(rows).std(axis=0) + 1e-9
    scaled = [row / spread for row in rows]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for row, label in zip(scaled, wanted, strict=True):
            scores = row @ weights
            value -= float(label @ log_softmax(scores)) / len(scaled)
            slope = slope - row.T @ (label - softmax(scores)) / len(scaled)
        return value, slope

    weights = minimize(loss, np.zeros(len(spread)), jac=True, method="L-BFGS-B").x / spread
    return replace(taught, weights=tuple(map(float, weights)))


def _checked(
    questions: Sequence[StatuteQuestion],
    vectors: np.ndarray,
    seen: list[Seen],
    targets: list[list[Place]],
    groups: list[object],
) -> StatuteResult:
    """Each half judged by what the other half teaches."""
    order = list(dict.fromkeys(groups))
    half = dict(zip(order, np.random.default_rng(SEED).permutation(len(order)) % 2, strict=True))
    ranked: list[list[Place]] = [[] for _ in questions]
    for fold in (0, 1):
        learned = [row for row, group in enumerate(groups) if half[group] != fold]
        taught = _taught(vectors[learned], [seen[row] for row in learned], [targets[row] for row in learned])
        for row in (row for row, group in enumerate(groups) if half[group] == fold):
            heard = taught.hear(vectors[row])
            scored = [(taught.score(*item, heard), item[2]) for item in seen[row]]
            ranked[row] = [place for _, place in sorted(scored, key=lambda pair: -pair[0])]
    return score_order("learned order", questions, ranked)


if __name__ == "__main__":
    main()
