"""Files and pasted text from outside, turned into Documents that remember where they stood.

One Document is one page of a PDF, one headed section of a Word or Markdown file, or a whole plain text. Its metadata
hold `source` (the file's name) and, where there is one, `page` (from 1) or `heading`. A PDF that is partly scanned also
carries `unread_pages`, the pages that hold only pictures, so that nobody takes what was read for the whole.

A stranger's file can be anything, so its name is never believed: suffix and content must agree, and sizes are checked
before anything is unpacked. Whatever cannot be read is an `UnreadableSource` with one line for the person who gave it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import docx
import pypdfium2
from charset_normalizer import from_bytes
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from langchain_core.documents import Document
from lxml.etree import XMLSyntaxError
from pypdfium2 import raw as pdfium

from assistant.errors import UnreadableSource
from assistant.knowledge.numbering import Numbering

SUFFIXES = (".docx", ".pdf", ".txt", ".md")
FOREIGN = (
    (b"%PDF-", "PDF 文件"),
    (b"PK\x03\x04", "压缩包或 Office 文件"),
    (b"\xd0\xcf\x11\xe0", "加密的或旧版的 Office 文件"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"{\\rtf", "RTF 文件"),
)
DOCX_DAMAGE = (
    OpcError,
    XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,
    AttributeError,
    TypeError,
)  # all of them leave python-docx for one flipped byte or another
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # a text box's copy for old programs
UNPACKED_PER_MEGABYTE = 10  # a Word file unpacks to a few times its size; a zip bomb to a thousand times

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
SENTENCE_END = "。！？；：…!?;:"
LINE_START = re.compile(
    r"第[一二三四五六七八九十百千零〇\d]+[条章节编款项]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[•·●■\-—]|.{1,8}[：:]"
)
FULL_LINE = 40  # columns; a shorter line of a PDF ended because its author ended it

one_pdf_at_a_time = Lock()  # PDFium is not thread-safe, and the web app reads uploads in threads


def read_text(text: str, max_characters: int) -> str:
    """Check pasted text and return it unchanged, because every span we report points into it.

    Refused are nothing at all, a single character, symbols without a word, and more than `max_characters`. NUL and
    other control characters may stand inside but count as nothing.
    """
    visible = "".join(CONTROL.sub("", text).split())
    if not visible:
        raise UnreadableSource("没有收到内容。请写下合作方的做法或您的问题，再提交。")
    if len(text) > max_characters:
        raise UnreadableSource(
            f"内容太长：{len(text)} 字，上限 {max_characters} 字。请只保留有关的部分，或分几次提交。"
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UnreadableSource("内容里有损坏的字符（编码不完整）。请从原文重新复制后再提交。")
    if not any(character.isalpha() for character in visible):
        raise UnreadableSource("内容里没有文字，只有数字、符号或表情。请用一两句话写明做法或问题。")
    if len(visible) == 1:
        raise UnreadableSource(f"内容太短，只有「{visible}」一个字。请用一两句话写明做法或问题。")
    return text


def read_source(path: Path, max_characters: int, max_megabytes: int) -> list[Document]:
    """Read a docx, pdf, txt or md file whose text has at most `max_characters`."""
    data = bytes_of(path, max_megabytes)
    suffix = path.suffix.lower()
    check_content(path, suffix, data)
    if suffix == ".pdf":
        documents = _read_pdf(path, data, max_characters)
    elif suffix == ".docx":
        documents = _sections(path, docx_lines(path, data, max_megabytes), max_characters)
    else:
        documents = _sections(path, _text_lines(path, suffix, data), max_characters)
    if not any(character.isalpha() for document in documents for character in document.page_content):
        raise refusal(path, "里面没有文字", "请检查是否选对了文件，或直接粘贴文字")
    return documents


def refusal(path: Path, what: str, remedy: str) -> UnreadableSource:
    """Why a file cannot be read and what its owner can do, in one line."""
    return UnreadableSource(f"无法读取「{_printable(path.name)}」：{what}。{remedy}。")


def _printable(name: str) -> str:
    return " ".join(CONTROL.sub("", name).split())


def bytes_of(path: Path, max_megabytes: int, suffixes: tuple[str, ...] = SUFFIXES) -> bytes:
    """The bytes of a file of one of these kinds. Raises `UnreadableSource` for no file, another kind, or too large."""
    known = "、".join(suffix[1:] for suffix in suffixes[:-1]) + f" 和 {suffixes[-1][1:]}"
    try:
        if path.is_dir():
            raise refusal(path, "这是一个文件夹", "请给出其中一个文件")
        if not path.exists():
            raise UnreadableSource(f"找不到文件「{_printable(str(path))}」。请检查路径和文件名后重试。")
        if not path.is_file():
            raise refusal(path, "这不是普通文件", f"请给出 {known} 文件")
        if path.suffix.lower() not in suffixes:
            remedy = "请在 Word 里另存为 .docx" if path.suffix.lower() == ".doc" else "请转存为其中一种，或直接粘贴文字"
            raise refusal(path, f"只能读 {known} 文件", remedy)
        size = path.stat().st_size
        if size > max_megabytes * 1_000_000:
            raise refusal(path, f"文件有 {size / 1e6:.1f} MB，上限 {max_megabytes} MB", "请拆分，或只保留有关的部分")
        data = path.read_bytes()
    except OSError as error:
        raise refusal(path, f"打不开（{error.strerror}）", "请检查文件名和权限后重试") from error
    if not data.strip():
        raise refusal(path, "文件是空的", "请检查是否选对了文件")
    return data


def check_content(path: Path, suffix: str, data: bytes) -> None:
    """Refuse a file whose first bytes are not those its suffix promises."""
    found = next((name for magic, name in FOREIGN if data.startswith(magic)), None)
    if suffix == ".docx" and data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(path, "它有密码保护，或是改了名的旧版 .doc", "请在 Word 里去掉密码，另存为 .docx")
    if suffix == ".docx" and not data.startswith(b"PK\x03\x04"):
        raise refusal(path, f"内容不是 Word 文档{_but(found)}", "请检查文件来源，或在 Word 里另存为 .docx")
    if suffix == ".pdf" and (b"%PDF-" not in data[:1024] or found not in (None, "PDF 文件")):
        raise refusal(path, f"内容不是 PDF{_but(found)}", "请检查文件来源，或重新导出为 PDF")
    if suffix not in (".docx", ".pdf") and found:
        raise refusal(path, f"内容不是纯文本{_but(found)}", "请检查文件来源，或直接粘贴文字")


def _but(found: str | None) -> str:
    return f"，而是{found}" if found else ""


def _sections(path: Path, lines: Iterable[tuple[str, bool]], max_characters: int) -> list[Document]:
    """Gather (line, is it a heading) into one Document per heading; the heading is also the section's first line."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    length = 0
    for line, is_heading in lines:
        length += len(line) + 1
        if length > max_characters + 1:
            raise _too_long(path, max_characters)
        if is_heading:
            sections.append((line, []))
        sections[-1][1].append(line)
    return [
        Document(
            page_content="\n".join(body).strip("\n"),
            metadata={"source": path.name} | ({"heading": heading} if heading else {}),
        )
        for heading, body in sections
        if any(line.strip() for line in body)
    ]


def _too_long(path: Path, max_characters: int) -> UnreadableSource:
    return refusal(path, f"文字超过上限 {max_characters} 字", "请只保留有关的部分，或分成几个文件")


# Plain text and Markdown


def _text_lines(path: Path, suffix: str, data: bytes) -> Iterator[tuple[str, bool]]:
    for line in decode(path, data).splitlines():
        heading = MARKDOWN_HEADING.match(line) if suffix == ".md" else None
        yield (heading.group(1), True) if heading else (line, False)


def decode(path: Path, data: bytes) -> str:
    """UTF-8, UTF-16 with its mark (Notepad's "Unicode"), or the Chinese encodings that older programs write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            guess = from_bytes(data, cp_isolation=["gb18030", "big5"]).best()
            text = str(guess) if guess else "\0"
    if "\0" in text or "\ufffd" in text:
        raise refusal(path, "内容不是纯文本，或编码无法识别", "请用记事本打开，另存为 UTF-8 编码后重试")
    return CONTROL.sub("", text)


# Word


def docx_lines(path: Path, data: bytes, max_megabytes: int) -> list[tuple[str, bool]]:
    """Everything a reader of the document sees, in order: paragraphs, tables, text boxes, foot- and endnotes."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
        _check_unpacked(path, entries, max_megabytes)
        document = docx.Document(BytesIO(data))
        headings = {style.style_id for style in document.styles if _names_a_heading(style.name or "")}
        roots = [document.element.body]
        for part in document.part.package.iter_parts():
            if part.content_type.endswith(("footnotes+xml", "endnotes+xml")):
                roots.append(parse_xml(part.blob))
    except DOCX_DAMAGE as error:
        raise refusal(path, "文件已损坏，或不是 Word 文档", "请用 Word 打开后另存为 .docx 再试") from error
    numbering = Numbering(document)
    return [line for root in roots if root is not None for line in _lines_of(root, headings, numbering)]


def _check_unpacked(path: Path, entries: list[zipfile.ZipInfo], max_megabytes: int) -> None:
    """Refuse what would unpack to more than memory should hold; zipfile never unpacks more than an entry declares."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise refusal(path, "它有密码保护", "请去掉密码后重试")
    largest_text = max((entry.file_size for entry in entries if entry.filename.endswith(".xml")), default=0)
    whole = sum(entry.file_size for entry in entries)
    if max(largest_text, whole / UNPACKED_PER_MEGABYTE) > max_megabytes * 1_000_000:
        raise refusal(path, "解压后过大，可能是压缩炸弹", "请确认文件来源，或直接粘贴文字")


def _names_a_heading(style: str) -> bool:
    return style.lower().startswith(("heading", "title", "标题"))


def _lines_of(root: Any, headings: set[str], numbering: Numbering) -> Iterator[tuple[str, bool]]:
    """Lines below an XML element; the cells of a table row stand on one line, parted by tabs.

    The XML is walked itself because python-docx skips what stands in content controls, text boxes and tracked
    insertions: in contract templates that is most of what was filled in.
    """
    row, cells = None, list[str]()
    for paragraph in root.iter(qn("w:p")):
        if next(paragraph.iterancestors(FALLBACK), None) is not None:
            continue
        text = CONTROL.sub("", "".join(_own_text(paragraph)))
        text = numbering.label(paragraph) + text if text.strip() else text
        inside = next(paragraph.iterancestors(qn("w:tr")), None)
        if cells and inside is not row:
            yield "\t".join(cells), False
            cells = []
        row = inside
        if row is not None:
            cells.extend([text] if text.strip() else [])
        elif text.strip():
            style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            yield text, style is not None and style.get(qn("w:val")) in headings
    if cells:
        yield "\t".join(cells), False


def _own_text(element: Any) -> Iterator[str]:
    """The text of a paragraph without that of paragraphs nested in it, such as a text box."""
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag == qn("w:tab"):
            yield "\t"
        elif child.tag in (qn("w:br"), qn("w:cr")):
            yield "\n"
        elif child.tag not in (qn("w:p"), qn("w:pPr"), FALLBACK):
            yield from _own_text(child)


# PDF


def _read_pdf(path: Path, data: bytes, max_characters: int) -> list[Document]:
    pages: list[tuple[int, str]] = []
    unread: list[int] = []
    length = 0
    try:
        with one_pdf_at_a_time, pypdfium2.PdfDocument(data) as pdf:
            for number in range(1, len(pdf) + 1):
                text, has_picture = _pdf_page(pdf[number - 1])
                if text:
                    pages.append((number, text))
                elif has_picture:
                    unread.append(number)
                length += len(text) + 1
                if length > max_characters + number:
                    raise _too_long(path, max_characters)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise refusal(path, "它有密码保护", "请去掉密码，另存为不加密的 PDF 后重试") from error
        raise refusal(path, "文件已损坏", "请重新导出为 PDF，或直接粘贴文字") from error
    if unread and not pages:
        raise refusal(
            path, "里面只有图片，可能是扫描件，目前还不能识别", "请改用能选中文字的 PDF 或 Word，或直接粘贴文字"
        )
    shared = {"source": path.name} | ({"unread_pages": unread} if unread else {})
    return [Document(page_content=text, metadata={**shared, "page": number}) for number, text in pages]


def _pdf_page(page: Any) -> tuple[str, bool]:
    """A page's text, and whether a page without text shows a picture."""
    text = _unwrap(CONTROL.sub("", page.get_textpage().get_text_bounded()))
    pictures = () if text else page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    return text, any(True for _ in pictures)


def _unwrap(text: str) -> str:
    """Join the lines of a paragraph that the page's width broke; otherwise words and sentences are cut in two."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    longest = max(map(_columns, lines))
    joined = [lines[0]]
    for last, line in pairwise(lines):
        was_full = _columns(last) >= max(FULL_LINE, 0.8 * longest)
        if was_full and last[-1] not in SENTENCE_END and not LINE_START.match(line):
            gap = " " if last[-1].isascii() and line[0].isascii() else ""
            joined[-1] += gap + line
        else:
            joined.append(line)
    return "\n".join(joined)


def _columns(line: str) -> int:
    return sum(1 if character.isascii() else 2 for character in line)
