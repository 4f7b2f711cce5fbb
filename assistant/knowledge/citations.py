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
from datetime import date
from functools import lru_cache
from typing import Literal

from assistant.knowledge.gaps import Replaced
from assistant.knowledge.library import Library
from assistant.knowledge.mentions import DOCUMENT
from assistant.knowledge.references import Reference, bare, parse, place_of, plain
from assistant.knowledge.register import Register
from assistant.knowledge.spelling import fold
from assistant.knowledge.succession import CURRENT as CURRENT
from assistant.knowledge.succession import Succession, begun
from assistant.types import Article, Citation, Frozen, Regulation, Status

Outcome = Literal["in_force", "not_current", "article_not_held", "outside", "no_such"]
RECENT = 730  # days during which staff still quote the numbers of the text before


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
        self._register = Register(library)
        self._succession = Succession(library)
        self.named, self.names = self._register.named, self._register.names
        self._resolved = lru_cache(maxsize=2048)(self._resolve)
        self._longest = max((self.last_article(item) or 0 for item in library.regulations.values()), default=0)

    # --- parsing and resolving ----------------------------------------------------------------------------------------

    def parse(self, text: str) -> list[Reference]:
        """Every instrument and article that `text` names, in reading order."""
        return parse(text, self.names)

    def resolve(self, reference: Reference, as_of: date) -> Resolution:
        """Which text `reference` means on `as_of`, or which of the other four outcomes it comes to."""
        found = self._resolved(reference.name, reference.article, as_of)
        return found.model_copy(update={"reference": reference})

    def _resolve(self, name: str, asked: str | None, as_of: date) -> Resolution:
        reference = Reference(name=name, article=asked, start=0, end=0)
        versions = self._register.versions(name)
        if not versions:
            return self._without_text(reference, as_of)
        regulation = self.version_on(versions, as_of)
        status = self.status_on(regulation, as_of)
        article = self._article(regulation, asked) if asked else None
        later = ""
        if article is not None and article.since is not None and as_of < article.since:
            later = f"《{regulation.title}》{article.no}自{article.since.isoformat()}起已修改，以下依据当日有效的文字。"
            regulation, article = self.on(regulation, article, as_of)
        if status not in CURRENT:
            successors = self._succession.applicable_instead(regulation, as_of)
            return Resolution(
                reference=reference,
                outcome="not_current",
                regulation=regulation,
                article=article,
                status=status,
                successors=successors,
                notice=self._succession.not_current(regulation, status, successors, as_of),
            )
        outcome, notice = self._standing(regulation, asked, article)
        notice = notice or later or self.doubt(regulation, as_of) or self._change(regulation, asked, versions, as_of)
        if self._register.guessed(name):
            notice = f"“{bare(name)}”按《{regulation.title}》（{regulation.doc_no}）理解，请核对。" + notice
        if status == "amended":
            notice += self._succession.chain(regulation)
        if article is not None:
            notice += self._succession.former(regulation, article)
        return Resolution(
            reference=reference,
            outcome=outcome,
            regulation=regulation,
            article=article,
            status=status,
            successors=self._succession.heirs(regulation, as_of) if status == "amended" else (),
            notice=notice,
        )

    def status_on(self, regulation: Regulation, day: date) -> Status:
        """The standing of the wording at hand on `day`."""
        return self._succession.status_on(regulation, day)

    def version_on(self, versions: list[Regulation], day: date) -> Regulation:
        """Of several texts of one title the one that applies on `day`, else the next to come, else the last."""
        return self._succession.version_on(versions, day)

    def on(self, regulation: Regulation, article: Article, day: date) -> tuple[Regulation, Article]:
        """An article that was amended by itself, as the text had it on `day`; else the one given."""
        return self._succession.on(regulation, article, day)

    def doubt(self, regulation: Regulation, day: date) -> str:
        """Says that the text may not have begun on `day`, where only its adoption is known; else empty."""
        return self._succession.doubt(regulation, day)

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
            if regulation.status == "amended" and regulation.amended_by:
                by = "、".join(self._title_of(entry) for entry in regulation.amended_by)
                return "in_force", f"{title}已被修改或补充，见{by}。"
            return "in_force", ""
        if article is not None:
            return "article_not_held", f"{title}{said(asked)}的条号未经核实，只能指明文件；引用前请回查原文。"
        place, last = place_of(asked), self.last_article(regulation)
        beyond = place is not None and (place[0] == 0 or place[0] > (last or self._longest))
        if regulation.bundled or beyond:
            ending = f"（全文至第{last}条）" if last else ""
            return "no_such", f"{title}没有{asked}{ending}。请核对条号。"
        return (
            "article_not_held",
            f"{title}{said(asked)}不在手头收录的条文中，以下只依据已收录的内容；引用前请回查原文。",
        )

    def _title_of(self, entry: str) -> str:
        """An amending instrument as it is read: by its title where it is at hand, else as the corpus names it."""
        found = self.library.regulations.get(entry)
        return f"《{found.title}》" if found else entry

    def _change(self, regulation: Regulation, asked: str | None, versions: list[Regulation], day: date) -> str:
        """What a reader of an older or newer text of the same title must know, if anything."""
        title = f"《{regulation.title}》"
        for other in versions:
            begins = other.text_since or other.effective_from
            if begins and begins > day and other.title == regulation.title:
                new = f"{title}的新文本{begun(other)}"
                return f"{new}，在{day.isoformat()}尚未生效；以下依据当日有效的文本。"
        begins = regulation.text_since or regulation.effective_from
        if asked and regulation.version and regulation.ended is None and begins and (day - begins).days < RECENT:
            return f"{title}以{begun(regulation)}的文本为准，此前文本的条号可能不同。"
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
        return (
            ""
            if status in CURRENT
            else self._succession.not_current(regulation, status, self._succession.heirs(regulation, day), day)
        )

    def _without_text(self, reference: Reference, as_of: date) -> Resolution:
        name = plain(reference.name)
        title = f"《{bare(reference.name)}》"
        gaps = self.library.corpus.gaps
        for entry in gaps.replaced:
            if plain(entry.title) == name:
                return self._replaced(reference, entry, as_of)
        known = [(item.title, item.doc_no) for item in gaps.not_held]
        known += [(item.title, "") for item in gaps.unverified if not item.instrument]
        for known_title, number in known:
            same = len(name) >= 4 and (name in plain(known_title) or plain(re.split("（", known_title)[0]) == name)
            if same or (number and name.endswith(plain(number))):
                notice = f"《{bare(known_title)}》的文本没有收录，只能指出文件名；请到发布机关网站查原文。"
                return Resolution(reference=reference, outcome="outside", notice=notice)
        if DOCUMENT.search(fold(reference.name)):
            number = bare(reference.name)
            notice = f"文号“{number}”没有收录，请核对文号或提供原文。"
            return Resolution(reference=reference, outcome="outside", notice=notice)
        near = "或".join(f"《{item}》" for item in self._register.near(name))
        notice = (
            f"没有查到{title}：国家法律库、本机构知识库和已知未收录清单里都没有这个名称，可能并不存在。"
            f"{f'您是不是指{near}？' if near else ''}请核对名称。"
        )
        return Resolution(reference=reference, outcome="no_such", notice=notice)

    def _replaced(self, reference: Reference, entry: Replaced, as_of: date) -> Resolution:
        title = f"《{entry.title}》"
        if as_of < entry.since:
            notice = f"{title}在{as_of.isoformat()}尚有效，但手头没有它的文本；请查旧法原文。"
            return Resolution(reference=reference, outcome="outside", status="in_force", notice=notice)
        heirs = self.library.titled(entry.successor)
        return Resolution(
            reference=reference,
            outcome="not_current",
            status="repealed",
            successors=tuple(heirs),
            basis=self._basis(heirs, entry.source),
            notice=f"{title}已于{entry.since.isoformat()}废止，现行为《{entry.successor}》（{entry.source}）。",
        )

    def _basis(self, heirs: list[Regulation], source: str) -> Article | None:
        found = [self._article(heir, item.article) for heir in heirs for item in self.parse(source) if item.article]
        return next((article for article in found if article), None)

    def caution(self, regulation: Regulation, article: Article) -> str:
        """What a reader must know before quoting an entry that was not made from the article itself; else empty.

        An article that an amendment changed and whose new words are not at hand is such an entry too.
        """
        if article.changed_by:
            return (
                f"《{regulation.title}》{article.no}已被{article.changed_by}修改，手头的文字没有并入这一修改；"
                "引用前请查修改决定。"
            )
        if article.no is not None or article.kind == "official":
            return ""
        made = "据解读、报道或摘要整理（把握中等）" if article.confidence == "medium" else "为转述要点"
        return (
            f"《{regulation.title}》“{article.topic or article.label}”一项{made}，条号未核，所以只引到文件；"
            "“核验”仅指引文与收录的要点一致，正式引用前请回查原文。"
        )

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
                standing=regulation.level,
                confidence=article.confidence if article else "high",
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
        article = self.library.article(regulation.id, citation.article) if citation.article else None
        status = self._succession.article_status(regulation, article, as_of)
        sources = self._sources(regulation, citation)
        there = any(_contains(source, citation.quote) for source in sources)
        verified = there and (status in CURRENT or historical)
        return citation.model_copy(update={"verified": verified, "status": status})

    def wording(self, citation: Citation) -> str:
        """All that is at hand of what the cited article says: its text and its précis."""
        regulation = self.library.regulations[citation.source_id]
        if citation.article is None:
            loose = [article.text for article in regulation.articles if article.no is None]
            return "\n".join(text for text in loose if _contains(text, citation.quote)) or "\n".join(loose)
        found = (
            self.library.article(regulation.id, citation.article),
            self.library.precis.get((regulation.id, citation.article)),
        )
        return "\n".join(article.text for article in found if article)

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
