"""The bundled encoder, unpacked once for all tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.retrieval import SentenceEncoder, load_encoder


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoder")


@pytest.fixture(scope="session")
def encoder(data: Path) -> SentenceEncoder:
    encoder = load_encoder("bundled", data)
    encoder.warm()
    return encoder
