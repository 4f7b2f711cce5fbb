"""The encoder on ONNX Runtime computes what the same folder computes on PyTorch."""

from __future__ import annotations

import importlib.util
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from sentence_transformers import SentenceTransformer

from assistant.retrieval import SentenceEncoder
from assistant.retrieval.bundled import PROMPTS, read_weights, weights_file
from assistant.retrieval.runtime import GRAPH, map_tensors, open_runtime
from assistant.settings import REPOSITORY

TEXTS = [
    "中介帮客户伪造流水骗贷款怎么处罚？",
    "An unlicensed broker charges a 12.5% success fee; is that legal?",
    "收费😀👍🏽",
    "",
    " ",
    "\n\u3000",
    "贷",
    "第一条　为了规范贷款市场，" * 160,
    "助贷平台可以向借款人收费吗",
]


@pytest.fixture(scope="module")
def folder(encoder: SentenceEncoder, data: Path) -> Path:
    return next(data.glob("encoder-*"))


@pytest.fixture(scope="module")
def reference(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu")


@pytest.fixture(scope="module")
def runtime(folder: Path) -> SentenceTransformer:
    return open_runtime(folder, PROMPTS)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("encoder_graph", REPOSITORY / "scripts" / "encoder_graph.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("batch", [1, 3, 16])
def test_vectors_are_those_of_the_torch_model(
    runtime: SentenceTransformer, reference: SentenceTransformer, batch: int
) -> None:
    for ours, theirs in (
        (runtime.encode_query(TEXTS, batch_size=batch), reference.encode_query(TEXTS, batch_size=batch)),
        (runtime.encode_document(TEXTS, batch_size=batch), reference.encode_document(TEXTS, batch_size=batch)),
    ):
        assert np.abs(ours - theirs).max() < 1e-4


def test_the_vectors_of_tokens_are_those_of_the_torch_model(
    runtime: SentenceTransformer, reference: SentenceTransformer
) -> None:
    ours, theirs = (model.encode(TEXTS, output_value="token_embeddings") for model in (runtime, reference))
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        assert float((one - other).abs().max()) < 1e-3


def test_the_number_of_threads_does_not_change_a_vector(runtime: SentenceTransformer) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = runtime.encode_document(TEXTS * 2)
        torch.set_num_threads(3)
        together = runtime.encode_document(TEXTS * 2)
    finally:
        torch.set_num_threads(before)
    assert np.abs(alone - together).max() < 1e-6


def test_one_thread_is_used_where_torch_may_use_one(encoder: SentenceEncoder) -> None:
    encoder.encode_query(TEXTS)
    wall, work = time.perf_counter(), time.process_time()
    encoder.encode_query(TEXTS)
    assert time.process_time() - work <= 1.3 * (time.perf_counter() - wall)


def test_threads_that_encode_at_the_same_time_get_their_own_vectors(runtime: SentenceTransformer) -> None:
    expected = runtime.encode_query(TEXTS)
    with ThreadPoolExecutor(2) as pool:
        rounds = [pool.submit(runtime.encode_query, texts) for texts in (TEXTS, TEXTS[::-1]) * 2]
        for number, vectors in enumerate(rounds):
            ours = vectors.result()[::-1] if number % 2 else vectors.result()
            assert np.abs(ours - expected).max() < 1e-6


def test_a_model_trained_further_is_read_from_its_folder(
    folder: Path, tmp_path: Path, runtime: SentenceTransformer
) -> None:
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    tensors = load_file(folder / "model.safetensors")
    tensors["encoder.layer.11.output.dense.weight"] *= 1.1
    save_file(tensors, tmp_path / "model.safetensors")
    moved = open_runtime(tmp_path, PROMPTS).encode_query(TEXTS[:1])
    assert np.abs(moved - runtime.encode_query(TEXTS[:1])).max() > 1e-3


def test_mapped_tensors_are_those_of_the_file(folder: Path) -> None:
    mapped, loaded = map_tensors(folder / "model.safetensors"), load_file(folder / "model.safetensors")
    assert mapped.keys() == loaded.keys()
    assert all(np.array_equal(mapped[name], loaded[name]) for name in loaded if "layer.3" in name or "bias" in name)


def test_the_shipped_graph_is_what_the_script_builds(script: ModuleType) -> None:
    built = script.build(read_weights(weights_file()))
    assert built.SerializeToString(deterministic=True) == GRAPH.read_bytes(), "run: python scripts/encoder_graph.py"


def test_the_shipped_graph_holds_no_weights() -> None:
    assert GRAPH.stat().st_size < 100_000
