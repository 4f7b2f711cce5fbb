"""Word and PDF files that tests make for themselves."""

from __future__ import annotations

from pathlib import Path

import docx

CLAUSE = "乙方不得向借款人收取任何费用。"


def word(folder: Path, name: str = "合作协议.docx") -> Path:
    """A Word file with two headed sections, a table with merged cells and an unheaded start."""
    document = docx.Document()
    document.add_paragraph("甲方：某某银行")
    document.add_heading("第一章 合作内容", level=1)
    document.add_paragraph(CLAUSE)
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "收费项目"
    table.cell(0, 2).text = "标准"
    for column, text in enumerate(("居间费", "", "放款额的 8%")):
        table.cell(1, column).text = text
    document.add_heading("第二章 违约责任", level=1)
    document.add_paragraph("违约方承担损失。")
    document.save(str(folder / name))
    return folder / name


def pdf(*pages: str | None, extra: str = "") -> bytes:
    """A PDF by hand: Chinese text line by line, "" for an empty page, None for a page that is only a picture."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    objects.append("<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>")
    objects.append(
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/Song/DW 1000"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 5 0 R>>"
    )
    objects.append(
        "<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200"
        "/CapHeight 700/StemV 80>>"
    )
    image = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
    objects.append(f"{image}\nstream\n0\nendstream")
    kids = []
    for text in pages:
        content = "q 500 0 0 700 50 50 cm /Im Do Q" if text is None else _drawn(text)
        objects.append(f"<</Length {len(content)}>>\nstream\n{content}\nendstream")
        resources = "<</Font<</F 3 0 R>>/XObject<</Im 6 0 R>>>>"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 800]/Contents {len(objects)} 0 R/Resources{resources}>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    body, offsets = "%PDF-1.7\n", []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{item}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R{extra}>>\n"
    return (body + f"startxref\n{body.index('xref')}\n%%EOF\n").encode("ascii")


def locked_pdf(text: str) -> bytes:
    """A PDF that asks for a password."""
    key = "00" * 32
    return pdf(text, extra=f"/Encrypt<</Filter/Standard/V 1/R 2/O<{key}>/U<{key}>/P -4>>/ID[<00><00>]")


def _drawn(text: str) -> str:
    lines = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T* " for line in text.split("\n"))
    return f"BT /F 12 Tf 20 TL 50 750 Td {lines}ET"
