"""What lay questions taught about statutes: the laws people ask of, and the articles that answer what is asked so.

Nearness in meaning and in words misses that a neighbour's quarrel is civil law and hardly ever the law on fisheries.
`lay.npz` holds, from the development half of STARD (Su et al., 2024; MIT), how often each law governed, the questions'
vectors with their articles, and the weights of both beside the two searches (`scripts/fit_statutes.py` fits them). Only
the order of statutes among themselves is changed by it; a law it has never met stands at the prior of a rare one.

Listwise learning to rank with a linear score: Cao et al., ListNet, 2007.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("lay.npz")
NEIGHBOURS = 12  # questions alike that are heard
ALIKE = 0.2  # likeness of centred vectors from which a question is heard
UNSEEN = 0.5  # times that a law is counted which governed no question

Vectors = NDArray[np.float32]
Place = tuple[str, str]
"""A law and an article of it."""
Signs = tuple[float, float, float, float]


@dataclass(frozen=True)
class LayQuestions:
    """The fitted knowledge. `laws` gives each law's prior; `questions` are centred unit vectors, one a row.

    `targets` names the articles of each question as (law, article); `weights` are those of closeness, of words, of the
    prior and of questions alike.
    """

    laws: dict[str, float]
    rare: float
    centre: Vectors
    questions: Vectors
    targets: tuple[tuple[Place, ...], ...]
    weights: Signs

    def score(self, closeness: float, words: float, place: Place, heard: dict[Place, float]) -> float:
        """How likely the article at `place` governs a lay question, on no particular scale; `heard` is by `hear`."""
        return float(np.dot(self.weights, self.signs(closeness, words, place, heard)))

    def signs(self, closeness: float, words: float, place: Place, heard: dict[Place, float]) -> Signs:
        """What the score is made of."""
        return closeness, words, self.laws.get(place[0], self.rare), heard.get(place, 0.0)

    def hear(self, vector: Vectors) -> dict[Place, float]:
        """The articles that answer the known questions most like the one with this unit `vector`, with the likeness."""
        centred = vector - self.centre
        likeness = self.questions @ (centred / (np.linalg.norm(centred) + 1e-9))
        found: dict[Place, float] = {}
        for row in np.argsort(-likeness)[:NEIGHBOURS]:
            for place in self.targets[row]:
                found[place] = max(found.get(place, 0.0), max(float(likeness[row]) - ALIKE, 0.0))
        return found


def priors(targets: Sequence[Sequence[Place]]) -> tuple[dict[str, float], float]:
    """The logarithm of each law's share of the questions, and that of a law which governed none."""
    counts: dict[str, float] = {}
    for places in targets:
        for law, _ in places:
            counts[law] = counts.get(law, UNSEEN) + 1 / len(places)
    return {law: float(np.log(count / len(targets))) for law, count in counts.items()}, float(
        np.log(UNSEEN / len(targets))
    )


def load_lay_questions(fingerprint: str, path: Path = FILE) -> LayQuestions | None:
    """What is kept in `path` for the encoder with this fingerprint; None where the file is of another."""
    if not path.is_file():
        return None
    with np.load(path) as kept:
        if str(kept["fingerprint"]) != fingerprint:
            return None
        places = [(str(law), str(article)) for law, article in kept["places"]]
        targets = tuple(
            tuple(places[number] for number in row if number >= 0) for row in kept["targets"].astype(int).tolist()
        )
        laws, rare = priors(targets)
        vectors = kept["vectors"].astype(np.float32) * kept["scales"][:, None]
        return LayQuestions(
            laws=laws,
            rare=rare,
            centre=kept["centre"],
            questions=np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32),
            targets=targets,
            weights=tuple(map(float, kept["weights"])),  # type: ignore[arg-type]
        )
