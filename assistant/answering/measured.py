"""Hours and percentages that a question gives, laid beside those of a rule."""

from __future__ import annotations

import re

from assistant.knowledge.references import number_of
from assistant.knowledge.spelling import NUMBER, fold

Compared = tuple[str, tuple[tuple[str, str], ...]]

WINDOW = re.compile(r"(\d{1,2})[:：](\d\d)\s*(?:至|到|-|—|~|～)\s*(次日|第二天)?\s*(\d{1,2})[:：](\d\d)")
BANNED = re.compile(r"不得|不催|不应|禁止|严禁|不能")
FREE_OF_BAN = re.compile(r"可以|应当?在|允许|限于")
CLOCK = re.compile(
    rf"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|半夜|深夜|晚|早)?(?P<hour>\d{{1,2}}|{NUMBER})"
    r"(?:[:：](?P<minute>\d\d)|[点时](?!间|候|段)(?P<half>半)?)"
)
ENGLISH_CLOCK = re.compile(r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?P<half>[ap])\.?m\b", re.I)
LATE = ("下午", "傍晚", "晚上", "夜里", "夜间", "晚")
DEEP = ("半夜", "深夜")
PERCENT = re.compile(rf"(?<!\d)(\d+(?:\.\d+)?)\s*[%％]|百分之({NUMBER})")
AROUND = re.compile(r"以[上下内]|超过|不到|不足|低于|高于|多于|少于|至|到|-|~")
LEAST = re.compile(r"(?:不得|不能|不应|不)(?:低于|少于|小于)|至少|不少于|下限")
MOST = re.compile(r"(?:不得|不能|不应|不)(?:超过|高于|多于|大于|超出)|至多|最多|上限")
NEXT_TO_IT = 14  # characters between a percentage and the word that makes it a limit


def compared(question: str, sentence: str, near: bool) -> Compared | None:
    """What comes of comparing, as a phrase and what fills it; `near`: the sentence speaks of the thing asked."""
    return _hours(question, sentence) or (_percents(question, sentence) if near else None)


def _hours(question: str, sentence: str) -> Compared | None:
    windows, times = list(WINDOW.finditer(sentence)), clock(question)
    if len(windows) != 1 or len(times) != 1 or not BANNED.search(sentence) or FREE_OF_BAN.search(sentence):
        return None
    first, second, _, third, fourth = windows[0].groups()
    start, end, asked = int(first) * 60 + int(second), int(third) * 60 + int(fourth), times[0]
    inside = start <= asked < end if start < end else asked >= start or asked < end
    parts = ("asked", f"{asked // 60}:{asked % 60:02d}"), ("said", f"{first}:{second}–{third}:{fourth}")
    return ("hour: inside" if inside else "hour: outside"), parts


def clock(text: str) -> list[int]:
    """The times of day that a text gives, in minutes; none where the half of the day is not clear."""
    text = fold(text)
    found = []
    for match in [*ENGLISH_CLOCK.finditer(text)] or [*CLOCK.finditer(text)]:
        hour = number_of(match.group("hour"))
        half = match.group("half") or ""
        minute = 30 if half == "半" else int(match.group("minute") or 0)
        part = match.groupdict().get("part") or ""
        if hour is None or hour > 24:
            continue
        if half.lower() in ("a", "p"):
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
        elif (part in LATE and hour < 12) or (part in DEEP and 6 < hour < 12):
            hour += 12
        elif not part and 0 < hour <= 12 and not (match.group("minute") or "") and hour < 13:
            return []  # 七点 alone may be morning or evening
        found.append(hour % 24 * 60 + minute)
    return found


def _percents(question: str, sentence: str) -> Compared | None:
    asked, said = list(PERCENT.finditer(question)), list(PERCENT.finditer(sentence))
    if len(asked) != 1 or len(said) != 1:
        return None
    beside = question[max(0, asked[0].start() - 4) : asked[0].start()] + question[asked[0].end() : asked[0].end() + 3]
    if AROUND.search(beside):
        return None
    limit = sentence[max(0, said[0].start() - NEXT_TO_IT) : said[0].start()]
    least, most = LEAST.search(limit), MOST.search(limit)
    one, other = _value(asked[0]), _value(said[0])
    if one is None or other is None or bool(least) == bool(most):
        return None
    kept = one >= other if least else one <= other
    word = f"percent: {'least' if least else 'most'}, {'kept' if kept else 'broken'}"
    return word, (("asked", f"{one:g}%"), ("said", f"{other:g}%"))


def _value(match: re.Match[str]) -> float | None:
    return float(match.group(1)) if match.group(1) else number_of(match.group(2))
