"""Every phrase in every tongue, titles and quotes untouched."""

from __future__ import annotations

import re

from assistant.answering.phrases import CHINESE, ENGLISH, in_script, say


def parts(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_chinese_phrase_has_an_english_one_with_the_same_parts() -> None:
    assert {word: parts(text) for word, text in CHINESE.items()} == {
        word: parts(text) for word, text in ENGLISH.items() if word in CHINESE
    }


def test_titles_and_quotes_stay_in_simplified_characters() -> None:
    text = "请看《个人贷款管理办法》的“书面同意”一项。"
    assert in_script(text, "traditional") == "請看《个人贷款管理办法》的“书面同意”一項。"
    assert in_script(text, "simplified") == text


def test_a_phrase_is_said_in_the_tongue_asked() -> None:
    assert say("closing: official", "english", day="2026-11-22").isascii()
    assert say("rule", "traditional").startswith("結論")
