"""The panel beside the chat: one article, case or practice, opened where a citation points, its quoted words marked."""

from __future__ import annotations

import re

from assistant.interfaces.web.labels import Labels
from assistant.interfaces.web.markup import Html, escape, join, link, tag
from assistant.knowledge.sources import SourceView
from assistant.knowledge.wording_changes import Change, Version


def source_html(view: SourceView | None, quote: str, t: Labels) -> Html:
    """A source, or that the knowledge no longer holds it."""
    if view is None:
        return _panel(t.panel, tag("p", t.panel_gone, class_="pl-muted"), t)
    facts = [(tag("dt", label), tag("dd", value)) for label, value in view.facts if value]
    sections = [_section(heading, text, kind, quote) for heading, text, kind in view.sections]
    links = [tag("li", link(address, title)) for title, address in view.links]
    return _panel(
        view.title,
        join(
            tag("dl", *facts, class_="pl-facts") if facts else None,
            *sections,
            _earlier(view.earlier, t),
            tag("section", tag("h3", t.sources), tag("ul", *links, class_="pl-links")) if links else None,
        ),
        t,
    )


def empty_panel_html(t: Labels) -> Html:
    """The panel before anything was opened."""
    return _panel(t.panel, tag("p", t.panel_empty, class_="pl-muted"), t)


def highlight(text: str, quote: str) -> Html:
    """The text with the first occurrence of the quote marked; white space may differ, letters may not."""
    letters = [re.escape(letter) for letter in quote if not letter.isspace()]
    found = re.search(r"\s*".join(letters), text) if letters else None
    if found is None:
        return escape(text)
    return join(text[: found.start()], tag("mark", found.group()), text[found.end() :])


def _section(heading: str, text: str, kind: str, quote: str) -> Html:
    return tag(
        "section",
        tag("h3", heading, tag("span", kind, class_="pl-tag") if kind else None) if heading or kind else None,
        tag("div", highlight(text, quote), class_="pl-source-text"),
    )


def _earlier(changes: tuple[Change, ...], t: Labels) -> Html | None:
    """What the article said before, folded: one text with what went struck out and what came underlined."""
    if not changes:
        return None
    return tag(
        "details",
        tag("summary", t.earlier, " ", tag("span", _days(changes[0].old.version, t), class_="pl-muted")),
        *(_former(change, t) for change in changes),
        class_="pl-earlier",
    )


def _former(change: Change, t: Labels) -> Html:
    old = change.old.version
    kind = t.official if change.old.kind == "official" else t.precis
    standing = t.statuses[old.status] if old.status else t.reimported.format(number=old.imported)
    compared = t.bases[change.basis] if change.changed else t.same_words
    names = {"same": None, "deleted": "del", "inserted": "ins"}
    words = [tag(name, run.text) if (name := names[run.mark]) else escape(run.text) for run in change.runs]
    return tag(
        "section",
        tag("h3", f"《{old.title}》{change.old.article}", tag("span", kind, class_="pl-tag")),
        tag("p", _days(old, t), " · ", standing, " · ", compared, class_="pl-muted"),
        tag("p", change.says, class_="pl-muted") if change.says and change.says != change.old.text else None,
        None if words else tag("p", t.not_compared, class_="pl-muted"),
        tag("div", *(words or [escape(change.old.text)]), class_="pl-source-text"),
    )


def _days(version: Version, t: Labels) -> str:
    """From when to when a text applied, as far as that is known."""
    known = ((t.since, version.begins), (t.until, version.ended))
    return " ".join(words.format(date=day.isoformat()) for words, day in known if day)


def _panel(title: str, body: Html, t: Labels) -> Html:
    close = tag("button", "×", type="button", class_="pl-icon", data_close="panel", aria_label=t.close)
    return tag(
        "aside",
        tag("header", tag("h2", title, tabindex="-1"), close, class_="pl-panel-head"),
        tag("div", body, class_="pl-panel-body"),
        aria_label=t.panel,
        class_="pl-panel",
    )
