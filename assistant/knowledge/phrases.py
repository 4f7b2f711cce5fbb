"""The lists of phrases by which wording is recognised (`corpus/language.yaml`, `corpus/writing.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from assistant.errors import CorpusError


def read_phrases(path: Path) -> dict[str, list[str]]:
    """Lists of phrases by name. Raises `CorpusError` for a file that cannot be read or is written otherwise."""
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorpusError(f"读不出用语表 {path}：{error}。请恢复这个文件后重试。") from error
    if not isinstance(value, dict) or not all(isinstance(words, list) for words in value.values()):
        raise CorpusError(f"用语表 {path} 的写法不对：应为“名称: 词语列表”。请对照 corpus/README.md 改正。")
    return {str(name): [str(word) for word in words] for name, words in value.items()}


def any_of(phrases: Sequence[str], leading: str = "") -> re.Pattern[str]:
    """Finds the first of some phrases, the longest at each place; Latin ones as whole words, capitals or not.

    `leading` is a pattern that must stand before the phrase.
    """
    words = sorted(phrases, key=len, reverse=True)
    latin = [rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words]
    return re.compile(f"{leading}(?:{'|'.join(latin) or '(?!)'})", re.I)
