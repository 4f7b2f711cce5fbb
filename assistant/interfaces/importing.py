"""`partner-lens corpus import`: show what was read and what is unsure, ask, and keep the official text.

Nothing is written before somebody agreed: on a terminal the command asks, elsewhere `--yes` says it. A file that cannot
be read becomes an error of its own and the others go on.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import AssistantError
from assistant.interfaces.terminal import bar, err, say, say_json, say_list
from assistant.settings import load_settings

if TYPE_CHECKING:  # reading documents loads libraries that --help need not wait for
    from assistant.knowledge import Library
    from assistant.knowledge.official import Instrument

SAMPLE = 3  # articles shown of each instrument
STATES = {
    "imported": "已导入",
    "same_file": "没有变化：这个文件已经导入过",
    "same_text": "没有变化：文字与已有版本相同",
}


def import_files(
    files: Annotated[list[Path], typer.Argument(help="docx、pdf（含扫描件）、html、txt 或 md，可以一次给多个")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接写入知识库")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每个文件输出一行 JSON")] = False,
) -> None:
    """导入政府网站下载的法规原文：先预览认出了什么、哪里没把握，同意后才写入；再导入时另存新版，从不覆盖。

    例：partner-lens corpus import 互联网贷款管理办法.docx --yes，然后 partner-lens index
    """
    from assistant.knowledge import Library

    settings = load_settings()
    library = Library.open(settings.corpus)
    failed = written = 0
    for path in files:
        try:
            result = _one(path, library, settings.corpus, settings.max_file_mb, yes, as_json)
        except AssistantError as error:
            failed += 1
            err.print(str(error), style="red")
            result = {"file": path.name, "state": "failed", "instruments": [], "error": str(error)}
        written += result["state"] == "imported"
        if as_json:
            say_json(result)
    if written:
        err.print(f"导入了 {written} 个文件。请运行 partner-lens index，让检索用上新文本。")
    if failed:
        raise typer.Exit(1)


def _one(path: Path, library: Library, folder: Path, max_megabytes: int, yes: bool, as_json: bool) -> dict[str, object]:
    """Read, show, ask and keep one file; what happened as the row that `--json` prints."""
    from assistant.knowledge.imported import keep
    from assistant.knowledge.official import read_instruments
    from assistant.knowledge.pages import read_paper

    with bar("读取") as report:
        paper = read_paper(path, max_megabytes, report)
    instruments = read_instruments(paper)
    rows = [_row(instrument, library) for instrument in instruments]
    if not as_json:
        _preview(path, instruments, rows)
    untitled = [row for row in rows if not row["title"]]
    agreed = yes or (sys.stdin.isatty() and not as_json and not untitled and typer.confirm("写入知识库？", err=True))
    if untitled:
        raise _untitled(path)
    if not agreed:
        err.print(f"没有写入「{path.name}」；确认无误后加 --yes。")
        return {"file": path.name, "state": "preview", "instruments": rows}
    states = []
    for instrument, row in zip(instruments, rows, strict=True):
        kept = keep(folder, instrument, path.name, paper.data, date.today())
        row |= kept.model_dump()
        states.append(kept.state)
        if not as_json:
            say(f"{STATES[kept.state]}：《{instrument.title}》第{kept.version}版（{kept.path}）")
    return {"file": path.name, "state": "imported" if "imported" in states else "unchanged", "instruments": rows}


def _untitled(path: Path) -> AssistantError:
    from assistant.errors import UnreadableSource

    return UnreadableSource(
        f"无法导入「{path.name}」：没有找到标题，不知道是哪份文件。请在正文前加一行标题，或把文件名改成它的全称。"
    )


def _row(instrument: Instrument, library: Library) -> dict[str, object]:
    described = [item for item in library.titled(instrument.title) if item.articles]
    numbers = {article.no for article in instrument.articles}
    precis = [no for item in described for id, no in library.precis if id == item.id]
    precis += [article.no for item in described for article in item.articles if article.kind == "precis" and article.no]
    return {
        **instrument.model_dump(mode="json", exclude={"articles"}),
        "articles": len(instrument.numbered),
        "first": instrument.numbered[0].label if instrument.numbered else None,
        "last": instrument.numbered[-1].label if instrument.numbered else None,
        "annexes": [article.label for article in instrument.articles if article.chapter == "附件"],
        "beside": len({no for no in precis if no in numbers}),
        "unmatched": list(dict.fromkeys(no for no in precis if no not in numbers)),
    }


def _preview(path: Path, instruments: tuple[Instrument, ...], rows: list[dict[str, object]]) -> None:
    say(f"\n{path.name}：认出 {len(instruments)} 份文件")
    for instrument, row in zip(instruments, rows, strict=True):
        say(f"\n《{instrument.title or '（没有标题）'}》")
        for label, value in (
            ("文号", instrument.doc_no),
            ("发布机关", instrument.issuer),
            ("层级", instrument.level),
            ("公布", row["published"]),
            ("施行", row["effective"]),
            ("修改", "；".join(instrument.history)),
            ("条文", f"{row['articles']} 条（{row['first']}至{row['last']}）"),
            ("附件", "、".join(article.label for article in instrument.articles if article.chapter == "附件")),
        ):
            say(f"  {label}：{value or '没有找到'}" if label not in ("修改", "附件") or value else f"  {label}：无")
        for article in instrument.numbered[:SAMPLE]:
            say(f"    {article.label}  {' '.join(article.text.split())[:46]}")
        if row["beside"]:
            say(f"  与手头的要点并列：{row['beside']} 条，引用时以原文为准")
        unmatched = row["unmatched"]
        missing = (f"手头要点的{no}不在这份原文里" for no in unmatched) if isinstance(unmatched, list) else ()
        say_list("  请核对", (*instrument.doubts, *missing))
