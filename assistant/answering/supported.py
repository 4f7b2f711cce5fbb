"""Whether a sentence shown with a citation is supported by the article cited.

No model is asked. Both texts become tokens in which everything a reviewer would strike out when it is wrong is one
token of its own: what is owed (应当, 不得, 可以, 无须), negations, numbers with their units, comparisons (不超过,
以上), exceptions (但…除外). The sentence is laid beside the part of the article that it is most like; a token of that
kind on one side only means that the sentence says something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.knowledge.references import number_of
from assistant.knowledge.spelling import fold
from assistant.types import Frozen

LEAST_SHARED = 0.62  # share of a clause's tokens that its place in the article must have
LEAST_WHOLE = 0.72  # the same for the whole sentence
SHORT = 4  # clauses with fewer tokens are too short to be judged alone

COMPARED = {
    "≤": "不(?:得|能|可以?|应)?(?:超过|超出|高于|多于|大于)|至多|最多|以下|以内",
    "≥": "不(?:得|能|可以?|应)?(?:低于|少于|小于)|至少|最少|以上",
    ">": "超过|高于|大于|多于|超出",
    "<": "不足|不满|低于|少于|小于|未满|未达到",
}
OWED = {
    "〔不得〕": "不得|禁止|严禁|不准|不允许|不可以|不能|不应当|不应该|不应|不许|不可",
    "〔无须〕": "无须|无需|不必|不用|不需要|不须|可以不|可不|免予|免于",
    "〔应当〕": "应当|应该|必须|务必|有义务|有责任|须|"
    "(?<![相反适供效对响回感呼答])应(?![收付用急对诉税答援聘激届邀运变酬承征声和诺])",
    "〔可以〕": "可以|有权|允许|准许|得以",
}
EXCEPT = "但书|但是|除外|除非|不在此限|另有[^，。；]{0,8}(?:规定|约定)(?:的)?|不适用|但(?=[^书])"
SAVE = "除(?=[^，。；]{2,60}(?:外|之外|以外)[，,])"  # 除…外，which stands before what it limits
UNITS = (
    "个?工作日|个?交易日|个?自然日|小时|分钟|个?月|周岁|年|日|天|周|亿元|万元|元|倍|次|人|名|户|份|%|％|个百分点|"
    "条|款|项|种|处|级|分之|平方米|公斤|克|张|笔|个"
)
NUMERAL = r"(?:\d[\d,.]*|[〇零一二三四五六七八九十百千两]+)(?:[多余])?[万亿]?"
NEGATION = "未经|未|非|无|不(?!动产|良|同|仅|但|断|特定|正当|可抗力|限于|论)|没有"
TOKEN = re.compile(
    "|".join(
        [
            rf"(?P<percent>百分之{NUMERAL}|{NUMERAL}\s*[%％])",
            rf"(?P<number>{NUMERAL})\s*(?P<unit>{UNITS})",
            *(f"(?P<compared{place}>{words})" for place, words in enumerate(COMPARED.values())),
            *(f"(?P<owed{place}>{words})" for place, words in enumerate(OWED.values())),
            f"(?P<except>{EXCEPT})",
            f"(?P<save>{SAVE})",
            f"(?P<negation>{NEGATION})",
            r"(?P<word>[a-z][a-z0-9]*|\d+)",
            r"(?P<end>[，。；：,;:!?！？\n])",
            r"(?P<letter>[\u4e00-\u9fff])",
        ]
    )
)
SAME_WORDS = (
    ("或者", "或"),
    ("以及", "和"),
    ("并且", "并"),
    ("人民币", ""),
    ("予以", ""),
    ("之一", ""),
    ("且", "并"),
    ("及", "和"),
)
FILLER = set("的地得了其该与和并及或在于由对向为按依照根据之等将被所这那也都")
ENDS = frozenset("，。；：\n")
STOPS = frozenset("。；\n")
EXCEPTED, SAVED = "〔除外〕", "〔除〕"
WHO = re.compile(
    r"机构|公司|银行|单位|部门|机关|组织|企业|法院|检察|政府|平台|中介|客户|消费者|劳动者|经营者|处理者|人员|股东|主体|"
    r"[\u4e00-\u9fff](?:人|者|方|员)(?![^，。；]?[员民])|当事|个人|国家|国务院|会|用户"
)
HEADER = re.compile(
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:（(?:[^（）]|（[^（）]*）)*）)*\s*(?P<label>[^：:“]{0,60}[：:])?"
)
LABEL = re.compile(
    r"第[一二三四五六七八九十百千零\d]+条(?:之[一二三四五六七八九十\d]+)?|[一二三四五六七八九十]+、(?:（[一二三四五六七八九十]+）)?\d*"
)
FRAME = re.compile(
    r"^(?:结论：|依据如下|以下|您|问题|所问|所引|前提|该说法|这一说法|知识截至)"
)  # about question and answer
FORBIDDEN = re.compile(r"^结论：不可以")


class Supported(Frozen):
    """Whether the article says what the sentence says; `why` names what it does not say, empty when it does."""

    holds: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.holds


def is_supported(sentence: str, article_text: str, article: str | None = None) -> Supported:
    """Whether `article_text` supports `sentence`; `article` is the number under which it is cited.

    A sentence about the answer itself (结论：…, 依据如下) is held only to what it says of permission.
    """
    said = fold(sentence).strip()
    header = HEADER.match(said)
    if header and header.group("label"):
        named = LABEL.match(header.group("label"))
        if named and article and named.group() != fold(article):
            return Supported(holds=False, why=f"所写条号是{named.group()}，所引条文是{article}")
        said = said[header.end() :]
    if FRAME.match(said):
        return _frame(said, article_text)
    said = said.strip('“”"「」 \n')
    if not re.search(r"[\u4e00-\u9fff]", said):
        return Supported(holds=True)
    return _compare(said, article_text)


def _frame(said: str, article_text: str) -> Supported:
    if FORBIDDEN.search(said) and not re.search("[不非未无禁勿违罪罚处]", article_text):
        return Supported(holds=False, why="条文没有禁止性的规定")
    if re.match("结论：可以", said) and not re.search("可|有权|允许|准", article_text):
        return Supported(holds=False, why="条文没有允许的规定")
    return Supported(holds=True)


def _compare(said: str, article_text: str) -> Supported:
    sentence, article = _tokens(said), _tokens(article_text)
    matcher: SequenceMatcher[str] = SequenceMatcher(autojunk=False)
    matcher.set_seq2(article)
    whole = _Place(matcher, article, sentence)
    if whole.share >= LEAST_WHOLE:
        places = [whole]
    else:
        places = [_Place(matcher, article, clause) for clause in _clauses(sentence) if len(clause) >= SHORT]
    size = sum(len(place.unit) for place in places)
    shared = sum(place.share * len(place.unit) for place in places)
    if not size or shared < LEAST_SHARED * size:
        return Supported(holds=False, why="所引条文没有讲这些内容")
    if _moved(_clauses(sentence), _clauses(article)):
        return Supported(holds=True)
    for place in places:
        if why := _differs(place) or _exception(place, article, sentence):
            return Supported(holds=False, why=why)
    return Supported(holds=True)


class _Gap(Frozen):
    """A stretch where sentence (`mine`) and article (`theirs`) differ.

    `around` are the letters of `mine` between those of two tokens on each side; `last` is the stretch at the end.
    """

    mine: list[str]
    theirs: list[str]
    around: str
    last: bool = False


class _Place:
    """Where in the article a sentence or clause is said (`first` to `last`), what share of it, where the two differ."""

    def __init__(self, matcher: SequenceMatcher[str], article: Sequence[str], unit: list[str]) -> None:
        self.unit = unit
        matcher.set_seq1(unit)
        block = matcher.find_longest_match()
        slack = 4 + len(unit) // 3
        low = max(0, block.b - block.a - slack)
        high = min(len(article), block.b + len(unit) - block.a + slack)
        inner = SequenceMatcher(None, unit, article[low:high], autojunk=False)
        kept = [item for item in inner.get_matching_blocks() if item.size] or [block]
        self.share = sum(item.size for item in kept) / max(1, len(unit))
        self.first, self.last = low + kept[0].b, low + kept[-1].b + kept[-1].size
        ends = [(0, self.first), *((item.a + item.size, low + item.b + item.size) for item in kept)]
        starts = [*((item.a, low + item.b) for item in kept), (len(unit), self.last)]
        self.gaps = []
        for place, ((a, b), (c, d)) in enumerate(zip(ends, starts, strict=True)):
            theirs = list(article[b:d])
            if place == 0:
                theirs = _rest_of_clause(article, self.first, -1)
            elif place == len(kept):
                theirs = _rest_of_clause(article, self.last, 1)
            if a < c or theirs:
                around = _letters(unit[max(0, a - 2) : a]) + "|" + _letters(unit[a:c]) + "|" + _letters(unit[c : c + 2])
                self.gaps.append(_Gap(mine=unit[a:c], theirs=theirs, around=around, last=place == len(kept)))


def _letters(tokens: Sequence[str]) -> str:
    return "".join(token if len(token) == 1 else " " for token in tokens)


def _differs(place: _Place) -> str:
    """What one of the two says at this place and the other does not, in words; empty when they agree."""
    for gap in place.gaps:
        extra, missing = _telling(gap.mine), _telling(_edges(gap.theirs))
        missing += [item for item in gap.theirs if item in (EXCEPTED, SAVED)]
        for token in extra:
            if token not in missing:
                return f"条文这里没有“{_word(token)}”"
        for token in missing:
            if token not in extra and not (gap.last and token.startswith("#")):
                return f"漏了条文里的“{_word(token)}”"
        if who := _other_party(gap):
            return f"条文这里没有“{who}”，主体不同"
    return ""


def _other_party(gap: _Gap) -> str:
    """Who is named in the sentence where the article names nobody or somebody else."""
    left, mine, right = gap.around.split("|")
    theirs = left + _letters(gap.theirs) + right
    for match in WHO.finditer(left + mine + right):
        touches = match.start() < len(left) + len(mine) and match.end() > len(left)
        joined = mine and match.start() == len(left) + len(mine) and (left + mine)[-1:] != " "
        if (
            mine.strip()
            and (touches or joined)
            and (mine + right[: match.end() - len(left + mine)]).strip() not in theirs
        ):
            return (mine + right).strip()
    return ""


def _exception(place: _Place, article: Sequence[str], sentence: Sequence[str]) -> str:
    """Whether the article has an exception right before or after this place that the sentence leaves out."""
    if EXCEPTED in sentence or SAVED in sentence:
        return ""
    before = article[max(0, place.first - 1) :: -1] if place.first else []
    stop = next((index for index, token in enumerate(before) if token in STOPS), len(before))
    if EXCEPTED in before[:stop] or SAVED in before[:stop]:
        return "漏了条文里的例外"
    rest = (
        article[place.last :]
        if article[place.last - 1 : place.last] not in (["。"], ["\n"])
        else article[place.last - 1 :]
    )
    for index, token in enumerate(rest):
        if token == EXCEPTED:
            return "漏了条文里的例外"
        if token in STOPS and not _excepts(rest[index + 1 :], token):
            break
    return ""


def _excepts(following: Sequence[str], stop: str) -> bool:
    """Whether what follows a full stop or semicolon is an exception to what stood before it."""
    if stop != "；":
        return following[:1] == [EXCEPTED]
    clause = next((index for index, token in enumerate(following) if token in ENDS), len(following))
    return EXCEPTED in following[:clause]


def _rest_of_clause(article: Sequence[str], position: int, step: int) -> list[str]:
    """What stands between a place and the nearest punctuation, backward (-1) or forward (1)."""
    rest: list[str] = []
    edge = position if step < 0 else position - 1
    if article[edge : edge + 1] and article[edge] in ENDS:
        return rest
    index = position - 1 if step < 0 else position
    while 0 <= index < len(article) and article[index] not in ENDS:
        rest.append(article[index])
        index += step
    return rest[::step]


def _edges(tokens: list[str]) -> list[str]:
    """What a skipped stretch takes of the clause where the two meet again; whole clauses left out do not matter."""
    stops = [place for place, token in enumerate(tokens) if token in ENDS]
    return tokens[stops[-1] + 1 :] if stops else tokens


def _telling(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token[0] in "〔#≤≥><"]


def _word(token: str) -> str:
    return {"≤": "不超过/以下", "≥": "不低于/以上", ">": "超过", "<": "不足"}.get(token, token.strip("〔〕#"))


def _clauses(tokens: Sequence[str]) -> list[list[str]]:
    clauses: list[list[str]] = [[]]
    for token in tokens:
        if token in ENDS:
            clauses.append([])
        else:
            clauses[-1].append(token)
    return [clause for clause in clauses if clause]


def _moved(sentence: list[list[str]], article: list[list[str]]) -> bool:
    """Whether the sentence is consecutive clauses of the article in another order, with no exception beside them."""
    count, wanted = len(sentence), sorted(sentence)
    for start in range(len(article) - count + 1):
        around = [*article[max(0, start - 1) : start], *article[start + count : start + count + 1]]
        if article[start] in sentence and sorted(article[start : start + count]) == wanted:
            return article[start : start + count] != sentence and not any(EXCEPTED in clause for clause in around)
    return False


@lru_cache(maxsize=1024)
def _tokens(text: str) -> list[str]:
    text = fold(text)
    for words, word in SAME_WORDS:
        text = text.replace(words, word)
    tokens = (token(match) for match in TOKEN.finditer(text))
    return [token for token in tokens if token not in FILLER]


def token(match: re.Match[str]) -> str:
    """The token of one match of `TOKEN`."""
    kind, words = match.lastgroup or "", match.group()
    if kind == "percent":
        return _measured(re.sub("百分之|[%％ ]", "", words), "%")
    if match.group("unit"):
        return _measured(match.group("number"), match.group("unit"))
    if kind.startswith("compared"):
        return list(COMPARED)[int(kind[-1])]
    if kind.startswith("owed"):
        return list(OWED)[int(kind[-1])]
    if kind == "except":
        return EXCEPTED
    if kind == "save":
        return SAVED
    if kind == "negation":
        return "〔非〕"
    if kind == "end":
        return {",": "，", ";": "；", ":": "：", "!": "。", "?": "。", "！": "。", "？": "。"}.get(words, words)
    return words


def _measured(number: str, unit: str) -> str:
    unit = unit.removeprefix("个") or "个"
    value = _amount(number)
    if unit in ("万元", "亿元") and isinstance(value, float):
        value, unit = value * (1e4 if unit == "万元" else 1e8), "元"
    return f"#{value:g}{unit}" if isinstance(value, float) else f"#{value}{unit}"


def _amount(words: str) -> float | str:
    words = words.replace(",", "")
    scale = {"万": 1e4, "亿": 1e8}.get(words[-1:], 1.0)
    bare = words[:-1] if scale > 1 else words
    try:
        return float(bare) * scale
    except ValueError:
        number = number_of(bare.rstrip("多余"))
        return number * scale if number is not None else words
