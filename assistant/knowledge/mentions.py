"""Where a text names an instrument, and with which words.

Names (titles, short names, abbreviations, agencies of document numbers) are data; here is only how they stand in a
sentence. A known name that goes on (《保险法》实施细则), or that begins inside a longer one (金融消费者权益保护法), is
another instrument and never taken for the one it contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.knowledge.spelling import NUMBER, fold

QUOTED = re.compile(r"《(?P<name>(?:[^《》]|《[^《》]*》){2,90})》")
DOCUMENT = re.compile(
    r"(?:[〔\[（【﹝]\s*(?P<year>(?:19|20)\d\d)\s*[〕\]）】﹞]\s*年?|(?P<year2>(?:19|20)\d\d)\s*年)\s*第?\s*(?P<no>\d{1,4})"
    r"\s*号(?:令|公告|文(?!件))?|令第?\s*(?P<order>\d{1,4})\s*号|第?\s*(?P<order2>\d{1,4})\s*号令|(?P<short>\d{1,4})\s*号文"
)
INVENTED = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{3,24}(?:法|条例|办法|规定|细则|解释|准则|指引|规范|意见|通知))"
    rf"(?=\s*(?:第\s*{NUMBER}\s*条|\d+\s*条))"
)
CALLED = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{5,24}(?:条例|管理办法|管理规定|实施细则))"
    r"(?=施行|实施|出台|生效|发布|修订|规定|的规定|废止|失效|现行|现在|目前|还|已|什么时候|何时|谁|里|中|怎么|如何|是不是|是否|有没有|允许|要求|禁止|对|[，。；？！,;?!]|\s|$)"
)
LOOSE = re.compile(r"[的那没有哪个这我你他她它们要受连套份篇些叫做把被给让]")  # nobody names a law with these
WHOLE = re.compile(r"(?P<name>中华人民共和国[\u4e00-\u9fff]{2,24}?(?:法|条例|办法))(?![律规人院务])")
ENGLISH = re.compile(
    r"\barticles?\s*\d+\s*of\s+the\s+"
    r"(?P<name>[a-z][a-z &'-]{2,60}?\s(?:law|act|code|regulations?|measures|rules|provisions))\b"
)
# The national laws are translated as laws; a named Act is foreign or invented.
ACT = re.compile(
    r"\b(?P<name>[A-Z][A-Za-z'’-]+(?:[ -](?:(?:of|on|and|for|in|to|the|&) )*[A-Z][A-Za-z'’-]*){0,8} Act)\b(?! No)"
)
ARTICLES_OF_SPEECH = re.compile(r"^(?:(?:The|A|An|Does|Under|Is|Did|Has|What|Which|Per|By|In|According|To)\s+)+")
LEADING = re.compile(
    r"^.*(?:按照|根据|依据|依照|违反|引用|适用|请按|规定的|什么叫|按|依|(?<![数证票单收])据|引|查|看|(?<![温共])和|与|及(?!其)|跟|即|是|的|了|"
    r"问|把|(?<!存)在|(?<![所可])以(?!及))(?=..)"
)
GOES_ON = re.compile(
    r"\s*》?\s*的?(?:实施(?:细则|条例|办法|意见)|司法解释|补充规定|修正案(?:（[^（）]{1,6}）)?|释义|"
    rf"（[^（）]*征求意见稿[^（）]*）|(?:(?:19|20)\d\d年?)?的?征求意见稿|实施[\u4e00-\u9fff]{{2}}(?=\s*第\s*{NUMBER}\s*条))"
)
# 公司法务, 公司法人: the name of a law is part of another word
NOT_A_LAW = re.compile(r"[务人院律庭官学]|规(?!定)|定(?!义)|制(?!定)")
NUMBERED = re.compile(rf"\s*[》，,]?\s*第?\s*{NUMBER}\s*条")
UNNAMED = re.compile(
    r"(?:[本该此][\u4e00-\u9fff]{1,4}|(?:[新旧老原]|[那这][个份部]?|年的?)(?:法|条例|办法|规定|细则|解释|准则|指引|规范|意见|通知))$"
)
INSTRUMENT = re.compile(
    r"(?:法|典|条例|办法|规定|细则|解释|准则|指引|规范|意见|通知|决定|公告|标准|规则|公约|批复|方案|纲要|修正案|释义)(?:（[^（）]*）)?$"
)
PAPER = re.compile(
    r"(?:合同|协议|书|章程|制度|手册|流程|条款|单|表|函|计划)$"
)  # a clause of these is no article of a law
AGENCY = re.compile(r"[\u4e00-\u9fff]{2,9}$")
STEM = re.compile(r"(?:管理)?(?:暂行)?(?:法|条例|办法|规定|解释|通知|指引|规范|细则|意见)(?:（[^（）]*）)?$")
ISSUER = re.compile(r"(?:令|公告|发|规|函|办|局|院|行|会|部)$")  # before a year without brackets
LONGEST_AGENCY = 24
LEAST_CALLED = 7  # letters
ALIKE = 0.6  # share of a loose name's letter pairs that stand in one title
START = 4  # letters by which names are looked up; shorter names by all of theirs


class Names:
    """Every name under which an instrument may be written, for finding the longest one at a place in a text.

    `agencies` are the words before the year of a document number, `numbers` those after it of instruments at hand.
    """

    def __init__(self, names: Iterable[str], agencies: Iterable[str] = (), numbers: Iterable[str] = ()) -> None:
        self.numbers = set(numbers)
        self.all = {folded for name in names if len(folded := fold(name)) >= 2 and not folded.isdigit()}
        self.agencies = {fold(agency) for agency in agencies if agency}
        self._stems = {stem for name in self.all if len(stem := STEM.sub("", name)) >= 3}
        self._by_start: dict[str, list[str]] = {}
        self._beginnings: set[str] = set()
        for name in sorted(self.all, key=len, reverse=True):
            self._by_start.setdefault(name[:START], []).append(name)
            self._beginnings.update(name[:end] for end in range(4, len(name)))

    def resembles(self, name: str) -> bool:
        """Whether most letter pairs of `name` stand in one known name."""
        pairs = {name[at : at + 2] for at in range(len(name) - 1)}
        return any(sum(pair in known for pair in pairs) >= ALIKE * len(pairs) for known in self.all)

    def at(self, text: str, position: int) -> str | None:
        """The longest known name that begins at `position` of a folded text."""
        for length in (START, 3, 2):
            for name in self._by_start.get(text[position : position + length], ()):
                if text.startswith(name, position) and self._stands_alone(text, position, name):
                    return name
        return None

    def _stands_alone(self, text: str, position: int, name: str) -> bool:
        """Whether the name is not part of another word: 公司法务, PIPLINE."""
        end = position + len(name)
        if name.endswith("法") and NOT_A_LAW.match(text, end):
            return False
        return not (name[0].isascii() and (_letter(text, position - 1) or _letter(text, end)))

    def begins(self, text: str, position: int, name: str, least: int) -> int:
        """Where the name really begins that ends with the known `name` at `position`: two names blended are neither.

        金融消费者权益保护法 begins like a rule of the central bank and ends like a law.
        """
        if position == least or not "\u4e00" <= text[position - 1] <= "\u9fff":
            return position
        end = position + len(name)
        numbered = NUMBERED.match(text, end) is not None
        stem = STEM.sub("", name)
        for start in range(max(least, position - 16), position - 1):
            before = text[start:position]
            if numbered and before in self._stems:
                return start
            if len(stem) >= 4 and before + stem in self._beginnings and text[start:end] not in self.all:
                return start
        return position


def _letter(text: str, position: int) -> bool:
    return 0 <= position < len(text) and text[position].isascii() and text[position].isalpha()


def mentions(text: str, names: Names, written: str = "") -> Iterator[tuple[int, int, int]]:
    """Spans of the instrument names in a folded text, longest first at each place, none overlapping.

    The last value is the place of the closing 》, 0 where the name does not stand in 《》. `written` is the text before
    folding, whose capital letters mark English names.
    """
    position, least = 0, 0
    invented = {
        match.start("name"): match for grammar in (INVENTED, WHOLE, ENGLISH) for match in grammar.finditer(text)
    }
    for match in CALLED.finditer(text):
        if _is_called(match, names):
            invented.setdefault(match.start("name"), match)
    acts = dict(_acts(written))
    documents = dict(_documents(text, names))
    while position < len(text):
        quoted = QUOTED.match(text, position) if text[position] == "《" else None
        if quoted and not _an_instrument(text, quoted, names):
            position = quoted.end()
            continue
        skip = 7 if text.startswith("中华人民共和国", position) else 0
        name = names.at(text, position + skip)
        start, end = position, 0
        if quoted:
            end = _gone_on(text, quoted.end())
        elif position in documents and documents[position] >= position + skip + len(name or ""):
            end = documents[position]
        elif name:
            start = position if skip else names.begins(text, position, name, least)
            end = _gone_on(text, position + skip + len(name))
        elif position in invented and _unknown(invented[position], names):
            end = invented[position].end("name")
            start = end - len(LEADING.sub("", text[position:end]))
        elif position in acts:
            end = acts[position]
        if end:
            yield start, end, quoted.end() - 1 if quoted else 0
            least = end
        position = end or position + 1


def _an_instrument(text: str, quoted: re.Match[str], names: Names) -> bool:
    """Whether what stands in 《》 can be the title of a rule, and not of a contract or an advertisement."""
    name = quoted.group("name").strip()
    if INSTRUMENT.search(name) or name in names.all or DOCUMENT.search(name):
        return True
    return NUMBERED.match(text, quoted.end()) is not None and not PAPER.search(name)


def _gone_on(text: str, end: int) -> int:
    goes_on = GOES_ON.match(text, end)
    return goes_on.end() if goes_on else end


def _documents(text: str, names: Names) -> Iterator[tuple[int, int]]:
    """Document numbers with the agency before them: a known one, else the last words that can be one."""
    least = 0
    for match in DOCUMENT.finditer(text):
        start = match.start()
        known = (
            place for place in range(max(least, start - LONGEST_AGENCY), start) if text[place:start] in names.agencies
        )
        begin = next(known, None)
        if begin is None:
            agency = AGENCY.search(text, max(least, start - 9), start)
            words = LEADING.sub("", agency.group()) if agency and not match.group("short") else ""
            begin = start - len(words)
        short = match.group("short")
        if short and begin == start and short not in names.numbers and not NUMBERED.match(text, match.end()):
            continue
        if match.group("year2") and not ISSUER.search(text, begin, start):
            continue
        if begin < start or not (match.group("year2") or match.group("order")):
            least = match.end()
            yield begin, least


def _acts(written: str) -> Iterator[tuple[int, int]]:
    """Where Acts are named in English, without the words that only begin the sentence."""
    for match in ACT.finditer(written):
        name = ARTICLES_OF_SPEECH.sub("", match.group("name"))
        if " " in name:
            yield match.end("name") - len(name), match.end("name")


def _is_called(match: re.Match[str], names: Names) -> bool:
    """Whether words without 《》 and number are the name of a rule that is not at hand.

    Not where they are a loose way to speak of one that is: most of their letter pairs stand in its title.
    """
    name = LEADING.sub("", match.group("name"))
    return len(name) >= LEAST_CALLED and not LOOSE.search(name) and not names.resembles(name)


def _unknown(match: re.Match[str], names: Names) -> bool:
    """Whether no known name stands inside what looks like the name of an instrument."""
    text, start, end = match.string, match.start("name"), match.end("name")
    if UNNAMED.search(match.group("name")):
        return False
    return not any(names.at(text, place) for place in range(start, end - 1))
