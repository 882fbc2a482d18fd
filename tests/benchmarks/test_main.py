"""The command: which benchmarks there are, what it prints and writes, and its exit code."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.comparing import repeated
from benchmarks.harness import Sample
from benchmarks.lifecycles import NotTheWork, OursInMemory
from benchmarks.registry import Benchmark, benchmarks
from benchmarks.report import Budget, Line, Result


def missed(options: argparse.Namespace) -> Result:
    """Return a result that misses its budget."""
    line = Line(
        id="P0", what="it", ours=Sample((1.0,), "/s"), rival="r", theirs=Sample((2.0,), "/s"), budget=Budget(1.0)
    )
    return Result(lines=(line,), details=("P0: more of it",), data={"P0": [options.rounds]})


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be one benchmark, which misses its budget."""
    one = Benchmark(id="P0", title="it", run=missed, profiled=repeated(OursInMemory))
    monkeypatch.setattr(command, "benchmarks", lambda: {"P0": one})
    monkeypatch.setattr(command, "PROFILED", 2)


def test_every_file_is_found_in_the_order_of_the_budgets() -> None:
    """A new one is a new file, and nothing else."""
    assert list(benchmarks()) == ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P10"]


def test_a_missed_budget_is_reported_and_no_error(
    only: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table and the details are printed, with versions; the file has the values."""
    path = tmp_path / "out.json"
    assert command.main(["p0", "--rounds", "3", "--json", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "missed" in printed
    assert "P0: more of it" in printed
    assert "sqlite 3." in printed
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["P0"] == [3]
    assert found["lines"][0]["ratio"] == 0.5
    assert "python" in found["surroundings"]


def test_strict_makes_it_an_error(only: None) -> None:
    """For whoever wants to be stopped."""
    assert command.main(["--strict"]) == 1


def test_work_that_is_not_done_is_an_error(
    only: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures of something else would be worse than none."""

    def broken(_options: argparse.Namespace) -> Result:
        raise NotTheWork("it does nothing")

    monkeypatch.setattr(command, "benchmarks", lambda: {"P0": Benchmark(id="P0", title="it", run=broken)})
    assert command.main([]) == 2
    assert "it does nothing" in capsys.readouterr().err


def test_the_profile_shows_where_the_time_goes(only: None, capsys: pytest.CaptureFixture[str]) -> None:
    """By what is called, and by what takes the time itself."""
    assert command.main(["--profile"]) == 0
    printed = capsys.readouterr().out
    assert "Ordered by: cumulative time" in printed
    assert "Ordered by: internal time" in printed
    assert "pipeline.py" in printed


def test_an_id_that_is_no_benchmark_is_refused(only: None, capsys: pytest.CaptureFixture[str]) -> None:
    """With those that there are."""
    with pytest.raises(SystemExit):
        command.main(["P11"])
    assert "'P11' is none of P0" in capsys.readouterr().err
