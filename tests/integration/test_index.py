"""The index on a real embedded Chroma: what is embedded when, and when it answers."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from langchain_core.documents import Document

from assistant.errors import AssistantError, IndexUnavailable, StorageError
from assistant.retrieval import Index, IndexProgress, SentenceEncoder, load_encoder, open_store
from assistant.retrieval.encoder import Vectors
from assistant.settings import REPOSITORY


def chunk(id: str, text: str = "", core: bool = True) -> Document:
    text = text or f"第{id}条 贷款中介不得从事第{id}种行为"
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    metadata = {"id": id, "row": id, "hash": digest, "kind": "rule", "source_id": f"law-{id[0]}", "core": core}
    return Document(id=id, page_content=text, metadata=metadata)


CORE = [chunk(f"a{number}") for number in range(6)]
REST = [chunk(f"b{number}", core=False) for number in range(40)] + [chunk("a9", core=False)]


class CountingEncoder:
    """The real encoder, watched; it can be told to give out after some passages."""

    def __init__(self, encoder: SentenceEncoder, fingerprint: str = "", gives_out_after: int = 10_000) -> None:
        self._encoder = encoder
        self.fingerprint = fingerprint or encoder.fingerprint
        self.left = gives_out_after
        self.texts: list[str] = []

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_query(texts)

    def encode_passage(self, texts: Sequence[str], gently: bool = False) -> Vectors:
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        self.texts += texts
        return self._encoder.encode_passage(texts, gently)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    return load_encoder("bundled", tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def encoder(bundled: SentenceEncoder) -> CountingEncoder:
    return CountingEncoder(bundled)


def opened(data: Path, encoder: CountingEncoder) -> Index:
    return Index("passages", open_store("passages", data), encoder, data)


def found(index: Index, encoder: CountingEncoder, text: str) -> str:
    return index.search(encoder.encode_query([text])[0], 1)[0][0]


def test_an_unchanged_corpus_is_not_embedded_again(tmp_path: Path, encoder: CountingEncoder) -> None:
    assert opened(tmp_path, encoder).build(CORE) == 6
    encoder.texts.clear()
    again = opened(tmp_path, encoder)
    assert again.build(CORE) == 0
    assert encoder.texts == []
    assert found(again, encoder, CORE[3].page_content) == "a3"


def test_only_an_edited_chunk_is_embedded_and_replaces_the_old_one(tmp_path: Path, encoder: CountingEncoder) -> None:
    opened(tmp_path, encoder).build(CORE)
    encoder.texts.clear()
    index = opened(tmp_path, encoder)
    edited = [chunk("a0", "伪造流水"), *CORE[1:]]
    assert index.build(edited) == 1
    assert encoder.texts == ["伪造流水"]
    assert found(index, encoder, "伪造流水") == "a0"


def test_a_deleted_chunk_is_found_no_more(tmp_path: Path, encoder: CountingEncoder) -> None:
    opened(tmp_path, encoder).build([*CORE, chunk("a7", "伪造流水")])
    encoder.texts.clear()
    index = opened(tmp_path, encoder)
    assert index.build(CORE) == 0
    assert encoder.texts == []
    assert "a7" not in open_store("passages", tmp_path).known()
    assert found(index, encoder, "伪造流水") != "a7"


def test_an_interrupted_build_does_not_answer_and_goes_on_where_it_stopped(
    tmp_path: Path, bundled: SentenceEncoder
) -> None:
    many = [chunk(f"a{number}") for number in range(100)]
    failing = CountingEncoder(bundled, gives_out_after=64)
    half = opened(tmp_path, failing)
    with pytest.raises(KeyboardInterrupt):
        half.build(many)
    with pytest.raises(IndexUnavailable, match=r"64/100.*partner-lens index"):
        found(half, failing, "贷款")
    encoder = CountingEncoder(bundled)
    seen: list[tuple[int, int]] = []
    index = opened(tmp_path, encoder)
    assert index.build(many, progress=lambda done, total: seen.append((done, total))) == 36
    assert seen == [(64, 100), (100, 100)]
    assert found(index, encoder, many[80].page_content) == "a80"


def test_an_edit_that_is_being_built_does_not_answer_with_the_old_half(
    tmp_path: Path, bundled: SentenceEncoder
) -> None:
    opened(tmp_path, CountingEncoder(bundled)).build(CORE)
    failing = CountingEncoder(bundled, gives_out_after=0)
    index = opened(tmp_path, failing)
    with pytest.raises(KeyboardInterrupt):
        index.build([*CORE, chunk("a7")])
    with pytest.raises(IndexUnavailable):
        found(index, failing, "贷款")


def test_the_rest_follows_in_the_background_laws_of_the_corpus_first(tmp_path: Path, encoder: CountingEncoder) -> None:
    index = opened(tmp_path, encoder)
    index.build([*CORE, *REST])
    assert index.progress() == IndexProgress(6, 6, 0, 41)
    encoder.texts.clear()
    index.embed_rest(Event())
    assert encoder.texts[0] == REST[-1].page_content
    assert index.progress() == IndexProgress(6, 6, 41, 41)
    assert found(index, encoder, REST[5].page_content) == "b5"


def test_background_work_stops_when_told_and_resumes_after_a_restart(
    tmp_path: Path, encoder: CountingEncoder, bundled: SentenceEncoder
) -> None:
    stop = Event()

    class Stopping(CountingEncoder):
        def encode_passage(self, texts: Sequence[str], gently: bool = False) -> Vectors:
            if gently:
                stop.set()
            return super().encode_passage(texts, gently)

    index = opened(tmp_path, Stopping(bundled))
    index.build([*CORE, *REST])
    index.embed_rest(stop)
    assert index.progress().rest_done == 32
    again = opened(tmp_path, encoder)
    assert again.build([*CORE, *REST]) == 0
    again.embed_rest(Event())
    assert len(encoder.texts) == 9
    encoder.texts.clear()
    third = opened(tmp_path, encoder)
    third.build([*CORE, *REST])
    third.embed_rest(Event())
    assert encoder.texts == []
    assert third.progress() == IndexProgress(6, 6, 41, 41)


def test_an_index_of_another_encoder_is_refused_until_it_is_rebuilt(
    tmp_path: Path, encoder: CountingEncoder, bundled: SentenceEncoder
) -> None:
    opened(tmp_path, CountingEncoder(bundled, fingerprint="another")).build(CORE)
    index = opened(tmp_path, encoder)
    with pytest.raises(IndexUnavailable, match="partner-lens index --rebuild"):
        index.build(CORE)
    assert index.build(CORE, rebuild=True) == 6
    assert found(index, encoder, CORE[2].page_content) == "a2"


def test_a_damaged_store_is_named_and_can_be_rebuilt(tmp_path: Path, encoder: CountingEncoder) -> None:
    folder = tmp_path / "index" / "passages" / "chroma"
    folder.mkdir(parents=True)
    (folder / "chroma.sqlite3").write_bytes(b"not a database" * 500)
    index = opened(tmp_path, encoder)
    with pytest.raises(IndexUnavailable, match="partner-lens index --rebuild"):
        index.build(CORE)
    assert index.build(CORE, rebuild=True) == 6


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, encoder: CountingEncoder) -> None:
    (tmp_path / "index").write_text("not a folder")
    with pytest.raises(StorageError, match="权限和磁盘空间") as failure:
        opened(tmp_path, encoder).build(CORE)
    assert "\n" not in str(failure.value)


def test_vectors_are_given_in_the_order_asked_for(tmp_path: Path, encoder: CountingEncoder) -> None:
    index = opened(tmp_path, encoder)
    index.build(CORE)
    vectors = index.vectors(["a4", "a1"])
    assert np.allclose(vectors, encoder.encode_passage([CORE[4].page_content, CORE[1].page_content]), atol=1e-4)
    with pytest.raises(IndexUnavailable, match="a77"):
        index.vectors(["a1", "a77"])


def test_two_indexes_live_side_by_side(tmp_path: Path, encoder: CountingEncoder) -> None:
    passages = opened(tmp_path, encoder)
    practices = Index("practices", open_store("practices", tmp_path), encoder, tmp_path)
    passages.build(CORE)
    practices.build([chunk("p1", "承诺包过")])
    assert found(practices, encoder, "贷款") == "p1"
    assert found(passages, encoder, CORE[0].page_content) == "a0"


HOLDER = """
import sys
from pathlib import Path
from filelock import FileLock
folder = Path(sys.argv[1]) / "index" / "passages"
folder.mkdir(parents=True, exist_ok=True)
with FileLock(folder / "writer.lock"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_while_another_process_writes_we_may_read_but_not_write(tmp_path: Path, encoder: CountingEncoder) -> None:
    opened(tmp_path, encoder).build([*CORE, *REST])
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        reader = opened(tmp_path, encoder)
        reader.build([*CORE, *REST])
        assert found(reader, encoder, CORE[1].page_content) == "a1"
        reader.embed_rest(Event())
        assert reader.progress().rest_done == 0
        with pytest.raises(IndexUnavailable, match="另一个进程"):
            opened(tmp_path, encoder).build([chunk("a0", "改过的内容")])
        holder.communicate()


ADDER = """
import sys
from pathlib import Path
import numpy as np
from assistant.retrieval import open_store
store = open_store("passages", Path(sys.argv[1]))
for number in range(200):
    store.add([f"c{number}"], ["x"], np.eye(1, 384, dtype=np.float32), [{"hash": "h", "kind": "rule"}])
"""


def test_reading_works_while_another_process_writes(tmp_path: Path, encoder: CountingEncoder) -> None:
    reader = opened(tmp_path, encoder)
    reader.build(CORE)
    with subprocess.Popen([sys.executable, "-c", ADDER, str(tmp_path)], cwd=REPOSITORY) as writer:
        while writer.poll() is None:
            assert found(reader, encoder, CORE[1].page_content) == "a1"
    assert writer.returncode == 0
    assert len(open_store("passages", tmp_path).known()) == 206
    assert found(reader, encoder, CORE[1].page_content) == "a1"


def test_messages_are_one_line(tmp_path: Path, encoder: CountingEncoder) -> None:
    with pytest.raises(AssistantError) as failure:
        found(opened(tmp_path, encoder), encoder, "贷款")
    assert "\n" not in str(failure.value)
