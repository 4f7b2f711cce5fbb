"""What the linear models and the trained encoder make of a turn, put together.

Both are right where the other is not: letters know a set phrase, the encoder what it means beside what was said. The
weights below were fitted on authors of the banks that neither had learned from (docs/results.md has the figures).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.assessment import Claim
from assistant.casework.acts import ActReader, Encode, read_part
from assistant.casework.revision import Revision, RevisionReader, Said
from assistant.casework.talker import Talker
from assistant.types import Act, Before

TRAINED_ACT = 0.2  # weight of a logarithm of the trained encoder's chance beside a linear margin
GONE = (0.1, 0.6, 0.7)  # a constant, then weights of the linear and of the trained log odds
ADDED = (0.33, 0.81, 0.21)
READ = 12  # earlier statements the encoder reads: those the linear model holds likeliest, so that time does not grow
UNREAD = -2.0  # log odds of the others
CERTAIN = 1e-3

Chances = NDArray[np.float64]


class TurnReader:
    """Reads what a turn does. `encode` gives vectors of passages; without a `talker` the linear models stand alone."""

    def __init__(
        self, acts: ActReader, revisions: RevisionReader, encode: Encode, talker: Talker | None = None
    ) -> None:
        self._acts = acts
        self._revisions = revisions
        self._encode = encode
        self._talker = talker

    def acts(self, text: str, before: Sequence[Before]) -> list[tuple[Act, float]]:
        """Acts with their margins, likeliest first. Where `before` names several, their margins are averaged."""
        read = self._acts.read(text, before, self._encode([read_part(text)])[0])
        if self._talker is None:
            return read
        trained = [self._talker.read(text, stood) for stood in before]
        joined = [
            (act, margin + TRAINED_ACT * sum(chances[act] for chances in trained) / len(trained))
            for act, margin in read
        ]
        return sorted(joined, key=lambda item: -item[1])

    def revision(self, act: Act, said: Sequence[Said], turn: str, clauses: Sequence[Claim]) -> Revision:
        """What `turn`, split into `clauses`, does to what was `said` before."""
        read = self._revisions.read(act, said, turn, clauses, self._encode)
        if self._talker is None or not clauses:
            return read
        likeliest = np.sort(np.argsort(-read.withdrawn, kind="stable")[:READ])
        changes = self._talker.changes(turn, clauses, [said[row].text for row in likeliest])
        gone = np.full(len(said), UNREAD)
        gone[likeliest] = changes.gone
        return Revision(withdrawn=_joined(GONE, read.withdrawn, gone), added=_joined(ADDED, read.added, changes.added))


def _joined(weights: tuple[float, float, float], linear: Chances, trained: NDArray[np.floating]) -> Chances:
    held = np.clip(linear, CERTAIN, 1 - CERTAIN)
    odds = weights[0] + weights[1] * np.log(held / (1 - held)) + weights[2] * trained
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)
