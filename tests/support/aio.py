"""What the tests of the async faces share: a store on each driver, what is in it, and cancelling at a chosen await."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator, Sequence
from typing import Any, TypeVar

import attrs
from sqlalchemy import Connection, func, make_url, select

from resolutionkit import AsyncTracker, Group, Person, StaticDirectory
from resolutionkit.storage.memory_aio import AsyncMemoryStore
from resolutionkit.storage.sql.aio import AsyncSqlStore
from support import organisation
from support.servers import shared_database

T = TypeVar("T")

DRIVERS = {
    "memory": "memory",
    "aiosqlite in memory": "sqlite",
    "aiosqlite": "sqlite",
    "psycopg": "postgresql",
    "asyncpg": "postgresql+asyncpg",
    "asyncmy": "mariadb",
}
"""The scheme of each driver's URL; it is named only where it is not the one that the database has here."""
ON_SERVERS = {"psycopg": "postgresql", "asyncpg": "postgresql", "asyncmy": "mariadb"}


def server_url(driver: str) -> str:
    """Return the URL of the shared database of a server, for an async driver."""
    shared = make_url(shared_database(ON_SERVERS[driver]))
    return shared.set(drivername=DRIVERS[driver]).render_as_string(hide_password=False)


class SlowDirectory:
    """A directory whose answers are awaited: the small company, unless told otherwise."""

    def __init__(self, people: StaticDirectory | None = None) -> None:
        self._people = people or organisation()
        self.asked = 0

    async def person(self, person_id: str, /) -> Person | None:
        """Return a person, later."""
        return await self._later(self._people.person(person_id))

    async def people_by_email(self, email: str, /) -> Sequence[Person]:
        """Return people by address, later."""
        return await self._later(self._people.people_by_email(email))

    async def people_by_name(self, name: str, /) -> Sequence[Person]:
        """Return people by name, later."""
        return await self._later(self._people.people_by_name(name))

    async def group(self, group_code: str, /) -> Group | None:
        """Return a group, later."""
        return await self._later(self._people.group(group_code))

    async def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the groups of a person, later."""
        return await self._later(self._people.groups_of(person_id))

    async def leader(self) -> Person | None:
        """Return the leader, later."""
        return await self._later(self._people.leader())

    async def _later(self, answer: T) -> T:
        self.asked += 1
        await asyncio.sleep(0)
        return answer


async def rows(tracker: AsyncTracker) -> dict[str, int]:
    """Return how many rows of the tracker's account each table has."""
    store: Any = tracker._store
    if isinstance(store, AsyncMemoryStore):
        kept = attrs.asdict(store._store._accounts[tracker.account], recurse=False)
        return {name: sum(len(one) if name == "histories" else 1 for one in kept[name].values()) for name in kept}
    assert isinstance(store, AsyncSqlStore)

    def count(connection: Connection) -> dict[str, int]:
        tables = store.tables.metadata.sorted_tables
        asked = ((one.name, select(func.count()).where(one.c.account == tracker.account)) for one in tables)
        return {name: connection.scalar(query) or 0 for name, query in asked}

    async with store.engine.connect() as connection:
        return await connection.run_sync(count)


def in_use(tracker: AsyncTracker) -> int:
    """Return how many connections of the store's pool are checked out."""
    pool: Any = tracker._store.engine.pool if isinstance(tracker._store, AsyncSqlStore) else None
    return pool.checkedout() if hasattr(pool, "checkedout") else 0


class Cancelling:
    """Cancels the task that awaits some work when it stands still for the n-th time.

    Args:
        work: The work.
        number: The n-th time.
        late: Whether to cancel as the task would go on, rather than as soon as it stands still.

    Attributes:
        is_done: Whether it came to that.
    """

    def __init__(self, work: Awaitable[object], number: int, *, late: bool) -> None:
        self._work, self._number, self._is_late = work, number, late
        self.is_done = False

    def __await__(self) -> Generator[Any, Any, object]:
        running: Any = self._work.__await__()
        stands, error = 0, None
        while True:
            try:
                waits_for = running.send(None) if error is None else running.throw(error)
            except StopIteration as done:
                return done.value
            stands, error = stands + 1, None
            is_due = stands == self._number
            self.is_done |= is_due
            if is_due and not self._is_late:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            try:
                yield waits_for
            except BaseException as problem:  # noqa: BLE001  (it is for what runs inside)
                error = problem
            else:
                error = asyncio.CancelledError() if is_due and self._is_late else None
