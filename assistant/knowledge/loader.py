"""corpus/ files -> Pattern, Case, Regulation.

Officers write these files by hand, so reading never stops at a mistake: a file that cannot be used becomes a `Problem`
with file, line, what is wrong and what was expected, is left out, and everything else loads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

from assistant.errors import CorpusError
from assistant.knowledge.gaps import Gaps
from assistant.knowledge.imported import Imported, read_imported
from assistant.knowledge.labelled import read_corrections, read_practices, read_questions, read_turns
from assistant.knowledge.lines import line_of, mapping, parse, text_of, validate
from assistant.knowledge.neighbours import read_neighbours
from assistant.knowledge.problems import Broken, Problem
from assistant.knowledge.speech import Speech, read_speech
from assistant.types import (
    Article,
    BankCorrection,
    BankQuestion,
    BankTurn,
    Boundary,
    Case,
    Frozen,
    Pattern,
    Practice,
    Regulation,
)

STATUS_WORDS = {"现行有效": "in_force", "已被修改": "amended", "已废止": "repealed", "尚未生效": "not_yet_in_force"}
LEVELS = ("法律", "行政法规", "部门规章", "规范性文件", "司法解释", "自律规范")
DOMAINS = ("lending", "debt", "insurance", "payment", "fundraising", "cross_cutting")
LINKS = ("advertise", "tutorial", "script", "forge", "negotiate", "recruit", "launder", "collude")
UNVERIFIED = re.compile(r"未核|待核|据解读|^全文$|^（附则）$")
HEADING = re.compile(r"^## (?P<label>[^｜\n]+)(?:｜(?P<topic>.*))?$")
ROLE = re.compile(r"^- (?P<role>[^：]+)：(?P<did>.+)$")

T = TypeVar("T", Pattern, Case, Regulation)


class TaxonomyEntry(Frozen):
    """Where a pattern's name, domain and one-line gist live, and only there."""

    id: str
    domain: Literal["lending", "debt", "insurance", "payment", "fundraising", "cross_cutting"]
    name: str
    gist: str
    english: str = ""


@dataclass(frozen=True)
class Corpus:
    """Everything that could be read, and every problem met on the way.

    `places` maps an id to (file, line).
    """

    folder: Path
    patterns: tuple[Pattern, ...] = ()
    cases: tuple[Case, ...] = ()
    regulations: tuple[Regulation, ...] = ()
    practices: tuple[Practice, ...] = ()
    questions: tuple[BankQuestion, ...] = ()
    turns: tuple[BankTurn, ...] = ()
    corrections: tuple[BankCorrection, ...] = ()
    neighbours: tuple[Boundary, ...] = ()
    gaps: Gaps = field(default_factory=Gaps)
    speech: Speech = field(default_factory=Speech)
    imported: tuple[Imported, ...] = ()
    problems: tuple[Problem, ...] = ()
    places: dict[str, tuple[str, int]] = field(default_factory=dict)


def load_corpus(folder: Path) -> Corpus:
    """Read a corpus folder. Raises `CorpusError` only when there is nothing to read at all."""
    if not (folder / "taxonomy.yaml").is_file():
        raise CorpusError(f"知识库不完整：{folder} 下没有 taxonomy.yaml。请检查 PARTNER_LENS_CORPUS 指向的文件夹。")
    problems: list[Problem] = []
    places: dict[str, tuple[str, int]] = {}

    def gather(pattern: str, read: Callable[[Path, str], T]) -> list[T]:
        found: list[T] = []
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix()
            try:
                item = read(path, name)
            except Broken as broken:
                problems.extend(broken.problems)
                continue
            if item.id in places:
                other = places[item.id][0]
                problems.append(Problem(name, 1, f"id `{item.id}` 重复", f"{other} 已经用了它，请换一个 id"))
                continue
            places[item.id] = (name, 1)
            found.append(item)
        return found

    taxonomy = _read_taxonomy(folder, problems)
    patterns = gather("patterns/*/*.yaml", lambda path, name: _read_pattern(path, name, taxonomy))
    cases = gather("cases/*.md", _read_case)
    regulations = _link(gather("regulations/*/*.md", _read_regulation))
    gaps = _read_gaps(folder, problems)
    known = {pattern.id for pattern in patterns}
    return Corpus(
        folder,
        patterns=tuple(patterns),
        cases=tuple(cases),
        regulations=tuple(regulations),
        practices=read_practices(folder, known, problems),
        questions=read_questions(folder, problems),
        turns=read_turns(folder, problems),
        corrections=read_corrections(folder, problems),
        neighbours=read_neighbours(folder, known, problems),
        gaps=gaps,
        speech=read_speech(folder, problems),
        imported=read_imported(folder, problems),
        problems=tuple(problems),
        places=places,
    )


# --- the kinds of file ------------------------------------------------------------------------------------------------


def _read_taxonomy(folder: Path, problems: list[Problem]) -> dict[str, TaxonomyEntry]:
    name, entries = "taxonomy.yaml", {}
    try:
        value, node = parse(text_of(folder / name, name), name)
    except Broken as broken:
        problems.extend(broken.problems)
        return {}
    if not isinstance(value, list):
        problems.append(Problem(name, 1, "内容不是列表", "每个模式写一条：id、domain、name、gist"))
        return {}
    for position, item in enumerate(value):
        part = node.value[position] if isinstance(node, yaml.SequenceNode) else None
        try:
            entry = validate(TaxonomyEntry, mapping(item, name, line_of(part, (), 0)), part, name)
        except Broken as broken:
            problems.extend(broken.problems)
            continue
        if entry.id in entries:
            problems.append(Problem(name, line_of(part, (), 0), f"id `{entry.id}` 重复", "每个模式只列一次"))
        elif not any(folder.glob(f"patterns/*/{entry.id}.yaml")):
            expected = f"加上 patterns/领域/{entry.id}.yaml，或删掉这一条"
            problems.append(Problem(name, line_of(part, (), 0), f"`{entry.id}` 没有自己的文件", expected))
        entries[entry.id] = entry
    return entries


def _read_pattern(path: Path, name: str, taxonomy: dict[str, TaxonomyEntry]) -> Pattern:
    parsed, node = parse(text_of(path, name), name)
    value = mapping(parsed, name)
    id = str(value.get("id", ""))
    if id != path.stem:
        raise Broken(Problem(name, line_of(node, ("id",), 0), f"id `{id}` 与文件名不一致", f"应为 `{path.stem}`"))
    entry = taxonomy.get(id)
    if entry is None:
        near = get_close_matches(id, list(taxonomy), 1)
        raise Broken(
            Problem(
                name,
                line_of(node, ("id",), 0),
                f"taxonomy.yaml 里没有 `{id}`",
                f"是不是 `{near[0]}`？" if near else "先在 taxonomy.yaml 加一行 id、domain、name、gist",
            )
        )
    if not value.get("indicators"):
        raise Broken(
            Problem(name, line_of(node, ("indicators",), 0), "没有写迹象 `indicators`", "至少写一条可观察迹象")
        )
    if isinstance(value.get("chain"), list):
        value["chain"] = [
            {"link": str(link), "detail": str(detail)}
            for item in value["chain"]
            for link, detail in mapping(item, name, line_of(node, ("chain",), 0)).items()
        ]
    value |= {"name": entry.name, "domain": entry.domain, "gist": entry.gist, "english": entry.english}
    return validate(Pattern, value, node, name)


def _front_matter(path: Path, name: str) -> tuple[dict[str, Any], yaml.Node | None, str, int]:
    """Split a Markdown file into its front matter and body; the last number is the body's first line."""
    text = text_of(path, name).replace("\r\n", "\n")
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    if match is None:
        raise Broken(Problem(name, 1, "文件开头没有 --- 包起来的信息栏", "照 corpus/README.md 的样子写"))
    value, node = parse(match.group(1), name, offset=1)
    return mapping(value, name), node, text[match.end() :], match.group(0).count("\n") + 1


def _read_case(path: Path, name: str) -> Case:
    value, node, body, start = _front_matter(path, name)
    facts, *sections = re.split(r"^## +", body, flags=re.M)
    value["facts"] = facts.strip()
    if not value["facts"]:
        raise Broken(Problem(name, start, "没有写案情", "在信息栏下面写一段经过"))
    line = start + facts.count("\n")
    seen: set[str] = set()
    for section in sections:
        title, _, content = section.partition("\n")
        if title in seen:
            raise Broken(Problem(name, line, f"小标题“{title}”写了两次", "合并成一处"))
        seen.add(title)
        match title.strip():
            case "各方角色":
                value["roles"] = [_role(row, name, number) for number, row in _items(content, name, line + 1)]
            case "可疑迹象":
                value["red_flags"] = [row.removeprefix("- ").strip() for _, row in _items(content, name, line + 1)]
            case "启示":
                value["lessons"] = content.strip()
            case other:
                raise Broken(Problem(name, line, f"不认识的小标题“{other}”", "只能是 各方角色、可疑迹象、启示"))
        line += section.count("\n")
    return validate(Case, {**value, "date": str(value.get("date", ""))}, node, name, offset=1)


def _items(content: str, name: str, start: int) -> Iterator[tuple[int, str]]:
    """The lines of a list with their numbers; anything else would be lost and is refused."""
    for number, row in enumerate(content.split("\n"), start):
        if row.strip() and not row.startswith("- "):
            raise Broken(Problem(name, number, f"不是列表里的一条：{row[:30]}", "每条一行，以“- ”开头"))
        if row.strip():
            yield number, row


def _role(row: str, name: str, line: int) -> dict[str, str]:
    match = ROLE.match(row)
    if match is None:
        raise Broken(Problem(name, line, f"各方角色写法不对：{row[:30]}", "写成“- 角色：做了什么”"))
    return match.groupdict()


def _read_regulation(path: Path, name: str) -> Regulation:
    value, node, body, start = _front_matter(path, name)
    status = str(value.get("status"))
    if status not in STATUS_WORDS:
        expected = "只能是 " + "、".join(STATUS_WORDS)
        raise Broken(Problem(name, line_of(node, ("status",), 1), f"`status` 的值 {status!r} 不认识", expected))
    value["status"] = STATUS_WORDS[status]
    value["title"] = str(value.get("title", "")).removeprefix("中华人民共和国")
    value["effective"] = str(value.get("effective", ""))
    value["effective_from"] = as_date(value["effective"])
    value["issued"] = str(value.get("issued") or "")
    value["articles"] = list(_articles(body, name, start))
    return validate(Regulation, value, node, name, offset=1)


def _articles(body: str, name: str, start: int) -> Iterator[Article]:
    """Read `## 条号｜主题`, its `- confidence:` and `- patterns:` lines, and the précis below them."""
    blocks: list[tuple[int, re.Match[str], list[str]]] = []
    for number, row in enumerate(body.splitlines(), start):
        if row.startswith("## "):
            heading = HEADING.match(row)
            if heading is None:
                raise Broken(Problem(name, number, f"条目标题写法不对：{row[:30]}", "写成“## 第十条｜主题”"))
            blocks.append((number, heading, []))
        elif blocks:
            fact = re.match(r"- ([a-z_]+):", row)
            if fact and fact[1] not in ("confidence", "patterns"):
                raise Broken(Problem(name, number, f"不认识的项 `{fact[1]}`", "条目里只有 confidence 和 patterns"))
            blocks[-1][2].append(row)
        elif row.strip():
            raise Broken(Problem(name, number, f"条目之前有多余文字：{row[:30]}", "先写“## 条号｜主题”"))
    for number, heading, rows in blocks:
        facts = dict(re.findall(r"^- (confidence|patterns): *(.*)$", "\n".join(rows), re.M))
        text = "\n".join(row for row in rows if not re.match(r"- (confidence|patterns):", row)).strip()
        confidence = facts.get("confidence", "")
        if not text:
            raise Broken(Problem(name, number, f"{heading['label']} 没有内容", "写一段要点，用自己的话"))
        if confidence not in ("high", "medium"):
            raise Broken(Problem(name, number, f"{heading['label']} 的 confidence 不对", "写 high 或 medium"))
        label = heading["label"].strip()
        citable = confidence == "high" and not UNVERIFIED.search(label)
        yield Article(
            no=label if citable else None,
            label=label,
            topic=(heading["topic"] or "").strip(),
            text=text,
            kind="precis",
            confidence="high" if confidence == "high" else "medium",
            patterns=tuple(part.strip() for part in facts.get("patterns", "").split(",") if part.strip()),
        )


def _read_gaps(folder: Path, problems: list[Problem]) -> Gaps:
    name = "regulations/gaps.yaml"
    if not (folder / name).is_file():
        return Gaps()
    try:
        value, node = parse(text_of(folder / name, name), name)
        return validate(Gaps, mapping(value, name), node, name)
    except Broken as broken:
        problems.extend(broken.problems)
        return Gaps()


def as_date(words: str) -> date | None:
    """The day a text such as `2022-03-01（暂缓施行）` names; None when it names no full day or the day never came."""
    match = re.match(r"\d{4}-\d{2}-\d{2}", words)
    if match is None or "暂缓" in words:
        return None
    try:
        return date.fromisoformat(match.group())
    except ValueError:
        return None


def _link(regulations: list[Regulation]) -> list[Regulation]:
    """Give each repealed text the day its successor took over."""
    known = {regulation.id: regulation for regulation in regulations}
    linked = []
    for regulation in regulations:
        heirs = [known[id].effective_from for id in regulation.superseded_by if id in known]
        days = [day for day in heirs if day is not None]
        ended = min(days) if regulation.status == "repealed" and days else None
        linked.append(regulation.model_copy(update={"ended": ended}) if ended else regulation)
    return linked
