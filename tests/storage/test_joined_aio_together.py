"""An async tracker in a host's transaction: what goes out to the server, and two hosts at once, on each driver."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from resolutionkit import AsyncTracker, InvalidValue, NoteRequired, StaleIssue, Status, Tracker
from support import TurnableClock, response
from support.aio import SlowDirectory
from support.listening import of_hosts_only
from support.servers import empty, shared_database

DRIVERS = {
    "aiosqlite": ("sqlite", "sqlite+aiosqlite"),
    "psycopg": ("postgresql", "postgresql+psycopg"),
    "asyncpg": ("postgresql", "postgresql+asyncpg"),
    "asyncmy": ("mariadb", "mariadb+asyncmy"),
}
Main = Callable[[AsyncTracker, AsyncEngine], Awaitable[object]]

pytestmark = pytest.mark.parametrize("driver", DRIVERS)


@pytest.fixture
def play(driver: str, tmp_path: Path) -> Callable[[Main], None]:
    """Return a function that runs a story with a tracker and a host's engine on one database."""
    kind, name = DRIVERS[driver]
    url = f"sqlite:///{tmp_path / 'recovery.db'}" if kind == "sqlite" else shared_database(kind)
    if kind == "sqlite":
        Tracker.open(url).close()
    else:
        empty(url)

    async def run(main: Main) -> None:
        awaited = make_url(url).set(drivername=name).render_as_string(hide_password=False)
        engine = create_async_engine(awaited)
        async with AsyncTracker.open(awaited, directory=SlowDirectory(), clock=TurnableClock()) as tracker:
            try:
                await main(tracker, engine)
            finally:
                await engine.dispose()
                await asyncio.sleep(0)

    return lambda main: asyncio.run(run(main))


async def work_in(t: AsyncTracker) -> str:
    """Do something of everything, and return the issue's id."""
    issue = (await t.record(response("r-1", 3, ticket="T"))).issue
    assert issue is not None
    desk = t.as_user("dana")
    await desk.follow(issue.id, "lee@partner.example")
    with pytest.raises(NoteRequired):
        await desk.add_note(issue.id, " ")
    await desk.set_status(issue.id, Status.RESOLVED, note="Call agreed.", key="k")
    assert (await desk.inbox().counts()).closed == 1
    return issue.id


def test_an_async_joined_tracker_issues_nothing_that_is_the_hosts(play: Callable[[Main], None]) -> None:
    """No BEGIN, COMMIT, ROLLBACK, SAVEPOINT or setting goes out between the host's own statements."""

    async def main(tracker: AsyncTracker, engine: AsyncEngine) -> None:
        heard: list[str] = []
        async with engine.begin() as connection:
            await connection.execute(text("SELECT 1"))
            sync = connection.sync_connection
            event.listen(sync, "before_cursor_execute", lambda _c, _cursor, statement, *_: heard.append(statement))
            for name in ("commit", "rollback", "savepoint", "release_savepoint", "rollback_savepoint"):
                event.listen(sync, name, lambda *_, name=name: heard.append(name))
            async with tracker.joined(connection) as t:
                await work_in(t)
            said = list(heard)
        assert len(said) > 15
        assert of_hosts_only(said) == []
        assert heard[len(said) :] == ["commit"]

    play(main)


def test_two_async_hosts_at_once(play: Callable[[Main], None]) -> None:
    """A status that the other's author did not see is stale, and that transaction goes on; nothing blocks the loop."""

    async def main(tracker: AsyncTracker, engine: AsyncEngine) -> None:
        issue_id = (await tracker.record(response("r-1", 3))).issue.id  # type: ignore[union-attr]
        has_worked, outcomes = asyncio.Event(), []

        async def first() -> None:
            async with engine.begin() as connection, tracker.joined(connection) as t:
                await t.as_user("ed").set_status(issue_id, Status.IN_PROGRESS, note="On it.")
                has_worked.set()
                await asyncio.sleep(0.3)

        async def second() -> None:
            await has_worked.wait()
            async with engine.begin() as connection, tracker.joined(connection) as t:
                try:
                    await t.as_user("dana").set_status(issue_id, Status.RESOLVED, note="Done.", expected_version=1)
                except StaleIssue as stale:
                    outcomes.append(stale)
                await t.as_user("dana").add_note(issue_id, "Second.")

        await asyncio.gather(first(), second())
        assert [type(one) for one in outcomes] == [StaleIssue]
        notes = [note.text for note in (await tracker.issue(issue_id)).notes]
        assert notes == ["On it.", "Second."]

    play(main)


def test_an_async_connection_that_commits_by_itself_is_refused(play: Callable[[Main], None]) -> None:
    """With AUTOCOMMIT each statement would stand alone; a closed connection has no transaction at all."""

    async def main(tracker: AsyncTracker, engine: AsyncEngine) -> None:
        async def refusal(connection: object) -> str:
            with pytest.raises(InvalidValue) as caught:
                async with tracker.joined(connection):
                    pass
            return str(caught.value)

        async with engine.connect() as connection:
            by_itself = await connection.execution_options(isolation_level="AUTOCOMMIT")
            assert "without AUTOCOMMIT" in await refusal(by_itself)
        assert "a connection that is open" in await refusal(connection)

    play(main)
