"""Personal data: what is masked, however it is typed, and what is no personal data and must stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from assistant.writing.masking import Masker

BORN = "11010519491231002"
IDENTITY = BORN + ric.calc_check_digit(BORN)
CARD = "622202020001234567"
CARD += luhn.calc_check_digit(CARD)

PERSONAL = [
    (f"身份证号{IDENTITY}", IDENTITY, "证件"),
    (f"号码{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}", IDENTITY[6:14], "证件"),
    ("号码110105194912310021（抄错一位）", "110105194912310021", "证件"),
    ("老身份证110105491231002", "110105491231002", "证件"),
    (f"打到{CARD}", CARD, "卡号"),
    (f"打到{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", CARD[4:8], "卡号"),
    ("账号 6222 0000 1111 2222 333", "6222", "卡号"),
    ("电话13800138000", "13800138000", "电话"),
    ("找138-0013-8000", "138-0013-8000", "电话"),
    ("打１３８００１３８０００", "１３８００１３８０００", "电话"),
    ("电话一三八零零一三八零零零", "一三八零零一三八零零零", "电话"),
    ("+86 139 1234 5678联系", "1234 5678", "电话"),
    ("座机010-62345678转801", "62345678", "电话"),
    ("0755 8888 6666", "8888 6666", "电话"),
    ("热线400-800-8820", "400-800-8820", "电话"),
    ("电话：62345678", "62345678", "电话"),
    ("发到wang.wu@Example.com.cn", "wang.wu@Example.com.cn", "邮箱"),
    ("车牌粤B·12345", "粤B·12345", "车牌"),
    ("开沪AD12345来的", "沪AD12345", "车牌"),
    ("护照E12345678", "E12345678", "护照"),
    ("通行证号：C1234567", "C1234567", "护照"),
    ("加微信 abc_12345", "abc_12345", "账号"),
    ("QQ：123456789", "123456789", "账号"),
    ("vx号zhang-san88", "zhang-san88", "账号"),
    ("联系人：李建国", "李建国", "姓名"),
    ("法定代表人为欧阳娜", "欧阳娜", "姓名"),
    ("聯絡王先生", "王先生", "姓名"),
    ("找张晓丽女士", "张晓丽", "姓名"),
    ("他们王经理说的", "王经理", "姓名"),
]
STAYS = [
    "刑法第一百七十五条之一",
    "金规〔2025〕9号第十二条",
    "贷款13800138000元",
    "注册资本12345678901万元",
    "合同编号2023011500012345",
    "流水号 6222020200012345678",
    "2025年11月22日，年化24%，共3000元",
    "统一社会信用代码91310000MA1FL0000X",
    "（2023）沪0101刑初1234号",
    "周总结了一下，本周总额8000000",
    "法定代表人为公司股东，姓名不详，负责人是严重违规",
    "客户经理说，项目经理不在",
    "二〇二五年一月一日起施行",
    "12345678人次，0.13800138000",
]


@pytest.mark.parametrize(("text", "secret", "kind"), PERSONAL)
def test_personal_data_does_not_reach_the_model_and_comes_back_to_the_letter(text: str, secret: str, kind: str) -> None:
    masker = Masker()
    masked = masker.mask(text)
    assert secret not in masked
    assert f"〔{kind}1〕" in masked
    assert masker.restore(masked) == text


@pytest.mark.parametrize("text", STAYS)
def test_numbers_and_words_that_are_nobodys_stay(text: str) -> None:
    assert Masker().mask(text) == text


def test_the_same_value_keeps_its_placeholder_however_it_is_typed() -> None:
    masker = Masker()
    assert masker.mask("打13800138000") == "打〔电话1〕"
    assert masker.mask("再打138 0013 8000或13912345678") == "再打〔电话1〕或〔电话2〕"


def test_a_name_once_learned_is_masked_everywhere() -> None:
    masker = Masker()
    assert masker.mask("李建国说包过，联系人：李建国") == "〔姓名1〕说包过，联系人：〔姓名1〕"
    assert masker.mask("钱打给李建国") == "钱打给〔姓名1〕"


def test_a_placeholder_that_nobody_gave_is_noticed_and_not_filled() -> None:
    masker = Masker()
    masker.mask("打13800138000")
    assert masker.invented("请打〔电话2〕或〔电话1〕") == ["〔电话2〕"]
    assert masker.restore("〔电话2〕") == "〔电话2〕"


def test_a_placeholder_that_a_user_typed_is_not_given_to_somebody_elses_number() -> None:
    masker = Masker()
    masked = masker.mask("合同里写着〔电话1〕，打13800138000")
    assert masked == "合同里写着〔电话1〕，打〔电话2〕"
    assert masker.restore("〔电话1〕") == "〔电话1〕"


@given(st.text(alphabet="王李一三8013〇 -年元第条〔〕1@.a微信：", max_size=60))
def test_whatever_is_masked_can_be_put_back(text: str) -> None:
    masker = Masker()
    masked = masker.mask(text)
    back = masker.restore(masked)
    assert back.replace(" ", "").replace("-", "") == text.replace(" ", "").replace("-", "") or "〔" in text
