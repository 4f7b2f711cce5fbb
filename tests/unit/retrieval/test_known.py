"""Shipped vectors stand for the encoder's own, and only for those."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.knowledge.library import Library
from assistant.retrieval import SentenceEncoder
from assistant.retrieval.known import FILE, load_known, save_known
from assistant.settings import REPOSITORY

TEXTS = ["第一条　为了规范贷款", "第二条　本办法所称中介", "第一条　为了规范贷款"]


def test_a_kept_vector_is_found_by_its_text(tmp_path: Path) -> None:
    vectors = np.random.default_rng(7).normal(size=(3, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[2] = vectors[0]
    save_known("me", TEXTS, vectors, tmp_path / "known.npz")
    known = load_known("me", tmp_path / "known.npz")
    found = [known.find(text) for text in TEXTS]
    assert all(row is not None and row @ vector > 0.999 for row, vector in zip(found, vectors, strict=True))
    assert known.find("第三条") is None


def test_vectors_of_another_encoder_are_not_used(tmp_path: Path) -> None:
    save_known("other", TEXTS[:1], np.ones((1, 4), np.float32) / 2, tmp_path / "known.npz")
    assert load_known("me", tmp_path / "known.npz").find(TEXTS[0]) is None
    assert load_known("me", tmp_path / "missing.npz").find(TEXTS[0]) is None


def test_a_known_passage_needs_no_model_and_keeps_its_place(tmp_path: Path, encoder: SentenceEncoder) -> None:
    mark = np.eye(1, 384, dtype=np.float32)
    save_known("me", TEXTS[:1], mark, tmp_path / "known.npz")
    known = load_known("me", tmp_path / "known.npz")
    without_model = SentenceEncoder("me", lambda: pytest.fail("the model was loaded"), known)
    assert np.allclose(without_model.encode_passage(TEXTS[:1]), mark)
    mixed = SentenceEncoder("me", lambda: encoder._model, known).encode_passage([TEXTS[1], TEXTS[0]])
    assert np.allclose(mixed[1], mark[0])
    assert np.allclose(mixed[0], encoder.encode_passage([TEXTS[1]])[0], atol=1e-5)


def test_the_shipped_file_covers_the_shipped_knowledge(encoder: SentenceEncoder) -> None:
    library = Library.open(REPOSITORY / "corpus")
    texts = {document.page_content for document in [*library.documents(date.today()), *library.practices()]}
    known = load_known(encoder.fingerprint)
    unknown = sum(known.find(text) is None for text in texts)
    assert unknown / len(texts) < 0.05, f"run: python scripts/known_vectors.py ({FILE.name} is out of date)"


def test_shipped_vectors_are_those_of_the_bundled_encoder(encoder: SentenceEncoder) -> None:
    library = Library.open(REPOSITORY / "corpus")
    known = load_known(encoder.fingerprint)
    texts = [document.page_content for document in library.documents(date.today())][::5000]
    computed = SentenceEncoder("none", lambda: encoder._model, load_known("none")).encode_passage(texts)
    for text, vector in zip(texts, computed, strict=True):
        shipped = known.find(text)
        assert shipped is None or float(shipped @ vector) > 0.999
