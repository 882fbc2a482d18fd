"""``pgqueuer`` with a job that does nothing, through asyncpg on uvloop: the quickest that it offers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.models import Job
from pgqueuer.types import QueueExecutionMode

from benchmarks.queues import BATCH, Queue

T = TypeVar("T")

_JOB = "nothing"
_AT_ONCE = 1000
_LOOK_EVERY = timedelta(milliseconds=10)
"""How long it waits to see whether its last jobs are done, where it finds no more of them."""


class PgQueuerQueue(Queue):
    """Jobs in its table, moved to its log once they are done."""

    name = "pgqueuer"
    package = "pgqueuer"
    settled = "SELECT count(*) FROM pgqueuer_log WHERE status = 'successful'"
    waiting = "SELECT count(*) FROM pgqueuer"

    def __init__(self, url: str) -> None:
        """Make its tables."""
        super().__init__(url)
        self._run(lambda queue: queue.qm.queries.install())

    def fill(self, count: int) -> None:
        """Queue jobs, many in a statement."""

        async def fill(queue: PgQueuer) -> None:
            for start in range(0, count, _AT_ONCE):
                size = min(_AT_ONCE, count - start)
                await queue.qm.queries.enqueue([_JOB] * size, [None] * size, [0] * size)

        self._run(fill)

    def work(self) -> None:
        """Run its worker until nothing is queued."""

        async def work(queue: PgQueuer) -> None:
            @queue.entrypoint(_JOB)
            async def nothing(_job: Job) -> None:
                self.called += 1

            await queue.qm.run(batch_size=BATCH, mode=QueueExecutionMode.drain, dequeue_timeout=_LOOK_EVERY)

        self._run(work)

    def _run(self, work: Callable[[PgQueuer], Awaitable[T]]) -> T:
        async def run() -> T:
            connection = await asyncpg.connect(self.url)
            try:
                return await work(PgQueuer.from_asyncpg_connection(connection))
            finally:
                await connection.close()

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(run())
