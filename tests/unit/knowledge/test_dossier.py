"""Nothing of the researched dossier is dropped: what it held is counted in dossier.yaml and compared here.

Where the dossier itself lies beside the repository, every value of it is looked for as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from assistant.knowledge import Corpus, load_corpus
from assistant.knowledge.loader import STATUS_WORDS
from assistant.settings import REPOSITORY
from assistant.types import Case, Pattern, Regulation

MANIFEST = yaml.safe_load(Path(__file__).with_name("dossier.yaml").read_text(encoding="utf-8"))
DOSSIER = REPOSITORY.parent / "shared" / "domain"
WEIGHTS = {"low": 1, "medium": 2, "high": 3}

here = pytest.mark.skipif(not DOSSIER.is_dir(), reason="the researched dossier is not beside this repository")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(REPOSITORY / "corpus")


# --- counted ----------------------------------------------------------------------------------------------------------


def counts(item: Pattern | Case | Regulation) -> list[int]:
    """The numbers of the manifest, in its order."""
    if isinstance(item, Pattern):
        examples = sum(len(indicator.examples) for indicator in item.indicators)
        before = [len(item.aliases), len(item.chain), len(item.indicators), examples]
        return [*before, len(item.lookalikes), len(item.questions), len(item.actions), len(item.articles)]
    if isinstance(item, Case):
        return [len(item.roles), len(item.red_flags), len(item.sources)]
    return [len(item.articles), len(item.sources)]


def smaller(items: Iterable[Pattern | Case | Regulation], wanted: dict[str, list[int]]) -> dict[str, object]:
    """What has less than the manifest says, or is not there at all."""
    found = {item.id: counts(item) for item in items}
    return {
        id: (numbers, found.get(id))
        for id, numbers in wanted.items()
        if id not in found or any(mine < theirs for mine, theirs in zip(found[id], numbers, strict=True))
    }


def test_no_pattern_lost_anything(corpus: Corpus) -> None:
    assert smaller(corpus.patterns, MANIFEST["patterns"]) == {}


def test_no_case_lost_anything(corpus: Corpus) -> None:
    assert smaller(corpus.cases, MANIFEST["cases"]) == {}


def test_no_instrument_lost_anything(corpus: Corpus) -> None:
    assert smaller(corpus.regulations, MANIFEST["instruments"]) == {}


def test_the_manifest_adds_up_to_what_the_dossier_held() -> None:
    patterns, cases, instruments = (list(MANIFEST[kind].values()) for kind in ("patterns", "cases", "instruments"))
    assert MANIFEST["totals"] == {
        "patterns": len(patterns),
        "indicators": sum(row[2] for row in patterns),
        "examples": sum(row[3] for row in patterns),
        "lookalikes": sum(row[4] for row in patterns),
        "references": sum(row[7] for row in patterns),
        "cases": len(cases),
        "roles": sum(row[0] for row in cases),
        "case_sources": sum(row[2] for row in cases),
        "instruments": len(instruments),
        "articles": sum(row[0] for row in instruments),
        "instrument_sources": sum(row[1] for row in instruments),
        "unverified": 32,
    }


def test_what_could_not_be_verified_is_still_said(corpus: Corpus) -> None:
    assert len(corpus.gaps.unverified) >= MANIFEST["totals"]["unverified"]


# --- compared value by value ------------------------------------------------------------------------------------------


def dossier(name: str) -> Any:
    return yaml.safe_load((DOSSIER / f"{name}.yaml").read_text(encoding="utf-8"))


def values(item: Any) -> Iterator[str]:
    """Every text and number below `item`, as text."""
    if isinstance(item, BaseModel):
        item = item.model_dump(mode="json")
    if isinstance(item, dict):
        for part in item.values():
            yield from values(part)
    elif isinstance(item, list | tuple):
        for part in item:
            yield from values(part)
    elif item is not None:
        yield str(item)


def lost(researched: Any, kept: Iterable[object]) -> list[str]:
    """The values of `researched` that are not among `kept`, counted."""
    return sorted((Counter(values(researched)) - Counter(values(list(kept)))).elements())


@here
def test_every_value_of_a_pattern_is_kept(corpus: Corpus) -> None:
    taxonomy = {entry["id"]: entry for entry in dossier("taxonomy")}
    patterns = {pattern.id: pattern for pattern in corpus.patterns}
    for entry in dossier("patterns"):
        kept = patterns[entry["id"]]
        references = "\n".join(kept.articles)
        for law in entry.pop("law"):
            name = law["law"].split(" ")[0]  # a document number is followed by its title, which the instrument has
            assert name in references, law
            assert law["article"] in references, law
        for indicator in entry["indicators"]:
            indicator["severity"] = WEIGHTS[indicator["severity"]]
        assert lost(entry, [kept]) == []
        assert lost(taxonomy[kept.id], [kept]) == []


@here
def test_every_value_of_a_case_is_kept(corpus: Corpus) -> None:
    cases = {case.id: case for case in corpus.cases}
    for entry in dossier("cases"):
        assert lost(entry, [cases[entry["id"]]]) == []


@here
def test_every_value_of_an_instrument_is_kept(corpus: Corpus) -> None:
    instruments = {regulation.id: regulation for regulation in corpus.regulations}
    for entry in dossier("regulations")["instruments"]:
        entry["status"] = STATUS_WORDS[entry["status"]]
        entry["title"] = entry["title"].removeprefix("中华人民共和国")
        assert lost(entry, [instruments[entry["id"]]]) == []


@here
def test_every_value_about_the_research_itself_is_kept(corpus: Corpus) -> None:
    researched = {key: value for key, value in dossier("regulations").items() if key != "instruments"}
    assert lost(researched, [corpus.gaps]) == []
