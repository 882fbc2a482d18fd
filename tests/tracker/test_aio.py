"""The async tracker: the main job on every driver, and what is particular to awaiting it (requirement F3)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from resolutionkit import (
    AccessDenied,
    AccountNotFound,
    AccountSettings,
    AsyncAccountSettings,
    AsyncTracker,
    ImportMapping,
    InvalidValue,
    IssueFilter,
    IssueNotFound,
    MissingExtra,
    Outcome,
    PluginError,
    Policy,
    Response,
    Status,
    StorageError,
    Tracker,
    bridge,
    replay,
)
from support import TurnableClock, organisation, response
from support.aio import SlowDirectory

EXAMPLES = Path(__file__).parents[2] / "examples" / "quickstart"


def test_the_main_job(async_url: str) -> None:
    """A detractor's response becomes an issue, is worked and closed; lists, history and outbox tell of it."""

    async def main() -> None:
        async with AsyncTracker.open(async_url, directory=organisation(), clock=TurnableClock()) as tracker:
            recorded = await tracker.record(response())
            assert recorded.outcome is Outcome.OPENED
            issue = recorded.issue
            assert issue is not None
            assert (await tracker.record(response())).outcome is Outcome.DUPLICATE
            desk = tracker.as_user("bridget")
            assert [line.id for line in await desk.inbox().flagged()] == [issue.id]
            await desk.set_status(issue.id, Status.IN_PROGRESS, note="Rang.", spoke=True)
            first = await desk.add_note(issue.id, "Left voicemail.", key="form-7f3a")
            assert await desk.add_note(issue.id, "Left voicemail.", key="form-7f3a") == first
            done = await desk.set_status(issue.id, Status.RESOLVED, note="Weekly call agreed.")
            assert replay(await desk.history(issue.id)) == await desk.issue(issue.id) == done.issue
            assert (await desk.inbox().counts()).closed == 1
            assert [line.record.id for line in await desk.responses()] == ["r-1"]
            assert {message.recipient for message in await tracker.outbox(issue.id)} >= {"ed"}

    asyncio.run(main())


def test_commuting_commands_of_many_tasks_never_conflict(async_url: str) -> None:
    """Tasks that add notes and followers to one issue at once all succeed, whatever they meet; nothing is lost."""

    async def main() -> None:
        async with AsyncTracker.open(async_url, directory=organisation(), clock=TurnableClock()) as tracker:
            issue = (await tracker.record(response())).issue
            assert issue is not None
            desk = tracker.as_user("bridget")
            notes = [desk.add_note(issue.id, f"Note {number}.") for number in range(12)]
            followers = [desk.follow(issue.id, f"f{number}@partner.example") for number in range(6)]
            recorded = [tracker.record(response(f"t-{number}", ticket="T-1")) for number in range(6)]
            await asyncio.gather(*notes, *followers, *recorded)
            found = await desk.issue(issue.id)
            assert sorted(note.text for note in found.notes) == sorted(f"Note {number}." for number in range(12))
            assert {f"f{number}@partner.example" for number in range(6)} <= set(found.followers)
            history = await desk.history(issue.id)
            assert [event.number for event in history] == list(range(1, len(history) + 1))
            assert len(await desk.issues(IssueFilter(ticket="T-1"))) == 1

    asyncio.run(main())


@pytest.mark.parametrize("driver", ["memory:", "sqlite://"])
def test_a_directory_may_be_awaited(driver: str) -> None:
    """Its answers count as a plain one's do: for desks, for who gets an issue, for who is told."""

    async def main() -> None:
        directory = SlowDirectory()
        async with AsyncTracker.open(driver, directory=directory, clock=TurnableClock()) as tracker:
            issue = (await tracker.record(response())).issue
            assert issue is not None
            assert issue.assignee == "ed"
            assert (await tracker.as_user("ed").assign(issue.id, "paula", note="Yours.")).issue.assignee == "paula"
            with pytest.raises(AccessDenied):
                await tracker.as_user("nobody").inbox().counts()
            with pytest.raises(IssueNotFound):
                await tracker.as_user("omar").issue(issue.id)
        assert directory.asked > 5

    asyncio.run(main())


def test_the_tasks_of_a_store_in_memory_take_turns() -> None:
    """While one's directory is awaited, another's command waits; neither overwrites the other."""

    async def main() -> None:
        async with AsyncTracker.open("memory:", directory=SlowDirectory(), clock=TurnableClock()) as tracker:
            issue = (await tracker.record(response())).issue
            assert issue is not None
            desk = tracker.as_user("bridget")
            await asyncio.gather(*(desk.add_note(issue.id, f"{number}") for number in range(5)))
            assert (await desk.issue(issue.id)).version == 6

    asyncio.run(main())


def test_a_directory_that_has_to_be_awaited_is_refused_where_nobody_awaits() -> None:
    """The error names the tracker that takes it."""
    directory: Any = SlowDirectory()
    with pytest.raises(InvalidValue, match="AsyncTracker"):
        Tracker.open("memory:", directory=directory)
    with pytest.raises(InvalidValue, match="directory"):
        AsyncAccountSettings(directory=object())  # type: ignore[arg-type]


def test_each_account_has_its_own_settings() -> None:
    """Those with a plain directory and those with one that is awaited, by the same lookup."""
    settings = {
        "acme": AccountSettings(policy=Policy(recovery_threshold=8), directory=organisation()),
        "other": AsyncAccountSettings(directory=SlowDirectory()),
    }

    async def main() -> None:
        async with AsyncTracker.open("memory:", account="acme", accounts=settings.get) as acme:
            other = acme.for_account("other")
            assert [acme.account, other.account, acme.policy] == ["acme", "other", settings["acme"].policy]
            eight = response(score=8)
            assert acme.classify(eight).needs_recovery
            assert not other.classify(eight).needs_recovery
            assert (await acme.record(eight)).outcome is Outcome.OPENED
            assert (await other.record(eight)).outcome is Outcome.STORED
            assert len(await other.as_user("bridget").issues()) == 0
            with pytest.raises(AccountNotFound):
                acme.for_account("nowhere")

    asyncio.run(main())


def test_many_may_come_from_an_async_iterable() -> None:
    """They are read as they are needed; what it raises ends the reading, and the batches before that stay."""

    async def given(count: int) -> AsyncIterator[Response]:
        for number in range(count):
            await asyncio.sleep(0)
            yield response(f"r-{number}", 9)
        raise LookupError(count)

    async def main() -> None:
        seen: list[int] = []
        async with AsyncTracker.open("memory:", clock=TurnableClock()) as tracker:
            with pytest.raises(LookupError):
                await tracker.record_many(given(730), progress=seen.append)
            assert seen == [500]
            assert len(await tracker.responses(limit=1000)) == 500
            done = await tracker.record_many(response(f"r-{number}", 9) for number in range(530))
            assert (done.counts[Outcome.DUPLICATE], done.counts[Outcome.STORED]) == (500, 30)

    asyncio.run(main())


def test_a_file_is_imported() -> None:
    """With the same report as the sync tracker's."""
    mapping, path = ImportMapping.load(EXAMPLES / "mapping.toml"), EXAMPLES / "responses.csv"

    async def main() -> object:
        async with AsyncTracker.open("memory:") as tracker:
            return await tracker.import_file(path, mapping)

    with Tracker.open("memory:") as tracker:
        assert asyncio.run(main()) == tracker.import_file(path, mapping)


def test_opening_is_awaited_or_entered(tmp_path: Path) -> None:
    """Either gives the tracker; nothing happens before, and leaving the block closes the store."""
    path = tmp_path / "recovery.db"

    async def main() -> None:
        opening = AsyncTracker.open(f"sqlite:///{path}")
        assert not path.exists()
        async with opening as tracker:
            await tracker.record(response(received_at=TurnableClock().now))
        with pytest.raises(StorageError, match="closed"):
            await tracker.outbox("x")
        again = await AsyncTracker.open(f"sqlite:///{path}")
        async with again as same:
            assert same is again
            assert len(await again.responses()) == 1
        assert repr(again.as_user("ann").inbox()) == "<AsyncInbox of 'ann' in account 'default'>"
        assert repr(again.as_user("ann")) == "<AsyncDesk of 'ann' in account 'default'>"
        assert repr(again) == "<AsyncTracker of account 'default'>"

    asyncio.run(main())


WRONG = [
    ("oracle://x", PluginError, "memory:, mysql:"),
    ("recovery.db", PluginError, "sqlite:///path"),
    (5, InvalidValue, "a URL as text"),
    ("postgresql+psycopg2://u@h/d", StorageError, r"takes postgresql: or postgresql\+psycopg:"),
    ("postgresql+nothing://u@h/d", StorageError, "cannot be used"),
    ("mysql+pymysql://u@h/d", StorageError, r"takes mysql: or mysql\+asyncmy:"),
    ("sqlite+pysqlite://", StorageError, r"takes sqlite: or sqlite\+aiosqlite:"),
    ("postgresql://u@127.0.0.1:1/d", StorageError, "cannot be reached"),
    ("postgresql+asyncpg://u@127.0.0.1:1/d", StorageError, "cannot be reached"),
    ("mariadb://u@127.0.0.1:1/d", StorageError, "cannot be reached"),
    ("sqlite:////nowhere/at/all.db", StorageError, "cannot be opened"),
]


@pytest.mark.parametrize(("url", "kind", "told"), WRONG, ids=[str(one[0]) for one in WRONG])
def test_a_url_that_cannot_be_opened_is_told(url: Any, kind: type[Exception], told: str) -> None:
    """As the sync tracker tells it; a driver that cannot be awaited is told with the one that can."""

    async def main() -> None:
        await AsyncTracker.open(url)

    with pytest.raises(kind, match=told):
        asyncio.run(main())


@pytest.mark.parametrize("scheme", ["sqlite+aiosqlite", "postgresql+asyncpg", "mariadb+asyncmy"])
def test_a_driver_that_has_to_be_awaited_is_refused_where_nobody_awaits(scheme: str) -> None:
    """The error names the driver for it."""
    with pytest.raises(StorageError, match=r"has to be awaited, by AsyncTracker.open; Tracker.open takes"):
        Tracker.open(f"{scheme}://u@127.0.0.1:1/d")


@pytest.mark.parametrize(
    ("module", "url"), [("greenlet", "memory:"), ("aiosqlite", "sqlite://"), ("sqlalchemy.exc", "sqlite://")]
)
def test_what_is_not_installed_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch, module: str, url: str) -> None:
    """Async work needs the extra sql-async."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "resolutionkit.storage.sql.aio", raising=False)

    async def main() -> None:
        await AsyncTracker.open(url)

    with pytest.raises(MissingExtra) as missing:
        asyncio.run(main())
    assert missing.value.extra == "sql-async"


def test_a_failed_opening_leaves_nothing_open(tmp_path: Path) -> None:
    """An account that nobody knows is told after the store was opened; the store is closed then."""

    async def main() -> None:
        with pytest.raises(AccountNotFound):
            await AsyncTracker.open(f"sqlite:///{tmp_path / 'r.db'}", accounts={}.get)

    asyncio.run(main())


def test_waiting_needs_somebody_who_awaits() -> None:
    """Outside of what the bridge runs there is nobody; what was to be awaited does not warn of it."""
    with pytest.raises(RuntimeError, match="resolutionkit"):
        bridge.wait(asyncio.sleep(0))


def test_what_waits_sees_what_is_raised_and_may_go_on() -> None:
    """An error of what was awaited is raised where it is waited for; context variables are the task's."""

    async def fail() -> None:
        raise LookupError

    def plain(number: int, *, more: int) -> int:
        with pytest.raises(LookupError):
            bridge.wait(fail())
        bridge.wait(asyncio.sleep(0))
        return number + more

    assert asyncio.run(bridge.run(plain, 1, more=2)) == 3
