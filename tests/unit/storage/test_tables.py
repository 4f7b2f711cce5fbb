"""A database that cannot be used is a named failure of one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from assistant.errors import StorageError
from assistant.storage import Conversations
from assistant.storage.tables import FILE, told


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(StorageError, match="PARTNER_LENS_DATA"):
        Conversations(tmp_path / "file").all()


def test_a_database_path_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StorageError, match="不可写"):
        Conversations(tmp_path).all()


def test_a_damaged_database_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError, match="已损坏"):
        Conversations(tmp_path).all()


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    conversations = Conversations(tmp_path, "postgresql://user:secret@127.0.0.1:9/none")
    with pytest.raises(StorageError, match="连接不上数据库服务器") as raised:
        conversations.all()
    assert "secret" not in str(raised.value)


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="数据库地址无法识别"):
        Conversations(tmp_path, "not an address").all()


@pytest.mark.parametrize(
    ("said", "told_as"),
    [
        ("database or disk is full", "磁盘已满"),
        ("attempt to write a readonly database", "不可写"),
        ("database is locked", "占用"),
        ("something nobody foresaw", "数据库读写失败"),
    ],
)
def test_what_a_driver_says_becomes_one_line_of_advice(said: str, told_as: str) -> None:
    with pytest.raises(StorageError, match=told_as) as raised, told(""):
        raise OperationalError("INSERT", {}, Exception(said))
    assert "\n" not in str(raised.value)


def test_the_database_is_created_only_when_it_is_first_used(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    conversations = Conversations(folder)
    assert not folder.exists()
    assert conversations.all() == []
    assert (folder / FILE).exists()


def test_a_failed_first_use_can_be_tried_again(tmp_path: Path) -> None:
    blocker = tmp_path / "data"
    blocker.write_text("in the way", encoding="utf-8")
    conversations = Conversations(blocker)
    with pytest.raises(StorageError):
        conversations.all()
    blocker.unlink()
    assert conversations.all() == []
