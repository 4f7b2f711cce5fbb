"""The encoder trained on the question bank, as shipped."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.answering.precedents import HEADS
from assistant.answering.tuned import TunedQuestions
from assistant.knowledge import Library
from assistant.retrieval import unpacked


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> TunedQuestions:
    return TunedQuestions(unpacked(tmp_path_factory.mktemp("encoder")))


def best(tuned: TunedQuestions, question: str, count: int = 3) -> list[tuple[str, str]]:
    return [tuned.places[at] for at in np.argsort(-tuned.read(question).places)[:count]]


def test_the_vector_is_a_unit_and_the_places_are_a_distribution(tuned: TunedQuestions) -> None:
    reading = tuned.read("催收几点以后不能打电话")
    assert np.isclose(np.linalg.norm(reading.vector), 1.0)
    assert np.isclose(np.exp(reading.places).sum(), 1.0, atol=1e-3)
    assert ((reading.kinds >= 0) & (reading.kinds <= 1)).all()


def test_lay_wording_finds_the_governing_article(tuned: TunedQuestions) -> None:
    assert ("law-criminal", "第一百七十五条之一") in best(tuned, "有人替客户伪造工资流水骗到了贷款，犯什么罪")


def test_what_nothing_governs_sounds_unlike_what_is_governed(tuned: TunedQuestions) -> None:
    abstain = HEADS.index("abstain")
    far, near = (tuned.read(text).kinds[abstain] for text in ("食堂的菜单谁来定", "助贷平台能向借款人收服务费吗"))
    assert far > near + 0.2


def test_nearly_every_place_it_knows_is_still_in_the_library(tuned: TunedQuestions, library: Library) -> None:
    held = {
        (item.id, article.no or article.label) for item in library.regulations.values() for article in item.articles
    }
    assert np.mean([place in held for place in tuned.places]) > 0.98, "train again: scripts/train_asker.py"


def test_a_very_long_question_is_read_all_the_same(tuned: TunedQuestions) -> None:
    assert np.isfinite(tuned.read("很" * 5000).places).all()
