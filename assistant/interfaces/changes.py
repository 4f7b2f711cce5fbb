"""`partner-lens corpus changes`: the old wording of an article, or of a whole instrument, beside the new.

What was deleted stands in 【】 on the left and what was added in 【】 on the right, so that the marks can be read in a
file and without colour. Where there is nothing to compare the command says why and what to do next.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.errors import CorpusError
from assistant.interfaces.terminal import say, say_json, say_list
from assistant.settings import load_settings

if TYPE_CHECKING:  # reading the corpus takes a second that --help need not wait for
    from assistant.knowledge.citations import Citations
    from assistant.knowledge.pairing import Mark
    from assistant.knowledge.wording_changes import Change, History, Version, Wording
    from assistant.types import Article, Regulation

WIDTH = 100  # columns where nobody looks at a terminal
NARROWEST = 48
STATUSES = {"in_force": "现行有效", "amended": "已被修改", "repealed": "已废止", "not_yet_in_force": "尚未施行"}
KINDS = {"official": "官方原文", "precis": "要点，转述"}
BASES = {
    "number": "条号相同，文字相近",
    "wording": "条号不同，按文字相近对上，请核对",
    "number_only": "条号和位置相同，文字差别大，未必是同一条规则",
    "stated": "知识库写明的接替关系",
}
LEGEND = "左栏【】内是删去的字，右栏【】内是新增的字；没有标记的文字两版相同。旧文仅供对照。"
IMPORT = "请用 partner-lens corpus import 导入另一版的官方原文后再试。"


def show_changes(
    title: Annotated[str, typer.Argument(help="文件名称、简称或文号")],
    article: Annotated[str, typer.Argument(help="条号，如 第四条；不写就对照全文")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """旧文与新文左右对照：改了哪些字、各自何时施行、现在的效力；被取代的文件列出沿革。

    例：partner-lens corpus changes 海商法 第四条
    """
    from assistant.knowledge import Library
    from assistant.knowledge.citations import Citations
    from assistant.knowledge.wording_changes import article_changes, instrument_changes

    library = Library.open(load_settings().corpus)
    citations, today = Citations(library), date.today()
    versions = _versions(citations, title, today)
    found = None
    if article:
        regulation, found = _article(citations, versions, title, article, today)
        history = article_changes(library, regulation, found, today)
    else:
        regulation = citations.version_on(versions, today)
        history = instrument_changes(library, regulation, today)
    if history.alone and not (history.changes or history.revisions):
        raise CorpusError(f"{''.join(history.notes)}{IMPORT}")
    if as_json:
        say_json(history.model_dump(mode="json"))
    else:
        _print(regulation, found, history, today)


def _versions(citations: Citations, title: str, today: date) -> list[Regulation]:
    """The texts that a title means. Raises `CorpusError` that says what is near it, or why there is no text."""
    from assistant.knowledge.references import Reference
    from assistant.knowledge.register import Register

    versions = Register(citations.library).versions(title)
    if not versions:
        reference = Reference(name=title, start=0, end=len(title))
        resolved = citations.resolve(reference, today)
        held = (
            "" if resolved.outcome == "no_such" else "旧文没有收录：取得原文后用 partner-lens corpus import 导入再试。"
        )
        raise CorpusError(resolved.notice + held)
    return versions


def _article(
    citations: Citations, versions: list[Regulation], title: str, number: str, today: date
) -> tuple[Regulation, Article]:
    """An article by the numbering of the text that applies today, else of another one. Raises `CorpusError`."""
    present = citations.version_on(versions, today)
    asked = _canonical(citations, present, number)
    for regulation in (present, *(item for item in reversed(versions) if item is not present)):
        for article in regulation.articles:
            if number in (article.no, article.label) or asked == article.no:
                return regulation, article
    labels = [article.no or article.label for article in present.articles]
    whole = all(article.kind == "official" for article in present.articles)
    held = f"{labels[0]}至{labels[-1]}" if whole and labels else "、".join(labels[:12]) + ("等" * (len(labels) > 12))
    raise CorpusError(
        f"《{present.title}》手头的文本里没有“{number}”（手头有：{held or '没有条文'}）。"
        + ("请核对条号后再试。" if whole else "请核对条号，或用 partner-lens corpus import 导入官方原文后再试。")
    )


def _canonical(citations: Citations, regulation: Regulation, number: str) -> str | None:
    """175条之一 and 第175条之1 as the texts write it; None where no number can be read."""
    found = citations.parse(f"《{regulation.title}》{number if '条' in number or '、' in number else f'第{number}条'}")
    return next((item.article for item in found if item.article), None)


# --- what is printed --------------------------------------------------------------------------------------------------


def _print(regulation: Regulation, article: Article | None, history: History, today: date) -> None:
    from assistant.knowledge.succession import begins_of

    begins = begins_of(regulation)
    numbered = f"条号按{begins.isoformat()}起施行的文本，" if article and begins else ""
    label = (article.no or article.label) if article else ""
    say(f"《{regulation.title}》{label}（{numbered}效力截至{today.isoformat()}）")
    if history.chain:
        say(history.chain)
    for change in history.changes:
        if change.basis == "stated":
            say(f"\n知识库写明：{change.says}")
        else:
            say("")
        say(_table(change.old.version, change.new.version, [change]))
    for revision in history.revisions:
        say(
            f"\n文字有改动 {len(revision.changes)} 条，新增 {len(revision.added)} 条，删去 {len(revision.removed)} 条，"
            f"只改条号 {revision.renumbered} 条，未动 {revision.kept} 条。"
        )
        say(_table(revision.older, revision.newer, revision.changes, revision.added, revision.removed))
    if any(change.runs for change in history.changes) or history.revisions:
        say(LEGEND)
    say_list("请注意", history.notes)


def _table(
    old: Version,
    new: Version,
    changes: Iterable[Change],
    added: Iterable[Wording] = (),
    removed: Iterable[Wording] = (),
) -> str:
    table = Table(expand=True, show_lines=True)
    table.add_column(Text(f"旧：{_about(old)}"), ratio=1, overflow="fold")
    table.add_column(Text(f"新：{_about(new)}"), ratio=1, overflow="fold")
    for change in changes:
        left, right = _heading(change.old), _heading(change.new)
        left.append(f"（{BASES[change.basis]}）\n", "dim")
        right.append("（文字没有变化）\n" if not change.changed else "\n", "dim")
        table.add_row(left + _marked(change, "deleted"), right + _marked(change, "inserted"))
    for wording in removed:
        table.add_row(_heading(wording) + Text(f"\n{wording.text}"), Text("（新文里没有对应的条文）", "dim"))
    for wording in added:
        table.add_row(Text("（旧文里没有对应的条文）", "dim"), _heading(wording) + Text(f"\n{wording.text}"))
    at_terminal = sys.stdout.isatty()
    width = max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns) if at_terminal else WIDTH
    page = io.StringIO()
    console = Console(file=page, width=width, force_terminal=at_terminal, highlight=False, markup=False)
    console.print(table)
    return page.getvalue().rstrip("\n")


def _about(version: Version) -> str:
    """Title, number, days and standing of a text."""
    days = f"{version.begins.isoformat()}起" if version.begins else "施行日期未注明"
    days += f"至{version.ended.isoformat()}" if version.ended else ""
    standing = STATUSES[version.status] if version.status else f"第{version.imported}次导入，已由后一次导入代替"
    number = f"（{version.doc_no}）" if version.doc_no else ""
    return f"《{version.title}》{number}\n{days} · {standing}"


def _heading(wording: Wording) -> Text:
    return Text.assemble((wording.article, "bold"), (f"（{KINDS[wording.kind]}）", "dim"))


def _marked(change: Change, mark: Mark) -> Text:
    """One side of a comparison with what went or came in 【】; the plain text where words are not compared."""
    if not change.runs:
        return Text((change.old if mark == "deleted" else change.new).text)
    style = "red strike" if mark == "deleted" else "bold green"
    text = Text()
    for run in change.runs:
        if run.mark == "same":
            text.append(run.text)
        elif run.mark == mark:
            text.append(f"【{run.text}】", style)
    return text
