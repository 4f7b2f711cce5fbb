"""Official texts that the institution imported: versions on disk, below `corpus/imported/`.

They live in the corpus because they are knowledge like any other: plain lines that a person can read, compare and take
back with the tools an institution already has, and part of the library's version stamp. One folder a title, one file a
version: a header line with title, number, dates, file and checksum, then one line an article. A version that was
written is never changed: the same text again adds nothing, another text becomes the next version. To take one out of
use, write `"status": "retired"` and a `why` into its header.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from assistant.errors import StorageError
from assistant.knowledge.official import Instrument
from assistant.knowledge.problems import Problem
from assistant.types import Frozen

FOLDER = "imported"
LONGEST_NAME = 60  # characters of a title in a folder's name; file systems stop at 255 bytes
ARTICLE_FIELDS = {"no", "label", "topic", "chapter", "text"}


class Imported(Frozen):
    """One version of an imported text. `source` and `sha256` are the name and checksum of the file it was read from."""

    instrument: Instrument
    version: int
    source: str
    sha256: str
    imported: date
    status: Literal["active", "retired"] = "active"
    why: str = ""

    @property
    def since(self) -> date | None:
        """The day from which this wording applies, as far as the text says it."""
        days = [day for day in (self.instrument.effective, self.instrument.revised) if day is not None]
        return max(days, default=self.instrument.published)


class Kept(Frozen):
    """What became of an import: a new version, or nothing because this file or this text is there already."""

    state: Literal["imported", "same_file", "same_text"]
    version: int
    path: str


def read_imported(folder: Path, problems: list[Problem]) -> tuple[Imported, ...]:
    """Every imported version of a corpus folder, by title and version; a broken file becomes a problem."""
    found = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            found.append(_read(path))
        except (OSError, UnicodeDecodeError, ValueError, ValidationError) as error:
            what = f"导入的文本读不出来（{type(error).__name__}）"
            problems.append(Problem(name, 1, what, "恢复这个文件，或删掉它后重新导入"))
    return tuple(item for item in found if item.status == "active")


def keep(folder: Path, instrument: Instrument, source: str, data: bytes, today: date) -> Kept:
    """Write `instrument` as the next version of its title, unless this file or this text is there already.

    Raises `StorageError` where the corpus cannot be read or written.
    """
    checksum = hashlib.sha256(data).hexdigest()
    place = folder / FOLDER / _folder_name(instrument.title)
    number = 1
    try:
        for path in _files(folder, place.name):
            old = _read(path)
            number = max(number, old.version + 1)
            name = path.relative_to(folder).as_posix()
            if old.status == "active" and old.sha256 == checksum and old.instrument.title == instrument.title:
                return Kept(state="same_file", version=old.version, path=name)
            if old.status == "active" and _words(old.instrument) == _words(instrument):
                return Kept(state="same_text", version=old.version, path=name)
        item = Imported(instrument=instrument, version=number, source=source, sha256=checksum, imported=today)
        place.mkdir(parents=True, exist_ok=True)
        target = place / f"{number}.jsonl"
        _write_new(target, _lines(item))
    except OSError as error:
        raise StorageError(
            f"写不进 {place}（{error.strerror or error}）。请检查 PARTNER_LENS_CORPUS 所指文件夹的权限和空间后重试。"
        ) from error
    except ValueError as error:
        raise StorageError(f"{place} 里有读不出的旧版本。请运行 partner-lens corpus check，修好后再导入。") from error
    return Kept(state="imported", version=number, path=target.relative_to(folder).as_posix())


def _files(folder: Path, title: str = "*") -> list[Path]:
    pattern = f"{FOLDER}/{title}/*.jsonl" if title == "*" else f"{FOLDER}/{title.replace('[', '[[]')}/*.jsonl"
    return sorted(folder.glob(pattern), key=lambda path: (path.parent.name, len(path.stem), path.stem))


def _folder_name(title: str) -> str:
    """A title as a folder's name: what file systems refuse is left out, and a long one ends in a checksum."""
    clean = re.sub(r'[\\/:*?"<>|\x00-\x1f\s.\[\]]+', "", title) or "无题"
    digest = hashlib.sha256(title.encode()).hexdigest()[:6]
    return clean if len(clean) <= LONGEST_NAME else f"{clean[:LONGEST_NAME]}-{digest}"


def _read(path: Path) -> Imported:
    header, *rows = path.read_text(encoding="utf-8").split("\n")
    facts: dict[str, Any] = json.loads(header)
    articles = [json.loads(row) | {"kind": "official"} for row in rows if row.strip()]
    about = {name: facts.pop(name) for name in list(facts) if name in Instrument.model_fields}
    count = facts.pop("count")
    if count != len(articles):
        raise ValueError(f"{count} articles expected, {len(articles)} found")
    return Imported.model_validate({**facts, "instrument": {**about, "articles": articles}})


def _lines(item: Imported) -> Iterable[str]:
    about = item.instrument.model_dump(mode="json", exclude={"articles"})
    facts = item.model_dump(mode="json", exclude={"instrument"})
    yield json.dumps({**about, **facts, "count": len(item.instrument.articles)}, ensure_ascii=False)
    for article in item.instrument.articles:
        yield json.dumps(article.model_dump(include=ARTICLE_FIELDS), ensure_ascii=False)


def _write_new(target: Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all, and never over another."""
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.link(part, target)  # unlike a rename, this fails where the file exists
    finally:
        part.unlink(missing_ok=True)


def _words(instrument: Instrument) -> str:
    """Everything a reader would call the text: two files of one text differ in their bytes, not in this."""
    facts = instrument.model_dump(mode="json", include={"title", "doc_no", "published", "effective", "revised"})
    rows = [(article.label, "".join(article.text.split())) for article in instrument.articles]
    return json.dumps([facts, rows], ensure_ascii=False)
