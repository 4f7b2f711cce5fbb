"""What a clause says, in a form in which two clauses can be compared: its words, each with the sign it stands under.

A rewording may say things in another order and with other small words; it may not bring words of its own, lose a
negation, turn a question into a statement, swap who does what to whom, or drop a "perhaps". No model is asked.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.supported import NUMERAL, TOKEN, WHO, token
from assistant.knowledge.references import number_of
from assistant.knowledge.spelling import NUMBER, fold

ENGLISH = {
    "non": "not|no|never|without|neither|nor|cannot|n't|none|nobody|nothing|denies|denied",
    "must": "must|shall|should|required|requires|ought|have to|has to|need to|needs to",
    "ask": "whether|if",
    "perhaps": "may also|might|perhaps|possibly|could be|may be|may",
}
ASKS = "是否|能否|可否|会否|有没有|有无|是不是|会不会|要不要|能不能|可不可以|如果|假如|若"
PERHAPS = "不排除|可能|也许|或许|或是|疑似|倾向"
PLAIN = "非法|非常|不过|不仅|不但|不断|不同|不良|无论|除非|未来|不动产|无关|不止|不当|不正当|非官方|非银"
RESETS = "而是|[）)】]"
INSTEAD = "而非|而不是|并不是|不是"  # denies the one that is named next, not what is done
PARTY = re.compile(
    "我行|本行|借款人|贷款人|出借人|担保人|债务人|债权人|被保险人|投保人|受益人|代理人|经纪人|保险人|第三人|"
    r"(?:合作|增信|运营|催收|担保|中介|评估|代理)(?:机构|公司)|(?!官方|对方|双方|地方|多方|前者|后者|或者)(?:"
    + WHO.pattern
    + r")|\b(?:borrower|bank|customer|broker|platform|insurer|policyholder|debtor|agenc)\w*"
)
COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
READ = re.compile(
    rf"(?P<instead>{INSTEAD})|(?P<ask>{ASKS}|\b(?:{ENGLISH['ask']})\b)|(?P<perhaps>{PERHAPS}|\b(?:{ENGLISH['perhaps']})\b)|(?P<reset>{RESETS})|"
    rf"(?P<may>(?<![认许不])可(?![能控靠以])|(?<![可功职才性技不])能(?![力够否不源]))|"
    rf"(?P<plain>{PLAIN})|(?P<enon>\b(?:{ENGLISH['non']})\b|n't)|(?P<emust>\b(?:{ENGLISH['must']})\b)|"
    rf"(?P<share>{NUMERAL}\s*(?:成|折|个?点|轮|期|步|层)(?![为功本立交员])|[二三四五六七八九两]\s*(?=成))|(?P<count>\b(?:{'|'.join(COUNTED)})\b)|"
    rf"(?P<gap>\x01+)|(?P<ordinal>第\s*{NUMBER})|{TOKEN.pattern}"
)
PIECE = re.compile("、|以及")
CLAUSE = re.compile(r"[，。；：,;:!?！？\n]+|(?<=[a-z\d”])\.(?=\s|$)|\bbut\b|\band\b(?=.{25})")
SMALL = frozenset(
    "的地得了其该与和并及或在于由对向为按依之等将被所这那也都是有会就还又再即则但而从到把给让跟以其们您你个者及所更只"
)
STOPWORDS = frozenset(
    re.findall(
        "[a-z]+",
        "a an the of to in on at by for with from and or as is are was were be been it its this that these those they "
        "their them he she his her you your we our i us which who what there here also so then than do does did has "
        "have had will would can could into about such both each any some more namely",
    )
)
BINDS = re.compile(r"(?:要求|请求|通知|[由向对给跟为被让使从找代把叫帮替])$")
ORDERS = {"先": "先(?!生|前|进)|首先", "再": "再(?!次)|然后|随后"}
OPPOSITES: list[tuple[str, str]] = [
    (pair.partition("/")[0], pair.partition("/")[2])
    for pair in re.findall(
        r"\S+",
        "收/退 收/付 进/出 入/出 高/低 升/降 增/减 加/减 买/卖 借/还 大/小 多/少 快/慢 早/晚 新/旧 公/私 内/外 真/假 "
        "长/短 强/弱 继续/暂缓 继续/停止 继续/终止 主动/被动 事前/事后 全部/部分 允许/禁止 同意/拒绝 接受/拒绝 "
        "增加/减少 提高/降低 continue/suspend continue/stop raise/lower before/after accept/refuse increase/decrease",
    )
]
AGENT = ("", "由")  # he who stands so does it himself
STRONG = re.compile(
    "只(?=[对能由需要处限向给])|仅|任何|所有|全部|一律|完全|绝对|必然|必定|一定会|肯定|唯一|只要|仅需|永远|立即|立刻|马上|尽快|"
    "已经?|早已|多次|屡次|长期|"
    r"\b(?:all|always|any|every|only|completely|immediately|already|certainly|definitely)\b"
)
LIMITS = re.compile(
    "期间|期内|之?内(?!部|容)|(?<![贷目从以当])前(?!期|台|述|款|后)|(?<![以然前])后(?!续|台)|失联|特别|重大|严重|故意|明知|恶意|"
    "首次|再次|连续|累计|未经|依法|书面|仅|只有(?!与)|除非|同意|批准|许可|"
    r"\b(?:only|unless|until|before|after|within)\b"
)
OWED = ("〔不得〕", "〔无须〕", "〔应当〕", "〔可以〕")
NOT = ("〔不得〕", "〔无须〕", "〔非〕")


@dataclass(frozen=True)
class Clause:
    """One clause as compared.

    `items` are its words (a pair of neighbouring letters, or an English word), each with the sign it stands under (`+`,
    `-` negated, `?` asked or supposed) and the number of its last letter among `letters`. `told` is what may not be
    said unless the other says it, `strong` what may not be added, `limits` what may not be left out. Of `parties` each
    comes with the word that binds it, empty for a subject.
    """

    text: str
    items: tuple[tuple[str, str, int], ...]
    letters: tuple[str, ...]
    told: frozenset[str]
    parties: tuple[tuple[str, str], ...]
    strong: frozenset[str]
    limits: frozenset[str]
    denies: bool
    perhaps: bool
    asks: bool

    @property
    def words(self) -> dict[str, set[str]]:
        """Each word with every sign it has here."""
        found: dict[str, set[str]] = {}
        for word, sign, _ in self.items:
            found.setdefault(word, set()).add(sign)
        return found


def clauses(text: str) -> list[Clause]:
    """The clauses of a text in order, without empty ones."""
    folded = fold(text)
    return [clause for piece in CLAUSE.split(folded) if (clause := _clause(piece.strip())) is not None]


@lru_cache(maxsize=4096)
def _clause(text: str) -> Clause | None:
    items: list[tuple[str, str, int]] = []
    letters: list[str] = []
    told: set[str] = set()
    who = [found for found in PARTY.finditer(text) if found.group() != "会"]
    negations, denies, asks, perhaps, last = 0, False, False, False, ""
    instead = 0  # where the one ends who is denied
    for match in READ.finditer(text):
        kind, said = match.lastgroup or "", match.group()
        if instead and match.start() >= instead:
            negations, instead = negations - 1, 0
        if kind == "instead":
            negations, denies, last = negations + 1, True, ""
            instead = next((found.end() for found in who if found.start() >= match.end()), 0)
            continue
        if kind == "unit":
            kind = "number"
        if kind in ("ask", "perhaps", "reset", "gap", "enon", "emust", "may", "ordinal", "share", "count"):
            asks, perhaps = asks or kind == "ask", perhaps or kind == "perhaps"
            negations = 0 if kind == "reset" else negations + (kind == "enon")
            denies = denies or kind == "enon"
            if kind in ("emust", "may"):
                told.add("〔应当〕" if kind == "emust" else "〔可以〕")
            elif kind == "ordinal":
                told.add(f"#第{number_of(said[1:])}")
            elif kind in ("share", "count"):
                told.add(f"#{COUNTED.index(said) + 1 if kind == 'count' else said}")
            last = ""
            continue
        mark = said if kind == "plain" else token(match)
        sign = "?" if asks else "-" if negations % 2 else "+"
        if mark in NOT:
            negations, denies = negations + 1, True
        if mark[0] in "〔#≤≥><" or mark.isdecimal():
            if mark != "〔非〕":
                told.add(f"#{mark}" if mark.isdecimal() else mark)
            last = ""
            continue
        for letter in [mark] if mark.isascii() else mark:
            if letter in SMALL or letter in STOPWORDS or not letter.strip("，。；："):
                continue
            letters.append(letter)
            if letter.isascii():
                items.append((stem(letter), sign, len(letters) - 1))
                last = ""
            else:
                if last:
                    items.append((last + letter, sign, len(letters) - 1))
                last = letter
    if not letters and not told:
        return None
    parties = tuple((found.group(), _bound(text[: found.start()])) for found in who)
    strong, limits = (
        frozenset(word.removeprefix("早").removesuffix("经") for word in STRONG.findall(text)),
        frozenset(word.removeprefix("之") for word in LIMITS.findall(text)),
    )
    return Clause(text, tuple(items), tuple(letters), frozenset(told), parties, strong, limits, denies, perhaps, asks)


def _bound(before: str) -> str:
    found = BINDS.search(before)
    return found.group() if found else ""


def pieces(clause: Clause) -> list[Clause]:
    """The members of an enumeration, each as a clause of its own; empty when there is none."""
    parts = [part for piece in PIECE.split(clause.text) if (part := _clause(piece.strip())) is not None]
    return parts if len(parts) > 1 else []


def stem(word: str) -> str:
    """An English word without its ending."""
    return re.sub(r"(?:ing|ies|ed|es|ly|s|e)$", "", word) if len(word) > 4 else word.removesuffix("s")


def covered(clause: Clause, others: Container[str]) -> set[int]:
    """Numbers of the letters of `clause` that belong to a word of `others`."""
    found: set[int] = set()
    for word, _, place in clause.items:
        if word in others:
            found.update([place] if word.isascii() else [place - 1, place])
    return found


def contradicts(mine: Clause, signs: Mapping[str, set[str]]) -> str:
    """The word of `mine` that elsewhere stands only under other signs; empty when there is none.

    What the other says or denies may be asked about; what it only asks may not be stated.
    """
    for word, sign, _ in mine.items:
        if sign != "?" and sign not in signs.get(word, sign):
            return word
    return ""


def swapped(mine: Clause, theirs: Clause) -> bool:
    """Whether two parties that both clauses name change places, or one who acts becomes one who is acted on."""
    there = dict(theirs.parties)
    names = [who for who, _ in theirs.parties]
    both = {who: binds for who, binds in mine.parties if names.count(who) == 1}
    order = [names.index(who) for who in both]
    return order != sorted(order) or any((binds in AGENT) != (there[who] in AGENT) for who, binds in both.items())


def turned(mine: Clause, theirs: Clause) -> str:
    """The word by which `mine` says the opposite (退 for 收) or another order (先 for 再); empty for none."""
    for first, second in OPPOSITES:
        for here, there in ((first, second), (second, first)):
            if here in mine.text and here not in theirs.text and there in theirs.text and there not in mine.text:
                return here
    for word, other in (("先", "再"), ("再", "先")):
        if _ordered(word, mine) and not _ordered(word, theirs) and _ordered(other, theirs):
            return word
    return ""


def clipped(mine: Clause, theirs: Clause) -> str:
    """A party that `theirs` names only as the owner of something (借款人的父母) and `mine` by himself."""
    for who, _ in mine.parties:
        free = re.compile(rf"{who}(?![的之])")
        if who in theirs.text and free.search(mine.text) and not free.search(theirs.text):
            return who
    return ""


def _ordered(word: str, clause: Clause) -> bool:
    return re.search(ORDERS[word], clause.text) is not None
