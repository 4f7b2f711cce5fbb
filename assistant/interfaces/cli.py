"""The command line: `partner-lens …`, as the contract describes it.

Data goes to standard output, progress and logs to standard error. Exit code 0 is done, 1 a named failure told in one
line, 2 bad usage. A bad row of a batch becomes an `error` in its own output row and the batch goes on.
"""

from __future__ import annotations

import gc
import io
import logging
import sys
import threading
import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import AssistantError, SettingsError, UnreadableSource
from assistant.interfaces.changes import show_changes
from assistant.interfaces.importing import import_files
from assistant.interfaces.terminal import Row, bar, batch_lines, err, run_batch, say, say_json, say_list, word
from assistant.settings import Settings, load_settings
from assistant.types import Kind

if TYPE_CHECKING:  # importing it takes seconds that --help and a usage error need not wait for
    from assistant.service import Assistant

app = typer.Typer(
    name="partner-lens",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Partner Lens：核查合作方的助手。描述一家合作方（assess），或问一条规定（ask）；serve 打开网页。",
    epilog="第一次使用：partner-lens index 建索引，然后 partner-lens serve。每个命令加 --help 看用法和例子。",
)
WATCH_S = 0.3
corpus_app = typer.Typer(
    no_args_is_help=True, help="知识库：检查手写的模式、案例和法规文件，导入官方原文，对照旧文与新文。"
)
app.add_typer(corpus_app, name="corpus")
corpus_app.command("import")(import_files)
corpus_app.command("changes")(show_changes)

Jsonl = Annotated[Path | None, typer.Option("--jsonl", help="批量：每行一个 JSON 对象的输入文件")]
Out = Annotated[Path | None, typer.Option("--out", help="批量结果写到这里（JSONL）")]
AsJson = Annotated[bool, typer.Option("--json", help="输出与批量一行相同的 JSON")]


def main() -> None:
    """Run the command line; every failure that has a name ends as one line and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the terminal is set to, our data is UTF-8
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for noisy in ("chromadb", "httpx", "sentence_transformers", "transformers"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    # The articles are made once and kept; counting them again and again costs a second of every start.
    gc.set_threshold(50_000, 50, 50)
    try:
        app()
    except AssistantError as error:
        err.print(str(error), style="red")
        raise SystemExit(1) from error


def _settings(**overrides: object) -> Settings:
    return load_settings(**{name: value for name, value in overrides.items() if value is not None})


def _open(settings: Settings | None = None) -> Assistant:
    """The knowledge, loaded in a second: enough to refuse an input before anything slow begins."""
    from assistant.service import Assistant

    return Assistant.open(settings or _settings())


def _prepare(assistant: Assistant) -> None:
    """Get ready to answer; where the knowledge is new or changed, say so and show how far it is."""
    if not assistant.is_learned:
        err.print("知识库是第一次使用或有改动：先建索引、学习练习句库，通常一到两分钟。")
    with bar("准备索引") as report:
        assistant.index(progress=report)


# --- serving and indexing ---------------------------------------------------------------------------------------------


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，默认 127.0.0.1（只限本机）")] = None,
    port: Annotated[int | None, typer.Option(help="端口，默认 7860", min=1, max=65535)] = None,
    open: Annotated[bool, typer.Option("--open", help="有桌面时自动打开浏览器")] = False,
) -> None:
    """打开网页（同一地址下也有 API）。页面几秒就能用；索引没建好时边建边等，这里和页面都显示进度。

    例：partner-lens serve --port 8080
    """
    from assistant.interfaces.web.app import serve as serve_page

    settings = _settings(host=host, port=port)

    def announce(address: str) -> None:
        err.print(f"Partner Lens 已启动：{address}  （按 Ctrl+C 停止）")
        threading.Thread(target=_watch, args=(assistant,), daemon=True).start()
        if open:
            typer.launch(address)

    assistant = _open(settings)
    try:
        serve_page(assistant, settings, announce)
    finally:
        assistant.stop()


@app.command()
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="丢弃旧索引，全部重建")] = False,
) -> None:
    """建立或更新索引：只处理新增和改动的内容；中断后再运行会接着做。

    例：partner-lens index；换了编码模型之后：partner-lens index --rebuild
    """
    assistant = _open()
    if not assistant.is_learned:
        err.print("练习句库是第一次使用或有改动：建索引之外还要重新学习，通常一到两分钟。")
    with bar("建立索引") as report:
        embedded, total = assistant.index(rebuild=rebuild, progress=report)
    err.print(
        f"索引就绪：知识库 {total} 段，本次新编码 {embedded} 段。其余国家法律可用关键词检索，网页运行时在后台继续编码。"
    )


def _watch(assistant: Assistant) -> None:
    """Show on the terminal how far the index is, and say when it is ready or why it is not."""
    with bar("建立索引") as report:
        while (at := assistant.readiness).phase in ("loading", "indexing"):
            if at.total:
                report(at.done, at.total)
            time.sleep(WATCH_S)
    err.print("已就绪，可以提问。" if at.phase == "ready" else at.message)


# --- assess, ask, chat, search ----------------------------------------------------------------------------------------


@app.command()
def assess(
    text: Annotated[str | None, typer.Argument(help="对合作方做法的描述，放在引号里")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="docx、pdf、txt 或 md 文件")] = None,
    jsonl: Jsonl = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """评估一段描述像不像已记录的手法。

    例：partner-lens assess "中介说内部有人，包过，收贷款额的12%"
    """
    _one_of(out, text=text, file=file, jsonl=jsonl)
    assistant = _open()
    if jsonl is not None:
        lines, folder = batch_lines(jsonl, out), jsonl.parent
        _prepare(assistant)
        run_batch(lines, out, lambda row: assistant.assess(_row_text(row, assistant, folder)).as_json(row.get("id")))
        return
    given = assistant.checked(assistant.read_file(file) if file else text or "")
    _prepare(assistant)
    assessment = assistant.assess(given)
    if as_json:
        say_json(assessment.as_json())
        return
    say(assessment.reply)
    for found in assessment.patterns:
        say(f"\n【{found.name}】")
        for match in found.matched:
            say(f"  原文“{match.span}” → {match.says}")
        for counter in found.countered:
            say(f"  相反“{counter.span}” → {counter.why}")
        say("  依据：" + "；".join(f"《{c.law}》{c.article or ''}" for c in found.citations))
        cases = [assistant.library.cases[id].title for id in found.cases]
        say("  类似案例：" + "；".join(cases))
    say_list("建议询问", assessment.questions)
    say_list("建议做法", assessment.actions)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="关于规定的问题，放在引号里")] = None,
    jsonl: Jsonl = None,
    out: Out = None,
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规定回答")] = None,
    as_json: AsJson = False,
) -> None:
    """回答制度问题：每句话都有核对过的条文，没有依据就说没有。

    例：partner-lens ask "助贷平台可以向借款人收费吗"
    """
    _one_of(out, question=question, jsonl=jsonl)
    assistant = _open()
    day = as_of.date() if as_of else None
    if jsonl is not None:
        lines = batch_lines(jsonl, out)
        _prepare(assistant)
        run_batch(lines, out, lambda row: assistant.ask(word(row, "question"), _day(row) or day).as_json(row.get("id")))
        return
    given = assistant.checked(question or "")
    _prepare(assistant)
    answer = assistant.ask(given, day)
    if as_json:
        say_json(answer.as_json())
        return
    if answer.abstained:
        say(f"没有找到可以依据的规定：{answer.reason}")
    for sentence in answer.sentences:
        marks = "；".join(f"《{c.law}》{c.article or ''}" for c in sentence.citations)
        say(sentence.text + (f"  〔{marks}〕" if marks else ""))
    say_list("请注意", answer.notices)
    if answer.abstained:
        say_list("最接近的内容", tuple(passage.title for passage in answer.nearest[:5]))


@app.command()
def chat(
    jsonl: Annotated[Path, typer.Option("--jsonl", help='每行 {"id", "turns": ["…"]}')],
    out: Out = None,
) -> None:
    """逐轮回答整段对话，与网页聊天相同。

    例：partner-lens chat --jsonl 对话.jsonl --out 答复.jsonl
    """
    from assistant.casework import Reply

    assistant = _open()
    lines = batch_lines(jsonl, out)
    _prepare(assistant)

    def whole(row: Row) -> dict[str, object]:
        turns = row.get("turns")
        if not isinstance(turns, list) or not all(isinstance(item, str) for item in turns):
            raise UnreadableSource('缺少 "turns"，或它不是文字的列表。')
        replies: list[Reply] = []
        for item in turns:
            replies.append(assistant.reply(item, replies))
        return {"id": row.get("id"), "turns": [reply.as_json() for reply in replies]}

    run_batch(lines, out, whole)


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="要查的话")] = None,
    jsonl: Jsonl = None,
    out: Out = None,
    top: Annotated[int, typer.Option(help="最多几条", min=1, max=1000)] = 10,
    kind: Annotated[list[str] | None, typer.Option(help="只查 statute、rule、case 或 pattern，可重复")] = None,
    as_json: AsJson = False,
) -> None:
    """看检索找到了什么：一条一行，最相关的在前。

    例：partner-lens search "助贷 收费" --top 5 --kind rule
    """
    _one_of(out, query=query, jsonl=jsonl)
    kinds = _kinds(kind)
    assistant = _open()

    def hits(text: str, id: object) -> dict[str, object]:
        shown = {"source_id", "kind", "law", "article", "title", "score", "text"}
        return {"id": id, "hits": [hit.model_dump(include=shown) for hit in assistant.search(text, top, kinds)]}

    if jsonl is not None:
        lines = batch_lines(jsonl, out)
        _prepare(assistant)
        run_batch(lines, out, lambda row: hits(word(row, "query"), row.get("id")))
        return
    given = assistant.checked(query or "")
    _prepare(assistant)
    if as_json:
        say_json(hits(given, None))
    else:
        for hit in assistant.search(given, top, kinds):
            say(f"{hit.score:.3f}  {hit.title}  {' '.join(hit.text.split())[:60]}")


@corpus_app.command("check")
def corpus_check(as_json: AsJson = False) -> None:
    """检查知识库：编号、互相引用、条文、日期、效力、重复。有错误时退出码为 1。

    例：改完 corpus/ 里的文件后，partner-lens corpus check
    """
    from assistant.knowledge import Library
    from assistant.knowledge.check import check_corpus
    from assistant.knowledge.citations import Citations

    library = Library.open(_settings().corpus)
    problems = check_corpus(library, Citations(library), date.today())
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        say_json([{**vars(problem)} for problem in problems])
    for problem in () if as_json else problems:
        say(f"{'错误' if problem.severity == 'error' else '提醒'}  {problem}")
    counts = f"模式 {len(library.patterns)}、案例 {len(library.cases)}、法规 {len(library.corpus.regulations)}"
    err.print(f"{counts}、练习句 {len(library.corpus.practices)}：{errors} 个错误，{len(problems) - errors} 个提醒。")
    if errors:
        raise typer.Exit(1)


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Option(help="标注集所在文件夹")] = Path("tests/evaluation"),
    author: Annotated[list[str] | None, typer.Option(help="只评这些作者的标注，可重复")] = None,
    benchmark: Annotated[Path | None, typer.Option(help="检索评测集（JSONL，问题与应找到的法条）")] = None,
    as_json: AsJson = False,
) -> None:
    """用标注集衡量质量：像不像、误报、引文、该不该答；并与关键词、纯向量、纯 BM25 对照。

    例：partner-lens evaluate --folder tests/evaluation
    """
    from assistant.evaluation import evaluate as measure
    from assistant.evaluation import evaluate_all, table

    assistant = _open()
    _prepare(assistant)
    if as_json:
        say_json(evaluate_all(assistant, folder, tuple(author or ()), benchmark))
        return
    for part in measure(assistant, folder, tuple(author or ()), benchmark):
        say(table(part))


@app.command()
def bench(as_json: AsJson = False) -> None:
    """在同一次运行里量速度：索引、提问、评估各用多久，是编码一句话的几倍，内存峰值多少。

    例：partner-lens bench --json > 速度.json
    """
    from assistant.evaluation.bench import bench_all, bench_table

    assistant = _open()
    _prepare(assistant)
    report = bench_all(assistant)
    say_json(report) if as_json else say(bench_table(report))


# --- small parts ------------------------------------------------------------------------------------------------------


def _one_of(out: Path | None, **given: object) -> None:
    if out is not None and given["jsonl"] is None:
        raise typer.BadParameter("--out 只和 --jsonl 一起用；单次的结果在标准输出，可以用 > 存到文件。")
    if sum(value is not None for value in given.values()) != 1:
        names = "、".join(name if name in ("text", "question", "query") else f"--{name}" for name in given)
        raise typer.BadParameter(f"请给且只给其中一项：{names}")


def _kinds(kind: list[str] | None) -> tuple[Kind, ...] | None:
    known: tuple[Kind, ...] = ("statute", "rule", "case", "pattern")
    for name in kind or ():
        if name not in known:
            raise typer.BadParameter(f"--kind 只能是 {'、'.join(known)}，不是 {name}")
    return tuple(item for item in known if item in kind) if kind else None


def _row_text(row: Row, assistant: Assistant, folder: Path) -> str:
    if isinstance(row.get("file"), str):
        return assistant.read_file(folder / row["file"])
    return word(row, "text")


def _day(row: Row) -> date | None:
    value = row.get("as_of")
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise SettingsError(f'"as_of" 不是日期：{value}。请写成 2026-01-31。') from error


if __name__ == "__main__":
    main()
