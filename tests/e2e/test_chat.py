"""The chat page as an officer uses it, in a real browser with the real corpus and index."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
BOX = "#pl-box textarea"
QUESTION = "银行可以把授信审批和风险控制外包给助贷平台吗？"
HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> ${alert(1)} {{7*7}} '
    "![图](http://elsewhere.example/x.png) **粗** 这家平台放款前先收保证金"
)


def send(page: Page, text: str) -> None:
    """Type a message and send it with Enter."""
    answers = page.locator(".pl-answer").count()
    page.fill(BOX, text)
    page.keyboard.press("Enter")
    expect(page.locator(".pl-answer")).to_have_count(answers + 1, timeout=60_000)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page for the README."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(1000)  # smooth scrolling and the folding of the steps come to rest
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_an_example_of_the_first_visit_is_assessed_with_the_users_words_marked(page: Page) -> None:
    page.locator(".pl-example").first.click()
    answer = page.locator(".pl-answer")
    answer.wait_for(timeout=60_000)
    expect(answer.locator(".pl-level").first).to_contain_text("高度相似")
    said = page.locator(".pl-user").inner_text()
    marks = answer.locator(".pl-text mark")
    assert marks.count() >= 2
    for words in marks.evaluate_all("marks => marks.map(mark => mark.firstChild.textContent)"):
        assert words in said
    expect(answer.locator(".pl-signs li").first).to_be_visible()
    picture(page, "assess")


def test_the_steps_are_shown_while_working_and_fold_afterwards(page: Page) -> None:
    send(page, "平台要求客户先交保证金再放款，收钱后就失联。")
    steps = page.locator(".thought-group > .title").first
    expect(steps).to_contain_text("分析过程")
    steps.click()
    expect(page.locator(".thought-group .children .title").first).to_be_visible()


def test_a_citation_opens_beside_the_answer_with_the_quoted_words_marked(page: Page) -> None:
    send(page, QUESTION)
    chip = page.locator(".pl-answer .pl-cite").first
    quote = chip.get_attribute("data-quote") or ""
    chip.click()
    panel = page.locator("#pl-panel")
    panel.locator("mark").wait_for()
    assert "".join(panel.locator("mark").inner_text().split()) == "".join(quote.split())
    expect(panel.locator("h2")).to_be_focused()
    expect(panel.locator(".pl-facts")).to_contain_text("效力")
    picture(page, "policy")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(chip).to_be_focused()


def test_a_case_opens_at_its_story_with_its_sources(page: Page) -> None:
    page.locator(".pl-example").first.click()
    page.locator(".pl-row[data-source]:not([data-quote*='条'])").first.wait_for(timeout=60_000)
    page.locator(".pl-row[data-article='']").first.click()
    expect(page.locator("#pl-panel .pl-source-text").first).not_to_be_empty()
    expect(page.locator("#pl-panel .pl-links a").first).to_have_attribute("rel", "noopener noreferrer")


def test_a_reload_brings_the_conversation_back_with_its_citations(page: Page) -> None:
    send(page, QUESTION)
    page.wait_for_url("**/?c=*")
    before = page.locator(".pl-answer").inner_text()
    page.reload()
    page.locator(".pl-answer").wait_for()
    assert page.locator(".pl-answer").inner_text() == before
    page.locator(".pl-answer .pl-cite").first.click()
    page.locator("#pl-panel mark").wait_for()


def test_a_text_that_is_too_long_keeps_the_draft_and_says_what_to_do(page: Page, settings: Settings) -> None:
    draft = "长" * (settings.max_characters + 1)
    page.fill(BOX, draft)
    expect(page.locator(".pl-count")).to_have_class("pl-count pl-over")
    page.keyboard.press("Enter")
    expect(page.locator(".pl-notice")).to_contain_text("超过上限")
    expect(page.locator(BOX)).to_have_value(draft)
    expect(page.locator("#pl-send")).to_be_visible()


@pytest.mark.parametrize("draft", ["。", "😀😀😀", "\u200b!"])
def test_a_text_without_words_keeps_the_draft_and_says_so(page: Page, draft: str) -> None:
    page.fill(BOX, draft)
    page.keyboard.press("Enter")
    expect(page.locator(".pl-notice")).not_to_be_empty()
    expect(page.locator(BOX)).to_have_value(draft)


def test_hostile_text_is_shown_as_text_wherever_it_appears(page: Page) -> None:
    send(page, HOSTILE)
    page.wait_for_url("**/?c=*")
    page.reload()
    page.locator(".pl-answer").wait_for()
    assert page.locator(".pl-user").inner_text() == HOSTILE
    assert page.evaluate("window.hacked") is None
    assert page.locator("#pl-chat img, #pl-chat script").count() == 0


def test_a_file_becomes_a_folded_message(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "合作方材料.txt"
    file.write_text("平台要求客户放款前先交保证金，再交解冻费。\n" * 30, encoding="utf-8")
    page.set_input_files("#pl-center input[type=file]", file)
    page.locator(".pl-answer").wait_for(timeout=60_000)
    assert page.locator("details.pl-user").count() == 1


def test_a_file_that_cannot_be_read_is_a_friendly_line_and_the_draft_stays(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "合同.pdf"
    file.write_bytes(b"MZ" + os.urandom(500))
    page.fill(BOX, "我的草稿")
    page.set_input_files("#pl-center input[type=file]", file)
    expect(page.locator(".pl-notice")).not_to_be_empty()
    expect(page.locator(BOX)).to_have_value("我的草稿")


def test_a_question_for_the_partner_is_put_into_the_box_to_be_answered(page: Page) -> None:
    page.locator(".pl-example").first.click()
    question = page.locator(".pl-next").first
    question.click(timeout=60_000)
    expect(page.locator(BOX)).to_have_value(f"{question.inner_text()}\n对方答：")
    expect(page.locator(BOX)).to_be_focused()


def test_a_conversation_goes_on_from_what_was_said_and_an_earlier_turn_can_be_said_anew(page: Page) -> None:
    send(page, "业务员收了客户三千块包装费，帮他做了半年的工资流水。")
    send(page, "说错了，是三百块")
    answer = page.locator(".pl-answer").last
    expect(answer).to_contain_text("已更正为")
    expect(answer.locator(".pl-text")).to_contain_text("工资流水")
    picture(page, "talk")
    page.locator(".pl-edit").nth(1).click()
    expect(page.locator(BOX)).to_have_value("说错了，是三百块")
    expect(page.locator(".pl-answer")).to_have_count(1)
    expect(page.locator(".pl-history li")).not_to_have_count(0)
    send(page, "凭哪句话说的？")
    expect(page.locator(".pl-answer").last).to_contain_text("工资流水")


def test_conversations_can_be_opened_renamed_deleted_and_brought_back(page: Page) -> None:
    send(page, "平台要求客户先交保证金再放款。")
    first = page.locator(".pl-history li").first
    first.hover()
    first.locator("[data-rename]").click()
    page.locator(".pl-history input").fill("甲公司尽调")
    page.keyboard.press("Enter")
    expect(first.locator(".pl-open span")).to_have_text("甲公司尽调")
    page.locator(".pl-new").click()
    page.locator(".pl-welcome").wait_for()
    page.locator(".pl-open", has_text="甲公司尽调").click()
    page.locator(".pl-answer").wait_for()
    row = page.locator(".pl-history li", has_text="甲公司尽调")
    row.hover()
    row.locator("[data-manage=delete]").click()
    page.locator(".pl-welcome").wait_for()
    expect(row).to_have_count(0)
    page.locator(".pl-undo button").click()
    expect(row).to_have_count(1)


def test_shift_enter_starts_a_new_line_and_does_not_send(page: Page) -> None:
    page.fill(BOX, "第一行")
    page.press(BOX, "Shift+Enter")
    page.keyboard.type("第二行")
    expect(page.locator(BOX)).to_have_value("第一行\n第二行")
    assert page.locator(".pl-user").count() == 0


def test_the_interface_can_be_switched_to_english_and_keeps_the_conversation(page: Page) -> None:
    send(page, QUESTION)
    page.wait_for_url("**/?c=*")
    page.locator("[data-language=en]").click()
    expect(page.locator("#pl-send")).to_have_text("Send")
    expect(page.locator(".pl-answer")).to_contain_text("Sources")


def test_a_phone_shows_everything_without_scrolling_sideways(phone: Page) -> None:
    expect(phone.locator("#pl-send")).to_be_in_viewport()
    phone.locator(".pl-example").first.click()
    phone.locator(".pl-answer").wait_for(timeout=60_000)
    picture(phone, "phone")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    wide = phone.evaluate(
        "[...document.querySelectorAll('#pl-chat *, #pl-composer *')].filter(e => e.offsetParent &&"
        " e.getBoundingClientRect().right > 391).map(e => e.className)"
    )
    assert wide == []
    phone.locator(".pl-answer .pl-row").first.click()
    expect(phone.locator("#pl-panel")).to_be_in_viewport()
    phone.keyboard.press("Escape")
    phone.locator("[data-toggle=history]").click()
    expect(phone.locator("#pl-history .pl-open").first).to_be_in_viewport()
    phone.keyboard.press("Escape")
    expect(phone.locator("#pl-history")).to_be_hidden()
