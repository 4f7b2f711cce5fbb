"""Conversations and their turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from assistant.errors import StorageError
from assistant.storage.tables import ConversationRow, DossierRow, TurnRow, now, open_database, told
from assistant.types import ConversationSummary, Turn

TITLE_LENGTH = 30


class Conversations:
    """The kept conversations of one installation; the database is opened, and created, on first use."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self._folder = folder
        self._address = address
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    def new(self) -> str:
        """Begin a conversation and return its id. It is listed once it has a turn."""
        id = uuid4().hex
        with self._session() as session:
            session.add(ConversationRow(id=id, title="", created_at=now(), updated_at=now()))
        return id

    def all(self) -> list[ConversationSummary]:
        """Every conversation with at least one turn that is not deleted, latest first."""
        count = func.count(TurnRow.id)
        query = (
            select(ConversationRow, count)
            .join(ConversationRow.turns)
            .where(ConversationRow.deleted_at.is_(None))
            .group_by(ConversationRow.id)
            .order_by(ConversationRow.updated_at.desc())
        )
        with self._session() as session:
            return [
                ConversationSummary(id=row.id, title=row.title, updated_at=_aware(row.updated_at), turns=turns)
                for row, turns in session.execute(query)
            ]

    def turns(self, id: str) -> list[Turn]:
        """The turns of a conversation in order; none for an unknown or a deleted one."""
        query = (
            select(TurnRow)
            .join(TurnRow.conversation)
            .where(TurnRow.conversation_id == id, ConversationRow.deleted_at.is_(None))
            .order_by(TurnRow.position)
        )
        with self._session() as session:
            return [
                Turn(position=row.position, text=row.text, reply=row.reply, created_at=_aware(row.created_at))
                for row in session.scalars(query)
            ]

    def add_turn(self, id: str, text: str, reply: str) -> None:
        """Append an exchange; the first one names the conversation."""
        with self._session() as session:
            row = self._existing(session, id)
            last = session.scalar(select(func.max(TurnRow.position)).where(TurnRow.conversation_id == id))
            # SQL text cannot hold NUL in PostgreSQL; U+FFFD keeps every offset where it was.
            kept = text.replace("\0", "\ufffd")
            position = 1 if last is None else last + 1
            session.add(
                TurnRow(conversation_id=id, position=position, text=kept, reply=reply, created_at=now()),
            )
            row.updated_at = now()
            row.title = row.title or _title(kept)

    def branch(self, id: str, position: int) -> str:
        """A new conversation with the turns of this one before `position`; this one stays as it is. Returns its id."""
        branch = self.new()
        kept = [turn for turn in self.turns(id) if turn.position < position]
        with self._session() as session:
            row = self._existing(session, branch)
            row.title = self._existing(session, id).title
            session.add_all(
                TurnRow(
                    conversation_id=branch,
                    position=turn.position,
                    text=turn.text,
                    reply=turn.reply,
                    created_at=turn.created_at,
                )
                for turn in kept
            )
        return branch

    def dossier(self, name: str) -> str:
        """The facts kept of a partner, as the JSON they were given as; empty for one that is not known."""
        with self._session() as session:
            row = session.get(DossierRow, name)
            return row.facts if row is not None else ""

    def keep_dossier(self, name: str, facts: str) -> None:
        """Keep what is known of a partner in place of what was known before."""
        with self._session() as session:
            session.merge(DossierRow(name=name, facts=facts, updated_at=now()))

    def rename(self, id: str, title: str) -> None:
        """Give a conversation another name; an empty one is ignored."""
        with self._session() as session:
            row = self._existing(session, id)
            row.title = _title(title) or row.title

    def delete(self, id: str) -> None:
        """Hide a conversation; `undo_delete` brings it back."""
        with self._session() as session:
            self._existing(session, id).deleted_at = now()

    def undo_delete(self, id: str) -> None:
        """Bring a deleted conversation back."""
        with self._session() as session:
            self._existing(session, id).deleted_at = None

    def _existing(self, session: Session, id: str) -> ConversationRow:
        # The lock keeps two tabs from writing the same position.
        row = session.get(ConversationRow, id, with_for_update=True)
        if row is None:
            raise StorageError("找不到这段对话，它可能已在别处删除。请新建一段对话后重试。")
        return row

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._opening:
            if self._engine is None:
                self._engine = open_database(self._folder, self._address)
        with told(self._address), Session(self._engine) as session, session.begin():
            yield session


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


def _aware(moment: datetime) -> datetime:
    """SQLite forgets the time zone; all our times are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
