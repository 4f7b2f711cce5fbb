"""Which partner a turn speaks of, where a conversation has more than one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.assessment import Claim
from assistant.casework.ledger import Ledger

ORGANISATION = (
    "公司|平台|中介|机构|工作室|事务所|评估所|修理厂|车行|供应商|渠道商|代理商|服务商|经纪|团队|门店|"
    "催收|担保|公估|商行|厂"
)
LETTER = re.compile(
    r"(?<![A-Za-z一二三四五六七八九十])(?P<letter>[A-H甲乙丙丁])(?![A-Za-z方种类等级])(?=家|那|呢|主|的|这|卖|说|搞|收|做|是|也|还|边|"
    rf"[^\w]|$|[一-鿿]{{0,6}}(?:{ORGANISATION})|跟|和|有|没|要|给|把|让|从|到|在)"
)
NAMED = re.compile(rf"[一-鿿A-Za-z0-9]{{0,8}}?(?:{ORGANISATION})(?:公司|机构|平台|团队|所)?")
CALLED = re.compile(
    r"(?:[一有那这這]家|公司|平台|机构|機構|个|個|\b(?:firm|company|outfit|vendor|platform))\s*(?:叫做|叫作|名叫|名为|叫|called|named)"
    rf"\s*[“「『\"']?(?P<name>[一-鿿A-Za-z0-9]{{2,12}}?)(?=[”」』\"'，,。；：\s]|的(?:[一-鿿]{{0,4}}?)(?:{ORGANISATION})|$)"
)
WHOLE = re.compile(r"[一-鿿]{2,16}(?:有限责任公司|股份有限公司|有限公司)")
LEADING = re.compile(
    r"^.*(?:这家|那家|一家|有家|有个|一个|这个|那个|说下|再说|还有|另外|另一|另|是|叫|的|了|跟|和|给|找|问|向)"
)
BACK = re.compile(r"刚才|前面|上面|之前|先前|原来|回到|换回|回头说|first one|back to|earlier|剛才|前面|原來|回頭")
FIRST = re.compile(r"第一家|头一家|頭一家|first")
BEGINNING = r"^(?:[一-鿿]{0,4}[，,：:\s]{1,2})?"
"""How a turn begins that brings in a partner who was not spoken of yet; the words follow."""
THAT_ONE = re.compile(r"(?P<what>[一-鿿]{2,8}?)的?(?:那一家|那家|那个|那個)")
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")


@dataclass(frozen=True)
class Part:
    """A stretch of a turn, `[start:end]`, that speaks of one letter; no letter where it names none."""

    letter: str
    start: int
    end: int


def letters_in(text: str) -> list[str]:
    """The letters (A, B, 甲, 乙) by which a text names partners, each once, in order."""
    return list(dict.fromkeys(found["letter"] for found in LETTER.finditer(text)))


def parts_of(text: str) -> list[Part]:
    """A text that speaks of several lettered partners, cut into what it says of each; one part where it does not."""
    if len(letters_in(text)) < 2:
        return [Part(next(iter(letters_in(text)), ""), 0, len(text))]
    parts: list[Part] = []
    letter = ""
    for sentence in SENTENCE.finditer(text):
        found = letters_in(sentence.group())
        letter = found[0] if len(found) == 1 else letter if not found else ""
        if parts and parts[-1].letter == letter:
            parts[-1] = Part(letter, parts[-1].start, sentence.end())
        else:
            parts.append(Part(letter, sentence.start(), sentence.end()))
    return parts


def name_of(text: str) -> str:
    """The name of its own that a turn gives its partner ("叫鼎信的公司", "某某有限公司"); empty where it gives none."""
    if whole := WHOLE.search(text):
        return LEADING.sub("", whole.group())
    called = CALLED.search(text)
    return called["name"] if called else ""


def label_of(text: str) -> str:
    """What a turn calls its partner: a letter with the kind of firm, or the kind of firm; empty for neither."""
    letter = LETTER.search(text)
    if letter:
        firm = re.match(rf"[一-鿿]{{0,6}}?(?:{ORGANISATION})", text[letter.end() :])
        return letter["letter"] + (firm.group() if firm else "")
    firm = NAMED.search(text)
    return LEADING.sub("", firm.group()) if firm else ""


def meant(text: str, partners: Sequence[Ledger], current: int | None) -> int | None:
    """The place of the partner a turn names or goes back to; None where it names none that is known."""
    for letter in letters_in(text):
        for place, ledger in enumerate(partners):
            if ledger.label.startswith(letter):
                return place
    for place, ledger in enumerate(partners):
        if len(ledger.label) > 2 and ledger.label in text and place != current:
            return place
    if len(partners) > 1 and FIRST.search(text):
        return 0
    if len(partners) > 1 and (described := _described(text, partners)) is not None:
        return described
    if len(partners) == 2 and BACK.search(text) and current is not None and not letters_in(text):
        return 1 - current
    return None


def _described(text: str, partners: Sequence[Ledger]) -> int | None:
    """The place of the only partner of whom the words before "that one" ("投广告那个") were said."""
    for found in THAT_ONE.finditer(text):
        what = found["what"]
        said = [place for place, ledger in enumerate(partners) if _shares(what, ledger.label + ledger.text)]
        if len(said) == 1:
            return said[0]
    return None


def _shares(what: str, said: str) -> bool:
    """Whether the last two or three characters of a description occur in what was said."""
    return what[-3:] in said or what[-2:] in said


def within(claims: Sequence[Claim], part: Part) -> list[Claim]:
    """The clauses that lie in a part of their text."""
    return [claim for claim in claims if part.start <= claim.start < part.end]
