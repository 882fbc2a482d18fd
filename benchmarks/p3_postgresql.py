"""P3: a lifecycle on PostgreSQL by one client, against the same rows by hand, event sourcing and an ORM."""

from __future__ import annotations

import argparse
from functools import partial

from attrs import evolve

from benchmarks.comparing import compare, repeated
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Result
from benchmarks.same_rows import both_on_postgresql, check_same_rows


def run(options: argparse.Namespace) -> Result:
    """Measure it."""
    from benchmarks.on_postgresql import OursOnPostgresql
    from benchmarks.postgresql import described
    from benchmarks.rivals.django_models import DjangoModels
    from benchmarks.rivals.eventsourcing_postgresql import EventSourcingOnPostgresql
    from benchmarks.rivals.handwritten_postgresql import LoadThenWrite, OneStatement

    for same in (OneStatement, LoadThenWrite, DjangoModels):
        check_same_rows(partial(both_on_postgresql, kind=same))
    rivals = [
        (OneStatement, Budget(0.50)),
        (LoadThenWrite, None),
        (EventSourcingOnPostgresql, None),
        (DjangoModels, None),
    ]
    found = compare("P3", "lifecycle on PostgreSQL, one client", OursOnPostgresql, rivals, options)
    return evolve(found, details=(f"P3: {described()}",))


def _profiled(folder: object, times: int) -> object:
    from benchmarks.on_postgresql import OursOnPostgresql

    return repeated(OursOnPostgresql)(folder, times)


BENCHMARK = Benchmark(id="P3", title="a lifecycle on PostgreSQL, one client", run=run, profiled=_profiled)
