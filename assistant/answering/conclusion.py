"""What a note may say first: yes, no, or what it depends on.

A plain yes or no is said only where the deciding sentence speaks of what was asked and has no number, time, condition,
exception or qualified manner that the facts asked might meet. Hours and percentages of the same thing are compared.
Otherwise the conclusion says on what it depends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple, get_args

from assistant.answering.measured import compared
from assistant.answering.quoting import units
from assistant.answering.weights import pairs

Coverage = Callable[[AbstractSet[str], str], float]
Kind = Literal["may", "breach", "duty", "whether", "open"]
Stance = Literal["forbids", "requires", "permits", "mixed"]

NEAR = 0.3  # share of what is asked that a sentence must have for a plain yes or no
CLEARLY = 1.5  # by how much a clause must speak more of what is asked than one of another stance
LEAD = 1.2  # by how much the first ground's sentences count more
OPEN = re.compile(
    r"多少|几[年月日天次个条倍种]|什么|啥|怎[么样]|如何|哪|谁|多[久长高大]|为何|\b(?:what|which|how|who|when|why|where)\b",
    re.I,
)
BREACH = re.compile(
    r"(?:违[规法]|犯法|合[规法])(?:吗|么|嘛|不|没|呢|与否|$|\s*[?？])|[违合]不[违合][规法]?|违反[^，。？?]{1,20}[吗么嘛]|"
    r"(?:是否|算不算|是不是|属不属于|算|属于)[^，。？?]{0,8}(?:违[规法反]|犯法|合[规法])|"
    r"\b(?:il)?legal\b|\b(?:un)?lawful\b|\bcompl(?:y|iant)\b|\bviolat|\bbreach",
    re.I,
)
MAY = re.compile(
    r"可不可以|可以|可否|能否|能不能|能[^，。？?]{0,30}[吗么嘛]|行[吗么嘛]|行不行?|成不成|[允准]许|准不准|"
    r"\b(?:can|may|could|allowed|permitted)\b",
    re.I,
)
DUTY = re.compile(
    r"[需要用]不[需要用]要?|该不该|应不应|是否(?:需|应|必须|须|要|有义务)|有没有(?:义务|责任)|"
    r"(?:需要?|必须|应当|应该|有义务|要)[^，。？?]{1,40}[吗么嘛]|\b(?:must|need|should|have to|required|obliged)\b",
    re.I,
)
POLAR = re.compile(r"[吗么嘛]|是否|能否|可否|(.)[不没]\1|行不|[?？]\s*$|[合违][规法][不没]")
NOT = r"(?:不(?![良同可能得法当正]|动产|特定|记名|符合)|免(?!费)|无需|无须)"
NEGATED = re.compile(
    rf"(?:可以|可不可以|能不能|能否|可否|能)(?:都|就|也|先)?{NOT}|{NOT}[^，。？?]{{1,24}}(?:可以|行|能行|违[规法]|合[规法])|"
    rf"(?:没有?|未)(?!经|取得)[^，。？?]{{1,24}}(?:违[规法]|合[规法])|\b(?:not|without|skip|exempt)\b",
    re.I,
)
A_NOT_A = re.compile(r"(.)不\1")
BANS = re.compile(
    r"不得|禁止|严禁|不准|不允许|不许|不应(?!当知)|不能(?!免除|免责|当然)|一律不|不可(?![抗分撤避])|无权|都不要?|不催"
)
STANDS_TO_IT = re.compile(
    r"不因|不免除|不能免除|不转移|主体责任|承担[^，。；]{0,16}责任|由[^，。；]{1,16}负责|不得[^，。；]{0,8}(?:推|免|减)"
)
RESPONSIBLE = re.compile(r"责任|负责|免责|担责")
REQUIRES = re.compile(r"应当|应该|必须|须(?!知)|应(?![收付用急对])|至少|务必|^要|[构司行位者人]要")
PERMITS = re.compile(r"可以|有权|允许|准许|可(?=由|经|用|按|通过|采用|向|将)|无须|无需|不需|免予|不必")
FREES = re.compile(r"可以不|可不|无须|无需|不需|免予|不必")
CLAUSE = re.compile(r"[，,；;：:\n]+")
HEDGES = {
    "on: time": re.compile(
        r"\d[:：]\d\d|期间|时间|时段|期限|届满|[\d一二三四五六七八九十百]+\s*(?:个?工作日|小时|[日天年]|个?月)"
    ),
    "on: number": re.compile(
        r"[%％‰]|百分之|[\d一二三四五六七八九十百]\s*(?:万|亿|元|倍|次|户)|LPR|超过|低于|高于|少于|以[上下内]|[上下]限|限额|比例|为限"
    ),
    "on: condition": re.compile(
        r"只有|未经|未[取获达按办]|没有|如果|倘若|的[，,]|的情[况形]|[^，。]时[，,可不应]|方可|方能|才能?|只能|仅|限于|除非|"
        r"经[^，。；不]{1,16}(?:同意|批准|授权|许可|委托|备案)|[^，。]后[，,可方]|达不到|不符合|符合[^，。]{1,16}条件|前提"
    ),
    "on: exception": re.compile(r"除|例外|另有|另行|但(?!书)|不适用|不在此限"),
    "on: manner": re.compile(
        r"擅自|违规|违反|违法|非法|不正当|不当|恶意|过度|虚假|变相|无关|单独|全部|整体|核心|关键|主要|冒用|暴力|恐吓|欺诈|误导|强制|"
        r"以[^，。]{1,10}名义|[为以][^，。]{1,10}目的|利用[^，。]{1,6}"
    ),
}
MEASURED = re.compile(r"[%％]|百分之|[\d一二三四五六七八九十百两]\s*(?:万|亿|元|倍|成)")
OF_THE_ASKER = re.compile(
    r"经[^，。？?不]{1,16}(?:同意|批准|授权|许可)|有[^，。？?没]{0,8}(?:资质|牌照|许可|资格)|如果|只要|"
    r"在[^，。？?]{2,20}(?:时|后|情况下)|的情况下|的前提下"
)


class Conclusion(NamedTuple):
    """`word` is a phrase, `parts` fills it in; `on` are phrases of what it depends on, `place` whose sentence it is."""

    word: str
    on: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    place: int = 0


class Deciding(NamedTuple):
    """A sentence of the ground at `place`, with the words that open its list, and how much of what is asked it has."""

    text: str
    share: float
    place: int
    excepted: bool = False


def kind_of(question: str) -> Kind:
    """How a question asks: whether one may, whether it breaks a rule, whether one must, whether at all, or openly."""
    if OPEN.search(question) or not POLAR.search(question):
        return "open"
    if BREACH.search(question):
        return "breach"
    if MAY.search(question):
        return "may"
    return "duty" if DUTY.search(question) else "whether"


def is_negated(question: str) -> bool:
    """Whether it asks about leaving something undone: 可以不签吗, 不签行吗, 未披露违规吗."""
    return NEGATED.search(A_NOT_A.sub(r"\1", question)) is not None


def leaves_responsibility(question: str) -> bool:
    """Whether it asks if somebody may be free of responsibility."""
    return is_negated(question) and RESPONSIBLE.search(question) is not None


def deciding(
    question: str, content: AbstractSet[str], texts: Sequence[Sequence[str]], coverage: Coverage
) -> Deciding | None:
    """The sentence of the grounds' texts (`texts` by ground) that speaks most of `content` and binds somebody.

    Whether something may be left undone is decided by what requires it or frees of it.
    """
    wanted: tuple[Stance, ...] = ("requires", "permits") if is_negated(question) else get_args(Stance)
    leaves = leaves_responsibility(question)
    found = []
    for place, versions in enumerate(texts):
        for text in versions:
            excepted = HEDGES["on: exception"].search(text) is not None
            for unit in units(text):
                opening = text[slice(*unit.opening)] if unit.opening else ""
                for part in re.split(r"[；;]", text[unit.start : unit.end]):
                    said = opening + part
                    if leaves and not STANDS_TO_IT.search(said):
                        continue
                    if stance_of(said, content, coverage)[0] in wanted:
                        found.append(Deciding(said, coverage(content, said), place, excepted))
    return max(found, key=lambda item: item.share * (1 if item.place else LEAD), default=None)


def stance_of(sentence: str, content: AbstractSet[str], coverage: Coverage) -> tuple[Stance | None, str]:
    """What a sentence does to the one it binds, and in which clause: the one that speaks most of what is asked."""
    best: dict[Stance, tuple[float, str]] = {}
    for clause in CLAUSE.split(sentence):
        if found := _stance(clause):
            best[found] = max(best.get(found, (-1.0, "")), (coverage(content, clause), clause))
    if not best:
        return None, ""
    first, *others = sorted(best, key=lambda item: best[item], reverse=True)
    share, clause = best[first]
    clear = not others or (share > 0 and share >= CLEARLY * best[others[0]][0])
    return (first, clause) if clear else ("mixed", clause)


def _stance(clause: str) -> Stance | None:
    if STANDS_TO_IT.search(clause):
        return "requires"
    if BANS.search(clause):
        return "forbids"
    if FREES.search(clause) or not REQUIRES.search(clause):
        return "permits" if PERMITS.search(clause) else None
    return "requires"


def conclude(question: str, sentence: Deciding | None, coverage: Coverage) -> Conclusion:
    """The conclusion of a note; `sentence` is what decides, None where nothing among the grounds binds anybody."""
    kind = kind_of(question)
    if kind in ("open", "whether") or sentence is None:
        return Conclusion({"open": "rule", "whether": "states"}.get(kind, "judge"))
    place = sentence.place
    found, clause = stance_of(sentence.text, pairs(question), coverage)
    negated = is_negated(question)
    near = sentence.share >= NEAR
    if not negated and (measured := compared(question, sentence.text, near)):
        word, parts = measured
        return Conclusion(word, parts=parts, place=place)
    on = _hedges(question, sentence, clause)
    if leaves_responsibility(question):
        stays = sentence.share >= NEAR / 2 and not set(on) - {"on: manner"}
        return Conclusion("must" if stays else "judge", place=place)
    if on and (near or sentence.share > 0):
        return Conclusion("depends", on=on, place=place)
    if not near or found in (None, "mixed"):
        return Conclusion("judge", place=place)
    frees = FREES.search(clause) is not None
    return Conclusion("permits" if negated and frees and kind != "duty" else _plain(kind, negated, found), place=place)


def _plain(kind: Kind, negated: bool, found: Stance | None) -> str:
    """The word for a sentence that decides without condition."""
    if kind == "duty":
        return "needed" if found == "requires" and not negated else "judge"
    if negated:
        return {"requires": "broken" if kind == "breach" else "must"}.get(str(found), "judge")
    if found == "forbids":
        return "broken" if kind == "breach" else "forbids"
    if found == "permits":
        return "allowed" if kind == "breach" else "permits"
    return "requires"


def _hedges(question: str, sentence: Deciding, clause: str) -> tuple[str, ...]:
    """On what it depends: what the deciding sentence has of that kind and the question does not say itself."""
    on = []
    for word, pattern in HEDGES.items():
        text = clause if word == "on: manner" else sentence.text
        said = [match.group() for match in pattern.finditer(text)]
        if any(item not in question for item in said):
            on.append(word)
    if MEASURED.search(question):
        on.append("on: number")
    condition = OF_THE_ASKER.search(question)
    if condition and condition.group() not in sentence.text:
        on.append("on: condition")
    if sentence.excepted:
        on.append("on: exception")
    return tuple(dict.fromkeys(on))
