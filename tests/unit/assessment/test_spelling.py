"""The same words written another way get the same reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opencc import OpenCC

from assistant.assessment import Assessor
from assistant.evaluation.practices import load_practices

FOLDER = Path(__file__).parents[2] / "evaluation" / "practices"
AUTHORS = ["ma", "shu"]
EVERY = 5  # one text in so many
SAME = 0.95

Write = Callable[[str], str]


def apart(text: str, by: str) -> str:
    """Every Chinese character drawn apart from the next one."""
    return re.sub(r"(?<=[一-鿿])(?=[一-鿿])", by, text)


def wide(text: str) -> str:
    """The printable ASCII characters in full width, but for those that end a statement."""
    return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text)


WAYS: dict[str, Write] = {
    "traditional": OpenCC("s2t").convert,
    "spaces": lambda text: apart(text, " "),
    "hyphens": lambda text: apart(text, "-"),
    "zero-width": lambda text: apart(text, "\u200b"),
    "full width": wide,
    "combining": lambda text: apart(text, "\u0336"),
}


def verdict(assessor: Assessor, text: str) -> tuple[str, str]:
    assessment = assessor.assess(text)
    return assessment.level, assessment.patterns[0].id if assessment.patterns else ""


@pytest.fixture(scope="module")
def plain(shipped: Any) -> dict[str, tuple[str, str]]:
    """Level and first pattern of each text as its author wrote it."""
    texts = [row.text for row in load_practices(FOLDER, AUTHORS)][::EVERY]
    return {text: verdict(shipped.assessor, text) for text in texts}


@pytest.mark.parametrize("way", list(WAYS))
def test_another_spelling_gets_the_same_level_and_pattern(
    shipped: Any, plain: dict[str, tuple[str, str]], way: str
) -> None:
    same = sum(verdict(shipped.assessor, WAYS[way](text)) == found for text, found in plain.items())
    print(f"\n{way}: {same} of {len(plain)} as in the plain form")
    assert same / len(plain) >= SAME
