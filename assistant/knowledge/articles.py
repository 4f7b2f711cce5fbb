"""Article-aware splitting.

A regulation is cited by article, so the article is our unit of retrieval. An article too long for the encoder is split
again at its paragraphs, and a paragraph too long at its sentences; every part keeps the article's number, and hits on
several parts of one article count as one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 420  # characters; with its heading a part stays inside the encoder's 512 tokens


def split_article(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Split `text` at paragraphs, then at sentences, into parts of at most `longest` characters where that is possible.

    Nothing is lost and nothing repeated: the parts joined again hold every character but the line breaks between them.
    """
    part = ""
    for piece in _pieces(text, longest):
        if part and len(part) + len(piece) + 1 > longest:
            yield part
            part = piece
        else:
            part = f"{part}\n{piece}" if part else piece
    if part:
        yield part


def _pieces(text: str, longest: int) -> Iterator[str]:
    for paragraph in filter(None, (line.strip() for line in text.splitlines())):
        if len(paragraph) <= longest:
            yield paragraph
        else:
            yield from filter(None, re.split(r"(?<=[。；;])", paragraph))
