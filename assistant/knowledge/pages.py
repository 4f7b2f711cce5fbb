"""A file from a government site -> its paragraphs in order, with what reading it left unsure.

Word and HTML know their paragraphs; PDF, scans and wrapped text are put together from lines (`layout`). A page that is
only a picture is read by OCR and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw as pdfium

from assistant.knowledge import markup
from assistant.knowledge.layout import Line, Placed, columns, paragraphs, wrapped
from assistant.knowledge.readers import (
    CONTROL,
    MARKDOWN_HEADING,
    bytes_of,
    check_content,
    decode,
    docx_lines,
    one_pdf_at_a_time,
    refusal,
)
from assistant.knowledge.scans import DOTS_PER_POINT, read_picture

SUFFIXES = (".docx", ".pdf", ".html", ".htm", ".txt", ".md")
LONGEST = 3_000_000  # characters; a code of 3,000 articles has a tenth of it
LEAST_SURE = 0.8  # a line read with less than this is worth a second look
NAMED = re.compile(r"[一-鿿]{2}")

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Paper:
    """What a file shows: its lines, the title it gives itself, and what a reader should look at again."""

    name: str
    data: bytes
    lines: tuple[Line, ...]
    title: str = ""
    doubts: tuple[str, ...] = ()


def read_paper(path: Path, max_megabytes: int, report: Report = lambda done, total: None) -> Paper:
    """Read a docx, pdf, html, txt or md file; `report` hears of pages done. Raises `UnreadableSource`."""
    data = bytes_of(path, max_megabytes, SUFFIXES)
    suffix = path.suffix.lower()
    check_content(path, suffix, data)
    title, doubts = "", tuple[str, ...]()
    if suffix == ".pdf":
        lines, doubts = _pdf(path, data, report)
    elif suffix == ".docx":
        lines = _split(docx_lines(path, data, max_megabytes))
    elif suffix in (".html", ".htm"):
        lines, title = markup.read_page(_decoded(path, data))
    elif suffix == ".md":
        lines = [_markdown(row) for row in decode(path, data).splitlines() if row.strip()]
    else:
        lines = wrapped(decode(path, data))
    if not any(NAMED.search(line.text) for line in lines):
        raise refusal(path, "里面没有中文文字", "请检查是否选对了文件，或换一份能看到文字的")
    if sum(len(line.text) for line in lines) > LONGEST:
        raise refusal(path, f"文字超过上限 {LONGEST} 字", "请分成几个文件")
    return Paper(path.name, data, tuple(lines), title, doubts)


def _split(rows: list[tuple[str, bool]]) -> list[Line]:
    """Lines within a Word paragraph (soft line breaks) are lines of their own."""
    return [
        Line(part.strip(" \u3000"), marked=marked) for text, marked in rows for part in text.split("\n") if part.strip()
    ]


def _markdown(row: str) -> Line:
    heading = MARKDOWN_HEADING.match(row)
    text = heading.group(1) if heading else row
    if re.match(r"\s*\|.*\|\s*$", text):
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        return Line("" if all(re.fullmatch(r":?-+:?", cell) for cell in cells) else "\t".join(cells))
    return Line(re.sub(r"\*\*|__", "", text).strip(), marked=heading is not None)


def _decoded(path: Path, data: bytes) -> str:
    """A page in the encoding it declares, else in the one its bytes are."""
    named = markup.declared_encoding(data)
    if named and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return CONTROL.sub("", data.decode(named))
        except (LookupError, UnicodeDecodeError):  # a wrong declaration: the bytes decide
            return decode(path, data)
    return decode(path, data)


def _pdf(path: Path, data: bytes, report: Report) -> tuple[list[Line], tuple[str, ...]]:
    placed: list[Placed] = []
    scanned: list[int] = []
    unsure: list[int] = []
    try:
        with one_pdf_at_a_time, pypdfium2.PdfDocument(data) as pdf:
            for number in range(1, len(pdf) + 1):
                page = pdf[number - 1]
                found = _printed(page, number)
                if not found and any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])):
                    found, sure = read_picture(page.render(scale=DOTS_PER_POINT).to_numpy(), number)
                    scanned.append(number)
                    unsure.extend([number] if sure < LEAST_SURE or not found else [])
                placed.extend(found)
                report(number, len(pdf))
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise refusal(path, "它有密码保护", "请去掉密码，另存为不加密的 PDF 后重试") from error
        raise refusal(path, "文件已损坏", "请重新下载，或另存为 docx") from error
    if scanned and not placed:
        raise refusal(path, "里面只有图片，没有认出文字", "请换一份更清晰的扫描件，或能选中文字的 PDF")
    doubts = [f"第{_pages(scanned)}页是扫描件，文字由图片识别，请对照原件"] if scanned else []
    doubts += [f"第{_pages(unsure)}页有字迹不清或没有认出的内容"] if unsure else []
    return paragraphs(placed), tuple(doubts)


def _pages(numbers: list[int]) -> str:
    return "、".join(map(str, numbers[:8])) + (f"等{len(numbers)}" if len(numbers) > 8 else "")


def _printed(page: Any, number: int) -> list[Placed]:
    """The printed lines of a page with where they begin and end, in points."""
    text = page.get_textpage()
    placed: list[Placed] = []
    start, row = 0, ""
    total = text.count_chars()
    for at in range(total + 1):
        code = pdfium.FPDFText_GetUnicode(text, at) if at < total else 10
        if code not in (10, 13):
            row += chr(code) if code and not 0xD800 <= code <= 0xDFFF else ""
            continue
        clean = CONTROL.sub("", row)
        if clean.strip():
            left = text.get_charbox(start + len(row) - len(row.lstrip()))[0]
            right = text.get_charbox(start + len(row.rstrip()) - 1)[2]
            em = 2 * (right - left) / max(1, columns(clean.strip()))
            placed.append(Placed(clean.strip(), left, right, em, number))
        start, row = at + 1, ""
    return placed
