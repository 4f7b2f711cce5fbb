"""Personal data is replaced before a chat model sees it and put back afterwards.

A placeholder stays the same for the same value as long as one `Masker` lives, which is one turn. Masking too much
costs nothing, because it is put back; masking too little cannot be undone. What only looks like a number of a person
(an amount, an article, a document number) stays, or the model could not speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from assistant.knowledge.spelling import fold

Span = tuple[int, int, str]

DIGITS = str.maketrans("〇零一二三四五六七八九幺两", "0012345678912")
SPOKEN = re.compile(r"[〇零一二三四五六七八九幺](?:[ \-]?[〇零一二三四五六七八九幺]){6,}")
NUMBERED = re.compile(r"(?:编号|合同号|订单号|流水号|单号|文号|保单号)[是为:： ]*$")
MEASURED = r"(?!\d|[\s,]*(?:元|块钱|万|亿|%|个|人|户|笔|条|张|次|美元|人民币))"
NUMBER = re.compile(rf"(?<![\d.〔第])(?<!\d[,.-])\d(?:[ \-]{{0,2}}\d){{14,18}}(?:[ \-]?x)?(?![a-z]){MEASURED}")
IDENTITY_15 = re.compile(r"[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
IDENTITY_18 = re.compile(r"[1-9]\d{5}(?P<born>(?:19|20)\d{6})\d{3}[\dx]")
ID_CUE = re.compile(r"(?:身份证|证件)(?:号码?)?[是为:： ]{0,2}(?P<it>\d[\d \-]{13,20}[\dx])")
CARD_CUE = re.compile(r"(?:卡号|账号|帐号|账户|银行卡)[是为:： ]{0,2}(?P<it>\d(?:[ \-]?\d){11,18})" + MEASURED)
PHONE = re.compile(
    r"(?<![\d.〔第a-z])(?<!\d[,.-])(?:"
    r"\(?(?:\+|00)\d{1,3}\)?[ \-]?\d(?:[ \-.]?\d){6,12}|"  # from abroad
    r"(?:86[ \-])?1[ \-]?[3-9](?:[ \-.]{0,2}\d){9}|"  # mobile
    r"\(?0\d{2,3}\)?[ \-]?\d{3,4}[ \-]?\d{4}(?:(?:转|-)\d{1,5})?|"  # landline with its area code
    r"[48]00[ \-]?\d{3}[ \-]?\d{4}|400[ \-]?\d{4}[ \-]?\d{3})" + MEASURED
)
PHONE_CUE = re.compile(
    r"(?:电话|座机|手机|热线|致电|拨打|tel|phone|传真)(?:号码?)?[是为:： ]{0,2}(?P<it>\+?\d(?:[ \-]?\d){6,14})"
    + MEASURED
)
EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,}")
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][·•. \-]?(?=[a-z]*\d)"
    r"[a-hj-np-z0-9]{4,5}[a-hj-np-z0-9挂学警港澳](?![a-z0-9])"
)
PASSPORT = re.compile(r"(?<![a-z0-9])(?:[egdsp]\d{8}|e[a-hj-np-z]\d{7}|[chm]\d{8}(?:\d\d)?)(?![a-z0-9])")
PASSPORT_CUE = re.compile(r"(?:护照|通行证)(?:号码?)?[是为:： ]{0,2}(?P<it>[a-z]{1,2}\d{6,9})(?![a-z0-9])")
ACCOUNT = re.compile(
    r"(?:微信|威信|薇信|v信|(?<![a-z])(?:wechat|weixin|vx|wx|qq))(?:群|号码?|id|账号)?[是为加:： ]{0,3}"
    r"(?P<it>[a-z][-_a-z0-9]{5,19}|[1-9]\d{4,10})(?![a-z0-9])" + MEASURED
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄"
    "聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房"
    "滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙"
)
SURNAME = f"(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|夏侯|慕容|司徒|[{SURNAMES}])"
NO_GIVEN = "[电手说称的是在身微向让表承收要告先女小同律老经主行总和与及把给也都有叫]"  # begins the word after a name
GIVEN = rf"[\u4e00-\u9fff](?:(?!{NO_GIVEN})[\u4e00-\u9fff])?"
NAME_CUE = re.compile(
    r"(?:联系人|法定代表人|法人代表|法人|姓名|负责人|经办人|客户经理|业务员|借款人|担保人|户主|户名|收款人|老板|股东|名叫|我叫|叫做)"
    rf"(?:[是为叫]|[:：])?[ ]?(?P<it>{SURNAME}{GIVEN}(?![\u4e00-\u9fff]*(?:公司|银行|集团)))"
)
TITLED = re.compile(rf"(?P<it>{SURNAME}[\u4e00-\u9fff]{{1,2}}?)(?=先生|女士|小姐|同志|律师|老师)")
CALLED = re.compile(
    rf"(?<![甲乙丙对双我各本每上下一两方])(?P<it>{SURNAME}(?:先生|女士|小姐|同志|律师|老师|经理|主任|行长|某某?|姐|哥|总(?![结计共额部体是之量行])))"
)
NO_NAMES = re.compile(
    "公司|银行|客户|不详|本人|企业|机构|平台|严重|高管|关系|应当|全部|单位|时间|任何|成功|解释|文件|向|和|于"
)
PLACEHOLDER = re.compile(r"〔(?:证件|电话|卡号|邮箱|车牌|护照|账号|姓名)\d+〕")


class Masker:
    """Replaces personal data by placeholders (〔电话1〕) and puts it back."""

    def __init__(self) -> None:
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._typed: set[str] = set()

    def mask(self, text: str) -> str:
        """`text` with every piece of personal data replaced; a name learned at its cue is replaced everywhere."""
        self._typed.update(PLACEHOLDER.findall(text))
        found = _without_overlaps(_personal(text))
        names = {text[start:end] for start, end, kind in found if kind == "姓名" and end - start > 1}
        names |= {value for (kind, value) in self._placeholders if kind == "姓名" and len(value) > 1}
        spans = [*found, *_again(text, names)]
        pieces, position = [], 0
        for start, end, kind in _without_overlaps(spans):
            pieces += [text[position:start], self._placeholder(kind, text[start:end])]
            position = end
        return "".join([*pieces, text[position:]])

    def restore(self, text: str) -> str:
        """`text` with the placeholders of this masker replaced by what stood there; others stay as they are."""
        return PLACEHOLDER.sub(lambda found: self._values.get(found.group(), found.group()), text)

    def invented(self, text: str) -> list[str]:
        """Placeholders in `text` that this masker never gave and nobody typed."""
        return [item for item in PLACEHOLDER.findall(text) if item not in self._values and item not in self._typed]

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, value if kind == "姓名" else re.sub(r"[\s\-.·•()]", "", fold(value)))
        if key not in self._placeholders:
            number = 1 + sum(other == kind for other, _ in self._placeholders)
            while f"〔{kind}{number}〕" in self._typed:
                number += 1
            self._placeholders[key] = f"〔{kind}{number}〕"
            self._values[self._placeholders[key]] = value
        return self._placeholders[key]


def _personal(text: str) -> Iterator[Span]:
    """Every find with its kind, those that are surest first; each place in the text may be found more than once."""
    folded = fold(text)
    spoken = SPOKEN.sub(lambda found: found.group().translate(DIGITS), folded)  # as long as before
    yield from _cued(ID_CUE, spoken, "证件")
    yield from _numbers(spoken)
    yield from _cued(CARD_CUE, spoken, "卡号")
    yield from _whole(EMAIL, folded, "邮箱")
    yield from _whole(PHONE, spoken, "电话", _is_phone)
    yield from _cued(PHONE_CUE, spoken, "电话")
    yield from _cued(ACCOUNT, folded, "账号")
    yield from _whole(PLATE, folded, "车牌")
    yield from _whole(PASSPORT, folded, "护照")
    yield from _cued(PASSPORT_CUE, folded, "护照")
    for grammar in (NAME_CUE, TITLED, CALLED):
        for start, end, kind in _cued(grammar, folded, "姓名"):
            if not NO_NAMES.search(folded[start:end]):
                yield start, end, kind


def _whole(
    grammar: re.Pattern[str], text: str, kind: str, is_one: Callable[[str], bool] | None = None
) -> Iterator[Span]:
    for found in grammar.finditer(text):
        if is_one is None or is_one(found.group()):
            yield found.start(), found.end(), kind


def _cued(grammar: re.Pattern[str], text: str, kind: str) -> Iterator[Span]:
    for found in grammar.finditer(text):
        yield *found.span("it"), kind


def _numbers(text: str) -> Iterator[Span]:
    """Long numbers: identity cards by checksum or by a possible day of birth, bank cards by Luhn's checksum."""
    for found in NUMBER.finditer(text):
        bare = re.sub(r"[ \-]", "", found.group())
        if _is_identity(bare):
            yield found.start(), found.end(), "证件"
        elif NUMBERED.search(text, max(0, found.start() - 12), found.start()):
            continue
        elif 16 <= len(bare) <= 19 and bare.isdigit() and luhn.is_valid(bare):
            yield found.start(), found.end(), "卡号"


def _is_identity(bare: str) -> bool:
    try:
        ric.validate(bare)
        return True
    except ValidationError:
        mistyped = IDENTITY_18.fullmatch(bare)
    if mistyped is None:
        return IDENTITY_15.fullmatch(bare) is not None
    try:
        date.fromisoformat(mistyped.group("born"))
        return True
    except ValueError:
        return False


def _is_phone(typed: str) -> bool:
    try:
        number = phonenumbers.parse(typed.replace("转", " ext. "), "CN")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def _again(text: str, names: set[str]) -> Iterator[Span]:
    for name in names:
        for found in re.finditer(re.escape(name), text):
            yield found.start(), found.end(), "姓名"


def _without_overlaps(spans: Iterator[Span] | list[Span]) -> list[Span]:
    """In order of place; of two that overlap, the one found first."""
    kept: list[Span] = []
    for span in spans:
        if all(span[1] <= start or span[0] >= end for start, end, _ in kept):
            kept.append(span)
    return sorted(kept)
