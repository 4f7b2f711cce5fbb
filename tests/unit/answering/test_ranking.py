"""Signs of governing: what counts for an article and how many are cited."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assistant.answering.grounds import MOST, Ground, chosen
from assistant.answering.ranking import Asking, Signs, features, load_network
from assistant.types import Article, Regulation

ASKING = Asking(heads=(0.0, 0.0, 0.0, 0.0), length=20, clauses=0)
PLAIN = Signs("a", 0.1, 0.4, True, 0.3, named=False, asked=False, numbered=True, statute=False)


def odds(*signs: Signs) -> list[float]:
    return [float(value) for value in load_network("article")(features(signs, ASKING))[:, 0]]


def ground(number: str | None, score: float, belongs: float = 0.0, of: str = "a") -> Ground:
    regulation = Regulation(
        id=of, title=of, issuer="某机关", level="部门规章", effective="2024-01-01", status="in_force"
    )
    article = Article(no=number, label=number or f"（条号未核）{score}", text="应当登记。", kind="precis")
    return Ground(regulation, article, None, score, 0.0, belongs=belongs)


def test_what_the_bank_speaks_for_is_likelier() -> None:
    strong, weak = odds(replace(PLAIN, taught=0.6), replace(PLAIN, instrument="b", taught=0.05))
    assert strong > weak + 0.3


def test_an_article_asked_for_by_number_is_likelier() -> None:
    asked, other = odds(replace(PLAIN, named=True, asked=True), replace(PLAIN, named=True))
    assert asked > other


def test_an_article_the_bank_never_met_can_still_govern() -> None:
    unknown, known = odds(
        replace(PLAIN, instrument="b", taught=None, near=0.8, coverage=0.8, statute=True),
        replace(PLAIN, taught=0.02, near=0.1, coverage=0.05),
    )
    assert unknown > known


def test_every_row_has_the_signs_the_network_was_fitted_on() -> None:
    rows = features([PLAIN, replace(PLAIN, taught=None)], ASKING)
    assert rows.shape[0] == 2
    assert np.isfinite(load_network("article")(rows)).all()


def test_the_likeliest_ground_is_always_cited_and_unlikely_ones_never() -> None:
    assert [item.score for item in chosen([ground("第一条", 0.1), ground("第二条", 0.01)])] == [0.1]


def test_an_instrument_without_numbers_is_cited_once() -> None:
    assert len(chosen([ground(None, 0.9), ground(None, 0.8), ground(None, 0.8, of="b")])) == 2


def test_at_most_a_handful_is_cited() -> None:
    assert len(chosen([ground(f"第{number}条", 0.9) for number in "一二三四五六七"])) == MOST
