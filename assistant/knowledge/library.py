"""The loaded whole: look up by id, by title, by article; hand out what is to be indexed; carry a version stamp.

National laws exist twice: as précis in the corpus, written for our readers, and as official text in the statutes
package. They are joined here under the corpus id. The official wording is the article; the précis stays beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path

from langchain_core.documents import Document

from assistant.knowledge.articles import split_article
from assistant.knowledge.joining import join_imported
from assistant.knowledge.loader import Corpus, load_corpus
from assistant.knowledge.statutes import load_statutes
from assistant.types import Article, Boundary, Case, Pattern, Regulation, Status

NAMED = re.compile("《中华人民共和国([^《》]+法典?)》")


class Library:
    """Patterns, cases and regulations of one corpus folder together with the official statutes."""

    def __init__(self, corpus: Corpus, statutes: tuple[Regulation, ...]) -> None:
        self.corpus = corpus
        self.patterns: dict[str, Pattern] = {item.id: item for item in corpus.patterns if item.status == "active"}
        self.cases: dict[str, Case] = {item.id: item for item in corpus.cases if item.status == "active"}
        self._boundaries = {frozenset(item.between): item for item in corpus.neighbours}
        self.precis: dict[tuple[str, str], Article] = {}
        self.regulations: dict[str, Regulation] = {item.id: item for item in corpus.regulations}
        for statute in statutes:
            joined = self._join(statute)
            self.regulations[joined.id] = joined
        self.regulations, self.precis = join_imported(corpus.imported, self.regulations, self.precis)
        self._by_title: dict[str, list[Regulation]] = {}
        for regulation in self.regulations.values():
            self._by_title.setdefault(regulation.title, []).append(regulation)
        self._articles: dict[tuple[str, str], Article] = {
            (regulation.id, article.no): article
            for regulation in self.regulations.values()
            for article in regulation.articles
            if article.no is not None
        }

    @classmethod
    def open(cls, folder: Path) -> Library:
        """Load the corpus in `folder` and the installed statutes."""
        return cls(load_corpus(folder), load_statutes())

    def _join(self, statute: Regulation) -> Regulation:
        """Give a law that the corpus describes its official articles; the corpus keeps id, dates, notes and sources."""
        if statute.status == "repealed":
            replaced = (entry.since for entry in self.corpus.gaps.replaced if entry.title == statute.title)
            since = statute.ended or next(replaced, None)
            return statute.model_copy(update={"ended": since})
        for described in self.corpus.regulations:
            if described.level == "法律" and described.title == statute.title and described.status != "repealed":
                for article in described.articles:
                    if article.no is not None:
                        self.precis[described.id, article.no] = article
                official = {article.no for article in statute.articles}
                extra = tuple(article for article in described.articles if article.no not in official)
                dates = _dates(described, statute)
                return described.model_copy(update={"articles": statute.articles + extra, "bundled": True, **dates})
        return statute

    def titled(self, title: str) -> list[Regulation]:
        """Every version of the instrument with this exact title (without 《》 and 中华人民共和国)."""
        return self._by_title.get(title.removeprefix("中华人民共和国"), [])

    def article(self, source_id: str, no: str) -> Article | None:
        """The article of an instrument, by its number as people cite it."""
        return self._articles.get((source_id, no))

    def status_on(self, regulation: Regulation, day: date) -> Status:
        """Whether an instrument applied on `day`: what ended is repealed, what had not begun is not yet in force."""
        if regulation.effective_from is not None and day < regulation.effective_from:
            return "not_yet_in_force"
        if regulation.ended is not None:
            if day >= regulation.ended:
                return "repealed"
            return "not_yet_in_force" if self.never_applied(regulation) else "in_force"
        if regulation.status == "not_yet_in_force" and regulation.effective_from is not None:
            return "in_force"
        return regulation.status

    @cached_property
    def named_since(self) -> dict[str, date]:
        """The first day on which the official wording of another law speaks of a law by its full name: it existed.

        The last article is not read: annexes stand below it, and they are added to without a date.
        """
        found: dict[str, date] = {}
        for regulation in self.regulations.values():
            for article in regulation.articles[:-1] if regulation.bundled else ():
                day = article.since or regulation.text_since
                if day is None or article.kind != "official":
                    continue
                for title in {*NAMED.findall(article.text)} - {regulation.title}:
                    found[title] = min(day, found.get(title, day))
        return found

    def never_applied(self, regulation: Regulation) -> bool:
        """Whether a text was published and never took effect: a draft, or one put off until it was replaced."""
        return regulation.effective_from is None and re.search("暂缓|未施行", regulation.effective) is not None

    def boundary(self, pattern_id: str, other_id: str) -> Boundary | None:
        """What separates two patterns, where the corpus says so."""
        return self._boundaries.get(frozenset((pattern_id, other_id)))

    def cases_of(self, pattern_id: str) -> list[Case]:
        """The precedents of a pattern, newest first."""
        found = [case for case in self.cases.values() if pattern_id in case.patterns]
        return sorted(found, key=lambda case: (case.year, case.date), reverse=True)

    @cached_property
    def version(self) -> str:
        """A stamp that changes with any word of the knowledge: `2026-11-22+1a2b3c4d`."""
        digest = hashlib.sha256()
        for path in sorted(self.corpus.folder.rglob("*")):
            if path.suffix in {".yaml", ".md", ".jsonl"} and path.is_file():
                digest.update(path.relative_to(self.corpus.folder).as_posix().encode())
                digest.update(path.read_bytes())
        as_of = self.corpus.gaps.as_of
        return f"{as_of.isoformat() if as_of else 'undated'}+{digest.hexdigest()[:8]}"

    # --- what is indexed ----------------------------------------------------------------------------------------------

    def documents(self, today: date) -> list[Document]:
        """Chunks for retrieval. `core` chunks (the corpus and the articles it names) must be embedded before answering.

        Superseded wordings of national laws are left out, so that old and new text are never both found; repealed
        instruments of the corpus stay in, because staff still ask about them and are pointed to the successor.
        """
        return [*self._law_documents(today), *self._case_documents(), *self._pattern_documents()]

    def _law_documents(self, today: date) -> Iterator[Document]:
        named = self._named_articles()
        for regulation in self.regulations.values():
            own = not regulation.bundled
            if not own and self._superseded(regulation, today):
                continue
            for article in regulation.articles:
                label = article.no or article.label
                core = own or article.kind == "precis" or (regulation.id, label) in named
                yield from self._article_documents(regulation, article, label, core)
                if self.status_on(regulation, today) in ("in_force", "amended"):
                    yield from self._asked_documents(regulation, article, label)

    def _superseded(self, regulation: Regulation, today: date) -> bool:
        if self.status_on(regulation, today) in ("in_force", "amended"):
            return False
        return regulation.status == "repealed" or len(self.titled(regulation.title)) > 1

    def _article_documents(
        self, regulation: Regulation, article: Article, label: str, core: bool
    ) -> Iterator[Document]:
        row = f"{regulation.id}:{label}"
        precis = self.precis.get((regulation.id, label))
        topic = article.topic or (precis.topic if precis else "")
        head = " ".join(part for part in (regulation.title, article.chapter, label, topic) if part)
        extra = f"\n{precis.text}" if precis else ""
        for part, text in enumerate(split_article(article.text)):
            chunk = row if part == 0 else f"{row}#{part + 1}"
            content = f"{head}\n{text}{extra if part == 0 else ''}"
            yield self._article_document(regulation, article, label, chunk, content, core)

    def _asked_documents(self, regulation: Regulation, article: Article, label: str) -> Iterator[Document]:
        """How people ask for an article, as one more chunk of it: a question is nearer to a question than to a rule."""
        questions = self.corpus.speech.asked.get(regulation.title, {}).get(label)
        if questions:
            chunk = f"{regulation.id}:{label}#asked"
            yield self._article_document(regulation, article, label, chunk, "\n".join(questions), core=True)

    @staticmethod
    def _article_document(
        regulation: Regulation, article: Article, label: str, chunk: str, content: str, core: bool
    ) -> Document:
        """A chunk of an article: `content` is what is searched, the article's own text what is shown."""
        return _document(
            id=chunk,
            row=f"{regulation.id}:{label}",
            content=content,
            kind="statute" if regulation.level == "法律" else "rule",
            source_id=regulation.id,
            law=regulation.title,
            article=article.no or "",
            title=f"《{regulation.title}》{label}",
            text=article.text,
            core=core,
        )

    def _case_documents(self) -> Iterator[Document]:
        for case in self.cases.values():
            flags = "；".join(case.red_flags)
            text = f"{case.facts}\n可疑迹象：{flags}\n启示：{case.lessons}"
            for part, chunk in enumerate(split_article(f"{case.facts}\n{flags}\n{case.lessons}")):
                yield _document(
                    id=case.id if part == 0 else f"{case.id}#{part + 1}",
                    row=case.id,
                    content=f"{case.title}\n{chunk}",
                    kind="case",
                    source_id=case.id,
                    law="",
                    article="",
                    title=case.title,
                    text=text,
                    core=True,
                )

    def _pattern_documents(self) -> Iterator[Document]:
        for pattern in self.patterns.values():
            signs = "\n".join(indicator.says for indicator in pattern.indicators)
            parts = [f"{pattern.gist}\n{pattern.summary}", signs]
            for part, chunk in enumerate(parts):
                yield _document(
                    id=f"pattern-{pattern.id}" if part == 0 else f"pattern-{pattern.id}#{part + 1}",
                    row=f"pattern-{pattern.id}",
                    content=f"{pattern.name}（{'、'.join(pattern.aliases)}）\n{chunk}",
                    kind="pattern",
                    source_id=pattern.id,
                    law="",
                    article="",
                    title=pattern.name,
                    text=f"{pattern.gist}\n{pattern.summary}",
                    core=True,
                )

    def _named_articles(self) -> set[tuple[str, str]]:
        """The statute articles that patterns and précis name."""
        named = set(self.precis)
        for pattern in self.patterns.values():
            for reference in pattern.articles:
                title, _, number = reference.partition(" ")
                named |= {(regulation.id, number) for regulation in self.titled(title)}
        return named

    def practices(self) -> list[Document]:
        """Every wording that stands for an indicator or a lawful look-alike: what statements are compared with."""
        rows: list[Document] = []
        for pattern in self.patterns.values():
            for indicator in pattern.indicators:
                says = [("says", indicator.says)]
                wordings = [("example", text) for text in indicator.examples]
                for number, (role, text) in enumerate(says + wordings):
                    rows.append(_practice(f"{indicator.id}:{role}:{number}", text, pattern.id, indicator.id, role))
            for number, twin in enumerate(pattern.lookalikes):
                id = f"{pattern.id}:lookalike:{number}"
                rows.append(_practice(id, f"{twin.practice}：{twin.why}", pattern.id, "", "lookalike"))
        return rows


def _dates(described: Regulation, statute: Regulation) -> dict[str, date | None]:
    """Since when a law and its wording apply: our own record knows when a wording began that was adopted before."""
    own, adopted = described.effective_from, statute.adopted
    if own is None or own == statute.effective_from:
        return {"text_since": statute.text_since, "adopted": adopted}
    known = adopted is not None and own >= adopted
    days = [day for day in (own, statute.effective_from) if day is not None]
    return {
        "text_since": own if known else statute.text_since,
        "adopted": None if known else adopted,
        "effective_from": min(days),
    }


def _document(*, content: str, **metadata: str | bool) -> Document:
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    return Document(page_content=content, metadata={**metadata, "hash": digest}, id=str(metadata["id"]))


def _practice(id: str, text: str, pattern: str, indicator: str, role: str) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    metadata = {"id": id, "pattern": pattern, "indicator": indicator, "role": role, "hash": digest, "core": True}
    return Document(page_content=text, metadata=metadata, id=id)
