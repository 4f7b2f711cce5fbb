"""Resolving a reference to its text, and checking that a quote is really there.

A reference ends in exactly one of five outcomes, because a reviewer does something else about each: `in_force`;
`not_current` (amended away, repealed or not yet in force that day, with what applies instead); `article_not_held` (the
instrument is known, this article is not among the texts at hand); `outside` (it exists, we hold none of its text);
`no_such` (no such instrument, or an article beyond a complete official text). What cannot be proved stays unproved:
only an official text is complete, so only there can an article be said not to exist.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Literal

from assistant.knowledge.library import Library
from assistant.knowledge.references import DOCUMENT, Names, Reference, key, parse, place_of, plain
from assistant.types import Article, Citation, Frozen, Regulation, Status

Outcome = Literal["in_force", "not_current", "article_not_held", "outside", "no_such"]
RECENT = 730  # days during which staff still quote the numbers of the text before
CURRENT: tuple[Status, ...] = ("in_force", "amended")


class Resolution(Frozen):
    """What a reference comes to on a day. `notice` says it in one Chinese line, empty when all is as written.

    `basis` is the article of the first successor that repealed a law whose text is not held.
    """

    reference: Reference
    outcome: Outcome
    regulation: Regulation | None = None
    article: Article | None = None
    status: Status | None = None
    successors: tuple[Regulation, ...] = ()
    basis: Article | None = None
    notice: str = ""


class Citations:
    """The texts of one library, as citations see them."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.named: dict[str, list[Regulation]] = {}
        for regulation in library.regulations.values():
            for name in {key(name) for name in self._names_of(regulation)}:
                self.named.setdefault(name, []).append(regulation)
        gaps = library.corpus.gaps
        elsewhere = [item.title for item in gaps.replaced] + [item.title for item in gaps.not_held]
        spelled = [name for regulation in library.regulations.values() for name in self._names_of(regulation)]
        self.names = Names([*self.named, *spelled, *elsewhere, *map(plain, elsewhere)])

    def _names_of(self, regulation: Regulation) -> Iterable[str]:
        title = regulation.title
        yield title
        yield "".join(title.split())
        if "关于" in title and not title.startswith("关于"):
            yield title[title.index("关于") :]
        yield title.removesuffix("（试行）")
        yield from filter(None, re.split(r"[（）]", regulation.short))
        yield from self.library.corpus.speech.abbreviations.get(title, ())

    # --- parsing and resolving ----------------------------------------------------------------------------------------

    def parse(self, text: str) -> list[Reference]:
        """Every instrument and article that `text` names, in reading order."""
        return parse(text, self.names)

    def resolve(self, reference: Reference, as_of: date) -> Resolution:
        """Which text `reference` means on `as_of`, or which of the other four outcomes it comes to."""
        versions = self._versions(reference.name)
        if not versions:
            return self._without_text(reference, as_of)
        regulation = self.version_on(versions, as_of)
        status = self.status_on(regulation, as_of)
        article = self._article(regulation, reference.article) if reference.article else None
        if status not in CURRENT:
            successors = self.applicable_instead(regulation, as_of)
            return Resolution(
                reference=reference,
                outcome="not_current",
                regulation=regulation,
                article=article,
                status=status,
                successors=successors,
                notice=self._not_current(regulation, status, successors, as_of),
            )
        outcome, notice = self._standing(regulation, reference.article, article)
        notice = notice or self._change(regulation, reference.article, versions, as_of)
        return Resolution(
            reference=reference,
            outcome=outcome,
            regulation=regulation,
            article=article,
            status=status,
            successors=self._heirs(regulation, as_of) if status == "amended" else (),
            notice=notice,
        )

    def _versions(self, name: str) -> list[Regulation]:
        bare = plain(name)
        found = (
            self.named.get(key(name))
            or self.named.get(bare)
            or self.named.get(re.sub(r"[（(][^（）()]*[)）]$", "", bare))
        )
        if found:
            return found
        year = re.match(r"(?:19|20)\d\d年(?:版的?|修[订正]的?)?", bare)
        if year and (named := self.named.get(bare[year.end() :])):
            return [item for item in named if bare[:4] in f"{item.version} {item.issued}"] or named
        document = DOCUMENT.search(name)
        return self._numbered(document) if document else []

    def _numbered(self, document: re.Match[str]) -> list[Regulation]:
        """Instruments with a document number as written; the agency's name may be left out but not be another's."""
        year, number = document.group("year") or document.group("year2"), document.group("no")
        written = plain(document.group("agency"))
        found = []
        for regulation in self.library.regulations.values():
            for own in DOCUMENT.finditer(regulation.doc_no):
                agency = plain(own.group("agency"))
                same = (own.group("year") or own.group("year2"), own.group("no").lstrip("0")) == (
                    year,
                    number.lstrip("0"),
                )
                if same and (
                    not written or not agency or written.endswith(agency[-2:]) or agency.endswith(written[-2:])
                ):
                    found.append(regulation)
        return found if len({item.title for item in found}) == 1 else []

    def version_on(self, versions: list[Regulation], day: date) -> Regulation:
        """Of several texts of one title the one that applies on `day`, else the next to come, else the last."""

        def rank(regulation: Regulation) -> tuple[int, int]:
            status = self.status_on(regulation, day)
            since = (regulation.text_since or regulation.effective_from or date.min).toordinal()
            if status in CURRENT:
                return 2, since
            never = regulation.effective_from is None
            return (1, -since) if status == "not_yet_in_force" and not never else (0, since)

        return max(versions, key=rank)

    def status_on(self, regulation: Regulation, day: date) -> Status:
        """The standing of the wording at hand: an amended text had not begun before the amendment."""
        status = self.library.status_on(regulation, day)
        if status in CURRENT and regulation.text_since is not None and day < regulation.text_since:
            return "not_yet_in_force"
        return status

    def _article(self, regulation: Regulation, number: str) -> Article | None:
        """An article by its number; a notice's 第八条 is its item 八、; an unverified number is found by its label."""
        place = place_of(number)
        numeral = number.removeprefix("第").removesuffix("条") if place and not place[1] else ""
        for label in (number, f"{numeral}、", number.removesuffix("、")):
            if label and (found := self.library.article(regulation.id, label)):
                return found
        for article in regulation.articles:
            if article.no is None and numeral and re.match(rf"(?:第{numeral}条|{numeral}、)", article.label):
                return article
            if article.no is None and number.endswith("、") and article.label.startswith(number):
                return article
        return None

    def _standing(self, regulation: Regulation, asked: str | None, article: Article | None) -> tuple[Outcome, str]:
        title = f"《{regulation.title}》"
        if asked is None or (article is not None and article.no is not None):
            if regulation.status == "amended" and regulation.note:
                return "in_force", f"{title}已被修改：{regulation.note}"
            return "in_force", ""
        if article is not None:
            return "article_not_held", f"{title}{said(asked)}的条号未经核实，只能指明文件；引用前请回查原文。"
        place, last = place_of(asked), self.last_article(regulation)
        if regulation.bundled or (place and last and place[0] > last):
            ending = f"（全文至第{last}条）" if last else ""
            return "no_such", f"{title}没有{asked}{ending}。请核对条号。"
        return (
            "article_not_held",
            f"{title}{said(asked)}不在手头收录的条文中，以下只依据已收录的内容；引用前请回查原文。",
        )

    def _change(self, regulation: Regulation, asked: str | None, versions: list[Regulation], day: date) -> str:
        """What a reader of an older or newer text of the same title must know, if anything."""
        title = f"《{regulation.title}》"
        for other in versions:
            begins = other.text_since or other.effective_from
            if begins and begins > day and other.title == regulation.title:
                new = f"{title}的新文本自{begins.isoformat()}起施行"
                return f"{new}，在{day.isoformat()}尚未生效；以下依据当日有效的文本。"
        begins = regulation.text_since or regulation.effective_from
        if asked and regulation.version and begins and (day - begins).days < RECENT:
            return (
                f"{title}以{begins.isoformat()}起施行的现行文本（{regulation.version}）为准，此前文本的条号可能不同。"
            )
        return ""

    def last_article(self, regulation: Regulation) -> int | None:
        """The number of the last article, where the whole text or a count of it is at hand."""
        if not regulation.bundled:
            return regulation.last_article
        places = [place_of(article.no) for article in regulation.articles if article.no and article.kind == "official"]
        return max((place[0] for place in places if place), default=None)

    def since(self, regulation: Regulation, day: date) -> str:
        """What has become of a text by `day`; empty while it applies."""
        status = self.status_on(regulation, day)
        return "" if status in CURRENT else self._not_current(regulation, status, self._heirs(regulation, day), day)

    # --- what applies instead -----------------------------------------------------------------------------------------

    def applicable_instead(self, regulation: Regulation, day: date) -> tuple[Regulation, ...]:
        """What applied on `day` instead of a text that did not: its heirs if it had ended, else its forerunner."""
        ended = self.library.status_on(regulation, day) == "repealed"
        found = self._heirs(regulation, day) if ended else self._forerunners(regulation, day)
        return found or (self._forerunners(regulation, day) if ended else self._heirs(regulation, day))

    def _heirs(self, regulation: Regulation, day: date, depth: int = 4) -> tuple[Regulation, ...]:
        """Follow the supersession chain to what applies on `day`."""
        heirs: list[Regulation] = []
        for entry in regulation.superseded_by:
            heir = self.library.regulations.get(re.split(r"[（(]", entry)[0])
            if heir is None:
                continue
            if self.status_on(heir, day) in CURRENT:
                heirs.append(heir)
            elif depth:
                heirs.extend(self._heirs(heir, day, depth - 1))
        same = [item for item in self.library.titled(regulation.title) if self.status_on(item, day) in CURRENT]
        replaced = self._replacement(regulation.title, day)
        found = [*heirs, *(item for item in same if item.id != regulation.id), *([replaced] if replaced else [])]
        return tuple({item.id: item for item in found}.values())

    def _forerunners(self, regulation: Regulation, day: date) -> tuple[Regulation, ...]:
        return tuple(
            item
            for item in self.library.regulations.values()
            if item.id != regulation.id
            and (
                item.title == regulation.title
                or any(
                    entry.startswith(regulation.id) or f"《{regulation.title}》" in entry
                    for entry in item.superseded_by
                )
            )
            and self.status_on(item, day) in CURRENT
        )

    def _replacement(self, title: str, day: date) -> Regulation | None:
        for entry in self.library.corpus.gaps.replaced:
            if entry.title == title and entry.since <= day:
                heirs = self.library.titled(entry.successor)
                return self.version_on(heirs, day) if heirs else None
        return None

    def _not_current(
        self, regulation: Regulation, status: Status, successors: tuple[Regulation, ...], day: date
    ) -> str:
        title = f"《{regulation.title}》"
        instead = "、".join(_with_number(item, regulation) for item in successors)
        if status == "repealed":
            ended = f"已于{regulation.ended.isoformat()}废止" if regulation.ended else "已废止"
            ended = "从未施行，已被取代" if self.library.never_applied(regulation) else ended
            number = f"（{regulation.doc_no}）" if regulation.doc_no else ""
            then = f"现行为{instead}。" if instead else "手头没有替代它的文件，请查现行规定。"
            return f"{title}{number}{ended}，{then}"
        if regulation.text_since and day >= (regulation.effective_from or day):
            since = regulation.text_since.isoformat()
            held = f"手头只有{since}起施行的文本，不能当作当日的规定"
            return f"{title}在{day.isoformat()}适用的是修改前的文本，{held}；请查旧文本。"
        begins = f"{regulation.effective_from.isoformat()}起施行" if regulation.effective_from else regulation.effective
        return f"{title}在{day.isoformat()}尚未生效（{begins}），" + (
            f"当日适用{instead}。" if instead else "手头没有当日适用的旧文本，请查旧规定。"
        )

    def _without_text(self, reference: Reference, as_of: date) -> Resolution:
        name = plain(reference.name)
        title = f"《{name}》"
        gaps = self.library.corpus.gaps
        for entry in gaps.replaced:
            if plain(entry.title) == name:
                heirs = self.library.titled(entry.successor)
                if as_of < entry.since:
                    notice = f"{title}在{as_of.isoformat()}尚有效，但手头没有它的文本；请查旧法原文。"
                    return Resolution(reference=reference, outcome="outside", status="in_force", notice=notice)
                return Resolution(
                    reference=reference,
                    outcome="not_current",
                    status="repealed",
                    successors=tuple(heirs),
                    basis=self._basis(heirs, entry.source),
                    notice=f"{title}已于{entry.since.isoformat()}废止，现行为《{entry.successor}》（{entry.source}）。",
                )
        known = [(item.title, item.doc_no) for item in gaps.not_held]
        known += [(item.title, "") for item in gaps.unverified if not item.instrument]
        for known_title, number in known:
            same = len(name) >= 4 and (name in plain(known_title) or plain(re.split("（", known_title)[0]) == name)
            if same or (number and name.endswith(plain(number))):
                notice = f"《{plain(known_title)}》的文本没有收录，只能指出文件名；请到发布机关网站查原文。"
                return Resolution(reference=reference, outcome="outside", notice=notice)
        if DOCUMENT.search(reference.name) or re.search(r"\d+号", name):
            return Resolution(
                reference=reference, outcome="outside", notice=f"文号“{name}”没有收录，请核对文号或提供原文。"
            )
        notice = (
            f"没有查到{title}：国家法律库、本机构知识库和已知未收录清单里都没有这个名称，可能并不存在。请核对名称。"
        )
        return Resolution(reference=reference, outcome="no_such", notice=notice)

    def _basis(self, heirs: list[Regulation], source: str) -> Article | None:
        found = [self._article(heir, item.article) for heir in heirs for item in self.parse(source) if item.article]
        return next((article for article in found if article), None)

    # --- citing -------------------------------------------------------------------------------------------------------

    def cite(self, regulation: Regulation, article: Article | None, quote: str, as_of: date) -> Citation:
        """A checked citation. An article whose number is unverified is cited by its instrument only."""
        official = article is not None and article.kind == "official" and _contains(article.text, quote)
        return self.verify(
            Citation(
                law=regulation.title,
                article=article.no if article else None,
                quote=quote,
                kind="official" if official else "precis",
                status=self.status_on(regulation, as_of),
                effective=regulation.effective,
                issuer=regulation.issuer,
                doc_no=regulation.doc_no,
                source_id=regulation.id,
            ),
            as_of,
        )

    def verify(self, citation: Citation, as_of: date, historical: bool = False) -> Citation:
        """Set `verified`: instrument and article exist, the quote is there to the letter, and it applied on `as_of`.

        A text that did not apply that day is verified only for an answer that says so (`historical`); its status
        stays on it.
        """
        regulation = self.library.regulations.get(citation.source_id)
        if regulation is None or plain(regulation.title) != plain(citation.law):
            return citation.model_copy(update={"verified": False})
        status = self.status_on(regulation, as_of)
        sources = self._sources(regulation, citation)
        there = any(_contains(source, citation.quote) for source in sources)
        verified = there and (status in CURRENT or historical)
        return citation.model_copy(update={"verified": verified, "status": status})

    def _sources(self, regulation: Regulation, citation: Citation) -> list[str]:
        """The texts in which the quote may stand."""
        if citation.article is None:
            loose = [article.text for article in regulation.articles if article.no is None]
            return [*loose, regulation.note, regulation.scope] if citation.kind == "precis" else []
        article = self.library.article(regulation.id, citation.article)
        if article is None:
            return []
        precis = self.library.precis.get((regulation.id, citation.article))
        if citation.kind == "official":
            return [article.text] if article.kind == "official" else []
        return [item.text for item in (article, precis) if item is not None and item.kind == "precis"]


def _contains(source: str, quote: str) -> bool:
    letters = _letters(quote)
    return bool(letters) and letters in _letters(source)


def _letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def said(article: str) -> str:
    """An article label as it is read in a sentence: item `六、` is 第六项."""
    return f"第{article[:-1]}项" if article.endswith("、") else article


def _with_number(item: Regulation, instead_of: Regulation) -> str:
    return f"《{item.title}》" + (f"（{item.doc_no}）" if item.doc_no and item.title == instead_of.title else "")
