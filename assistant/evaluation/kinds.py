"""The same measures seen from three sides: by kind of text, by how sure the score was, and by spelling.

A mean hides what matters to the one who types: whether his English, his street slang or his long contract is read as
well as the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from opencc import OpenCC

from assistant.evaluation.practices import RISEN, LabelledPractice, Measure, Result, share
from assistant.types import Frozen

STEPS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
SPELLED = 45  # texts that are spelled anew
ZERO_WIDTH = "\u200b"


class Kind(Frozen):
    """One kind of text: `first` over those that resemble something, `alarm` over those that do not."""

    kind: str
    count: int
    first: Measure | None
    risen: Measure | None
    alarm: Measure | None


class Bin(Frozen):
    """Texts whose first pattern was given a score in a range: the mean score, and how often it was acceptable."""

    low: float
    high: float
    count: int
    score: float
    right: float


def by_kind(rows: Sequence[LabelledPractice], results: Sequence[Result]) -> list[Kind]:
    """The measures of each kind of text, the most frequent kind first."""
    kinds = sorted({row.kind for row in rows}, key=lambda kind: (-sum(row.kind == kind for row in rows), kind))
    found = []
    for kind in kinds:
        pairs = [(row, result) for row, result in zip(rows, results, strict=True) if row.kind == kind]
        named = [pair for pair in pairs if pair[0].main]
        serious = [pair for pair in pairs if pair[0].level in RISEN]
        clean = [pair for pair in pairs if pair[0].level == "none"]
        found.append(
            Kind(
                kind=kind,
                count=len(pairs),
                first=share("first", named, _is_acceptable) if named else None,
                risen=share("risen", serious, _is_risen) if serious else None,
                alarm=share("alarm", clean, _is_risen) if clean else None,
            )
        )
    return found


def reliability(rows: Sequence[LabelledPractice], results: Sequence[Result]) -> list[Bin]:
    """How often the first pattern is acceptable, by its score: a score of .9 should be right nine times in ten."""
    scored = [
        (result["ranked"][0]["score"], _is_acceptable(row, result))
        for row, result in zip(rows, results, strict=True)
        if row.main
    ]
    bins = []
    for low, high in pairwise(STEPS):
        inside = [(score, right) for score, right in scored if low <= score < high]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            right = sum(right for _, right in inside) / len(inside)
            bins.append(
                Bin(low=low, high=min(high, 1.0), count=len(inside), score=round(mean, 3), right=round(right, 3))
            )
    return bins


def by_spelling(
    rows: Sequence[LabelledPractice],
    results: Sequence[Result],
    assess: Callable[[Sequence[str]], Sequence[dict[str, Any]]],
) -> list[Measure]:
    """For each way of writing the same words: how often first pattern and level stay what they were.

    Every n-th text is written anew, `SPELLED` in all.
    """
    chosen = list(zip(rows, results, strict=True))[:: max(1, len(rows) // SPELLED)]
    found = []
    for name, write in SPELLINGS.items():
        again = assess([write(row.text) for row, _ in chosen])
        same = {row.id: _same(result, other) for (row, result), other in zip(chosen, again, strict=True)}
        found.append(share(name, chosen, lambda row, _, same=same: same[row.id]))  # type: ignore[misc]
    return found


def _same(result: Result, other: Result) -> bool:
    first = result["level"] == "none" or result["ranked"][0]["id"] == other["ranked"][0]["id"]
    return bool(first and result["level"] == other["level"])


def _is_acceptable(row: LabelledPractice, result: Result) -> bool:
    return bool(result["ranked"]) and result["ranked"][0]["id"] in row.acceptable


def _is_risen(_: LabelledPractice, result: Result) -> bool:
    return result["level"] in RISEN


@lru_cache(maxsize=1)
def _traditional() -> OpenCC:
    return OpenCC("s2t")


def _apart(text: str, mark: str) -> str:
    """The Chinese characters drawn apart by `mark`."""
    return "".join(
        char + mark if _is_han(char) and _is_han(after) else char
        for char, after in zip(text, text[1:] + " ", strict=True)
    )


def _is_han(char: str) -> bool:
    return "一" <= char <= "鿿"


SPELLINGS: dict[str, Callable[[str], str]] = {
    "traditional": lambda text: str(_traditional().convert(text)),
    "spaced out": lambda text: _apart(text, " "),
    "hyphens between": lambda text: _apart(text, "-"),
    "zero-width marks": lambda text: _apart(text, ZERO_WIDTH),
    "full-width letters": lambda text: text.translate(
        {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code).isalnum()}
    ),
    "look-alike letters": lambda text: text.translate(str.maketrans("aeopcxyABEKMHOPCTX", "аеорсхуАВЕКМНОРСТХ")),
}
