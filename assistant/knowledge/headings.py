"""Which lines of a document really begin an article, and which only mention one.

第十条规定的…, cut by the end of a line, looks exactly like the beginning of article 10. One line cannot tell; the
whole document can: its articles form a rising sequence, nearly always without a gap. So every line that could be a
heading is weighed by how it looks, and the heaviest rising sequence through them wins.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.knowledge.layout import Line, ended
from assistant.knowledge.references import number_of

DIGITS = "一二三四五六七八九十百千零〇○Ｏ两\\d０-９"
NUMERAL = rf"[{DIGITS}](?:[ \u3000]*[{DIGITS}]){{0,9}}"
ARTICLE = re.compile(
    rf"[\s\u3000]*[【\[]?第[ \u3000]*(?P<no>{NUMERAL})[ \u3000]*条"
    rf"(?:[ \u3000]*之[ \u3000]*(?P<sub>{NUMERAL})(?![般定类种]))?[】\]]?"
    r"(?P<gap>[\s\u3000]*)(?P<after>.*)$",
    re.S,
)
STRUCTURE = re.compile(
    rf"[\s\u3000]*(?P<mark>第[ \u3000]*(?P<no>{NUMERAL})[ \u3000]*(?P<unit>分[ \u3000]*编|编|章|节))"
    r"[\s\u3000]*(?P<name>.*)$"
)
BARE = re.compile(r"[总附罚分序](?:\s|\u3000)*[则言]")
ITEM = re.compile(r"[\s\u3000]*(?P<no>[一二三四五六七八九十]{1,4})[、．.](?P<after>.*)$", re.S)
ROUND = re.compile(r"[\s\u3000]*[（(](?P<no>[一二三四五六七八九十百]{1,4})[）)](?P<after>.*)$", re.S)
# What follows a mention and never opens an article.
MENTION = re.compile(
    r"[、，,；;。》”）)]|第?[ \u3000]*[（(][一二三四五六七八九十\d]+[）)]项|第[一二三四五六七八九十百千零\d]+[款项]"
    r"|(?:至|到|和|与|或|或者|以及|及)第[一二三四五六七八九十百千零\d]+条"
    r"|(?:中|所|之)?(?:规定|所列|所称|所述|所指|列举)(?:的|，|：|情形|之|处罚|执行|办理|中)|的(?:规定|要求|情形|除外)"
)
# What may open an article only if a gap stands before it.
RISKY = re.compile(r"第.{1,8}条|规定|所|的|之|至|到|和|与|或|及|以及|中|内|外|前|后|等|、|，")
ENTRY = re.compile(r"(?:[.．…·⋯—\-_ \u3000\t]{2,}|\s)\d{1,4}\s*$|[.．…·⋯]{3,}\s*\d*\s*$")
BRACKETED = re.compile(r"[（(【].*[）)】]", re.S)  # the history below a title
LONGEST_NAME = 45


@dataclass(frozen=True)
class Candidate:
    """A line that may begin an article: where it is, its number, what follows, and how much it looks like one."""

    at: int
    number: tuple[int, int]
    text: str
    weight: float


def value_of(words: str) -> int | None:
    """The number that numerals say, also with gaps (第 十 二 条) and full-width digits."""
    return number_of(
        unicodedata.normalize("NFKC", re.sub(r"[\s\u3000]", "", words)).translate(str.maketrans("○O", "〇0"))
    )


def candidates(lines: Sequence[Line]) -> list[Candidate]:
    """Every line that could begin an article, with its weight."""
    found = []
    for at, line in enumerate(lines):
        match = ARTICLE.match(line.text)
        number = value_of(match.group("no")) if match else None
        sub = value_of(match.group("sub")) if match and match.group("sub") else 0
        if match is None or number is None or sub is None or MENTION.match(match.group("after")):
            continue
        weight = _weight(match)
        before = lines[at - 1].text if at else ""
        if not (ended(before) or "\t" in before or is_heading(before) or BRACKETED.fullmatch(before.strip())):
            weight *= 0.3 if len(before) > 20 else 0.7
        found.append(Candidate(at, (number, sub), match.group("after").strip(" \u3000"), weight))
    return found


def _weight(match: re.Match[str]) -> float:
    after = match.group("after")
    if not after or after[0] in "【（(":
        return 2.0
    if match.group("gap"):
        return 3.0
    return 0.3 if RISKY.match(after) else 1.5


def is_heading(text: str) -> bool:
    """Whether a line is the heading of a part, chapter or section and not a mention of one."""
    if BARE.fullmatch(text.strip()):
        return True
    match = STRUCTURE.match(text)
    if match is None or value_of(match.group("no")) is None:
        return False
    name = match.group("name").strip()
    return len(name) <= LONGEST_NAME and not MENTION.match(name) and not re.search(r"[。；;！？]$|[，：:]$", name)


def is_entry(text: str) -> bool:
    """Whether a line is an entry of a table of contents: a heading that ends in dots or a page number."""
    return bool(ENTRY.search(text)) and bool(STRUCTURE.match(text) or ARTICLE.match(text) or BARE.match(text.strip()))


def sequence(found: Sequence[Candidate]) -> list[Candidate]:
    """The heaviest rising sequence: a number that follows its forerunner counts more than one after a gap."""
    keys = sorted({item.number for item in found})
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(keys) + 1)  # prefix maxima over numbers (a Fenwick tree)
    scores: list[float] = []
    back: list[int] = []
    exact: dict[tuple[int, int], int] = {}
    whole: dict[int, int] = {}
    for index, item in enumerate(found):
        place = bisect_left(keys, item.number)
        number, sub = item.number
        best, before = _prefix(tree, place)
        best -= 0.7 if before >= 0 else min(1.5, 0.5 * (number - 1))
        follows = exact.get((number, sub - 1)) if sub else whole.get(number - 1)
        if follows is not None and scores[follows] + 1.0 > best:
            best, before = scores[follows] + 1.0, follows
        scores.append(max(best, 0.0) + item.weight if before >= 0 or best > 0 else item.weight + best)
        back.append(before)
        if item.number not in exact or scores[exact[item.number]] < scores[index]:
            exact[item.number] = index
        if number not in whole or scores[whole[number]] < scores[index]:
            whole[number] = index
        _raise(tree, place + 1, (scores[index], index))
    at = max(range(len(found)), key=lambda index: scores[index], default=-1)
    chain: list[Candidate] = []
    while at >= 0:
        chain.append(found[at])
        at = back[at]
    return chain[::-1]


def _prefix(tree: list[tuple[float, int]], place: int) -> tuple[float, int]:
    best = (0.0, -1)
    while place > 0:
        best = max(best, tree[place])
        place -= place & -place
    return best


def _raise(tree: list[tuple[float, int]], place: int, value: tuple[float, int]) -> None:
    while place < len(tree):
        tree[place] = max(tree[place], value)
        place += place & -place
