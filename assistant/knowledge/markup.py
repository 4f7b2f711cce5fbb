"""A page saved from a government site, turned into the lines of the document it shows.

Nothing of the page is run or fetched: it is parsed as text, and scripts, styles, forms and everything hidden are
dropped. The document is the smallest part of the page that holds the lines which look like its articles; what stands
around it (navigation, sharing buttons, related links) is left out, except for the head above and annexes below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from assistant.knowledge.layout import Line

DROPPED = {
    *("script", "style", "noscript", "template", "head", "nav", "form", "button", "select", "iframe", "svg"),
    *("object", "embed", "audio", "video", "canvas", "aside", "footer", "input", "textarea", "map"),
}
BLOCKS = {
    *(
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "main",
        "header",
        "center",
    ),
    *(
        "center",
        "blockquote",
        "dd",
        "dt",
        "dl",
        "pre",
        "td",
        "th",
        "tr",
        "table",
        "tbody",
        "thead",
        "hr",
        "caption",
        "body",
    ),
}
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.I)
TITLE_NAMES = {"articletitle", "og:title", "title"}
LOOKS_NUMBERED = re.compile(
    r"\s*(?:第\s*[一二三四五六七八九十百千零〇\d０-９]+\s*[条章]|[一二三四五六七八九十]{1,3}、)"
)
ANNEX = re.compile(r"\s*附\s*[件表录]")
FIELD = re.compile(
    r"\s*(?:文\s*号|发文字号|(?:公布|发布|印发|成文|施行|实施|生效)日期|发布机构|制定机关|发文机关)\s*[:：]"
)
LINKED = 0.6  # share of a line that is links, from which on it is navigation

Block = tuple[Any, str, bool]


def read_page(decoded: str) -> tuple[list[Line], str]:
    """The document's lines and the title that the page gives itself ("" where it gives none)."""
    try:
        root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded))
    except etree.ParserError:  # nothing but white space and comments
        return [], ""
    title = _own_title(root)
    blocks = [block for block in _blocks(root) if block[1].strip()]
    return [Line(text, marked=marked) for _, text, marked in _document(blocks)], title


def declared_encoding(data: bytes) -> str:
    """The encoding that a page names in its first lines, empty where it names none; the GB family counts as GB18030."""
    found = CHARSET.search(data[:4096])
    name = found.group(1).decode("ascii").lower() if found else ""
    return "gb18030" if name in ("gb2312", "gbk", "gb18030", "gb_2312-80") else name


def _own_title(root: Any) -> str:
    for meta in root.iter("meta"):
        name = str(meta.get("name") or meta.get("property") or "").lower()
        if name in TITLE_NAMES and str(meta.get("content") or "").strip():
            return " ".join(str(meta.get("content")).split())
    heading = root.find(".//h1")
    if heading is not None and heading.text_content().strip():
        return " ".join(heading.text_content().split())
    words = root.findtext(".//title") or ""
    return re.split(r"\s*[_|–-]\s*", " ".join(words.split()))[0]


def _blocks(element: Any) -> Iterator[Block]:
    """Block after block: its element, its text, and whether it is a heading."""
    if not isinstance(element.tag, str) or element.tag in DROPPED or _is_hidden(element):
        return
    if element.tag == "table" and _is_data(element):
        for row in element.iter("tr"):
            cells = [_flat(cell) for cell in row if isinstance(cell.tag, str) and cell.tag in ("td", "th")]
            yield row, "\t".join(cell for cell in cells if cell), False
        return
    marked = element.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
    text = [_spaced(element.text)]
    for child in element:
        if isinstance(child.tag, str) and (child.tag in BLOCKS or _holds_blocks(child)):
            yield from _lines(element, text, marked)
            text = []
            yield from _blocks(child)
        elif isinstance(child.tag, str) and child.tag == "br":
            text.append("\n")
        elif isinstance(child.tag, str) and child.tag not in DROPPED and not _is_hidden(child):
            text.append(_inline(child))
        text.append(_spaced(child.tail))
    yield from _lines(element, text, marked)


def _lines(element: Any, text: list[str], marked: bool) -> Iterator[Block]:
    """The lines between two `<br>`; other white space of the source means nothing, as in a browser."""
    for line in "".join(text).split("\n"):
        clean = re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip()
        if clean:
            yield element, clean, marked


def _inline(element: Any) -> str:
    if not isinstance(element.tag, str) or element.tag in DROPPED or _is_hidden(element):
        return ""
    if element.tag == "br":
        return "\n"
    inner = "".join(_inline(child) + _spaced(child.tail) for child in element)
    return _spaced(element.text) + inner


def _spaced(text: str | None) -> str:
    """A line break of the source is no line break of the page; between Chinese characters it is nothing at all."""
    return re.sub(r"\s*[\r\n]\s*", " ", re.sub(r"(?<=[^\x00-\x7f])\s*[\r\n]\s*(?=[^\x00-\x7f])", "", text or ""))


def _flat(element: Any) -> str:
    return " ".join(_inline(element).split())


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(HIDDEN.search(element.get("style") or ""))


def _holds_blocks(element: Any) -> bool:
    return element.tag not in DROPPED and any(item.tag in BLOCKS for item in element.iterdescendants(etree.Element))


def _is_data(table: Any) -> bool:
    """Whether a table shows data; older sites lay whole pages out in tables."""
    if table.find(".//table") is not None:
        return False
    cells = list(table.iter("td", "th"))
    texts = [cell.text_content() for cell in cells]
    numbered = any(LOOKS_NUMBERED.match(text) and len(text) > 300 for text in texts)
    return len(cells) >= 4 and not numbered and max(map(len, texts)) < 1500


def _document(blocks: list[Block]) -> list[Block]:
    """The blocks of the document: from its head to its last line, and annexes that stand below it."""
    clean = [block for block in blocks if not _is_navigation(block[0], block[1])]
    numbered = [at for at, block in enumerate(clean) if LOOKS_NUMBERED.match(block[1])]
    if len(numbered) < 2:
        return clean
    main = _common(clean[numbered[0]][0], clean[numbered[-1]][0])
    inside = [at for at, block in enumerate(clean) if _within(block[0], main)]
    below = clean[inside[-1] + 1 :]
    annex = next((at for at, block in enumerate(below) if ANNEX.match(block[1])), len(below))
    return clean[: inside[-1] + 1] + below[annex:]


def _common(first: Any, last: Any) -> Any:
    around = {id(item) for item in (first, *first.iterancestors())}
    return next(item for item in (last, *last.iterancestors()) if id(item) in around)


def _within(element: Any, main: Any) -> bool:
    return element is main or any(item is main for item in element.iterancestors())


def _is_navigation(element: Any, text: str) -> bool:
    """A line made of links, unless it names the document's own facts or an annex."""
    if FIELD.match(text) or ANNEX.match(text):
        return False
    if any(item.tag == "a" for item in (element, *element.iterancestors())):
        return True
    rest = text
    for link in element.iter("a"):
        rest = rest.replace(_flat(link) or "\0", "", 1)
    words = "".join(text.split())
    return len("".join(re.split(r"[\s|>›»·]+", rest))) <= (1 - LINKED) * len(words)
