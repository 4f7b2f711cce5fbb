"""YAML that remembers its lines, so that a mistake is reported where an officer finds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from assistant.knowledge.problems import Broken, Problem

M = TypeVar("M", bound=BaseModel)


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C parser is ten times faster
    """YAML whose dates stay text, so that a day of no calendar is reported like any other wrong value."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()
}


def text_of(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a byte order mark before the first word
    except UnicodeDecodeError as error:
        raise Broken(Problem(name, 1, "不是 UTF-8 文本", "请另存为 UTF-8 编码")) from error
    except OSError as error:
        raise Broken(Problem(name, 1, f"读不出来：{error.strerror}", "请检查文件权限")) from error


def parse(text: str, name: str, offset: int = 0) -> tuple[Any, yaml.Node | None]:
    """Parse YAML to a plain value and its node tree, whose marks give line numbers."""
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        if twice := list(_twice(node)):
            raise Broken(*(Problem(name, line + offset, f"`{key}` 写了两次", "合并成一处") for key, line in twice))
        return (loader.construct_document(node) if node else None), node
    except yaml.YAMLError as error:
        begun = "quoted scalar" in (getattr(error, "context", None) or "")  # then the mistake is where the quote opens
        mark = getattr(error, "context_mark" if begun else "problem_mark", None)
        line = (mark.line if mark else 0) + 1 + offset
        what = getattr(error, "problem", None) or "YAML 写法有误"
        raise Broken(Problem(name, line, f"YAML 写法有误：{what}", "检查缩进、冒号后的空格和引号是否成对")) from error


def _twice(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Every key that a mapping below `node` has twice, with its line: YAML itself would silently keep the last one."""
    waiting, met = [node], set()
    while waiting:
        part = waiting.pop()
        if id(part) in met:  # an alias may lead back to where it stands
            continue
        met.add(id(part))
        if isinstance(part, yaml.SequenceNode):
            waiting += part.value
        elif isinstance(part, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in part.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    yield key.value, key.start_mark.line + 1
                seen.add(str(key.value))
                waiting.append(value)


def line_of(node: yaml.Node | None, loc: Sequence[int | str], offset: int) -> int:
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


def validate(model: type[M], value: dict[str, Any], node: yaml.Node | None, name: str, offset: int = 0) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = []
        for fault in error.errors():
            loc = fault["loc"]
            where = ".".join(str(step + 1 if isinstance(step, int) else step) for step in loc) or "文件"
            problems.append(Problem(name, line_of(node, loc, offset), *_explain(fault, where, model)))
        raise Broken(*problems) from error


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
    if kind == "tuple_type":
        return f"`{where}` 不是列表", "每条写一行，以“- ”开头"
    if kind == "string_type":
        return f"`{where}` 不是文字：{str(fault['input'])[:40]!r}", "数字请加引号，多行请合成一段"
    return f"`{where}` 写法不对：{str(fault['input'])[:40]!r}", fault["msg"]


def mapping(value: Any, name: str, line: int = 1) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Broken(Problem(name, line, "内容不是“项名: 值”的结构", "照 corpus/README.md 的样子写"))
    return {str(key): item for key, item in value.items()}
