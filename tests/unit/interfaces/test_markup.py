"""Text reaches the page only as text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.interfaces.web.markup import escape, join, link, tag


class Reader(HTMLParser):
    """What a browser would make of it: the elements and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


@given(st.text())
def test_any_text_is_shown_to_the_letter_and_adds_no_element(text: str) -> None:
    seen = read(tag("p", text))
    assert seen.elements == ["p"]
    assert seen.text == text.replace("\0", "\ufffd")


@given(st.text())
def test_no_text_can_leave_its_attribute(text: str) -> None:
    assert read(tag("button", "x", data_quote=text)).elements == ["button"]


@pytest.mark.parametrize("template", ["{{7*7}}", "${alert(1)}", "`${1}`", "{{#each value}}", "@children"])
def test_the_syntax_of_the_template_engine_is_escaped(template: str) -> None:
    assert not set("{}$`") & set(escape(template))


def test_markup_made_here_is_not_escaped_twice() -> None:
    assert tag("p", tag("b", "a<b")) == "<p><b>a&lt;b</b></p>"


def test_nothing_is_nothing() -> None:
    assert join(None, [], [None, "a"], 1) == "a1"


def test_an_attribute_that_does_not_hold_is_left_out() -> None:
    assert tag("button", "x", class_="a", data_copy=True, hidden=False, title=None) == (
        '<button class="a" data-copy>x</button>'
    )


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc/passwd"])
def test_only_web_addresses_become_links(address: str) -> None:
    assert read(link(address, "来源")).elements == []


def test_a_web_address_opens_beside_the_page_and_tells_it_nothing() -> None:
    assert link("https://flk.npc.gov.cn/", "数据库") == (
        '<a href="https://flk.npc.gov.cn/" target="_blank" rel="noopener noreferrer">数据库</a>'
    )
