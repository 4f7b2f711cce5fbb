"""Finding the instruments and articles that a text names.

People write 《刑法》第一百七十五条之一, 刑法175之一, 个保法第13、14条, 9号文第六项, Article 29 of the PIPL and
mean exact places. Which instrument is meant is found by `mentions`; here is the grammar of numbers after and before its
name, and of 前条, 该法第五条 and the like, which lean on the place named last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import cn2an

from assistant.knowledge.mentions import Names, mentions
from assistant.knowledge.spelling import NUMBER, fold
from assistant.types import Frozen

MOST_IN_A_RANGE = 40
LAST_POSSIBLE = 9999  # no text has more articles; a greater number is a slip of the keyboard and stays in digits
MOST_DIGITS = 15
PART = rf"(?:第{NUMBER}[款项]|第?[（]{NUMBER}[）]项?)"
ONE = rf"(?:{NUMBER}(?:\s*条)?\s*(?:之\s*{NUMBER}(?!般)|(?<=\d)-\d{{1,2}}(?!\d))?)"
AND = r"(?:[、，,和及与或&]|以及|至|到|[-—~～]|\b(?:and|or|to)\b)"
ENGLISH = r"(?:articles?|arts?\.?|§+)"
LIST = re.compile(
    rf"(?P<open>[”\"」』’]?\s*(?:（[^（）]{{0,16}}）)?(?:[的中里之，,、:：\s]{{0,2}}|(?:['’]s)?[\s,，:：（]*{ENGLISH}\s*))"
    rf"(?P<body>第?\s*{ONE}(?:\s*条)?{PART}*"
    rf"(?:\s*{AND}{{1,2}}\s*(?:{ENGLISH}\s*)?第?\s*{ONE}(?:\s*条)?{PART}*)*)"
)
STEP = re.compile(
    rf"(?P<sep>{AND})?\s*(?:{ENGLISH}\s*)?第?\s*(?P<no>{NUMBER})(?:\s*条)?\s*"
    rf"(?:之\s*(?P<sub>{NUMBER})(?!般)|(?<=\d)-(?P<dash>\d{{1,2}})(?!\d))?(?:\s*条)?"
    rf"(?P<part>{PART}*)"
)
RANGE = ("至", "到", "-", "—", "~", "～", "to")
BEFORE = re.compile(
    rf"\b{ENGLISH}\s*(?P<body>{ONE}(?:\s*{AND}{{1,2}}\s*(?:{ENGLISH}\s*)?{ONE})*)\s*(?:（\w+）\s*)*(?:of|in|under|from|,)?\s*"
    r"(?:the\s+)?(?:prc\s+|chinese\s+|china's\s+|people's republic of china\s+)?《?$"
)
ITEM = re.compile(
    rf"\s*[的中里，,]{{0,2}}\s*(?:第\s*(?P<no>{NUMBER})\s*[项点]|(?P<mark>{NUMBER}、)|(?P<round>（{NUMBER}）))"
)
ALONE = re.compile(rf"第\s*{NUMBER}(?:-\d{{1,3}})?\s*条|\barticles?\s*\d|\barts?\.\s*\d")
BACKWARD = re.compile(
    r"(?P<same>前款|该条|本条|上述条款|同条)|(?P<previous>前条|上一?条)|[前上](?P<several>[二两三四五])条|(?P<next>[后下]一?条)|"
    r"(?:本|该|上述)(?:法|办法|条例|规定|通知|解释)"
)


class Reference(Frozen):
    """A place a text names: `name` as written, `article` in canonical form, and where the words stand."""

    name: str
    article: str | None = None
    part: str = ""
    start: int
    end: int


@lru_cache(4096)
def number_of(words: str) -> int | None:
    """The whole number that Chinese or Arabic numerals say, None when they say none."""
    words = fold(words).strip().replace("〇", "零")
    if words.isdecimal() and words.isascii():
        return int(words[-MOST_DIGITS:]) if len(words.lstrip("0")) <= MOST_DIGITS else 10**MOST_DIGITS
    if len(words) > MOST_DIGITS:
        return None
    try:
        value = cn2an.cn2an(words, "smart")
    except ValueError:
        return None
    return int(value) if value == int(value) and (value > 0 or words == "零") else None


@lru_cache(4096)
def numeral(value: int) -> str:
    """A number as law texts write it: 十, 一百一十, 一千二百六十."""
    words: str = cn2an.an2cn(value)
    return words.removeprefix("一") if 10 <= value <= 19 else words


def canonical(number: int, sub: int | None = None) -> str:
    """`第一百七十五条之一` for 175 and 1."""
    return f"第{numeral(number) if number <= LAST_POSSIBLE else number}条" + (f"之{numeral(sub)}" if sub else "")


def place_of(article: str) -> tuple[int, int] | None:
    """The numbers of a canonical article, for comparing and ordering; None for other labels."""
    match = re.match(rf"第({NUMBER})条(?:之({NUMBER}))?$", article)
    number = number_of(match.group(1)) if match else None
    if match is None or number is None:
        return None
    return number, (number_of(match.group(2)) or 0) if match.group(2) else 0


def bare(name: str) -> str:
    """A name for showing: without 《》, spaces but those of English, quotation marks and 中华人民共和国."""
    name = re.sub(r"[《》〈〉“”\"'‘’「」『』]|(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", name)
    name = name.replace("(", "（").replace(")", "）")
    return name.replace("中华人民共和国", "").replace("中華人民共和國", "")


def key(name: str) -> str:
    """A name for comparing: bare, and the same however it is typed."""
    return "".join(bare(fold(name)).split())


def plain(name: str) -> str:
    """The same without 新, 旧 and the like before it."""
    return re.sub(r"^(?:现行|最新|新版|旧版|[新旧老原])(?=.{2})", "", key(name))


def parse(text: str, names: Names) -> list[Reference]:
    """Every instrument and article that `text` names, in reading order.

    An article without an instrument (第三条, 前款, 本办法第五条) belongs to the one named last; with none named it is
    left out. Places are places in `text`, names stand as they are written there.
    """
    folded = fold(text)
    found: list[Reference] = []
    last = 0
    for start, end, closing in mentions(folded, names, text):
        name = (text[start + 1 : closing] + text[closing + 1 : end] if closing else text[start:end]).strip()
        here = list(_articles(folded, name, start, end))
        if here[0].article is None and (front := list(_before(folded, name, max(last, start - 80), start, end))):
            here = front
        if found:
            found.extend(_relative(folded, found[-1], last, here[0].start))
        found.extend(here)
        last = here[-1].end
    if found:
        found.extend(_relative(folded, found[-1], last, len(text)))
    return found


def _before(text: str, name: str, least: int, start: int, end: int) -> Iterator[Reference]:
    """The articles listed right before a name, as in English."""
    match = BEFORE.search(text, least, start)
    if match:
        for step in _steps(name, match.group("body"), match.start(), 0):
            yield step.model_copy(update={"end": end})


def _articles(text: str, name: str, start: int, end: int) -> Iterator[Reference]:
    """The articles listed right after a name, or the name alone."""
    listed = LIST.match(text, end)
    if listed and not _is_an_article_list(listed, text):
        listed = None
    if listed is None:
        item = ITEM.match(text, end)
        if item and (label := _item(item)):
            yield Reference(name=name, article=label, start=start, end=item.end())
        else:
            yield Reference(name=name, start=start, end=end)
        return
    steps = list(_steps(name, listed.group("body"), start, listed.start("body")))
    yield from steps or [Reference(name=name, start=start, end=end)]


def _is_an_article_list(listed: re.Match[str], text: str) -> bool:
    body = listed.group("body")
    follows = text[listed.end() : listed.end() + 1]
    if "条" in body or "之" in body or re.search("[a-z§]", listed.group("open")):
        return True
    if re.fullmatch(r"(?:19|20)\d\d", body.strip()):
        return False
    return body[:1].isdigit() and follows not in tuple("年月日号个元万%％天倍项点、：.家名次份笔")


def _item(item: re.Match[str]) -> str | None:
    """An item label as notices number them: 第八项 and 八、 are both `八、`."""
    if item.group("round"):
        return item.group("round")
    number = number_of((item.group("no") or item.group("mark") or "").rstrip("、"))
    return f"{numeral(number)}、" if number else None


def _steps(name: str, body: str, start: int, offset: int) -> Iterator[Reference]:
    last: int | None = None
    for step in STEP.finditer(body):
        number, dash = number_of(step.group("no")), number_of(step.group("dash") or "")
        if number is None:
            continue
        sub = number_of(step.group("sub") or "") or (dash if dash and dash < number else None)
        end = offset + step.start() + len(step.group().rstrip())
        numbers = [number]
        if dash and dash > number:  # 28-30条 is a range, 175-1条 is 之一
            numbers = _range(number, dash)
        elif step.group("sep") in RANGE and last is not None and sub is None:
            numbers = _range(last, number)[1:]
        for middle in numbers[:-1]:
            yield Reference(name=name, article=canonical(middle), start=start, end=end)
        yield Reference(
            name=name, article=canonical(numbers[-1], sub), part=step.group("part") or "", start=start, end=end
        )
        last = numbers[-1]


def _range(first: int, last: int) -> list[int]:
    """Both ends and what lies between, where that can be meant."""
    return list(range(first, last + 1)) if 0 < last - first <= MOST_IN_A_RANGE else [first, last]


def _relative(text: str, before: Reference, start: int, end: int) -> Iterator[Reference]:
    """Articles between two names: 第五条, 本办法第五条, 前款, 前条, and in a notice 第五项."""
    position = start
    while position < end:
        if text[position] not in "第前上后下该本同a":
            position += 1
            continue
        alone, back = ALONE.match(text, position), BACKWARD.match(text, position)
        item = ITEM.match(text, position) if (before.article or "").endswith("、") else None
        found: list[Reference] = []
        stop = position + 1
        if alone:
            listed = LIST.match(text, position)
            stop = listed.end() if listed and listed.end() <= end else alone.end()
            found = list(_steps(before.name, text[position:stop], position, position))
        elif item and item.group("no") and (label := _item(item)):
            stop = item.end()
            found = [Reference(name=before.name, article=label, start=position, end=stop)]
        elif back:
            stop = back.end()
            found = [
                Reference(name=before.name, article=article, start=position, end=stop)
                for article in _leaning(before.article or "", back)
            ]
        yield from found
        before, position = (found[-1] if found else before), stop


def _leaning(article: str, back: re.Match[str]) -> list[str]:
    """What 前款, 前条, 前两条 or 下条 mean after an article was named."""
    place = place_of(article)
    if back.group("same"):
        return [article] if article else []
    if place is None:
        return []
    number, sub = place
    if back.group("next"):
        return [canonical(number + 1)]
    if back.group("previous") and sub:
        return [canonical(number, sub - 1 or None)]
    count = number_of(back.group("several") or "") or (1 if back.group("previous") else 0)
    return [canonical(middle) for middle in range(max(1, number - count), number)]
