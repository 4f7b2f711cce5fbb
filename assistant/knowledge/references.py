"""Finding the instruments and articles that a text names.

People write 《刑法》第一百七十五条之一, 刑法175之一, 个保法第13、14条, 金规〔2025〕9号, 9号文第六项 and mean exact
places. Names (titles, short names, abbreviations) are data of the corpus; only the grammar of numbers is code. A known
name that goes on (《保险法》实施细则) is another instrument and never taken for the one it begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import cn2an

from assistant.types import Frozen

MOST_IN_A_RANGE = 40
NUMBER = r"[一二三四五六七八九十百千零〇两\d０-９]+"
ONE = rf"(?:{NUMBER}(?:\s*条)?\s*(?:之\s*{NUMBER}(?!般)|(?<=\d)-\d{{1,2}}(?!\d|\s*条))?)"
LIST = re.compile(
    rf"(?P<open>\s*(?:（[^（）]{{0,16}}）)?[的中里之，,、:：\s]{{0,2}})"
    rf"(?P<body>第?\s*{ONE}(?:\s*条)?(?P<tail>第{NUMBER}[款项]|第?[（(]{NUMBER}[)）]项?)*"
    rf"(?:\s*(?:[、，,和及与或]|以及|至|到|[-—~～])\s*第?\s*{ONE}(?:\s*条)?(?:第{NUMBER}[款项]|第?[（(]{NUMBER}[)）]项?)*)*)"
)
STEP = re.compile(
    rf"(?P<sep>[、，,和及与或]|以及|至|到|[-—~～])?\s*第?\s*(?P<no>{NUMBER})(?:\s*条)?\s*"
    rf"(?:之\s*(?P<sub>{NUMBER})(?!般)|(?<=\d)-(?P<dash>\d{{1,2}})(?!\d|\s*条))?(?:\s*条)?"
    rf"(?P<part>(?:第{NUMBER}[款项]|第?[（(]{NUMBER}[)）]项?)*)"
)
ITEM = re.compile(
    rf"\s*[的中里，,]?\s*(?:第\s*(?P<no>{NUMBER})\s*[项点]|(?P<mark>{NUMBER}、)|(?P<round>[（(]{NUMBER}[)）]))"
)
ALONE = re.compile(rf"第\s*{NUMBER}\s*条")
QUOTED = re.compile(r"《(?P<name>(?:[^《》]|《[^《》]*》){2,90})》")
DOCUMENT = re.compile(
    r"(?P<agency>[\u4e00-\u9fff]{0,9}?)(?:[〔\[（(【]\s*(?P<year>(?:19|20)\d\d)\s*[〕\]）)】]\s*年?|(?P<year2>(?:19|20)\d\d)年)"
    r"\s*第?\s*(?P<no>\d{1,4})\s*号"
)
INVENTED = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{3,24}}(?:法|条例|办法|规定|细则|解释|准则|指引|规范|意见|通知))(?=第\s*{NUMBER}\s*条)"
)
LEADING = re.compile(
    r"^.*(?:按照|根据|依据|依照|违反|引用|适用|请按|按|依|据|引|查|看|和|与|及|跟|即|是|的|了|问|把|在|以)(?=..)"
)
GOES_ON = re.compile(
    r"\s*》?\s*(?:的)?(?:实施细则|实施条例|实施办法|司法解释|实施意见|补充规定|修正案|释义|（[^（）]*征求意见稿[^（）]*）)"
)
BACKWARD = re.compile(
    r"(?P<same>前款|该条|本条|上述条款)|(?P<previous>前条|上一?条)|(?:本|该|上述)(?:法|办法|条例|规定|通知|解释)"
)
# 公司法务, 公司法人: the name of a law is part of another word
NOT_A_LAW = re.compile(r"[务人院律庭官学]|规(?!定)|定(?!义)|制(?!定)")


class Reference(Frozen):
    """A place a text names: `name` as written, `article` in canonical form, and where the words stand."""

    name: str
    article: str | None = None
    part: str = ""
    start: int
    end: int


def number_of(words: str) -> int | None:
    """The whole number that Chinese or Arabic numerals say, None when they say none."""
    words = words.strip().translate(str.maketrans("０１２３４５６７８９〇", "0123456789零"))
    if words.isdigit():
        return int(words)
    try:
        value = cn2an.cn2an(words, "smart")
    except ValueError:
        return None
    return int(value) if value == int(value) and value > 0 else None


def numeral(value: int) -> str:
    """A number as law texts write it: 十, 一百一十, 一千二百六十."""
    words: str = cn2an.an2cn(value)
    return words.removeprefix("一") if 10 <= value <= 19 else words


def canonical(number: int, sub: int | None = None) -> str:
    """`第一百七十五条之一` for 175 and 1."""
    return f"第{numeral(number)}条" + (f"之{numeral(sub)}" if sub else "")


def place_of(article: str) -> tuple[int, int] | None:
    """The numbers of a canonical article, for comparing and ordering; None for other labels."""
    match = re.match(rf"第({NUMBER})条(?:之({NUMBER}))?$", article)
    number = number_of(match.group(1)) if match else None
    if match is None or number is None:
        return None
    return number, (number_of(match.group(2)) or 0) if match.group(2) else 0


def key(name: str) -> str:
    """A name for comparing: without 《》, spaces, quotation marks and 中华人民共和国."""
    name = re.sub(r"[《》〈〉“”\"'‘’\s]", "", name).replace("(", "（").replace(")", "）")
    return name.replace("中华人民共和国", "")


def plain(name: str) -> str:
    """The same without 新, 旧 and the like before it."""
    return re.sub(r"^(?:现行|最新|新版|旧版|[新旧老原])(?=.{2})", "", key(name))


class Names:
    """Every name under which an instrument may be written, for finding the longest one at a place in a text."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for name in sorted({name for name in names if len(name) >= 2}, key=len, reverse=True):
            self._by_start.setdefault(name[:2], []).append(name)

    def at(self, text: str, position: int) -> str | None:
        """The longest known name that begins at `position`."""
        for name in self._by_start.get(text[position : position + 2], ()):
            goes_on = name.endswith("法") and NOT_A_LAW.match(text, position + len(name))
            if text.startswith(name, position) and not goes_on:
                return name
        return None


def parse(text: str, names: Names) -> list[Reference]:
    """Every instrument and article that `text` names, in reading order.

    An article without an instrument (第三条, 前款, 本办法第五条) belongs to the one named last; with none named it is
    left out.
    """
    found: list[Reference] = []
    for name, start, end in _mentions(text, names):
        before = found[-1] if found else None
        if before is not None:
            found.extend(_relative(text, before, before.end, start))
        found.extend(_articles(text, name, start, end))
    if found:
        found.extend(_relative(text, found[-1], found[-1].end, len(text)))
    return found


def _mentions(text: str, names: Names) -> Iterator[tuple[str, int, int]]:
    """Instrument names with their spans, longest first at each place, none overlapping."""
    position = 0
    invented = {match.start("name"): match for match in INVENTED.finditer(text)}
    while position < len(text):
        quoted = QUOTED.match(text, position)
        if quoted:
            goes_on = GOES_ON.match(text, quoted.end())
            end = goes_on.end() if goes_on else quoted.end()
            yield re.sub(r"^《|》", "", text[position:end]).strip(), position, end
            position = end
            continue
        skip = 7 if text.startswith("中华人民共和国", position) else 0
        name = names.at(text, position + skip)
        document = DOCUMENT.match(text, position)
        if document and (name is None or document.end() > position + skip + len(name)):
            yield document.group().strip(), position, document.end()
            position = document.end()
        elif name:
            end = position + skip + len(name)
            goes_on = GOES_ON.match(text, end)
            end = goes_on.end() if goes_on else end
            yield text[position:end], position, end
            position = end
        elif position in invented and _unknown(invented[position], names):
            match = invented[position]
            said = LEADING.sub("", match.group("name"))
            yield said, match.end("name") - len(said), match.end("name")
            position = match.end("name")
        else:
            position += 1


def _unknown(match: re.Match[str], names: Names) -> bool:
    """Whether no known name stands inside what looks like the name of an instrument."""
    text, start, end = match.string, match.start("name"), match.end("name")
    if re.search(r"(?:[本该此][\u4e00-\u9fff]{1,4}|[新旧老原]法)$", match.group("name")):
        return False
    return not any(names.at(text, place) for place in range(start, end - 1))


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
    yield from _steps(name, listed.group("body"), start, listed.start("body"))


def _is_an_article_list(listed: re.Match[str], text: str) -> bool:
    body = listed.group("body")
    follows = text[listed.end() : listed.end() + 1]
    return (
        "条" in body or "之" in body or (body[:1].isdigit() and follows not in tuple("年月日号个元万%％天倍项点、："))
    )


def _item(item: re.Match[str]) -> str | None:
    """An item label as notices number them: 第八项 and 八、 are both `八、`."""
    if item.group("round"):
        return item.group("round").replace("(", "（").replace(")", "）")
    number = number_of((item.group("no") or item.group("mark") or "").rstrip("、"))
    return f"{numeral(number)}、" if number else None


def _steps(name: str, body: str, start: int, offset: int) -> Iterator[Reference]:
    last: int | None = None
    for step in STEP.finditer(body):
        number = number_of(step.group("no"))
        if number is None or number == 0:
            continue
        sub = number_of(step.group("sub") or step.group("dash") or "")
        end = offset + step.end()
        ranged = step.group("sep") in ("至", "到", "-", "—", "~", "～") and last is not None and sub is None
        if ranged and last is not None and 0 < number - last <= MOST_IN_A_RANGE:
            for middle in range(last + 1, number):
                yield Reference(name=name, article=canonical(middle), start=start, end=end)
        article = canonical(number, sub)
        yield Reference(name=name, article=article, part=step.group("part") or "", start=start, end=end)
        last = number


def _relative(text: str, before: Reference, start: int, end: int) -> Iterator[Reference]:
    """Articles between two names: 第五条, 本办法第五条, 前款, 前条."""
    position = start
    while position < end:
        alone, back = ALONE.match(text, position), BACKWARD.match(text, position)
        found: list[Reference] = []
        stop = position + 1
        if alone:
            listed = LIST.match(text, position)
            stop = listed.end() if listed and listed.end() <= end else alone.end()
            found = list(_steps(before.name, text[position:stop], position, position))
        elif back and before.article and (back.group("same") or back.group("previous")):
            stop = back.end()
            place = place_of(before.article)
            if back.group("same"):
                found = [Reference(name=before.name, article=before.article, start=position, end=stop)]
            elif place and place[0] > 1:
                found = [Reference(name=before.name, article=canonical(place[0] - 1), start=position, end=stop)]
        yield from found
        before, position = (found[-1] if found else before), stop
