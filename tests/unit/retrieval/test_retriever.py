"""The hybrid retriever over a handful of chunks, with the bundled encoder and an embedded Chroma."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from langchain_core.documents import Document

from assistant.errors import IndexUnavailable
from assistant.retrieval import HybridRetriever, Index, SentenceEncoder, open_store
from assistant.types import Kind

GUARANTEE = "助贷机构不得承诺包过，不得向借款人收取保证金"


def chunk(id: str, text: str, kind: Kind = "rule", core: bool = True, row: str = "") -> Document:
    law = "" if kind in ("case", "pattern") else f"{id}办法"
    return Document(
        id=id,
        page_content=text,
        metadata={
            "id": id,
            "row": row or id,
            "hash": f"{hash(text)}",
            "kind": kind,
            "source_id": row or id,
            "law": law,
            "article": "第一条" if law else "",
            "title": f"《{law}》" if law else text[:8],
            "text": text,
            "core": core,
        },
    )


DOCUMENTS = [
    chunk("assist", GUARANTEE),
    chunk("forge", "伪造银行流水、收入证明骗取贷款的，依法追究责任"),
    chunk("forge#2", "编造用途骗取贷款的，同样处理", row="forge"),
    chunk("story", "中介李某为客户制作假流水骗取银行贷款案", kind="case"),
    chunk("broker", "非法贷款中介", kind="pattern"),
    chunk("fish", "渔业资源保护与捕捞许可", kind="statute", core=False),
    chunk("usury", "民间借贷利率不得超过合同成立时一年期贷款市场报价利率四倍", kind="statute", core=False),
]


@pytest.fixture(scope="module")
def index(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    data = tmp_path_factory.mktemp("retriever")
    index = Index("passages", open_store("passages", data), encoder, data)
    index.build(DOCUMENTS)
    return index


@pytest.fixture
def retriever(index: Index, encoder: SentenceEncoder) -> HybridRetriever:
    return HybridRetriever(index=index, encoder=encoder, top_k=3)


def test_the_passage_that_says_it_comes_first(retriever: HybridRetriever) -> None:
    first = retriever.find("助贷机构能保证贷款一定通过吗", 3)[0]
    assert (first.source_id, first.law, first.article, first.text) == ("assist", "assist办法", "第一条", GUARANTEE)
    assert first.dense_rank == 1


def test_scores_fall_and_stay_between_0_and_1(retriever: HybridRetriever) -> None:
    scores = [passage.score for passage in retriever.find("伪造流水骗取贷款", 10)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_several_chunks_of_one_article_make_one_row(retriever: HybridRetriever) -> None:
    sources = [passage.source_id for passage in retriever.find("骗取贷款", 10)]
    assert sources.count("forge") == 1


def test_only_the_asked_kinds_are_found(retriever: HybridRetriever) -> None:
    assert {passage.kind for passage in retriever.find("骗取贷款", 10, ["case", "pattern"])} == {"case", "pattern"}


def test_no_more_rows_than_asked_for(retriever: HybridRetriever) -> None:
    assert len(retriever.find("贷款", 2)) == 2


def test_a_statute_that_is_not_embedded_yet_is_found_by_its_words(retriever: HybridRetriever) -> None:
    first = retriever.find("民间借贷利率不得超过多少", 3)[0]
    assert (first.source_id, first.dense_rank, first.keyword_rank) == ("usury", None, 1)


def test_it_is_an_ordinary_langchain_retriever(retriever: HybridRetriever) -> None:
    documents = retriever.invoke("伪造流水")
    assert len(documents) == 3
    assert {"score", "dense_rank", "keyword_rank", "id", "title"} <= documents[0].metadata.keys()
    assert "score" not in DOCUMENTS[1].metadata


def test_a_statute_embedded_in_the_background_is_found_by_its_meaning(encoder: SentenceEncoder, tmp_path: Path) -> None:
    index = Index("passages", open_store("passages", tmp_path), encoder, tmp_path)
    index.build(DOCUMENTS)
    retriever = HybridRetriever(index=index, encoder=encoder)
    assert all(passage.source_id != "fish" for passage in retriever.find("打鱼要不要执照", 10))
    index.embed_rest(Event())
    found = {passage.source_id: passage for passage in retriever.find("打鱼要不要执照", 10)}
    assert found["fish"].dense_rank == 1


def test_an_index_that_was_never_built_does_not_answer(encoder: SentenceEncoder, tmp_path: Path) -> None:
    index = Index("passages", open_store("passages", tmp_path), encoder, tmp_path)
    with pytest.raises(IndexUnavailable, match="partner-lens index"):
        HybridRetriever(index=index, encoder=encoder).find("贷款", 3)
