"""Old wording beside new, where both are at hand, and openly nothing where they are not.

Three kinds of text stand at hand in more than one version: laws of the statutes package, imported official texts, and
précis of replaced instruments. Official texts of one title are compared article by article: an article meets the one
whose words are nearest, because a revision renumbers, and only then the one of its own number. What was replaced by
another instrument is compared only where the corpus says which article took its place (…以2024年解释第五条为准); for
the rest the chain of instruments is all that can be shown. Words are marked between official texts alone: a précis is
in our words, and a difference between two of them says nothing about the law.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import Literal

from assistant.knowledge.imported import Imported
from assistant.knowledge.library import Library
from assistant.knowledge.references import canonical, key, place_of
from assistant.knowledge.spelling import NUMBER
from assistant.knowledge.succession import Succession
from assistant.types import Article, Frozen, Regulation, Status

ALIKE = 0.5  # share of letter pairs from which on two articles of one title are taken for the same rule
HELD = 0.9  # share of the letter pairs of one article that stand in another from which on it was written into it
TELLING = 10  # letter pairs below which an article is too short for its words to tell anything
RELATED = 0.2  # share of letter pairs below which two longer articles of one number are strangers
ISLAND = 1  # unchanged pieces this short between two changes are read with the changes
PIECE = re.compile(
    r"[0-9０-９]+(?:[.,．][0-9０-９]+)*[%％]?|[A-Za-zＡ-Ｚａ-ｚ]+|[一二三四五六七八九十百千万亿零〇]+|\S"
)
STATED = re.compile(
    rf"(?<![不非未])(?P<lead>以|由|现为|现行为)(?P<name>《[^》]+》|[^，。；、：《》]{{1,40}}?)"
    rf"(?P<article>第{NUMBER}条(?:之{NUMBER})?)(?P<end>为准|取代|代替|接替)?"
)
ENDS = {"以": ("为准",), "由": ("取代", "代替", "接替"), "现为": (None,), "现行为": (None,)}
KIND_OF_TEXT = re.compile(r"^(?:新|现行)?的?(?:司法解释|解释|办法|通知|条例|规定|指引|规范|法)$")

NOT_COMPARED = "要点是转述，不是条文，字面差别不等于规定有改动，所以只左右并列，不逐字比较。"

Mark = Literal["same", "deleted", "inserted"]
Basis = Literal["number", "wording", "number_only", "stated"]


class Run(Frozen):
    """A stretch of letters that stayed, went or came."""

    mark: Mark
    text: str


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
    stated = [_stated(library, link, today) for link in _links(library, regulation) if link.joins(regulation, article)]
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
    stated = tuple(_stated(library, link, today) for link in _links(library, regulation))
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


def compared(old: str, new: str) -> tuple[Run, ...]:
    """What stayed, went and came between two texts; white space and the width of letters are no change.

    The runs that stayed or came make up `new` to the letter; those that stayed or went make up `old` but for that.
    """
    before, after = _pieces(old), _pieces(new)
    matcher = SequenceMatcher(None, [item for item, _ in before], [item for item, _ in after], autojunk=False)
    steps = [(tag == "equal", old_at, old_to, at, to) for tag, old_at, old_to, at, to in matcher.get_opcodes()]
    runs: list[Run] = []
    for same, group in groupby(_without_islands(steps, after), key=lambda step: step[0]):
        rows = list(group)
        gone = "".join(text for _, text in before[rows[0][1] : rows[-1][2]])
        here = "".join(text for _, text in after[rows[0][3] : rows[-1][4]])
        marks: tuple[tuple[Mark, str], ...] = (("same", here),) if same else (("deleted", gone), ("inserted", here))
        runs += [Run(mark=mark, text=text) for mark, text in marks if text]
    return tuple(runs)


# --- words ------------------------------------------------------------------------------------------------------------


def _pieces(text: str) -> list[tuple[str, str]]:
    """A text as pieces to compare, each with the letters it stands for and the white space after it."""
    places = [match.start() for match in PIECE.finditer(text)]
    if not places:
        return []
    cuts = [0, *places[1:], len(text)]
    shown = [text[start:end] for start, end in pairwise(cuts)]
    return [("".join(unicodedata.normalize("NFKC", item).split()), item) for item in shown]


def _without_islands(
    steps: list[tuple[bool, int, int, int, int]], after: list[tuple[str, str]]
) -> Iterator[tuple[bool, int, int, int, int]]:
    """A single letter that stayed between two changes is no help to a reader; 、 and 。 between them are."""
    for place, step in enumerate(steps):
        same, _, _, at, to = step
        inside = 0 < place < len(steps) - 1
        alone = to - at <= ISLAND and all(item[0].isalnum() for item in after[at:to])
        yield (False, *step[1:]) if same and inside and alone else step


def _letter_pairs(text: str) -> set[str]:
    letters = re.sub(r"\W", "", text)
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


# --- which article belongs to which -----------------------------------------------------------------------------------


def _likeness(shared: int, one: set[str], other: set[str]) -> float:
    """The share of letter pairs in common; an article that was written whole into a longer one is like it too."""
    least = min(len(one), len(other))
    share = 2 * shared / max(1, len(one) + len(other))
    return max(share, ALIKE) if least >= TELLING and shared >= HELD * least else share


def _aligned(old: Sequence[Article], new: Sequence[Article]) -> dict[int, tuple[int, Basis]]:
    """For places in `new` the place in `old` of the same rule; nearest words first, each article once."""
    mine = [_letter_pairs(item.text) for item in new]
    theirs = [_letter_pairs(item.text) for item in old]
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for place, pairs in enumerate(theirs):
        for pair in pairs:
            holding[pair].append(place)
    likely = []
    for at, pairs in enumerate(mine):
        shared = Counter(place for pair in pairs for place in holding.get(pair, ()))
        for place, count in shared.items():
            likeness = _likeness(count, pairs, theirs[place])
            if likeness >= ALIKE:
                apart = abs(at / len(new) - place / len(old))
                likely.append((-likeness, old[place].no != new[at].no, apart, at, place))
    found: dict[int, tuple[int, Basis]] = {}
    taken: set[int] = set()
    for _, renumbered, _, at, place in sorted(likely):
        if at not in found and place not in taken:
            found[at] = (place, "wording" if renumbered else "number")
            taken.add(place)
    return found | _by_number(old, new, found, taken)


def _by_number(
    old: Sequence[Article], new: Sequence[Article], found: dict[int, tuple[int, Basis]], taken: set[int]
) -> dict[int, tuple[int, Basis]]:
    """Articles whose words tell nothing, by their number, where the numbers right before and after still agree."""
    places = {article.no: place for place, article in enumerate(old) if place not in taken}
    more: dict[int, tuple[int, Basis]] = {}
    for at, article in enumerate(new):
        if at in found or article.no not in places:
            continue
        pairs, others = _letter_pairs(article.text), _letter_pairs(old[places[article.no]].text)
        if min(len(pairs), len(others)) >= TELLING and _likeness(len(pairs & others), pairs, others) < RELATED:
            continue
        near = (next((found[one][1] for one in way if one in found), "number") for way in _ways(at, len(new)))
        if all(basis == "number" for basis in near):
            more[at] = (places[article.no], "number_only")
    return more


def _ways(at: int, count: int) -> tuple[range, range]:
    """The places before one, nearest first, and those after it."""
    return range(at - 1, -1, -1), range(at + 1, count)


@dataclass(frozen=True)
class _Link:
    """The corpus `says` that `new` took the place of `old`."""

    before: Regulation
    old: Article
    after: Regulation
    new: Article
    says: str

    def joins(self, regulation: Regulation, article: Article) -> bool:
        """Whether an article is one of the two; its précis and its text are the same article."""
        ends = ((self.before, self.old), (self.after, self.new))
        return any(one is regulation and _label(item) == _label(article) for one, item in ends)


def _links(library: Library, regulation: Regulation) -> list[_Link]:
    """What the corpus says of the successors of this instrument's articles, and of those that it succeeded."""
    others = [item for item in library.regulations.values() if regulation in _heirs(library, item)]
    to = [link for before in others for link in _links_from(library, before) if link.after is regulation]
    return [*_links_from(library, regulation), *to]


def _links_from(library: Library, before: Regulation) -> Iterator[_Link]:
    for old in before.articles:
        told = old if old.kind == "precis" else library.precis.get((before.id, _label(old)))
        for match in STATED.finditer(told.text) if told else ():
            meant = [heir for heir in _heirs(library, before) if _means(match.group("name"), heir)]
            place = place_of(match.group("article"))
            if match.group("end") not in ENDS[match.group("lead")] or place is None or len(meant) != 1:
                continue
            new = library.article(meant[0].id, canonical(place[0], place[1] or None))
            if new is not None and told is not None:
                # Like beside like: where only a précis is left of the old article, the précis of the new one.
                like = library.precis.get((meant[0].id, _label(new)), new) if old.kind == "precis" else new
                yield _Link(before, old, meant[0], like, told.text)


def _label(article: Article) -> str:
    return article.no or article.label


def _heirs(library: Library, regulation: Regulation) -> list[Regulation]:
    named = [re.split(r"[（(]", entry)[0] for entry in regulation.superseded_by]
    return [library.regulations[id] for id in named if id in library.regulations]


def _means(name: str, heir: Regulation) -> bool:
    """Whether 《…》, 2024年解释 or 新办法 is this successor; another year or another title is not."""
    if name.startswith("《"):
        return key(name) == key(heir.title)
    year = re.match(r"(\d{4})年的?", name)
    if year and year.group(1) not in f"{heir.issued} {heir.effective} {heir.version} {heir.doc_no}":
        return False
    rest = name[year.end() :] if year else name
    return bool(KIND_OF_TEXT.match(rest)) or key(rest) in (key(heir.title), key(heir.short))


# --- versions of a title ----------------------------------------------------------------------------------------------


def _line(library: Library, regulation: Regulation) -> list[_Text]:
    """The versions of the title in their order, with what a later import corrected right before it.

    A text that never applied, or whose first day nobody knows, has no place before or after another one.
    """
    dated = [
        item
        for item in library.titled(regulation.title)
        if item is not regulation and _begins(item) and not library.never_applied(item)
    ]
    together = [*dated, regulation] if _begins(regulation) else [regulation]
    line: list[_Text] = []
    for item in sorted(together, key=lambda one: _begins(one) or date.min):
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
        pairs = _aligned(older.articles, newer.articles)
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
    pairs = _aligned(old, new)
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


def _stated(library: Library, link: _Link, today: date) -> Change:
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
    return Wording(version=version, article=_label(article), text=article.text, kind=article.kind)


def _version(library: Library, text: _Text, today: date) -> Version:
    regulation = text.regulation
    return Version(
        source_id=regulation.id,
        title=regulation.title,
        doc_no=regulation.doc_no,
        begins=_begins(regulation),
        ended=regulation.ended,
        status=None if text.imported else Succession(library).status_on(regulation, today),
        imported=text.imported,
    )


def _begins(regulation: Regulation) -> date | None:
    return regulation.text_since or regulation.effective_from


# --- what is not at hand ----------------------------------------------------------------------------------------------


def _named(text: _Text) -> str:
    begins = _begins(text.regulation)
    since = f"（{begins.isoformat()}起施行）" if begins else ""
    return f"《{text.regulation.title}》{f'第{text.imported}次导入的' if text.imported else ''}文本{since}"


def _not_official(text: _Text) -> str:
    return f"{_named(text)}手头只有要点（转述），不能逐字对照；知识库也没有写明哪一条与哪一条对应的，不作对照。"


def _correction(text: _Text) -> str:
    if _begins(text.regulation):
        return f"{_named(text)}与后一次导入写明的是同一天的文字，后一次视为更正，两版的差别可能只是识别或排版。"
    return f"{_named(text)}没有写明施行日期，先后按导入次序；是修改还是更正，请回查原文。"


def _neighbours(library: Library, regulation: Regulation) -> list[Regulation]:
    """The other instruments that this one replaced, then those that replaced it."""
    before = [item for item in library.regulations.values() if regulation in _heirs(library, item)]
    return [*before, *_heirs(library, regulation)]


def _only_chain(library: Library, regulation: Regulation, article: Article | None) -> str:
    """Other instruments stand before or after this one, and nothing says which article took the place of which."""
    others = "、".join(f"《{item.title}》" for item in _neighbours(library, regulation))
    which = f"与{_label(article)}" if article else ""
    return f"沿革上相邻的有{others}，知识库没有写明其中哪一条{which}前后接替，所以只列沿革，不猜着对照。"


def _only_text(library: Library, regulation: Regulation) -> str:
    """There is one text at hand, and what is known of others."""
    begins = _begins(regulation)
    since = f"（{begins.isoformat()}起施行）" if begins else ""
    amended = "、".join(_titles(library, regulation.amended_by))
    told = f"；修改它的文件有：{amended}" if amended else ""
    earlier = regulation.effective_from and begins and regulation.effective_from < begins
    told += "；施行后有过修改，修改前的文字没有收录" if earlier and not told else ""
    return f"《{regulation.title}》手头只有一个文本{since}，没有另一版可以对照{told}。"


def _titles(library: Library, entries: Iterable[str]) -> list[str]:
    return [f"《{library.regulations[id].title}》" if id in library.regulations else id for id in entries]
