"""What a turn points at by its place: "第二点", "最后那句", "中间那条", "the last line"."""

from __future__ import annotations

import re

NUMBERS = "一二三四五六七八九"
ENGLISH = ("first", "second", "third", "fourth", "fifth")
COUNTED = ("one", "two", "three", "four", "five")
THING = "(?:[一那个這这嗰]{0,2}(?:点|點|个|個|条|條|问|問|句|项|項|处|處|段|则|則|样|樣))"
LINE = r"(?:\s+(?:one|line|point|part|sentence|thing|bit|item|statement|claim|fact))"
ORDINAL = re.compile(
    rf"(?P<back>倒数|倒數)?第(?P<number>[{NUMBERS}\d])(?:点|點|个|個|条|條|问|問|句|项|項|处|處)"
    rf"|\b(?P<word>{'|'.join(ENGLISH)})\b|\b(?:number|point|no\.?|#)\s*(?P<digit>\d|{'|'.join(COUNTED)})\b",
    re.I,
)
SEVERAL = re.compile(
    r"(?P<end>最后|最後|后|後|末|前|头|頭|开头|首)(?P<many>[两兩二俩三四\d])(?:点|點|个|個|条|條|句|项|項)"
)
BEGINNING = re.compile(rf"(?:打头|打頭|开头|開頭|头一|頭一|首|最先|最前){THING}", re.I)
END = re.compile(
    rf"(?:最后|最後|末尾|末|结尾|結尾|尾|前一|上一|前述末|刚才最后){THING}|\b(?:the\s+)?(?:very\s+)?last{LINE}", re.I
)
MIDDLE = re.compile(rf"中间{THING}|中間{THING}|\bmiddle{LINE}", re.I)
TOGETHER = re.compile(r"(?:这|那|這|嗰|上面|以上)(?P<many>[两兩二俩三四\d])(?:点|點|个|個|条|條|句|项|項|件|样|樣|段)")
MANY = {"两": 2, "兩": 2, "二": 2, "俩": 2, "三": 3, "四": 4}


def ordinal(text: str) -> int:
    """The number that "第二点" or "the second" names; 0 for none."""
    found = ORDINAL.search(text)
    return 0 if found is None or found["back"] else _number(found)


def pointed(text: str, count: int) -> frozenset[int]:
    """Places from 0 of those of `count` statements that a turn points at by their order; empty where it does not."""
    places: set[int] = set()
    for found in ORDINAL.finditer(text):
        number = _number(found)
        places.add(count - number if found["back"] else number - 1)
    for found in SEVERAL.finditer(text):
        many = MANY[found["many"]] if found["many"] in MANY else int(found["many"])
        backwards = found["end"][-1] in "后後末"
        places |= set(range(count - many, count) if backwards else range(many))
    if BEGINNING.search(text):
        places.add(0)
    if END.search(text):
        places.add(count - 1)
    if MIDDLE.search(text):
        places.add(count // 2)
    return frozenset(place for place in places if 0 <= place < count)


def counted(text: str) -> int:
    """How many statements a turn says it means ("那两条收回"); 0 where it does not say."""
    found = TOGETHER.search(text)
    if found is None:
        return 0
    return MANY[found["many"]] if found["many"] in MANY else int(found["many"])


def _number(found: re.Match[str]) -> int:
    if found["word"]:
        return ENGLISH.index(found["word"].lower()) + 1
    words = (found["number"] or found["digit"]).lower()
    if words.isdigit():
        return int(words)
    return (COUNTED.index(words) if words in COUNTED else NUMBERS.index(words)) + 1
