"""Letters that two texts share, where meaning is too coarse: a name, a figure, the noun that a correction names."""

from __future__ import annotations

import re

from assistant.assessment import fold


def grams(text: str, size: int) -> set[str]:
    """Stretches of `size` letters and digits of a text; the whole where it has fewer."""
    letters = re.sub(r"\W", "", fold(text))
    return {letters[at : at + size] for at in range(len(letters) - size + 1)} or {letters}
