"""Nothing of the researched dossier is dropped: what it held is counted in dossier.yaml and compared here.

Where the dossier itself lies beside the repository, every value of it is looked for as well. What reading a text has
since replaced is listed in verified_since.yaml and not asked for; that list is held to be true and needed.
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
SINCE = yaml.safe_load(Path(__file__).with_name("verified_since.yaml").read_text(encoding="utf-8"))
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
    wanted = {id: [held - merged(id), sources] for id, (held, sources) in MANIFEST["instruments"].items()}
    assert smaller(corpus.regulations, wanted) == {}


def merged(id: str) -> int:
    """How many articles of the dossier turned out to be part of one that another of its articles stands for."""
    now = [tuple(places) for places in SINCE["instruments"].get(id, {"articles": {}})["articles"].values()]
    return len(now) - len(set(now))


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
    settled = list(SINCE["gaps"].values()).count("settled")
    assert len(corpus.gaps.unverified) >= MANIFEST["totals"]["unverified"] - settled


# --- verified since ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", SINCE["instruments"])
def test_what_was_verified_since_stands_in_the_corpus_with_its_source(corpus: Corpus, id: str) -> None:
    [instrument] = [regulation for regulation in corpus.regulations if regulation.id == id]
    verified = {article.label for article in instrument.articles if article.no and article.confidence == "high"}
    now = {place for places in SINCE["instruments"][id]["articles"].values() for place in places}
    assert now
    assert now <= verified
    assert SINCE["instruments"][id]["source"] in {source.url for source in instrument.sources}


def test_a_settled_gap_is_gone_and_a_narrowed_one_is_still_said(corpus: Corpus) -> None:
    said = {gap.title for gap in corpus.gaps.unverified}
    assert SINCE["gaps"] == {title: "narrowed" if title in said else "settled" for title in SINCE["gaps"]}


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
            if law["article"] in SINCE["patterns"].get(kept.id, ()):
                continue
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
        assert lost(asked(entry), [instruments[entry["id"]]]) == []


@here
def test_every_value_about_the_research_itself_is_kept(corpus: Corpus) -> None:
    researched = {key: value for key, value in dossier("regulations").items() if key != "instruments"}
    researched["unverified"] = [gap for gap in researched["unverified"] if gap["title"] not in SINCE["gaps"]]
    assert lost(researched, [corpus.gaps]) == []


@here
def test_nothing_is_listed_as_verified_since_that_the_corpus_still_says_as_researched(corpus: Corpus) -> None:
    assert list(needless(corpus)) == []


def asked(entry: dict[str, Any]) -> dict[str, Any]:
    """What is still asked of an instrument of the dossier."""
    since = SINCE["instruments"].get(entry["id"], {"articles": {}})
    kept = {key: value for key, value in entry.items() if key not in since.get("fields", ())}
    return kept | {"articles": [article for article in entry["articles"] if article["no"] not in since["articles"]]}


def needless(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """The entries of verified_since.yaml that name nothing of the dossier, or what the corpus says just as it did."""
    regulations = dossier("regulations")
    instruments = {entry["id"]: entry for entry in regulations["instruments"]}
    kept = {regulation.id: regulation for regulation in corpus.regulations}
    for id, since in SINCE["instruments"].items():
        for field in since.get("fields", ()):
            if not lost(instruments[id].get(field), [getattr(kept[id], field)]):
                yield id, field
        researched = {article["no"]: article for article in instruments[id]["articles"]}
        for label in since["articles"]:
            if not lost(researched.get(label), [item for item in kept[id].articles if item.label == label]):
                yield id, label
    references = {entry["id"]: [law["article"] for law in entry["law"]] for entry in dossier("patterns")}
    said = {pattern.id: "\n".join(pattern.articles) for pattern in corpus.patterns}
    for id, rules in SINCE["patterns"].items():
        for rule in rules:
            if rule not in references[id] or rule in said[id]:
                yield id, rule
    gaps = {gap["title"]: gap for gap in regulations["unverified"]}
    for title in SINCE["gaps"]:
        if not lost(gaps.get(title), [gap for gap in corpus.gaps.unverified if gap.title == title]):
            yield "gaps", title
