"""P4: lifecycles on PostgreSQL by eight clients in one account, against the same rows by hand, and event sourcing."""

from __future__ import annotations

import argparse
from functools import partial

from benchmarks.comparing import lines_of
from benchmarks.harness import say
from benchmarks.lifecycles import check
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Result
from benchmarks.same_rows import both_on_postgresql, check_same_rows

CLIENTS = 8


def run(options: argparse.Namespace) -> Result:
    """Measure it."""
    from benchmarks.clients import pool_of, rates_together
    from benchmarks.on_postgresql import OursOnPostgresql
    from benchmarks.postgresql import described
    from benchmarks.rivals.eventsourcing_postgresql import EventSourcingOnPostgresql
    from benchmarks.rivals.handwritten_postgresql import OneStatement

    check_same_rows(partial(both_on_postgresql, kind=OneStatement))
    rivals = [(OneStatement, Budget(0.40)), (EventSourcingOnPostgresql, Budget(3.0))]
    kinds = [OursOnPostgresql, *(rival for rival, _ in rivals)]
    for kind in kinds:
        check(kind)
    say(f"P4: {len(kinds)} sides do what they claim")
    with pool_of(CLIENTS) as pool:
        found = rates_together(kinds, pool, CLIENTS, rounds=options.rounds, seconds=options.seconds)
    what = f"lifecycle on PostgreSQL, {CLIENTS} clients"
    return Result(lines=lines_of("P4", what, rivals, found), details=(f"P4: {described()}",))


BENCHMARK = Benchmark(id="P4", title=f"a lifecycle on PostgreSQL, {CLIENTS} clients", run=run)
