"""Measured quality, for developers and for compliance staff after they edited the corpus.

Labelled sets live with the tests and not in the package: they are about this corpus and never shipped to be learned
from. Every share is reported separately for the authors whose texts were looked at while building and for those held
out, because only the second predicts how unseen language is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from assistant.errors import UnreadableSource
from assistant.evaluation import baselines, conversations, kinds, questions
from assistant.evaluation.cores import on_all_cores
from assistant.evaluation.practices import LabelledPractice, Measure, load_practices, measure_practices
from assistant.evaluation.statutes import measure_statutes
from assistant.service import Assistant

__all__ = ["evaluate", "evaluate_all", "table"]

Report = dict[str, Any]


def evaluate_all(
    assistant: Assistant, folder: Path, authors: tuple[str, ...] = (), benchmark: Path | None = None
) -> Report:
    """Measure practices, questions, conversations and, when a benchmark file is given, statute retrieval.

    The result is `{"practices": {split: {"methods": {method: [measure]}, "kinds", "reliability", "spelling"}},
    "questions": {split: {measure: value}}, "conversations": {split: {measure: value}}, "statutes": …}`.
    """
    report: Report = {} if benchmark is not None else {"practices": {}, "questions": {}, "conversations": {}}
    for part in evaluate(assistant, folder, authors, benchmark):
        for kind, found in part.items():
            report[kind] = {**report.get(kind, {}), **found}
    return report


def evaluate(
    assistant: Assistant, folder: Path, authors: tuple[str, ...] = (), benchmark: Path | None = None
) -> Iterator[Report]:
    """The same in parts as they are measured, the descriptions first: all of it takes minutes."""
    if benchmark is not None:
        yield {"statutes": measure_statutes(assistant, benchmark)}
        return
    splits = _splits(folder)
    for split, names in splits["practices"].items():
        rows = load_practices(folder / "practices", [name for name in names if not authors or name in authors])
        if rows:
            yield {"practices": {split: _practices(assistant, rows)}}
    for split, names in splits["questions"].items():
        labelled = [
            question
            for name in names
            if not authors or name in authors
            for question in questions.load(folder / "questions" / f"{name}.jsonl")
        ]
        if labelled:
            pairs = [(question, assistant.ask(question.question, question.as_of)) for question in labelled]
            yield {"questions": {split: questions.score(pairs).model_dump()}}
    for split, names in splits["conversations"].items():
        chosen = [
            conversation
            for name in names
            if not authors or name in authors
            for conversation in conversations.load(folder / "conversations" / f"{name}.jsonl")
        ]
        if chosen:
            yield {
                "conversations": {split: conversations.score(conversations.hold(chosen, assistant.reply)).model_dump()}
            }


def _splits(folder: Path) -> dict[str, dict[str, list[str]]]:
    try:
        value: dict[str, dict[str, list[str]]] = yaml.safe_load((folder / "splits.yaml").read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableSource(f"找不到标注集 {folder}/splits.yaml。请用 --folder 指到标注集所在文件夹。") from error
    return value


def _practices(assistant: Assistant, rows: list[LabelledPractice]) -> dict[str, Any]:
    def assess(texts: Sequence[str]) -> list[dict[str, Any]]:
        return on_all_cores(lambda text: assistant.assess(text).as_json(), texts)

    results = assess([row.text for row in rows])
    ours = measure_practices(rows, results)
    recall = next(measure.value for measure in ours if measure.name == "risen when it should")
    library, encoder = assistant.library, assistant.encoder
    methods = {
        "keyword bot": baselines.keyword_bot(library, rows),
        "dense only": baselines.dense_only(library, rows, encoder.encode_query, encoder.encode_passage),
        "BM25 only": baselines.bm25_only(library, rows),
    }
    measured: dict[str, list[Measure]] = {"ours": ours}
    for name, scores in methods.items():
        measured[name] = measure_practices(rows, baselines.as_results(scores, library, rows, recall))
    return {
        "methods": {name: [measure.model_dump() for measure in measures] for name, measures in measured.items()},
        "kinds": [kind.model_dump() for kind in kinds.by_kind(rows, results)],
        "reliability": [step.model_dump() for step in kinds.reliability(rows, results)],
        "spelling": [measure.model_dump() for measure in kinds.by_spelling(rows, results, assess)],
    }


def table(report: Report) -> str:
    """The report as text tables."""
    console = Console(width=150, record=True, file=StringIO())
    for split, found in report.get("practices", {}).items():
        methods = found["methods"]
        count = max(measure["count"] for measure in methods["ours"])
        shown = Table("measure (95 % interval)", *methods, title=f"practices, {split} ({count} texts)")
        for number, measure in enumerate(methods["ours"]):
            named = [{m["name"]: m for m in rows}.get(measure["name"]) for rows in methods.values()]
            cells = [f"{m['value']:.3f} [{m['low']:.2f}, {m['high']:.2f}]" if m else "–" for m in named]
            shown.add_row(methods["ours"][number]["name"], *cells)
        console.print(shown)
        for part in (_kinds(found["kinds"], split), _reliability(found["reliability"]), _spelling(found["spelling"])):
            console.print(part)
    for kind, title in (("questions", "policy questions"), ("conversations", "conversations")):
        for split, values in report.get(kind, {}).items():
            shown = Table("measure", "value", title=f"{title}, {split}")
            for name, value in values.items():
                shown.add_row(name.replace("_", " "), str(value))
            console.print(shown)
    if "statutes" in report:
        shown = Table("method", "Recall@10", "nDCG@10", title="statute retrieval")
        for name, value in report["statutes"].items():
            shown.add_row(name, f"{value['recall_at_10']:.3f}", f"{value['ndcg_at_10']:.3f}")
        console.print(shown)
    return console.export_text()


def _kinds(rows: list[Report], split: str) -> Table:
    shown = Table("kind", "texts", "acceptable first", "risen when it should", "false alarm", title=f"by kind, {split}")
    for row in rows:
        shown.add_row(row["kind"], str(row["count"]), *(_cell(row[name]) for name in ("first", "risen", "alarm")))
    return shown


def _reliability(rows: list[Report]) -> Table:
    shown = Table("score of the first pattern", "texts", "mean score", "acceptable", title="reliability")
    for row in rows:
        shown.add_row(f"{row['low']:.2f} to {row['high']:.2f}", str(row["count"]), str(row["score"]), str(row["right"]))
    return shown


def _spelling(rows: list[Report]) -> Table:
    shown = Table("the same text written", "texts", "same level and first pattern", title="spelling")
    for row in rows:
        shown.add_row(row["name"], str(row["count"]), _cell(row))
    return shown


def _cell(measure: Report | None) -> str:
    return f"{measure['value']:.3f} [{measure['low']:.2f}, {measure['high']:.2f}]" if measure else "–"
