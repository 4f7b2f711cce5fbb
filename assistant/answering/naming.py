"""What a question says beside the names in it: nothing, only how an instrument stands, or a matter of its own.

A question that is hardly more than a name is about that instrument and no other, however near another may seem. So
what is left when names and days are taken away is compared with the few words that add nothing, or that ask for the
standing of an instrument and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.question import DAY, Question
from assistant.knowledge.citations import Resolution
from assistant.knowledge.mentions import LOOSE, Names

STANDING = re.compile(
    r"有效|失效|生效|施行|实施|执行|废止|作废|废除|取代|替代|文号|字号|发布|印发|公布|颁布|出台|制定|[新旧老]法|[新旧老]文本|"
    r"\b(?:in force|effective|take effect|took effect|came into|come into|valid|repealed|replaced|superseded|issued|"
    r"promulgated|enacted|document number)\b",
    re.I,
)
BINDS = re.compile(
    r"(?:对[\u4e00-\u9fff]{1,8}?)?(?:还|是否|是不是)?(?:有没有|没有|具有|有)?(?:法律)?(?:约束力|效力)|管用|作数|算数"
)
MARKS = r"[\s，。、；：？！,.;:?!（）()〔〕\[\]《》“”\"'’—-]"
TIME = (
    r"(?:19|20)\d\d年?(?:版|修[订正])?|\d{1,2}月(?:份)?|\d{1,2}[日号]|(?:19|20)\d\d-\d\d?-\d\d?|当时|那时|当天|当日|今天|今日|"
    r"今年|目前|如今|现在|现行|现今|最新|至今|到现在"
)
POLITE = (
    r"请问|请|想问|问|一下|我想知道|到底|究竟|那部|这部|那|这|个|部|份|版本?|本|里|中|的|是|呢|啊|呀|吧|吗|嘛|么|了|"
    r"和|与|及|我国|国家"
)
CONTENT = (
    r"怎么|如何|怎样|规定|讲|说|写|内容|原文|全文|条文|文本|正文|主要|大概|具体|是|有|什么|啥|哪些|意思|含义|给我|帮我|我|查询?|"
    r"看|列出?|贴出?|引用|解释|说明|介绍|告诉"
)
ABOUT_IT = (
    r"是不是|是否|有没有|没有?|不|还|仍然?|依然|已经?|早就?|就|被|从|自|于|在|到|由|为|能|算|其|它|并|以及|时候?|什么|何时|几时|"
    r"哪一?[天年日月]|几[号月日]|多少号?|日期|时间|开始|正式|起|之日|谁|哪个|哪家|哪些|哪部|哪|部门|机关|机构|单位|文件|法律|法规|规定|"
    r"[新旧老]|多少|何|用|继续|对吧|对"
)
ENGLISH_BESIDE = (
    r"\b(?:what|which|when|who|does|do|did|is|are|was|were|has|have|been|it|its|the|a|an|of|in|on|to|as|by|and|still|now|"
    r"today|current|currently|yet|already|law|prc|chinese|china|version|text|date|day|year|please|show|me|quote|tell|"
    r"about|say|says|content|contents|from|into|force|effect|number|document|s)\b"
)
CALLED = re.compile(
    r"(?:请问)?(?P<name>[\u4e00-\u9fff]{2,24}?(?:法|通则|条例|办法|规定|细则|指引|规范|意见|通知|准则|新规))(?![律规院人])"
)
SHORT = 4  # letters: so short a name shares its few pairs with many
FULL = re.compile(r"(?:法|条例|[通准]则)$(?<!办法)")  # a short name that ends otherwise is loose speech: 小贷办法
POINTING = re.compile(r"前[一二两三]?款|前[一二两三]?条|[该本上同]条|上述(?:条款|规定)|[该本]款")


def rest(question: Question, resolutions: Sequence[Resolution]) -> str:
    """The question without the names and numbers of instruments and without days."""
    text = question.text
    spans = {(item.reference.start, item.reference.end) for item in resolutions}
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return DAY.sub(" ", text)


def only_names(question: Question, resolutions: Sequence[Resolution]) -> bool:
    """Whether it asks what stands in the places it names, and nothing else."""
    return bool(resolutions) and _nothing_but(rest(question, resolutions), TIME, POLITE, CONTENT, ENGLISH_BESIDE)


def asks_standing(text: str) -> bool:
    """Whether what is left of a question asks only if and since when something applies, who issued it, its number."""
    if not STANDING.search(text):
        return False
    return _nothing_but(STANDING.sub(" ", text), TIME, POLITE, ABOUT_IT, ENGLISH_BESIDE)


def asks_binding(text: str) -> bool:
    """Whether it asks only whether something binds: that depends on its standing where it is not in force."""
    return BINDS.search(text) is not None and _nothing_but(BINDS.sub(" ", text), TIME, POLITE, ABOUT_IT)


def points_nowhere(question: Question, resolutions: Sequence[Resolution]) -> str:
    """前款 or 该条 in a question that names no place for it to mean and says nothing else; empty otherwise."""
    found = POINTING.search(question.text)
    if resolutions or not found:
        return ""
    left = re.sub(r"第[一二三四五六七八九十\d]+[款项]", " ", POINTING.sub(" ", question.text))
    return found.group() if _nothing_but(left, TIME, POLITE, CONTENT) else ""


def unrecorded(question: Question, resolutions: Sequence[Resolution], names: Names) -> str:
    """The name of a rule that nothing at hand is called or nearly called, whose standing is all that is asked."""
    found = CALLED.match(question.text)
    if resolutions or found is None or not asks_standing(question.text[found.end() :]):
        return ""
    name = found.group("name")
    loose = names.resembles(name) if len(name) > SHORT else not FULL.search(name)
    return "" if LOOSE.search(name) or loose else name


def _nothing_but(text: str, *words: str) -> bool:
    return not re.sub("|".join((MARKS, *words)), "", text, flags=re.I)
