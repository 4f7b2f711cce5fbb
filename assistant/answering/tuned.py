"""What an encoder trained on the question bank makes of a question: which articles govern it, and what kind it is.

The bundled encoder with its upper four layers trained further (`scripts/train_asker.py`). Authors it never saw: the
governing article comes first for .48 of their questions, for .36 by the kernel of `precedents` alone, for .50 by both
together. Yet the kernel stays: it learns a line that an officer adds at once, this one only knows the bank it was
trained on. It reads in eight bits and gives the bundled model's vector along the way, so a question is read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.knowledge.bank import Place
from assistant.retrieval.layers import load_layers

FILE = Path(__file__).with_name("tuned.npz")
PROMPT = "query: "
LONGEST = 256  # tokens of a question that are read

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """`vector` is the bundled encoder's, of unit length; `places` and `kinds` are probabilities, the first as logs."""

    vector: Floats
    places: Floats
    kinds: Floats


class TunedQuestions:
    """Reads questions with the shipped layers over the encoder unpacked in `folder`."""

    def __init__(self, folder: Path, file: Path = FILE) -> None:
        kept, layers, self._heads = load_layers(file)
        self.places: Sequence[Place] = [(str(id), str(label)) for id, label in kept["places"]]
        from assistant.retrieval.runtime import ForkedReader  # imports torch: the page should not wait for it

        self._tokens = ForkedReader(folder, layers)

    def read(self, text: str) -> Reading:
        """Read one question in simplified characters."""
        vector, trained = self._tokens.read(PROMPT + text, LONGEST)
        places = self._head("place", trained)
        places -= places.max()
        places -= np.log(np.exp(places).sum())
        kinds = np.asarray(1 / (1 + np.exp(-self._head("kind", trained))), np.float32)
        return Reading(np.asarray(vector / np.linalg.norm(vector), np.float32), places, kinds)

    def _head(self, name: str, vector: Floats) -> Floats:
        return np.asarray(self._heads[f"{name}.weight"] @ vector + self._heads[f"{name}.bias"], np.float32)
