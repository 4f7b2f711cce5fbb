"""What the assessment is measured against: a keyword bot, nearest vectors, and BM25.

Each gives the same fields as `assess` that the measures read. A ranking alone cannot say "nothing resembles", so
the three raise an alarm when their best score passes the mark at which they catch as many of the texts that should
rise as we do: their false alarms are then compared at equal recall.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from assistant.assessment import fold
from assistant.evaluation.practices import RISEN, LabelledPractice
from assistant.knowledge import Library
from assistant.retrieval.keyword import tokens

Vectors = NDArray[np.float32]
NEAREST = 3


def keyword_bot(library: Library, rows: Sequence[LabelledPractice]) -> NDArray[np.float64]:
    """How many of a pattern's names and nicknames a text contains: (texts, patterns)."""
    words = [[fold(word) for word in (pattern.name, *pattern.aliases)] for pattern in library.patterns.values()]
    texts = [fold(row.text) for row in rows]
    return np.array([[sum(word in text for word in names) for names in words] for text in texts], dtype=np.float64)


def dense_only(
    library: Library,
    rows: Sequence[LabelledPractice],
    encode: Callable[[Sequence[str]], Vectors],
    encode_wordings: Callable[[Sequence[str]], Vectors],
) -> NDArray[np.float64]:
    """Mean cosine of a whole text to the three nearest wordings of each pattern: (texts, patterns)."""
    wordings = library.practices()
    vectors = encode_wordings([wording.page_content for wording in wordings])
    owner = np.array([list(library.patterns).index(wording.metadata["pattern"]) for wording in wordings])
    cosines = encode([fold(row.text) for row in rows]) @ vectors.T
    columns = [np.sort(cosines[:, owner == number], axis=1)[:, -NEAREST:] for number in range(len(library.patterns))]
    return np.stack([column.mean(axis=1) for column in columns], axis=1).astype(np.float64)


def bm25_only(library: Library, rows: Sequence[LabelledPractice]) -> NDArray[np.float64]:
    """BM25 of a text against everything written about each pattern: (texts, patterns)."""
    written = []
    for pattern in library.patterns.values():
        parts = [pattern.name, pattern.gist, pattern.summary, *pattern.aliases]
        for indicator in pattern.indicators:
            parts += [indicator.says, *indicator.examples]
        written.append(tokens(fold("\n".join(parts))))
    index = bm25s.BM25()
    index.index(written, show_progress=False)
    return np.array([index.get_scores(tokens(fold(row.text))) for row in rows], dtype=np.float64)


def as_results(
    scores: NDArray[np.float64], library: Library, rows: Sequence[LabelledPractice], recall: float
) -> list[dict[str, Any]]:
    """Scores as the fields of `assess`, alarm raised at the given recall of the texts that should rise."""
    ids = list(library.patterns)
    best = scores.max(axis=1)
    wanted = np.array([row.level in RISEN for row in rows])
    mark = float(np.quantile(best[wanted], 1.0 - recall)) if wanted.any() else 0.0
    results = []
    for row, line, top in zip(rows, scores, best, strict=True):
        ranked = [{"id": ids[number], "score": float(line[number])} for number in np.argsort(-line, kind="stable")]
        risen = bool(top >= mark and top > 0)
        results.append(
            {
                "id": row.id,
                "level": "high" if risen else "none",
                "ranked": ranked,
                "patterns": [{"id": ranked[0]["id"], "matched": [], "countered": []}] if risen else [],
                "needs_info": False,
            }
        )
    return results
