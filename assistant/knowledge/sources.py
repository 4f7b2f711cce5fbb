"""A source as a reader opens it beside the chat: a regulation or one of its articles, a case, a pattern."""

from __future__ import annotations

from datetime import date

from assistant.knowledge.library import Library
from assistant.knowledge.succession import begins_of
from assistant.knowledge.wording_changes import Change, article_changes
from assistant.types import Case, Frozen, Pattern, Regulation

STATUS_WORDS = {"in_force": "现行有效", "amended": "已被修改", "repealed": "已废止", "not_yet_in_force": "尚未生效"}
KIND_WORDS = {"official": "官方原文", "precis": "要点（本机构转述，非原文）"}


class SourceView(Frozen):
    """A source as shown beside the chat: facts as (label, value), sections as (heading, text, kind of text).

    `earlier` holds what the shown article said before, as far as that text is at hand.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, str, str], ...]
    links: tuple[tuple[str, str], ...] = ()
    earlier: tuple[Change, ...] = ()


def view_source(library: Library, id: str, article: str | None, today: date) -> SourceView | None:
    """A regulation (or its `article`), a case or a pattern of a library; None when there is none of that id."""
    if regulation := library.regulations.get(id):
        return _regulation_view(regulation, article, library, today)
    if case := library.cases.get(id):
        return _case_view(case)
    if pattern := library.patterns.get(id):
        return _pattern_view(pattern)
    return None


def _case_view(case: Case) -> SourceView:
    facts = [("日期", case.date), ("发布机关", case.authority), ("地区", case.place or "")]
    facts += [("涉案金额", case.amount or ""), ("罪名或定性", case.charges or ""), ("结果", case.outcome or "")]
    sections = [("经过（据公开来源转述）", case.facts, "案例")]
    sections += [("可疑迹象", "\n".join(case.red_flags), ""), ("启示", case.lessons, "")]
    return SourceView(
        title=case.title,
        facts=tuple(item for item in facts if item[1]),
        sections=tuple(item for item in sections if item[1]),
        links=tuple((f"{source.title}（{source.publisher}）", source.url) for source in case.sources),
    )


def _pattern_view(pattern: Pattern) -> SourceView:
    signs = "\n".join(f"· {indicator.says}" for indicator in pattern.indicators)
    twins = "\n".join(f"· {twin.practice}：{twin.why}" for twin in pattern.lookalikes)
    sections = [("概要", pattern.summary, "手法"), ("可观察迹象", signs, ""), ("容易混淆的合规做法", twins, "")]
    return SourceView(title=pattern.name, facts=(("要点", pattern.gist),), sections=tuple(sections))


def _regulation_view(regulation: Regulation, number: str | None, library: Library, today: date) -> SourceView:
    facts = [
        ("效力", STATUS_WORDS[library.status_on(regulation, today)]),
        ("层级", regulation.level),
        ("发布机关", regulation.issuer),
        ("文号", regulation.doc_no),
        ("施行", regulation.effective),
        ("适用范围", regulation.scope),
        ("替代文件", "、".join(_title(id, library) for id in regulation.superseded_by)),
        ("说明", regulation.note),
    ]
    sections = []
    for article in regulation.articles:
        if number is not None and article.no != number:
            continue
        if number is None and regulation.bundled and (regulation.id, article.label) not in library.precis:
            continue
        heading = " ".join(part for part in (article.chapter, article.label, article.topic) if part)
        sections.append((heading, article.text, KIND_WORDS[article.kind]))
        if precis := library.precis.get((regulation.id, article.label)):
            sections.append((precis.topic, precis.text, KIND_WORDS["precis"]))
    return SourceView(
        title=f"《{regulation.title}》" + (number or ""),
        facts=tuple(item for item in facts if item[1]),
        sections=tuple(sections),
        links=tuple((f"{source.title}（{source.publisher}）", source.url) for source in regulation.sources),
        earlier=_earlier(regulation, number, library, today),
    )


def _earlier(regulation: Regulation, number: str | None, library: Library, today: date) -> tuple[Change, ...]:
    """The wordings before the shown one, newest first; what stood there in the same words is none."""
    article = library.article(regulation.id, number) if number else None
    if article is None:
        return ()
    begins = begins_of(regulation)
    found = article_changes(library, regulation, article, today).changes
    other = [item for item in found if item.changed or item.old.article != item.new.article]
    return tuple(item for item in other if begins and item.new.version.begins and item.new.version.begins <= begins)


def _title(id: str, library: Library) -> str:
    found = library.regulations.get(id)
    return f"《{found.title}》" if found else id
