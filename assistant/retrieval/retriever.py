"""The retriever of the house, an ordinary LangChain `BaseRetriever`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray
from pydantic import SkipValidation

from assistant.retrieval.encoder import Encoder, Vectors
from assistant.retrieval.fusion import blend
from assistant.retrieval.index import Index
from assistant.retrieval.lay import LayQuestions, Place
from assistant.types import Kind, Passage

_BREADTH = 100
_ALSO = 12


STATUTE: Kind = "statute"


@dataclass(frozen=True)
class Hit:
    """A chunk that a query found: how close in meaning (None where it has no vector yet) and how many of its words."""

    document: Document
    score: float
    closeness: float | None
    words: float
    dense_rank: int | None
    keyword_rank: int | None

    @property
    def place(self) -> Place:
        """The law and the article it is of."""
        return self.document.metadata["law"], self.document.metadata["article"]

    @property
    def is_statute(self) -> bool:
        """Whether it is of a national law."""
        return bool(self.document.metadata["kind"] == STATUTE)


class HybridRetriever(BaseRetriever):
    """Searches by meaning and by words and blends both scores.

    `top_k` and `kinds` are for use as a LangChain retriever, `lay` is what lay questions taught about statutes. Raises
    `IndexUnavailable` while the index is not complete.
    """

    index: SkipValidation[Index]
    encoder: SkipValidation[Encoder]
    lay: SkipValidation[LayQuestions | None] = None
    top_k: int = 10
    kinds: tuple[Kind, ...] | None = None

    def model_post_init(self, context: Any, /) -> None:
        """Open the indexes now rather than at the first question."""
        _ = self.index.keywords
        self.index.warm()

    def encode(self, query: str) -> Vectors:
        """The vector of `query`, for whoever needs it for more than one search."""
        return np.asarray(self.encoder.encode_query([query])[0], np.float32)

    def find(
        self,
        query: str,
        top_k: int,
        kinds: Sequence[Kind] | None = None,
        also: Collection[str] = (),
        vector: Vectors | None = None,
        as_asked: bool = False,
    ) -> list[Passage]:
        """The passages nearest to `query`, best first, one row an article, case or pattern.

        Of each source in `also` the `_ALSO` best by words come along after them, however far they are. `vector` is that
        of `query` where it is already known. With `as_asked` the statutes among them stand in the order in which lay
        questions taught that they govern; the scores stay where they were.
        """
        return [
            Passage(
                source_id=hit.document.metadata["source_id"],
                kind=hit.document.metadata["kind"],
                law=hit.document.metadata["law"] or None,
                article=hit.document.metadata["article"] or None,
                title=hit.document.metadata["title"],
                text=hit.document.metadata["text"],
                score=hit.score,
                dense_rank=hit.dense_rank,
                keyword_rank=hit.keyword_rank,
            )
            for hit in self._rows(query, top_k, kinds, also, vector, as_asked)
        ]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                id=hit.document.id,
                page_content=hit.document.page_content,
                metadata=hit.document.metadata
                | {"score": hit.score, "dense_rank": hit.dense_rank, "keyword_rank": hit.keyword_rank},
            )
            for hit in self._rows(query, self.top_k, self.kinds, as_asked=True)
        ]

    def _rows(
        self,
        query: str,
        top_k: int,
        kinds: Sequence[Kind] | None,
        also: Collection[str] = (),
        vector: Vectors | None = None,
        as_asked: bool = False,
    ) -> list[Hit]:
        """The best chunk of each row."""
        best: dict[str, Hit] = {}
        vector = self.encode(query) if vector is None else vector
        for hit in self.hits(query, vector, kinds, also, max(_BREADTH, 3 * top_k)):
            best.setdefault(hit.document.metadata["row"], hit)
        rows = list(best.values())
        if as_asked and self.lay is not None:
            rows = _as_asked(rows, vector, self.lay)
        return rows[:top_k] + [hit for hit in rows[top_k:] if hit.document.metadata["source_id"] in also]

    def hits(
        self,
        query: str,
        vector: Vectors,
        kinds: Sequence[Kind] | None = None,
        also: Collection[str] = (),
        breadth: int = _BREADTH,
    ) -> list[Hit]:
        """The chunks that either search finds among its best `breadth`, by their blended score."""
        near = self.index.search(vector, breadth, kinds)
        cosines = dict(near)
        farthest = near[-1][1] if near else None
        keywords = self.index.keywords.scores(query)
        words = self._best_by_words(keywords, breadth, kinds)
        further = [id for source in also for id in self._best_of_source(keywords, source)]
        dense_ranks = {id: rank for rank, (id, _) in enumerate(near, start=1)}
        keyword_ranks = {id: rank for rank, id in enumerate(words, start=1)}
        hits = []
        for id in dense_ranks | keyword_ranks | dict.fromkeys(further):
            position = self.index.positions[id]
            # What is embedded but was not among the nearest is at most as close as the last of them.
            cosine = cosines.get(id, farthest if self.index.is_embedded(id) else None)
            closeness = None if cosine is None else self.index.scale.closeness(cosine)
            share = float(keywords[position])
            score, ranks = blend(closeness, share), (dense_ranks.get(id), keyword_ranks.get(id))
            hits.append(Hit(self.index.documents[position], score, closeness, share, *ranks))
        return sorted(hits, key=lambda hit: -hit.score)

    def _best_by_words(self, scores: NDArray[np.float32], breadth: int, kinds: Collection[str] | None) -> list[str]:
        if kinds is not None:
            scores = np.where(self.index.of_kinds(kinds), scores, 0)
        found = np.flatnonzero(scores)
        if len(found) > breadth:
            found = found[scores[found] >= np.partition(scores[found], -breadth)[-breadth]]
        order = found[np.argsort(-scores[found], kind="stable")[:breadth]]
        return [self.index.documents[at].metadata["id"] for at in order]

    def _best_of_source(self, scores: NDArray[np.float32], source: str) -> list[str]:
        places = self._places.get(source, np.zeros(0, np.intp))
        order = places[np.argsort(-scores[places], kind="stable")[:_ALSO]]
        return [self.index.documents[at].metadata["id"] for at in order]

    @cached_property
    def _places(self) -> dict[str, NDArray[np.intp]]:
        """Where the chunks of each source stand."""
        found: dict[str, list[int]] = {}
        for at, document in enumerate(self.index.documents):
            found.setdefault(document.metadata["source_id"], []).append(at)
        return {source: np.array(places, np.intp) for source, places in found.items()}


def _as_asked(rows: Sequence[Hit], vector: Vectors, lay: LayQuestions) -> list[Hit]:
    """The statutes among `rows` in the order that lay questions taught; the best score goes to the first of them."""
    heard = lay.hear(vector)
    statutes = [hit for hit in rows if hit.is_statute]
    order = iter(sorted(statutes, key=lambda hit: -lay.score(hit.closeness or 0.0, hit.words, hit.place, heard)))
    return [replace(next(order), score=hit.score) if hit.is_statute else hit for hit in rows]
