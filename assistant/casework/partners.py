"""Which partner a turn speaks of, where a conversation has more than one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.casework.ledger import Ledger
from assistant.casework.names import BEGINS, LEADING, ORGANISATION, forms

LETTER = re.compile(
    r"(?<![A-Za-z一二三四五六七八九十])(?P<letter>[A-H甲乙丙丁])(?![A-Za-z方种类等级])(?=家|那|呢|主|的|这|卖|说|搞|收|做|是|也|还|边|叫|"
    rf"[^\w]|$|[一-鿿]{{0,6}}(?:{ORGANISATION})|跟|和|有|没|要|给|把|让|从|到|在)"
)
NAMED = re.compile(rf"[一-鿿A-Za-z0-9]{{0,8}}?(?:{ORGANISATION})(?:公司|机构|平台|团队|所)?")
BACK = re.compile(r"刚才|前面|上面|之前|先前|原来|回到|换回|回头说|first one|back to|earlier|剛才|前面|原來|回頭")
ORDINALS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"第一家|头一家|頭一家|\bfirst\b|\bformer\b",
        r"第二家|\bsecond (?:one|firm|company|vendor|partner)\b|\blatter\b",
        r"第三家|\bthird (?:one|firm|company|vendor|partner)\b",
        r"第四家|\bfourth (?:one|firm|company|vendor|partner)\b",
    )
)
OTHER = re.compile(
    r"(?:^|[，,。；;\s]|那|看|说|說|问|問|回到)(?:另|另外|前|前面|上|后|後|后面|後面)[一那]家(?!.{0,6}(?:公司|做))|"
    r"\bthe other (?:one|firm|company|vendor|partner)\b",
    re.I,
)
"""The one of two that is not at hand."""
EVERY = re.compile(
    r"(?:[两兩二三四]|几|幾|每|各)(?:家|个|個)(?:合作方|公司|机构)?(?:[都各均也全]|的|一起|分别|分別|一份|出)|各(?:自|出|写|寫|一份)|每家|分别出|"
    r"\bboth\b|\beach (?:of them|one|firm|company|vendor|partner)\b|\ball (?:three|four|of them)\b",
    re.I,
)
"""Said of all partners."""
BEGINNING = r"^(?:[一-鿿]{0,4}[，,：:\s]{1,2})?"
"""How a turn begins that brings in a partner who was not spoken of yet; the words follow."""
THAT_ONE = re.compile(r"(?P<what>[一-鿿]{2,8}?)的?(?:那一家|那家|那个|那個)")
CLAUSE = re.compile(r"(?:[^，,：:\s]|(?<![一-鿿\d%])\s|\s(?![一-鿿]))+[，,：:\s]*")
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")


@dataclass(frozen=True)
class Part:
    """A stretch of a turn, `[start:end]`, that speaks of one partner by letter or name; no `key` where of none.

    `tells` says whether it begins by naming it and goes on to say something.
    """

    key: str
    start: int
    end: int
    tells: bool = False


def letters_in(text: str) -> list[str]:
    """The letters (A, B, 甲, 乙) by which a text names partners, each once, in order."""
    return list(dict.fromkeys(found["letter"] for found in LETTER.finditer(text)))


def named_in(text: str, names: Sequence[str]) -> list[tuple[int, str]]:
    """Where a text names partners by letter or by one of `names`, and which: the letter, where one has both."""
    said = forms(names)
    found = [(item.start(), item["letter"]) for item in LETTER.finditer(text)]
    aliases: dict[str, str] = {}
    for item in re.finditer("|".join(map(_spelt, sorted(said, key=len, reverse=True))) or "(?!)", text, re.I):
        name = said.get(item.group()) or next(said[word] for word in said if word.lower() == item.group().lower())
        before = [letter["letter"] for letter in LETTER.finditer(text, max(0, item.start() - 8), item.start())]
        if before and re.search(r"(?:叫|名|是)\W?$", text[: item.start()]):
            aliases.setdefault(name, before[-1])
        found.append((item.start(), aliases.get(name, name)))
    return sorted(found)


def _spelt(word: str) -> str:
    return rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)


def parts_of(text: str, names: Sequence[str] = ()) -> list[Part]:
    """A text that speaks of several partners, cut into what it says of each; one part where it does not.

    Letters count wherever they stand in a sentence, names where a clause begins with one. A sentence that speaks of
    two is cut at its commas.
    """
    places = named_in(text, names)
    keys = {key for at, key in places if len(key) == 1 or leads(text, at)}
    if len(keys) < 2:
        return [Part(next(iter(keys), ""), 0, len(text))]
    parts: list[Part] = []
    key = ""
    for sentence in SENTENCE.finditer(text):
        within = [(at, key) for at, key in places if sentence.start() <= at < sentence.end() and key in keys]
        cut = len({key for _, key in within}) > 1
        clauses = CLAUSE.finditer(text, *sentence.span()) if cut else [sentence]
        if cut:
            key = ""
        for clause in clauses:
            here = [(at, key) for at, key in within if clause.start() <= at < clause.end()]
            leading = {key: at for at, key in reversed(here) if leads(text, at)}
            if leading:
                for key, at in reversed(leading.items()):
                    parts.append(Part(key, clause.start(), clause.end(), _says(text[at : clause.end()], key)))
                continue
            if here and not cut and len(here[0][1]) == 1:
                key = here[0][1]
            if parts and parts[-1].key == key:
                parts[-1] = replace(parts[-1], end=clause.end())
            else:
                parts.append(Part(key, clause.start(), clause.end()))
    return parts


def _says(clause: str, key: str) -> bool:
    """Whether a clause says more than which partner it begins with."""
    rest = re.sub(rf"^.{{{len(key)}}}(?:{ORGANISATION})?|\W|那家|那边|那邊", "", clause)
    return len(rest) > 1


def leads(text: str, at: int) -> bool:
    """Whether a clause begins at a place, but for words that only bring in what it speaks of."""
    return bool(BEGINS.search(text[:at])) or bool(re.search(r"[—-]\s*$", text[:at]))


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
    if (named := _by_name(text, partners)) is not None:
        return named
    for place, ledger in enumerate(partners):
        if len(ledger.label) > 2 and ledger.label in text and place != current:
            return place
    if len(partners) > 1:
        for place, ordinal in enumerate(ORDINALS[: len(partners)]):
            if ordinal.search(text):
                return place
        if (described := _described(text, partners)) is not None:
            return described
    if len(partners) == 2 and current is not None and (BACK.search(text) or OTHER.search(text)):
        return None if letters_in(text) else 1 - current
    return None


def _by_name(text: str, partners: Sequence[Ledger]) -> int | None:
    names = [ledger.name for ledger in partners if ledger.name]
    for _, name in named_in(text, names):
        for place, ledger in enumerate(partners):
            if ledger.name == name:
                return place
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
