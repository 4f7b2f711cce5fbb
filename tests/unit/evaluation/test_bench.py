"""The table of measured speed says every number that was measured."""

from __future__ import annotations

from assistant.evaluation.bench import BATCH, _batch, bench_table
from assistant.knowledge import Library
from assistant.knowledge.readers import read_text

PARTS = (
    "encode one query",
    "exact dot-product search",
    "search",
    "ask",
    "assess",
    "assess 500 characters",
    "assess in a batch",
    "encode one passage in a batch",
    "turns 1 to 10 of a talk",
    "turns 91 to 100 of a talk",
)


def report(peak: int | None) -> dict[str, object]:
    return {
        "timings": [
            {"name": name, "p50_ms": 10.5 + number, "p95_ms": 20.5, "per_second": 30.5, "ratio": 1.25}
            for number, name in enumerate(PARTS)
        ],
        "exact_search_vectors": 1603,
        "assess_characters": 188,
        "peak_memory_mb": 1234,
        "second_start": {"page_seconds": 6.3, "ready_seconds": 15.5, "peak_memory_mb": peak},
        "cores": 2,
        "corpus_version": "2026-11-22+1a2b3c4d",
    }


def test_the_table_shows_every_part_with_its_ratio() -> None:
    table = bench_table(report(peak=987))
    assert all(f"{10.5 + number:.1f}" in table for number in range(len(PARTS)))
    assert table.count("1.25") == len(PARTS)
    for number in ("1603", "188", "6.3 秒", "15.5 秒", "1234 MB", "987 MB", "2026-11-22+1a2b3c4d"):
        assert number in table


def test_a_peak_the_system_does_not_tell_is_left_out() -> None:
    assert "网页服务" not in bench_table(report(peak=None))


def test_every_text_of_the_batch_is_one_that_can_be_assessed(library: Library) -> None:
    batch = _batch(library)
    assert len(batch) == len(set(batch)) == BATCH
    assert all(read_text(text, 100_000) == text for text in batch)
