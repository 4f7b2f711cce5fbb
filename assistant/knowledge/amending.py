"""Applying the amending decisions of the statutes package to the laws they amend.

The package may hold a law as it stood before a later amendment, and that amendment as a text of its own. What such a
decision words out in full (a whole article, one paragraph, a new article 之一) is applied. Whatever else it orders is
not guessed at: the articles it names are marked as changed, and the reader is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from assistant.knowledge.references import canonical, number_of, place_of
from assistant.knowledge.spelling import NUMBER
from assistant.types import Article, Regulation

AMENDMENT = re.compile(
    r"^(?P<law>[^《》]+)修正案(?:（[^）]+）)?$|关于修改《(?:中华人民共和国)?(?P<named>[^》]+)》的决定$"
)
NO = rf"第{NUMBER}条(?:之{NUMBER})?"
QUOTED = r"[：:]\s*(?P<words>[\"“].*[\"”])[。；;]?$"
WHOLE = re.compile(
    rf"^[将在]?(?P<law>[^第，。：]*)(?P<no>{NO})(?:中?增加{NUMBER}款[^，：]*，?(?:作为[^，：]+，)?将该条)?，?修改为{QUOTED}",
    re.S,
)
PARAGRAPH = re.compile(rf"^将?(?P<law>[^第，。：]*)(?P<no>{NO})第(?P<paragraph>{NUMBER})款修改为{QUOTED}", re.S)
ADDED = re.compile(
    rf"^(?:在[^，。：]*后)?增加一条，作为(?P<law>[^第，。：]*)(?P<no>第{NUMBER}条之{NUMBER}){QUOTED}", re.S
)
SPOKEN = re.compile(r"[\"“][^\"”]*[\"”]?")
ITEM = re.compile(rf"^（{NUMBER}）")


def amended_by(title: str) -> str | None:
    """The title of the law that an instrument of this title amends; None where it is no amendment."""
    match = AMENDMENT.search(title)
    return (match["law"] or match["named"]) if match else None


def amend(law: Regulation, decision: Regulation) -> tuple[Regulation, Regulation]:
    """The text of `law` before and after `decision` began to apply; the later keeps the id.

    Articles with new words say since when; those that changed in a way not applied here say by what.
    """
    begins = decision.effective_from
    assert begins is not None  # an amendment without a first day is not applied
    articles = {article.no: article for article in law.articles}
    said = f"{decision.title}（{begins.isoformat()}起施行）"
    for order in decision.articles:
        text = order.text.strip()
        changed = _applied(text, law.title, articles, begins)
        if changed is None:
            for no in _named(text):
                if no in articles:
                    articles[no] = articles[no].model_copy(update={"changed_by": said})
        else:
            articles[changed.no] = changed
    before = law.model_copy(
        update={"id": f"{law.id}-before-{begins.isoformat()}", "status": "repealed", "ended": begins}
    )
    return before, law.model_copy(update={"articles": _in_order(articles.values())})


def _in_order(articles: Iterable[Article]) -> tuple[Article, ...]:
    """New articles, which come last, go behind the one whose number they carry on."""
    ordered: list[Article] = []
    for article in articles:
        number, sub = place_of(article.no or "") or (0, 0)
        earlier = [
            at for at, item in enumerate(ordered) if (0, 0) < (place_of(item.no or "") or (0, 0)) < (number, sub)
        ]
        ordered.insert(earlier[-1] + 1 if sub and earlier else len(ordered), article)
    return tuple(ordered)


def _applied(text: str, title: str, articles: dict[str | None, Article], begins: date) -> Article | None:
    """The article as `text` words it out; None where it does not do so with certainty."""
    for form in (WHOLE, PARAGRAPH, ADDED):
        match = form.match(text)
        words = _unquoted(match["words"]) if match else None
        if match is None or words is None or not _is_of(match["law"], title):
            continue
        place = place_of(match["no"])
        no = canonical(place[0], place[1] or None) if place else None
        old = articles.get(no)
        if form is ADDED:
            parent = articles.get(canonical(place[0])) if place else None
            chapter = parent.chapter if parent else ""
            new = Article(no=no, label=no or "", text=words, kind="official", chapter=chapter, since=begins)
            return None if old else new
        if old is None or old.changed_by:
            return None
        if form is PARAGRAPH:
            replaced = _with_paragraph(old.text, number_of(match["paragraph"]), words)
            return old.model_copy(update={"text": replaced, "since": begins}) if replaced else None
        return old.model_copy(update={"text": words, "since": begins})
    return None


def _is_of(named: str, title: str) -> bool:
    bare = named.strip("《》").removeprefix("中华人民共和国").strip("《》")
    return bare in ("", "本法", title)


def _unquoted(words: str) -> str | None:
    """The new wording without the marks that open each of its paragraphs; None where it holds other marks."""
    body = words[:-1]
    lines = [line.strip() for line in body.splitlines()]
    if not all(line[:1] in ('"', "“") for line in lines):
        return None
    bare = [line[1:] for line in lines]
    return None if re.search(r"[\"“”]", "".join(bare)) else "\n".join(bare)


def _with_paragraph(text: str, number: int | None, words: str) -> str | None:
    """`text` with one paragraph replaced; the items of a list belong to the paragraph that opens it."""
    paragraphs: list[list[str]] = []
    for line in text.splitlines():
        if ITEM.match(line) and paragraphs:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    if number is None or not 0 < number <= len(paragraphs):
        return None
    paragraphs[number - 1] = [words]
    return "\n".join(line for paragraph in paragraphs for line in paragraph)


def _named(text: str) -> Iterator[str]:
    """The articles that an order names outside the words it quotes."""
    for match in re.finditer(NO, SPOKEN.sub("", text)):
        place = place_of(match.group())
        if place:
            yield canonical(place[0], place[1] or None)
