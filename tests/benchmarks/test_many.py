"""P5 and P10: both sides leave the same rows, what does not is refused, and the peak of memory is a process's own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import resolutionkit as rk
from benchmarks import many, p5_many, p10_memory, postgresql
from benchmarks.lifecycles import NotTheWork
from benchmarks.rivals import django_bulk
from support.servers import server


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Any]:
    """Return what makes an empty database, of each kind."""
    if request.param == "PostgreSQL":
        url = server("postgresql").set(drivername="postgresql").render_as_string(hide_password=False)
        monkeypatch.setattr(postgresql, "server", lambda: url)
    return lambda: p5_many._PLACES[request.param](tmp_path)


def test_both_sides_leave_the_same_rows(place: Callable[[], Any]) -> None:
    """Every fifth response opens an issue, and what the rival writes is all that the library left."""
    with place() as ours, place() as theirs:
        many.record(ours, many.responses(20))
        assert many.counts(ours)["issues"] == 4
        assert many.counts(ours)["responses"] == 20
        assert many.counts(ours)["outbox"] == 8
        rows = many.rows(ours)
        django_bulk.write(theirs, rows)
        assert {name: sorted(found) for name, found in many.rows(theirs).items()} == {
            name: sorted(found) for name, found in rows.items()
        }


def test_each_gets_a_line(place: Callable[[], Any]) -> None:
    """With a rate for each round."""
    ours, theirs = p5_many._measured(place, many.responses(10), rounds=2, name="it")
    assert len(ours.values) == len(theirs.values) == 2
    assert min(ours.values + theirs.values) > 0


def test_what_leaves_something_else_is_not_timed(place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A side that forgets a table would be quick."""
    write = django_bulk.write
    monkeypatch.setattr(django_bulk, "write", lambda url, rows: write(url, {**rows, "outbox": []}))
    with pytest.raises(NotTheWork, match="Django leaves"):
        p5_many._measured(place, many.responses(10), rounds=1, name="it")


def test_responses_that_are_there_already_are_not_the_work(tmp_path: Path) -> None:
    """A second run on the same database would time duplicates."""
    url = f"sqlite:///{tmp_path / 'many.db'}"
    rk.Tracker.open(url).close()
    many.record(url, many.responses(5))
    with pytest.raises(NotTheWork, match="0 opened"):
        many.record(url, many.responses(5))


def test_the_peak_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    """It says how much more the large file takes, and how quick it was."""
    options = argparse.Namespace(rows=200, imports=2, folder=tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(p10_memory, "SMALL", 100)
        result = p10_memory.run(options)
    (line,) = result.lines
    assert (line.id, len(line.ours.values), line.is_met) == ("P10", 2, True)
    assert 20 < line.theirs.median < 500
    assert "rows a second" in result.details[0]
    assert list(tmp_path.iterdir()) == []
