"""What was computed from the knowledge and took seconds, kept on disk until the knowledge changes."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from assistant.errors import StorageError

log = logging.getLogger(__name__)

T = TypeVar("T")


def kept(folder: Path, name: str, made_from: str, kind: type[T], make: Callable[[], T]) -> T:
    """The `kind` that was made from `made_from`: read from `folder`, or made now and kept there in place of older ones.

    A file that cannot be read is made again. Raises `StorageError` when it cannot be written.
    """
    path = kept_at(folder, name, made_from)
    if path.is_file():
        try:
            with path.open("rb") as file:
                found = pickle.load(file)
            if isinstance(found, kind):
                return found
        except (
            OSError,
            EOFError,
            ImportError,
            ValueError,
            LookupError,
            AttributeError,
            pickle.PickleError,
        ) as error:
            log.warning("making it again, %s cannot be read: %s", path.name, error)
    made = make()
    _write(path, made)
    for old in folder.glob(f"{name}-*.pickle"):
        if old != path:
            old.unlink(missing_ok=True)
    return made


def kept_at(folder: Path, name: str, made_from: str) -> Path:
    """Where it is kept, or would be."""
    return folder / f"{name}-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.pickle"


def _write(path: Path, value: object) -> None:
    """Write beside `path` and move there whole, so that nobody ever reads half of it."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            pickle.dump(value, file, protocol=5)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"无法在 {path.parent} 保存学到的模型（{error.strerror}）。请检查该文件夹的权限和磁盘空间后重试。"
        ) from error
