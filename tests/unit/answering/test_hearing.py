"""The bank's two voices side by side."""

from __future__ import annotations

import numpy as np

from assistant.answering import Listener, Precedents
from assistant.answering.hearing import FLOOR
from assistant.answering.precedents import HEADS
from assistant.answering.tuned import Reading


class _Trained:
    """Knows one place of the kernel's and one of its own."""

    def __init__(self, known: tuple[str, str]) -> None:
        self.places = [known, ("new-law", "第一条")]

    def read(self, text: str) -> Reading:
        return Reading(np.ones(3, np.float32), np.log(np.array([0.2, 0.8], np.float32)), np.full(4, 0.5, np.float32))


def test_without_a_trained_encoder_only_the_kernel_speaks(precedents: Precedents) -> None:
    listener = Listener(precedents)
    scores = np.linspace(0, 1, len(precedents.places) + len(HEADS), dtype=np.float32)
    heard = listener.joined(None, scores, None)
    assert not heard.read
    assert np.array_equal(heard.taught, scores[: -len(HEADS)])
    assert set(heard.likely.tolist()) == {FLOOR}
    assert heard.kinds == (*map(float, scores[-len(HEADS) :]), 0.0, 0.0, 0.0, 0.0)


def test_a_place_only_one_of_them_knows_is_unknown_to_the_other(precedents: Precedents) -> None:
    known = precedents.places[5]
    trained = _Trained(known)
    listener = Listener(precedents, trained)  # type: ignore[arg-type]
    heard = listener.joined(None, np.zeros(len(precedents.places) + len(HEADS), np.float32), trained.read(""))
    assert listener.places[-1] == ("new-law", "第一条")
    assert np.isnan(heard.taught[-1])
    assert np.isclose(heard.likely[-1], np.log(0.8))
    assert np.isclose(heard.likely[listener.rows[known]], np.log(0.2))


def test_what_either_holds_likely_is_proposed_first(precedents: Precedents) -> None:
    known = precedents.places[5]
    trained = _Trained(known)
    listener = Listener(precedents, trained)  # type: ignore[arg-type]
    scores = np.zeros(len(precedents.places) + len(HEADS), np.float32)
    scores[9] = 0.9
    order = np.argsort(-listener.joined(None, scores, trained.read("")).proposed).tolist()
    assert set(order[:3]) == {len(listener.places) - 1, 9, 5}
