"""The command line for tests, and real servers: a PostgreSQL and a Chroma in temporary folders, gone when tests end."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.interfaces.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def refusal(self) -> str:
        """The one line that tells a named failure and what to do."""
        assert self.code == 1, self.err
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert line.endswith("。")
        return line


Call = Callable[..., Outcome]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run `partner-lens` with some arguments in this process, which has the model loaded already."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["partner-lens", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        written = capsys.readouterr()
        return Outcome(code, written.out, written.err)

    return run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy address of an empty PostgreSQL database, reached through a socket and closed to the network."""
    if reason := os.environ.get("TEST_WITHOUT_POSTGRES"):
        pytest.skip(reason)
    programs = _postgres_programs()
    if programs is None:
        pytest.fail("no PostgreSQL here: run `make test`, which installs it, or set TEST_WITHOUT_POSTGRES=reason")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="partner-lens-pg-"))
    data, port = folder / "data", free_port()
    if account:
        shutil.chown(folder, account, account)

    def call(program: str, *arguments: str) -> None:
        as_account = {"user": account, "group": account, "extra_groups": []} if account else {}
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=100,
            **as_account,
        )

    try:
        call("initdb", "--username=tester", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses= -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        call("pg_ctl", "start", "--wait", "--silent", "-l", str(folder / "log"), "-o", options)
        yield f"postgresql+psycopg://tester@/postgres?host={folder}&port={port}"
        call("pg_ctl", "stop", "--wait", "--silent", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> Path | None:
    """The newest PostgreSQL's programs: Debian keeps them off the path, in one folder a version."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if versions:
        return versions[-1].parent
    return Path(on_path).resolve().parent if on_path else None


def _account() -> str | None:
    """PostgreSQL refuses to run as root; then another account of this machine runs it."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", "daemon") if name in known)


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an empty Chroma server."""
    folder, port = tmp_path_factory.mktemp("chroma"), free_port()
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1"]
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
        try:
            _wait_for(f"{url}/api/v2/heartbeat", server, folder / "log")
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            if httpx.get(address, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the Chroma server did not start: {log.read_text()[-500:]}")
