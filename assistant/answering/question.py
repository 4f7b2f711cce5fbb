"""What was asked: the words to search with, the tongue to answer in, the day it is about.

A question is searched in simplified characters and in the words of the rules beside the asker's own; it is answered in
the script it was asked in, while quotes stay as they stand in their source.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Literal

from opencc import OpenCC

from assistant.knowledge.speech import Wording
from assistant.types import Frozen

Script = Literal["simplified", "traditional", "english"]
DAY = re.compile(r"(?P<year>(?:19|20)\d\d)\s*年\s*(?:(?P<month>\d{1,2})\s*月(?:份)?\s*(?:(?P<day>\d{1,2})\s*[日号])?)?")
ENGLISH_DAY = re.compile(
    r"\b(?:in|on|as of|since|during|back in)\s+(?:(?P<month>[A-Z][a-z]{2})[a-z]*\.?\s+)?(?P<year>(?:19|20)\d\d)\b"
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOT_A_DAY = re.compile(
    r"\s*(?:版|修[订正]|第?\s*\d+\s*号|那?[新老旧]?[版规]|出台|发布|印发|公布|的?(?:新|旧)?(?:办法|规定|通知|条例|新规|解释))"
)
PAST = re.compile(
    r"当时|那时|那会|时点|那笔|那年|那阵|发生|签的|签订|签署|放款|发放|发生|结束|期间|的(?:业务|合同|贷款|案|开户|行为)|之前|以前"
)


SHORTEST = 6  # characters of something asked by itself: 罚多少 leans on what was asked before
ASKS = re.compile(
    r"[?？吗嘛么呢]|什么|啥|怎|咋|如何|哪|谁|几|多少|多久|多长|是否|能否|可否|(.)[不没]\1|有没有|行不|请问|说明|"
    r"\b(?:what|which|how|who|when|may|can|must|should|does|do|is|are)\b",
    re.I,
)


class Question(Frozen):
    """A question as it will be worked on. `dated` says that the day was taken from its words."""

    text: str
    search: str
    script: Script
    as_of: date
    dated: bool = False

    @property
    def added(self) -> str:
        """The words of the rules that are searched beside its own; empty where there are none."""
        return self.search.removeprefix(self.text).strip()

    @property
    def clauses(self) -> tuple[str, ...]:
        """Its separate questions, where it has several."""
        parts = [part.strip() for part in re.split(r"[。？?；;！!\n]", self.search)]
        asked = tuple(part for part in parts if len(part) >= 8)
        return asked if len(asked) > 1 else ()

    @property
    def asked(self) -> tuple[str, ...]:
        """What it asks, one part a thing asked: 平台罚多少；人会不会坐牢."""
        parts = (part for part in _split(self.text, r"(?<=[。？?；;！!\n])") if ASKS.search(part))
        return tuple(part.rstrip("。？?；;！!") for part in parts if len(part) > SHORTEST)

    @property
    def told(self) -> tuple[str, ...]:
        """What it tells without asking."""
        return tuple(part for part in _split(self.text, r"[。？?；;！!\n，]") if not ASKS.search(part))


def _split(text: str, ends: str) -> list[str]:
    return [part.strip() for part in re.split(ends, text) if part.strip()]


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def simplified(text: str) -> str:
    """`text` in simplified characters, character for character."""
    converted: str = _converter("t2s").convert(text)
    return converted


def traditional(text: str) -> str:
    """`text` in traditional characters."""
    converted: str = _converter("s2t").convert(text)
    return converted


def read(text: str, as_of: date | None, today: date, wordings: Iterable[Wording] = ()) -> Question:
    """Normalise a question; `as_of` wins over a day named in it, and that over `today`."""
    bare = unicodedata.normalize("NFKC", text).replace("\x00", " ").strip()
    bare = re.sub(r"[,，]", "，", bare) if re.search(r"[\u4e00-\u9fff]", bare) else bare
    plain = simplified(bare)
    named = None if as_of else _day_in(plain, today)
    rules = [word for wording in wordings if wording.occurs_in(plain) for word in wording.law if word not in plain]
    search = " ".join([plain, *dict.fromkeys(rules)])
    script = _script(bare, plain)
    return Question(text=plain, search=search, script=script, as_of=as_of or named or today, dated=named is not None)


def _script(bare: str, plain: str) -> Script:
    han = len(re.findall(r"[\u4e00-\u9fff]", bare))
    if han < len(re.findall(r"[A-Za-z]{2,}", bare)):
        return "english"
    changed = sum(before != after for before, after in zip(bare, plain, strict=False))
    return "traditional" if changed >= max(2, han * 0.08) else "simplified"


def _day_in(text: str, today: date) -> date | None:
    """The past day a question is about: its first full month, or a year said to be the time of the deed."""
    for match in DAY.finditer(text):
        if NOT_A_DAY.match(text, match.end()) or text[match.start() - 1 : match.start()] in tuple("〔[（(【"):
            continue
        if not match.group("month") and not PAST.search(text[match.end() : match.end() + 16]):
            continue
        found = _date(int(match.group("year")), match.group("month"), match.group("day"))
        if found is not None and found < today:
            return found
    for match in ENGLISH_DAY.finditer(text):
        month = match.group("month")
        number = str(MONTHS.index(month) + 1) if month in MONTHS else None
        found = _date(int(match.group("year")), number, None)
        if found is not None and found < today:
            return found
    return None


def _date(year: int, month: str | None, day: str | None) -> date | None:
    number = int(month) if month else 6
    if not 1 <= number <= 12:
        return None
    return date(year, number, min(int(day), monthrange(year, number)[1]) if day and int(day) else 15)
