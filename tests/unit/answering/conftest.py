"""The shipped library and keyword search over its law texts: enough of retrieval to test what answering adds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.answering import Answerer, Listener, Precedents
from assistant.knowledge import Library
from assistant.retrieval.keyword import open_keyword_index
from assistant.settings import REPOSITORY
from assistant.types import Kind, Passage

TODAY = date(2026, 11, 23)


class KeywordSearch:
    """A retriever without an encoder: keyword search in both roles, on a scale like the real one's."""

    def __init__(self, library: Library, folder: Path) -> None:
        self._documents = [item for item in library.documents(TODAY) if item.metadata["kind"] in ("statute", "rule")]
        self._index = open_keyword_index(self._documents, folder)

    def find(
        self,
        query: str,
        top_k: int,
        kinds: Sequence[Kind] | None = None,
        also: Collection[str] = (),
        vector: object = None,
    ) -> list[Passage]:
        scores = self._index.scores(query)
        found: dict[str, Passage] = {}
        for rank, place in enumerate(np.argsort(-scores)[: top_k * 2], 1):
            data = self._documents[place].metadata
            passage = Passage(
                source_id=data["source_id"],
                kind=data["kind"],
                law=data["law"],
                article=data["article"] or None,
                title=data["title"],
                text=data["text"],
                score=min(1.0, float(scores[place]) * 2),
                dense_rank=rank,
                keyword_rank=rank,
            )
            found.setdefault(data["row"], passage)
        return list(found.values())[:top_k]


@pytest.fixture(scope="session")
def library() -> Library:
    return Library.open(REPOSITORY / "corpus")


@pytest.fixture(scope="session")
def precedents(library: Library) -> Precedents:
    return Precedents.fit(library, TODAY)


@pytest.fixture(scope="session")
def listener(precedents: Precedents) -> Listener:
    """Without a trained encoder: the bank's words alone."""
    return Listener(precedents)


@pytest.fixture(scope="session")
def answerer(library: Library, listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    search = KeywordSearch(library, tmp_path_factory.mktemp("keyword"))
    return Answerer(library, search, listener, today=lambda: TODAY)
