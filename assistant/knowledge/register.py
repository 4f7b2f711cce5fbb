"""Which instrument a name means: by title, short name, abbreviation or document number, or none but something near it.

A name that is only like another (个人信息保户法, 个人贷款管理条例) is never taken for it; the likeness is offered as a
question to the reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from assistant.knowledge.library import Library
from assistant.knowledge.mentions import DOCUMENT, STEM, Names
from assistant.knowledge.references import key, plain
from assistant.types import Regulation

ALIKE = 0.7  # share of letters in common from which on a name may be a slip for another
ALIKE_AT_HEART = 0.6  # the same without 法, 条例, 办法: 反洗钱法实施条例 is not like another 实施条例
CLOSE = 0.08  # a second likeness is offered only when it is nearly as great
CANDIDATES = 8
ORDER_ENDS = re.compile(r"(?:令|公告)第?$")
OFFICES = {"央行": "人民银行", "人行": "人民银行"}


class Register:
    """The names of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.named: dict[str, list[Regulation]] = {}
        self._numbered: dict[tuple[str, str], list[tuple[str, Regulation]]] = {}
        self._short: dict[str, list[Regulation]] = {}
        agencies: set[str] = set()
        spelled: set[str] = set()
        for regulation in library.regulations.values():
            own = set(self._names_of(regulation))
            spelled |= own
            for name in {key(name) for name in own}:
                self.named.setdefault(name, []).append(regulation)
            for year, number, agency in _numbers_in(regulation.doc_no):
                self._numbered.setdefault((year, number), []).append((plain(agency), regulation))
                agencies |= set(agency.split())
                if year and not ORDER_ENDS.search(agency) and regulation.level != "司法解释":
                    self._short.setdefault(number, []).append(regulation)
        gaps = library.corpus.gaps
        titles = [item.title for item in gaps.replaced] + [item.title for item in gaps.not_held]
        self._elsewhere = {plain(title): title for title in titles}
        for entry in gaps.not_held:
            agencies |= {agency for _, _, agency in _numbers_in(entry.doc_no)}
        every = [*self.named, *spelled, *self._elsewhere, *self._elsewhere.values()]
        self.names = Names(every, agencies, self._short)
        self._holding: dict[str, list[str]] = {}
        for name in [*self.named, *self._elsewhere]:
            for letter in set(name):
                self._holding.setdefault(letter, []).append(name)

    def _names_of(self, regulation: Regulation) -> Iterable[str]:
        title = regulation.title
        yield title
        yield "".join(title.split())
        if "关于" in title and not title.startswith("关于"):
            yield title[title.index("关于") :]
        yield title.removesuffix("（试行）")
        yield from (part for part in re.split(r"[（）]", regulation.short) if part and not part.isdigit())
        if re.match(r"[A-Z]", regulation.doc_no):  # a standard: GB/T 45251-2025
            number = re.sub(r"-\d{4}$", "", regulation.doc_no)
            yield from (regulation.doc_no, regulation.doc_no.replace(" ", ""), number, number.replace(" ", ""))
        yield from self._library.corpus.speech.abbreviations.get(title, ())

    def versions(self, name: str) -> list[Regulation]:
        """Every text of the instrument that `name` means; none where it means none or more than one."""
        bare = plain(name)
        unbracketed = re.sub(r"（[^（）]*）$", "", bare)
        found = self.named.get(key(name)) or self.named.get(bare) or self.named.get(unbracketed)
        if found:
            return found
        if "征求意见稿" in bare:
            draft = re.sub(r"（?(?:\d{4}年?)?的?（?征求意见稿）?$", "", bare)
            return self.named.get(f"{draft}（征求意见稿）") or self.named.get(draft, [])
        year = re.match(r"(?:19|20)\d\d年?(?:版的?|修[订正]的?)?", bare)
        if year and (named := self.named.get(bare[year.end() :])):
            return [item for item in named if bare[:4] in f"{item.version} {item.issued}"] or named
        return self._by_number(bare)

    def _by_number(self, bare: str) -> list[Regulation]:
        """Instruments with a document number as written; the agency's name may be left out but not be another's."""
        found = []
        for year, number, written in _numbers_in(bare):
            agency = ORDER_ENDS.sub("", written)
            agency = OFFICES.get(agency, agency)
            for own, regulation in self._numbered.get((year, number), ()):
                others = [ORDER_ENDS.sub("", part) for part in own.split("中国") if part]
                same = any(agency.endswith(other[-2:]) or other.endswith(agency[-2:]) for other in others)
                if same if agency and others else year or len(number) >= 3:
                    found.append(regulation)
            if not year and not agency:
                found += self._short.get(number, ())
        return found if len({item.title for item in found}) == 1 else []

    def guessed(self, name: str) -> bool:
        """Whether `name` is a bare number (69号文), taken for the only text that bears it as no abbreviation does."""
        return key(name) not in self.named and re.fullmatch(r"\d{1,4}号文", plain(name)) is not None

    def near(self, name: str) -> list[str]:
        """Titles that `name` may be a slip for, likeliest first; at most two."""
        bare = plain(name)
        shared: Counter[str] = Counter()
        for letter in set(bare):
            shared.update(self._holding.get(letter, ()))
        likely = sorted(
            (2 * count / (len(set(bare)) + len(set(other))), other) for other, count in shared.items() if count > 1
        )[-CANDIDATES:]
        scored = sorted(((_alike(bare, other), other) for _, other in likely), reverse=True)
        titles = [
            self.named[other][0].title if other in self.named else self._elsewhere[other]
            for score, other in scored
            if score >= max(ALIKE, scored[0][0] - CLOSE)
        ]
        return list(dict.fromkeys(titles))[:2]


def _alike(one: str, other: str) -> float:
    heart = SequenceMatcher(None, STEM.sub("", one), STEM.sub("", other), autojunk=False).ratio()
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if heart > ALIKE_AT_HEART else 0.0


def _numbers_in(text: str) -> Iterator[tuple[str, str, str]]:
    """Year (empty for the orders of the State Council and the President), number and agency of document numbers."""
    for match in DOCUMENT.finditer(text):
        number = match.group("no") or match.group("order") or match.group("order2") or match.group("short")
        agency = re.split(r"[、，,；;（）]", text[: match.start()].strip())[-1]
        yield match.group("year") or match.group("year2") or "", number.lstrip("0"), agency
