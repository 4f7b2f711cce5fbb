"""E-mail threads pasted into a turn: who wrote to whom and when is no fact about a partner.

Only what can hardly be meant otherwise is taken for a heading: fields that stand together with a sender among them, the
line that announces a quotation, and the rule above a forwarded message. A signature (a closing on a line of its own and
the few short lines after it) names nobody the message is about, but what stands there is kept: a fact dictated without
punctuation looks the same. All other words are the writer's.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

MARKS = r"[ \t]*(?:[>＞](?!\d)[ \t]*)*"
"""What mail programs put before a quoted line, once for each level; `>30%` at the start of a line is a figure."""
MARKED = re.compile(r"(?:[>＞](?!\d)[ \t]*)+")


def _any(words: str) -> str:
    """One of some words; the letters of a Chinese one may stand apart (`主 题`)."""
    return "|".join(word if word.isascii() else r"\s?".join(word) for word in words.split())


SENDER = _any("发件人 发信人 寄件人 寄件者 發件人 From")
FIELD = _any(
    "发送时间 发件时间 发送日期 发件日期 寄件日期 發送時間 日期 时间 時間 收件人 收信人 收件者 抄送 抄送人 副本 "
    "密送 密件抄送 密件副本 主题 主旨 主題 标题 附件 回复 答复 "
    "To Cc Bcc Date Sent Subject Reply-To Attachments Attachment Importance"
)
RULED = _any("原始邮件 邮件原件 转发邮件 转发的邮件 原始郵件 轉寄郵件")
HEAD = re.compile(rf"{MARKS}\**(?:(?P<sender>{SENDER})|{FIELD})\**\s?[:：]", re.I)
ANNOUNCED = re.compile(
    rf"^{MARKS}(?:"
    rf"On\b[^\n]{{6,160}}?(?:\n{MARKS}[^\n]{{0,80}}?)?\bwrote"
    r"|[^\n]{0,120}\d{4}\s?[年/-][^\n]{0,120}(?:写道|寫道)"
    r")\s?[:：][ \t\r]*$"
    rf"|^{MARKS}-{{2,}}[ \t]*(?:{RULED}|original message|forwarded message)[ \t]*-*[ \t\r]*$"
    rf"|^{MARKS}begin forwarded message[:：][ \t\r]*$",
    re.I | re.M,
)


CLOSING = _any("此致 敬礼 祝好 顺祝商祺 顺颂商祺 商祺 順頌商祺 敬上 谨上 -- —— regards")
SIGNED = re.compile(
    rf"^{MARKS}(?:{CLOSING}|(?:best|kind|warm) (?:regards|wishes)|yours (?:sincerely|faithfully)|sincerely)"
    rf"[,，。!！ \t\r]*\n(?:{MARKS}[^\n。；！？!?;，]{{0,40}}(?:\n|\Z)){{1,8}}",
    re.I | re.M,
)


def headings(text: str) -> list[Span]:
    """The stretches of a text that head a message or announce a quotation, in order; none where it holds no e-mail."""
    found = [announced.span() for announced in ANNOUNCED.finditer(text)]
    block: list[re.Match[str]] = []
    start = 0
    for line in (*text.splitlines(keepends=True), ""):
        if field := HEAD.match(text, start, start + len(line)):
            block.append(field)
        else:
            if len(block) > 1 and any(field["sender"] for field in block):
                found.append((block[0].start(), start))
            block = []
        start += len(line)
    return sorted(found)


def own_words(text: str) -> str:
    """A text without the headings and signatures of e-mails: who signs a message is not who it is about."""
    parts, end = [], 0
    for start, stop in sorted([*headings(text), *(signed.span() for signed in SIGNED.finditer(text))]):
        parts.append(text[end : max(start, end)])
        end = max(end, stop)
    return "\n".join([*parts, text[end:]])


def unquoted(text: str, start: int, end: int) -> int:
    """Where the words of a stretch begin: after the marks of quotation, where it begins a line with them."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    marks = MARKED.match(text, start, end) if not before.strip(" \t>＞") else None
    return marks.end() if marks else start
