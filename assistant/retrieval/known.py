"""Vectors that come with the package: what the bundled encoder makes of the texts we ship.

Embedding 25,000 articles takes a laptop half an hour, and they are the same articles on every laptop. So their vectors
are computed once and kept beside this module at one byte a number (cosine to the full vector above .9999). A text is
looked up by its digest: one that was edited, or read by another encoder, is simply not found and embedded as usual.

    python scripts/known_vectors.py      computes what is missing and writes the file again
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("known.npz")

Vectors = NDArray[np.float32]


class KnownVectors:
    """Unit vectors by text, as far as they are known."""

    def __init__(self, keys: NDArray[np.uint64], values: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        self._keys = keys
        self._values = values
        self._scales = scales

    def find(self, text: str) -> Vectors | None:
        """The vector of `text`, or None where it is not known."""
        key = _key(text)
        at = int(np.searchsorted(self._keys, np.uint64(key)))
        if at == len(self._keys) or self._keys[at] != key:
            return None
        return np.asarray(self._values[at] * self._scales[at], np.float32)


def load_known(fingerprint: str, path: Path = FILE) -> KnownVectors:
    """The vectors kept in `path` for the encoder with this fingerprint; none where the file is of another."""
    if path.is_file():
        with np.load(path) as kept:
            if str(kept["fingerprint"]) == fingerprint:
                return KnownVectors(kept["keys"], kept["values"], kept["scales"])
    return KnownVectors(np.zeros(0, np.uint64), np.zeros((0, 0), np.int8), np.zeros(0, np.float32))


def save_known(fingerprint: str, texts: Sequence[str], vectors: Vectors, path: Path = FILE) -> None:
    """Keep the vectors of `texts` in `path`."""
    keys, first = np.unique(np.array([_key(text) for text in texts], np.uint64), return_index=True)
    scales = np.abs(vectors[first]).max(axis=1) / 127
    values = np.rint(vectors[first] / scales[:, None]).astype(np.int8)
    np.savez(path, fingerprint=fingerprint, keys=keys, values=values, scales=scales.astype(np.float32))


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
