"""Daily alerts over all accounts, in a store that keeps none, in a host's transaction, and awaited."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from resolutionkit import (
    AccountSettings,
    AlertsRun,
    AsyncTracker,
    InvalidValue,
    Policy,
    Preferences,
    Response,
    StorageError,
    Topic,
    Tracker,
)
from resolutionkit.ports import Medium, Notice
from resolutionkit.testing import Boom, ReferenceStore, TurnableClock
from support import NOON
from support.aio import SlowDirectory
from support.mornings import Telephone, company
from support.stores import BACKENDS, fresh_store

NINE = NOON.replace(hour=9) + timedelta(days=1)
SETTINGS = {
    "berlin": AccountSettings(policy=Policy(zone="Europe/Berlin"), directory=company()),
    "georgia": AccountSettings(policy=Policy(zone="Atlantic/South_Georgia"), directory=company()),
    "utc": AccountSettings(policy=Policy(), directory=company()),
}


def unhappy(response_id: str = "r-1") -> Response:
    """Return an unhappy response of the north."""
    return Response(id=response_id, score=3, received_at=NOON, group="north")


@pytest.mark.parametrize("backend", BACKENDS)
def test_alerts_run_over_all_accounts_each_in_its_zone(backend: str) -> None:
    """What is due in one is not due in another; an account that nobody knows any more delays none (requirement F4)."""
    known, clock = dict(SETTINGS), TurnableClock()
    with Tracker(fresh_store(backend), account="utc", clock=clock, accounts=known.get) as tracker:
        for name in SETTINGS:
            tracker.for_account(name).record(unhappy())
        clock.now = NINE - timedelta(hours=1)
        assert tracker.run_alerts().windows == 1  # nine in Berlin
        clock.now = NINE
        assert tracker.run_alerts() == AlertsRun(windows=1, responses=1, digests=2, texts=2, reports=2)
        georgia = tracker.for_account("georgia")
        del known["georgia"]
        clock.turn(hours=2)
        assert tracker.run_alerts().windows == 0
        known["georgia"] = SETTINGS["georgia"]
        assert tracker.run_alerts().windows == 0  # put off by an hour
        clock.turn(hours=1)
        assert tracker.run_alerts().windows == 1
        found = georgia.digest("lena", NINE + timedelta(hours=2))
        assert found is not None
        assert found.responses == ("r-1",)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_tracker_of_one_account_runs_its_own(backend: str) -> None:
    """Others in the same store stay as they are."""
    store, clock = fresh_store(backend), TurnableClock()
    trackers = [Tracker(store, account=name, directory=company(), clock=clock) for name in ("one", "two")]
    for tracker in trackers:
        tracker.record(unhappy())
    clock.now = NINE
    assert [trackers[0].run_alerts().windows for _ in range(2)] == [1, 0]
    assert trackers[1].digest("lena", NINE) is None
    assert trackers[1].run_alerts().windows == 1
    store.close()


def test_a_store_that_keeps_no_alerts_says_so() -> None:
    """Recording works as ever, and a worker leaves them out."""
    tracker = Tracker(ReferenceStore(), directory=company(), clock=TurnableClock())
    tracker.record(unhappy())
    for ask in (tracker.run_alerts, lambda: tracker.digest("lena", NINE)):
        with pytest.raises(StorageError, match=r"keeps no daily alerts; see resolutionkit\.ports\.KeepsAlerts"):
            ask()
    tracker._run_alerts_if_kept()


def test_what_is_asked_for_has_to_be_somebody_and_an_instant() -> None:
    """A naive instant is refused."""
    tracker = Tracker(fresh_store("memory"), directory=company(), clock=TurnableClock())
    with pytest.raises(InvalidValue, match="window_end"):
        tracker.digest("lena", NINE.replace(tzinfo=None))
    with pytest.raises(InvalidValue, match="recipient"):
        tracker.digest(3, NINE)  # type: ignore[arg-type]
    assert tracker.digest("nobody@x.example", NINE) is None


def test_a_failure_leaves_the_window_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is kept; the next run tells all of it (law L4)."""
    store, clock = fresh_store("sqlite"), TurnableClock()
    tracker = Tracker(store, directory=company(), clock=clock)
    tracker.record(unhappy())
    clock.now = NINE

    def fail(*_given: object) -> None:
        raise Boom

    with monkeypatch.context() as patched:
        patched.setattr("resolutionkit.storage.sql.alerting.message_row", fail)
        with pytest.raises(Boom):
            tracker.run_alerts()
    assert tracker.digest("lena", NINE) is None
    assert [line for line in tracker.ledger() if line.message.digest is not None] == []
    assert tracker.run_alerts().digests == 2
    store.close()


def test_alerts_are_not_run_in_a_hosts_transaction(tmp_path: Path) -> None:
    """They are many transactions of their own; what is recorded in the host's waits for them all the same."""
    from sqlalchemy import create_engine

    url, clock = f"sqlite:///{tmp_path / 'r.db'}", TurnableClock()
    with Tracker.open(url, directory=company(), clock=clock) as tracker:
        engine = create_engine(url)
        with engine.begin() as connection, tracker.joined(connection) as joined:
            joined.record(unhappy())
            with pytest.raises(StorageError, match="no alerts are run within a host's transaction"):
                joined.run_alerts()
        engine.dispose()
        clock.now = NINE
        assert tracker.run_alerts().responses == 1


def test_alerts_are_awaited_on_every_driver(async_url: str) -> None:
    """With a directory that is awaited; several tasks tell each window once, and delivery sends it."""
    sms, email, clock = Telephone("sms", Medium.TEXT), Telephone("email", Medium.MAIL), TurnableClock()

    async def main() -> None:
        directory = SlowDirectory(company())
        async with AsyncTracker.open(
            async_url, directory=directory, clock=clock, notifiers=[sms, email], create=True
        ) as tracker:
            await tracker.set_preferences("omar", Preferences(channels={Topic.DAILY_ALERT: ["email"]}))
            await tracker.record_many([unhappy("r-1"), unhappy("r-2")])
            clock.now = NINE
            done = await asyncio.gather(*(tracker.run_alerts() for _ in range(3)))
            assert sum(one.digests for one in done) == 2
            found = await tracker.digest("lena", NINE)
            assert found is not None
            assert found.responses == ("r-1", "r-2")
            await tracker.deliver()

    asyncio.run(main())
    told = {(one.recipient, one.digest.number) for one in sms.notices if one.digest is not None}
    assert told == {("lena", 2)}
    mailed = {(one.recipient, one.message.topic) for one in email.notices if one.digest is not None}
    assert mailed == {
        ("lena", Topic.RECOVERY_REPORT),
        ("omar", Topic.RECOVERY_REPORT),
        ("omar", Topic.DAILY_ALERT),
    }


def test_an_async_worker_runs_the_alerts() -> None:
    """``work`` closes windows before it delivers."""
    sms, clock, stop = Telephone("sms", Medium.TEXT), TurnableClock(), asyncio.Event()

    async def main() -> None:
        async with AsyncTracker.open("memory:", directory=company(), clock=clock, notifiers=[sms]) as tracker:
            await tracker.record(unhappy())
            clock.now = NINE
            await tracker.work(stop, every=timedelta(seconds=0))

    def stopping(notice: Notice) -> None:
        sms.notices.append(notice)
        if notice.digest is not None:
            stop.set()

    sms.notify = stopping  # type: ignore[method-assign]
    asyncio.run(asyncio.wait_for(main(), 60))
    assert any(one.digest is not None for one in sms.notices)
