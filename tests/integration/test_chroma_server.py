"""One contract for both homes of the vectors: a folder and a server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import IndexUnavailable
from assistant.retrieval import ChromaStore, VectorStore

UNIT = np.eye(4, 8, dtype=np.float32)
ROWS = [{"hash": f"h{number}", "kind": kind} for number, kind in enumerate(("rule", "rule", "case", "case"))]
IDS = ["a", "b", "c", "d"]


@pytest.fixture(params=["folder", pytest.param("server", marks=pytest.mark.server)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStore:
    url = request.getfixturevalue("chroma_url") if request.param == "server" else ""
    store = ChromaStore("contract", tmp_path / "chroma", url)
    store.clear()
    store.add(IDS, ["甲", "乙", "丙", "丁"], UNIT, ROWS)
    return store


class TestVectorStore:
    """What an index relies on."""

    def test_the_nearest_come_first_with_their_cosines(self, store: VectorStore) -> None:
        query = (UNIT[1] * 0.8 + UNIT[2] * 0.6).astype(np.float32)
        found = store.search(query, 2)
        assert [id for id, _ in found] == ["b", "c"]
        assert [similarity for _, similarity in found] == pytest.approx([0.8, 0.6], abs=1e-5)

    def test_a_search_can_be_limited(self, store: VectorStore) -> None:
        assert {id for id, _ in store.search(UNIT[0], 4, {"kind": {"$in": ["case"]}})} == {"c", "d"}

    def test_more_may_be_asked_for_than_there_is(self, store: VectorStore) -> None:
        assert len(store.search(UNIT[0], 100)) == 4

    def test_a_known_id_is_replaced(self, store: VectorStore) -> None:
        store.add(["a"], ["新"], UNIT[3:], [{"hash": "new", "kind": "rule"}])
        assert store.known() == {"a": "new", "b": "h1", "c": "h2", "d": "h3"}
        assert np.allclose(store.vectors(["a"])["a"], UNIT[3])

    def test_deleted_rows_are_gone(self, store: VectorStore) -> None:
        store.delete(["a", "b"])
        assert sorted(store.known()) == ["c", "d"]
        store.delete([])
        assert sorted(store.known()) == ["c", "d"]

    def test_vectors_of_unknown_ids_are_left_out(self, store: VectorStore) -> None:
        assert list(store.vectors(["c", "zz"])) == ["c"]

    def test_the_manifest_is_kept_and_goes_with_the_rows(self, store: VectorStore) -> None:
        assert store.manifest() == {}
        store.write_manifest({"encoder": "x", "core": ""})
        store.write_manifest({"encoder": "x", "core": "done"})
        assert store.manifest() == {"encoder": "x", "core": "done"}
        store.clear()
        assert (store.manifest(), store.known()) == ({}, {})


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    store = ChromaStore("contract", tmp_path, "http://127.0.0.1:9")
    with pytest.raises(IndexUnavailable, match="PARTNER_LENS_CHROMA_URL") as failure:
        store.manifest()
    assert "\n" not in str(failure.value)
