"""Write assistant/retrieval/encoder*.onnx and peaks.npz again: the bundled encoder's computation, no weights.

It is a BERT as the paper draws it, from the vectors of the words on. Every weight is a named place to be filled from
the unpacked model.safetensors, so the file is small and changes only with the shape of the model. Linear layers work
on one row a token, which lets them take their weights as they lie in that file. The second graph multiplies in eight
bits, for readings that need no exact vector. The third does the same and forks: above the layers both share, it reads
once with the bundled layers and once with trained ones. The peaks are the largest inputs of its layers, for rounding.
Needs the package onnx, which nothing does at run time.

    python scripts/encoder_graph.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper
from tokenizers import Tokenizer

from assistant.knowledge import Library
from assistant.retrieval import unpacked
from assistant.retrieval.bundled import PROMPTS, Weights, read_weights, weights_file
from assistant.retrieval.runtime import (
    FORK,
    FORKED,
    GRAPH,
    GRAPH8,
    GRAPH_FORKED,
    PEAKS,
    is_smoothed,
    map_tensors,
    open_session,
)
from assistant.settings import REPOSITORY, load_settings

_EPSILON = 1e-12
_OPSET = 20
_IR = 9
_MICROSOFT = "com.microsoft"
_EACH = 20  # one text of the bank in so many is read for the peaks


class _Graph:
    """Nodes in the order of computation; a value is known by the name of the node that makes it."""

    def __init__(self, hidden: int, eight_bits: bool) -> None:
        self.hidden = hidden
        self.eight_bits = eight_bits
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self.constants: list[TensorProto] = []

    def node(self, name: str, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def weight(self, name: str, *shape: int, kind: int = TensorProto.FLOAT) -> str:
        tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="model.safetensors")
        self.weights.append(tensor)
        return name

    def constant(self, name: str, values: list[int]) -> str:
        self.constants.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    def linear(self, name: str, value: str, out: int, into: int) -> str:
        if self.eight_bits:
            if is_smoothed(name):
                value = self.node(f"{name}.smoothed", "Mul", value, self.weight(f"{name}.smooth", into))
            matrix = self.weight(f"{name}.weight", into, out, kind=TensorProto.INT8)
            scale, bias = self.weight(f"{name}.scale", out), self.weight(f"{name}.bias", out)
            return self.node(name, "DynamicQuantizeMatMul", value, matrix, scale, "", bias, domain=_MICROSOFT)
        return self.node(
            name, "Gemm", value, self.weight(f"{name}.weight", out, into), self.weight(f"{name}.bias", out), transB=1
        )

    def norm(self, name: str, value: str) -> str:
        weights = self.weight(f"{name}.weight", self.hidden), self.weight(f"{name}.bias", self.hidden)
        return self.node(name, "LayerNormalization", value, *weights, axis=-1, epsilon=_EPSILON)


def build(weights: Weights, eight_bits: bool = False, fork: int | None = None) -> ModelProto:
    """From `words` (texts x tokens x hidden) and `attention_mask` (one where a token is) to `token_embeddings`.

    With `fork`, the layers from that one on stand there twice and so does the output, the second under `FORKED` names.
    """
    graph = _Graph(weights.hidden, eight_bits)
    graph.constant("rows", [-1, weights.hidden])
    size = ["texts", "tokens"]
    value = _embeddings(graph, weights)
    for layer in range(weights.layers if fork is None else fork):
        value = _layer(graph, f"encoder.layer.{layer}", value, weights)
    outputs = []
    for prefix in ("",) if fork is None else ("", FORKED):
        branch = value
        for layer in range(weights.layers if fork is None else fork, weights.layers):
            branch = _layer(graph, f"{prefix}encoder.layer.{layer}", branch, weights)
        name = graph.node(f"{prefix}token_embeddings", "Reshape", branch, "shape")
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [*size, weights.hidden]))
    inputs = [
        helper.make_tensor_value_info("words", TensorProto.FLOAT, [*size, weights.hidden]),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT32, size),
    ]
    return helper.make_model(
        helper.make_graph(graph.nodes, "encoder", inputs, outputs, [*graph.weights, *graph.constants]),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)],
        ir_version=_IR,
        producer_name="encoder_graph",
    )


def _embeddings(graph: _Graph, weights: Weights) -> str:
    """Words, their places and their kind summed, one row a token."""
    place = graph.weight("embeddings.position_embeddings.weight", weights.positions, weights.hidden)
    kind = graph.weight("embeddings.token_type_embeddings.weight", weights.types, weights.hidden)
    graph.node("shape", "Shape", "words")
    length = graph.node("length", "Shape", "words", start=1, end=2)
    places = graph.node("places", "Slice", place, graph.constant("zero", [0]), length)
    first_kind = graph.node("kind", "Slice", kind, "zero", graph.constant("one", [1]))
    placed = graph.node("placed", "Add", "words", graph.node("place", "Add", places, first_kind))
    return graph.norm("embeddings.LayerNorm", graph.node("embedded", "Reshape", placed, "rows"))


def _layer(graph: _Graph, name: str, value: str, weights: Weights) -> str:
    hidden, inner = weights.hidden, weights.feed_forward
    attention = f"{name}.attention"
    parts = [
        graph.node(
            f"{attention}.{part}", "Reshape", graph.linear(f"{attention}.self.{part}", value, hidden, hidden), "shape"
        )
        for part in ("query", "key", "value")
    ]
    graph.node(
        attention, "MultiHeadAttention", *parts, "", "attention_mask", domain=_MICROSOFT, num_heads=weights.heads
    )
    seen = graph.linear(
        f"{attention}.output.dense", graph.node(f"{attention}.rows", "Reshape", attention, "rows"), hidden, hidden
    )
    value = graph.norm(f"{attention}.output.LayerNorm", graph.node(f"{attention}.sum", "Add", seen, value))
    wide = graph.node(f"{name}.gelu", "Gelu", graph.linear(f"{name}.intermediate.dense", value, inner, hidden))
    narrow = graph.linear(f"{name}.output.dense", wide, hidden, inner)
    return graph.norm(f"{name}.output.LayerNorm", graph.node(f"{name}.sum", "Add", narrow, value))


def peaks(weights: Weights, folder: Path) -> dict[str, NDArray[np.float16]]:
    """The largest value that each input of the layers to be smoothed takes on texts of the practice bank."""
    model = build(weights)
    inputs = {node.name: node.input[0] for node in model.graph.node if is_smoothed(node.name)}
    for name in inputs.values():
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    tensors = map_tensors(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    session = open_session(tensors, graph=model.SerializeToString())
    found = {layer: np.zeros(1, np.float32) for layer in inputs}
    for practice in Library.open(REPOSITORY / "corpus").corpus.practices[::_EACH]:
        ids = np.array(tokenizer.encode(PROMPTS["query"] + practice.text).ids[: weights.positions], np.int64)
        words = tensors["embeddings.word_embeddings.weight"][ids][None]
        mask = np.ones((1, len(ids)), np.int32)
        read = session.run(list(inputs.values()), {"words": words, "attention_mask": mask})
        for layer, values in zip(inputs, read, strict=True):
            found[layer] = np.maximum(found[layer], np.abs(values).max(axis=0))
    return {layer: np.asarray(values, np.float16) for layer, values in found.items()}


def main() -> None:
    """Build, write, and say how much there is."""
    weights = read_weights(weights_file())
    np.savez_compressed(PEAKS, **peaks(weights, unpacked(load_settings().data)))
    print(f"{PEAKS.relative_to(REPOSITORY)}: {PEAKS.stat().st_size / 1000:.0f} kB")
    for path, eight_bits, fork in ((GRAPH, False, None), (GRAPH8, True, None), (GRAPH_FORKED, True, FORK)):
        model = build(weights, eight_bits, fork)
        path.write_bytes(model.SerializeToString(deterministic=True))
        print(f"{path.relative_to(REPOSITORY)}: {len(model.graph.node)} nodes, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
