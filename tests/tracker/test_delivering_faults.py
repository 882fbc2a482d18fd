"""What delivery survives: clocks that jump, receivers that take and time out, messages that kill, workers that wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import AsyncTracker, Delivered, Fate, StorageUnavailable, Tracker
from resolutionkit.decisions.delivery import TRIES
from resolutionkit.ports import Notice
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing import RecordingNotifier, TurnableClock, sample_company, sample_response


def a_tracker(*notifiers: Any, clock: TurnableClock, store: Any = None, **settings: Any) -> Tracker:
    """Return a tracker of the sample company in memory."""
    given = {"clock": clock, "directory": sample_company(), "notifiers": notifiers} | settings
    return Tracker(store or MemoryStore(), **given)


class Doing(RecordingNotifier):
    """A channel that does something while it is told, after it has taken the message."""

    def __init__(self, act: Callable[[Notice], None], name: str = "email") -> None:
        super().__init__(name)
        self.act = act

    def notify(self, notice: Notice, /) -> None:
        """Take it, then act."""
        super().notify(notice)
        self.act(notice)


def test_a_receiver_that_takes_it_and_times_out_is_told_again_under_the_same_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It can recognise the repetition."""
    clock, answers = TurnableClock(), iter([TimeoutError(), None])

    def act(_notice: Notice) -> None:
        problem = next(answers)
        if problem is not None:
            raise problem

    email = Doing(act)
    tracker = a_tracker(email, clock=clock)
    tracker.record(sample_response(group=None))
    assert tracker.deliver() == Delivered(retried=1)
    clock.turn(minutes=1)
    assert tracker.deliver() == Delivered(sent=1)
    assert [notice.message.id for notice in email.notices] == [email.notices[0].message.id] * 2
    assert [notice.attempt for notice in email.notices] == [1, 2]


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
def test_a_clock_that_jumps_loses_nothing(hours: int) -> None:
    """Back or forth, also while something is sent: it arrives, and what is noted down too late is nobody's fate."""
    clock = TurnableClock()
    email = Doing(lambda _notice: clock.turn(hours=hours) and None)
    tracker = a_tracker(email, clock=clock)
    tracker.record(sample_response(hierarchy=["nina"]))
    for _ in range(4):
        tracker.deliver()
        clock.turn(hours=40)
    assert {notice.recipient for notice in email.notices} == {"ed", "nina"}
    assert {line.fate for line in tracker.ledger()} == {Fate.SENT}
    assert tracker.deliver() == Delivered()


def test_a_worker_that_was_too_slow_leaves_the_fate_to_another(caplog: pytest.LogCaptureFixture) -> None:
    """Its lease ran out while it was sending: the other one's fate holds, and the log says so."""
    clock, store = TurnableClock(), MemoryStore()
    other = a_tracker(second := RecordingNotifier("email"), clock=clock, store=store)

    def overtaken(_notice: Notice) -> None:
        clock.turn(minutes=6)
        assert other.deliver() == Delivered(sent=1)

    tracker = a_tracker(first := Doing(overtaken), clock=clock, store=store)
    tracker.record(sample_response(group=None))
    assert tracker.deliver() == Delivered()
    assert [len(first.notices), len(second.notices)] == [1, 1]
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(said) == 1
    assert said[0].startswith("a lease ran out while it was used")


def test_a_message_that_kills_its_workers_becomes_a_dead_letter_and_takes_no_other_with_it() -> None:
    """It is taken by itself from the second time on, and every try counts."""
    clock = TurnableClock()

    class Killed(BaseException):
        pass

    def act(notice: Notice) -> None:
        if notice.recipient == "nina":
            raise Killed

    email = Doing(act)
    tracker = a_tracker(email, clock=clock)
    tracker.record(sample_response(hierarchy=["nina"]))
    deaths = 0
    for _ in range(TRIES + 10):
        try:
            tracker.deliver()
        except Killed:
            deaths += 1
        clock.turn(minutes=6)
    assert deaths == TRIES
    fates = {line.message.recipient: line.fate for line in tracker.ledger()}
    assert fates == {"nina": Fate.DEAD, "ed": Fate.SENT}
    assert len(email.to("ed")) == 1


class Failing(MemoryStore):
    """A store that fails as often as it is told to."""

    failures = 0

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Fail, or run the work."""
        if self.failures:
            self.failures -= 1
            raise StorageUnavailable("the database is restarting")
        return super().transact(account, work, write=write)


def test_a_worker_waits_for_its_database(caplog: pytest.LogCaptureFixture) -> None:
    """And goes on when it is back, until it is told to stop."""
    stop, store = threading.Event(), Failing()
    email = Doing(lambda _notice: stop.set())
    tracker = a_tracker(email, clock=TurnableClock(), store=store)
    tracker.record(sample_response(group=None))
    store.failures = 2
    assert tracker.work(stop, every=timedelta(0)) == Delivered(sent=1)
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_a_worker_that_stops_gives_back_what_it_has_not_begun() -> None:
    """Another one finds it at once."""
    clock, store, stop = TurnableClock(), MemoryStore(), threading.Event()
    email = Doing(lambda _notice: stop.set())
    tracker = a_tracker(email, clock=clock, store=store)
    tracker.record(sample_response(hierarchy=["nina"]))
    assert tracker.work(stop) == Delivered(sent=1)
    assert tracker.deliver() == Delivered(sent=1)
    assert len(email.notices) == 2


# --- async -----------------------------------------------------------------------------------------------------------


class Awaited(RecordingNotifier):
    """A channel that is awaited."""

    async def notify(self, notice: Notice, /) -> None:  # type: ignore[override]
        """Take it after a turn of the loop."""
        await asyncio.sleep(0)
        super().notify(notice)


def test_an_async_tracker_delivers_through_channels_of_both_kinds() -> None:
    """Each has a task of its own, and one that blocks is called in a thread."""
    gate = threading.Event()
    awaited = Awaited("chat")

    def wait(_notice: Notice) -> None:
        assert gate.wait(30)

    blocking = Doing(wait)

    class Last(Awaited):
        async def notify(self, notice: Notice, /) -> None:  # type: ignore[override]
            await super().notify(notice)
            gate.set()

    async def main() -> Delivered:
        settings: Any = {"directory": sample_company(), "clock": TurnableClock()}
        channels: Any = {"notifiers": [blocking, awaited], "observers": [Last("crm")]}
        async with AsyncTracker.open("memory:", **settings, **channels) as tracker:
            await tracker.record(sample_response(hierarchy=["nina"]))
            done = await tracker.deliver()
            assert {line.fate for line in await tracker.ledger()} == {Fate.SENT}
            return done

    assert asyncio.run(main()) == Delivered(sent=5)
    assert len(awaited.notices) == len(blocking.notices) == 2


def test_an_async_worker_stops_when_it_is_told_to() -> None:
    """Between two messages."""

    async def main() -> Delivered:
        stop = asyncio.Event()
        email = Doing(lambda _notice: loop.call_soon_threadsafe(stop.set) and None)
        loop = asyncio.get_running_loop()
        settings: Any = {"directory": sample_company(), "clock": TurnableClock(), "notifiers": [email]}
        async with AsyncTracker.open("memory:", **settings) as tracker:
            await tracker.record(sample_response(group=None))
            return await asyncio.wait_for(tracker.work(stop, every=timedelta(seconds=0.01)), 60)

    assert asyncio.run(main()) == Delivered(sent=1)


def test_a_delivery_that_is_cancelled_has_settled_what_was_sent() -> None:
    """What was not begun is due again; the rest when the lease runs out."""
    clock = TurnableClock()

    class Stuck(RecordingNotifier):
        is_stuck = asyncio.Event()

        async def notify(self, notice: Notice, /) -> None:  # type: ignore[override]
            super().notify(notice)
            if len(self.notices) == 2:
                self.is_stuck.set()
                await asyncio.sleep(60)

    async def main() -> list[tuple[str, Fate]]:
        stuck = Stuck("email")
        settings: Any = {"directory": sample_company(), "clock": clock, "notifiers": [stuck]}
        async with AsyncTracker.open("memory:", **settings) as tracker:
            await tracker.record(sample_response(hierarchy=["nina", "omar"]))
            task = asyncio.create_task(tracker.deliver())
            await stuck.is_stuck.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await tracker.deliver() == Delivered(sent=1)
            clock.turn(minutes=6)
            assert await tracker.deliver() == Delivered(sent=1)
            return [(line.message.recipient, line.fate) for line in await tracker.ledger()]

    assert {fate for _, fate in asyncio.run(main())} == {Fate.SENT}
