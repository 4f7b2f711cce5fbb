"""What the head and the foot of a document say of it: title, number, issuer, dates, earlier versions.

Everything is read from words that stand there; what does not stand there stays unknown and is reported, because a
wrong date makes a wrong answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from assistant.knowledge.layout import Line
from assistant.knowledge.references import number_of
from assistant.types import Frozen, Standing

KIND = (
    r"(?:法典|法|条例|办法|规定|细则|解释|规则|准则|指引|规范|意见|通知|决定|决议|公告|通告|批复|复函|纲要|方案|标准|要求|制度"
    r"|章程|公约|指南|规程|修正案|函)"
)
TITLE = re.compile(rf".*{KIND}(?:[（(][^（）()]{{1,24}}[）)])*》?$")
ORGAN = re.compile(
    r"[\u4e00-\u9fff、 \u3000]{2,60}?(?:总局|委员会|人民银行|法院|检察院|国务院|管理局|监管局|协会|公安部|司法部|财政部"
    r"|商务部|[\u4e00-\u9fff]部|总署|办公厅|办公室|监会|银行|局|院)"
)
NUMBERS = (
    re.compile(r"[\u4e00-\u9fff]{0,14}[〔\[（(【﹝]\s*(?:19|20)\d\d\s*[〕\]）)】﹞]\s*第?\s*\d{1,4}\s*号"),
    re.compile(r"[\u4e00-\u9fff、 ]{0,60}?[令告]\s*[（(]?\s*(?:(?:19|20)\d\d\s*年?\s*)第?\s*\d{1,4}\s*号"),
    re.compile(r"[\u4e00-\u9fff、 ]{0,60}?令\s*[（(]?第\s*[\d一二三四五六七八九十百零〇]+\s*号"),
)
DAY = (
    r"(?:(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|[一二][〇○零九]?[〇○零一二三四五六七八九]{2,3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
BEGINS = re.compile(rf"自\s*(?P<day>{DAY})\s*(?:零时)?\s*起\s*(?:正式)?(?:施行|实施|执行|生效|试行|适用)")
AT_ONCE = re.compile(r"自\s*(?:公布|发布|印发|颁布)之日起\s*(?:正式)?(?:施行|实施|执行|生效|试行)")
FIELDS = re.compile(rf"(?P<name>施行|实施|生效|公布|发布|印发|成文|发文)日期\s*[:：]\s*\[?(?P<day>{DAY})")
HISTORY = re.compile(r"^[（(].*(?:通过|修正|修订|公布|发布|修改|审议).*[）)]?$", re.S)
SIGNED = re.compile(
    r"此件|抄送|联系人|责任编辑|扫一扫|打印本页|关闭窗口|分享到|上一篇|下一篇|相关链接|（完）$|正文结束"
)


class Front(Frozen):
    """What a document says of itself; empty where it says nothing. `history` are earlier versions in its words."""

    title: str = ""
    doc_no: str = ""
    issuer: str = ""
    level: Standing = "规范性文件"
    published: date | None = None
    effective: date | None = None
    revised: date | None = None
    history: tuple[str, ...] = ()


def day_of(words: str) -> date | None:
    """The first calendar day in `words`, written in any of the usual ways."""
    match = re.search(DAY, unicodedata.normalize("NFKC", words))
    if match is None:
        return None
    text = match.group()
    if text[0] in "12":
        numbers = [int(part) for part in re.findall(r"\d+", text)]
    else:
        year, month, day = re.split(r"[年月日]", text)[:3]
        digits = "".join(str("〇一二三四五六七八九".index(c)) for c in year.replace("零", "〇").replace("○", "〇"))
        numbers = [int(digits), number_of(month) or 0, number_of(day) or 0]
    try:
        return date(numbers[0], numbers[1], numbers[2])
    except (ValueError, IndexError):
        return None


def read_front(head: Sequence[Line], body: Sequence[str], foot: Sequence[str], given: str, is_notice: bool) -> Front:
    """What `head` (lines above the first article), `body` (article texts) and `foot` (the signature) tell.

    `given` is the title that the file gives itself, used where the text shows none.
    """
    rows = [_clean(line.text) for line in head]
    histories = _histories(rows)
    joined = "\n".join(rows)
    title = find_title(head, is_notice, given)
    number = _number(rows)
    published, effective = _dates(rows, histories, body, foot)
    events = [event for history in histories for event in _events(history)]
    revised = max((day for day, what in events if re.search(r"修正|修订|修改", what)), default=None)
    issuer = _issuer(rows, title, number, foot, joined)
    return Front(
        title=title,
        doc_no=number,
        issuer=issuer,
        level=_level(title, number, issuer, joined),
        published=published,
        effective=effective,
        revised=revised if revised and (effective is None or revised > effective) else None,
        history=tuple(f"{day.isoformat()}{what}" for day, what in events),
    )


# --- the title --------------------------------------------------------------------------------------------------------


def find_title(head: Sequence[Line], is_notice: bool, given: str = "") -> str:
    """The document's title: of a notice the first, of an act the one nearest above its first article."""
    rows = [_clean(line.text) for line in head]
    ends = [at for at, row in enumerate(rows) if is_title(row)]
    marked = [at for at in ends if head[at].marked]
    if ends:
        usable = marked or ends
        end = usable[0] if is_notice else usable[-1]
        title = _tidy(_upwards(rows, end))
    else:
        title = _tidy(given) if TITLE.match(_tidy(given)) else ""
    own = _tidy(given)
    return own if TITLE.match(own) and own.replace(" ", "").endswith(title.replace(" ", "")) and title else title


def is_title(row: str) -> bool:
    """Whether a line alone, or as the last of several, can be the title of an instrument."""
    return (
        4 <= len(row) <= 90
        and bool(TITLE.match(row))
        and not re.search(r"[。；：:！？]", row)
        and not re.match(r"[（(]|附\s*[件表录]|第.{1,6}[条章节款项]", row)
        and not any(pattern.search(row) for pattern in NUMBERS)
        and day_of(row[:12]) is None
    ) or bool(re.fullmatch(rf"[\u4e00-\u9fff]{{1,3}}{KIND}", row))


def _upwards(rows: Sequence[str], end: int) -> str:
    """A title may be broken over several lines: take those above that only make sense as its beginning."""
    title, at = rows[end], end - 1
    while at >= 0 and end - at <= 3 and _begins_title(rows[at], title):
        title, at = f"{rows[at]}{title}", at - 1
    return title


def _begins_title(above: str, title: str) -> bool:
    if not 2 <= len(above) <= 50 or re.search(r"[。；：:！？，]|[令告]$", above) or _is_furniture(above):
        return False
    if title.startswith(("关于", "印发")) and ORGAN.fullmatch(above):
        return True
    if ORGAN.fullmatch(above) or TITLE.match(above):
        return False
    opens = above.count("《") > above.count("》")
    return opens or "关于" in above or title[0] in "的、和及与" or (len(title) <= 12 and len(above) >= 6)


def _is_furniture(row: str) -> bool:
    return (
        any(pattern.search(row) for pattern in NUMBERS)
        or day_of(row) is not None
        or bool(re.search(r"[\d一二三四五六七八九十]\s*号[）)]?$", row))
        or bool(re.match(r"附\s*[件表录]|[（(]|索引号|目\s*录|首页|当前位置", row))
        or bool(re.search(r"[A-Za-z]{4,}|[>|]|法律法规|政策文件|规章库", row))
    )


def _tidy(title: str) -> str:
    """A title without 《》, the letter-spacing of headings, and the note of its revision."""
    title = re.sub(r"[\s\u3000]+", " ", title).strip().strip("《》")
    parts = title.split(" ")
    if len(parts) > 1 and (max(map(len, parts)) <= 2 or parts[0].startswith("中华人民共和国") or len(title) < 16):
        title = "".join(parts)
    title = re.sub(r"[（(](?:19|20)\d\d年?(?:修[正订]|\d.*)?[^（）()]*[）)]$", "", title)
    return title.removeprefix("中华人民共和国") if len(title) > 8 else title


# --- number, issuer, standing -----------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    return re.sub(r"[ \t\u3000]+", " ", text).strip()


def _number(rows: Sequence[str]) -> str:
    """The document number in the head: on a line of its own, after a label, or broken over two lines."""
    plain = [unicodedata.normalize("NFKC", row).replace("(", "（").replace(")", "）") for row in rows]
    pairs = [f"{first}{second}" for first, second in pairwise(plain) if re.search(r"[令告]$", first)]
    for row in [*pairs, *plain]:
        if len(row) > 70 or re.search(r"[。；]|根据|依照", row):
            continue
        for pattern in NUMBERS:
            if found := pattern.search(row):
                words = re.sub(r"\s+", "", found.group())
                words = words.replace("（", "") if "（" in words and "）" not in words else words
                return re.sub(r"^(?:发文字号|文号|字号)[:：]?", "", words).replace("[", "〔").replace("]", "〕")
    return ""


def _issuer(rows: Sequence[str], title: str, number: str, foot: Sequence[str], head: str) -> str:
    for row in rows:
        label = re.search(r"(?:发布机构|制定机关|发文机关|发文机构|发布单位)\s*[:：]\s*(?P<who>[^\s]+)", row)
        if label:
            return label.group("who")
    signed = [" ".join(row.split()) for row in foot if ORGAN.fullmatch(row.strip()) and len(row) < 60]
    if signed:
        return "、".join(dict.fromkeys(signed))
    if found := re.match(rf"(?P<who>{ORGAN.pattern})关于", title):
        return found.group("who").strip()
    if found := re.match(r"(?P<who>[\u4e00-\u9fff、]{4,60}?)(?:主席)?令", number):
        return found.group("who")
    ordered = [
        row.rstrip("令公告").strip() for row in rows if re.fullmatch(r"[\u4e00-\u9fff、 ]{4,60}(?:令|公告)", row)
    ]
    if ordered and not ordered[0].endswith("主席"):
        return ordered[0]
    passed = re.search(r"(全国人民代表大会(?:常务委员会)?).*通过", head)
    alone = [row for row in rows if ORGAN.fullmatch(row) and len(row) <= 40]
    return passed.group(1) if passed else (alone[0] if alone else "")


def _level(title: str, number: str, issuer: str, head: str) -> Standing:
    if "主席令" in number + head or issuer.startswith("全国人民代表大会") or re.fullmatch(r".*(?<!方)法(?:典)?", title):
        return "法律" if not re.search(r"办法$", title) else "部门规章"
    if "法释" in number or ("最高人民法院" in issuer + title and "解释" in title):
        return "司法解释"
    if "国务院令" in number or (issuer == "国务院" and title.endswith("条例")):
        return "行政法规"
    if "令" in number:
        return "部门规章"
    return "自律规范" if "协会" in issuer else "规范性文件"


# --- dates ------------------------------------------------------------------------------------------------------------


def _histories(rows: Sequence[str]) -> list[str]:
    """The bracket under a title that lists when the text was passed and revised; it may run over several lines."""
    found: list[str] = []
    open_at: list[str] = []
    for row in rows:
        if open_at or (re.match(r"[（(]", row) and re.search(DAY, row)):
            open_at.append(row)
            closed = sum(part.count("（") + part.count("(") for part in open_at) <= sum(
                part.count("）") + part.count(")") for part in open_at
            )
            if closed or len(open_at) > 12:
                found.append("".join(open_at))
                open_at = []
    return [row for row in found if HISTORY.match(row)]


def _events(history: str) -> list[tuple[date, str]]:
    text = history.strip("（）() ")
    starts = [match.start() for match in re.finditer(DAY, text)]
    events = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        day = day_of(text[start:end])
        what = re.sub(rf"^{DAY}", "", text[start:end])
        what = re.sub(r"(?:根据|[，,；;\s\u3000]|自)+$", "", what)
        if day is not None:
            events.append((day, what))
    return events


def _dates(
    rows: Sequence[str], histories: Sequence[str], body: Sequence[str], foot: Sequence[str]
) -> tuple[date | None, date | None]:
    """When the text was published and when it took effect; None where it does not say."""
    fields = {match.group("name"): day_of(match.group("day")) for row in rows for match in FIELDS.finditer(row)}
    alone = [day_of(row) for row in rows if len(row) <= 20 and re.fullmatch(rf"[（(]?{DAY}[^。]{{0,4}}", row)]
    signed = [day_of(row) for row in foot if len(row) <= 24 and day_of(row)]
    events = [event for history in histories for event in _events(history)]
    proclaimed = [day for day, what in events if re.search(r"公布|发布|印发", what)]
    passed = [day for day, what in events if "通过" in what]
    stated = [fields.get(name) for name in ("公布", "发布", "印发", "成文", "发文")]
    published = next(filter(None, [*stated, *alone, *signed, *proclaimed, *passed]), None)
    begins = [fields.get(name) for name in ("施行", "实施", "生效")]
    texts = [*body[::-1][:6], *rows, *body[::-1]]
    clauses = [day_of(match.group("day")) for text in texts if (match := _begin(text))]
    at_once = published if any(AT_ONCE.search(unicodedata.normalize("NFKC", text)) for text in texts) else None
    return published, next(filter(None, [*begins, *clauses, at_once]), None)


def _begin(text: str) -> re.Match[str] | None:
    """Where a text says from which day it applies; another instrument's day in the same words is passed over."""
    for match in BEGINS.finditer(unicodedata.normalize("NFKC", text)):
        before = match.string[max(0, match.start() - 40) : match.start()]
        subject = re.split(r"[。；，]", before)[-1]
        if "》" not in subject or re.search(r"本(?:法|办法|条例|规定|通知|解释|细则|指引)", subject):
            return match
    return None
