"""Statute retrieval for lay questions, measured on an external set such as STARD.

One question a line: `{"id", "question", "targets": [{"law", "article"}]}`. The set is not part of this package.
Searched are the national laws as the library indexes them, with every chunk embedded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np

from assistant.errors import IndexUnavailable, UnreadableSource
from assistant.retrieval import Encoder, HybridRetriever, Index, load_lay_questions
from assistant.retrieval.fusion import fuse
from assistant.service import Assistant
from assistant.types import Frozen

TOP = 10
_BREADTH = 100


class Target(Frozen):
    """An article that answers the question."""

    law: str
    article: str


class StatuteQuestion(Frozen):
    """One line of the set."""

    id: int | str
    question: str
    targets: tuple[Target, ...]


class StatuteResult(Frozen):
    """How one method did: the mean share of targets among the first ten, and how high up they stand."""

    method: str
    questions: int
    recall_at_10: float
    ndcg_at_10: float


def load_statute_questions(path: Path) -> list[StatuteQuestion]:
    """Read the set. Raises `UnreadableSource` naming the line that cannot be read."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            questions.append(StatuteQuestion.model_validate(json.loads(line)))
        except ValueError as error:
            raise UnreadableSource(f"{path.name} 第{number}行读不出来：{error}。请改正后重试。") from error
    return questions


def measure_statutes(assistant: Assistant, benchmark: Path) -> dict[str, dict[str, float]]:
    """Recall@10 and nDCG@10 by method on the set in `benchmark`, after embedding what is still missing."""
    questions = load_statute_questions(benchmark)
    assistant.passages.embed_rest(Event())
    results = compare_methods(questions, assistant.passages, assistant.encoder)
    return {result.method: result.model_dump(exclude={"method"}) for result in results}


def compare_methods(questions: Sequence[StatuteQuestion], index: Index, encoder: Encoder) -> list[StatuteResult]:
    """Keywords only, vectors only, rank fusion, and what the product uses."""
    at = index.progress()
    if at.rest_done < at.rest_total:
        raise IndexUnavailable(
            f"法条还没有全部编码（{at.rest_done}/{at.rest_total}），现在测量没有意义。请等后台编码完成后重试。"
        )
    retriever = HybridRetriever(index=index, encoder=encoder, lay=load_lay_questions(encoder.fingerprint))
    is_statute = np.array([document.metadata["kind"] == "statute" for document in index.documents])

    def keywords(query: str) -> list[str]:
        scores = np.where(is_statute, index.keywords.scores(query), 0)
        return [index.documents[row].metadata["id"] for row in np.argsort(-scores, kind="stable")[:_BREADTH]]

    def vectors(query: str) -> list[str]:
        return [id for id, _ in index.search(encoder.encode_query([query])[0], _BREADTH, ["statute"])]

    def ranks(query: str) -> list[str]:
        return fuse([keywords(query), vectors(query)])

    def articles(search: Callable[[str], list[str]]) -> Callable[[str], list[Target]]:
        return lambda query: _distinct(_target(index, id) for id in search(query))

    def hybrid(query: str, as_asked: bool = False) -> list[Target]:
        passages = retriever.find(query, TOP, ("statute",), as_asked=as_asked)
        return [Target(law=passage.law or "", article=passage.article or "") for passage in passages]

    methods: dict[str, Callable[[str], list[Target]]] = {
        "keywords only": articles(keywords),
        "vectors only": articles(vectors),
        "reciprocal rank fusion": articles(ranks),
        "blended scores": hybrid,
        "order that lay questions taught (in use)": partial(hybrid, as_asked=True),
    }
    return [
        score_order(method, questions, [[(hit.law, hit.article) for hit in find(item.question)] for item in questions])
        for method, find in methods.items()
    ]


def score_order(
    method: str, questions: Sequence[StatuteQuestion], ranked: Sequence[Sequence[tuple[str, str]]]
) -> StatuteResult:
    """What an order of articles, best first, is worth for each question."""
    recalls, gains = [], []
    for question, order in zip(questions, ranked, strict=True):
        found, wanted = order[:TOP], {(target.law, target.article) for target in question.targets}
        recalls.append(len(wanted & set(found)) / len(wanted))
        gain = sum(1 / math.log2(rank + 1) for rank, target in enumerate(found, start=1) if target in wanted)
        gains.append(gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(TOP, len(wanted)) + 1)))
    return StatuteResult(
        method=method,
        questions=len(questions),
        recall_at_10=float(np.mean(recalls)),
        ndcg_at_10=float(np.mean(gains)),
    )


def _target(index: Index, id: str) -> Target:
    metadata = index.documents[index.positions[id]].metadata
    return Target(law=metadata["law"], article=metadata["article"])


def _distinct(targets: Iterable[Target]) -> list[Target]:
    return list(dict.fromkeys(targets))
