"""The servers that other integration tests rely on answer, so that a fault there is seen here first."""

from __future__ import annotations

import httpx
from sqlalchemy import create_engine, text


def test_the_postgresql_fixture_answers_in_utf8(postgres_url: str) -> None:
    with create_engine(postgres_url).connect() as connection:
        assert (
            connection.execute(text("select '合规' || current_setting('server_encoding')")).scalar_one() == "合规UTF8"
        )


def test_the_chroma_fixture_answers(chroma_url: str) -> None:
    assert httpx.get(f"{chroma_url}/api/v2/heartbeat", trust_env=False).is_success
