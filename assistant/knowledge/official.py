"""A document from a government site -> the instruments in it, article by article, to the letter.

Every character of the document ends in exactly one place: the head (title, number, dates), the preface, an article, an
annex, or the foot (signature). What cannot be placed with certainty is kept where it stood and reported as a doubt,
because the person who imports the text can look at the original and we cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from assistant.errors import UnreadableSource
from assistant.knowledge.front import TITLE, Front, find_title, is_title, read_front
from assistant.knowledge.headings import (
    ARTICLE,
    BARE,
    STRUCTURE,
    Candidate,
    candidates,
    is_entry,
    is_heading,
    sequence,
)
from assistant.knowledge.layout import Line, ended
from assistant.knowledge.pages import Paper
from assistant.knowledge.parts import ANNEX, annexes, notice, points, preface, shown, signature
from assistant.knowledge.references import canonical, place_of
from assistant.types import Article

CONTENTS = re.compile(r"目[\s\u3000]*[录次]")
TOPIC = re.compile(
    r"(?:【(?P<square>[^】]{1,30})】|[（(](?P<round>[^（）()一二三四五六七八九十]{2,20})[）)])(?=.)[\s\u3000]*", re.S
)
ABOVE_A_TITLE = re.compile(r"附\s*件|.{2,40}(?:令|公告)$|.{0,30}[〔\[（(].{0,12}号[）)]?$|.{0,12}年?第?.{1,4}号$")
FAR_ABOVE = 60  # lines above its first article within which the title of a second instrument must stand
SURE = 1.0  # a line that looks at least this much like a heading counts when numbering begins again
STRONG = 2.0


class Instrument(Front):
    """One legal text as read: what it says of itself, and its articles.

    `doubts` say in Chinese what the reader should hold against the original. `complete` is true where the
    articles run from 第一条 without a gap or a repetition.
    """

    title: str
    articles: tuple[Article, ...]
    doubts: tuple[str, ...] = ()
    complete: bool = False

    @property
    def numbered(self) -> tuple[Article, ...]:
        """The articles or items that can be cited by number, without annexes."""
        return tuple(article for article in self.articles if article.no and not article.no.startswith("附"))


def read_instruments(paper: Paper) -> tuple[Instrument, ...]:
    """Every instrument of a document in order. Raises `UnreadableSource` for no legal text, or one we cannot cut."""
    lines, listed = _without_contents([line for line in paper.lines if line.text.strip()])
    segments = list(_segments(lines, paper.name))
    title = paper.title if len(segments) == 1 else ""
    found = [_instrument(segment, paper, title) for segment in segments]
    instruments = tuple(item for item in found if item is not None)
    if not instruments:
        raise UnreadableSource(
            f"无法导入「{paper.name}」：没有找到条文（第…条）或编号的事项（一、二、…）。请检查是不是法规正文。"
        )
    missed = [entry for entry in listed if entry not in {_squeezed(line.text) for line in lines}]
    if missed and len(instruments) == 1:
        doubt = f"目录里有“{missed[0]}”，正文里没有找到"
        return (instruments[0].model_copy(update={"doubts": (*instruments[0].doubts, doubt)}),)
    return instruments


# --- cutting the document ---------------------------------------------------------------------------------------------


def _without_contents(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """The lines without tables of contents, and what those listed."""
    kept: list[Line] = []
    listed: list[str] = []
    at = 0
    while at < len(lines):
        titled = bool(CONTENTS.fullmatch(lines[at].text.strip()))
        start = at + titled
        end = start
        seen: list[str] = []
        while end < len(lines) and _is_listed(lines[end].text, titled):
            name = _squeezed(re.sub(r"[.．…·⋯\s\u3000\-—]*\d{0,4}\s*$", "", lines[end].text))
            if name in seen:  # the body begins with the first heading again
                break
            seen.append(name)
            end += 1
        if seen and (titled or (len(seen) >= 3 and _comes_again(seen[0], lines[end : end + 400]))):
            listed += [name for name in seen if not ARTICLE.match(name)]
            at = end
        else:
            kept += lines[at : start + 1] if not titled or not seen else []
            at = start + 1
    return kept, listed


def _comes_again(name: str, lines: Sequence[Line]) -> bool:
    return any(_squeezed(line.text) == name for line in lines)


def _is_listed(text: str, titled: bool) -> bool:
    return is_entry(text) or is_heading(text) or (titled and bool(BARE.fullmatch(text.strip())))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u3000]+", "", text)


def _segments(lines: list[Line], name: str) -> Iterator[list[Line]]:
    """The document cut where a second instrument begins: its own title, and articles counted from the first again."""
    cuts = [0]
    last: Candidate | None = None
    highest = (0, 0)
    found = candidates(lines)
    for place, item in enumerate(found):
        if item.number == (1, 0) and item.weight >= SURE:
            above = last.at + 1 if last else cuts[-1]
            title = _title_above(lines, max(above, item.at - FAR_ABOVE), item.at)
            if highest >= (2, 0):
                annexed = any(ANNEX.match(line.text.strip()) for line in lines[above : item.at])
                if title is not None:
                    cuts.append(title)
                    highest = (1, 0)
                elif not annexed and _counts_on(found[place + 1 :]):
                    raise UnreadableSource(
                        f"无法导入「{name}」：条号在“{item.text[:20]}”处又从第一条开始，却没有找到第二份文件的标题。"
                        "请把它拆成两个文件后再导入。"
                    )
            elif title is not None and title > cuts[-1] and points(lines[cuts[-1] : title]):
                cuts.append(title)  # a notice with points of its own, then the act it issues
        if item.weight >= SURE:
            highest, last = max(highest, item.number), item
    yield from (lines[start:end] for start, end in pairwise([*cuts, len(lines)]))


def _counts_on(later: Sequence[Candidate]) -> bool:
    return any(item.number == (2, 0) and item.weight >= SURE for item in later[:3])


def _title_above(lines: Sequence[Line], start: int, end: int) -> int | None:
    """Where the head of the instrument that begins at `end` starts, if a title stands there."""
    at = next((at for at in range(end - 1, start - 1, -1) if is_title(lines[at].text.strip())), None)
    if at is None:
        return None
    title = find_title(lines[start : at + 1], is_notice=False)
    first = at
    while first > start and _squeezed(lines[first - 1].text) in _squeezed(title) and len(lines[first - 1].text) > 1:
        first -= 1
    while first > start and re.match(
        r"附\s*件|.{2,40}[令公告]$|.{0,30}[〔\[（(].{0,12}号[）)]?$", lines[first - 1].text.strip()
    ):
        first -= 1
    return first


# --- one instrument ---------------------------------------------------------------------------------------------------


def _instrument(lines: list[Line], paper: Paper, given: str) -> Instrument | None:
    found = candidates(lines)
    chain = sequence(found)
    listed = [] if len(chain) >= 2 else points(lines)
    if not listed and len(chain) < 2 and not (chain and chain[0].weight >= STRONG):
        return None
    first, last = (listed[0][0], listed[-1][0]) if listed else (chain[0].at, chain[-1].at)
    while first and not listed and is_heading(lines[first - 1].text):
        first -= 1
    cut = next((at for at in range(last + 1, len(lines)) if ANNEX.match(lines[at].text.strip())), len(lines))
    body, foot = signature(lines[:cut])
    tail, end = signature(lines[cut:])
    doubts = list(paper.doubts)
    articles = notice(body, listed) if listed else _act(body, first, chain, found, doubts)
    articles = [*preface(lines[:first]), *articles, *annexes(tail)]
    texts = [article.text for article in articles]
    front = read_front(lines[:first], texts, [line.text for line in (*foot, *end)], given, bool(listed))
    title = front.title or _from_file_name(paper.name)
    numbers = [place_of(item.no) for item in articles if item.no]
    return Instrument(
        **front.model_dump(exclude={"title"}),
        title=title,
        articles=tuple(articles),
        doubts=tuple(dict.fromkeys([*doubts, *_unknown(front, title)])),
        complete=(1, 0) in numbers and len(doubts) == len(paper.doubts),
    )


def _act(
    lines: Sequence[Line], first: int, chain: Sequence[Candidate], found: Sequence[Candidate], doubts: list[str]
) -> list[Article]:
    """The articles of an act with the chapter each stands in; a repeated number is kept apart and never merged."""
    begins = {item.at: item for item in chain}
    taken = {item.number for item in chain}
    apart = [
        item
        for item in found
        if item.at not in begins and item.at > first and item.weight >= STRONG and item.at < len(lines)
    ]
    again = {item.at: item for item in apart}
    doubts += _gaps(chain)
    for item in apart:
        why = "重复出现" if item.number in taken else "不在顺序里"
        doubts.append(f"{canonical(*_pair(item))}{why}（“{item.text[:16]}”），单独保留，没有给条号")
    articles: list[Article] = []
    chapter = _Chapter()
    at = first
    while at < len(lines):
        begun = begins.get(at) or again.get(at)
        if begun is None and _breaks(lines, at):
            at += chapter.read(lines, at)
            continue
        end = at + 1
        while end < len(lines) and end not in begins and end not in again and not _breaks(lines, end):
            end += 1
        if begun is not None:
            text = "\n".join(filter(None, [begun.text, *(shown(line.text) for line in lines[at + 1 : end])]))
            articles.append(_article(begun, text, chapter.name, at in again))
            if not articles[-1].text:
                doubts.append(f"{articles[-1].label}没有内容")
        at = end
    return [article for article in articles if article.text]


def _is_short(line: Line) -> bool:
    return is_heading(line.text) or len(line.text) <= 20 or "\t" in line.text


def _breaks(lines: Sequence[Line], at: int) -> bool:
    """Whether a chapter heading interrupts the article here; a mention of a chapter inside a sentence does not."""
    return is_heading(lines[at].text) and (at == 0 or ended(lines[at - 1].text) or _is_short(lines[at - 1]))


def _pair(item: Candidate) -> tuple[int, int | None]:
    return item.number[0], item.number[1] or None


def _gaps(chain: Sequence[Candidate]) -> Iterator[str]:
    """Numbers that are missing between two articles."""
    if chain and chain[0].number > (1, 0):
        yield f"缺开头：从{canonical(*_pair(chain[0]))}开始"
    for before, item in pairwise(chain):
        missing = item.number[0] - before.number[0] - 1
        if missing > 0:
            first, last = canonical(before.number[0] + 1), canonical(item.number[0] - 1)
            yield f"缺{first}" if missing == 1 else f"缺{first}至{last}"
        elif item.number[1] > 1 and item.number != (before.number[0], before.number[1] + 1):
            yield f"缺{canonical(item.number[0], item.number[1] - 1)}"


def _article(item: Candidate, text: str, chapter: str, is_again: bool) -> Article:
    """`text` as an article; one whose number stands there twice gets none, and a label of its own by its line."""
    label = canonical(*_pair(item))
    topic = TOPIC.match(text)
    return Article(
        no=None if is_again else label,
        label=f"{label}（第{item.at + 1}段，条号未核）" if is_again else label,
        topic=(topic.group("square") or topic.group("round")) if topic else "",
        text=text[topic.end() :].strip() if topic else text,
        kind="official",
        chapter=chapter,
    )


class _Chapter:
    """The part, chapter and section that reading has come to."""

    ORDER = ("编", "分编", "章", "节")

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    @property
    def name(self) -> str:
        return " ".join(self._now[unit] for unit in self.ORDER if unit in self._now)

    def read(self, lines: Sequence[Line], at: int) -> int:
        """Take in the heading at `at`; returns how many lines it fills."""
        text, used = re.sub(r"[\s\u3000]+", " ", lines[at].text).strip(), 1
        match = STRUCTURE.match(text)
        if match is None:
            self._now = {**{unit: name for unit, name in self._now.items() if unit == "编"}, "章": _squeezed(text)}
            return 1
        unit, name = _squeezed(match.group("unit")), match.group("name").strip()
        follows = lines[at + 1].text.strip() if at + 1 < len(lines) else ""
        is_name = follows and len(follows) <= 30 and not ended(follows) and not ARTICLE.match(follows)
        if not name and is_name and (not is_heading(follows) or BARE.fullmatch(follows)):
            name, used = re.sub(r"[\s\u3000]+", " ", follows), 2
        words = name.split(" ")
        name = "".join(words) if len(words) > 1 and max(map(len, words)) == 1 else name
        depth = self.ORDER.index(unit)
        self._now = {key: value for key, value in self._now.items() if self.ORDER.index(key) < depth}
        self._now[unit] = f"{_squeezed(match.group('mark'))} {name}".strip()
        return used


def _from_file_name(name: str) -> str:
    stem = re.sub(r"[\s_]+", "", Path(name).stem).strip("《》")
    return stem if TITLE.match(stem) else ""


def _unknown(front: Front, title: str) -> Iterator[str]:
    """What the text does not say of itself and a reader should add or check."""
    if not title:
        yield "没有找到标题"
    elif not front.title:
        yield "正文里没有找到标题，用了文件名"
    if not front.doc_no and front.level != "法律":
        yield "没有找到文号"
    if not front.issuer:
        yield "没有找到发布机关"
    if front.published is None:
        yield "没有找到公布日期"
    if front.effective is None:
        yield "没有找到施行日期"
    if front.revised is not None:
        yield f"文本于{front.revised.isoformat()}修改过，修改后的施行日期请对照修改决定"
