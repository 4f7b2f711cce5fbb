"""One contract for the kept conversations, run against SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from assistant.errors import StorageError
from assistant.storage import Conversations
from assistant.storage.tables import SCHEMA, SchemaRow, open_database


class ConversationsContract:
    """What every database must do. A subclass provides `address` and `folder`."""

    @pytest.fixture
    def conversations(self, tmp_path: Path, address: str) -> Conversations:
        return Conversations(tmp_path, address)

    def test_a_conversation_is_listed_once_it_has_a_turn(self, conversations: Conversations) -> None:
        id = conversations.new()
        assert conversations.all() == []
        conversations.add_turn(id, "某公司要求客户先交保证金", "{}")
        (summary,) = conversations.all()
        assert (summary.id, summary.title, summary.turns) == (id, "某公司要求客户先交保证金", 1)

    def test_turns_come_back_in_order_and_to_the_letter(self, conversations: Conversations, tmp_path: Path) -> None:
        id = conversations.new()
        texts = ["第一句\n第二行  两个空格", "<b>粗体</b> {{x}} 'OR 1=1", "😀" * 3]
        for text in texts:
            conversations.add_turn(id, text, '{"text": "答复"}')
        assert [(turn.position, turn.text) for turn in conversations.turns(id)] == list(enumerate(texts, start=1))
        assert {turn.reply for turn in conversations.turns(id)} == {'{"text": "答复"}'}

    def test_conversations_survive_a_restart(self, tmp_path: Path, address: str) -> None:
        first = Conversations(tmp_path, address)
        id = first.new()
        first.add_turn(id, "问", "{}")
        assert [turn.text for turn in Conversations(tmp_path, address).turns(id)] == ["问"]

    def test_a_deleted_conversation_is_gone_until_the_deletion_is_undone(self, conversations: Conversations) -> None:
        id = conversations.new()
        conversations.add_turn(id, "问", "{}")
        conversations.delete(id)
        assert (conversations.all(), conversations.turns(id)) == ([], [])
        conversations.undo_delete(id)
        assert [turn.text for turn in conversations.turns(id)] == ["问"]

    def test_the_latest_conversation_comes_first(self, conversations: Conversations) -> None:
        older, newer = conversations.new(), conversations.new()
        conversations.add_turn(newer, "乙", "{}")
        conversations.add_turn(older, "甲", "{}")
        assert [summary.id for summary in conversations.all()] == [older, newer]

    def test_a_conversation_can_be_renamed_but_not_to_nothing(self, conversations: Conversations) -> None:
        id = conversations.new()
        conversations.add_turn(id, "问", "{}")
        conversations.rename(id, "甲公司尽调")
        conversations.rename(id, "   ")
        assert conversations.all()[0].title == "甲公司尽调"

    def test_a_long_first_message_is_shortened_in_the_title(self, conversations: Conversations) -> None:
        id = conversations.new()
        conversations.add_turn(id, "长" * 500, "{}")
        assert len(conversations.all()[0].title) == 30

    def test_a_null_character_is_kept_as_a_mark_of_the_same_length(self, conversations: Conversations) -> None:
        id = conversations.new()
        conversations.add_turn(id, "前\0后", "{}")
        assert conversations.turns(id)[0].text == "前\ufffd后"

    def test_writing_to_an_unknown_conversation_is_a_named_failure(self, conversations: Conversations) -> None:
        with pytest.raises(StorageError, match="找不到这段对话"):
            conversations.add_turn("none", "问", "{}")

    def test_an_unknown_conversation_has_no_turns(self, conversations: Conversations) -> None:
        assert conversations.turns("none") == []

    def test_turns_added_at_once_from_two_places_all_arrive(self, conversations: Conversations) -> None:
        id = conversations.new()

        def add(name: str) -> None:
            for number in range(5):
                conversations.add_turn(id, f"{name}{number}", "{}")

        writers = [threading.Thread(target=add, args=(name,)) for name in "甲乙丙"]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert [turn.position for turn in conversations.turns(id)] == list(range(1, 16))

    def test_a_database_of_a_newer_version_is_refused(self, tmp_path: Path, address: str) -> None:
        engine = open_database(tmp_path, address)
        with engine.begin() as connection:
            connection.execute(SchemaRow.__table__.update().values(version=SCHEMA + 1))
        engine.dispose()
        with pytest.raises(StorageError, match="更新的版本"):
            Conversations(tmp_path, address).all()


class TestSqlite(ConversationsContract):
    @pytest.fixture
    def address(self) -> str:
        return ""


@pytest.mark.server
class TestPostgresql(ConversationsContract):
    @pytest.fixture
    def address(self, postgres_url: str) -> str:
        """A database of its own for each test."""
        name = f"test_{uuid4().hex}"
        server = make_url(postgres_url).set(drivername="postgresql")
        with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return server.set(database=name).render_as_string(hide_password=False)
