"""What a question finds: its own words first, then the words of the rules that were added to them.

An added word is a guess at how the rules put it. Searched as one text, three added words outweigh the one that was
asked (试用期 brings 带薪年休假), so what is asked is searched alone as well and both searches count the same. An
English question has no word in common with a Chinese text but by accident: it is searched by meaning and by the added
words, and what those alone have found is as much as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from assistant.answering.precedents import Scores
from assistant.answering.question import Question
from assistant.types import Kind, Passage

KINDS: tuple[Kind, ...] = ("statute", "rule")
FOUND = 40
SHARED = re.compile(r"[\u4e00-\u9fff]+|[A-Z]{2,}")  # what an English question may share with a Chinese text
TIE = 0.02  # weight of what the story around a question finds


class Retriever(Protocol):
    """What answering needs of a retriever."""

    def encode(self, query: str) -> Scores | None:
        """The vector of `query`; None without an encoder."""

    def find(
        self,
        query: str,
        top_k: int,
        kinds: Sequence[Kind] | None = None,
        also: Collection[str] = (),
        vector: Scores | None = None,
    ) -> list[Passage]:
        """The passages nearest to `query`, best first, one row an article; the best of each source in `also` too."""


def find_passages(
    retriever: Retriever, question: Question, named: Collection[str], vector: Scores | None, story: str = ""
) -> list[Passage]:
    """What the question finds, best first, and of the instruments it names what fits best.

    What a `story` around it finds only decides between passages that are as near as each other.
    """

    def find(query: str) -> list[Passage]:
        return retriever.find(query, FOUND, KINDS, list(named), vector)

    if question.script == "english":
        found = find(" ".join([*SHARED.findall(question.text), question.added]).strip())
        if vector is not None:
            found = [item for item in found if item.dense_rank is not None or item.source_id in named]
    elif question.added:
        found = _both(find(question.search), find(question.text))
    else:
        found = find(question.search)
    if not story:
        return found
    told = {_row(item): item.score for item in find(story)}
    return _sorted(_scored(item, item.score + TIE * told.get(_row(item), 0.0)) for item in found)


def _both(one: Sequence[Passage], other: Sequence[Passage]) -> list[Passage]:
    """Two searches as one: the mean of the scores, nothing where one did not find it."""
    first, second = {_row(item): item for item in one}, {_row(item): item for item in other}
    merged = []
    for row in first | second:
        found = [item for item in (first.get(row), second.get(row)) if item is not None]
        rank = next((item.keyword_rank for item in found if item.keyword_rank), None)
        passage = found[0].model_copy(update={"keyword_rank": rank})
        merged.append(_scored(passage, sum(item.score for item in found) / 2))
    return _sorted(merged)


def _row(passage: Passage) -> tuple[str, str]:
    return passage.source_id, passage.title


def _scored(passage: Passage, score: float) -> Passage:
    return passage.model_copy(update={"score": min(1.0, score)})


def _sorted(passages: Iterable[Passage]) -> list[Passage]:
    return sorted(passages, key=lambda item: -item.score)
