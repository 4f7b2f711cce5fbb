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

GRAPH = Path(__file__).with_name("encoder.onnx")

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
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(self.max_seq_length)
        padding = int(config["pad_token_id"])
        self.tokenizer.enable_padding(pad_id=padding, pad_token=self.tokenizer.id_to_token(padding))
        self._session = _open_session(map_tensors(folder / "model.safetensors"))
        self._words = map_tensors(folder / "model.safetensors")[_WORDS]  # mapped anew, to let go of the rest

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, torch.Tensor]:
        """Token numbers, cut to what the model reads and padded to the longest."""
        found = self.tokenizer.encode_batch([f"{prompt or ''}{text}" for text in inputs])
        return {
            "input_ids": torch.tensor([row.ids for row in found]),
            "attention_mask": torch.tensor([row.attention_mask for row in found]),
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


def _open_session(weights: Mapping[str, Floats]) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Both remember the largest batch seen and hold its memory; texts differ in length, so neither saves time.
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    names = [name for name in weights if name != _WORDS and not name.startswith(_UNUSED)]
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weights[name]) for name in names]
    options.add_external_initializers(names, values)
    return onnxruntime.InferenceSession(GRAPH, options, providers=["CPUExecutionProvider"])
