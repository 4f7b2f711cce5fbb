"""Whatever goes wrong ends as one Chinese line that says what to do, exit code 1, and nothing lost."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.interfaces.web.app import listen
from assistant.retrieval import open_store
from tests.files import CLAUSE, locked_pdf, word
from tests.integration.conftest import Call

QUESTION = "《刑法》第一百七十五条之一是怎么规定的？"


def program(folder: Path) -> Path:
    path = folder / "流水.pdf"
    path.write_bytes(b"MZ\x90\x00" + bytes(500))
    return path


def encrypted(folder: Path) -> Path:
    path = folder / "加密.pdf"
    path.write_bytes(locked_pdf(CLAUSE))
    return path


def corrupt(folder: Path) -> Path:
    path = word(folder)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def missing(folder: Path) -> Path:
    return folder / "没有这个文件.docx"


class TestText:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "没有收到内容"),
            (" \n　", "没有收到内容"),
            ("\x00\x00", "没有收到内容"),
            ("贷", "内容太短"),
            ("😀🎉👍", "没有文字"),
            ("长" * 200_000, "内容太长：200000 字"),
            ("代做流水\udcff", "损坏的字符"),
        ],
        ids=["empty", "blank", "nul", "one character", "emoji", "too long", "broken bytes"],
    )
    @pytest.mark.parametrize("command", ["assess", "ask", "search"])
    def test_it_is_refused_before_anything_slow_begins(self, call: Call, command: str, text: str, reason: str) -> None:
        assert reason in call(command, text).refusal()

    @pytest.mark.usefixtures("data_folder")
    def test_other_languages_and_nul_bytes_inside_a_text_are_worked_on(self, call: Call, tmp_path: Path) -> None:
        texts = ["The broker fakes bank statements for a 10% fee.", "བོད་ཡིག་གི་ཡི་གེ།", "代做\x00流水，收费百分之十。"]
        rows = tmp_path / "in.jsonl"
        rows.write_text("\n".join(json.dumps({"id": text, "text": text}) for text in texts), encoding="utf-8")
        results = call("assess", "--jsonl", rows).rows()
        assert [row["id"] for row in results] == texts
        assert all("error" not in row for row in results)
        spans = [match for row in results for found in row["patterns"] for match in found["matched"]]
        assert all(any(match["span"] == text[match["start"] : match["end"]] for text in texts) for match in spans)


class TestFiles:
    @pytest.mark.parametrize(
        ("make", "reason"),
        [(program, "Windows 程序"), (encrypted, "密码保护"), (corrupt, "损坏"), (missing, "找不到文件")],
    )
    def test_one_that_cannot_be_read_is_refused_by_name(
        self, call: Call, tmp_path: Path, make: Callable[[Path], Path], reason: str
    ) -> None:
        path = make(tmp_path)
        line = call("assess", "--file", path).refusal()
        assert reason in line
        assert path.name in line

    def test_a_batch_that_is_missing_or_not_utf_8_is_refused(self, call: Call, tmp_path: Path) -> None:
        assert "找不到批量文件" in call("chat", "--jsonl", tmp_path / "没有.jsonl").refusal()
        rows = tmp_path / "gbk.jsonl"
        rows.write_bytes('{"id": 1, "text": "代做流水"}'.encode("gbk"))
        assert "另存为 UTF-8" in call("assess", "--jsonl", rows).refusal()

    def test_a_batch_never_overwrites_its_own_input(self, call: Call, tmp_path: Path) -> None:
        rows = tmp_path / "in.jsonl"
        rows.write_text('{"id": 1, "text": "代做流水"}', encoding="utf-8")
        assert "会覆盖输入" in call("assess", "--jsonl", rows, "--out", rows).refusal()
        assert rows.read_text(encoding="utf-8") == '{"id": 1, "text": "代做流水"}'


class TestSettings:
    def test_a_corpus_that_is_not_there_is_named(
        self, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PARTNER_LENS_CORPUS", str(tmp_path / "none"))
        assert "PARTNER_LENS_CORPUS" in call("ask", QUESTION).refusal()

    def test_a_bad_value_is_named(self, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PARTNER_LENS_PORT", "many")
        assert "PARTNER_LENS_PORT" in call("ask", QUESTION).refusal()

    def test_a_port_in_use_is_refused_with_the_way_out(self, call: Call) -> None:
        with listen("127.0.0.1", 0) as taken:
            line = call("serve", "--port", taken.getsockname()[1]).refusal()
        assert "--port" in line

    def test_an_address_of_another_machine_is_refused(self, call: Call) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        assert "地址不可用" in call("serve", "--host", "192.0.2.1", "--port", free).refusal()


class TestDataFolder:
    @pytest.mark.parametrize("below", ["", "deeper"])
    def test_a_file_in_its_place_is_named(
        self, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
    ) -> None:
        (tmp_path / "data").write_text("mine", encoding="utf-8")
        monkeypatch.setenv("PARTNER_LENS_DATA", str(tmp_path / "data" / below))
        for command in (["ask", QUESTION], ["index"], ["serve"]):
            line = call(*command).refusal()
            assert str(tmp_path / "data") in line
            assert "PARTNER_LENS_DATA" in line
        assert (tmp_path / "data").read_text(encoding="utf-8") == "mine"

    def test_a_read_only_one_is_named(self, call: Call, read_only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PARTNER_LENS_DATA", str(read_only))
        line = call("ask", QUESTION).refusal()
        assert str(read_only) in line
        assert "权限" in line

    @pytest.fixture
    def read_only(self) -> Iterator[Path]:
        """A folder that may be read and not written, by us: root may write anywhere and is somebody else meanwhile."""
        folder, account = Path(tempfile.mkdtemp()), os.geteuid()
        folder.chmod(0o555)
        try:
            if account == 0:
                os.seteuid(pwd.getpwnam("nobody").pw_uid)
            yield folder
        finally:
            os.seteuid(account)
            folder.rmdir()


class TestFullDisk:
    def test_a_disk_without_room_is_named_before_anything_is_written(
        self, call: Call, small_disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PARTNER_LENS_DATA", str(small_disk))
        line = call("index").refusal()
        assert str(small_disk) in line
        assert "空间" in line
        assert list(small_disk.iterdir()) == []

    @pytest.mark.usefixtures("data_folder")
    def test_results_that_find_no_room_are_told(self, call: Call, tmp_path: Path) -> None:
        rows = tmp_path / "in.jsonl"
        rows.write_text('{"id": 1, "query": "暴力催收"}', encoding="utf-8")
        assert "磁盘空间" in call("search", "--jsonl", rows, "--out", "/dev/full").refusal()

    @pytest.fixture
    def small_disk(self, tmp_path: Path) -> Iterator[Path]:
        """A disk of its own with 16 MB."""
        folder = tmp_path / "disk"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            pytest.skip("a disk can only be mounted as root")
        yield folder
        subprocess.run(["umount", "--lazy", folder], check=True)


class TestForeignIndex:
    @pytest.mark.parametrize(("key", "value"), [("encoder", "bge-m3-0123456789ab"), ("format", "0")])
    def test_it_is_named_with_the_way_out_and_left_as_it_is(
        self, call: Call, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: str
    ) -> None:
        copy(data_folder, tmp_path)
        store = open_store("passages", tmp_path)
        ours = store.manifest()
        store.write_manifest({**ours, key: value})
        monkeypatch.setenv("PARTNER_LENS_DATA", str(tmp_path))
        for command in (["ask", QUESTION], ["index"]):
            line = call(*command).refusal()
            assert value in line
            assert "partner-lens index --rebuild" in line
        store.write_manifest(ours)
        again = call("index")
        assert again.code == 0
        assert "本次新编码 0 段" in again.err


def copy(data: Path, to: Path) -> None:
    """The index of a data folder; what is never written again is linked."""
    shutil.copytree(data / "index", to / "index")
    for path in data.iterdir():
        if path.name.startswith(("encoder-", "reader-")):
            (to / path.name).symlink_to(path)
