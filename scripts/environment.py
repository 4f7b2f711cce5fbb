"""Make `.venv` from the lock, and the lock from `pyproject.toml`. Standard library only: it runs before anything else.

    python3.11 scripts/environment.py install [--test]
    python3.11 scripts/environment.py lock

uv installs in seconds what pip takes minutes for, but reads none of pip's settings. Whatever pip was told on this
machine (an institution's mirror, a folder of wheels, a certificate) is therefore asked from pip and handed to uv.
A local torch wheel is preferred; without one uv is told to take PyTorch's CPU build, never the CUDA one.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = "0.13.9"
LOCKS = {"base": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}
CUDA_PACKAGES = ("nvidia-", "cuda-", "triton")


class StepFailed(Exception):
    """A step did not work; the text says what to do next."""


# Importing once writes the bytecode that makes every later start fast, also where the environment forbids writing it.
WARM = """
import sys
sys.dont_write_bytecode = False
import assistant.interfaces.cli, assistant.interfaces.web.app
import bm25s, langchain_chroma, sentence_transformers, sklearn.svm, transformers.models.bert.modeling_bert
"""


def works(*command: str | Path) -> bool:
    """Say whether a command exists and succeeds; its output is not shown."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def run(command: list[str | Path], remedy: str) -> None:
    """Run one step and let its own output through; a failure becomes `remedy`."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise StepFailed(remedy)


def pip_settings() -> dict[str, str]:
    """What pip is told here by its environment and its files, by option name; its environment wins."""
    listing = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout.splitlines()
    ranks = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listing:
        key, _, value = line.partition("=")
        scope, _, option = key.rpartition(".")
        if scope in ranks and ranks[scope] >= found.get(option, (0, ""))[0]:
            found[option] = (ranks[scope], str(ast.literal_eval(value)))
    return {option: value for option, (_, value) in found.items()}


def torch_version() -> str:
    """The torch that `pyproject.toml` pins; nothing else may be left to the resolver there."""
    pin = re.search(r'"torch==([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    if pin is None:
        raise StepFailed("pyproject.toml 没有写明 torch 的确切版本（torch==…），会装上数 GB 的 CUDA 版，请补上。")
    return pin.group(1)


def local_torch(places: list[str]) -> bool:
    """Say whether one of pip's `find-links` folders holds a torch wheel that this Python can use."""
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    folders = [Path(place.removeprefix("file://")) for place in places if "://" not in place.removeprefix("file://")]
    return any(any(folder.glob(f"torch-{torch_version()}*-{tag}-*.whl")) for folder in folders)


def uv_options() -> Iterator[str]:
    """The options that make uv look where pip looks here."""
    settings = pip_settings()
    places = settings.get("find-links", "").split()
    for place in places:
        yield from ("--find-links", place)
    if settings.get("no-index", "") in ("1", "true", "yes", "on"):
        yield "--no-index"
    elif index := settings.get("index-url"):
        yield from ("--default-index", index)
    if not local_torch(places):
        yield from ("--torch-backend", "cpu")
    if certificate := settings.get("cert"):
        os.environ.setdefault("SSL_CERT_FILE", certificate)


def make_venv() -> None:
    """Create `.venv`, or create it again when it belongs to another place or another Python."""
    if sys.version_info[:2] != (3, 11):
        raise StepFailed(f"需要 Python 3.11，这里是 {sys.version.split()[0]}。请用 make PYTHON=路径 指明后重试。")
    recorded = VENV / "pyvenv.cfg"
    made_here = recorded.is_file() and recorded.read_text("utf-8").rstrip().endswith(f" {VENV}")
    if made_here and works(PYTHON, "-m", "pip", "--version"):
        return
    print("▸ 建立 Python 环境 .venv", flush=True)
    run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        "无法建立 .venv。Debian/Ubuntu 请先运行 sudo apt-get install python3.11-venv；"
        "并确认本文件夹可写、磁盘未满，然后重试。",
    )


def make_uv() -> None:
    """Put the pinned uv into `.venv`, unless it is there."""
    if works(PYTHON, "-c", f"from importlib.metadata import version; assert version('uv') == '{UV}'"):
        return
    print(f"▸ 准备安装工具 uv {UV}", flush=True)
    run(
        [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", f"uv=={UV}"],
        "无法下载 uv。请检查网络；单位内网请先设置 PIP_INDEX_URL=软件源地址，再重试。",
    )


def install(kind: str) -> None:
    """Install the lock named `kind`; when nothing changed since the last time, return at once."""
    key = _key(kind)
    stamp = VENV / f"installed-{kind}"
    if stamp.is_file() and stamp.read_text("utf-8") == key:
        return
    start = time.monotonic()
    make_venv()
    make_uv()
    print("▸ 按锁定版本安装依赖" + ("（含测试工具）" if kind == "test" else ""), flush=True)
    install_with_uv: list[str | Path] = [VENV / "bin" / "uv", "pip", "install", "--python", PYTHON, "--no-deps"]
    progress = [] if sys.stderr.isatty() else ["--quiet"]
    run(
        [*install_with_uv, *uv_options(), *progress, "--build-constraints", LOCKS[kind], "--requirement", LOCKS[kind]],
        "依赖没有装完（已下载的不会丢）。请检查网络和磁盘空间后重试；若只是 torch 下载不到，"
        f"请把 torch {torch_version()} 的 CPU 版 wheel 放进一个文件夹，设置 PIP_FIND_LINKS=该文件夹 后重试。",
    )
    print("▸ 登记命令 partner-lens", flush=True)
    run(
        [*install_with_uv, "--quiet", "--no-build-isolation", "--editable", ROOT],
        "无法登记 partner-lens 命令。请删除 .venv 后重试。",
    )
    print("▸ 预编译启动要用的模块", flush=True)
    run([PYTHON, "-c", WARM], "安装的模块无法载入。请删除 .venv 后重试。")
    stamp.write_text(key, "utf-8")
    if kind == "test":
        (VENV / "installed-base").write_text(_key("base"), "utf-8")
    print(f"▸ 安装完成，用时 {time.monotonic() - start:.0f} 秒", flush=True)


def _key(kind: str) -> str:
    """Everything an installation depends on, the place included: a moved `.venv` has stale scripts."""
    parts = [str(ROOT), sys.version, UV, LOCKS[kind].read_text("utf-8"), (ROOT / "pyproject.toml").read_text("utf-8")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def lock() -> None:
    """Compile both locks from `pyproject.toml`; versions already locked stay unless the ranges forbid them."""
    make_venv()
    make_uv()
    options = list(uv_options())
    constraint = VENV / "torch-cpu.txt"
    constraint.write_text(f"torch=={torch_version()}+cpu\n", "utf-8")
    for kind, path in LOCKS.items():
        print(f"▸ {path.name}", flush=True)
        command: list[str | Path] = [VENV / "bin" / "uv", "pip", "compile", "--quiet", "--python", PYTHON, *options]
        command += ["--constraint", constraint, "--custom-compile-command", "make lock"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--output-file", path.name, "pyproject.toml"]
        if kind == "test":
            command += ["--extra", "test"]
        run(command, "无法重新锁定版本：请看上面 uv 的说明，改正 pyproject.toml 或网络后重试。")
        _neutralise(path)


def _neutralise(path: Path) -> None:
    """Drop `+cpu`, which only one kind of index knows, and the temporary constraint; refuse CUDA packages."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    cuda = [line.strip() for line in lines if line.startswith(CUDA_PACKAGES)]
    if cuda:
        raise StepFailed(f"{path.name} 混入了 CUDA 软件包（{cuda[0]} 等），请检查 pyproject.toml 里的 torch。")
    kept = (line.replace("+cpu", "") for line in lines if "torch-cpu.txt" not in line)
    path.write_text("".join(kept), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("deed", choices=("install", "lock"))
    parser.add_argument("--test", action="store_true", help="with the tools that tests need")
    arguments = parser.parse_args()
    try:
        if arguments.deed == "lock":
            lock()
        else:
            install("test" if arguments.test else "base")
    except StepFailed as failure:
        print(f"✗ {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("✗ 已中断。再次运行同一条 make 命令会接着装。", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"✗ 无法写入 {error.filename or ROOT}：{error.strerror}。请检查权限和磁盘空间后重试。", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
