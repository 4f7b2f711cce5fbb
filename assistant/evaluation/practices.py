"""How well descriptions are read: labelled practice texts against what `assess` says.

A line of `tests/evaluation/practices/*.jsonl` names the pattern that should come first, all that are acceptable
there, all that should be shown, the level, and the telling words. The measures are those a reviewer would ask for;
every share comes with a 95 % interval from the bootstrap over texts (Efron, 1979), because a few dozen texts
promise less than they seem to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import UnreadableSource
from assistant.types import Frozen, Level, Practice

LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high")
RISEN = ("medium", "high")
DRAWS = 1000


class LabelledPractice(Practice):
    """One labelled text, as in the bank and with what only measuring needs: tests/evaluation/README.md explains it."""

    acceptable: tuple[str, ...]
    needs_info: bool


class Measure(Frozen):
    """A share with its 95 % interval and the number of texts behind it."""

    name: str
    value: float
    low: float
    high: float
    count: int


def load_practices(folder: Path, authors: Sequence[str] = ()) -> list[LabelledPractice]:
    """The labelled texts of a folder, of some authors only when named. Raises `UnreadableSource` with file and line."""
    rows: list[LabelledPractice] = []
    for path in sorted(folder.glob("*.jsonl")):
        if authors and path.stem not in authors:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                rows.append(LabelledPractice.model_validate_json(line))
            except ValueError as error:
                raise UnreadableSource(f"{path.name} 第 {number} 行不是有效的标注：{error}。请改正后重试。") from error
    return rows


Result = Mapping[str, Any]  # the contract's `assess` object


def measure_practices(rows: Sequence[LabelledPractice], results: Sequence[Result]) -> list[Measure]:
    """All measures over texts and their `assess` objects, in the same order."""
    pairs = list(zip(rows, results, strict=True))
    positives = [(row, result) for row, result in pairs if row.main]
    clean = [(row, result) for row, result in pairs if row.level == "none" and not row.needs_info]
    measures = [
        share("acceptable pattern first", positives, lambda row, result: _ranked(result) <= set(row.acceptable)),
        share("main pattern among three", positives, lambda row, result: row.main in _ranked(result, 3)),
        _f1(pairs),
        share("false alarm on lawful or denied", clean, lambda _, result: result["level"] in RISEN),
        share("contradicted denial caught", _of(pairs, "contradicted_denial"), lambda _, r: r["level"] in RISEN),
        share("risen when it should", _risen(pairs), lambda _, result: result["level"] in RISEN),
        _coverage(positives),
        share("spans are true substrings", pairs, _substrings),
        _kappa(pairs),
        share(
            "vague: asks", [p for p in pairs if p[0].needs_info], lambda _, r: r["needs_info"] or r["level"] == "none"
        ),
        share("no jargon: main among three", _of(positives, "no_jargon"), lambda row, r: row.main in _ranked(r, 3)),
    ]
    return [measure for measure in measures if measure.count]


Pair = tuple[LabelledPractice, Result]


def _ranked(result: Result, top: int = 1) -> set[str]:
    return {entry["id"] for entry in result["ranked"][:top]}


def _of(pairs: Sequence[Pair], kind: str) -> list[Pair]:
    return [pair for pair in pairs if pair[0].kind == kind]


def _risen(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair[0].level in RISEN]


def _substrings(row: LabelledPractice, result: Result) -> bool:
    found = [match for pattern in result["patterns"] for match in (*pattern["matched"], *pattern["countered"])]
    return all(row.text[match["start"] : match["end"]] == match["span"] for match in found)


def _covered(row: LabelledPractice, result: Result, part: str) -> bool:
    """Whether at least half of the telling words lie inside matched spans."""
    start = row.text.find(part)
    inside = {
        position
        for pattern in result["patterns"]
        for match in pattern["matched"]
        for position in range(match["start"], match["end"])
    }
    return sum(position in inside for position in range(start, start + len(part))) * 2 >= len(part)


def share(name: str, pairs: Sequence[Pair], test: Callable[[LabelledPractice, Result], bool]) -> Measure:
    """How many of the texts pass a test."""
    return _interval(name, [[float(test(row, result))] for row, result in pairs])


def _coverage(pairs: Sequence[Pair]) -> Measure:
    return _interval(
        "telling words among the spans",
        [[float(_covered(row, result, part)) for part in row.telling] for row, result in pairs if row.telling],
    )


def _interval(name: str, groups: Sequence[Sequence[float]]) -> Measure:
    """The mean over all values; the interval resamples texts, not values, since one text's values hang together."""
    sums = np.array([sum(group) for group in groups])
    sizes = np.array([len(group) for group in groups])
    return _bootstrap(name, len(groups), lambda take: float(sums[take].sum() / max(sizes[take].sum(), 1)))


def _f1(pairs: Sequence[Pair]) -> Measure:
    counts = []
    for row, result in pairs:
        shown, wanted = {pattern["id"] for pattern in result["patterns"]}, set(row.shown)
        counts.append((len(shown & wanted), len(shown - wanted), len(wanted - shown)))
    table = np.array(counts).reshape(-1, 3)

    def score(take: np.ndarray) -> float:
        hit, extra, lost = table[take].sum(axis=0)
        return float(2 * hit / max(2 * hit + extra + lost, 1))

    return _bootstrap("micro-F1 of patterns shown", len(pairs), score)


def _kappa(pairs: Sequence[Pair]) -> Measure:
    """Cohen's kappa with quadratic weights over the four levels."""
    wanted = np.array([LEVELS.index(row.level) for row, _ in pairs])
    given = np.array([LEVELS.index(result["level"]) for _, result in pairs])
    weights = (np.arange(4)[:, None] - np.arange(4)[None, :]) ** 2 / 9.0

    def score(take: np.ndarray) -> float:
        table = np.zeros((4, 4))
        np.add.at(table, (wanted[take], given[take]), 1)
        chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(table.sum(), 1)
        expected = float((weights * chance).sum())
        return 1.0 - float((weights * table).sum()) / expected if expected else 1.0

    return _bootstrap("level agreement (quadratic kappa)", len(pairs), score)


def _bootstrap(name: str, count: int, score: Callable[[np.ndarray], float]) -> Measure:
    if count == 0:
        return Measure(name=name, value=0.0, low=0.0, high=0.0, count=0)
    rng = np.random.default_rng(0)
    draws = [score(rng.integers(0, count, count)) for _ in range(DRAWS)]
    low, high = np.percentile(draws, [2.5, 97.5])
    value = score(np.arange(count))
    return Measure(name=name, value=round(value, 3), low=round(float(low), 3), high=round(float(high), 3), count=count)


def as_results(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Read `assess --jsonl` output."""
    return [json.loads(line) for line in lines]
