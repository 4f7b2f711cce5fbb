"""BM25 over words and pairs of characters, for the words that vectors blur: numbers, names, terms of art.

Chinese has no spaces and every segmenter errs; pairs of characters find what it cut in the wrong place. Both go into
one index. It holds every chunk, is built in seconds and needs no model: it covers the statutes from the first minute.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from assistant.errors import StorageError

if TYPE_CHECKING:
    from bm25s import BM25

log = logging.getLogger(__name__)

Scores = NDArray[np.float32]

FORMAT = 1
"""Counted up whenever the same documents would be indexed differently."""

_RUNS = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"\w")


def tokens(text: str) -> list[str]:
    """Words as the segmenter sees them, and every pair of neighbouring Han characters."""
    import rjieba

    text = unicodedata.normalize("NFKC", text).lower()
    words = [word for word in rjieba.cut(text) if _WORD.search(word)]
    pairs = [run[at : at + 2] for run in _RUNS.findall(text) for at in range(len(run) - 1)]
    return words + pairs


class KeywordIndex:
    """A finished index; its rows are the documents it was made from, in their order."""

    def __init__(self, bm25: BM25 | None) -> None:
        self._bm25 = bm25
        self._best = np.maximum.reduceat(bm25.scores["data"], bm25.scores["indptr"][:-1]) if bm25 else None

    def scores(self, query: str) -> Scores:
        """How well each row fits, 0 to 1: its share of what a row with all words of the query at their best gets."""
        if self._bm25 is None or self._best is None:
            return np.zeros(0, np.float32)
        known = self._bm25.get_tokens_ids(tokens(query))
        if not known:
            return np.zeros(self._bm25.scores["num_docs"], np.float32)
        ceiling = float(self._best[known].sum())
        return np.asarray(self._bm25.get_scores_from_ids(known) / ceiling, np.float32)


def open_keyword_index(documents: Sequence[Document], folder: Path) -> KeywordIndex:
    """The index of `documents`, from `folder` if it is there, else built and kept there.

    Raises `StorageError` when the folder cannot be written.
    """
    from bm25s import BM25

    if not documents:
        return KeywordIndex(None)
    place = folder / f"keyword-{_digest(documents)}"
    if place.is_dir():
        try:
            return KeywordIndex(BM25.load(place, show_progress=False))
        except (OSError, ValueError, EOFError) as error:
            log.warning("the keyword index is damaged and built again: %s", error)
            shutil.rmtree(place, ignore_errors=True)
    bm25 = _build([document.page_content for document in documents])
    _save(bm25, place)
    return KeywordIndex(bm25)


def _build(texts: Iterable[str]) -> BM25:
    from bm25s import BM25

    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when imported

    vocabulary: dict[str, int] = {}
    rows = [[vocabulary.setdefault(token, len(vocabulary)) for token in tokens(text)] for text in texts]
    bm25 = BM25(method="lucene")
    bm25.index((rows, vocabulary), show_progress=False)
    return bm25


def _save(bm25: BM25, place: Path) -> None:
    """Write beside `place`, move there whole, and drop what earlier documents left."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".keyword-", dir=place.parent))
        try:
            bm25.save(fresh, show_progress=False)
            os.replace(fresh, place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        if place.is_dir():  # another process was quicker, and its copy is as good
            return
        raise StorageError(
            f"无法在 {place.parent} 写入关键词索引（{error.strerror or error}）。请检查该文件夹的权限和磁盘空间后重试。"
        ) from error
    for outdated in place.parent.glob("keyword-*"):
        if outdated != place:
            shutil.rmtree(outdated, ignore_errors=True)


def _digest(documents: Sequence[Document]) -> str:
    digest = hashlib.sha256(f"{FORMAT}".encode())
    for document in documents:
        digest.update(f"{document.metadata['id']}\t{document.metadata['hash']}\n".encode())
    return digest.hexdigest()[:16]
