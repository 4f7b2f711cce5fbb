"""The data folder: index, models, conversations."""

from __future__ import annotations

import shutil
from pathlib import Path

from assistant.errors import StorageError

LEAST_FREE = 64 * 2**20  # bytes; a vector store that runs out of room in the middle may wait for ever


def check_folder(folder: Path) -> None:
    """The data folder must exist or be creatable, be writable and have room. Raises `StorageError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StorageError(
            f"数据文件夹 {folder} 不能写入（{error.strerror}）。请检查权限和空间，或用 PARTNER_LENS_DATA 换一个。"
        ) from error
    if free < LEAST_FREE:
        raise StorageError(
            f"数据文件夹 {folder} 所在磁盘只剩 {free // 2**20} MB 空间，至少要 {LEAST_FREE // 2**20} MB。"
            "请清出空间，或用 PARTNER_LENS_DATA 换一个文件夹。"
        )
