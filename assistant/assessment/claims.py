"""Text -> claims with polarity.

A description mixes what somebody does with what he denies, what a contract forbids and what a training text quotes.
Only what is asserted counts as a sign; the rest is kept and shown as speaking against it. A denial followed by its
opposite in the same text ("we never charge. The payment came to the salesman's own account") is not a denial: the
later statement is asserted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from confusable_homoglyphs import confusables
from opencc import OpenCC

from assistant.assessment.pauses import pauses

Polarity = Literal["asserted", "denied", "prohibited", "warned", "hypothetical", "addressed"]
SPOKEN = re.compile(r"(?<=[一-鿿\d%]{2}[一-鿿%])[ \t]+(?=[一-鿿][一-鿿\d]{2})")
"""A blank where speech recognition and people in a hurry leave out the comma: between two runs of three or more."""
SENTENCE_END = re.compile(r"[。！？!?；;【】\n]+|(?<=[a-z\d])\.(?=\s|$)")
CLAUSE_END = re.compile(rf"(?:[，、—…]|[,：:](?!\d)|(?<!\d)[,：:])+|\s{{2,}}|{SPOKEN.pattern}")  # not in 3,000 or 10:30
BETWEEN = re.compile(
    r"(?<=[一-鿿])[·.*_]+(?=[一-鿿])|(?<=[一-鿿])(?<![一-鿿]{2})-(?=[一-鿿](?![一-鿿]))"
)  # 上-午, not 甲方-乙方
SPACED = re.compile(r"[一-鿿](?:[ \t·.*_\-|/~^+=丨]{1,3}[一-鿿]){2,}")  # 包-过-内-部: drawn apart to hide from filters
LOOKALIKE_LETTERS = (*range(0x370, 0x530), *range(0x1D00, 0x1D80))  # Greek, Cyrillic, small capitals
SHORTEST = 8  # characters: a shorter clause is read together with the next one


@dataclass(frozen=True)
class Claim:
    """One statement. `text` is the source's `[start:end]` to the letter; `folded` is what is compared."""

    text: str
    start: int
    end: int
    sentence: int
    polarity: Polarity
    folded: str


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _latin() -> dict[int, str]:
    """Letters of other scripts that look like a Latin one (Unicode's table of confusables)."""
    table = {}
    for code in LOOKALIKE_LETTERS:
        for entry in confusables.is_confusable(chr(code), greedy=False) or ():
            alike = [found["c"] for found in entry["homoglyphs"] if re.fullmatch("[A-Za-z]", found["c"])]
            if alike:
                table[code] = alike[0]
    return table


def fold(text: str) -> str:
    """Fold writing variants: full width, traditional characters, case, look-alike letters, zero-width, spaced-out.

    A blank that stands for a comma becomes one."""
    narrow = unicodedata.normalize("NFKC", text)
    narrow = narrow.translate(_latin()).lower().translate(_latin())  # twice: В itself looks like B, but г like r
    kept = "".join(char for char in narrow if unicodedata.category(char) not in ("Cf", "Cc", "Mn") or char == "\n")
    simplified = _converter().convert(kept)
    close = SPACED.sub(lambda found: re.sub(r"[^一-鿿]|丨", "", found.group()), simplified)
    return re.sub(r"(?<=[一-鿿])[ \t]+(?=[一-鿿])", "", BETWEEN.sub("", SPOKEN.sub(",", close)))


class ClaimReader:
    """Splits a text and decides the polarity of each statement by the phrase lists of `corpus/language.yaml`."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._phrases = {name: tuple(fold(word) for word in words) for name, words in phrases.items()}

    def read(self, text: str) -> list[Claim]:
        """The statements of `text` in order, each with its span and polarity."""
        warned = self._is_warning(fold(text))
        claims: list[Claim] = []
        for number, (start, end) in enumerate(_spans(text, 0, len(text), SENTENCE_END)):
            sentence = fold(text[start:end])
            frame = self._frame(sentence, warned)
            contradicted = False
            clauses = _merge(text, _spans(text, start, end, CLAUSE_END))
            for left, right in (part for clause in clauses for part in _paused(text, *clause)):
                folded = fold(text[left:right])
                contradicted = contradicted or self._starts(folded, "contradicts")
                polarity = frame or self._polarity(folded)
                if contradicted and frame == "prohibited":
                    polarity = self._polarity(folded)
                claims.append(Claim(text[left:right], left, right, number, polarity, folded))
        return claims

    def _has(self, folded: str, name: str) -> bool:
        return any(word in folded for word in self._phrases.get(name, ()))

    def _starts(self, folded: str, name: str) -> bool:
        return any(folded.startswith(word) for word in self._phrases.get(name, ()))

    def _is_warning(self, folded: str) -> bool:
        return self._has(folded, "warned")

    def _frame(self, sentence: str, warned: bool) -> Polarity | None:
        """The polarity a whole sentence gives to all its clauses; `addressed` speaks to the assistant itself."""
        if self._has(sentence, "addressed"):
            return "addressed"
        if warned:
            return "warned"
        if self._has(sentence, "prohibited"):
            return "prohibited"
        return None

    def _polarity(self, folded: str) -> Polarity:
        if self._has(folded, "denied"):
            return "denied"
        if self._has(folded, "hypothetical"):
            return "hypothetical"
        return "asserted"


def _spans(text: str, start: int, end: int, boundary: re.Pattern[str]) -> list[tuple[int, int]]:
    """Cut `text[start:end]` at `boundary`, without surrounding blanks; empty pieces are dropped."""
    edges, position = [], start
    for match in boundary.finditer(text, start, end):
        edges.append((position, match.start()))
        position = match.end()
    edges.append((position, end))
    spans = []
    for left, right in edges:
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if left < right:
            spans.append((left, right))
    return spans


def _letters(text: str, start: int, end: int) -> list[int]:
    """The places of what is said in `text[start:end]`: without marks that draw it apart and without invisible ones."""
    drawn = {
        place
        for marks in (SPACED, BETWEEN)
        for found in marks.finditer(text, start, end)
        for place in range(*found.span())
        if not "一" <= text[place] <= "鿿"
    }
    return [
        place
        for place in range(start, end)
        if place not in drawn and unicodedata.category(text[place]) not in ("Cf", "Cc", "Mn")
    ]


def _paused(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a stretch without marks, cut where a speaker pauses."""
    places = _letters(text, start, end)
    folded = fold("".join(text[place] for place in places))
    if len(folded) != len(places):  # folding took or gave letters: places would not fit
        return [(start, end)]
    cuts = pauses(folded)
    ends = [*(places[place - 1] + 1 for place in cuts), end]  # what draws two statements apart belongs to neither
    return list(zip([start, *(places[place] for place in cuts)], ends, strict=True))


def _merge(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join clauses too short to mean something alone with their successor (the last one with its predecessor)."""
    merged: list[tuple[int, int]] = []
    for left, right in spans:
        if merged and len(_letters(text, *merged[-1])) < SHORTEST:
            merged[-1] = (merged[-1][0], right)
        else:
            merged.append((left, right))
    if len(merged) > 1 and len(_letters(text, *merged[-1])) < SHORTEST:
        (left, _), (_, right) = merged[-2:]
        merged[-2:] = [(left, right)]
    return merged
