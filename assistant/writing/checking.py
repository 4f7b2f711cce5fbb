"""Whether a sentence of a chat model may be shown: form, names, numbers and quotes first, then what it says.

Everything a sentence says must be said by one line of the material: a sentence of the built-in reply, an article, a
sign of the assessment, the user's own words. What a rule says is held to the check of the law answers
(`answering.supported`); the rest to `meaning`, which also knows words in another order. A doubt removes the sentence:
the built-in reply is always there, a wrong sentence cannot be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain

from assistant.answering.supported import FRAME
from assistant.knowledge.references import place_of
from assistant.knowledge.spelling import NUMBER, fold
from assistant.types import Frozen, Level
from assistant.writing.lines import Context, Lines, articles, rests_on
from assistant.writing.meaning import OWED, clauses
from assistant.writing.task import WritingTask

LONGEST = 500  # characters of a sentence
MARKUP = re.compile(
    r"https?:|www\.|<\||</?[a-z!][^>]*>?|!?\[[^\]]*\]\(|```|\b[\w-]+\.(?:com|cn|net|org|info|top|xyz)\b|&#|javascript:",
    re.I,
)
UNREADABLE = re.compile(
    r"[^\u0020-\u007e\u00a0-\u00ff\u2000-\u206f\u3000-\u303f\u4e00-\u9fff\u3400-\u4dbf\uff00-\uffef\n·×°①-⑳—…]"
)
QUOTED = re.compile(r"“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|\"([^\"]*)\"|‘([^‘’]*)’(?![a-z])")
TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
ARTICLE = re.compile(
    rf"(?:第\s*|(?<=[》法例定])\s*){NUMBER}\s*条(?:之{NUMBER})?(?:第\s*{NUMBER}\s*款)?|\d+\s*条(?=[之第规的，。])(?:之{NUMBER})?|\barticles?\s+\d+",
    re.I,
)
DOCUMENT = re.compile(
    r"[〔\[（(]\s*\d{4}\s*[〕\]）)]\s*(?:第\s*)?\d+\s*号|\d{4}\s*年第\s*\d+\s*号|\d+\s*号(?:令|文|公告)"
)
LEVELS: dict[Level, str] = {
    "none": r"未见|未发现|(?:没有|并无|不)(?:发现|看到|见到)?[^，。“”]{0,12}(?:相似|迹象)|不相似|"
    r"not? (?:\w+ )?resembl|no (?:signs?|indicat|resembl)|nothing (?:\w+ ){0,4}resembl",
    "low": "弱迹象|轻微|低度|略有相似|略微相似|有点像|迹象较弱|weak|slight",
    "medium": "较为相似|比较相似|较相似|中等|中度|部分相似|有些相似|一定(?:程度的?)?相似|"
    "fairly|moderate|medium|some resembl",
    "high": "高度|非常相?似|非常像|极其?相似|极为相似|十分相似|完全相似|完全一致|几乎一样|几乎相同|如出一辙|"
    "风险(?:很|较|极)?高|高风险|very close|highly|strong|identical",
}
AFFIRMS = re.compile(
    r"^(?:是的|是啊|对的?|没错|当然|可以的?|可行|不是的?|不对|不行|不能|正确|错误|"
    r"yes|no|sure|correct|of course)[，,。.!！]",
    re.I,
)
YOU = re.compile(
    "[您你](?!们?[^，。]{0,8}(?:提到|提及|写|说|描述|述|问|更正|补充|提供|的|核实|核查|暂缓|先|决定|考虑|可|应|要|结合|注意))"
)
COUNTING = re.compile(r"第[一二三四五六](?=[，,：:、])")  # the steps of a text, not of the matter
CAREFUL = re.compile("(?<![是于为系])合[规法]|区别|lawful|differen")  # speaks of the lawful reading as such
NEGATED = re.compile(
    r"(?:不|未|没|没有|无|非|别|勿|从不|不得|不会|并未|拒绝|禁止|严禁|never |not |no )[^，。；：“”,;:]{0,4}$"
)
TURNS = (
    "根据|按照|依照|依据|关于|对于|至于|另外|此外|同时|其中|具体来说|需要注意的是|需要注意|值得注意的是|也就是说|因此|不过|首先|其次|"
    "最后|一是|二是|三是|同条|该条|本条|该通知|该办法|该指引|按照要点|按要点|按(?=《)"
)
PREFIX = re.compile(
    rf"^(?:(?:根据|按照|依照|依据|按|关于|对于)[^，：。“”《》]{{0,12}}[，：]|(?:{TURNS})[，：]?)?"
    rf"(?:《[^《》]*》(?:（[^（）]*）)*(?:第?{NUMBER}条(?:之{NUMBER})?(?:第{NUMBER}款)?)?(?:[则还也])?(?:的?规定|明确|要求|指出)?[，：]?)?"
    r"(?:还|也)?(?:规定|明确|指出)?[，：]?"
)
SPEAKER = re.compile(
    r"您|你|用户|对方|原文|文中|描述|所述|写|说|称|提到|表示|\b(?:you|your|user|says?|said|words|claims?|descri)"
)


class Verdict(Frozen):
    """Whether a sentence may be shown; `reason` says why not, `rests_on` numbers the reply's sentences it restates."""

    passed: bool
    reason: str = ""
    rests_on: frozenset[int] = frozenset()


class Checker:
    """Checks the sentences of one task.

    `phrases` are the lists of `corpus/writing.yaml`, `names` the names of all patterns there are.
    """

    def __init__(self, task: WritingTask, phrases: Mapping[str, Sequence[str]], names: Sequence[str] = ()) -> None:
        self._task = task
        self._phrases = {name: tuple(map(fold, words)) for name, words in phrases.items()}
        self._framing = _any(sorted(self._phrases.get("framing", ()), key=len, reverse=True))
        self._names = tuple(names)
        facts = task.facts
        self._said = fold("\n".join([task.text, *task.earlier]))
        own = [*task.reply, *(facts.patterns if facts else ()), *(sign.says for sign in (facts.signs if facts else ()))]
        self._own = fold("\n".join(own))
        self._rules = fold("\n".join(f"{source.law}{source.article or ''}\n{source.text}" for source in task.sources))
        self._all = "\n".join((self._said, self._own, self._rules))
        self._articles = [text for source in task.sources for text in articles(source.text)]
        self._lines = Lines(task)
        self._urged = [any(word in fold(text) for word in self._phrases.get("asking", ())) for text in task.reply]
        self._reply = [{word for part in clauses(text) for word, _, _ in part.items} for text in task.reply]

    def check(self, sentence: str) -> Verdict:
        """Say whether `sentence` (personal data put back) says only what the material says."""
        if sentence.strip() in self._task.reply:
            return Verdict(passed=True, rests_on=frozenset({self._task.reply.index(sentence.strip())}))
        if reason := self._form(sentence.strip()):
            return Verdict(passed=False, reason=reason)
        said = fold(sentence).strip()
        for test in (self._named, self._quoted, self._level, self._accuses):
            if reason := test(said):
                return Verdict(passed=False, reason=reason)
        return self._says(said)

    # --- form, names, quotes ------------------------------------------------------------------------------------------

    def _form(self, said: str) -> str:
        if len(said) > LONGEST:
            return "句子过长，无法核对"
        if not re.search(r"\w", said):
            return "没有内容"
        if MARKUP.search(said):
            return "含有链接或标记"
        if UNREADABLE.search(said):
            return "含有无法辨认的字符"
        if YOU.search(said) and not YOU.search(self._own):
            return "把别人做的事说成了您做的"
        if AFFIRMS.search(said) and not AFFIRMS.search(self._task.reply[0]):
            return "内置答复没有这样回答"
        if re.search("[?？]", said) and not re.search("[?？]", self._own):
            return "内置答复没有提问"
        chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in ARTICLE.sub("", QUOTED.sub("", TITLE.sub("", said))))
        latin = len(re.findall("[A-Za-z]", QUOTED.sub("", said)))
        if self._task.language == "english" and chinese > 4 + latin:
            return "没有用所要求的语言"
        if self._task.language != "english" and latin > 20 + 3 * chinese:
            return "没有用所要求的语言"
        return ""

    def _named(self, said: str) -> str:
        """Laws, articles and document numbers must be those of the material, and belong together."""
        laws = [fold(source.law) for source in self._task.sources]
        for title in TITLE.findall(said):
            name = title.removeprefix("中华人民共和国")
            if name not in self._own and not any(name == law.removeprefix("中华人民共和国") for law in laws):
                return f"材料里没有《{title}》"
        pairs = {(fold(source.law), place_of(source.article)) for source in self._task.sources if source.article}
        places = {place for _, place in pairs}
        spoken = {_place(found.group()) for found in ARTICLE.finditer(self._own)}
        for found in ARTICLE.finditer(said):
            place = _place(found.group())
            if place not in places | spoken:
                return f"材料里没有{found.group()}"
            before = TITLE.findall(said[: found.start()])
            if before and place in places and (before[-1].removeprefix("中华人民共和国"), place) not in pairs:
                return f"材料里没有《{before[-1]}》{found.group()}"
        for found in DOCUMENT.finditer(said):
            if re.sub(r"\s", "", found.group()) not in re.sub(r"\s", "", self._all):
                return f"材料里没有文号{found.group()}"
        return ""

    def _quoted(self, said: str) -> str:
        """What stands in quotation marks must stand so in the material, and not be cut off behind a negation."""
        for found in QUOTED.finditer(said):
            words = _bare(next(filter(None, found.groups()), ""))
            if not words:
                continue
            before = [text[:place] for text in (_bare(self._all),) for place in _places(text, words)]
            if not before:
                return f"材料里没有“{words[:20]}”这句话"
            outside = QUOTED.sub("", said[: found.start()])
            if (
                TITLE.search(outside)
                and not re.search("您|用户|对方|原文|描述", outside)
                and words not in _bare(self._rules or self._own)
            ):
                return f"条文里没有“{words[:20]}”这句话"
            if words not in _bare(self._own + self._rules) and not SPEAKER.search(QUOTED.sub("", said)):
                return "引了用户的话而没有说明"
            if all(NEGATED.search(text) for text in before) and not NEGATED.search(said[: found.start()]):
                return f"“{words[:20]}”在原文里是被否定的"
        return ""

    def _level(self, said: str) -> str:
        """Words of resemblance must be those of the assessment, names of patterns those found."""
        outside = QUOTED.sub("", said)
        facts = self._task.facts
        if facts is not None:
            for level, words in LEVELS.items():
                found = re.search(words, outside)
                if found and level != facts.level and found.group() not in self._own:
                    return f"相似程度与评估不一致：“{found.group()}”"
            if (
                facts.level in ("none", "low")
                and re.search("(?<![不未])相似|resembles", outside)
                and not (re.search(f"{LEVELS['none']}|{LEVELS['low']}|是否", outside))
            ):
                return "相似程度与评估不一致"
        for name in self._names:
            if fold(name) in said and fold(name) not in self._own and fold(name) not in self._said:
                return f"评估没有提到“{name}”"
        return ""

    def _accuses(self, said: str) -> str:
        for name, reason in (("accusing", "不得指称他人犯罪或违法"), ("reassuring", "不得代替人作出放心的结论")):
            for phrase in self._phrases.get(name, ()):
                if phrase in said and phrase not in self._own and phrase not in self._rules:
                    return f"{reason}：“{phrase}”"
        return ""

    # --- what it says -------------------------------------------------------------------------------------------------

    def _says(self, said: str) -> Verdict:
        restated = self._restated(said)
        rest = PREFIX.sub("", said)
        tells = re.search("[\u4e00-\u9fff]{3}", rest) and not FRAME.match(rest)
        if tells and any(rests_on(rest, article) for article in self._articles):
            return Verdict(passed=True, rests_on=restated)
        bare = COUNTING.sub("\x01", QUOTED.sub("\x01", TITLE.sub("\x01", ARTICLE.sub("\x01", said))))
        parts = clauses(self._framing.sub("\x01", bare))
        whole = clauses(said)
        context = Context(
            hedged=any(part.perhaps or part.asks for part in whole) or CAREFUL.search(said) is not None,
            attributed=SPEAKER.search(QUOTED.sub("", said)) is not None,
            limits=frozenset().union(*(part.limits for part in whole)),
        )
        numbers: set[int] = set()
        for part in parts:
            found = self._lines.found(part, context)
            if isinstance(found, str):
                return Verdict(passed=False, reason=found)
            numbers |= found
        if not parts and not TITLE.search(said) and not (QUOTED.search(said) and context.attributed):
            return Verdict(passed=False, reason="没有可以核对的内容")
        if urging := self._urges(QUOTED.sub("", said), numbers):
            return Verdict(passed=False, reason=f"内置答复没有这样的建议：“{urging}”")
        return Verdict(passed=True, rests_on=restated | {number for number in numbers if number >= 0})

    def _urges(self, said: str, numbers: set[int]) -> str:
        """The word with which `said` asks for something that the material does not; empty when there is none."""
        todo = (word for word in self._phrases.get("urging", ()) if word in said and word not in self._all)
        asked = any(self._urged[number] for number in numbers if number >= 0)
        asking = (word for word in self._phrases.get("asking", ()) if word in said and not asked)
        return next(chain(todo, asking), "")

    def lacks(self, said: str, restated: frozenset[int], share: float) -> str:
        """Why `said`, all that passed, is less than the built-in reply says; empty when it says enough.

        The conclusion may not be missing: the level and the first pattern where the reply states them, else what its
        first sentence says. And `share` of the reply's sentences must be `restated`.
        """
        if not self._concludes(fold(said), restated):
            return "通过核对的句子里没有结论"
        if len(restated) < share * len(self._reply):
            return "通过核对的句子太少"
        return ""

    def _concludes(self, said: str, restated: frozenset[int]) -> bool:
        facts, reply = self._task.facts, fold("\n".join(self._task.reply))
        if facts is not None and re.search(LEVELS[facts.level], reply):
            named = [fold(name) for name in facts.patterns[:1] if fold(name) in reply]
            return re.search(LEVELS[facts.level], said) is not None and all(name in said for name in named)
        return 0 in restated or self._same_stance(said)

    def _same_stance(self, said: str) -> bool:
        stance = {mark for clause in clauses(self._task.reply[0]) for mark in clause.told & set(OWED)}
        frame = FRAME.match(fold(self._task.reply[0])) is not None
        return (frame or bool(stance)) and stance <= {mark for clause in clauses(said) for mark in clause.told}

    def _restated(self, said: str) -> frozenset[int]:
        """The built-in reply's sentences of which `said` repeats a good part."""
        words = {word for clause in clauses(said) for word, _, _ in clause.items}
        return frozenset(
            number
            for number, others in enumerate(self._reply)
            if others and len(words & others) >= 0.5 * min(len(others), len(words))
        )


def _any(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(
        "|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words) or "(?!)"
    )


def _place(words: str) -> tuple[int, int] | None:
    bare = re.sub(rf"\s|第{NUMBER}款$", "", words)
    if digits := re.match(r"article\w*(\d+)", bare):
        return int(digits.group(1)), 0
    return place_of(bare if bare.startswith("第") else "第" + bare)


def _places(text: str, words: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(words), text)]


def _bare(text: str) -> str:
    """Without blanks, marks at the ends and differences between kinds of inner quotation marks."""
    return re.sub(r"\s", "", text).translate(str.maketrans("‘’「」『』\"'", "“”“”“”“”")).strip("，。；：！？,.;:!?")
