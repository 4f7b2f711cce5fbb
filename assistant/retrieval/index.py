"""Keeps documents, vectors and keywords in step.

An index answers only when every core chunk (our own corpus and the articles it names) has its vector. The remaining
national statutes follow in the background; keyword search covers them meanwhile. Each batch is committed with the hash
of what was embedded, so an interrupted build goes on where it stopped, and a repeated one embeds only what changed.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event

import numpy as np
from filelock import FileLock, Timeout
from langchain_core.documents import Document
from numpy.typing import NDArray

from assistant.errors import IndexUnavailable, StorageError
from assistant.retrieval.encoder import Encoder, Vectors
from assistant.retrieval.fusion import Scale, calibrate
from assistant.retrieval.keyword import KeywordIndex, open_keyword_index
from assistant.retrieval.store import ChromaStore, VectorStore

log = logging.getLogger(__name__)

FORMAT = "1"
"""Counted up whenever the same documents would be stored differently."""

_BATCH = 64
_REST_BATCH = 256  # Chroma takes few large additions four times as fast as many small ones
_SLICE = 32
_MOMENT_S = 1.0
_SAMPLE = 512

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IndexProgress:
    """How many chunks have their vector. The index answers once all core chunks have."""

    core_done: int
    core_total: int
    rest_done: int
    rest_total: int


def open_store(name: str, data: Path, url: str = "") -> ChromaStore:
    """The Chroma collection of an index: embedded below `data`, or on the server at `url`."""
    return ChromaStore(name, data / "index" / name / "chroma", url)


class Index:
    """The chunks of one purpose (`passages`, `practices`) with their vectors and keywords.

    One process at a time may write; others may go on reading what is complete.
    """

    def __init__(self, name: str, store: VectorStore, encoder: Encoder, data: Path) -> None:
        self.name = name
        self.documents: Sequence[Document] = ()
        self._store = store
        self._encoder = encoder
        self._folder = data / "index" / name
        self._hashes: dict[str, str] = {}
        self._core: list[Document] = []
        self._rest: list[Document] = []
        self._embedded: set[str] = set()
        self._complete_until = 0.0

    # --- writing ------------------------------------------------------------------------------------------------------

    def build(self, documents: Sequence[Document], rebuild: bool = False, progress: Progress | None = None) -> int:
        """Make `documents` searchable and return how many chunks were embedded now.

        Unchanged chunks are left alone, changed ones replaced, vanished ones removed. Only core chunks are embedded
        here; `embed_rest` does the others. `rebuild` starts from nothing and is the way out of an index that another
        encoder or version wrote. Raises `IndexUnavailable` while another process writes.
        """
        self._attach(documents)
        if rebuild:
            with self._writer():
                self._store.clear()
        manifest = self._manifest()
        if manifest.get("all") == self._digest(documents):
            self._embedded = set(self._hashes)
            return 0
        if manifest.get("core") == self._digest(self._core):
            self._embedded = self._current(self._store.known())
            return 0
        with self._writer():
            self._write_manifest()
            embedded = self._fill(self._core, progress or (lambda done, total: None))
            self._write_manifest(complete=True)
        return embedded

    def embed_rest(self, stop: Event) -> None:
        """Embed the chunks that are not core, laws named by the corpus first, until done or `stop` is set.

        Meant for a background thread. Where another process is at it already, this one leaves it the work.
        """
        if self._manifest().get("all") == self._digest(self.documents):
            return
        todo = [document for document in self._rest if document.metadata["id"] not in self._embedded]
        named = {document.metadata["source_id"] for document in self._core}
        todo.sort(key=lambda document: document.metadata["source_id"] not in named)
        try:
            with self._writer():
                self._remove_vanished(self._store.known())
                log.info("embedding %d chunks in the background", len(todo))
                for batch in _batches(todo, _REST_BATCH):
                    self._embed_gently(batch, stop)
                    if stop.is_set():
                        return
                self._write_manifest(complete=True)
        except IndexUnavailable as error:
            log.warning("background embedding stopped: %s", error)

    def _attach(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self._hashes = {document.metadata["id"]: document.metadata["hash"] for document in documents}
        self._core = [document for document in documents if document.metadata["core"]]
        self._rest = [document for document in documents if not document.metadata["core"]]
        self._embedded = set()
        for derived in ("keywords", "positions", "scale", "_near", "_kinds", "_masks"):
            self.__dict__.pop(derived, None)

    def _fill(self, documents: Sequence[Document], progress: Progress) -> int:
        known = self._store.known()
        self._remove_vanished(known)
        self._embedded = self._current(known)
        todo = [document for document in documents if document.metadata["id"] not in self._embedded]
        todo.sort(key=lambda document: len(document.page_content))  # texts of one length need no padding
        done = len(documents) - len(todo)
        progress(done, len(documents))
        for batch in _batches(todo, _BATCH):
            self._embed(batch)
            done += len(batch)
            progress(done, len(documents))
        return len(todo)

    def _embed(self, batch: Sequence[Document]) -> None:
        self._add(batch, self._encoder.encode_passage([document.page_content for document in batch]))

    def _embed_gently(self, batch: Sequence[Document], stop: Event) -> None:
        """Embed slice by slice, and on `stop` keep the slices that are done."""
        slices: list[Vectors] = []
        for part in _batches(batch, _SLICE):
            if stop.is_set():
                break
            slices.append(self._encoder.encode_passage([document.page_content for document in part], gently=True))
        if slices:
            vectors = np.concatenate(slices)
            self._add(batch[: len(vectors)], vectors)

    def _add(self, batch: Sequence[Document], vectors: Vectors) -> None:
        ids = [document.metadata["id"] for document in batch]
        texts = [document.page_content for document in batch]
        self._store.add(ids, texts, vectors, [_without_text(document) for document in batch])
        if "_near" in self.__dict__:  # already searched: what is new joins it
            self._near.append((np.array([self.positions[id] for id in ids], np.intp), vectors))
        self._embedded.update(ids)

    def _remove_vanished(self, known: Iterable[str]) -> None:
        self._store.delete([id for id in known if id not in self._hashes])

    def _current(self, known: dict[str, str]) -> set[str]:
        return {id for id, hash in known.items() if self._hashes.get(id) == hash}

    @contextmanager
    def _writer(self) -> Iterator[None]:
        """Be the only process that writes."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._folder / "writer.lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise IndexUnavailable(
                "另一个进程正在更新索引。请等它完成，或先结束它（例如正在运行的网页服务），再重试。"
            ) from error
        except OSError as error:
            raise StorageError(
                f"无法在 {self._folder} 写入索引（{error.strerror or error}）。请检查该文件夹的权限和磁盘空间后重试。"
            ) from error
        try:
            yield
        finally:
            lock.release()

    # --- reading ------------------------------------------------------------------------------------------------------

    def progress(self) -> IndexProgress:
        """How far embedding is."""
        core = sum(document.metadata["id"] in self._embedded for document in self._core)
        return IndexProgress(core, len(self._core), len(self._embedded) - core, len(self._rest))

    def warm(self) -> None:
        """Read the vectors now, so that the first question need not wait for them."""
        _ = self._near, self._kinds

    def is_embedded(self, id: str) -> bool:
        """True where the chunk has a vector of its present text."""
        return id in self._embedded

    def search(self, vector: Vectors, top_k: int, kinds: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Ids and cosines of the chunks nearest to `vector`, nearest first.

        The vectors are read from the store once and compared exactly: at our size that takes a millisecond or two, a
        query of the store many, and it misses some of the hundred nearest.
        """
        self._require_complete()
        found: list[tuple[str, float]] = []
        for places, rows in tuple(self._near):
            cosines = rows @ vector
            if kinds is not None:
                cosines = np.where(self.of_kinds(kinds)[places], cosines, -2.0)
            best = np.argpartition(-cosines, top_k)[:top_k] if top_k < len(cosines) else np.arange(len(cosines))
            found += [
                (self.documents[places[at]].metadata["id"], float(cosines[at])) for at in best if cosines[at] > -2
            ]
        return sorted(found, key=lambda hit: -hit[1])[:top_k]

    @cached_property
    def _near(self) -> list[tuple[NDArray[np.intp], Vectors]]:
        """The vectors of what is embedded, in blocks, each with where its chunks stand in `documents`."""
        ids = [document.metadata["id"] for document in self.documents if document.metadata["id"] in self._embedded]
        stored = self._store.vectors(ids)
        kept = [id for id in ids if id in stored]
        if not kept:
            return []
        return [(np.array([self.positions[id] for id in kept], np.intp), np.stack([stored[id] for id in kept]))]

    def of_kinds(self, kinds: Collection[str]) -> NDArray[np.bool_]:
        """Which of `documents` are of one of `kinds`."""
        wanted = frozenset(kinds)
        if wanted not in self._masks:
            self._masks[wanted] = np.isin(self._kinds, list(wanted))
        return self._masks[wanted]

    @cached_property
    def _masks(self) -> dict[frozenset[str], NDArray[np.bool_]]:
        return {}

    @cached_property
    def _kinds(self) -> NDArray[np.str_]:
        return np.array([str(document.metadata.get("kind")) for document in self.documents])

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of core chunks, one row an id."""
        self._require_complete()
        stored = self._store.vectors(ids)
        if missing := [id for id in ids if id not in stored]:
            raise IndexUnavailable(
                f"索引缺少 {len(missing)} 条（如 {missing[0]}）。请运行 partner-lens index --rebuild。"
            )
        return np.stack([stored[id] for id in ids])

    @cached_property
    def keywords(self) -> KeywordIndex:
        """BM25 over all documents, whether embedded or not; its rows are `documents`."""
        return open_keyword_index(self.documents, self._folder)

    @cached_property
    def scale(self) -> Scale:
        """What a cosine of this encoder means among these documents."""
        ids = [document.metadata["id"] for document in self._core]
        return calibrate(self.vectors(ids[:: max(1, len(ids) // _SAMPLE)]))

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each chunk stands in `documents`."""
        return {document.metadata["id"]: at for at, document in enumerate(self.documents)}

    def _require_complete(self) -> None:
        """An index that is being changed, by us or by another process, does not answer.

        What the store said is taken to hold for a moment: to ask it takes as long as to search.
        """
        now = time.monotonic()
        if now < self._complete_until:
            return
        if not self._manifest().get("core"):
            at = self.progress()
            state = f"正在建立（{at.core_done}/{at.core_total}）" if at.core_total else "还没有建立"
            raise IndexUnavailable(f"索引{state}。请稍候再试；如果没有进程在建立，请运行 partner-lens index。")
        self._complete_until = now + _MOMENT_S

    # --- the manifest -------------------------------------------------------------------------------------------------

    def _manifest(self) -> dict[str, str]:
        manifest = self._store.manifest()
        if manifest and (manifest.get("format"), manifest.get("encoder")) != (FORMAT, self._encoder.fingerprint):
            raise IndexUnavailable(
                f"索引是用另一个编码模型或版本建立的（{manifest.get('encoder')}，格式 {manifest.get('format')}；"
                f"现在是 {self._encoder.fingerprint}，格式 {FORMAT}）。请运行 partner-lens index --rebuild。"
            )
        return manifest

    def _write_manifest(self, complete: bool = False) -> None:
        """Say whose vectors these are, and whether all core chunks, or even all chunks, have theirs."""
        self._complete_until = 0.0
        core = self._digest(self._core) if complete else ""
        all = self._digest(self.documents) if complete and len(self._embedded) == len(self.documents) else ""
        self._store.write_manifest({"format": FORMAT, "encoder": self._encoder.fingerprint, "core": core, "all": all})

    def _digest(self, documents: Sequence[Document]) -> str:
        rows = sorted(f"{document.metadata['id']}\t{document.metadata['hash']}" for document in documents)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def _batches(documents: Sequence[Document], size: int) -> Iterator[Sequence[Document]]:
    for start in range(0, len(documents), size):
        yield documents[start : start + size]


def _without_text(document: Document) -> dict[str, str | bool]:
    return {key: value for key, value in document.metadata.items() if key != "text"}
