"""``procrastinate`` with a task that does nothing. It fetches its jobs one by one, and has so many running at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from procrastinate import App, PsycopgConnector

from benchmarks.queues import BATCH, Queue

T = TypeVar("T")


class ProcrastinateQueue(Queue):
    """Jobs in its table, where they stay once they are done."""

    name = "procrastinate"
    package = "procrastinate"
    share = 20
    settled = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'"
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"

    def __init__(self, url: str) -> None:
        """Make its tables."""
        super().__init__(url)
        self._run(lambda app: app.schema_manager.apply_schema_async())

    def fill(self, count: int) -> None:
        """Queue jobs, all in a statement."""
        self._run(lambda app: app.tasks["nothing"].batch_defer_async(*[{}] * count))

    def work(self) -> None:
        """Run its worker until nothing is queued."""
        self._run(
            lambda app: app.run_worker_async(
                wait=False, concurrency=BATCH, install_signal_handlers=False, listen_notify=False
            )
        )

    def _run(self, work: Callable[[App], Awaitable[T]]) -> T:
        app = App(connector=PsycopgConnector(conninfo=self.url))

        @app.task(name="nothing")
        async def nothing() -> None:
            self.called += 1

        async def run() -> T:
            async with app.open_async():
                return await work(app)

        return asyncio.run(run())
