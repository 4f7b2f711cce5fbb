"""Official documents that tests make for themselves: Word, PDF (text, scanned, locked), HTML and plain text."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import docx
import pypdfium2
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH = 34  # characters of a printed line
SIZE = 12


def text_file(folder: Path, text: str, name: str = "a.txt", encoding: str = "utf-8") -> Path:
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


def word_file(
    folder: Path, rows: Sequence[str | list[list[str]]], name: str = "a.docx", header: str = "", numbered: str = ""
) -> Path:
    """A Word file of paragraphs and tables. `numbered` is a list format such as 第%1条 for rows that begin with #."""
    document = docx.Document()
    if header:
        document.sections[0].header.paragraphs[0].text = header
    for row in rows:
        if isinstance(row, list):
            table = document.add_table(rows=0, cols=len(row[0]))
            for cells in row:
                for cell, text in zip(table.add_row().cells, cells, strict=True):
                    cell.text = text
        elif numbered and row.startswith("#"):
            _as_list(document.add_paragraph(row[1:]))
        else:
            document.add_paragraph(row)
    if numbered:
        _define_list(document, numbered)
    document.save(str(folder / name))
    return folder / name


def _as_list(paragraph: docx.text.paragraph.Paragraph) -> None:
    pointer = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    pointer.get_or_add_ilvl().val = 0
    pointer.get_or_add_numId().val = 77


def _define_list(document: docx.document.Document, form: str) -> None:
    root = document.part.numbering_part.element
    abstract, level = OxmlElement("w:abstractNum"), OxmlElement("w:lvl")
    abstract.set(qn("w:abstractNumId"), "77")
    level.set(qn("w:ilvl"), "0")
    for tag, value in (("w:start", "1"), ("w:numFmt", "chineseCountingThousand"), ("w:lvlText", form)):
        part = OxmlElement(tag)
        part.set(qn("w:val"), value)
        level.append(part)
    abstract.append(level)
    number, pointer = OxmlElement("w:num"), OxmlElement("w:abstractNumId")
    number.set(qn("w:numId"), "77")
    pointer.set(qn("w:val"), "77")
    number.append(pointer)
    root.insert(0, abstract)
    root.append(number)


def page_file(folder: Path, body: str, head: str = "", name: str = "a.html", encoding: str = "utf-8") -> Path:
    text = f'<!DOCTYPE html><html><head><meta charset="{encoding}">{head}</head><body>{body}</body></html>'
    return text_file(folder, text, name, encoding)


def pdf_file(
    folder: Path,
    rows: Sequence[str],
    name: str = "a.pdf",
    head: str = "",
    foot: str = "— {} —",
    lines: int = 30,
    indent: int = 2,
    password: str = "",
) -> Path:
    """A printed PDF: paragraphs wrapped at the page's width, first lines indented, a running head and page numbers.

    A row that begins with a space is centred. `foot` gets the page's number.
    """
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = BytesIO()
    lock = StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(buffer, pagesize=(595, 842), encrypt=lock)
    printed = [line for row in rows for line in _wrapped(row, indent)]
    for page, start in enumerate(range(0, max(1, len(printed)), lines), 1):
        canvas.setFont("STSong-Light", SIZE)
        if head:
            canvas.drawString(90, 800, head)
        for at, (column, text) in enumerate(printed[start : start + lines]):
            canvas.drawString(90 + column * SIZE, 760 - at * 22, text)
        if foot:
            canvas.drawCentredString(297, 40, foot.format(page))
        canvas.showPage()
    canvas.save()
    (folder / name).write_bytes(buffer.getvalue())
    return folder / name


def _wrapped(row: str, indent: int) -> list[tuple[float, str]]:
    if row.startswith(" "):
        text = row.strip()
        return [((WIDTH - len(text)) / 2, text)]
    lines = [(float(indent), row[: WIDTH - indent])]
    rest = row[WIDTH - indent :]
    return lines + [(0.0, rest[at : at + WIDTH]) for at in range(0, len(rest), WIDTH)]


def scanned(source: Path, name: str = "scan.pdf", empty: bool = False) -> Path:
    """The pages of a PDF as pictures in another PDF; `empty` makes a photo without a word."""
    with pypdfium2.PdfDocument(source) as pdf:
        pictures = [page.render(scale=2).to_pil().convert("RGB") for page in pdf]
    if empty:
        pictures = [Image.linear_gradient("L").resize((900, 1200)).convert("RGB")]
    target = source.with_name(name)
    pictures[0].save(target, save_all=True, append_images=pictures[1:])
    return target
