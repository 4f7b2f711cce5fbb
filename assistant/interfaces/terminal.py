"""What every command writes with: data on standard output, progress on standard error, batches row by row."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assistant.errors import AssistantError, StorageError, UnreadableSource

Row = dict[str, Any]
Work = Callable[[Row], dict[str, object]]
Report = Callable[[int, int], None]

PLAIN_S = 10.0

err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


@contextmanager
def bar(title: str) -> Iterator[Report]:
    """A progress bar on standard error that appears with the first report and counts what is really done.

    Where standard error is no terminal (a log, a pipe) it is a plain line every `PLAIN_S` seconds.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
    task = progress.add_task(title, total=None)
    said = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal said
        if not err.is_terminal:
            if time.monotonic() - said > PLAIN_S and done < total:
                err.print(f"{title} {done}/{total}")
                said = time.monotonic()
            return
        progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield report
    except KeyboardInterrupt:
        progress.stop()
        err.print("已中断；已完成的部分都保存着。")
        raise
    finally:
        progress.stop()


def say(text: str) -> None:
    """Write one line of data."""
    _write(sys.stdout, text)


def say_json(value: object) -> None:
    """Write one JSON value on one line."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=False))


def say_list(title: str, items: tuple[str, ...]) -> None:
    """Write a titled list, or nothing where there are no items."""
    if items:
        say(f"\n{title}：")
        for item in items:
            say(f"  - {item}")


def batch_lines(source: Path, out: Path | None) -> list[str]:
    """The lines of a batch, read before anything slow begins. Raises `UnreadableSource`."""
    try:
        text = source.read_text(encoding="utf-8-sig")
        if out is not None and out.exists() and out.samefile(source):
            raise UnreadableSource("--out 与 --jsonl 是同一个文件，会覆盖输入。请给结果另起一个文件名。")
    except FileNotFoundError as error:
        raise UnreadableSource(f"找不到批量文件 {source}。请检查路径和文件名后重试。") from error
    except UnicodeDecodeError as error:
        raise UnreadableSource(f"批量文件 {source} 不是 UTF-8 编码。请另存为 UTF-8 后重试。") from error
    except OSError as error:
        raise UnreadableSource(f"读不出批量文件 {source}（{error.strerror}）。请检查路径和权限后重试。") from error
    # Only a line feed ends a row: its texts may hold the rarer separators that splitlines() cuts at.
    return [line for line in text.split("\n") if line.strip()]


def run_batch(lines: list[str], out: Path | None, work: Work) -> None:
    """Run `work` on each line; one that fails becomes {"id", "error"} and the batch goes on."""
    failed = 0
    with _sink(out) as sink, bar("处理") as report:
        for number, line in enumerate(lines, 1):
            result = _result(number, line, work)
            failed += "error" in result
            _write(sink, json.dumps(result, ensure_ascii=False))
            report(number, len(lines))
    err.print(
        f"完成 {len(lines)} 行，其中 {failed} 行有误（见该行的 error）。" if failed else f"完成 {len(lines)} 行。"
    )


def word(row: Row, name: str) -> str:
    """The text a row has under `name`."""
    value = row.get(name)
    if not isinstance(value, str):
        raise UnreadableSource(f'缺少 "{name}"，或它不是文字。请对照 --help 里的例子补上。')
    return value


@contextmanager
def _sink(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    try:
        with out.open("w", encoding="utf-8", errors="backslashreplace") as sink:
            yield sink
    except OSError as error:
        raise StorageError(f"写不了 {out}（{error.strerror}）。请检查磁盘空间和权限，或换一个位置后重试。") from error


def _result(number: int, line: str, work: Work) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": f"第 {number} 行不是有效的 JSON。"}
    if not isinstance(row, dict):
        return {"id": None, "error": f"第 {number} 行不是 JSON 对象。"}
    try:
        return work(row)
    except AssistantError as error:
        return {"id": row.get("id"), "error": str(error)}


def _write(sink: TextIO, line: str) -> None:
    """Write a line and see that it arrived; a reader who left early (`| head`) is no failure of ours."""
    try:
        sink.write(line + "\n")
        sink.flush()
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        if sink is sys.stdout:
            # Or the interpreter tries once more when it ends, and complains in its own words.
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
        raise StorageError(f"结果写不出去（{error.strerror}）。请检查磁盘空间和权限后重试。") from error
