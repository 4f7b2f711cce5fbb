"""Imported official texts take their place in the library.

An imported text belongs to the entry that describes the same version: the same document number, or the same day of
effect, or the only entry of that title that nothing contradicts. There its articles become the articles, and each
précis stays beside the article of its number. Another version of the title stands beside the others as an entry of its
own, and each ends on the day the next one begins, so that a question as of a day finds the wording of that day.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from itertools import groupby, pairwise

from assistant.knowledge.imported import Imported
from assistant.knowledge.references import key, place_of
from assistant.types import Article, Regulation

Precis = dict[tuple[str, str], Article]
ALIKE = 0.3  # share of a précis's pairs of characters that its article repeats; between strangers it is about a tenth


def join_imported(
    imported: Iterable[Imported], regulations: dict[str, Regulation], precis: Precis
) -> tuple[dict[str, Regulation], Precis]:
    """The regulations and précis of a library once the imported texts have taken their place."""
    joined, beside = dict(regulations), dict(precis)
    ordered = sorted(imported, key=lambda item: (key(item.instrument.title), item.version))
    for title, versions in groupby(ordered, key=lambda item: key(item.instrument.title)):
        own = [regulation for regulation in regulations.values() if key(regulation.title) == title]
        taken: dict[str, Regulation] = {}
        for item in _last_of_each_day(versions):
            base = counterpart(item, [regulation for regulation in own if regulation.id not in taken])
            if base is None:
                fresh = _entry(item)
                taken[fresh.id] = fresh
                continue
            taken[base.id], matched = _official(base, item)
            beside |= matched
        together = {regulation.id: regulation for regulation in own} | taken
        joined |= {regulation.id: regulation for regulation in _in_turn(list(together.values()), set(taken))}
    return joined, beside


def counterpart(item: Imported, own: list[Regulation]) -> Regulation | None:
    """The entry of the same title that describes the version at hand; None where it is another version or none."""
    open_to = [regulation for regulation in own if not _other_number(regulation.doc_no, item.instrument.doc_no)]
    numbered = [regulation for regulation in open_to if regulation.doc_no and item.instrument.doc_no]
    dated = [regulation for regulation in open_to if _begins(regulation) and _begins(regulation) == item.since]
    silent = [regulation for regulation in open_to if _begins(regulation) is None or item.since is None]
    exact = [regulation for regulation in numbered if regulation in dated or regulation in silent]
    for found in (exact, dated, [item for item in numbered if not item.bundled], silent):
        if found:
            return next((regulation for regulation in found if regulation.status != "repealed"), found[0])
    return None


def _last_of_each_day(versions: Iterable[Imported]) -> list[Imported]:
    """A later import of the wording of the same day corrects the earlier one."""
    latest: dict[date | None, Imported] = {}
    for item in versions:
        latest[item.since] = item
    return list(latest.values())


def _other_number(first: str, second: str) -> bool:
    """Whether two document numbers are both known and differ; brackets and the agency's short name do not count."""
    figures = [re.findall(r"\d+|第[一二三四五六七八九十百零〇]+号", text) for text in (first, second)]
    return bool(figures[0] and figures[1]) and figures[0] != figures[1] and not set(figures[1]) <= set(figures[0])


def _begins(regulation: Regulation) -> date | None:
    days = [day for day in (regulation.text_since, regulation.effective_from) if day is not None]
    return max(days, default=None)


def _official(base: Regulation, item: Imported) -> tuple[Regulation, Precis]:
    """`base` with the imported articles, and the précis that now stand beside them."""
    articles = item.instrument.articles
    official = {article.no: article for article in articles if article.no}
    matched: Precis = {}
    extra: list[Article] = []
    for article in base.articles:
        number = article.no or article.label
        if article.kind != "precis" or number not in official:
            extra += [article] if article.kind == "precis" else []
        elif article.no or _alike(article.text, official[number].text):
            matched[base.id, number] = article
        else:  # an unverified number that the official text does not bear out
            extra.append(article.model_copy(update={"label": f"{article.label}（要点，条号未核）"}))
    told = base.effective_from is not None or item.instrument.effective is None
    joined = base.model_copy(
        update={
            "articles": (*articles, *extra),
            "doc_no": base.doc_no or item.instrument.doc_no,
            "effective": base.effective if told else _iso(item.instrument.effective),
            "effective_from": base.effective_from if told else item.instrument.effective,
            "issued": base.issued or _iso(item.instrument.published),
            "text_since": base.text_since or item.instrument.revised,
            "last_article": _last_article(item) or base.last_article,
            "note": " ".join(filter(None, [base.note, _note(item)])),
        }
    )
    return joined, matched


def _alike(precis: str, text: str) -> bool:
    """Whether a précis speaks of what an article says: enough of its pairs of characters stand there."""
    pairs, words = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (precis, text))
    return len(pairs & words) >= ALIKE * len(pairs)


def _entry(item: Imported) -> Regulation:
    """An entry for a version that the corpus does not describe."""
    instrument = item.instrument
    digest = hashlib.sha256(key(instrument.title).encode()).hexdigest()[:8]
    return Regulation(
        id=f"imported-{digest}-{item.version}",
        title=key(instrument.title),
        doc_no=instrument.doc_no,
        issuer=instrument.issuer or "发布机关未注明",
        level=instrument.level,
        version=_iso(instrument.revised) or None,
        issued=_iso(instrument.published),
        effective=_iso(instrument.effective) or "施行日期未注明",
        effective_from=instrument.effective,
        text_since=instrument.revised,
        status="in_force",
        note=_note(item),
        articles=instrument.articles,
        last_article=_last_article(item),
    )


def _in_turn(versions: list[Regulation], imported: set[str]) -> list[Regulation]:
    """Each version ends when the next begins, wherever an imported text is one of the two."""
    dated = sorted((item for item in versions if _begins(item)), key=lambda item: (_begins(item), item.id in imported))
    ends = {}
    for old, new in pairwise(dated):
        if imported & {old.id, new.id} and old.ended is None and _begins(old) != _begins(new):
            by = tuple(dict.fromkeys((*old.superseded_by, new.id)))
            ends[old.id] = old.model_copy(update={"status": "repealed", "ended": _begins(new), "superseded_by": by})
    return [ends.get(item.id, item) for item in versions]


def _last_article(item: Imported) -> int | None:
    if not item.instrument.complete:
        return None
    places = [place_of(article.no) for article in item.instrument.numbered if article.no]
    return max((place[0] for place in places if place), default=None)


def _note(item: Imported) -> str:
    scanned = any("扫描件" in doubt for doubt in item.instrument.doubts)
    end = "由扫描件识别，引用前请核对原件。" if scanned else ""
    return f"官方原文由本机构于{item.imported.isoformat()}导入（{item.source}，第{item.version}版）。{end}"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
