"""E-mail threads pasted into a turn."""

from __future__ import annotations

import pytest

from assistant.assessment import ClaimReader
from assistant.casework.ledger import stated
from assistant.casework.mail import headings, own_words
from assistant.casework.names import Names
from assistant.casework.partners import label_of

READER = ClaimReader({})
OUTLOOK = """请看下面，这家平台能不能合作？

发件人: 王磊 <wanglei@xinda.example>
发送时间: 2026年11月20日 9:12
收件人: 李敏 <limin@bank.example>
抄送: 风控部
主题: 回复: 关于信达助贷的尽调

> 昨天走访，客户说放款前先交了三千元保证金。
>
> > 发件人：张强 <zhangqiang@bank.example>
> > 主 题：关于信达助贷的尽调
> >
> > 业务员让客户带弟弟来签字，贷款办在弟弟名下。
"""
GMAIL = """Can we work with them?

On Thu, Nov 19, 2026 at 5:40 PM Li Min <limin@bank.example>
wrote:

> The customer paid a deposit before the loan was paid out.
>
> On Wed, Nov 18, 2026 at 10:05 AM Zhang Qiang <zq@bank.example> wrote:
>
>> The loan is in the name of his brother.
"""


def facts_of(text: str) -> list[str]:
    return [fact.text for fact in stated(READER.read(text), text, 1, None)]


def test_of_a_thread_with_two_quoted_levels_the_words_are_facts_and_the_headings_are_not() -> None:
    assert facts_of(OUTLOOK) == [
        "请看下面，这家平台能不能合作",
        "昨天走访，客户说放款前先交了三千元保证金",
        "业务员让客户带弟弟来签字",
        "贷款办在弟弟名下",
    ]
    assert facts_of(GMAIL) == [
        "Can we work with them",
        "The customer paid a deposit before the loan was paid out",
        "The loan is in the name of his brother",
    ]


def test_line_ends_of_windows_make_no_difference() -> None:
    assert facts_of(GMAIL.replace("\n", "\r\n")) == facts_of(GMAIL)


@pytest.mark.parametrize(
    "line",
    [
        "王磊 <wanglei@xinda.example> 于2026年11月19日周四 17:40写道：",
        "在 2026-11-19 17:40:12，“王磊” <wanglei@xinda.example> 写道：",
        "------------------ 原始邮件 ------------------",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
    ],
)
def test_the_line_that_announces_a_quotation_is_no_fact(line: str) -> None:
    assert facts_of(f"请看转来的这封\n\n{line}\n\n> 客户说放款前先交了三千元保证金。") == [
        "请看转来的这封",
        "客户说放款前先交了三千元保证金",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "时间：2026年3月12日\n主题：走访渠道公司\n平台要求客户先交保证金再放款。",
        "发件人：业务员自称是银行的，发短信让客户先交保证金。",
        "收费情况如下\n>30%的客户交过服务费，>10%的客户失联。",
        "The salesman wrote: pay first, the loan comes later.",
        "客户2026年在聊天里写道：先交钱再放款，我信了。",
    ],
)
def test_what_may_be_meant_otherwise_stays_a_fact(text: str) -> None:
    assert headings(text) == []
    assert "".join(facts_of(text)) == "".join(claim.text for claim in READER.read(text))


def test_every_fact_is_in_the_words_of_the_thread() -> None:
    assert all(fact in OUTLOOK for fact in facts_of(OUTLOOK))


SIGNED = """这家包装公司说能帮客户补流水，请帮我看看。

祝好
张强
风险管理部 外部合作组
滨海消费金融有限公司
电话 0411-5550123
"""


def test_who_signs_a_message_is_not_who_it_is_about() -> None:
    assert facts_of(SIGNED)[0] == "这家包装公司说能帮客户补流水，请帮我看看"
    assert Names().of(SIGNED) == "滨海消费金融有限公司"
    assert Names().of(own_words(SIGNED)) == ""
    assert label_of(own_words(SIGNED)) == "包装公司"


@pytest.mark.parametrize(
    "text",
    [
        "祝好的公司收12个点",
        "他发来一句祝好\n然后说放款前先交三千，不交不办。",
        "-- 老板讲的 --\n客户先交三千，交完才进件。",
        "谢谢\n他们还收12个点",
    ],
)
def test_words_after_something_like_a_closing_are_kept(text: str) -> None:
    assert not headings(text)
    assert own_words(text) == text


def test_what_was_dictated_after_a_closing_is_still_a_fact() -> None:
    assert "他们放款前先收三千块" in "".join(facts_of("先这样说\n祝好\n他们放款前先收三千块\n"))
