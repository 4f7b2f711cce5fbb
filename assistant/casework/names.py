"""The names of partners: found where a text introduces one, or where its first words can be nothing else.

A wrong name glues two partners together, so a name must be given as one ("叫鼎信的公司", "Dingxin Ltd"), or stand where
a statement begins, before its trade ("鑫桥咨询收…"), as a word that neither the dictionary nor the banks know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.assessment import fold

ORGANISATION = (
    "公司|平台|中介|机构|工作室|事务所|评估所|修理厂|车行|供应商|渠道商|代理商|服务商|经纪|团队|门店|"
    "催收|担保|公估|商行|厂"
)
TRADE = (
    f"{ORGANISATION}|集团|咨询|谘詢|諮詢|科技|数科|數科|金服|信息|网络|網絡|传媒|傳媒|商务|商務|服务|服務|融担|融資|融资|保理|租赁|"
    "租賃|资产|資產|评估|評估|汽贸|汽貿|商贸|商貿|置业|置業|地产|地產|数据|數據|软件|軟件|律所|法务|法務|财务|財務|财税|財稅|记账|"
    "企服|代理|小贷|资本|資本|投资|投資|金融|金控|机电|外包|拓客"
)
LATIN = r"[A-Z][A-Za-z0-9&'-]+(?: [A-Z][A-Za-z0-9&'-]+){0,3}"
QUOTE = "[“「『\"']?"
OF_A_FIRM = rf"的[一-鿿]{{0,4}}?(?:{ORGANISATION})"
CALLED = re.compile(
    r"(?:[一有那这這两兩]家|公司|平台|机构|機構|合作方|供应商|供應商|(?<![A-Za-z一-鿿])[A-H甲乙丙丁]|(?P<thing>个|個)|"
    r"\b(?:firm|company|outfit|vendor|partner|supplier|platform|agency|one|other|first|second)(?:\s+(?:is|was))?)\s*的?"
    r"(?:叫做|叫作|名叫|名为|名字[是叫为]|名称[是为]|全称[是为]|叫|\b(?:called|named))"
    rf"\s*{QUOTE}(?P<name>{LATIN}|[一-鿿A-Za-z0-9]{{2,12}}?)(?:[”」』\"'])?"
    rf"(?={OF_A_FIRM}|(?(thing)(?!)|的?(?:[，,。；：;.\s]|$)))"
)
WHOLE = re.compile(r"[一-鿿]{2,16}(?:有限责任公司|股份有限公司|有限公司)")
LEADING = re.compile(
    r"^.*(?:这家|那家|一家|有家|有个|一个|这个|那个|说下|再说|还有|另外|另一|另|是|叫|的|了|跟|和|给|找|(?<!顾)问|向|到)"
)
NO_NAME = re.compile(
    r"某|什么|甚麼|[的了是和跟与與给給不谁誰]|^有限|银行|銀行|我行|监管|監管|法院|公安|协会|協會|人民|央行|支行|分行"
)
LIMITED = re.compile(rf"(?:\b[Tt]he )?\b(?P<name>{LATIN}),? (?:Co\.?,? ?)?(?:Ltd|Limited|Inc|LLC|Corp|GmbH|PLC)\b")
THE_OTHER = re.compile(r"\bthe other (?:one )?(?:is )?(?P<name>[A-Z][A-Za-z0-9&'-]+)\b(?=[,.;:]|$)")
QUOTED = re.compile(
    r"(?:合作方|合作机构|供应商|服务商|渠道商|代理商|公司|机构|平台|partner|vendor|supplier|company|firm)\s*"
    r"[“「『\"](?P<name>[一-鿿A-Za-z0-9]{2,10})[”」』\"]"
)
PAPERS = re.compile(r"的(?:材料|资料|資料|合同|尽调|盡調|报价|報價|营业执照|營業執照|准入)")
BEGINS = re.compile(
    r"(?:^|[。！？!?；;，,、：:\n\s（(])(?:(?:先|再)?(?:说说|說說|说下|說下|说|說|看看|看)|关于|關於|至于|至於|上次的?|这次|這次|另外|还有|還有|"
    r"有?一家|有家|那家|这家|這家|另一家|合作方|供应商|渠道商?|对了|而|但)?\s*$"
)
"""What may stand between the beginning of a clause and what it speaks of."""
PARTICLES = (
    "但该該本另为為请請后後以用连連附将將光因所其各某您不再已未着著拿收付教卖賣做搞帮幫的了是和跟与與给給"
    "有在这這那个個家说說叫找问問被把让讓向从從到对對由就也都又还還先看我你他她它们們行"
)
SURNAMES = (
    "老小王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮董萧程曹袁邓鄧许"
    "許傅沈曾彭吕呂苏蘇"
)
KNOWN, COMMON = 1, 5
"""Times a word may stand in the banks and still be a name: one that is guessed; one that is given, or a part."""
RECEIVES = re.compile(r"[到给給进進入向与與跟由被](?:了)?$|\b(?:to|into|with|from|by) (?:the )?$")
CALLS = 20  # characters beside a name in a clause that only gives it
NOUN = re.compile(r"n|vn|j|g")


@dataclass(frozen=True)
class Name:
    """A name as written at `[start:end]`; `given` where the text says that it is one."""

    text: str
    start: int
    end: int
    given: bool


class Names:
    """Finds names. `texts` are the banks: a word that stands in them is an ordinary one."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._said = "\n".join(texts)

    def found(self, text: str) -> list[Name]:
        """The names in a text, each where it first stands, in order."""
        first: dict[str, Name] = {}
        for name in sorted((*_given(text), *self._quoted(text), *self._traded(text)), key=lambda item: item.start):
            overlaps = any(name.start < other.end and other.start < name.end for other in first.values())
            if not overlaps and not NO_NAME.search(name.text) and self._said.count(name.text) <= COMMON:
                first.setdefault(name.text, name)
        return list(first.values())

    def of(self, text: str, given: bool = False) -> str:
        """The one name that a turn gives its partner, with `given` only one it says is a name; empty for none."""
        names = (name for name in self.found(text) if name.given or not given)
        return next((name.text for name in names if not RECEIVES.search(text[: name.start])), "")

    def only(self, text: str) -> bool:
        """Whether a text says nothing but what a partner is called."""
        given = [name for name in self.found(text) if name.given]
        return (
            bool(given) and not re.search(r"\w{2}", text[given[-1].end :]) and len(text) - len(given[-1].text) < CALLS
        )

    def _ordinary(self, stem: str) -> bool:
        """Whether the banks know a word, or what it begins or ends with, or it cannot be a noun."""
        import rjieba

        parts = {stem[:2], stem[-2:]}
        if self._said.count(stem) > KNOWN or any(self._said.count(part) > COMMON for part in parts):
            return True
        return not all(NOUN.match(tag) for _, tag in rjieba.tag(stem, True)) or bool(re.fullmatch(TRADE, stem))

    def _quoted(self, text: str) -> Iterator[Name]:
        for found in QUOTED.finditer(text):
            if found["name"].isascii() or next(_unknown(found["name"]), (1, 1))[0] == 0:
                yield Name(found["name"], *found.span("name"), given=True)

    def _traded(self, text: str) -> Iterator[Name]:
        """Words nobody knows at the beginning of a clause, before a trade or "'s papers"."""
        plain = simplified(text)
        for start, end in _unknown(plain):
            trade = re.compile(rf"[一-鿿]{{2,4}}?(?P<trade>(?:{TRADE})+)").match(text, start)
            if trade is not None and trade.start("trade") <= end:
                stem, whole = text[start : trade.start("trade")], text[start : trade.end()]
            elif 2 <= end - start <= 4 and PAPERS.match(text, end) and text[start] not in SURNAMES:
                stem = whole = text[start:end]
            else:
                continue
            if len(stem) > 1 and BEGINS.search(text[:start]) and not self._ordinary(plain[start : start + len(stem)]):
                yield Name(whole.removesuffix("公司"), start, start + len(whole), given=False)


def simplified(text: str) -> str:
    """A text in simplified characters where that moves nothing in it."""
    plain = fold(text)
    return plain if len(plain) == len(text) else text


def _given(text: str) -> Iterator[Name]:
    for found in WHOLE.finditer(text):
        name = LEADING.sub("", found.group())
        yield Name(name, found.end() - len(name), found.end(), given=True)
    for pattern in (CALLED, LIMITED, THE_OTHER):
        for found in pattern.finditer(text):
            yield Name(found["name"], *found.span("name"), given=True)


def _unknown(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text that the dictionary knows no word for, or only a name."""
    import rjieba

    start = end = 0
    for word in (*rjieba.cut(text, False), "\n"):
        alone = len(word) == 1 and "一" <= word <= "鿿" and word not in PARTICLES
        if not alone:
            if end - start > 1:
                yield start, end
            after = end + len(word)
            if len(word) > 1 and rjieba.tag(word, False)[0][1] == "nz":
                yield end, after
            start = end = after
        else:
            end += 1


def short_of(name: str) -> str:
    """A name without its trade and its town, where what is left is no ordinary word ("鑫桥" of "鑫桥咨询")."""
    import rjieba

    left = re.sub(rf"(?:有限责任|股份有限|有限|{TRADE})+$", "", re.sub(r"(?:有限责任|股份有限|有限)?公司$", "", name))
    town = rjieba.cut(left, False)[0] if left else ""
    if len(left) > len(town) + 1 and rjieba.tag(town, False)[0][1] == "ns":
        left = left[len(town) :]
    known = rjieba.has_word(left) and rjieba.tag(left, False)[0][1] != "nz"
    return left if len(left) > 1 and not known else name


def forms(names: Sequence[str]) -> dict[str, str]:
    """Every way in which these names are said, with the name; a short form that two share is none."""
    said = {name: name for name in names}
    for name in names:
        short = short_of(name)
        if all(short_of(other) != short for other in names if other != name):
            said.setdefault(short, name)
    return said


def unnamed(text: str, names: Sequence[str]) -> str:
    """A text with "this one" for the names of partners, which say nothing of what is meant."""
    for form in sorted(forms(names), key=len, reverse=True):
        text = text.replace(form, "this firm" if form.isascii() else "这家")
    return text
