"""Old wording beside new, where both are at hand, and openly nothing where they are not.

Three kinds of text stand at hand in more than one version: laws of the statutes package, imported official texts, and
précis of replaced instruments. Official texts of one title are compared article by article (`pairing`). What was
replaced by another instrument is compared only where the corpus says which article took its place (`replaced`); for
the rest the chain of instruments is all that can be shown. Words are marked between official texts alone: a précis is
in our words, and a difference between two of them says nothing about the law.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from assistant.knowledge.imported import Imported
from assistant.knowledge.library import Library
from assistant.knowledge.pairing import Basis, Run, aligned, compared
from assistant.knowledge.references import key
from assistant.knowledge.replaced import Link, heirs, label, links
from assistant.knowledge.succession import Succession, begins_of
from assistant.types import Article, Frozen, Regulation, Status

NOT_COMPARED = "要点是转述，不是条文，字面差别不等于规定有改动，所以只左右并列，不逐字比较。"


class Version(Frozen):
    """One text of an instrument.

    `status` is its standing on the day asked about; None for an import that a later import of the wording of the same
    day corrected, whose number is then `imported`.
    """

    source_id: str
    title: str
    doc_no: str
    begins: date | None
    ended: date | None
    status: Status | None
    imported: int | None = None


class Wording(Frozen):
    """An article as one version has it."""

    version: Version
    article: str
    text: str
    kind: Literal["official", "precis"]


class Change(Frozen):
    """An article of an older version beside the one of the newer version.

    `basis` says why the two stand together: words and `number` agree; the words are near and the number changed
    (`wording`); only number and place agree (`number_only`); or the corpus says so (`stated`, in the words of `says`).
    `runs` are empty where a précis is one of the two: such words are not compared.
    """

    old: Wording
    new: Wording
    basis: Basis
    says: str = ""
    runs: tuple[Run, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the words differ, as far as they can be compared."""
        return not self.runs or any(run.mark != "same" for run in self.runs)


class Revision(Frozen):
    """Two versions of one title that follow one another. `changes` hold the articles whose words differ.

    `renumbered` and `kept` count the articles that have the same words under another and under the same number.
    """

    older: Version
    newer: Version
    changes: tuple[Change, ...]
    added: tuple[Wording, ...]
    removed: tuple[Wording, ...]
    renumbered: int
    kept: int


class History(Frozen):
    """What can be shown of the changes of one article, or of a whole instrument: newest first.

    `revisions` are for a whole instrument only. `chain` is the line of instruments in one sentence, empty for one that
    stands alone. `notes` say in Chinese what is not at hand and what must be read with care. `alone`: there is one
    text at hand and no other that it replaced or that replaced it.
    """

    changes: tuple[Change, ...] = ()
    revisions: tuple[Revision, ...] = ()
    chain: str = ""
    notes: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class _Text:
    """One version of a title, and the number of the import where a later import corrected it."""

    regulation: Regulation
    imported: int | None = None

    @property
    def articles(self) -> list[Article]:
        """The articles whose words can be compared."""
        return [item for item in self.regulation.articles if item.kind == "official" and item.no]


# --- what is asked for ------------------------------------------------------------------------------------------------


def article_changes(library: Library, regulation: Regulation, article: Article, today: date) -> History:
    """Every pair of an older and a newer wording at hand for an article of `regulation`, and what is missing."""
    line = _line(library, regulation)
    at = next(place for place, text in enumerate(line) if text.regulation is regulation)
    notes: list[str] = []
    later = list(_walk(library, line[at:], article, today, notes, forward=True))
    earlier = list(_walk(library, line[at::-1], article, today, notes, forward=False))
    stated = [_stated(library, link, today) for link in links(library, regulation) if link.joins(regulation, article)]
    changes = (*reversed(later), *earlier, *stated)
    alone = len(line) == 1 and not _neighbours(library, regulation)
    if not changes and not notes:
        notes.append(_only_text(library, regulation) if alone else _only_chain(library, regulation, article))
    notes += [NOT_COMPARED] if any(not item.runs for item in changes) else []
    return History(changes=changes, chain=Succession(library).chain(regulation), notes=tuple(notes), alone=alone)


def instrument_changes(library: Library, regulation: Regulation, today: date) -> History:
    """The same for every article: the versions of the title two by two, then what the corpus says of successors."""
    notes: list[str] = []
    revisions = []
    line = _line(library, regulation)
    for older, newer in pairwise(line):
        if older.articles and newer.articles:
            revisions.append(_revision(library, older, newer, today))
            notes += [_correction(older)] if older.imported else []
        else:
            notes.append(_not_official(older if not older.articles else newer))
    stated = tuple(_stated(library, link, today) for link in links(library, regulation))
    alone = len(line) == 1 and not _neighbours(library, regulation)
    if not revisions and not stated and not notes:
        notes.append(_only_text(library, regulation) if alone else _only_chain(library, regulation, None))
    notes += [NOT_COMPARED] if any(not item.runs for item in stated) else []
    return History(
        changes=stated,
        revisions=tuple(reversed(revisions)),
        chain=Succession(library).chain(regulation),
        notes=tuple(dict.fromkeys(notes)),
        alone=alone,
    )


# --- versions of a title ----------------------------------------------------------------------------------------------


def _line(library: Library, regulation: Regulation) -> list[_Text]:
    """The versions of the title in their order, with what a later import corrected right before it.

    A text that never applied, or whose first day nobody knows, has no place before or after another one.
    """
    dated = [
        item
        for item in library.titled(regulation.title)
        if item is not regulation and begins_of(item) and not library.never_applied(item)
    ]
    together = [*dated, regulation] if begins_of(regulation) else [regulation]
    line: list[_Text] = []
    for item in sorted(together, key=lambda one: begins_of(one) or date.min):
        line += [*_corrected(library, item), _Text(item)]
    return line


def _corrected(library: Library, regulation: Regulation) -> list[_Text]:
    """Imports of the wording that `regulation` now has from a later import."""
    own = [item for item in library.corpus.imported if key(item.instrument.title) == key(regulation.title)]
    by_day: defaultdict[date | None, list[Imported]] = defaultdict(list)
    for item in sorted(own, key=lambda one: one.version):
        by_day[item.since].append(item)
    for *earlier, last in by_day.values():
        count = len(last.instrument.articles)
        if earlier and regulation.articles[:count] == last.instrument.articles:
            return [
                _Text(regulation.model_copy(update={"articles": item.instrument.articles}), item.version)
                for item in earlier
            ]
    return []


def _walk(
    library: Library, line: Sequence[_Text], article: Article, today: date, notes: list[str], forward: bool
) -> Iterator[Change]:
    """Follow one article from the first version of `line` to the last, as far as it is there."""
    for here, there in pairwise(line):
        if article not in here.articles or not there.articles:
            notes.append(_not_official(here if there.articles else there))
            return
        older, newer = (here, there) if forward else (there, here)
        pairs = aligned(older.articles, newer.articles)
        at = here.articles.index(article)
        if forward:
            to = next(((new, basis) for new, (old, basis) in pairs.items() if old == at), None)
        else:
            to = pairs.get(at)
        if to is None:
            fate = "可能已删去" if forward else "可能是后来增加的"
            notes.append(
                f"{_named(there)}里没有与{article.label}对应的条文：{fate}，也可能改动很大，"
                "既没有文字相近的、也没有条号和位置都相同的。"
            )
            return
        found = there.articles[to[0]]
        old, new = (article, found) if forward else (found, article)
        if older.imported:
            notes.append(_correction(older))
        yield _change(library, older, old, newer, new, to[1], today)
        article = found


def _revision(library: Library, older: _Text, newer: _Text, today: date) -> Revision:
    old, new = older.articles, newer.articles
    pairs = aligned(old, new)
    changes = [
        _change(library, older, old[place], newer, new[at], basis, today)
        for at, (place, basis) in sorted(pairs.items())
    ]
    same = [item for item in changes if not item.changed]
    left = {place for place, _ in pairs.values()}
    return Revision(
        older=_version(library, older, today),
        newer=_version(library, newer, today),
        changes=tuple(item for item in changes if item.changed),
        added=tuple(_wording(library, newer, item, today) for at, item in enumerate(new) if at not in pairs),
        removed=tuple(_wording(library, older, item, today) for at, item in enumerate(old) if at not in left),
        renumbered=sum(item.old.article != item.new.article for item in same),
        kept=sum(item.old.article == item.new.article for item in same),
    )


def _change(
    library: Library, older: _Text, old: Article, newer: _Text, new: Article, basis: Basis, today: date
) -> Change:
    return Change(
        old=_wording(library, older, old, today),
        new=_wording(library, newer, new, today),
        basis=basis,
        runs=compared(old.text, new.text),
    )


def _stated(library: Library, link: Link, today: date) -> Change:
    """Two articles side by side as the corpus says; their words are compared where both texts are official."""
    official = link.old.kind == link.new.kind == "official"
    return Change(
        old=_wording(library, _Text(link.before), link.old, today),
        new=_wording(library, _Text(link.after), link.new, today),
        basis="stated",
        says=link.says,
        runs=compared(link.old.text, link.new.text) if official else (),
    )


def _wording(library: Library, text: _Text, article: Article, today: date) -> Wording:
    version = _version(library, text, today)
    return Wording(version=version, article=label(article), text=article.text, kind=article.kind)


def _version(library: Library, text: _Text, today: date) -> Version:
    regulation = text.regulation
    return Version(
        source_id=regulation.id,
        title=regulation.title,
        doc_no=regulation.doc_no,
        begins=begins_of(regulation),
        ended=regulation.ended,
        status=None if text.imported else Succession(library).status_on(regulation, today),
        imported=text.imported,
    )


# --- what is not at hand ----------------------------------------------------------------------------------------------


def _named(text: _Text) -> str:
    begins = begins_of(text.regulation)
    since = f"（{begins.isoformat()}起施行）" if begins else ""
    return f"《{text.regulation.title}》{f'第{text.imported}次导入的' if text.imported else ''}文本{since}"


def _not_official(text: _Text) -> str:
    return f"{_named(text)}手头只有要点（转述），不能逐字对照；知识库也没有写明哪一条与哪一条对应的，不作对照。"


def _correction(text: _Text) -> str:
    if begins_of(text.regulation):
        return f"{_named(text)}与后一次导入写明的是同一天的文字，后一次视为更正，两版的差别可能只是识别或排版。"
    return f"{_named(text)}没有写明施行日期，先后按导入次序；是修改还是更正，请回查原文。"


def _neighbours(library: Library, regulation: Regulation) -> list[Regulation]:
    """The other instruments that this one replaced, then those that replaced it."""
    before = [item for item in library.regulations.values() if regulation in heirs(library, item)]
    return [*before, *heirs(library, regulation)]


def _only_chain(library: Library, regulation: Regulation, article: Article | None) -> str:
    """Other instruments stand before or after this one, and nothing says which article took the place of which."""
    others = "、".join(f"《{item.title}》" for item in _neighbours(library, regulation))
    which = f"与{label(article)}" if article else ""
    return f"沿革上相邻的有{others}，知识库没有写明其中哪一条{which}前后接替，所以只列沿革，不猜着对照。"


def _only_text(library: Library, regulation: Regulation) -> str:
    """There is one text at hand, and what is known of others."""
    begins = begins_of(regulation)
    since = f"（{begins.isoformat()}起施行）" if begins else ""
    amended = "、".join(_titles(library, regulation.amended_by))
    told = f"；修改它的文件有：{amended}" if amended else ""
    earlier = regulation.effective_from and begins and regulation.effective_from < begins
    told += "；施行后有过修改，修改前的文字没有收录" if earlier and not told else ""
    return f"《{regulation.title}》手头只有一个文本{since}，没有另一版可以对照{told}。"


def _titles(library: Library, entries: Iterable[str]) -> list[str]:
    return [f"《{library.regulations[id].title}》" if id in library.regulations else id for id in entries]
