"""The same words however they are typed: traditional characters, full-width digits and letters, kinds of brackets.

Folding goes character for character, so a place in the folded text is the same place in the text as written.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC

NUMBER = r"[一二三四五六七八九十百千零〇两\d]+"
SAME = str.maketrans("()﹝﹞〈〉○–−－", "（）〔〕《》〇---")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


class _Folded(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code in SAME:
            folded = chr(SAME[code])
        elif character.isascii() or ("０" <= character <= "ｚ" and character.isalnum()):
            folded = unicodedata.normalize("NFKC", character).lower()
        else:
            folded = _simplifier().convert(character)
        self[code] = folded if len(folded) == 1 else character
        return self[code]


_FOLDED = _Folded()


def fold(text: str) -> str:
    """`text` in simplified characters, ASCII digits and lower-case letters; as long as it was."""
    return text.translate(_FOLDED)
