"""The order of statutes that lay questions taught."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval import HybridRetriever, Index, SentenceEncoder, load_lay_questions, open_store
from assistant.retrieval.lay import LayQuestions, priors
from tests.unit.retrieval.test_retriever import chunk

QUARREL = "邻居装修噪声扰民怎么办"
DOCUMENTS = [
    chunk("guarantee", "助贷机构不得承诺贷款通过"),
    chunk("noise", "排放噪声、产生振动的单位应当防止扰民", kind="statute"),
    chunk("civil", "不动产权利人不得违反规定弃置固体废物，排放噪声等有害物质", kind="statute"),
]
TAUGHT = (("civil办法", "第一条"),)


@pytest.fixture(scope="module")
def index(encoder: SentenceEncoder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    data = tmp_path_factory.mktemp("lay")
    index = Index("passages", open_store("passages", data), encoder, data)
    index.build(DOCUMENTS)
    return index


def taught(encoder: SentenceEncoder, weights: tuple[float, float, float, float]) -> LayQuestions:
    """One known question, that of `QUARREL`, which the civil law governs."""
    vectors = encoder.encode_query([QUARREL, "捕鱼许可证怎么办理"])
    centre = vectors.mean(axis=0)
    centred = vectors - centre
    laws, rare = priors([TAUGHT])
    unit = (centred / np.linalg.norm(centred, axis=1, keepdims=True))[:1]
    return LayQuestions(laws, rare, centre, unit, (TAUGHT,), weights)


def order(index: Index, encoder: SentenceEncoder, lay: LayQuestions | None, as_asked: bool = True) -> list[str]:
    found = HybridRetriever(index=index, encoder=encoder, lay=lay).find(QUARREL, 5, as_asked=as_asked)
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    return [passage.source_id for passage in found]


def test_an_article_that_answers_a_question_alike_comes_before_other_statutes(
    index: Index, encoder: SentenceEncoder
) -> None:
    plain = order(index, encoder, None)
    assert plain.index("noise") < plain.index("civil")
    learned = order(index, encoder, taught(encoder, (1.0, 1.0, 0.0, 50.0)))
    assert learned.index("civil") < learned.index("noise")
    assert learned.index("guarantee") == plain.index("guarantee")


def test_a_law_that_people_ask_of_comes_before_one_nobody_asked_of(index: Index, encoder: SentenceEncoder) -> None:
    learned = order(index, encoder, taught(encoder, (0.0, 0.0, 1.0, 0.0)))
    assert learned.index("civil") < learned.index("noise")


def test_nothing_is_reordered_unless_it_is_wanted(index: Index, encoder: SentenceEncoder) -> None:
    lay = taught(encoder, (0.0, 0.0, 1.0, 50.0))
    assert order(index, encoder, lay, as_asked=False) == order(index, encoder, None)


def test_an_unlike_question_is_not_heard(encoder: SentenceEncoder) -> None:
    lay = taught(encoder, (0.0, 0.0, 0.0, 1.0))
    assert lay.hear(encoder.encode_query([QUARREL])[0])[TAUGHT[0]] == pytest.approx(0.8, abs=1e-3)
    assert lay.hear(encoder.encode_query(["捕鱼许可证怎么办理"])[0])[TAUGHT[0]] == 0.0


def test_shares_of_the_laws_are_of_questions() -> None:
    laws, rare = priors([[("民法典", "一")], [("民法典", "二"), ("刑法", "三")]])
    assert laws == {"民法典": np.log(2.0 / 2), "刑法": np.log(1.0 / 2)}
    assert rare == np.log(0.5 / 2)


def test_the_shipped_file_is_of_the_bundled_encoder_only(encoder: SentenceEncoder, tmp_path: Path) -> None:
    lay = load_lay_questions(encoder.fingerprint)
    assert lay is not None
    assert lay.laws["民法典"] > lay.rare
    assert len(lay.questions) == len(lay.targets) > 500
    assert load_lay_questions("another encoder") is None
    assert load_lay_questions(encoder.fingerprint, tmp_path / "lay.npz") is None
