"""Files and pasted text from outside: what is read, where it stood, and what is refused with which words."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from assistant.errors import UnreadableSource
from assistant.knowledge.readers import read_source, read_text
from tests.files import CLAUSE, locked_pdf, pdf, word


def read(path: Path, max_characters: int = 20_000, max_megabytes: int = 20) -> list[Document]:
    return read_source(path, max_characters, max_megabytes)


def refusal(path: Path, max_characters: int = 20_000, max_megabytes: int = 20) -> str:
    """The one line a person sees when `path` is refused."""
    with pytest.raises(UnreadableSource) as caught:
        read(path, max_characters, max_megabytes)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith("。")
    return message


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


class TestPastedText:
    def test_text_comes_back_to_the_letter(self) -> None:
        text = "\ufeff 贵司可以\u0000代做流水吗？\r\n\t行 "
        assert read_text(text, 100) == text

    @given(st.text(max_size=200))
    def test_text_is_either_refused_by_name_or_returned_unchanged(self, text: str) -> None:
        with suppress(UnreadableSource):
            assert read_text(text, 150) == text

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "没有收到内容"),
            (" \n\t　", "没有收到内容"),
            ("\x00\x00\x07", "没有收到内容"),
            ("贷", "只有「贷」一个字"),
            ("\x00贷\x00", "只有「贷」一个字"),
            ("贷款" * 100_000, "内容太长：200000 字，上限 20000 字"),
            ("😀🙏💰", "没有文字"),
            ("12345 ……！", "没有文字"),
            ("代做流水\ud83d", "损坏的字符"),
        ],
    )
    def test_what_cannot_be_assessed_is_refused_with_its_reason(self, text: str, reason: str) -> None:
        with pytest.raises(UnreadableSource, match=reason):
            read_text(text, 20_000)

    @pytest.mark.parametrize(
        "text", ["Do they charge upfront fees?", "Взимаете ли вы комиссию?", "貸款要先收費嗎", "OK"]
    )
    def test_another_language_is_allowed(self, text: str) -> None:
        assert read_text(text, 100) == text

    def test_exactly_the_longest_text_is_allowed(self) -> None:
        assert len(read_text("贷款" * 50, 100)) == 100


class TestWord:
    def test_a_section_remembers_its_heading_and_nothing_is_lost(self, tmp_path: Path) -> None:
        start, first, second = read(word(tmp_path))
        assert start.page_content == "甲方：某某银行"
        assert "heading" not in start.metadata
        assert first.metadata == {"source": "合作协议.docx", "heading": "第一章 合作内容"}
        assert first.page_content.splitlines() == ["第一章 合作内容", CLAUSE, "收费项目\t标准", "居间费\t放款额的 8%"]
        assert second.metadata["heading"] == "第二章 违约责任"

    def test_content_controls_insertions_and_text_boxes_are_read_and_deletions_are_not(self, tmp_path: Path) -> None:
        document = docx.Document()
        for wrapper, text in (("w:ins", "插入的字"), ("w:sdt", "填写的字"), ("w:txbxContent", "文本框")):
            paragraph = document.add_paragraph()
            paragraph.add_run(text)
            shell = OxmlElement(wrapper)
            for run in list(paragraph.runs):
                shell.append(run._r)
            if wrapper == "w:txbxContent":
                inner = OxmlElement("w:p")
                inner.extend(list(shell))
                shell.append(inner)
            paragraph._p.append(shell)
        deleted = document.add_paragraph("留下的")._p
        gone, run, words = OxmlElement("w:del"), OxmlElement("w:r"), OxmlElement("w:delText")
        words.text = "删掉的"
        run.append(words)
        gone.append(run)
        deleted.append(gone)
        document.save(str(tmp_path / "a.docx"))
        (read_back,) = read(tmp_path / "a.docx")
        assert read_back.page_content.splitlines() == ["插入的字", "填写的字", "文本框", "留下的"]

    def test_an_upper_case_suffix_is_fine(self, tmp_path: Path) -> None:
        assert len(read(word(tmp_path, "A.DOCX"))) == 3

    def test_a_truncated_word_file_is_called_damaged(self, tmp_path: Path) -> None:
        data = word(tmp_path).read_bytes()
        assert "已损坏" in refusal(saved(tmp_path, "坏.docx", data[: len(data) // 2]))

    def test_a_word_file_damaged_anywhere_is_read_or_refused_by_name(self, tmp_path: Path) -> None:
        data = word(tmp_path).read_bytes()
        for position in range(0, len(data), 997):
            damaged = (
                data[:position] + bytes(byte ^ 0x5A for byte in data[position : position + 40]) + data[position + 40 :]
            )
            with suppress(UnreadableSource):
                assert read(saved(tmp_path, "坏.docx", damaged))

    def test_another_office_file_renamed_to_docx_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "表.docx", "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
        assert "不是 Word 文档" in refusal(tmp_path / "表.docx")

    def test_an_encrypted_word_file_is_refused_with_what_to_do(self, tmp_path: Path) -> None:
        assert "去掉密码" in refusal(saved(tmp_path, "密.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self, tmp_path: Path) -> None:
        path = word(tmp_path)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/media/image1.bin", bytes(30_000_000))
        assert path.stat().st_size < 200_000
        assert "压缩炸弹" in refusal(path, max_megabytes=2)

    def test_a_word_file_without_a_word_is_refused(self, tmp_path: Path) -> None:
        docx.Document().save(str(tmp_path / "空.docx"))
        assert "没有文字" in refusal(tmp_path / "空.docx")

    def test_a_long_word_file_is_refused_with_the_limit(self, tmp_path: Path) -> None:
        assert "上限 20 字" in refusal(word(tmp_path), max_characters=20)


class TestPdf:
    def test_a_page_remembers_its_number(self, tmp_path: Path) -> None:
        first, third = read(saved(tmp_path, "制度.pdf", pdf(CLAUSE, "", "第二条 贷款人应当自主审批。")))
        assert first.page_content == CLAUSE
        assert first.metadata == {"source": "制度.pdf", "page": 1}
        assert third.metadata["page"] == 3

    def test_lines_broken_by_the_page_width_are_joined_and_others_are_not(self, tmp_path: Path) -> None:
        long = "合作机构不得以任何形式向借款人收取息费并应当在协议中明确各方的权利和义务以及违约"
        text = f"合作协议\n{long}\n责任，不得转嫁。\n第二条 {long}\n（一）甲方\n乙方"
        (page,) = read(saved(tmp_path, "a.pdf", pdf(text)))
        assert page.page_content.splitlines() == [
            "合作协议",
            f"{long}责任，不得转嫁。",
            f"第二条 {long}",
            "（一）甲方",
            "乙方",
        ]

    def test_scanned_pages_between_readable_ones_are_named(self, tmp_path: Path) -> None:
        (page,) = read(saved(tmp_path, "a.pdf", pdf(CLAUSE, None, None)))
        assert page.metadata["unread_pages"] == [2, 3]

    def test_a_scan_is_refused_and_says_that_scans_are_not_read_yet(self, tmp_path: Path) -> None:
        assert "扫描件，目前还不能识别" in refusal(saved(tmp_path, "扫描.pdf", pdf(None, None)))

    def test_an_encrypted_pdf_is_refused_with_what_to_do(self, tmp_path: Path) -> None:
        assert "密码保护" in refusal(saved(tmp_path, "密.pdf", locked_pdf(CLAUSE)))

    def test_a_renamed_program_is_refused_and_called_by_its_name(self, tmp_path: Path) -> None:
        message = refusal(saved(tmp_path, "合同.pdf", b"MZ\x90\x00" + bytes(200) + b"%PDF-1.7"))
        assert "「合同.pdf」" in message
        assert "Windows 程序" in message

    def test_a_truncated_pdf_is_called_damaged(self, tmp_path: Path) -> None:
        assert "已损坏" in refusal(saved(tmp_path, "坏.pdf", b"%PDF-1.7\n1 0 obj\n<</Type/Cat"))

    def test_a_long_pdf_is_refused_with_the_limit(self, tmp_path: Path) -> None:
        assert "上限 30 字" in refusal(saved(tmp_path, "a.pdf", pdf(CLAUSE, CLAUSE, CLAUSE)), max_characters=30)


class TestPlainText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
    def test_the_encodings_of_chinese_programs_are_read(self, tmp_path: Path, encoding: str) -> None:
        (document,) = read(saved(tmp_path, "说明.txt", f"{CLAUSE}\r\n第二行".encode(encoding)))
        assert document.page_content == f"{CLAUSE}\n第二行"
        assert document.metadata == {"source": "说明.txt"}

    def test_a_markdown_section_remembers_its_heading(self, tmp_path: Path) -> None:
        text = f"# 合作协议\n\n前言\n\n## 收费\n{CLAUSE}\n"
        first, second = read(saved(tmp_path, "a.md", text.encode()))
        assert (first.metadata["heading"], second.metadata["heading"]) == ("合作协议", "收费")
        assert second.page_content == f"收费\n{CLAUSE}"

    def test_a_line_with_a_hash_in_plain_text_is_no_heading(self, tmp_path: Path) -> None:
        (document,) = read(saved(tmp_path, "a.txt", "# 1 号\n内容".encode()))
        assert "heading" not in document.metadata

    @pytest.mark.parametrize("data", [b"abc\x00def", bytes(range(256)) * 20, b"MZ\x90\x00abc", b"PK\x03\x04abc"])
    def test_binary_content_is_refused(self, tmp_path: Path, data: bytes) -> None:
        assert "不是纯文本" in refusal(saved(tmp_path, "a.txt", data))


class TestAnyFile:
    @pytest.mark.parametrize("suffix", ["docx", "pdf", "txt", "md"])
    def test_an_empty_file_is_called_empty(self, tmp_path: Path, suffix: str) -> None:
        assert "文件是空的" in refusal(saved(tmp_path, f"空.{suffix}", b""))

    def test_a_missing_file_is_named_with_its_path(self, tmp_path: Path) -> None:
        assert str(tmp_path / "没有.pdf") in refusal(tmp_path / "没有.pdf")

    def test_a_folder_is_refused(self, tmp_path: Path) -> None:
        assert "文件夹" in refusal(tmp_path)

    def test_a_device_is_never_read(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.txt")
        assert "不是普通文件" in refusal(tmp_path / "a.txt")

    def test_a_name_with_control_characters_still_makes_one_line(self, tmp_path: Path) -> None:
        assert "「甲 乙.txt」" in refusal(saved(tmp_path, "甲\n乙.txt", b""))
        assert "找不到" in refusal(Path("a\x00b.txt"))

    def test_a_name_longer_than_the_system_allows_is_refused(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / ("长" * 300 + ".txt"))

    def test_other_suffixes_are_refused_with_those_that_work(self, tmp_path: Path) -> None:
        assert "docx、pdf、txt 和 md" in refusal(saved(tmp_path, "a.pptx", b"PK\x03\x04"))
        assert "另存为 .docx" in refusal(saved(tmp_path, "a.doc", b"\xd0\xcf\x11\xe0"))

    def test_a_large_file_is_refused_with_its_size(self, tmp_path: Path) -> None:
        assert "1.5 MB，上限 1 MB" in refusal(saved(tmp_path, "a.txt", b"a" * 1_500_000), max_megabytes=1)
