"""An async tracker in the host's own transaction (requirements F2, F3): SQLAlchemy's async connection and session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_scoped_session,
    async_sessionmaker,
    create_async_engine,
)

from resolutionkit import AsyncTracker, InvalidValue, NoteRequired, Outcome, StorageError
from resolutionkit.storage.sql.aio import async_store_on
from resolutionkit.storage.sql.engine import ASYNC_DRIVERS, parsed_url
from support import TurnableClock, organisation, response
from support.aio import ON_SERVERS, server_url
from support.servers import empty, shared_database

STYLES = ("connection", "session", "scoped session")
_TABLE = "CREATE TABLE IF NOT EXISTS async_orders (what VARCHAR(50) NOT NULL)"


@pytest.fixture(params=["aiosqlite", "psycopg", "asyncpg", "asyncmy"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store, on each driver in turn."""
    driver: str = request.param
    if driver not in ON_SERVERS:
        return f"sqlite:///{tmp_path / 'recovery.db'}"
    empty(shared_database(ON_SERVERS[driver]))
    return server_url(driver)


@asynccontextmanager
async def host(url: str) -> AsyncIterator[tuple[AsyncTracker, AsyncEngine]]:
    """Open a tracker, and a host's engine on the same database with a table of the host's."""
    engine = create_async_engine(parsed_url(url, ASYNC_DRIVERS))
    async with AsyncTracker.open(url, directory=organisation(), clock=TurnableClock()) as tracker:
        try:
            async with engine.begin() as connection:
                await connection.execute(text(_TABLE))
                await connection.execute(text("DELETE FROM async_orders"))
            yield tracker, engine
            async with engine.begin() as connection:
                await connection.execute(text("DROP TABLE async_orders"))
        finally:
            await engine.dispose()


@asynccontextmanager
async def transaction(style: str, engine: AsyncEngine) -> AsyncIterator[Any]:
    """Begin a transaction of the host's, in one of its styles; commit it, or roll it back when the block raises."""
    if style == "connection":
        async with engine.begin() as connection:
            yield connection
    elif style == "session":
        async with AsyncSession(engine) as session, session.begin():
            yield session
    else:
        scoped = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)
        async with scoped.begin():
            yield scoped
        await scoped.remove()


async def orders(engine: AsyncEngine) -> list[str]:
    """Return the rows of the host's table."""
    async with engine.connect() as connection:
        return list((await connection.scalars(text("SELECT what FROM async_orders ORDER BY what"))).all())


@pytest.mark.parametrize("style", STYLES)
def test_what_is_done_stands_with_the_host_s_rows(url: str, style: str) -> None:
    """The host writes before, between and after; all of it is committed at once, a refused command aside."""

    async def main() -> None:
        async with host(url) as (tracker, engine):
            async with transaction(style, engine) as connection:
                await connection.execute(text("INSERT INTO async_orders VALUES ('a')"))
                async with tracker.joined(connection) as within:
                    issue = (await within.record(response())).issue
                    assert issue is not None
                    await connection.execute(text("INSERT INTO async_orders VALUES ('b')"))
                    desk = within.as_user("bridget")
                    with pytest.raises(NoteRequired):
                        await desk.set_status(issue.id, "resolved")
                    await desk.add_note(issue.id, "Rang.", key="k-1")
                    assert (await desk.inbox().counts()).flagged == 1
                await connection.execute(text("INSERT INTO async_orders VALUES ('c')"))
                with pytest.raises(StorageError, match="the block has ended"):
                    await desk.add_note(issue.id, "Late.")
            assert await orders(engine) == ["a", "b", "c"]
            assert (await tracker.issue(issue.id)).note_count == 1

    asyncio.run(main())


@pytest.mark.parametrize("style", STYLES)
def test_what_is_done_falls_with_the_host_s_rows(url: str, style: str) -> None:
    """Where the host rolls back, nothing of ours is left, and recording it again is the first time."""

    async def main() -> None:
        async with host(url) as (tracker, engine):

            async def fails() -> None:
                async with transaction(style, engine) as connection:
                    await connection.execute(text("INSERT INTO async_orders VALUES ('a')"))
                    async with tracker.joined(connection) as within:
                        await within.record(response())
                        raise LookupError

            with pytest.raises(LookupError):
                await fails()
            assert await orders(engine) == []
            assert (await tracker.record(response())).outcome is Outcome.OPENED

    asyncio.run(main())


def test_a_task_that_is_cancelled_leaves_nothing_of_the_transaction(url: str) -> None:
    """Cancelled between two of our commands, the host's block rolls back all of it."""

    async def main() -> None:
        async with host(url) as (tracker, engine):
            is_there = asyncio.Event()

            async def work() -> None:
                async with engine.begin() as connection, tracker.joined(connection) as within:
                    await connection.execute(text("INSERT INTO async_orders VALUES ('a')"))
                    await within.record(response())
                    is_there.set()
                    await asyncio.sleep(60)

            task = asyncio.create_task(work())
            await is_there.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await orders(engine) == []
            assert len(await tracker.responses()) == 0

    asyncio.run(main())


def test_what_cannot_be_joined_is_refused(tmp_path: Path) -> None:
    """The error says what to pass instead."""
    url = f"sqlite:///{tmp_path / 'recovery.db'}"

    async def main() -> None:
        async with host(url) as (tracker, engine):
            plain = create_engine(url)
            for given, told in [
                (None, "AsyncConnection or AsyncSession"),
                (engine, "AsyncConnection or AsyncSession"),
                (engine.connect(), "a connection that is open"),
            ]:
                with pytest.raises(InvalidValue, match=told):
                    async with tracker.joined(given):
                        pass
            with plain.connect() as connection, pytest.raises(InvalidValue, match="a Tracker joins this one"):
                async with tracker.joined(connection):
                    pass
            plain.dispose()
        async with AsyncTracker.open("memory:") as memory:
            with pytest.raises(StorageError, match="cannot join a transaction"):
                async with memory.joined(None):
                    pass

    asyncio.run(main())


def test_a_store_on_a_host_s_engine_leaves_it_open(url: str) -> None:
    """Tables have the host's prefix; the host's own transactions go on after the tracker was closed."""

    async def main() -> None:
        async with host(url) as (_tracker, engine):
            store = await async_store_on(engine, prefix="of_host_", create=True)
            async with AsyncTracker(store, directory=organisation(), clock=TurnableClock()) as tracker:
                await tracker.record(response("r-host"))
                assert len(await tracker.responses()) == 1
            async with engine.begin() as connection:
                count = await connection.scalar(text("SELECT count(*) FROM of_host_responses"))
                assert count == 1
                for name in [one.name for one in store.tables.metadata.sorted_tables]:  # type: ignore[attr-defined]
                    await connection.execute(text(f"DROP TABLE {name}"))

    asyncio.run(main())


def test_a_store_wants_an_async_engine() -> None:
    """A sync one is for the sync tracker."""
    engine: Any = create_engine("sqlite://")

    async def main() -> None:
        with pytest.raises(InvalidValue, match="AsyncEngine"):
            await async_store_on(engine)

    asyncio.run(main())
    engine.dispose()
