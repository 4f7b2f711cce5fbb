"""Whether a question takes something for granted that the governing article contradicts.

People assert in many ways (…没问题吧, 听说…, 既然…那就…, or plainly), so whether a question sounds like those of the
bank that were corrected is weighed together with what the article does about it: it forbids, requires or limits what
is said to be free, or gives another number for the same unit.
"""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from assistant.answering.ranking import Asking, Matrix, load_network
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
OPEN = re.compile(
    r"[^，,。；;：:]*(?:可以|能|允许|可否|是否|要不要|需要|用不用)[^，,。；;：:]*(?:吗|么|呢|不|没有)?\s*[?？]?"
)
CLAIMS = re.compile(r"听说|既然|反正|已经|不是|说是|都说|规定|现在|只要|就|都|也|了")
FALSE = 0.35  # the probability from which a premise is corrected
UNITS = {"天": "日", "工作日": "日", "个工作日": "日", "月": "个月"}


def asserts(question: str) -> bool:
    """Whether the question takes its own answer for granted."""
    return TAG.search(question) is not None


def is_open(question: str) -> bool:
    """Whether it is one plain clause that asks and takes nothing for granted: 平台可以向借款人收费吗."""
    return OPEN.fullmatch(question.strip()) is not None and not asserts(question) and not CLAIMS.search(question)


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
    """Whether what the question asserts is at odds with the words of its governing article."""
    if other_number(question, sentences):
        return True
    found = stance(sentences)
    if FREE.search(question):
        return found in ("forbids", "limits", "requires", "states")
    if BAN.search(question):
        return found == "permits"
    if AT_ONCE.search(question):
        return bool(_amounts(sentences, "年") or _amounts(sentences, "个月"))
    return found in ("forbids", "limits")


def is_false(question: str, sentences: str, governs: float, asking: Asking) -> bool:
    """Whether the question rests on a false premise; `governs` is how likely the sentences are to decide it."""
    if is_open(question):
        return False
    return bool(load_network("premise")(signs(question, sentences, governs, asking))[0, 0] >= FALSE)


def signs(question: str, sentences: str, governs: float, asking: Asking) -> Matrix:
    """What speaks for and against a false premise, as one row."""
    found = stance(sentences)
    row = [
        *asking.kinds,
        asking.read,
        asserts(question),
        contradicted(question, sentences),
        bool(other_number(question, sentences)),
        *(pattern.search(question) is not None for pattern in (FREE, BAN, MUST, AT_ONCE)),
        *(found == one for one in ("forbids", "requires", "permits", "limits")),
        re.search(r"[?？]\s*$", question) is not None,
        governs,
        min(asking.length, 200) / 100,
    ]
    return np.array([row], np.float32)


def other_number(question: str, sentences: str) -> tuple[str, str] | None:
    """What question and article say where they give different numbers for a unit that both speak of."""
    for unit in ("年", "个月", "日", "小时", "%", "倍", "次"):
        asked, said = _amounts(question, unit), _amounts(sentences, unit)
        if asked and said and not asked.keys() & said.keys():
            return next(iter(asked.values())), next(iter(said.values()))
    return None


def _amounts(text: str, unit: str) -> dict[float, str]:
    """Numbers of a unit, each as it is written."""
    found: dict[float, str] = {}
    for match in AMOUNT.finditer(text):
        written = match.group("no")
        value = float(written) if re.match(r"\d", written) else float(number_of(written) or 0)
        if UNITS.get(match.group("unit"), match.group("unit")) == unit and 0 < value < 1900:
            found.setdefault(value, match.group())
    return found
