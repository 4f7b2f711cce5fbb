"""What is wrong in the corpus, said as a colleague would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """Something wrong in the corpus, said as a colleague would: where, what, and what was expected.

    An `error` leaves its file out of the loaded corpus; a `warning` does not.
    """

    file: str
    line: int
    what: str
    expected: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}（{self.expected}）"


class Broken(Exception):
    """One file, or one line of it, cannot be used; carries its problems. Never leaves the knowledge room."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
