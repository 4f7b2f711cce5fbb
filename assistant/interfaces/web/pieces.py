"""Small pieces that several views share: chips that open a source, the foot of an answer, collapsed text."""

from __future__ import annotations

from assistant.interfaces.web.labels import Labels
from assistant.interfaces.web.markup import Html, join, tag
from assistant.types import Citation, Passage

FOLD_AT = 280


def cited_name(law: str, article: str | None) -> str:
    """A citation as people write it: `《刑法》第一百七十五条之一`."""
    return f"《{law}》{article or ''}"


def source_button(
    *children: Html | str | int | None,
    class_: str,
    source: str,
    article: str | None = None,
    quote: str = "",
    label: str | None = None,
) -> Html:
    """A button that opens a source in the panel at an article, with the quoted words marked."""
    return tag(
        "button",
        *children,
        type="button",
        class_=class_,
        data_source=source,
        data_article=article or "",
        data_quote=quote,
        aria_label=label,
    )


def citation_number(number: int, citation: Citation) -> Html:
    """The small number in a sentence that opens its source."""
    name = cited_name(citation.law, citation.article)
    return source_button(
        number,
        class_="pl-cite",
        source=citation.source_id,
        article=citation.article,
        quote=citation.quote,
        label=f"{number} {name}",
    )


def citation_row(number: int | None, citation: Citation, t: Labels) -> Html:
    """A cited article in a list: number, name, rank of the instrument, official text or précis, whether it applies.

    `verified` speaks of the quote. Where the number of the article was not checked, the row says both.
    """
    unnumbered = citation.article is None and citation.kind == "precis" and citation.verified
    kind = t.official if citation.kind == "official" else t.precis
    stale = citation.status in ("repealed", "not_yet_in_force")
    return tag(
        "li",
        source_button(
            tag("span", number, class_="pl-no") if number else None,
            tag("span", cited_name(citation.law, citation.article), class_="pl-row-name"),
            tag("span", t.standings[citation.standing], class_="pl-tag") if citation.standing else None,
            tag("span", kind, class_="pl-tag"),
            tag("span", t.statuses[citation.status], class_="pl-tag pl-tag-warn" if stale else "pl-tag"),
            None if citation.verified else tag("span", t.unverified, class_="pl-tag pl-tag-warn"),
            tag("span", t.unnumbered, class_="pl-tag pl-tag-warn", title=t.verified_means) if unnumbered else None,
            tag("span", t.medium, class_="pl-tag pl-tag-warn") if citation.confidence == "medium" else None,
            class_="pl-row",
            source=citation.source_id,
            article=citation.article,
            quote=citation.quote,
        ),
    )


def passage_row(passage: Passage, t: Labels) -> Html:
    """A found passage in a list, with its beginning."""
    return tag(
        "li",
        source_button(
            tag("span", passage.title, class_="pl-row-name"),
            tag("span", t.kinds[passage.kind], class_="pl-tag"),
            tag("span", passage.text[:90] + ("…" if len(passage.text) > 90 else ""), class_="pl-row-text"),
            class_="pl-row",
            source=passage.source_id,
            article=passage.article,
        ),
    )


def section(heading: str, *children: Html | None, class_: str = "") -> Html | None:
    """A part of an answer under its heading; none without content."""
    if not any(children):
        return None
    return tag("section", tag("h4", heading), *children, class_=f"pl-section {class_}".strip())


def foot(version: str, elapsed_ms: float, t: Labels) -> Html:
    """What stands below every answer: copy, whose decision it is, and what it was made with."""
    return tag(
        "footer",
        tag("button", t.copy, type="button", class_="pl-copy", data_copy=True, data_copied=t.copied),
        tag("span", t.disclaimer, class_="pl-disclaimer"),
        tag("span", t.details.format(version=version, seconds=f"{elapsed_ms / 1000:.1f}"), class_="pl-details"),
        class_="pl-foot",
    )


def user_message(text: str, t: Labels, position: int = 0) -> Html:
    """The user's words as they are; a long text shows its beginning and opens on request.

    A turn that is kept, at its `position`, can be gone back to.
    """
    edit = tag("button", "✎", type="button", class_="pl-edit", title=t.edit, aria_label=t.edit, data_edit=str(position))
    if len(text) <= FOLD_AT:
        words = tag("div", text, class_="pl-user")
        return join(words, edit) if position else words
    beginning = " ".join(text[:120].split()) + "…"
    count = tag("span", t.full_text.format(count=f"{len(text):,}"), class_="pl-muted")
    folded = tag(
        "details",
        tag("summary", tag("span", beginning), " ", count),
        tag("div", text, class_="pl-user-full"),
        class_="pl-user",
    )
    return join(folded, edit) if position else folded
