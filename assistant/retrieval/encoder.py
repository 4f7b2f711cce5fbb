"""Text to vectors, by any sentence-transformers model.

The bundled model is unpacked once into the data folder and sealed with the digests of its files; a folder that does not
match its seal is unpacked again. It runs on ONNX Runtime (`runtime.py`), any other on PyTorch. Importing
sentence-transformers takes seconds, so it happens at the first text and not at start-up: a page can be up while `warm`
runs in the background.
"""

from __future__ import annotations

import copy
import hashlib
import json
import logging
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assistant.errors import SettingsError, StorageError
from assistant.retrieval.bundled import LAYOUT, PROMPTS, unpack, weights_file
from assistant.retrieval.known import KnownVectors, load_known

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

BUNDLED = "bundled"
_SEAL = "seal.json"
_BATCH = 16

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors, one row a text; the dot product of two rows is their cosine."""

    @property
    def fingerprint(self) -> str:
        """Changes with the weights and with the preparation of the text: vectors of two fingerprints never mix."""

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Encode questions or descriptions."""

    def encode_passage(self, texts: Sequence[str], gently: bool = False) -> Vectors:
        """Encode the texts that are searched; `gently` leaves half of the machine to others."""


class Remembering:
    """Vectors of texts that come back: each is encoded once while it is among the last `size` asked for.

    A conversation is read again at every turn; only what the turn adds is new. Safe to share between threads.
    """

    def __init__(self, encode: Callable[[Sequence[str]], Vectors], size: int = 4096) -> None:
        self._encode = encode
        self._size = size
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """One row a text, as `encode` gives them."""
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        if new := [text for text in dict.fromkeys(texts) if text not in found]:
            found |= zip(new, self._encode(new), strict=True)
        with self._lock:
            for text in found:
                self._kept[text] = found[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return np.stack([found[text] for text in texts]) if texts else self._encode(texts)


class SentenceEncoder:
    """An `Encoder` over a SentenceTransformer that is loaded when first needed. Safe to share between threads.

    Passages in `known` are looked up there and not encoded.
    """

    def __init__(self, fingerprint: str, load: Callable[[], SentenceTransformer], known: KnownVectors) -> None:
        self._fingerprint = fingerprint
        self._load = load
        self._known = known
        self._loading = threading.Lock()
        self._queries = threading.Lock()
        self._passages = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Changes with the weights and with the preparation of the text."""
        return self._fingerprint

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def warm(self) -> None:
        """Load the model now, so that the first text need not wait for it."""
        with self._loading:
            _ = self._model

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Encode questions or descriptions."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        self.warm()
        # One thread: a short text gains little from a second, and loses much where the cores are busy.
        with self._queries, _threads(1):
            return _unit(self._model.encode_query(list(texts), batch_size=_BATCH, show_progress_bar=False))

    def encode_passage(self, texts: Sequence[str], gently: bool = False) -> Vectors:
        """Encode the texts that are searched; `gently` leaves half of the machine to others."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        found = [self._known.find(text) for text in texts]
        missing = [text for text, vector in zip(texts, found, strict=True) if vector is None]
        fresh = iter(self._encode_passage(missing, gently) if missing else ())
        return _unit([next(fresh) if vector is None else vector for vector in found])

    def _encode_passage(self, texts: Sequence[str], gently: bool) -> Vectors:
        self.warm()
        cores = os.cpu_count() or 1
        with self._passages, _threads(max(1, cores // 2) if gently else cores):
            return _unit(self._twin.encode_document(texts, batch_size=_BATCH, show_progress_bar=False))

    @cached_property
    def _model(self) -> SentenceTransformer:
        return self._load()

    @cached_property
    def _twin(self) -> SentenceTransformer:
        """The same weights with a tokenizer of its own, so that a question need not wait for a batch of passages."""
        weights = (*self._model.parameters(), *self._model.buffers())
        return copy.deepcopy(self._model, {id(tensor): tensor for tensor in weights})


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def load_encoder(name: str, data: Path) -> SentenceEncoder:
    """The encoder of the setting: `bundled`, a folder with a sentence-transformers model, or a hub id.

    The bundled one costs nothing until its first text. Any other is loaded here, because its fingerprint is taken from
    its weights. Raises `SettingsError` when it cannot be loaded.
    """
    if name == BUNDLED:
        fingerprint = _bundled_fingerprint()
        return SentenceEncoder(fingerprint, lambda: _open_bundled(data), load_known(fingerprint))
    model = _open_named(name)
    fingerprint = _fingerprint(name, model)
    return SentenceEncoder(fingerprint, lambda: model, load_known(fingerprint))


def unpacked(data: Path) -> Path:
    """The folder below `data` with the bundled model, unpacked now if it is not there whole. Raises `StorageError`."""
    folder = data / f"encoder-{_bundled_fingerprint()}"
    if not _is_sealed(folder):
        _unpack_sealed(weights_file(), folder)
    return folder


def _bundled_fingerprint() -> str:
    return f"e5-small-q4-{_digest(weights_file())[:12]}-{LAYOUT}"


def _open_bundled(data: Path) -> SentenceTransformer:
    folder = unpacked(data)
    from assistant.retrieval.runtime import open_runtime

    return open_runtime(folder, PROMPTS)


def _open_named(name: str) -> SentenceTransformer:
    try:
        model = _open(name)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"无法加载编码模型 {name}（{_first_line(error)}）。"
            "请检查 PARTNER_LENS_ENCODER 的文件夹或名称、确认网络可用，或改回 bundled。"
        ) from error
    if not any(model.prompts.values()) and "e5" in Path(name).name.lower():
        model.prompts = dict(PROMPTS)
    return model


def _open(name: str) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(name)


def _fingerprint(name: str, model: SentenceTransformer) -> str:
    """Of the start of every tensor: training moves them all, and reading them all would take seconds."""
    digest = hashlib.sha256(json.dumps([model.prompts, model.max_seq_length], sort_keys=True).encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key}{tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().flatten()[:1024].float().cpu().numpy().tobytes())
    return f"{Path(name).name}-{digest.hexdigest()[:12]}"


def _unpack_sealed(source: Path, folder: Path) -> None:
    """Unpack beside `folder` and move it there whole, so that nobody ever sees half a model."""
    log.info("unpacking the bundled encoder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".encoder-", dir=folder.parent))
        try:
            unpack(source, fresh)
            files = sorted(path for path in fresh.rglob("*") if path.is_file())
            seal = {path.relative_to(fresh).as_posix(): _digest(path) for path in files}
            (fresh / _SEAL).write_text(json.dumps(seal, indent=1), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        if not _is_sealed(folder):  # else another process was quicker, and its copy is as good
            raise StorageError(
                f"无法在 {folder.parent} 写入编码模型（{error.strerror or error}）。"
                "请检查该文件夹的权限和磁盘空间，或用 PARTNER_LENS_DATA 换一个位置。"
            ) from error


def _is_sealed(folder: Path) -> bool:
    try:
        seal = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
        return isinstance(seal, dict) and all(_digest(folder / name) == digest for name, digest in seal.items())
    except (OSError, ValueError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unit(vectors: ArrayLike) -> Vectors:
    rows = np.asarray(vectors, np.float32)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
