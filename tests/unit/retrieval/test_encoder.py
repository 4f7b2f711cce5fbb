"""Encoders are unpacked once, repaired when damaged, and refused with a next step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import SettingsError, StorageError
from assistant.retrieval import SentenceEncoder, load_encoder
from assistant.retrieval.encoder import Remembering, Vectors

TEXT = "贷款中介收取高额服务费"


def only(folder: Path) -> Path:
    return next(folder.glob("encoder-*"))


def test_vectors_have_length_one_and_one_row_a_text(encoder: SentenceEncoder) -> None:
    for vectors in (encoder.encode_query([TEXT, "天气"]), encoder.encode_passage([TEXT, "天气"])):
        assert vectors.dtype == np.float32
        assert vectors.shape == (2, encoder.dimensions)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode_query([]).shape == (0, encoder.dimensions)
    assert encoder.encode_passage([]).shape == (0, encoder.dimensions)


def test_related_texts_lie_nearer_than_unrelated_ones(encoder: SentenceEncoder) -> None:
    query, near, far = (
        encoder.encode_query(["中介帮人做假流水"]),
        encoder.encode_passage(["伪造银行流水申请贷款"]),
        encoder.encode_passage(["渔业资源保护区的设立"]),
    )
    assert float(query[0] @ near[0]) > float(query[0] @ far[0]) + 0.02


def test_questions_and_passages_may_be_encoded_at_the_same_time(encoder: SentenceEncoder) -> None:
    expected = encoder.encode_query([TEXT])
    with ThreadPoolExecutor(4) as pool:
        passages = [pool.submit(encoder.encode_passage, [TEXT + str(n)] * 3, True) for n in range(3)]
        queries = [pool.submit(encoder.encode_query, [TEXT]) for _ in range(6)]
        assert all(np.allclose(query.result(), expected, atol=1e-5) for query in queries)
        assert all(passage.result().shape == (3, encoder.dimensions) for passage in passages)


def test_a_text_that_comes_back_is_encoded_once_while_it_is_remembered(encoder: SentenceEncoder) -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return encoder.encode_passage(texts)

    remembered = Remembering(encode, size=2)
    first = remembered([TEXT, "天气", TEXT])
    assert asked == [TEXT, "天气"]
    assert np.allclose(first, encoder.encode_passage([TEXT, "天气", TEXT]), atol=1e-5)
    assert np.allclose(remembered(["天气"]), first[1:2])
    assert remembered([]).shape == (0, encoder.dimensions)
    assert asked == [TEXT, "天气"]
    remembered(["第三句"])  # pushes out what was longest not asked for
    remembered(["天气", TEXT])
    assert asked == [TEXT, "天气", "第三句", TEXT]


def test_a_second_start_uses_the_unpacked_folder(encoder: SentenceEncoder, data: Path) -> None:
    written = (only(data) / "model.safetensors").stat().st_mtime_ns
    again = load_encoder("bundled", data)
    assert np.allclose(again.encode_query([TEXT]), encoder.encode_query([TEXT]), atol=1e-5)
    assert again.fingerprint == encoder.fingerprint
    assert (only(data) / "model.safetensors").stat().st_mtime_ns == written


@pytest.mark.parametrize(("name", "is_missing"), [("model.safetensors", False), ("tokenizer.json", True)])
def test_a_folder_with_a_missing_or_cut_file_is_unpacked_again(
    encoder: SentenceEncoder, data: Path, tmp_path: Path, name: str, is_missing: bool
) -> None:
    copy = tmp_path / only(data).name
    shutil.copytree(only(data), copy)
    if is_missing:
        (copy / name).unlink()
    else:
        os.truncate(copy / name, 100)
    assert np.allclose(load_encoder("bundled", tmp_path).encode_query([TEXT]), encoder.encode_query([TEXT]), atol=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == [copy.name]


def test_an_unusable_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="PARTNER_LENS_DATA") as failure:
        load_encoder("bundled", tmp_path / "file").warm()
    assert "\n" not in str(failure.value)


def test_a_folder_with_a_model_serves_as_encoder(encoder: SentenceEncoder, data: Path) -> None:
    named = load_encoder(str(only(data)), data)
    assert np.allclose(named.encode_query([TEXT]), encoder.encode_query([TEXT]), atol=1e-5)
    assert named.fingerprint == load_encoder(str(only(data)), data).fingerprint
    assert named.fingerprint != encoder.fingerprint


def test_a_folder_without_a_model_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="bundled") as failure:
        load_encoder(str(tmp_path), tmp_path)
    assert "\n" not in str(failure.value)
