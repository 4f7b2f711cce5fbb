"""The tables, and opening the database they live in.

A database is created on first use and carries the number of its schema. One written by a newer version is refused
rather than guessed at. What a driver says in its own words is turned into one line that says what to do next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import ConnectionPoolEntry

from assistant.errors import StorageError

SCHEMA = 1
FILE = "partner-lens.db"


class Base(DeclarativeBase):
    """All tables of Partner Lens."""


class SchemaRow(Base):
    """Which schema the database was written with; one row."""

    __tablename__ = "partner_lens_schema"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ConversationRow(Base):
    """One conversation. `deleted_at` hides it and can be taken back."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)
    turns: Mapped[list[TurnRow]] = relationship(order_by="TurnRow.position", back_populates="conversation")


class TurnRow(Base):
    """One exchange: the user's words as received, and the reply as JSON."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("conversation_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    conversation: Mapped[ConversationRow] = relationship(back_populates="turns")


class DossierRow(Base):
    """What is known of a partner by name, over all conversations: its standing facts as JSON."""

    __tablename__ = "dossiers"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    facts: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def now() -> datetime:
    """The present, with its time zone."""
    return datetime.now(UTC)


def open_database(folder: Path, address: str = "") -> Engine:
    """Open the database at `address`, or the SQLite file in `folder`, creating what is missing.

    Raises `StorageError` for an address, folder, server or schema that cannot be used.
    """
    engine = create_engine(_url(folder, address), pool_pre_ping=bool(address))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        with told(address):
            Base.metadata.create_all(engine)
            with Session(engine) as session, session.begin():
                found = session.scalar(select(SchemaRow.version))
                if found is None:
                    session.add(SchemaRow(version=SCHEMA))
        if found is not None and found > SCHEMA:
            raise StorageError(
                f"数据库由更新的版本写入（结构 {found}，本程序 {SCHEMA}）。请升级程序，或改用另一个数据库。"
            )
    except StorageError:
        engine.dispose()
        raise
    return engine


@contextmanager
def told(address: str) -> Iterator[None]:
    """Turn what the database complains about into a `StorageError` that says what to do."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StorageError(_in_plain_words(str(getattr(error, "orig", None) or error), address)) from error


def _url(folder: Path, address: str) -> URL:
    if not address:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"数据文件夹 {folder} 无法建立。请检查权限，或用 PARTNER_LENS_DATA 指定另一个文件夹。"
            ) from error
        return URL.create("sqlite", database=str(folder / FILE))
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StorageError(
            "数据库地址无法识别。请把 PARTNER_LENS_DATABASE_URL 写成 postgresql://用户:口令@主机/库名。"
        ) from error
    # The one PostgreSQL driver we install, whatever way its address is usually written.
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # The driver must not begin transactions by itself; _begin_sqlite does.
    cursor = connection.cursor()
    # Write-ahead logging lets the page read while another tab writes.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Taking the write lock at once makes "read the last position, write the next" one step for two tabs.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _in_plain_words(said: str, address: str) -> str:
    lower = said.lower()
    if "disk is full" in lower or "no space left" in lower:
        return "磁盘已满，对话未能保存。请清理磁盘空间后重试。"
    if "readonly" in lower or "unable to open" in lower or "read-only" in lower or "permission denied" in lower:
        return "数据文件夹不可写，对话无法保存。请检查权限，或用 PARTNER_LENS_DATA 指定另一个文件夹。"
    if "locked" in lower:
        return "数据库正被另一个程序占用。请关闭占用它的程序，稍后重试。"
    if "not a database" in lower or "malformed" in lower:
        return f"数据库文件已损坏。请移走数据文件夹中的 {FILE}（或从备份恢复）后重试。"
    if address:
        return "连接不上数据库服务器，或它拒绝了请求。请检查 PARTNER_LENS_DATABASE_URL 与服务器状态后重试。"
    return "数据库读写失败。请检查数据文件夹后重试。"
