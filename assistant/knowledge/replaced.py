"""Which article of an heir took the place of an article that was replaced, where the corpus says so.

Another instrument has other articles, and likeness of words would only be a guess between them. So a pair needs a
statement in the précis of the old article that names the heir and its article (…以2024年解释第五条为准); one that could
mean two heirs, or an article that is not at hand, is not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.knowledge.library import Library
from assistant.knowledge.references import canonical, key, place_of
from assistant.knowledge.spelling import NUMBER
from assistant.types import Article, Regulation

STATED = re.compile(
    rf"(?<![不非未])(?P<lead>以|由|现为|现行为)(?P<name>《[^》]+》|[^，。；、：《》]{{1,40}}?)"
    rf"(?P<article>第{NUMBER}条(?:之{NUMBER})?)(?P<end>为准|取代|代替|接替)?"
)
ENDS = {"以": ("为准",), "由": ("取代", "代替", "接替"), "现为": (None,), "现行为": (None,)}
KIND_OF_TEXT = re.compile(r"^(?:新|现行)?的?(?:司法解释|解释|办法|通知|条例|规定|指引|规范|法)$")


@dataclass(frozen=True)
class Link:
    """The corpus `says` that `new` took the place of `old`."""

    before: Regulation
    old: Article
    after: Regulation
    new: Article
    says: str

    def joins(self, regulation: Regulation, article: Article) -> bool:
        """Whether an article is one of the two; its précis and its text are the same article."""
        ends = ((self.before, self.old), (self.after, self.new))
        return any(one is regulation and label(item) == label(article) for one, item in ends)


def links(library: Library, regulation: Regulation) -> list[Link]:
    """What the corpus says of the successors of this instrument's articles, and of those that it succeeded."""
    others = [item for item in library.regulations.values() if regulation in heirs(library, item)]
    to = [link for before in others for link in _links_from(library, before) if link.after is regulation]
    return [*_links_from(library, regulation), *to]


def _links_from(library: Library, before: Regulation) -> Iterator[Link]:
    for old in before.articles:
        told = old if old.kind == "precis" else library.precis.get((before.id, label(old)))
        for match in STATED.finditer(told.text) if told else ():
            meant = [heir for heir in heirs(library, before) if _means(match.group("name"), heir)]
            place = place_of(match.group("article"))
            if match.group("end") not in ENDS[match.group("lead")] or place is None or len(meant) != 1:
                continue
            new = library.article(meant[0].id, canonical(place[0], place[1] or None))
            if new is not None and told is not None:
                # Like beside like: where only a précis is left of the old article, the précis of the new one.
                like = library.precis.get((meant[0].id, label(new)), new) if old.kind == "precis" else new
                yield Link(before, old, meant[0], like, told.text)


def label(article: Article) -> str:
    """What an article is called within its instrument, the same for its text and its précis."""
    return article.no or article.label


def heirs(library: Library, regulation: Regulation) -> list[Regulation]:
    """The instruments at hand that replaced this one directly, whether they still apply or not."""
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
