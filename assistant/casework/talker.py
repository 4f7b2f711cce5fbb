"""What an encoder trained on the banks of turns and corrections makes of a turn.

The bundled encoder with its upper four layers trained further (`scripts/train_talker.py`): it reads a turn beside what
was said before, so that it sees what "那条是去年的" takes back, where letters and likeness see little. It stands beside
the linear models of `acts` and `revision`, which learn a line that an officer adds at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.assessment import Claim, fold
from assistant.assessment.tuned import Span
from assistant.retrieval.layers import load_layers
from assistant.types import Act, Before

FILE = Path(__file__).with_name("talker.npz")
PROMPT = "query: "
LONGEST = 256  # tokens read at once
STOOD: dict[Before, str] = {"nothing": "开头", "assessed": "已评", "answered": "已答"}
TOGETHER = 150  # characters of earlier statements read at once
READ, LAST = 160, 80  # characters of a turn that are read, from its beginning and its end

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Changes:
    """Logits that each earlier statement no longer stands, and that each clause of the turn adds a fact."""

    gone: Floats
    added: Floats


class Talker:
    """Reads turns with the shipped layers over the encoder unpacked in `folder`."""

    def __init__(self, folder: Path, file: Path = FILE) -> None:
        kept, layers, self._heads = load_layers(file)
        from assistant.retrieval.runtime import TokenReader  # imports torch: the page should not wait for it

        self.acts: list[Act] = [str(act) for act in kept["acts"]]  # type: ignore[misc]
        self._tokens = TokenReader(folder, layers)

    def read(self, text: str, before: Before) -> dict[Act, float]:
        """The logarithm of each act's chance."""
        pooled, _ = self._tokens.read(PROMPT, opened(text, before), (), LONGEST)
        logits = self._heads["act.weight"] @ pooled + self._heads["act.bias"]
        logits = logits - logits.max()
        return dict(zip(self.acts, map(float, logits - np.log(np.exp(logits).sum())), strict=True))

    def changes(self, turn: str, clauses: Sequence[Claim], said: Sequence[str]) -> Changes:
        """What `turn`, split into `clauses`, does to what was `said`."""
        gone: list[Floats] = []
        added = np.zeros(len(clauses), np.float32)
        for number, part in enumerate(_parts(said)):
            text, own, earlier = beside(turn, clauses, part)
            _, inside = self._tokens.read(PROMPT, text, [*own, *earlier], LONGEST)
            gone.append(inside[len(own) :] @ self._heads["gone.weight"][0] + self._heads["gone.bias"][0])
            if not number:
                added = inside[: len(own)] @ self._heads["added.weight"][0] + self._heads["added.bias"][0]
        return Changes(gone=np.concatenate(gone), added=np.asarray(added, np.float32))


def _parts(said: Sequence[str]) -> list[list[str]]:
    """Earlier statements in parts short enough to be read beside a turn; at least one part."""
    parts: list[list[str]] = [[]]
    for statement in said:
        if parts[-1] and sum(map(len, parts[-1])) + len(statement) > TOGETHER:
            parts.append([])
        parts[-1].append(statement)
    return parts


def opened(text: str, before: Before) -> str:
    """A turn as it is read alone: what stood before it in a word, its beginning, and its end."""
    folded = fold(text)
    part = folded if len(folded) <= READ + LAST else f"{folded[:READ]}…{folded[-LAST:]}"
    return f"{STOOD[before]}：{part}"


def beside(turn: str, clauses: Sequence[Claim], said: Sequence[str]) -> tuple[str, list[Span], list[Span]]:
    """A turn beside earlier statements as one text, and where its clauses and the statements stand in it."""
    text, own, earlier = "", [], []
    for clause in clauses:
        own.append((len(text), len(text) + len(clause.folded)))
        text += f"{clause.folded}，"
    text += "此前："
    for statement in map(fold, said):
        earlier.append((len(text), len(text) + len(statement)))
        text += f"{statement}，"
    return text, own, earlier
