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
from assistant.retrieval.runtime import (
    FORK,
    GRAPH,
    GRAPH_FORKED,
    ForkedReader,
    TokenReader,
    map_tensors,
    open_runtime,
)
from assistant.retrieval.runtime import _parts as parts_of
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


def test_the_shipped_forked_graph_is_what_the_script_builds(script: ModuleType) -> None:
    built = script.build(read_weights(weights_file()), eight_bits=True, fork=FORK)
    assert built.SerializeToString(deterministic=True) == GRAPH_FORKED.read_bytes(), "run scripts/encoder_graph.py"


@pytest.mark.parametrize("graph", [GRAPH, GRAPH_FORKED])
def test_a_shipped_graph_holds_no_weights(graph: Path) -> None:
    assert graph.stat().st_size < 100_000


# --- reading token by token -------------------------------------------------------------------------------------------

SENTENCES = ["业务员让客户带着亲友到场签字。", "合同写明严禁收取前期费用。", "An unlicensed broker charges a fee. "]
SAME = 0.99  # cosine: matrices are multiplied in eight bits
LONGEST = 64  # tokens; short, so that a test reads many parts in little time


@pytest.fixture(scope="module")
def tokens(folder: Path) -> TokenReader:
    return TokenReader(folder, {})


def spans_of(sentences: list[str]) -> list[tuple[int, int]]:
    ends = np.cumsum([len(sentence) for sentence in sentences]).tolist()
    return [(end - len(sentence), end) for end, sentence in zip(ends, sentences, strict=True)]


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) < 400])
def test_with_no_layer_replaced_the_mean_points_where_the_vector_of_the_encoder_does(
    tokens: TokenReader, runtime: SentenceTransformer, text: str
) -> None:
    mean, inside = tokens.read(PROMPTS["query"], text, [], 480)
    assert float(mean @ runtime.encode_query(text)) / np.linalg.norm(mean) > SAME
    assert inside.shape == (0, len(mean))


def test_a_replaced_layer_changes_what_is_read(folder: Path, tokens: TokenReader) -> None:
    name = "encoder.layer.11.output.dense.weight"
    moved = TokenReader(folder, {name: map_tensors(folder / "model.safetensors")[name] * np.float32(1.1)})
    ours, theirs = (reader.read("query: ", TEXTS[0], [], 480)[0] for reader in (moved, tokens))
    assert np.abs(ours - theirs).max() > 1e-3
    assert np.array_equal(theirs, tokens.read("query: ", TEXTS[0], [], 480)[0])


def test_the_vector_of_a_span_is_the_mean_of_its_tokens(tokens: TokenReader, runtime: SentenceTransformer) -> None:
    text = "".join(SENTENCES)
    states = runtime.encode(text, prompt="query: ", output_value="token_embeddings").numpy()
    _, inside = tokens.read("query: ", text, spans_of(SENTENCES), 480)
    found = runtime[0].tokenizer.encode("query: " + text)
    for row, (start, end) in enumerate(spans_of(SENTENCES)):
        own = [at for at, (left, right) in enumerate(found.offsets) if max(left, start + 7) < min(right, end + 7)]
        mean = states[own].mean(axis=0)
        assert float(inside[row] @ mean) / np.linalg.norm(inside[row]) / np.linalg.norm(mean) > SAME


def test_a_span_without_a_token_has_a_zero_vector(tokens: TokenReader) -> None:
    _, inside = tokens.read("query: ", SENTENCES[0], [(0, 5), (3, 3)], 480)
    assert inside[0].any()
    assert not inside[1].any()


def test_a_long_text_is_read_in_parts_that_begin_with_a_span(tokens: TokenReader) -> None:
    sentences = SENTENCES * 20
    text = "".join(sentences)
    mean, inside = tokens.read("query: ", text, spans_of(sentences), LONGEST)
    whole, beside = tokens.read("query: ", text, spans_of(sentences), 480)
    assert inside.shape == (60, len(mean))
    assert inside.any(axis=1).all()
    cosines = (inside * beside).sum(axis=1) / np.linalg.norm(inside, axis=1) / np.linalg.norm(beside, axis=1)
    assert cosines.min() > 0.8
    assert float(mean @ whole) / np.linalg.norm(mean) / np.linalg.norm(whole) > 0.95


@pytest.mark.parametrize("spans", [[], [(0, 4000)]])
def test_a_long_text_without_beginnings_is_cut_where_it_must_be(
    tokens: TokenReader, spans: list[tuple[int, int]]
) -> None:
    mean, inside = tokens.read("query: ", "山高水长" * 1000, spans, LONGEST)
    assert np.isfinite(mean).all()
    assert inside.any(axis=1).tolist() == [True] * len(spans)


@pytest.mark.parametrize("length", range(3, 12))
def test_no_part_is_longer_than_allowed_and_no_token_is_lost(length: int) -> None:
    ids = np.arange(40)
    edges = np.array([(0, 0), *((at, at + 1) for at in range(38)), (0, 0)])
    parts = parts_of(ids, edges, [(0, 5), (5, 9), (9, 38)], length)
    assert np.concatenate([ids[part] for part in parts]).tolist() == ids.tolist()
    assert all(0 < part.stop - part.start <= length for part in parts)


# --- reading twice at once --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def upper(folder: Path) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    weights = map_tensors(folder / "model.safetensors")
    return {
        name: np.array(value)
        for name, value in weights.items()
        if name.startswith("encoder.layer.") and int(name.split(".")[2]) >= FORK
    }


@pytest.mark.parametrize("text", TEXTS[:3])
def test_a_fork_with_the_bundled_layers_reads_the_same_twice(
    folder: Path,
    upper: dict[str, np.ndarray],
    runtime: SentenceTransformer,
    text: str,  # type: ignore[type-arg]
) -> None:
    bundled, trained = ForkedReader(folder, upper).read(PROMPTS["query"] + text, 480)
    assert np.allclose(bundled, trained, atol=1e-6)
    assert float(bundled @ runtime.encode_query(text)) / np.linalg.norm(bundled) > SAME


def test_trained_layers_move_only_their_own_vector(
    folder: Path,
    upper: dict[str, np.ndarray],  # type: ignore[type-arg]
) -> None:
    moved = {name: value * np.float32(1.2) if name.endswith("dense.weight") else value for name, value in upper.items()}
    before, after = (ForkedReader(folder, layers).read("query: 催收", 480) for layers in (upper, moved))
    assert np.allclose(before[0], after[0], atol=1e-6)
    assert not np.allclose(before[1], after[1], atol=1e-3)


def test_a_fork_reads_no_more_than_it_may(folder: Path, upper: dict[str, np.ndarray]) -> None:  # type: ignore[type-arg]
    reader = ForkedReader(folder, upper)
    assert np.allclose(reader.read("催收" * 300, 32)[0], reader.read("催收" * 200, 32)[0], atol=1e-6)
