"""Figures as people say them (12个点, 一成半, 千分之三, 800 yuan), and putting one right where it was said before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cn2an

from assistant.casework.letters import grams

SHARES = {"个点": 1.0, "点": 1.0, "%": 1.0, "percent": 1.0, "per cent": 1.0, "points": 1.0, "point": 1.0}
SHARES |= {"成": 10.0, "分利": 1.0, "‰": 0.1}
MONEY = {"块钱": 1.0, "块": 1.0, "元": 1.0, "圆": 1.0, "yuan": 1.0, "rmb": 1.0, "毛": 0.1, "角": 0.1, "分钱": 0.01}
COUNTED = ("个月", "小时", "天", "日", "月", "年", "次", "家", "户", "人", "名", "倍", "期", "单", "笔", "条", "个")
COUNTED_IN_ENGLISH = ("months", "month", "hours", "hour", "days", "day", "years", "year", "times", "people")
CLOCK = re.compile(r"(?:凌晨|早上?|上午|中午|下午|晚上?|夜里|夜间|半夜|深夜)$")
SMALL = "一二两三四五六七八九"
DIGITS = dict(zip(SMALL, (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
TENTHS = ("成", "块", "元", "角", "毛")  # 一成二 is twelve per cent, 三块五 three and a half yuan
UNITS_BEGIN = re.escape("".join(sorted({unit[0] for unit in (*SHARES, *MONEY, *COUNTED)})))
UNITS = "|".join(map(re.escape, (*SHARES, *MONEY, *COUNTED, *COUNTED_IN_ENGLISH)))
FIGURE = re.compile(
    rf"(?P<of>百分之|千分之)?"
    rf"(?P<value>\d+(?:,\d{{3}})*(?:\.\d+)?(?:(?P<scale>[万亿千百k])(?P<more>\d(?![\d{UNITS_BEGIN}]))?)?"
    rf"|[零〇{SMALL}十百千万亿]+(?:点[零〇{SMALL}]+(?=个点|%|成|万|元|块|倍))?)"
    rf"(?:\s*(?P<unit>{UNITS})(?P<rest>半|[{SMALL}](?![{UNITS_BEGIN}]))?)?",
    re.I,
)
SCALES = {"百": 100.0, "千": 1e3, "k": 1e3, "万": 1e4, "亿": 1e8}
PLAIN = dict(zip("兩萬塊點個億％０１２３４５６７８９", "两万块点个亿%0123456789", strict=True))
BRIEF = 24  # characters of a turn that says little more than one figure
STEP = re.compile(rf"[千万百](?=[{SMALL}]$)")


@dataclass(frozen=True)
class Figure:
    """A quantity in a text. `unit` is `share` (percent), `money` (yuan), `clock`, what is counted, or empty."""

    start: int
    measured: int
    """Where the unit begins."""
    end: int
    value: float
    unit: str

    def fits(self, other: Figure) -> bool:
        """Whether both may measure the same thing."""
        return self.unit == other.unit or not self.unit or not other.unit

    def same(self, other: Figure) -> bool:
        """Whether both are the same quantity."""
        return self.fits(other) and self.value == other.value


def figures(text: str) -> Iterator[Figure]:
    """The figures of a text in order; a bare one only where it is plainly a quantity."""
    for found in FIGURE.finditer(_plain(text)):
        value = _value(found["value"], found["scale"], found["more"])
        unit, of = found["unit"] or "", found["of"] or ""
        if value is None or not (unit or of or _plainly(found["value"])):
            continue
        factor, kind = _measured(unit, of)
        if kind == "share" and unit == "点" and CLOCK.search(text[: found.start()]):
            kind = "clock"
        rest, end = found["rest"] or "", found.end()
        if rest and rest != "半" and unit not in TENTHS:
            rest, end = "", found.start("rest")
        part = 0.0 if not rest else 0.5 if rest == "半" else DIGITS[rest] / 10
        yield Figure(found.start(), found.end("value"), end, round((value + part) * factor, 6), kind)


def put_right(statements: Sequence[str], turn: str) -> dict[int, str]:
    """By number, the statements of which a turn puts a figure right, with that figure in them.

    That is so where the turn names the old figure and one other, or one other of the same kind, and it is plain which
    statement is meant; where it is not, none is returned.
    """
    said = list(figures(turn))
    held = [list(figures(statement)) for statement in statements]
    known = [old for each in held for old in each]
    fresh = [new for new in said if not any(new.same(old) for old in known)]
    named: dict[int, tuple[Figure, Figure]] = {}
    likely: dict[int, list[tuple[Figure, Figure]]] = {}
    for number, each in enumerate(held):
        for old in each:
            other = {new.value: new for new in fresh if new.fits(old) and new.value != old.value}
            if len(other) != 1:
                continue
            (new,) = other.values()
            if any(old.same(mentioned) for mentioned in said):
                named[number] = (old, new)
            elif (new.unit == old.unit and new.unit) or (not new.unit and len(said) == 1 and len(turn) <= BRIEF):
                likely.setdefault(number, []).append((old, new))
    if not named:
        alike = {
            number: [(old, new) for old, new in pairs if old.unit == new.unit] or pairs
            for number, pairs in likely.items()
        }
        single = {number: pairs[0] for number, pairs in alike.items() if len(pairs) == 1}
        nearest = _nearest(list(single), statements, turn)
        named = {} if nearest is None else {nearest: single[nearest]}
    return {number: _with(statements[number], old, new, turn) for number, (old, new) in named.items()}


def _nearest(numbers: list[int], statements: Sequence[str], turn: str) -> int | None:
    """The one statement that shares most with a turn; none where two share as much."""
    if len(numbers) < 2:
        return numbers[0] if numbers else None
    words = grams(turn, 2)
    shares = sorted(((len(grams(statements[n], 2) & words), n) for n in numbers), reverse=True)
    return shares[0][1] if shares[0][0] > shares[1][0] else None


def _with(statement: str, old: Figure, new: Figure, turn: str) -> str:
    """A statement with one figure for another; a bare number keeps the unit that stands there."""
    end = old.end if new.unit else old.measured
    return f"{statement[: old.start]}{turn[new.start : new.end]}{statement[end:]}"


def _plain(text: str) -> str:
    """A text in half-width lower case and with simplified characters in its figures, of the same length."""
    return "".join(PLAIN.get(char, char) for char in text).lower()


def _value(words: str, scale: str | None, more: str | None) -> float | None:
    """A number as written; None where it is none (十十)."""
    if words[0].isdigit():
        size = SCALES[scale] if scale else 1.0
        number = re.match(r"[\d,.]+", words)
        assert number is not None  # it begins with a digit
        return float(number.group().replace(",", "")) * size + (int(more) * size / 10 if more else 0.0)
    try:
        if step := STEP.search(words):  # 两万五 is 25,000
            whole = float(cn2an.cn2an(words[:-1], "smart"))
            return whole + DIGITS[words[-1]] * SCALES[step.group()] / 10
        return float(cn2an.cn2an(words, "smart"))
    except (ValueError, KeyError):
        return None


def _plainly(words: str) -> bool:
    """Whether a number without a unit is a quantity and not a word (一家) or a list number."""
    return len(words) > 1


def _measured(unit: str, of: str) -> tuple[float, str]:
    """What a unit counts as, and of which kind it is."""
    if of:
        return (1.0 if of == "百分之" else 0.1), "share"
    if unit in SHARES:
        return SHARES[unit], "share"
    if unit in MONEY:
        return MONEY[unit], "money"
    return 1.0, unit.removesuffix("s")
