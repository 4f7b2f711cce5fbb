"""Signs of governing: what counts for an article and how many are cited."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assistant.answering.grounds import MOST, Candidate, Ground, chosen
from assistant.answering.hearing import FLOOR
from assistant.answering.ranking import Asking, Signs, features, load_network
from assistant.types import Article, Regulation

ASKING = Asking(kinds=(0.0,) * 8, read=True, length=20, clauses=0)
UNREAD = Asking(kinds=(0.0,) * 8, read=False, length=20, clauses=0)
PLAIN = Signs("a", 0.1, FLOOR, 0.4, True, 0.3, named=False, asked=False, numbered=True, statute=False)

OTHERS = [
    replace(PLAIN, instrument=f"x{at}", taught=0.02, likely=-7.0, near=0.1 + 0.01 * at, coverage=0.05, agreed=False)
    for at in range(12)
]


def odds(*signs: Signs, asking: Asking = ASKING) -> list[float]:
    return [float(value) for value in load_network("article")(features(signs, asking))[:, 0]]


def ground(number: str | None, score: float, belongs: float = 0.0, of: str = "a") -> Ground:
    regulation = Regulation(
        id=of, title=of, issuer="某机关", level="部门规章", effective="2024-01-01", status="in_force"
    )
    article = Article(no=number, label=number or f"（条号未核）{score}", text="应当登记。", kind="precis")
    return Ground(Candidate(regulation, article, None, PLAIN), score, belongs)


def test_what_the_bank_speaks_for_is_likelier_with_and_without_a_trained_encoder() -> None:
    strong, weak = replace(PLAIN, taught=0.6), replace(PLAIN, instrument="b", taught=0.05)
    first, second = odds(strong, weak, *OTHERS, asking=UNREAD)[:2]
    assert first > second + 0.15
    first, second = odds(replace(strong, likely=-0.3), replace(weak, likely=-4.0), *OTHERS)[:2]
    assert first > second + 0.3


def test_what_the_trained_encoder_holds_likely_is_likelier() -> None:
    even = replace(PLAIN, taught=0.3)
    likely, unlikely = odds(replace(even, likely=-0.3), replace(even, instrument="b", likely=-6.0), *OTHERS)[:2]
    assert likely > unlikely + 0.03


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


def test_of_an_instrument_without_numbers_a_second_entry_is_cited_only_where_it_likely_governs() -> None:
    assert len(chosen([ground(None, 0.9), ground(None, 0.19), ground(None, 0.8, of="b")])) == 2
    assert len(chosen([ground(None, 0.26), ground(None, 0.21)])) == 2


def test_at_most_a_handful_is_cited() -> None:
    assert len(chosen([ground(f"第{number}条", 0.9) for number in "一二三四五六七"])) == MOST
