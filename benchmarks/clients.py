"""Several clients at once: processes that do lifecycles in one database, all of them ours or all of them a rival's.

They are processes, not threads: the threads of one interpreter take turns at its lock, so that the side which does more
in Python would be timed for the lock; and products run several processes.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from benchmarks.harness import WARM_UP, Sample, say
from benchmarks.lifecycles import NotTheWork
from benchmarks.on_postgresql import OnPostgresql
from benchmarks.postgresql import Database, asked

EACH = 100_000
"""How many numbers of responses each client has for itself."""
_PATIENCE = 60
"""How many seconds a client waits for the others: one of them may have failed."""
_MEETING: list[Any] = []
"""Where the processes of a pool wait for each other."""


@contextmanager
def pool_of(clients: int) -> Iterator[Pool]:
    """Start so many processes, which are used for all runs."""
    context = get_context("spawn")
    with context.Pool(clients, _will_meet, (context.Barrier(clients),)) as pool:
        yield pool


def _will_meet(barrier: Any) -> None:
    _MEETING.append(barrier)


def rates_together(
    kinds: Sequence[type[OnPostgresql]], pool: Pool, clients: int, *, rounds: int, seconds: float
) -> list[Sample]:
    """Return how many lifecycles a second all clients together do of each kind, in runs that take turns.

    Raises:
        NotTheWork: Some of them are not there afterwards.
    """
    found: list[list[float]] = [[] for _ in kinds]
    for number in range(rounds):
        for kind, values in zip(kinds, found, strict=True):
            values.append(_rate(kind, pool, clients, seconds))
        say(f"round {number + 1} of {rounds}, {clients} clients")
    return [Sample(tuple(values), "/s") for values in found]


def _rate(kind: type[OnPostgresql], pool: Pool, clients: int, seconds: float) -> float:
    with closing(Database(kind.make_tables)) as database:
        tasks = [(kind, database.url, number, seconds) for number in range(clients)]
        ran = pool.starmap(_client, tasks, chunksize=1)
        done, left = sum(count for count, _ in ran), asked(database.url, kind.counted)
        if left != done + clients * WARM_UP:
            raise NotTheWork(
                f"{kind.name}: {clients} clients did {done} lifecycles and {WARM_UP} each before, left {left}"
            )
        return sum(count / elapsed for count, elapsed in ran)


def _client(kind: type[OnPostgresql], url: str, number: int, seconds: float) -> tuple[int, float]:
    """Do lifecycles for so long, from the moment on when all clients are warm; return how many, and in which time."""
    work, first = kind(Path(), url=url), number * EACH
    try:
        for one in range(first, first + WARM_UP):
            work.lifecycle(one)
        gc.collect()
        _MEETING[0].wait(_PATIENCE)
        done, begin = WARM_UP, time.perf_counter()
        while (elapsed := time.perf_counter() - begin) < seconds:
            work.lifecycle(first + done)
            done += 1
        return done - WARM_UP, elapsed
    finally:
        work.close()
