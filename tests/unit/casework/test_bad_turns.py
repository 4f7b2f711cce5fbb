"""Turns as nobody should write them and somebody will: many at once, contradictory, without a word, far too long."""

from __future__ import annotations

import pytest

from assistant.casework import Reply
from assistant.casework.ledger import Ledger
from assistant.casework.talk import Talk
from assistant.errors import UnreadableSource
from assistant.service import Assistant
from assistant.settings import Settings

SEEN = """\
公司在开发区租了两层楼
老板以前在信用社做客户经理
员工一共二十来个，多数刚毕业
营业执照上写的是信息咨询
门口没有挂招牌
业务员每天打两百个电话找客户
客户名单是从一个微信群里买的
广告上印着我行的标志
广告里说黑户也能做
第一次见面就要看客户的征信报告
征信差的客户由专人带走另谈
业务员收了客户三千块包装费
收费没有合同，只写了一张收条
钱打进了店长的个人账户
工资流水是在隔壁打印店做的
单位证明上的公章颜色偏淡
客户说单位座机响了没人接
回访电话转到了业务员手机上
让客户带弟弟来签字
说弟弟只是见证，不用担责
刷脸时是业务员拿着弟弟的手机
贷款合同没有给客户留
放款当天钱就转了出去
中介扣走一成九的服务费
有三个客户的收款账户是同一个
经营地址是一间空仓库
仓库房东说去年就没人来了
发票的开票方和供货方对不上
购销合同的日期早于公司成立日
两家供应商的法定代表人是夫妻
装修贷的装修公司上个月刚注册
装修现场的照片在别的客户档案里见过
车辆评估价比市场价高四成
评估师没有到过现场
抵押的房子里住着租客
租客说签过二十年的租约
逾期的客户被介绍去办停息挂账
代办的人让客户开贫困证明
投诉信用的是同一个模板
投诉电话由代办的人替客户打
催收员自称是法院的人
催收短信发给了客户的同事
客户的母亲一天接到三十个电话
对方说录音只保存七天
保证金到期没有退
对账单晚了两个月才给
花名册上的人有一半不在岗
对方的合规负责人换了三任
上周派出所来调取过材料
昨天店里已经锁门了""".splitlines()
DEPOSIT = "业务员要求客户放款前先交三千元保证金，交完就联系不上。"
THREAD = """李经理，转给你看下，这家能不能合作？

发件人: 王磊 <wanglei@xinda.example>
发送时间: 2026年11月20日 9:12
收件人: 李敏 <limin@bank.example>
主题: 回复: 关于信达助贷的尽调

> 昨天走访，客户说放款前先交了三千元保证金，交完就联系不上。
>
> > 发件人: 张强 <zhangqiang@bank.example>
> > 发送时间: 2026年11月18日 10:05
> > 主题: 关于信达助贷的尽调
> >
> > 业务员让客户带弟弟来签字，说只是见证不用担责，贷款办在弟弟名下。
"""


def replies_to(assistant: Assistant, *texts: str) -> list[Reply]:
    replies: list[Reply] = []
    for text in texts:
        replies.append(assistant.reply(text, replies))
    return replies


def only_ledger(replies: list[Reply]) -> Ledger:
    (ledger,) = Talk.after(replies).partners
    return ledger


def test_of_fifty_rapid_turns_each_is_answered_and_every_fact_is_known_once(assistant: Assistant) -> None:
    texts = [f"走访记录：{seen}。" for seen in SEEN]
    replies = replies_to(assistant, *texts)
    assert all(reply.text for reply in replies)
    assert len(texts) == 50
    ledger = only_ledger(replies)
    for number, seen in enumerate(SEEN, 1):
        own = [fact for fact in ledger.facts if fact.turn == number]
        assert "，".join(fact.text for fact in own).endswith(seen)
        assert all(fact.stands for fact in own)
        assert ledger.text.count(seen) == 1


def test_the_same_turn_sent_again_adds_nothing(assistant: Assistant) -> None:
    once = only_ledger(replies_to(assistant, DEPOSIT))
    assert only_ledger(replies_to(assistant, *[DEPOSIT] * 5)).text == once.text


def test_of_two_statements_that_contradict_each_other_both_are_kept_and_the_reply_says_so(assistant: Assistant) -> None:
    denied, told = "他们放款前不收任何费用", "但客户说放款前先交了三千块保证金，交完就联系不上"
    (reply,) = replies = replies_to(assistant, f"{denied}，{told}。")
    assert [fact.text for fact in only_ledger(replies).standing] == [denied, told]
    assert reply.assessment is not None
    assert reply.assessment.level == "high"
    assert [item.span for item in reply.assessment.countered] == [denied]
    assert "说法与此相反" in reply.text


def test_a_turn_of_nothing_but_emoji_is_asked_back_and_changes_nothing(assistant: Assistant) -> None:
    before = replies_to(assistant, DEPOSIT)
    reply = assistant.reply("😀👍🏽🇨🇳", before)
    assert reply.mode == "clarify"
    assert "没有文字" in reply.text
    after = [*before, reply]
    assert only_ledger(after) == only_ledger(before)
    verdict = assistant.reply("这家现在像什么？", after)
    assert verdict.assessment is not None
    assert verdict.assessment.text == only_ledger(before).text


def test_a_turn_as_long_as_allowed_is_read_to_its_end_and_a_longer_one_refused(
    assistant: Assistant, settings: Settings
) -> None:
    plain = "客户在门店签了咨询服务合同，合同写明费率，业务员讲解了还款方式，银行自己打电话核实了身份。"
    limit = settings.max_characters
    text = (plain * limit)[: limit - len(DEPOSIT)] + DEPOSIT
    assert len(text) == limit
    (reply,) = replies = replies_to(assistant, text)
    assert only_ledger(replies).text.endswith(DEPOSIT.rstrip("。"))
    assert reply.assessment is not None
    assert any("三千元保证金" in match.span for match in reply.assessment.patterns[0].matched)
    with pytest.raises(UnreadableSource, match="内容太长"):
        assistant.reply(f"{text}。")


@pytest.mark.parametrize("introduction", [True, False])
def test_of_a_pasted_thread_the_facts_are_found_and_the_headings_are_none(
    assistant: Assistant, introduction: bool
) -> None:
    text = THREAD if introduction else THREAD.partition("\n\n")[2]
    (reply,) = replies = replies_to(assistant, text)
    known = only_ledger(replies).text
    for fact in ("先交了三千元保证金", "业务员让客户带弟弟来签字", "贷款办在弟弟名下"):
        assert known.count(fact) == 1
    for heading in ("发件人", "发送时间", "收件人", "主题", "@", ">"):
        assert heading not in known
    assert reply.assessment is not None
    assert reply.assessment.level == "high"


def test_a_thread_without_a_message_is_asked_back(assistant: Assistant) -> None:
    (reply,) = replies = replies_to(assistant, "发件人: 王磊 <wanglei@xinda.example>\n收件人: 李敏\n主题: 尽调")
    assert reply.mode == "clarify"
    assert only_ledger(replies).facts == ()
