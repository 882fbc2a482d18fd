"""P8: delivering through a notifier that does nothing, one worker on PostgreSQL, against queues with empty jobs."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.harness import Sample, say, seconds_of
from benchmarks.queues import BATCH, OursAsQueue, Queue
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Line, Result

WARM_UP = 2000
"""How many are done before the clock starts: no queue is at its first job, and its tables are not empty."""


def run(options: argparse.Namespace) -> Result:
    """Measure it."""
    from benchmarks.postgresql import described
    from benchmarks.rivals.bare_queue import BareQueue
    from benchmarks.rivals.pgqueuer_worker import PgQueuerQueue
    from benchmarks.rivals.procrastinate_worker import ProcrastinateQueue

    rivals: list[tuple[type[Queue], Budget | None]] = [
        (PgQueuerQueue, Budget(2.0)),
        (ProcrastinateQueue, Budget(20.0)),
        (BareQueue, None),
    ]
    ours, *theirs = measured([OursAsQueue, *(kind for kind, _ in rivals)], options.messages, options.rounds)
    what = f"{options.messages:,} messages delivered, {BATCH} at once"
    lines = tuple(
        Line(id="P8", what=what, ours=ours, rival=kind.title(), theirs=sample, budget=budget)
        for (kind, budget), sample in zip(rivals, theirs, strict=True)
    )
    return Result(lines=lines, details=(f"P8: {described()}",))


def measured(kinds: Sequence[type[Queue]], count: int, rounds: int) -> list[Sample]:
    """Return how many messages or jobs a second each kind does, in runs that take turns.

    Args:
        kinds: What is compared.
        count: How many a run has; those who are slow get their share of it.
        rounds: How many runs each gets.

    Raises:
        NotTheWork: One did not do its work.
    """
    found: list[list[float]] = [[] for _ in kinds]
    for number in range(rounds):
        for kind, values in zip(kinds, found, strict=True):
            values.append(_rate(kind, count // kind.share))
        say(f"P8: round {number + 1} of {rounds}")
    return [Sample(tuple(values), "/s") for values in found]


def _rate(kind: type[Queue], count: int) -> float:
    from benchmarks.postgresql import Database, connected

    warm_up = WARM_UP // kind.share
    with closing(Database(lambda _url: None)) as database:
        queue = kind(database.url)
        queue.fill(warm_up)
        queue.work()
        queue.fill(count)
        with connected(database.url) as connection:
            connection.execute("VACUUM ANALYZE")  # as a server does by itself after a while
        gc.collect()
        rate = count / seconds_of(queue.work)
        queue.check(warm_up + count)
        queue.close()
    return rate


def options(parser: argparse.ArgumentParser) -> None:
    """Add the number of messages."""
    told = "P8: how many messages, a multiple of 40 (default: 10,000)"
    parser.add_argument("--messages", type=int, default=10_000, help=told)


def _profiled(_folder: Path, times: int) -> Callable[[], None]:
    from benchmarks.postgresql import Database

    database = Database(lambda _url: None)
    queue = OursAsQueue(database.url)
    queue.fill(2 * times)

    def work() -> None:
        with closing(database), closing(queue):
            queue.work()

    return work


BENCHMARK = Benchmark(id="P8", title="delivering, on PostgreSQL", run=run, options=options, profiled=_profiled)
