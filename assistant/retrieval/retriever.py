"""The retriever of the house, an ordinary LangChain `BaseRetriever`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray
from pydantic import SkipValidation

from assistant.retrieval.encoder import Encoder
from assistant.retrieval.fusion import blend
from assistant.retrieval.index import Index
from assistant.types import Kind, Passage

_BREADTH = 100


@dataclass(frozen=True)
class _Hit:
    document: Document
    score: float
    dense_rank: int | None
    keyword_rank: int | None


class HybridRetriever(BaseRetriever):
    """Searches by meaning and by words and blends both scores.

    `top_k` and `kinds` are for use as a LangChain retriever. Raises `IndexUnavailable` while the index is not complete.
    """

    index: SkipValidation[Index]
    encoder: SkipValidation[Encoder]
    top_k: int = 10
    kinds: tuple[Kind, ...] | None = None

    def model_post_init(self, context: Any, /) -> None:
        """Open the keyword index now rather than at the first question."""
        _ = self.index.keywords

    def find(self, query: str, top_k: int, kinds: Sequence[Kind] | None = None) -> list[Passage]:
        """The passages nearest to `query`, best first, one row an article, case or pattern."""
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
            for hit in self._rows(query, top_k, kinds)
        ]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(
                id=hit.document.id,
                page_content=hit.document.page_content,
                metadata=hit.document.metadata
                | {"score": hit.score, "dense_rank": hit.dense_rank, "keyword_rank": hit.keyword_rank},
            )
            for hit in self._rows(query, self.top_k, self.kinds)
        ]

    def _rows(self, query: str, top_k: int, kinds: Sequence[Kind] | None) -> list[_Hit]:
        """The best chunk of each row."""
        best: dict[str, _Hit] = {}
        for hit in self._hits(query, max(_BREADTH, 3 * top_k), kinds):
            best.setdefault(hit.document.metadata["row"], hit)
        return list(best.values())[:top_k]

    def _hits(self, query: str, breadth: int, kinds: Sequence[Kind] | None) -> list[_Hit]:
        near = self.index.search(self.encoder.encode_query([query])[0], breadth, kinds)
        cosines = dict(near)
        farthest = near[-1][1] if near else None
        keywords = self.index.keywords.scores(query)
        words = self._best_by_words(keywords, breadth, kinds)
        dense_ranks = {id: rank for rank, (id, _) in enumerate(near, start=1)}
        keyword_ranks = {id: rank for rank, id in enumerate(words, start=1)}
        hits = []
        for id in dense_ranks | keyword_ranks:
            position = self.index.positions[id]
            # What is embedded but was not among the nearest is at most as close as the last of them.
            cosine = cosines.get(id, farthest if self.index.is_embedded(id) else None)
            closeness = None if cosine is None else self.index.scale.closeness(cosine)
            score = blend(closeness, float(keywords[position]))
            hits.append(_Hit(self.index.documents[position], score, dense_ranks.get(id), keyword_ranks.get(id)))
        return sorted(hits, key=lambda hit: -hit.score)

    def _best_by_words(self, scores: NDArray[np.float32], breadth: int, kinds: Iterable[str] | None) -> list[str]:
        if kinds is not None:
            scores = np.where(np.isin(self._kinds, list(kinds)), scores, 0)
        found = np.flatnonzero(scores)
        order = found[np.argsort(-scores[found], kind="stable")[:breadth]]
        return [self.index.documents[at].metadata["id"] for at in order]

    @cached_property
    def _kinds(self) -> NDArray[np.str_]:
        return np.array([document.metadata["kind"] for document in self.index.documents])
