"""A stream of words -> whole sentences, as soon as each is whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

PAIRS = {"“": "”", "「": "」", "『": "』", "《": "》", "（": "）"}
ENDS = "。！？!?…"
CLOSERS = "”」』》）\"')"
LONGEST = 600  # characters: what goes on longer without an end is cut and judged as it is
LEAD = re.compile(r"^[ \t>#*•·\-—]*(?:\d{1,2}[.、)）](?!\d)[ \t]*)?")  # what markdown puts before a line
THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.S)


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences of a streamed text in order; one that begins a new line begins with a line break.

    What a reasoning model thinks aloud (`<think>…</think>`) is no part of its answer. The last one may be unfinished.
    """
    waiting, broken = "", False
    for piece in pieces:
        waiting += piece
        if "<think" in waiting and "</think>" not in waiting:
            continue
        waiting = THOUGHT.sub("", waiting)
        while (end := _end(waiting)) is not None:
            sentence, waiting = waiting[:end], waiting[end:]
            if said := _clean(sentence):
                yield "\n" + said if broken else said
                broken = False
            broken = broken or sentence.endswith("\n")
    if said := _clean(THOUGHT.sub("", waiting)):
        yield "\n" + said if broken else said


def _clean(sentence: str) -> str:
    return LEAD.sub("", sentence.strip()).replace("**", "").replace("__", "").strip()


def _end(text: str) -> int | None:
    """Where the first whole sentence ends; None while more is needed to tell."""
    closing: list[str] = []
    for place, character in enumerate(text):
        if character == "\n":
            return place + 1
        if place >= LONGEST:
            return place
        if character in PAIRS:
            closing.append(PAIRS[character])
        elif closing and character == closing[-1]:
            closing.pop()
            if not closing and text[place - 1] in ENDS and place + 1 < len(text) and text[place + 1] not in "，、；：":
                return place + 1
        elif not closing and (character in ENDS or _full_stop(text, place)):
            after = place + 1
            while after < len(text) and (text[after] in CLOSERS or text[after] in ENDS):
                after += 1
            return after if after < len(text) else None
    return None


def _full_stop(text: str, place: int) -> bool:
    """Whether an English sentence ends here: not within 3.5, Art. 5 or example.com."""
    if text[place] != "." or place + 1 >= len(text) or not text[place + 1].isspace():
        return False
    word = re.search(r"[A-Za-z]*$", text[:place])
    return word is None or word.group().lower() not in (
        "art",
        "no",
        "mr",
        "ms",
        "mrs",
        "dr",
        "vs",
        "e",
        "i",
        "g",
        "etc",
    )
