"""The bundled encoder on ONNX Runtime, as a module of a SentenceTransformer.

It computes what the torch module of the same folder computes (to 1e-5) in about half the time for a question. The
computation comes from `encoder.onnx` beside this module, which holds no weights (`scripts/encoder_graph.py` builds it);
the weights come from the folder's own model.safetensors, so one that was trained further is read as well. The table of
words, two thirds of the file, is left on disk and only the rows of the words at hand are read.

There is one session with one thread. More threads mean more parts of a batch at a time, not more threads on a part:
no thread then waits for another, and a question is never slowed by a pool that spins for work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.input_module import InputModule
from sentence_transformers.base.modules.normalize import Normalize
from sentence_transformers.sentence_transformer.modules.pooling import Pooling
from tokenizers import Tokenizer
from torch.nn.utils.rnn import pad_sequence

GRAPH = Path(__file__).with_name("encoder.onnx")
GRAPH8 = Path(__file__).with_name("encoder8.onnx")
"""The same computation with the matrices in eight bits."""
GRAPH_FORKED = Path(__file__).with_name("encoder8forked.onnx")
"""The same in eight bits with the layers from `FORK` on twice: as bundled, and as trained under `FORKED` names."""
FORK = 8
FORKED = "tuned."
PEAKS = Path(__file__).with_name("peaks.npz")
"""By linear layer, the largest value that each of its inputs took on texts of the bank (`scripts/encoder_graph.py`)."""
SMOOTHED = (".intermediate.dense", ".output.dense")  # one input of these is twenty times the others
UNSMOOTHED = ".attention.output.dense"
ALPHA = 0.75  # of the difficulty goes from the inputs to the weights; .5 left a fifth of the variance to noise

_WORDS = "embeddings.word_embeddings.weight"
_UNUSED = "pooler."
_ROWS = 4
"""Texts computed together: more are no faster on a core and need more memory."""

Floats = NDArray[np.float32]


def open_runtime(folder: Path, prompts: Mapping[str, str]) -> SentenceTransformer:
    """The model in `folder`, which must be shaped as the bundled one, read by ONNX Runtime."""
    encoder = OnnxEncoder(folder)
    modules = [encoder, Pooling(encoder.dimensions, pooling_mode="mean"), Normalize()]
    return SentenceTransformer(modules=modules, prompts=dict(prompts), device="cpu")


class OnnxEncoder(InputModule):
    """Texts to the vectors of their tokens, by as many threads as torch may use. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.max_seq_length = int(config["max_position_embeddings"])
        self.dimensions = int(config["hidden_size"])
        self.tokenizer, self._words = _tokenizer(folder), _words(folder)
        self._padding = int(config["pad_token_id"])
        self._session = open_session(map_tensors(folder / "model.safetensors"))

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, torch.Tensor]:
        """Token numbers, cut to what the model reads and padded to the longest."""
        found = self.tokenizer.encode_batch([f"{prompt or ''}{text}" for text in inputs])
        rows = [torch.from_numpy(_cut(row.ids, self.max_seq_length)) for row in found]
        mask = [torch.ones_like(row) for row in rows]
        return {
            "input_ids": pad_sequence(rows, batch_first=True, padding_value=self._padding),
            "attention_mask": pad_sequence(mask, batch_first=True),
        }

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Add `token_embeddings`; those of padding are zero."""
        ids, mask = features["input_ids"].numpy(), features["attention_mask"].numpy().astype(np.int32)
        vectors = np.zeros((*ids.shape, self.dimensions), np.float32)

        def fill(start: int) -> None:
            rows = slice(start, start + _ROWS)
            longest = int(mask[rows].sum(axis=1).max())
            vectors[rows, :longest] = self._run(ids[rows, :longest], mask[rows, :longest])

        starts = range(0, len(ids), _ROWS)
        threads = min(torch.get_num_threads(), len(starts))
        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(fill, starts))
        else:
            for start in starts:
                fill(start)
        return {**features, "token_embeddings": torch.from_numpy(vectors)}

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Refused: the folder it was read from is the saved model, and loads as any SentenceTransformer."""
        raise NotImplementedError("copy the unpacked folder instead: it is this model, saved")

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def _run(self, ids: NDArray[np.int64], mask: NDArray[np.int32]) -> Floats:
        words = self._words[ids]
        (vectors,) = self._session.run(None, {"words": words, "attention_mask": np.ascontiguousarray(mask)})
        return np.asarray(vectors, np.float32)


class TokenReader:
    """Reads a text with some layers of the model in `folder` replaced, and pools what it read per stretch of text.

    `layers` holds tensors under the names of a BertModel (`encoder.layer.11.output.dense.weight`). The matrices are
    multiplied in eight bits, in a third to half of the time: the vectors are for classifying, not for searching.
    """

    def __init__(self, folder: Path, layers: Mapping[str, Floats], threads: int = 1) -> None:
        weights = map_tensors(folder / "model.safetensors")
        self._session = open_session(_in_eight_bits({**weights, **layers}), threads, GRAPH8)
        self._tokenizer, self._words = _tokenizer(folder), _words(folder)

    def read(self, prompt: str, text: str, spans: Sequence[tuple[int, int]], longest: int) -> tuple[Floats, Floats]:
        """The mean vector of `prompt + text`, shape (dimensions,), and those of `text[start:end]` for each span.

        More than `longest` tokens are read in parts that begin at a span where one begins in time; a span without a
        token of its own has a zero vector.
        """
        found = self._tokenizer.encode(prompt + text)
        ids = np.array(found.ids, np.int64)
        edges = np.array(found.offsets, np.int64) - len(prompt)
        states = np.concatenate([self._states(ids, part) for part in _parts(ids, edges, spans, longest)])
        inside = np.zeros((len(spans), states.shape[1]), np.float32)
        kept = edges[:, 1] > np.maximum(edges[:, 0], 0)  # neither prompt nor marks
        for row, (start, end) in enumerate(spans):
            tokens = kept & (edges[:, 0] < end) & (edges[:, 1] > start)
            if tokens.any():
                inside[row] = states[tokens].mean(axis=0)
        return np.asarray(states.mean(axis=0), np.float32), inside

    def _states(self, ids: NDArray[np.int64], part: slice) -> Floats:
        """The vectors of one part of the tokens, read between the marks of beginning and end."""
        before, after = ids[: min(part.start, 1)], ids[max(part.stop, len(ids) - 1) :]
        whole = np.concatenate([before, ids[part], after])[None]
        mask = np.ones(whole.shape, np.int32)
        (vectors,) = self._session.run(None, {"words": self._words[whole], "attention_mask": mask})
        return np.asarray(vectors[0, len(before) : len(before) + part.stop - part.start], np.float32)


class ForkedReader:
    """Reads a short text once and gives two vectors of it: the bundled model's, and that of trained upper `layers`.

    `layers` are all those from `FORK` on, under the names of a BertModel. In eight bits the first is close enough to
    search with (cosine to the exact one .996), and both together take less time than the exact one alone.
    """

    def __init__(self, folder: Path, layers: Mapping[str, Floats]) -> None:
        weights = map_tensors(folder / "model.safetensors")
        trained = {f"{FORKED}{name}": value for name, value in _in_eight_bits(layers).items()}
        self._session = open_session({**_in_eight_bits(weights), **trained}, 1, GRAPH_FORKED)
        self._tokenizer, self._words = _tokenizer(folder), _words(folder)

    def read(self, text: str, longest: int) -> tuple[Floats, Floats]:
        """The mean vectors of the first `longest` tokens, not of unit length."""
        ids = _cut(self._tokenizer.encode(text).ids, longest)
        mask = np.ones((1, len(ids)), np.int32)
        bundled, trained = self._session.run(None, {"words": self._words[ids][None], "attention_mask": mask})
        return bundled[0].mean(axis=0), trained[0].mean(axis=0)


def _parts(
    ids: NDArray[np.int64], edges: NDArray[np.int64], spans: Sequence[tuple[int, int]], longest: int
) -> list[slice]:
    """Cut the tokens into slices of at most `longest`, at the beginning of a span where there is one."""
    if len(ids) <= longest:
        return [slice(0, len(ids))]
    beginnings = np.searchsorted(edges[1:-1, 0], [start for start, _ in spans]) + 1
    parts, start = [], 0
    while len(ids) - start > longest:
        fitting = beginnings[(beginnings > start) & (beginnings <= start + longest - 2)]
        stop = int(fitting.max()) if len(fitting) else start + longest - 2
        parts.append(slice(start, stop))
        start = stop
    return [*parts, slice(start, len(ids))]


def _cut(ids: Sequence[int], longest: int) -> NDArray[np.int64]:
    """At most `longest` token numbers: of more the first, and the mark of the end."""
    return np.array(ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]], np.int64)


@lru_cache(maxsize=1)
def _tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model, one for all who read with it: it takes 80 MB and keeps nothing between texts."""
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


@lru_cache(maxsize=1)
def _words(folder: Path) -> Floats:
    """The table of words of a model, mapped once for all who read with it, and apart from the other tensors.

    A page that is read counts for each mapping of it, and a mapping keeps what was read of any tensor.
    """
    return map_tensors(folder / "model.safetensors")[_WORDS]


def map_tensors(path: Path) -> dict[str, Floats]:
    """The tensors of a safetensors file, all of 32 bits, left on disk until they are used."""
    raw = np.memmap(path, mode="r")
    start = 8 + int.from_bytes(raw[:8].tobytes(), "little")
    header = json.loads(raw[8:start].tobytes())
    header.pop("__metadata__", None)
    return {
        name: raw[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]]
        .view("<f4")
        .reshape(entry["shape"])
        for name, entry in header.items()
    }


def is_smoothed(layer: str) -> bool:
    """Whether the inputs of a linear layer are evened out before they are rounded to eight bits."""
    return layer.endswith(SMOOTHED) and not layer.endswith(UNSMOOTHED)


def _in_eight_bits(weights: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """The matrices of the layers turned, as eight-bit numbers with a `scale` a column; the rest as it is.

    All inputs of a layer are rounded to one grid, so a single large one leaves nothing of the others. Where there is
    one, each input is multiplied by a number (`smooth`) and its weights divided by it, which changes nothing but the
    rounding. Xiao et al., SmoothQuant, 2023.
    """
    found: dict[str, NDArray[Any]] = {}
    with np.load(PEAKS) as peaks:
        for name, value in weights.items():
            if value.ndim != 2 or not name.startswith("encoder.layer."):
                found[name] = value
                continue
            layer = name.removesuffix(".weight")
            if is_smoothed(layer):
                spread = _spread(peaks[layer].astype(np.float32), value)
                found[f"{layer}.smooth"] = 1 / spread
                value = value * spread
            scale = np.maximum(np.abs(value).max(axis=1), 1e-12) / 127
            found[name] = np.ascontiguousarray(np.round(value / scale[:, None]).astype(np.int8).T)
            found[f"{layer}.scale"] = np.asarray(scale, np.float32)
    return found


def _spread(peaks: Floats, weights: Floats) -> Floats:
    """What each input of a layer is divided by, around one; `weights` has shape (outputs, inputs)."""
    largest = np.maximum(np.abs(weights).max(axis=0), 1e-3)
    spread = np.maximum(peaks, 1e-3) ** ALPHA / largest ** (1 - ALPHA)
    return np.asarray(spread / np.exp(np.log(spread).mean()), np.float32)


def open_session(
    weights: Mapping[str, NDArray[Any]], threads: int = 1, graph: Path | bytes = GRAPH
) -> onnxruntime.InferenceSession:
    """A graph, filled with `weights`, ready to run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Both remember the largest batch seen and hold its memory; texts differ in length, so neither saves time.
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    names = [name for name in weights if name != _WORDS and not name.startswith(_UNUSED)]
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weights[name]) for name in names]
    options.add_external_initializers(names, values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
