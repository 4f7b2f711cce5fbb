"""Whether a question takes something for granted that the governing article contradicts.

Only a question that asserts (…没问题吧, 不用再…了, 所以…是吧) has a premise to correct. It is contradicted when the
article forbids, requires or limits what is asserted to be free, or gives another number for the same unit.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.knowledge.references import number_of

Stance = Literal["forbids", "requires", "permits", "limits", "states"]

TAG = re.compile(
    r"(?:对吧|是吧|没错吧|没问题吧|可以吧|行吧|吧|对不对|对吗|没错|right|correct)\s*[?？。!！…]*\s*$|"
    r"吧[?？。，]|isn't it|don't we|"
    r"是不是(?:就|都|也|说|可以|允许|不用|不需要|不必|只|明天|马上|必须|一律|只要|意味|等于)|既然|"
    r"说明.{2,24}(?:不用|就)|就不用|不用再|不需要再|"
    r"(?:so|since) .* (?:can|need not|don't need|no need)",
    re.I,
)
BAN = re.compile(r"不得|禁止|严禁|不能|不可以?|不准|不允许|无权|违法|犯法")
FREE = re.compile(
    r"不用|不需要|无需|不必|没关系|没问题|不受|不归|只管|可以|能直接|允许|有权|不算|就行|就够|随便|免责|合法|没事|"
    r"no need|not apply|allowed|can "
)
MUST = re.compile(r"必须|应当|应该|得给|就得|要按|一定要|只能|没得|都要|非要|must|have to")
FORBIDS = re.compile(r"不得|禁止|严禁|不能|不准|不允许|不应|无效|不受法律保护|不予")
LIMITS = re.compile(r"不适用|参照|适用本|不代表|不构成|不免除|不因|不影响|仍|除外|方可|才|两次|超过")
PERMITS = re.compile(r"可以|有权|允许|准予|准许|可(?=由|经|用|按|通过|采用|不)")
REQUIRES = re.compile(r"应当|必须|须|应(?!收|付|用|急|对)|不少于|不低于|至少")
AT_ONCE = re.compile(r"今天|明天|马上|立刻|立即|当天|次日|immediately|tomorrow|right away")
AMOUNT = re.compile(
    r"(?P<no>\d+(?:\.\d+)?|[一二三四五六七八九十百千万两]+)\s*(?P<scale>[万亿])?\s*(?P<unit>年|个月|月|个?工作日|日|天|小时|%|倍|元|次|人|条)"
)
UNITS = {"天": "日", "工作日": "日", "个工作日": "日", "月": "个月"}


def asserts(question: str) -> bool:
    """Whether the question takes its own answer for granted."""
    return TAG.search(question) is not None


def stance(sentence: str) -> Stance:
    """What a sentence of a rule does to the one it binds."""
    if FORBIDS.search(sentence):
        return "forbids"
    if LIMITS.search(sentence):
        return "limits"
    if REQUIRES.search(sentence):
        return "requires"
    return "permits" if PERMITS.search(sentence) else "states"


def contradicted(question: str, sentences: str) -> bool:
    """Whether what the question asserts is contradicted by the words of its governing article."""
    if not asserts(question):
        return False
    if other_number(question, sentences):
        return True
    found = stance(sentences)
    if FREE.search(question):
        return found in ("forbids", "limits", "requires", "states")
    if BAN.search(question):
        return found == "permits"
    if AT_ONCE.search(question):
        return bool(_amounts(sentences, "年") | _amounts(sentences, "个月"))
    return found in ("forbids", "limits")


def other_number(question: str, sentences: str) -> bool:
    """Whether question and article give different numbers for a unit that both speak of."""
    for unit in ("年", "个月", "日", "小时", "%", "倍", "次"):
        asked, said = _amounts(question, unit), _amounts(sentences, unit)
        if asked and said and not asked & said:
            return True
    return False


def _amounts(text: str, unit: str) -> set[float]:
    found: set[float] = set()
    for match in AMOUNT.finditer(text):
        written = match.group("no")
        value = float(written) if re.match(r"\d", written) else float(number_of(written) or 0)
        if UNITS.get(match.group("unit"), match.group("unit")) == unit and 0 < value < 1900:
            found.add(value)
    return found
