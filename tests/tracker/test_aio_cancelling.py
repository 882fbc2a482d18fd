"""Cancelling in mid-flight leaves no half transaction and no connection in use (requirement F3), on each driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from resolutionkit import AsyncTracker, replay
from resolutionkit.storage.sql.aio import AsyncSqlStore
from resolutionkit.storage.sql.engine import ASYNC_DRIVERS, engine_options, parsed_url, prepare_engine
from resolutionkit.storage.sql.tables import make_tables
from support import TurnableClock, organisation, response
from support.aio import Cancelling, SlowDirectory, in_use, rows

Act: TypeAlias = Callable[[AsyncTracker, str, int], Awaitable[object]]


def record(tracker: AsyncTracker, _issue_id: str, number: int) -> Awaitable[object]:
    """Record an unhappy response."""
    return tracker.record(response(f"new-{number}", ticket=f"T-{number}"))


def assign(tracker: AsyncTracker, issue_id: str, number: int) -> Awaitable[object]:
    """Give the issue to an address never seen before, under a key."""
    whom = f"new-{number}@partner.example"
    return tracker.as_user("bridget").assign(issue_id, whom, note="Yours.", key=f"key-{number}")


ACTS: dict[str, Act] = {"record": record, "assign": assign}


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[AsyncTracker, str]]:
    """Open a tracker with an issue in it; in memory nothing is awaited but the directory."""
    directory = SlowDirectory() if url == "memory:" else organisation()
    async with AsyncTracker.open(url, directory=directory, clock=TurnableClock()) as tracker:
        issue = (await tracker.record(response())).issue
        assert issue is not None
        yield tracker, issue.id


@pytest.mark.parametrize("late", [False, True], ids=["early", "late"])
@pytest.mark.parametrize("act", ACTS)
def test_a_command_cancelled_at_any_await_is_whole_or_nothing(async_url: str, act: str, late: bool) -> None:
    """Wherever the task is cancelled, all rows of the command are there or none is, and no connection is in use."""

    async def main() -> int:
        async with opened(async_url) as (tracker, issue_id):
            await ACTS[act](
                tracker, issue_id, -1
            )  # the first of its kind in an account leaves more than those after it
            before = await rows(tracker)
            await ACTS[act](tracker, issue_id, 0)
            whole = {name: count - before[name] for name, count in (await rows(tracker)).items()}
            number = 0
            while True:
                number += 1
                before = await rows(tracker)
                cancelling = Cancelling(ACTS[act](tracker, issue_id, number), number, late=late)
                (outcome,) = await asyncio.gather(asyncio.create_task(_run(cancelling)), return_exceptions=True)
                assert in_use(tracker) == 0
                added = {name: count - before[name] for name, count in (await rows(tracker)).items()}
                if not isinstance(outcome, asyncio.CancelledError):
                    # Python 3.11 may lose a cancellation that comes together with what was waited for.
                    assert added == whole, outcome
                if not cancelling.is_done:
                    return number
                assert added in (whole, dict.fromkeys(whole, 0)), f"cancelled at await {number}"
                assert replay(await tracker.history(issue_id)) == await tracker.issue(issue_id)

    awaits = asyncio.run(main())
    assert awaits > (1 if async_url == "sqlite://" else 5)  # there each transaction is one await


async def _run(work: Awaitable[object]) -> object:
    return await work


def held(issue_id: str) -> dict[str, tuple[str, ...]]:
    """Return the statements that hold an issue's row on each kind of database."""
    lock = f"SELECT version FROM resolutionkit_issues WHERE id = '{issue_id}' FOR UPDATE"
    return {"sqlite": ("BEGIN IMMEDIATE",), "postgresql": (lock,), "mysql": (lock,), "mariadb": (lock,)}


@asynccontextmanager
async def one_connection(url: str) -> AsyncIterator[tuple[AsyncTracker, str, AsyncConnection]]:
    """Open a tracker on a pool of one connection, with an issue in it, and another connection beside it."""
    parsed = parsed_url(url, ASYNC_DRIVERS)
    options: dict[str, Any] = engine_options(parsed)
    engine = create_async_engine(parsed, pool_size=1, max_overflow=0, pool_timeout=1, **options)
    prepare_engine(engine.sync_engine)
    store = AsyncSqlStore(engine, make_tables())
    await store.prepare(create=None)
    beside = create_async_engine(parsed, **options)
    async with AsyncTracker(store, directory=organisation(), clock=TurnableClock()) as tracker:
        issue = (await tracker.record(response())).issue
        assert issue is not None
        try:
            async with beside.connect() as connection:
                yield tracker, issue.id, connection
        finally:
            await beside.dispose()


@asynccontextmanager
async def holding(connection: AsyncConnection, issue_id: str) -> AsyncIterator[None]:
    """Hold an issue's row, or the whole SQLite file, in somebody else's transaction."""
    for statement in held(issue_id)[connection.dialect.name]:
        await connection.execute(text(statement))
    yield
    await connection.rollback()


ON_DISK = pytest.mark.parametrize("async_url", ["aiosqlite", "psycopg", "asyncpg", "asyncmy"], indirect=True)


@ON_DISK
def test_a_command_that_waits_for_a_lock_can_be_timed_out(async_url: str) -> None:
    """While somebody holds the row, a timeout ends the command; the pool's one connection is free for the next."""

    async def main() -> None:
        async with one_connection(async_url) as (tracker, issue_id, connection):
            desk, before = tracker.as_user("bridget"), await rows(tracker)
            async with holding(connection, issue_id):
                for _ in range(2):
                    with pytest.raises(TimeoutError):
                        async with asyncio.timeout(0.2) as limit:
                            await desk.add_note(issue_id, "Rang.")
                    assert asyncio.get_running_loop().time() - (limit.when() or 0) < 1
                    assert in_use(tracker) == 0
            assert await rows(tracker) == before
            assert (await desk.add_note(issue_id, "Rang.")).issue.note_count == 1

    asyncio.run(main())


@ON_DISK
def test_the_loop_goes_on_while_a_command_waits(async_url: str) -> None:
    """A task that ticks is not held up by a command that stands before somebody else's lock."""

    async def main() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        async with one_connection(async_url) as (tracker, issue_id, connection):
            async with holding(connection, issue_id):
                waiting = asyncio.create_task(tracker.as_user("bridget").add_note(issue_id, "Rang."))
                ticking = asyncio.create_task(tick())
                await asyncio.sleep(0.4)
                assert not waiting.done()
            assert (await waiting).issue.note_count == 1
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
        return ticks

    assert asyncio.run(main()) > 20


@ON_DISK
def test_a_cancelled_wait_for_a_connection_takes_none(async_url: str) -> None:
    """Tasks that are cancelled while they queue for the pool's one connection leave it to the others."""

    async def main() -> None:
        async with one_connection(async_url) as (tracker, issue_id, connection):
            desk = tracker.as_user("bridget")
            async with holding(connection, issue_id):
                first, *others = (asyncio.create_task(desk.add_note(issue_id, f"{n}")) for n in range(4))
                await asyncio.sleep(0.1)
                for one in others:
                    one.cancel()
                told = await asyncio.gather(*others, return_exceptions=True)
                assert [type(one) for one in told] == [asyncio.CancelledError] * 3
            assert (await first).issue.note_count == 1
            assert in_use(tracker) == 0
            assert (await desk.add_note(issue_id, "Rang.")).issue.note_count == 2

    asyncio.run(main())


def test_a_database_in_memory_outlives_a_cancelled_command() -> None:
    """Its one connection is the database: cancelling waits until the transaction has ended, however often."""

    async def main() -> None:
        async with opened("sqlite://") as (tracker, issue_id):
            assert isinstance(tracker._store, AsyncSqlStore)
            work = asyncio.create_task(tracker.as_user("bridget").add_note(issue_id, "Rang."))
            for _ in range(3):
                await asyncio.sleep(0)
                work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
            assert not tracker._store._turn.locked()  # type: ignore[union-attr]
            assert (await tracker.issue(issue_id)).note_count in {0, 1}

    asyncio.run(main())
