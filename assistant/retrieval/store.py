"""Chroma, embedded or by URL: add, delete, search, nothing else.

The vectors are ours, so Chroma never loads an embedding model. What the index knows about its own state lives in the
collection's metadata: it can neither be separated from the vectors nor outlive them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexUnavailable, StorageError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from langchain_chroma import Chroma

Vectors = NDArray[np.float32]

# At Chroma's default breadth of search recall@100 is only .92, and fusion feeds on the top 100.
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 200, "ef_search": 300}
_AT_ONCE = 1000


class VectorStore(Protocol):
    """Keeps unit vectors by id; similarity is the cosine, 1 for the same direction."""

    def manifest(self) -> dict[str, str]:
        """What was last written about the state of the index; empty for a new store."""

    def write_manifest(self, values: Mapping[str, str]) -> None:
        """Replace what is written about the state of the index, all at once."""

    def add(
        self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors, metadatas: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add rows, replacing those whose id is known. Every metadata has a `hash`."""

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows."""

    def known(self) -> dict[str, str]:
        """The hash of every row by its id."""

    def search(self, vector: Vectors, top_k: int, where: Mapping[str, Any] | None = None) -> list[tuple[str, float]]:
        """Ids and similarities of the nearest rows, nearest first."""

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those ids that are stored."""

    def clear(self) -> None:
        """Remove everything, even a store too damaged to be opened."""


class ChromaStore:
    """One Chroma collection, opened at its first use: in `folder`, or on the server at `url` when one is given."""

    def __init__(self, name: str, folder: Path, url: str = "") -> None:
        self.name = name
        self.folder = folder
        self.url = url

    def manifest(self) -> dict[str, str]:
        """What was last written about the state of the index; empty for a new store."""
        with self._reading():
            metadata = self._client.get_collection(self.name, embedding_function=None).metadata or {}
            return {key: str(value) for key, value in metadata.items()}

    def write_manifest(self, values: Mapping[str, str]) -> None:
        """Replace what is written about the state of the index, all at once."""
        with self._writing():
            self._collection.modify(metadata=dict(values))

    def add(
        self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors, metadatas: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add rows, replacing those whose id is known. Every metadata has a `hash`."""
        with self._writing():
            self._collection.upsert(
                ids=list(ids), documents=list(texts), embeddings=vectors, metadatas=[dict(row) for row in metadatas]
            )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows."""
        with self._writing():
            for start in range(0, len(ids), _AT_ONCE):
                self._chroma.delete(ids=list(ids[start : start + _AT_ONCE]))

    def known(self) -> dict[str, str]:
        """The hash of every row by its id."""
        with self._reading():
            rows = self._chroma.get(include=["metadatas"])
            return {id: str(row["hash"]) for id, row in zip(rows["ids"], rows["metadatas"], strict=True)}

    def search(self, vector: Vectors, top_k: int, where: Mapping[str, Any] | None = None) -> list[tuple[str, float]]:
        """Ids and similarities of the nearest rows, nearest first."""
        with self._reading():
            found = self._chroma.similarity_search_by_vector_with_relevance_scores(
                vector.tolist(), k=top_k, filter=dict(where) if where else None
            )
            # Chroma gives distances; everywhere else in this package higher is closer.
            return [(str(document.id), 1.0 - distance) for document, distance in found]

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those ids that are stored."""
        stored: dict[str, Vectors] = {}
        with self._reading():
            for start in range(0, len(ids), _AT_ONCE):
                rows = self._chroma.get(ids=list(ids[start : start + _AT_ONCE]), include=["embeddings"])
                stored |= zip(rows["ids"], np.asarray(rows["embeddings"], np.float32), strict=True)
        return stored

    def clear(self) -> None:
        """Remove everything, even a store too damaged to be opened."""
        try:
            with self._reading():
                self._client.delete_collection(self.name)
        except IndexUnavailable:
            if self.url:
                raise
            with self._writing():
                shutil.rmtree(self.folder)
        for opened in ("_client", "_chroma", "_collection"):
            self.__dict__.pop(opened, None)

    @cached_property
    def _client(self) -> ClientAPI:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if not self.url:
            self._require_writable()
            try:
                client = chromadb.PersistentClient(str(self.folder), settings=settings)
            except AttributeError as error:  # what Chroma makes of a second try at a database it has just refused
                raise OSError("file is not a database") from error
        else:
            address = urlsplit(self.url)
            ssl = address.scheme == "https"
            port = address.port or (443 if ssl else 8000)
            client = chromadb.HttpClient(address.hostname or self.url, port=port, ssl=ssl, settings=settings)
        client.get_or_create_collection(self.name, embedding_function=None, configuration={"hnsw": _HNSW})
        return client

    def _require_writable(self) -> None:
        """Chroma brings its tables up to date when it opens them, even if only to read."""
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            if not os.access(self.folder, os.W_OK):
                raise OSError("read-only")

    @cached_property
    def _collection(self) -> Collection:
        return self._client.get_collection(self.name, embedding_function=None)

    @cached_property
    def _chroma(self) -> Chroma:
        from langchain_chroma import Chroma

        return Chroma(self.name, client=self._client)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except _failures() as error:
            if self.url:
                raise self._unreachable(error) from error
            raise IndexUnavailable(
                f"向量索引 {self.folder} 无法读取，可能已损坏（{_reason(error)}）。"
                "请运行 partner-lens index --rebuild。"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except _failures() as error:
            if self.url:
                raise self._unreachable(error) from error
            raise StorageError(
                f"无法写入向量索引 {self.folder}（{_reason(error)}）。请检查该文件夹的权限和磁盘空间后重试。"
            ) from error

    def _unreachable(self, error: Exception) -> IndexUnavailable:
        return IndexUnavailable(
            f"Chroma 服务器 {self.url} 没有正常应答（{_reason(error)}）。"
            "请确认它已启动、PARTNER_LENS_CHROMA_URL 正确，或清空该设置改用本机索引。"
        )


def _failures() -> tuple[type[Exception], ...]:
    """What Chroma raises when a folder, a server or the data is at fault; it has no common base class."""
    import httpx
    from chromadb.errors import ChromaError

    return (ChromaError, httpx.HTTPError, OSError, ValueError, RuntimeError)


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
