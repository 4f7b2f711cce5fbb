"""Whatever comes at a bad moment or in a bad shape: nothing is lost, and the page says how things stand."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from assistant.casework import Reply, Step
from assistant.casework.ledger import Fact
from assistant.casework.talk import Talk
from assistant.service import Assistant
from assistant.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

BOX = "#pl-box textarea"
ENDED = """([text, count]) => document.querySelectorAll(".pl-answer").length > count
  || document.querySelector(".pl-notice") && document.querySelector("#pl-box textarea").value === text"""
PACKED = "业务员收了客户三千块包装费，帮他做了半年的工资流水。"
DEPOSIT = "走访记录：客户说放款前先交了三千元保证金，交完就联系不上。"
BROTHER = "走访记录：业务员让客户带弟弟来签字，说只是见证不用担责，贷款办在弟弟名下。"
SEEN = """\
公司在开发区租了两层楼
老板以前在信用社做客户经理
营业执照上写的是信息咨询
客户名单是从一个微信群里买的
广告里说黑户也能做
第一次见面就要看客户的征信报告
业务员收了客户三千块包装费
钱打进了店长的个人账户
工资流水是在隔壁打印店做的
贷款合同没有给客户留
中介扣走一成九的服务费
经营地址是一间空仓库
仓库房东说去年就没人来了
车辆评估价比市场价高四成
评估师没有到过现场
催收短信发给了客户的同事
客户的母亲一天接到三十个电话
对账单晚了两个月才给
对方的合规负责人换了三任
昨天店里已经锁门了""".splitlines()
THREAD = """李经理，转给你看下，这家能不能合作？

发件人: 王磊 <wanglei@xinda.example>
发送时间: 2026年11月20日 9:12
收件人: 李敏 <limin@bank.example>
抄送: 风控部
主题: 回复: 关于信达助贷的尽调

王磊好，
> 发件人: 李敏 <limin@bank.example>
> 发送时间: 2026年11月19日 17:40
> 主题: 关于信达助贷的尽调
>
> 昨天走访，客户说放款前先交了三千元保证金，交完就联系不上。
>
> > 发件人: 张强 <zhangqiang@bank.example>
> > 发送时间: 2026年11月18日 10:05
> > 主题: 关于信达助贷的尽调
> >
> > 业务员让客户带弟弟来签字，说只是见证不用担责，贷款办在弟弟名下。"""


class Answers:
    """The answers of the assistant; while they are held each waits after its first step."""

    def __init__(self, assistant: Assistant) -> None:
        self._converse = assistant.converse
        self._free = threading.Event()
        self.go()

    def hold(self) -> None:
        self._free.clear()

    def go(self) -> None:
        self._free.set()

    def converse(self, text: str, before: Sequence[Reply] = ()) -> Iterator[Step | Reply]:
        steps = self._converse(text, before)
        yield next(steps)
        assert self._free.wait(timeout=60)
        yield from steps


@pytest.fixture
def answers(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    """Real answers that the test can hold back."""
    answers = Answers(assistant)
    monkeypatch.setattr(assistant, "converse", answers.converse)
    yield answers
    answers.go()


def begin(page: Page, text: str) -> None:
    """Send a text and wait until it is being answered."""
    page.fill(BOX, text)
    page.keyboard.press("Enter")
    page.locator("#pl-stop").wait_for()
    expect(page.locator(BOX)).to_have_value("")


def send(page: Page, text: str) -> None:
    """Send a text and wait for its answer."""
    count = page.locator(".pl-answer").count()
    page.fill(BOX, text)
    page.keyboard.press("Enter")
    answered(page, count + 1)


def answered(page: Page, count: int) -> None:
    """Wait until so many turns are answered and the next one can be sent."""
    expect(page.locator(".pl-answer")).to_have_count(count, timeout=120_000)
    expect(page.locator("#pl-send")).to_be_visible(timeout=30_000)


def id_of(page: Page) -> str:
    """The conversation on the page, once its address names it."""
    page.wait_for_url("**/?c=*")
    return parse_qs(urlsplit(page.url).query)["c"][0]


def kept(page: Page, assistant: Assistant) -> list[str]:
    """What was said in the conversation on the page, as it is kept."""
    return [turn.text for turn in assistant.turns(id_of(page))]


def facts(page: Page, assistant: Assistant) -> list[Fact]:
    """Everything known of every partner of the conversation on the page."""
    return [fact for ledger in Talk.after(assistant.replies(id_of(page))).partners for fact in ledger.facts]


class TestInTheMiddleOfAnAnswer:
    def test_what_is_sent_waits_in_the_box_and_is_answered_next(
        self, page: Page, assistant: Assistant, answers: Answers
    ) -> None:
        answers.hold()
        begin(page, PACKED)
        expect(page.locator("#pl-send")).to_have_count(0)
        page.fill(BOX, DEPOSIT)
        page.keyboard.press("Enter")
        expect(page.locator(".pl-wait")).to_be_visible()
        expect(page.locator(".pl-wait")).to_contain_text("上一轮还在作答")
        expect(page.locator(BOX)).to_have_value(DEPOSIT)
        expect(page.locator(".pl-user")).to_have_count(1)
        answers.go()
        answered(page, 2)
        expect(page.locator(".pl-wait")).to_be_hidden()
        expect(page.locator(BOX)).to_have_value("")
        assert page.locator(".pl-user").all_inner_texts() == [PACKED, DEPOSIT]
        assert kept(page, assistant) == [PACKED, DEPOSIT]

    def test_a_text_sent_at_once_after_a_click_on_an_example_stays_in_the_same_conversation(
        self, page: Page, assistant: Assistant
    ) -> None:
        before = len(assistant.conversations())
        page.fill(BOX, DEPOSIT)
        page.locator(".pl-example").first.click()
        page.locator(BOX).press("Enter")
        answered(page, 2)
        assert kept(page, assistant)[1] == DEPOSIT
        assert len(assistant.conversations()) == before + 1

    def test_enter_in_an_empty_box_sends_nothing(self, page: Page, assistant: Assistant, answers: Answers) -> None:
        answers.hold()
        page.locator(".pl-example").first.click()
        page.locator("#pl-stop").wait_for()
        page.locator(BOX).press("Enter")
        expect(page.locator(".pl-wait")).to_be_hidden()
        answers.go()
        answered(page, 1)
        send(page, DEPOSIT)
        assert len(kept(page, assistant)) == 2

    def test_enter_pressed_over_and_over_sends_once(self, page: Page, assistant: Assistant) -> None:
        page.fill(BOX, DEPOSIT)
        for _ in range(5):
            page.keyboard.press("Enter")
        answered(page, 1)
        send(page, BROTHER)
        assert kept(page, assistant) == [DEPOSIT, BROTHER]

    def test_what_is_typed_meanwhile_is_left_alone(self, page: Page, answers: Answers) -> None:
        answers.hold()
        begin(page, PACKED)
        page.keyboard.type("接下来要说的")
        answers.go()
        answered(page, 1)
        expect(page.locator(BOX)).to_have_value("接下来要说的")

    def test_a_reload_brings_back_what_was_not_answered(
        self, page: Page, assistant: Assistant, answers: Answers
    ) -> None:
        send(page, PACKED)
        assert kept(page, assistant) == [PACKED]
        answers.hold()
        begin(page, DEPOSIT)
        page.reload()
        answered(page, 1)
        expect(page.locator(BOX)).to_have_value(DEPOSIT)

    def test_another_conversation_is_opened_at_once_and_the_text_comes_along(
        self, page: Page, assistant: Assistant, answers: Answers
    ) -> None:
        send(page, PACKED)
        first = id_of(page)
        page.locator(".pl-new").click()
        page.locator(".pl-welcome").wait_for()
        answers.hold()
        begin(page, DEPOSIT)
        page.locator(f"[data-open='{first}']").click()
        expect(page.locator(".pl-notice")).to_contain_text("已停止")
        expect(page.locator(BOX)).to_have_value(DEPOSIT)
        answers.go()
        page.wait_for_timeout(1500)  # the step that was under way ends now, and nobody may hear of it
        assert page.locator(".pl-user").all_inner_texts() == [PACKED]
        assert kept(page, assistant) == [PACKED]

    def test_the_conversation_deleted_is_deleted_after_the_answer_and_comes_back_whole(
        self, page: Page, assistant: Assistant, answers: Answers
    ) -> None:
        send(page, PACKED)
        id = id_of(page)
        answers.hold()
        begin(page, DEPOSIT)
        row = page.locator(f".pl-history li:has([data-open='{id}'])")
        row.hover()
        row.locator("[data-manage=delete]").click()
        expect(page.locator(".pl-wait")).to_be_visible()
        answers.go()
        page.locator(".pl-welcome").wait_for(timeout=60_000)
        assert assistant.turns(id) == []
        page.locator(".pl-undo button").click()
        expect(row).to_have_count(1)
        assert [turn.text for turn in assistant.turns(id)] == [PACKED, DEPOSIT]


class TestStop:
    def test_the_turn_is_back_in_the_box_before_what_was_typed_since(
        self, page: Page, assistant: Assistant, answers: Answers
    ) -> None:
        send(page, PACKED)
        answers.hold()
        begin(page, DEPOSIT)
        page.keyboard.type("还有一句")
        page.click("#pl-stop")
        expect(page.locator(".pl-notice")).to_contain_text("已停止，您的文字还在输入框里")
        expect(page.locator(BOX)).to_have_value(f"{DEPOSIT}\n还有一句")
        expect(page.locator("#pl-send")).to_be_visible()
        answers.go()
        page.wait_for_timeout(1500)  # the step that was under way ends now, and nobody may hear of it
        assert page.locator(".pl-user").all_inner_texts() == [PACKED]
        assert kept(page, assistant) == [PACKED]
        send(page, DEPOSIT)
        expect(page.locator(".pl-notice")).to_have_count(0)
        assert kept(page, assistant) == [PACKED, DEPOSIT]

    def test_of_the_first_turn_leaves_no_conversation(self, page: Page, assistant: Assistant, answers: Answers) -> None:
        before = len(assistant.conversations())
        answers.hold()
        begin(page, DEPOSIT)
        page.click("#pl-stop")
        page.locator(".pl-welcome").wait_for()
        expect(page.locator(BOX)).to_have_value(DEPOSIT)
        assert len(assistant.conversations()) == before

    def test_what_waited_is_not_sent_and_stays_in_the_box(
        self, page: Page, assistant: Assistant, answers: Answers
    ) -> None:
        send(page, PACKED)
        answers.hold()
        begin(page, DEPOSIT)
        page.fill(BOX, BROTHER)
        page.keyboard.press("Enter")
        expect(page.locator(".pl-wait")).to_be_visible()
        page.click("#pl-stop")
        expect(page.locator(BOX)).to_have_value(f"{DEPOSIT}\n{BROTHER}")
        expect(page.locator(".pl-wait")).to_be_hidden()
        answers.go()
        page.wait_for_timeout(1500)
        assert kept(page, assistant) == [PACKED]

    def test_at_any_moment_a_turn_is_either_answered_or_in_the_box(self, page: Page, assistant: Assistant) -> None:
        send(page, PACKED)
        expected = [PACKED]
        for number, seen in enumerate(SEEN[:8]):
            text = f"走访记录：{seen}。"
            page.fill(BOX, text)
            page.keyboard.press("Enter")
            page.wait_for_timeout(70 * number)
            page.evaluate("document.querySelector('#pl-stop')?.click()")
            page.wait_for_function(ENDED, arg=[text, len(expected)], timeout=30_000)
            if page.locator(".pl-answer").count() > len(expected):
                expected.append(text)
            expect(page.locator("#pl-send")).to_be_visible()
            expect(page.locator(BOX)).to_have_value("" if expected[-1] == text else text)
            assert kept(page, assistant) == expected


class TestSaidAnew:
    def test_the_last_turn_said_anew_replaces_its_answer_and_adds_no_turn(
        self, page: Page, assistant: Assistant
    ) -> None:
        send(page, PACKED)
        send(page, DEPOSIT)
        original, answer = id_of(page), page.locator(".pl-answer .pl-text").last.inner_text()
        page.locator(".pl-edit").last.click()
        expect(page.locator(BOX)).to_have_value(DEPOSIT)
        expect(page.locator(".pl-answer")).to_have_count(1)
        expect(page.locator(".pl-notice")).to_contain_text("原来的对话仍在左侧列表里")
        page.locator(BOX).press("Enter")
        answered(page, 2)
        assert page.locator(".pl-answer .pl-text").last.inner_text() == answer
        page.wait_for_url(lambda address: original not in address)
        assert kept(page, assistant) == [PACKED, DEPOSIT]
        known = [fact.text for fact in facts(page, assistant)]
        assert len(known) == len(set(known))
        assert [turn.text for turn in assistant.turns(original)] == [PACKED, DEPOSIT]

    def test_an_earlier_turn_edited_cuts_what_came_after(self, page: Page, assistant: Assistant) -> None:
        for text in (PACKED, DEPOSIT, BROTHER):
            send(page, text)
        original = id_of(page)
        page.locator(".pl-edit").nth(1).click()
        expect(page.locator(BOX)).to_have_value(DEPOSIT)
        expect(page.locator(".pl-answer")).to_have_count(1)
        edited = DEPOSIT.replace("三千元", "五百元")
        send(page, edited)
        assert kept(page, assistant) == [PACKED, edited]
        known = "".join(fact.text for fact in facts(page, assistant))
        assert "五百元" in known
        assert "三千元" not in known
        assert "弟弟" not in known
        assert [turn.text for turn in assistant.turns(original)] == [PACKED, DEPOSIT, BROTHER]
        expect(page.locator(f"[data-open='{original}']")).to_have_count(1)

    def test_a_draft_is_not_lost_to_a_turn_gone_back_to(self, page: Page) -> None:
        send(page, PACKED)
        page.fill(BOX, "没写完的话")
        page.locator(".pl-edit").click()
        expect(page.locator(BOX)).to_have_value(f"{PACKED}\n没写完的话")

    def test_a_draft_is_not_lost_to_a_question_clicked_and_another_question_takes_its_place(self, page: Page) -> None:
        page.locator(".pl-example").first.click()
        answered(page, 1)
        questions = page.locator(".pl-next[data-fill]")
        page.fill(BOX, "没写完的话")
        questions.nth(0).click()
        expect(page.locator(BOX)).to_have_value(f"没写完的话\n{questions.nth(0).inner_text()}\n对方答：")
        page.fill(BOX, "")
        questions.nth(0).click()
        questions.nth(1).click()
        expect(page.locator(BOX)).to_have_value(f"{questions.nth(1).inner_text()}\n对方答：")


class TestBadInput:
    def test_twenty_rapid_turns_are_all_answered_in_order_and_every_fact_is_known_once(
        self, page: Page, assistant: Assistant
    ) -> None:
        texts = [f"走访记录：{seen}。" for seen in SEEN]
        for text in texts:
            page.fill(BOX, text)
            page.keyboard.press("Enter")
            expect(page.locator(BOX)).to_have_value("", timeout=60_000)  # sent, or after the answer before it
        answered(page, len(texts))
        assert page.locator(".pl-user").all_inner_texts() == texts
        assert kept(page, assistant) == texts
        known = [fact.text for fact in facts(page, assistant)]
        assert len(known) == len(set(known))
        assert all(sum(seen in fact for fact in known) == 1 for seen in SEEN)

    def test_emoji_in_the_middle_of_a_conversation_change_nothing(self, page: Page, assistant: Assistant) -> None:
        send(page, PACKED)
        page.fill(BOX, "😀👍🏽🇨🇳")
        page.keyboard.press("Enter")
        expect(page.locator(".pl-notice")).to_contain_text("没有文字")
        expect(page.locator(BOX)).to_have_value("😀👍🏽🇨🇳")
        expect(page.locator(".pl-answer")).to_have_count(1)
        send(page, f"{DEPOSIT}😀")
        expect(page.locator(".pl-notice")).to_have_count(0)
        assert kept(page, assistant) == [PACKED, f"{DEPOSIT}😀"]

    def test_a_turn_as_long_as_allowed_is_read_and_kept_whole(
        self, page: Page, assistant: Assistant, settings: Settings
    ) -> None:
        plain = "客户在门店签了咨询服务合同，合同写明费率，业务员讲解了还款方式，银行自己打电话核实了身份。"
        text = (plain * settings.max_characters)[: settings.max_characters - len(DEPOSIT)] + DEPOSIT
        send(page, text)
        expect(page.locator("details.pl-user")).to_contain_text(f"{settings.max_characters:,} 字")
        expect(page.locator(".pl-answer")).to_contain_text("三千元保证金")
        assert kept(page, assistant) == [text]
        send(page, "凭哪句话说的？")
        expect(page.locator(".pl-answer").last).to_contain_text("三千元保证金")

    def test_statements_that_contradict_each_other_are_both_shown(self, page: Page, assistant: Assistant) -> None:
        denied, told = "他们放款前不收任何费用", "但客户说放款前先交了三千块保证金，交完就联系不上"
        send(page, f"{denied}，{told}。")
        expect(page.locator(".pl-answer")).to_contain_text("说法与此相反")
        expect(page.locator(".pl-answer")).to_contain_text(denied)
        assert [fact.text for fact in facts(page, assistant)] == [denied, told]

    def test_of_a_pasted_thread_the_facts_are_found_and_the_headings_are_none(
        self, page: Page, assistant: Assistant
    ) -> None:
        send(page, THREAD)
        expect(page.locator(".pl-answer .pl-level").first).to_contain_text("高度相似")
        assert page.locator(".pl-user .pl-user-full").text_content() == THREAD
        assert kept(page, assistant) == [THREAD]
        known = [fact.text for fact in facts(page, assistant)]
        for fact in ("先交了三千元保证金", "业务员让客户带弟弟来签字", "贷款办在弟弟名下"):
            assert sum(fact in words for words in known) == 1
        for heading in ("发件人", "发送时间", "收件人", "抄送", "主题", "@", ">"):
            assert not any(heading in words for words in known)
