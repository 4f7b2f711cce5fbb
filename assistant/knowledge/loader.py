"""corpus/ files -> Pattern, Case, Regulation.

Officers write these files by hand, so reading never stops at a mistake: a file that cannot be used becomes a `Problem`
with file, line, what is wrong and what was expected, is left out, and everything else loads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from assistant.errors import CorpusError
from assistant.knowledge.gaps import Gaps
from assistant.types import Article, Case, Frozen, Pattern, Regulation

SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times faster where it is built
STATUS_WORDS = {"现行有效": "in_force", "已被修改": "amended", "已废止": "repealed", "尚未生效": "not_yet_in_force"}
LEVELS = ("法律", "行政法规", "部门规章", "规范性文件", "司法解释", "自律规范")
DOMAINS = ("lending", "debt", "insurance", "payment", "fundraising", "cross_cutting")
LINKS = ("advertise", "tutorial", "script", "forge", "negotiate", "recruit", "launder", "collude")
UNVERIFIED = re.compile(r"未核|待核|据解读|^全文$|^（附则）$")
HEADING = re.compile(r"^## (?P<label>[^｜\n]+)(?:｜(?P<topic>.*))?$")
ROLE = re.compile(r"^- (?P<role>[^：]+)：(?P<did>.+)$")

T = TypeVar("T", Pattern, Case, Regulation)
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """Something wrong in the corpus, said as a colleague would: where, what, and what was expected.

    An `error` leaves its file out of the loaded corpus; a `warning` does not.
    """

    file: str
    line: int
    what: str
    expected: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}（{self.expected}）"


class TaxonomyEntry(Frozen):
    """Where a pattern's name, domain and one-line gist live, and only there."""

    id: str
    domain: Literal["lending", "debt", "insurance", "payment", "fundraising", "cross_cutting"]
    name: str
    gist: str


@dataclass(frozen=True)
class Corpus:
    """Everything that could be read, and every problem met on the way. `places` maps an id to (file, line), `abbreviations` a title to other names people use."""

    folder: Path
    patterns: tuple[Pattern, ...] = ()
    cases: tuple[Case, ...] = ()
    regulations: tuple[Regulation, ...] = ()
    gaps: Gaps = field(default_factory=Gaps)
    abbreviations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    places: dict[str, tuple[str, int]] = field(default_factory=dict)


class _Broken(Exception):
    """One file cannot be used; carries its problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


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
            except _Broken as broken:
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
    names = _read_abbreviations(folder, problems)
    return Corpus(folder, tuple(patterns), tuple(cases), tuple(regulations), gaps, names, tuple(problems), places)


# --- YAML with line numbers -------------------------------------------------------------------------------------------


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _Broken(Problem(name, 1, "不是 UTF-8 文本", "请另存为 UTF-8 编码")) from error
    except OSError as error:
        raise _Broken(Problem(name, 1, f"读不出来：{error.strerror}", "请检查文件权限")) from error


def _parse(text: str, name: str, offset: int = 0) -> tuple[Any, yaml.Node | None]:
    """Parse YAML to a plain value and its node tree, whose marks give line numbers."""
    try:
        loader = SafeLoader(text)
        node = loader.get_single_node()
        return (loader.construct_document(node) if node else None), node
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + 1 + offset
        what = getattr(error, "problem", None) or "YAML 写法有误"
        raise _Broken(Problem(name, line, f"YAML 写法有误：{what}", "检查缩进、冒号后的空格和引号是否成对")) from error


def _line(node: yaml.Node | None, loc: Sequence[int | str], offset: int) -> int:
    """The line of the deepest part of `loc` that exists in the file."""
    line = (node.start_mark.line if node else 0) + 1
    for step in loc:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    line, found = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = node.value[step]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line + offset


def _validate(
    model: type[M], value: dict[str, Any], node: yaml.Node | None, name: str, offset: int = 0
) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = []
        for fault in error.errors():
            loc = fault["loc"]
            where = ".".join(str(step + 1 if isinstance(step, int) else step) for step in loc) or "文件"
            problems.append(Problem(name, _line(node, loc, offset), *_explain(fault, where, model)))
        raise _Broken(*problems) from error


def _explain(fault: Any, where: str, model: type[BaseModel]) -> tuple[str, str]:
    """Say a pydantic fault in words an officer can act on."""
    kind = fault["type"]
    if kind == "missing":
        return f"缺少 `{where}`", "请补上这一项"
    if kind == "extra_forbidden":
        near = get_close_matches(str(fault["loc"][-1]), list(model.model_fields), 1, 0.6)
        return f"不认识的项 `{where}`", f"是不是想写 `{near[0]}`？" if near else "请删掉或改成已有的项名"
    if kind == "literal_error":
        return f"`{where}` 的值 {fault['input']!r} 不在允许范围", f"只能是 {fault['ctx']['expected']}"
    if kind.startswith("date"):
        return f"`{where}` 不是日期：{fault['input']!r}", "写成 2026-01-31 这样的年-月-日"
    return f"`{where}` 写法不对：{str(fault['input'])[:40]!r}", fault["msg"]


def _mapping(value: Any, name: str, line: int = 1) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Broken(Problem(name, line, "内容不是“项名: 值”的结构", "照 corpus/README.md 的样子写"))
    return {str(key): item for key, item in value.items()}


# --- the kinds of file ------------------------------------------------------------------------------------------------


def _read_taxonomy(folder: Path, problems: list[Problem]) -> dict[str, TaxonomyEntry]:
    name, entries = "taxonomy.yaml", {}
    try:
        value, node = _parse(_text(folder / name, name), name)
    except _Broken as broken:
        problems.extend(broken.problems)
        return {}
    for position, item in enumerate(value if isinstance(value, list) else []):
        part = node.value[position] if isinstance(node, yaml.SequenceNode) else None
        try:
            entry = _validate(TaxonomyEntry, _mapping(item, name, _line(part, (), 0)), part, name)
        except _Broken as broken:
            problems.extend(broken.problems)
            continue
        if entry.id in entries:
            problems.append(Problem(name, _line(part, (), 0), f"id `{entry.id}` 重复", "每个模式只列一次"))
        entries[entry.id] = entry
    return entries


def _read_pattern(path: Path, name: str, taxonomy: dict[str, TaxonomyEntry]) -> Pattern:
    parsed, node = _parse(_text(path, name), name)
    value = _mapping(parsed, name)
    id = str(value.get("id", ""))
    if id != path.stem:
        raise _Broken(Problem(name, _line(node, ("id",), 0), f"id `{id}` 与文件名不一致", f"应为 `{path.stem}`"))
    entry = taxonomy.get(id)
    if entry is None:
        near = get_close_matches(id, list(taxonomy), 1)
        raise _Broken(
            Problem(
                name,
                _line(node, ("id",), 0),
                f"taxonomy.yaml 里没有 `{id}`",
                f"是不是 `{near[0]}`？" if near else "先在 taxonomy.yaml 加一行 id、domain、name、gist",
            )
        )
    if not value.get("indicators"):
        raise _Broken(Problem(name, _line(node, ("indicators",), 0), "没有写迹象 `indicators`", "至少写一条可观察迹象"))
    value["chain"] = [
        {"link": str(link), "detail": str(detail)}
        for item in value.get("chain") or ()
        for link, detail in _mapping(item, name, _line(node, ("chain",), 0)).items()
    ]
    value |= {"name": entry.name, "domain": entry.domain, "gist": entry.gist}
    return _validate(Pattern, value, node, name)


def _front_matter(path: Path, name: str) -> tuple[dict[str, Any], yaml.Node | None, str, int]:
    """Split a Markdown file into its front matter and body; the last number is the body's first line."""
    text = _text(path, name).replace("\r\n", "\n")
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    if match is None:
        raise _Broken(Problem(name, 1, "文件开头没有 --- 包起来的信息栏", "照 corpus/README.md 的样子写"))
    value, node = _parse(match.group(1), name, offset=1)
    return _mapping(value, name), node, text[match.end() :], match.group(0).count("\n") + 1


def _read_case(path: Path, name: str) -> Case:
    value, node, body, start = _front_matter(path, name)
    facts, *sections = re.split(r"^## +", body, flags=re.M)
    value["facts"] = facts.strip()
    if not value["facts"]:
        raise _Broken(Problem(name, start, "没有写案情", "在信息栏下面写一段经过"))
    line = start + facts.count("\n")
    for section in sections:
        title, _, content = section.partition("\n")
        items = [row[2:].strip() for row in content.splitlines() if row.startswith("- ")]
        match title.strip():
            case "各方角色":
                value["roles"] = [_role(row, name, line) for row in content.splitlines() if row.startswith("- ")]
            case "可疑迹象":
                value["red_flags"] = items
            case "启示":
                value["lessons"] = content.strip()
            case other:
                raise _Broken(Problem(name, line, f"不认识的小标题“{other}”", "只能是 各方角色、可疑迹象、启示"))
        line += section.count("\n")
    return _validate(Case, {**value, "date": str(value.get("date", ""))}, node, name, offset=1)


def _role(row: str, name: str, line: int) -> dict[str, str]:
    match = ROLE.match(row)
    if match is None:
        raise _Broken(Problem(name, line, f"各方角色写法不对：{row[:30]}", "写成“- 角色：做了什么”"))
    return match.groupdict()


def _read_regulation(path: Path, name: str) -> Regulation:
    value, node, body, start = _front_matter(path, name)
    status = value.get("status")
    if status not in STATUS_WORDS:
        expected = "只能是 " + "、".join(STATUS_WORDS)
        raise _Broken(Problem(name, _line(node, ("status",), 1), f"`status` 的值 {status!r} 不认识", expected))
    value["status"] = STATUS_WORDS[status]
    value["title"] = str(value.get("title", "")).removeprefix("中华人民共和国")
    value["effective"] = str(value.get("effective", ""))
    value["effective_from"] = as_date(value["effective"])
    value["issued"] = str(value.get("issued") or "")
    value["articles"] = list(_articles(body, name, start))
    return _validate(Regulation, value, node, name, offset=1)


def _articles(body: str, name: str, start: int) -> Iterator[Article]:
    """Read `## 条号｜主题`, its `- confidence:` and `- patterns:` lines, and the précis below them."""
    blocks: list[tuple[int, re.Match[str], list[str]]] = []
    for number, row in enumerate(body.splitlines(), start):
        if row.startswith("## "):
            heading = HEADING.match(row)
            if heading is None:
                raise _Broken(Problem(name, number, f"条目标题写法不对：{row[:30]}", "写成“## 第十条｜主题”"))
            blocks.append((number, heading, []))
        elif blocks:
            blocks[-1][2].append(row)
        elif row.strip():
            raise _Broken(Problem(name, number, f"条目之前有多余文字：{row[:30]}", "先写“## 条号｜主题”"))
    for number, heading, rows in blocks:
        facts = dict(re.findall(r"^- (confidence|patterns): *(.*)$", "\n".join(rows), re.M))
        text = "\n".join(row for row in rows if not re.match(r"- (confidence|patterns):", row)).strip()
        confidence = facts.get("confidence", "")
        if not text:
            raise _Broken(Problem(name, number, f"{heading['label']} 没有内容", "写一段要点，用自己的话"))
        if confidence not in ("high", "medium"):
            raise _Broken(Problem(name, number, f"{heading['label']} 的 confidence 不对", "写 high 或 medium"))
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
        value, node = _parse(_text(folder / name, name), name)
        return _validate(Gaps, _mapping(value, name), node, name)
    except _Broken as broken:
        problems.extend(broken.problems)
        return Gaps()


def _read_abbreviations(folder: Path, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """Other names by title; a line that is not a list of names is reported and left out."""
    name, names = "regulations/abbreviations.yaml", {}
    if not (folder / name).is_file():
        return {}
    try:
        value, node = _parse(_text(folder / name, name), name)
        entries = _mapping(value, name)
    except _Broken as broken:
        problems.extend(broken.problems)
        return {}
    for title, others in entries.items():
        if isinstance(others, list) and all(isinstance(other, str) for other in others):
            names[title] = tuple(others)
        else:
            problems.append(Problem(name, _line(node, (title,), 0), f"{title} 的写法不对", "写成“全称: [简称, 简称]”"))
    return names


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
