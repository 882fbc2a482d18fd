"""The hand-written rival of P2 writes the library's rows, and a rival that did not would be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.lifecycles import TRIED, NotTheWork
from benchmarks.rivals import handwritten_sqlite, rows_by_hand
from benchmarks.same_rows import both_on_sqlite, check_same_rows

WRITTEN = {
    "responses": 1,
    "response_revisions": 1,
    "response_people": 1,
    "issues": 1,
    "parties": 2,
    "events": 3,
    "texts": 2,
    "outbox": 2,
}
"""How many rows one lifecycle leaves, by table."""


def test_the_rows_by_hand_are_those_of_the_library(tmp_path: Path) -> None:
    """Every table has the same rows, ids apart, and as many as a lifecycle leaves."""
    ours, theirs = both_on_sqlite(tmp_path)
    assert ours == theirs
    found = {name.removeprefix("resolutionkit_"): len(rows) for name, rows in ours.items()}
    assert found | {"meta": 2} == found
    assert {name: found[name] for name in WRITTEN} == {name: TRIED * count for name, count in WRITTEN.items()}


def test_a_row_that_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One number that is wrong in one table stops the benchmark."""
    monkeypatch.setattr(rows_by_hand, "NEVER_DUE", 7)
    with pytest.raises(NotTheWork, match="other rows in resolutionkit_issues"):
        check_same_rows(both_on_sqlite)


def test_the_connection_by_hand_is_set_as_ours_is(tmp_path: Path) -> None:
    """A write-ahead log and NORMAL, or the comparison would be one of settings."""
    work = handwritten_sqlite.HandWrittenSqlite(tmp_path)
    try:
        modes = [work._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    finally:
        work.close()
    assert modes == ["wal", 1]
