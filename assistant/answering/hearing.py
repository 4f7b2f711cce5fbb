"""What the question bank says of a question, heard twice and laid side by side.

`precedents` asks which bank questions it is like, `tuned` is an encoder trained on them. Either may know an article the
other does not; neither decides (`ranking` does).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.answering.precedents import HEADS, Precedents, Scores
from assistant.answering.question import Question
from assistant.answering.tuned import Reading, TunedQuestions
from assistant.knowledge.bank import Place

FLOOR = -10.0  # log-probabilities below this are all the same: not this article
LOGS = 0.05  # weight of a log-probability and of a probability beside the kernel's score, when articles are proposed
PROBABILITIES = 1.0


@dataclass(frozen=True)
class Heard:
    """A question as the bank understands it.

    `taught` (about 0 to 1, NaN where unknown) and `likely` (log-probability, `FLOOR` where unknown) run along the
    places of the `Listener`; `kinds` are the kernel's values of `HEADS`, then those of the trained encoder. `read` says
    whether there was a trained encoder.
    """

    vector: Scores | None
    taught: Scores
    likely: Scores
    kinds: tuple[float, ...]
    read: bool

    @property
    def proposed(self) -> Scores:
        """By how much each place is worth looking at."""
        return np.asarray(
            np.nan_to_num(self.taught) + PROBABILITIES * np.exp(self.likely) + LOGS * (self.likely - FLOOR), np.float32
        )


class Listener:
    """Hears with the bank's kernel and, where there is one, the trained encoder.

    `encode` gives the vector that retrieval compares; without it that of the trained encoder's bundled half is taken.
    """

    def __init__(
        self,
        precedents: Precedents,
        tuned: TunedQuestions | None = None,
        encode: Callable[[str], Scores | None] | None = None,
    ) -> None:
        self._precedents = precedents
        self._tuned = tuned
        self._encode = encode
        self.places: list[Place] = list(dict.fromkeys([*precedents.places, *(tuned.places if tuned else ())]))
        self.rows = {place: row for row, place in enumerate(self.places)}
        self._own = np.array([self.rows[place] for place in (tuned.places if tuned else ())], np.intp)

    def hear(self, question: Question) -> Heard:
        """Read a question once with each."""
        reading = self._tuned.read(question.text) if self._tuned else None
        vector = self._encode(question.text) if self._encode else reading.vector if reading else None
        return self.joined(vector, self._precedents.scores(question.search, vector), reading)

    def joined(self, vector: Scores | None, scores: Scores, reading: Reading | None) -> Heard:
        """What the two said; `scores` are those of the kernel, places first and then heads."""
        taught = np.full(len(self.places), np.nan, np.float32)
        taught[: len(scores) - len(HEADS)] = scores[: -len(HEADS)]
        likely = np.full(len(self.places), FLOOR, np.float32)
        if reading is not None:
            likely[self._own] = np.maximum(reading.places, FLOOR)
        kinds = reading.kinds if reading is not None else np.zeros(len(HEADS), np.float32)
        return Heard(vector, taught, likely, (*map(float, scores[-len(HEADS) :]), *map(float, kinds)), bool(reading))
