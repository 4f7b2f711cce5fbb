"""From the labels of the question bank to the articles of a library.

A label names an instrument and an article, or, where the number is not reliable, the article's topic. What an officer
wrote in `asked.yaml` counts as further questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.knowledge.library import Library
from assistant.knowledge.references import key
from assistant.knowledge.succession import CURRENT, Succession
from assistant.types import Article, BankLabel, Regulation

Place = tuple[str, str]
"""An article: the id of its regulation, and its number or, where that is not known, its label."""


class Places:
    """Finds the article that a label of the bank means."""

    def __init__(self, library: Library, today: date) -> None:
        self._succession = Succession(library)
        self._today = today
        self._by_title: dict[str, list[Regulation]] = {}
        for regulation in library.regulations.values():
            self._by_title.setdefault(key(regulation.title), []).append(regulation)

    def of(self, label: BankLabel, as_of: date | None = None) -> tuple[Place, ...]:
        """The places a label means: one, or where it names only the instrument all its articles without a number.

        Empty for an instrument or an article that the library does not hold.
        """
        versions = self._by_title.get(key(label.law), [])
        if not versions:
            return ()
        current = self._succession.version_on(versions, as_of or self._today)
        for regulation in (current, *(item for item in versions if item.id != current.id)):
            if found := [place_of(regulation, item) for item in regulation.articles if _means(label, item)]:
                return tuple(found[:1])
        if label.article or label.topic:
            return ()
        return tuple(place_of(current, item) for item in current.articles if item.no is None)


def asked_in_life(library: Library, today: date) -> Iterator[tuple[str, Place]]:
    """The questions of `asked.yaml` with their places, those of instruments in force only."""
    for title, articles in library.corpus.speech.asked.items():
        for regulation in library.titled(title):
            if library.status_on(regulation, today) in CURRENT:
                for label, questions in articles.items():
                    yield from ((question, (regulation.id, label)) for question in questions)


def place_of(regulation: Regulation, article: Article) -> Place:
    """Where an article stands."""
    return regulation.id, article.no or article.label


def _means(label: BankLabel, article: Article) -> bool:
    if label.article:
        return article.no == label.article
    return bool(label.topic) and label.topic in (article.topic, article.label)
