"""The only place where text becomes HTML.

`tag` escapes every child and attribute that is not `Html` already, so user text, documents, corpus and model output can
reach the page only as text. Braces, dollar signs and backticks are escaped too: Gradio runs the content of its HTML
component through a template engine, and those are its syntax.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "{": "&#123;",
        "}": "&#125;",
        "$": "&#36;",
        "`": "&#96;",
        "\0": "\ufffd",
    }
)
_EMPTY = frozenset({"br", "hr", "input"})


class Html(str):
    """Markup that is safe to show as it is. Made by `tag` and `join` only."""

    __slots__ = ()


Child: TypeAlias = "Html | str | int | Iterable[Child] | None"


def escape(text: str) -> Html:
    """Plain text as markup."""
    return Html(text.translate(_ESCAPES))


def join(*children: Child) -> Html:
    """Children one after the other; `None` is nothing."""
    return Html("".join(_flat(children)))


def tag(name: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """An element. `class_` becomes `class`, `data_source` becomes `data-source`; False and None leave one out."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _EMPTY:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def link(address: str, text: str) -> Html:
    """A link to the web that opens beside the page; anything but http(s) stays text."""
    if not address.startswith(("https://", "http://")):
        return escape(text)
    return tag("a", text, href=address, target="_blank", rel="noopener noreferrer")


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            yield child if isinstance(child, Html) else escape(child)
        elif isinstance(child, int):
            yield str(child)
        else:
            yield from _flat(child)
