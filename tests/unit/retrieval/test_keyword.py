"""BM25 finds words, names and numbers, and is kept between starts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from langchain_core.documents import Document

from assistant.errors import StorageError
from assistant.retrieval.keyword import open_keyword_index, tokens

TEXTS = [
    "刑法 第一百七十五条之一 以欺骗手段取得银行贷款，给银行造成重大损失的",
    "关于规范整顿“现金贷”业务的通知 综合资金成本",
    "商业银行互联网贷款管理暂行办法 第五十一条 合作机构管理",
    "渔业法 第三条 渔业生产",
]


def chunk(text: str) -> Document:
    return Document(page_content=text, metadata={"id": text[:6], "hash": str(hash(text))})


def chunks() -> list[Document]:
    return [chunk(text) for text in TEXTS]


def test_the_row_with_the_words_of_the_query_comes_first(tmp_path: Path) -> None:
    index = open_keyword_index(chunks(), tmp_path)
    assert int(np.argmax(index.scores("骗取银行贷款"))) == 0
    assert int(np.argmax(index.scores("现金贷的综合成本"))) == 1
    assert int(np.argmax(index.scores("第五十一条"))) == 2


def test_scores_run_from_0_to_1(tmp_path: Path) -> None:
    index = open_keyword_index(chunks(), tmp_path)
    whole = index.scores(TEXTS[3])
    assert 0.9 < whole[3] <= 1.0001
    assert whole.min() >= 0


@pytest.mark.parametrize("query", ["", "😀", "zzz"])
def test_a_query_without_known_words_scores_nothing(tmp_path: Path, query: str) -> None:
    assert not open_keyword_index(chunks(), tmp_path).scores(query).any()


def test_width_and_case_do_not_matter() -> None:
    assert tokens("ＡＢ贷") == tokens("ab贷")


def test_pairs_of_characters_cross_the_borders_of_words() -> None:
    assert {"贷中", "中介"} <= set(tokens("助贷中介"))


def test_a_kept_index_is_read_back(tmp_path: Path) -> None:
    first = open_keyword_index(chunks(), tmp_path)
    (kept,) = tmp_path.glob("keyword-*")
    written = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert np.allclose(open_keyword_index(chunks(), tmp_path).scores("银行贷款"), first.scores("银行贷款"))
    assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == written


def test_changed_documents_replace_the_kept_index(tmp_path: Path) -> None:
    open_keyword_index(chunks(), tmp_path)
    index = open_keyword_index([*chunks(), chunk("保险法 第一百三十一条 保险代理人")], tmp_path)
    assert int(np.argmax(index.scores("保险代理人"))) == 4
    assert len(list(tmp_path.glob("keyword-*"))) == 1


def test_a_damaged_index_is_built_again(tmp_path: Path) -> None:
    open_keyword_index(chunks(), tmp_path)
    (kept,) = tmp_path.glob("keyword-*")
    for path in kept.iterdir():
        path.write_bytes(path.read_bytes()[:10])
    assert int(np.argmax(open_keyword_index(chunks(), tmp_path).scores("现金贷"))) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="权限和磁盘空间"):
        open_keyword_index(chunks(), tmp_path / "file")


def test_no_documents_score_nothing(tmp_path: Path) -> None:
    assert open_keyword_index([], tmp_path).scores("贷款").shape == (0,)
