"""`partner-lens corpus check`: what reading one file cannot see.

Reading reports what is wrong inside a file. Here the files are held against each other and against the statutes:
ids that nobody has, articles that do not exist, dates and standings that contradict each other, the same thing said
twice. Each finding names file and line and what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from assistant.knowledge.citations import Citations
from assistant.knowledge.library import Library
from assistant.knowledge.loader import as_date
from assistant.knowledge.problems import Problem
from assistant.types import Regulation


def check_corpus(library: Library, citations: Citations, today: date) -> list[Problem]:
    """Every problem of the corpus: those met while reading and those between files, in file order."""
    problems = [*library.corpus.problems, *_patterns(library, citations, today), *_cases(library, today)]
    for regulation in library.corpus.regulations:
        problems += _regulation(library, regulation, today)
    problems += _twice(library)
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def _patterns(library: Library, citations: Citations, today: date) -> Iterator[Problem]:
    domains = {"lending": "loan-", "insurance": "ins-"}
    for pattern in library.corpus.patterns:
        at = _Place(library, pattern.id)
        if not pattern.id.startswith(domains.get(pattern.domain, "")):
            yield at.warn(
                pattern.id, f"`{pattern.id}` 放在 {pattern.domain}", f"id 通常以 {domains[pattern.domain]} 开头"
            )
        seen: set[str] = set()
        for indicator in pattern.indicators:
            if indicator.id in seen or not indicator.id.startswith(f"{pattern.id}."):
                yield at.error(
                    indicator.id, f"迹象 id `{indicator.id}` 不对或重复", f"写成 {pattern.id}.序号，且不重复"
                )
            seen.add(indicator.id)
            if not indicator.examples:
                yield at.warn(indicator.id, f"{indicator.id} 没有例句 examples", "写两三句真实说法，否则很难比中")
            if not indicator.ask:
                yield at.warn(indicator.id, f"{indicator.id} 没有追问 ask", "写一句能核实它的问题")
        for reference in pattern.articles:
            yield from _reference(at, reference, citations, today)
        if pattern.reviewed > today:
            yield at.error("reviewed", f"reviewed 是将来的日期 {pattern.reviewed}", "写实际复核的日期")
        if pattern.status == "retired" and not pattern.why:
            yield at.error("status", "停用的模式没有写原因", "加一行 why")


def _reference(at: _Place, reference: str, citations: Citations, today: date) -> Iterator[Problem]:
    found = citations.parse(reference)
    if not found:
        name = re.split(r"[ ：]", reference)[0]
        near = get_close_matches(name, [item.title for item in citations.library.regulations.values()], 1, 0.6)
        hint = f"是不是“{near[0]}”？" if near else "用 regulations/ 里的名称，或在 gaps.yaml 的 not_held 里登记"
        yield at.error(reference, f"认不出法规名称“{name}”", hint)
    for item in found:
        resolution = citations.resolve(item, today)
        if resolution.outcome == "no_such":
            yield at.error(reference, resolution.notice, "核对法规名称和条号")
        elif resolution.outcome == "not_current":
            yield at.warn(reference, resolution.notice, "改引现行条文")


def _cases(library: Library, today: date) -> Iterator[Problem]:
    known = [pattern.id for pattern in library.corpus.patterns]
    for case in library.corpus.cases:
        at = _Place(library, case.id)
        for id in case.patterns:
            if id not in known:
                near = get_close_matches(id, known, 1)
                yield at.error(id, f"没有模式 `{id}`", f"是不是 `{near[0]}`？" if near else "见 taxonomy.yaml")
        if not case.patterns:
            yield at.error("patterns", "没有写它属于哪些模式", "至少写一个 taxonomy.yaml 里的 id")
        if not re.search(r"\d{4}|未标日期", case.date):
            yield at.error("date", f"日期“{case.date}”看不懂", "写成 2026-01-31；查不到就写“未标日期”")
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", case.date) and as_date(case.date) is None:
            yield at.error("date", f"日历上没有 {case.date} 这一天", "核对公布日期")
        elif case.year > str(today.year):
            yield at.error("date", f"日期 {case.date} 在将来", "写公布日期")
        for source in case.sources:
            if not source.url.startswith(("http://", "https://")) and source.url != "未取得网址":
                yield at.error(
                    source.url, f"来源网址“{source.url}”不完整", "以 http:// 或 https:// 开头，或写“未取得网址”"
                )
        if case.status == "retired" and not case.why:
            yield at.error("status", "停用的案例没有写原因", "加一行 why")
        if not case.sources:
            yield at.error("sources", "没有来源", "案例必须写明标题、发布者和网址")


def _regulation(library: Library, regulation: Regulation, today: date) -> Iterator[Problem]:
    at = _Place(library, regulation.id)
    known = [pattern.id for pattern in library.corpus.patterns]
    for id in dict.fromkeys(
        [*regulation.patterns, *(id for article in regulation.articles for id in article.patterns)]
    ):
        if id not in known:
            near = get_close_matches(id, known, 1)
            yield at.error(id, f"没有模式 `{id}`", f"是不是 `{near[0]}`？" if near else "见 taxonomy.yaml")
    for entry in (*regulation.superseded_by, *regulation.amended_by):
        id = re.split(r"[（(]", entry)[0]
        if re.fullmatch(r"(reg|law|jud|norm|std)-[a-z0-9-]+", id) and id not in library.regulations:
            near = get_close_matches(id, list(library.regulations), 1)
            yield at.error(id, f"没有法规 `{id}`", f"是不是 `{near[0]}`？" if near else "写已收录法规的 id")
    if regulation.status == "repealed" and not regulation.superseded_by:
        yield at.warn("status", "已废止却没有写替代文件", "写 superseded_by，确无替代也请在 note 说明")
    begins = regulation.effective_from
    for field, words in (("issued", regulation.issued), ("effective", regulation.effective)):
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words) and as_date(words) is None:
            yield at.error(field, f"日历上没有 {words} 这一天", "核对日期")
    if begins and begins > today and regulation.status == "in_force":
        yield at.error("effective", f"{begins} 才施行，却标为现行有效", "status 写“尚未生效”")
    if begins and begins <= today and regulation.status == "not_yet_in_force":
        yield at.error("effective", f"{begins} 已经施行，却标为尚未生效", "status 写“现行有效”")
    dated = regulation.level != "法律"  # an amended law is issued anew and keeps its first effective date
    if (
        dated
        and begins
        and re.fullmatch(r"\d{4}-\d{2}-\d{2}", regulation.issued)
        and regulation.issued > begins.isoformat()
    ):
        yield at.warn("effective", f"施行日 {begins} 早于印发日 {regulation.issued}", "核对两个日期")
    numbers = [article.no for article in regulation.articles if article.no]
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        yield at.error(f"## {number}", f"{number} 写了两次", "合并成一条")
    if regulation.level == "法律" and regulation.status != "repealed" and not regulation.bundled:
        official = library.regulations.get(regulation.id)
        if official is None or not official.bundled:
            yield at.warn("title", f"国家法律库里没有《{regulation.title}》", "核对名称；确实没有就只用要点")
        else:
            held = {article.no for article in official.articles if article.kind == "official"}
            for article in regulation.articles:
                if article.no and article.no.startswith("第") and article.no not in held:
                    yield at.error(
                        f"## {article.no}", f"《{regulation.title}》没有{article.no}", "对照官方原文核对条号"
                    )


def _twice(library: Library) -> Iterator[Problem]:
    for kind, items in (("案例", library.cases), ("法规", {r.id: r for r in library.corpus.regulations})):
        seen: dict[str, str] = {}
        for id, item in items.items():
            key = re.sub(r"\W", "", item.title) + (item.doc_no if isinstance(item, Regulation) else "")
            if key in seen:
                other = library.corpus.places[seen[key]][0]
                yield _Place(library, id).error(
                    "title", f"{kind}“{item.title[:30]}”写了两份", f"与 {other} 重复，删掉一份"
                )
            seen.setdefault(key, id)


class _Place:
    """Where an entry stands, for finding the line of a word in its file."""

    def __init__(self, library: Library, id: str) -> None:
        self._name = library.corpus.places[id][0]
        self._path = library.corpus.folder / self._name

    def error(self, word: str, what: str, expected: str) -> Problem:
        return Problem(self._name, self._line(word), what, expected)

    def warn(self, word: str, what: str, expected: str) -> Problem:
        return Problem(self._name, self._line(word), what, expected, "warning")

    def _line(self, word: str) -> int:
        for number, row in enumerate(self._path.read_text(encoding="utf-8").splitlines(), 1):
            if word in row:
                return number
        return 1
