"""The rooms an assessment needs, built by hand so that a test can look into each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from assistant.assessment import Assessor, ClaimReader, LearnedReader, Matcher, TunedReader
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.retrieval import Index, SentenceEncoder, open_store, unpacked
from assistant.service import Assistant
from assistant.settings import REPOSITORY


@dataclass(frozen=True)
class Rooms:
    """The parts of one assessor over one corpus; `embedded` counts the wordings that had to be embedded for it."""

    library: Library
    matcher: Matcher
    learned: LearnedReader
    claims: ClaimReader
    assessor: Assessor
    embedded: int


@pytest.fixture(scope="session")
def phrases() -> dict[str, list[str]]:
    """The word lists of the shipped corpus."""
    lists: dict[str, list[str]] = yaml.safe_load((REPOSITORY / "corpus" / "language.yaml").read_text(encoding="utf-8"))
    return lists


@pytest.fixture(scope="session")
def claims(phrases: dict[str, list[str]]) -> ClaimReader:
    return ClaimReader(phrases)


@pytest.fixture(scope="session")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> TunedReader:
    """The shipped layers over the bundled encoder; needs no index."""
    return TunedReader(unpacked(tmp_path_factory.mktemp("encoder")))


@pytest.fixture(scope="session")
def encoder(assistant: Assistant) -> SentenceEncoder:
    return assistant.encoder


@pytest.fixture(scope="session")
def build(
    data_folder: Path,
    encoder: SentenceEncoder,
    claims: ClaimReader,
    tuned: TunedReader,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Library], Rooms]:
    """Make the rooms of a library from a copy of the ready index, in which only what is new is embedded."""

    def build(library: Library) -> Rooms:
        folder = tmp_path_factory.mktemp("rooms")
        shutil.copytree(data_folder / "index" / "practices", folder / "index" / "practices")
        index = Index("practices", open_store("practices", folder), encoder, folder)
        wordings = library.practices()
        embedded = index.build(wordings)
        matcher = Matcher(wordings, index.vectors([str(row.id) for row in wordings]))
        learned = LearnedReader.kept(library, claims, data_folder if library_is_shipped(library) else folder)
        assessor = Assessor(library, Citations(library), matcher, learned, tuned, claims, encoder.encode_query)
        return Rooms(library, matcher, learned, claims, assessor, embedded)

    return build


def library_is_shipped(library: Library) -> bool:
    return library.corpus.folder == REPOSITORY / "corpus"


@pytest.fixture(scope="session")
def shipped(build: Callable[[Library], Rooms], library: Library) -> Rooms:
    """The rooms of the shipped corpus."""
    return build(library)


Compare = Callable[[Rooms, Sequence[str]], list[str]]


@pytest.fixture(scope="session")
def nearest(encoder: SentenceEncoder) -> Compare:
    """The id of the indicator that each text comes closest to."""

    def nearest(rooms: Rooms, texts: Sequence[str]) -> list[str]:
        similarity = rooms.matcher.compare(texts, encoder.encode_query(texts))
        return [rooms.matcher.indicators[int(row.argmax())] for row in similarity.indicators]

    return nearest
