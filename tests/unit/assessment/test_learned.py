"""What the bank teaches: kept while nothing changed, the same every time, silent about what it never saw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from assistant.assessment import ClaimReader, LearnedReader
from assistant.assessment.learned import Linear
from assistant.errors import CorpusError
from assistant.knowledge import Library
from assistant.types import Practice

AUTHOR = "bo"  # one author of the bank teaches enough for these tests, in a second


@pytest.fixture(scope="module")
def practices(library: Library) -> list[Practice]:
    return [practice for practice in library.corpus.practices if practice.author == AUTHOR]


@pytest.fixture(scope="module")
def learned(library: Library, claims: ClaimReader, practices: list[Practice]) -> LearnedReader:
    return LearnedReader.fit(library, claims, practices)


def small(library: Library, practices: list[Practice]) -> Library:
    return Library(replace(library.corpus, practices=tuple(practices)), ())


def test_every_pattern_with_texts_is_a_class(library: Library, learned: LearnedReader, practices: Any) -> None:
    assert set(learned.classes) == {practice.main for practice in practices if practice.main}


def test_a_pattern_without_texts_is_left_to_its_indicators(
    library: Library, claims: ClaimReader, practices: list[Practice]
) -> None:
    without = [practice for practice in practices if practice.main != "loan-ab"]
    assert "loan-ab" not in LearnedReader.fit(library, claims, without).classes


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_bank_with_too_few_texts_is_refused_with_what_to_do(
    library: Library, claims: ClaimReader, practices: list[Practice], left: int
) -> None:
    one_each = list({practice.main: practice for practice in practices}.values())
    with pytest.raises(CorpusError, match="恢复随软件提供的 jsonl 文件"):
        LearnedReader.fit(library, claims, one_each[:left])


def test_a_bank_without_a_medium_text_is_refused(
    library: Library, claims: ClaimReader, practices: list[Practice]
) -> None:
    plain = [practice for practice in practices if practice.level != "medium"]
    with pytest.raises(CorpusError, match="练习句库"):
        LearnedReader.fit(library, claims, plain)


def test_a_reading_has_a_margin_for_each_class_and_each_statement(learned: LearnedReader, claims: ClaimReader) -> None:
    read = claims.read("业务员让客户带着亲友到场签字。合同写明严禁收取前期费用。")
    reading = learned.read("业务员让客户带着亲友到场签字。合同写明严禁收取前期费用。", read)
    assert reading.patterns.shape == (len(learned.classes),)
    assert reading.evidence.shape == (len(read), 3)


def test_what_was_taught_is_recognised(learned: LearnedReader, claims: ClaimReader, practices: list[Practice]) -> None:
    taught = [practice for practice in practices if practice.main]
    found = [
        learned.classes[int(learned.read(practice.text, claims.read(practice.text)).patterns.argmax())]
        for practice in taught
    ]
    right = sum(id == practice.main for id, practice in zip(found, taught, strict=True))
    assert right / len(taught) > 0.95


def test_fitting_twice_teaches_the_same(
    library: Library, claims: ClaimReader, practices: list[Practice], learned: LearnedReader
) -> None:
    again = LearnedReader.fit(library, claims, practices)
    text = practices[0].text
    first, second = (reader.read(text, claims.read(text)) for reader in (learned, again))
    assert np.array_equal(first.patterns, second.patterns)
    assert np.array_equal(first.evidence, second.evidence)


def test_the_fitted_models_are_kept_and_read_again(
    library: Library, claims: ClaimReader, practices: list[Practice], tmp_path: Path
) -> None:
    LearnedReader.kept(small(library, practices), claims, tmp_path)
    [kept] = tmp_path.glob("reader-*")
    stamp = kept.stat().st_mtime_ns
    LearnedReader.kept(small(library, practices), claims, tmp_path)
    assert [path.stat().st_mtime_ns for path in tmp_path.glob("reader-*")] == [stamp]


def test_damaged_models_are_fitted_again(
    library: Library, claims: ClaimReader, practices: list[Practice], tmp_path: Path
) -> None:
    LearnedReader.kept(small(library, practices), claims, tmp_path)
    [kept] = tmp_path.glob("reader-*")
    kept.write_bytes(b"half a file")
    assert LearnedReader.kept(small(library, practices), claims, tmp_path).classes
    assert kept.stat().st_size > 1000


def test_kept_weights_give_the_margins_of_the_fitted_models() -> None:
    chance = np.random.default_rng(0)
    features = csr_matrix(chance.random((60, 9)) * (chance.random((60, 9)) > 0.5))
    two = LinearSVC(random_state=0).fit(features, ["是" if row < 30 else "否" for row in range(60)])
    three = LinearSVC(random_state=0).fit(features, [str(row % 3) for row in range(60)])
    second, every = two.decision_function(features), three.decision_function(features)
    assert np.allclose(Linear.of(two)(features), second[:, None], atol=1e-5)
    assert np.allclose(Linear.of(three)(features), every, atol=1e-5)
    both = Linear.beside([two, three])
    assert both.classes == ("否", "是", "0", "1", "2")
    assert np.allclose(both(features), np.column_stack([-second, second, every]), atol=1e-5)
