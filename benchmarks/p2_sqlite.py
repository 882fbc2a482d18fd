"""P2: a lifecycle on a SQLite file, against the same rows by hand, and against event sourcing."""

from __future__ import annotations

import argparse

from benchmarks.comparing import compare, repeated
from benchmarks.lifecycles import OursOnSqlite
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Result
from benchmarks.rivals.handwritten_sqlite import HandWrittenSqlite, WithoutIndexes
from benchmarks.same_rows import both_on_sqlite, check_same_rows


def run(options: argparse.Namespace) -> Result:
    """Measure it."""
    from benchmarks.rivals.eventsourcing_app import EventSourcingOnSqlite

    check_same_rows(both_on_sqlite)
    rivals = [(HandWrittenSqlite, Budget(0.30)), (WithoutIndexes, None), (EventSourcingOnSqlite, None)]
    return compare("P2", "lifecycle on SQLite, WAL, NORMAL", OursOnSqlite, rivals, options)


BENCHMARK = Benchmark(id="P2", title="a lifecycle on a SQLite file", run=run, profiled=repeated(OursOnSqlite))
