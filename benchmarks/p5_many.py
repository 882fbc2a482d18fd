"""P5: taking in very many responses at once, on SQLite and PostgreSQL, against Django writing the same rows."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import resolutionkit as rk
from benchmarks import many
from benchmarks.harness import Sample, say, seconds_of
from benchmarks.lifecycles import NotTheWork
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Line, Result

TIMES = 2.0
"""How much quicker than the rival it is to be."""


@contextmanager
def _on_sqlite(folder: Path | None) -> Iterator[str]:
    with TemporaryDirectory(dir=folder) as place:
        url = f"sqlite:///{place}/many.db"
        rk.Tracker.open(url).close()
        yield url


@contextmanager
def _on_postgresql(_folder: Path | None) -> Iterator[str]:
    from benchmarks.postgresql import Database

    with closing(Database(lambda url: rk.Tracker.open(url, create=True).close())) as database:
        yield database.url


_PLACES = {"SQLite": _on_sqlite, "PostgreSQL": _on_postgresql}
_Place = Callable[[Path | None], Any]


def run(options: argparse.Namespace) -> Result:
    """Measure it on both."""
    import django

    given = many.responses(options.responses)
    lines = []
    for name, place in _PLACES.items():
        ours, theirs = _measured(partial(place, options.folder), given, options.rounds, name)
        what = f"{options.responses:,} responses at once on {name}"
        rival = f"Django {django.__version__} bulk_create"
        lines.append(Line(id="P5", what=what, ours=ours, rival=rival, theirs=theirs, budget=Budget(TIMES)))
    return Result(lines=tuple(lines))


def _measured(place: Callable[[], Any], given: list[rk.Response], rounds: int, name: str) -> tuple[Sample, Sample]:
    """Return how many responses a second each side takes in, in runs that take turns."""
    from benchmarks.rivals import django_bulk

    with place() as url:
        many.record(url, given)
        rows, left = many.rows(url), many.counts(url)
    sides = {"ours": lambda url: many.record(url, given), "Django": lambda url: django_bulk.write(url, rows)}
    rates: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(rounds):
        for side, work in sides.items():
            with place() as url:
                gc.collect()
                rates[side].append(len(given) / seconds_of(partial(work, url)))
                if many.counts(url) != left:
                    raise NotTheWork(f"{side} leaves {many.counts(url)} rows instead of {left}")
        say(f"P5: round {number + 1} of {rounds} on {name}")
    ours, theirs = (Sample(tuple(values), "/s") for values in rates.values())
    return ours, theirs


def options(parser: argparse.ArgumentParser) -> None:
    """Add the number of responses."""
    told = "P5: how many responses (default: 100,000)"
    parser.add_argument("--responses", type=int, default=100_000, help=told)


def _profiled(folder: Path, times: int) -> Callable[[], None]:
    given, url = many.responses(10 * times), f"sqlite:///{folder / 'many.db'}"
    rk.Tracker.open(url).close()
    return lambda: many.record(url, given)


BENCHMARK = Benchmark(id="P5", title="very many responses at once", run=run, options=options, profiled=_profiled)
