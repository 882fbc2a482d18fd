"""What one account, one issue or one channel does wrong is its own: all others are told as if nothing were."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from resolutionkit import (
    AccountSettings,
    AsyncTracker,
    Delivered,
    Fate,
    NotDelivered,
    Policy,
    Preferences,
    Tracker,
    logs,
)
from resolutionkit.testing import RecordingNotifier, TurnableClock, sample_company, sample_response

Make = Callable[..., Tracker]


class Unsteady:
    """A directory that fails at times."""

    def __init__(self) -> None:
        self.fails = False

    def __getattr__(self, name: str) -> Any:
        if self.fails:
            raise ConnectionError("the directory is down")
        return getattr(sample_company(), name)


@pytest.fixture
def clock() -> TurnableClock:
    """Return a clock that stands at noon."""
    return TurnableClock()


@pytest.fixture(params=["memory:", "sqlite"])
def make(request: Any, clock: TurnableClock, tmp_path: Path) -> Iterator[Make]:
    """Return a function that opens a tracker on one store."""
    opened: list[Tracker] = []
    url = "memory:" if request.param == "memory:" else f"sqlite:///{tmp_path}/d.db"

    def made(*notifiers: object, **settings: Any) -> Tracker:
        given: dict[str, Any] = {"clock": clock, "directory": sample_company()} | settings
        opened.append(Tracker.open(url, notifiers=notifiers, **given))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


def record(tracker: Tracker, count: int = 1) -> list[str]:
    """Record unhappy responses, of each of which Ed is told, and return the issues' ids."""
    found = [tracker.record(sample_response(f"r-{number}")).issue for number in range(count)]
    return [one.id for one in found if one is not None]


def told_of(caplog: pytest.LogCaptureFixture, line: logs.Line) -> list[logging.LogRecord]:
    """Return the log records of one line."""
    return [one for one in caplog.records if one.msg == line.text]


# --- accounts --------------------------------------------------------------------------------------------------------


def test_an_account_whose_settings_raise_holds_up_no_other(
    make: Make, clock: TurnableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """However much is due in it; what is due there is told once they can be read again."""
    broken = True

    def accounts(name: str) -> AccountSettings:
        if name == "north" and broken:
            raise ValueError("its policy file is damaged")
        return AccountSettings(directory=sample_company())

    email = RecordingNotifier("email")
    tracker = make(email, accounts=accounts)
    broken = False
    record(tracker.for_account("north"), 120)
    clock.turn(minutes=1)
    record(tracker.for_account("south"))
    broken = True
    assert tracker.deliver() == Delivered(sent=1)
    assert [notice.account for notice in email.notices] == ["south"]
    (line,) = told_of(caplog, logs.ACCOUNT_FAILED)
    assert (line.account, line.error_type) == ("north", "ValueError")  # type: ignore[attr-defined]
    assert "ValueError at test_delivering_isolation.py:" in line.getMessage()
    assert "damaged" not in line.getMessage()
    broken = False
    clock.turn(minutes=2)
    assert tracker.deliver() == Delivered(sent=120)


def test_an_account_that_nobody_knows_holds_up_no_other_however_much_is_due_in_it(
    make: Make, clock: TurnableClock
) -> None:
    """More than is looked at in one go."""
    known = {name: AccountSettings(directory=sample_company()) for name in ("south", "west")}
    tracker = make(RecordingNotifier("email"), accounts=known.get)
    record(tracker.for_account("west"), 120)
    clock.turn(minutes=1)
    record(tracker.for_account("south"))
    del known["west"]
    assert tracker.deliver() == Delivered(sent=1)


@pytest.mark.parametrize("count", [1, 120])
def test_an_account_whose_directory_raises_holds_up_no_other(make: Make, clock: TurnableClock, count: int) -> None:
    """The tracker's own among them."""
    directory = Unsteady()
    settings = {"own": AccountSettings(directory=directory), "south": AccountSettings(directory=sample_company())}
    email = RecordingNotifier("email")
    tracker = make(email, account="own", directory=directory, accounts=settings.get)
    record(tracker, count)
    clock.turn(minutes=1)
    record(tracker.for_account("south"))
    directory.fails = True
    assert tracker.deliver() == Delivered(sent=1)
    directory.fails = False
    clock.turn(minutes=2)
    assert tracker.deliver() == Delivered(sent=count)
    assert {notice.account for notice in email.notices} == {"own", "south"}


@pytest.mark.parametrize("channels", [1, 2])
def test_a_directory_that_fails_in_the_middle_of_a_batch_loses_nothing(
    make: Make, clock: TurnableClock, channels: int
) -> None:
    """What was sent is settled, what was not is due again."""
    directory = Unsteady()

    class Slow(RecordingNotifier):
        def notify(self, notice: Any, /) -> None:
            super().notify(notice)
            clock.turn(seconds=6)  # so long that it is looked at again
            directory.fails = not directory.fails

    email = Slow("email")
    settings = {"own": AccountSettings(directory=directory)}
    others = [RecordingNotifier("chat")] if channels == 2 else []
    policy = Policy(channels=("email",))
    tracker = make(email, *others, account="own", directory=directory, policy=policy, accounts=settings.get)
    record(tracker, 2)
    assert tracker.deliver() == Delivered(sent=1)
    directory.fails = False
    clock.turn(minutes=2)
    assert tracker.deliver() == Delivered(sent=1)
    assert len({notice.message.id for notice in email.notices}) == len(email.notices) == 2


def test_a_tracker_of_one_account_says_what_its_directory_raised(make: Make) -> None:
    """There is nobody else to go on with."""
    directory = Unsteady()
    tracker = make(RecordingNotifier("email"), directory=directory)
    record(tracker)
    directory.fails = True
    with pytest.raises(ConnectionError):
        tracker.deliver()
    directory.fails = False
    assert tracker.deliver() == Delivered(sent=1)


def test_a_worker_waits_for_its_directory(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """As it does for its database."""
    directory, stop = Unsteady(), threading.Event()

    class Email(RecordingNotifier):
        def notify(self, notice: Any, /) -> None:
            super().notify(notice)
            stop.set()

    tracker = make(Email("email"), directory=directory)
    record(tracker)
    directory.fails = True
    worker = threading.Timer(0.2, lambda: setattr(directory, "fails", False))
    worker.start()
    assert tracker.work(stop, every=timedelta(seconds=0.05)).sent == 1
    assert {one.error_type for one in told_of(caplog, logs.ACCOUNT_FAILED)} == {"ConnectionError"}  # type: ignore[attr-defined]


def test_an_async_worker_waits_for_its_directory_too() -> None:
    """And an account of it holds up no other."""

    async def main() -> Delivered:
        directory, stop = Unsteady(), asyncio.Event()
        own = AccountSettings(directory=directory)
        settings = {"own": own, "south": AccountSettings(directory=sample_company())}

        class Email(RecordingNotifier):
            async def notify(self, notice: Any, /) -> None:  # type: ignore[override]
                super().notify(notice)
                directory.fails = False
                if notice.account == "own":
                    stop.set()

        clock = TurnableClock()
        async with AsyncTracker.open(
            "memory:", account="own", directory=directory, clock=clock, notifiers=[Email("email")],
            accounts=settings.get,
        ) as tracker:  # fmt: skip
            await tracker.record(sample_response())
            await tracker.for_account("south").record(sample_response())
            directory.fails = True
            assert (await tracker.deliver()).sent == 1
            clock.turn(minutes=2)
            return await tracker.work(stop, every=timedelta(seconds=0.05))

    assert asyncio.run(main()).sent == 1


# --- issues ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["kind = 'hologram'", "payload = '{'", "number = number + 7"])
def test_an_issue_that_cannot_be_read_holds_up_no_other(
    tmp_path: Path, clock: TurnableClock, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """It is of a newer version, or damaged: what is due of it waits until it can be read."""
    url, email = f"sqlite:///{tmp_path}/d.db", RecordingNotifier("email")
    with Tracker.open(url, notifiers=[email], clock=clock, directory=sample_company()) as tracker:
        bad, good = record(tracker, 2)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("create table kept as select * from resolutionkit_events"))
            connection.execute(text(f"update resolutionkit_events set {damage} where issue = :one"), {"one": bad})
        assert tracker.deliver().sent == 1
        assert [notice.message.issue for notice in email.notices] == [good]
        (line,) = tracker.ledger(bad)
        assert (line.channel, line.fate, line.attempts) == ("email", Fate.WAITING, 0)
        assert line.reason == "the issue cannot be read; the log says why"
        assert [one.issue_id for one in told_of(caplog, logs.UNREADABLE)] == [bad]  # type: ignore[attr-defined]
        assert tracker.deliver() == Delivered()
        clock.turn(hours=1)
        assert tracker.deliver() == Delivered(retried=1)
        with engine.begin() as connection:
            connection.execute(text("delete from resolutionkit_events"))
            connection.execute(text("insert into resolutionkit_events select * from kept"))
        engine.dispose()
        clock.turn(hours=1)
        assert tracker.deliver() == Delivered(sent=1)
        assert [notice.message.issue for notice in email.notices] == [good, bad]


# --- channels --------------------------------------------------------------------------------------------------------


def test_a_channel_that_nobody_has_keeps_nobody_from_being_told(make: Make) -> None:
    """They are told on the usual one, and the ledger says that the other is not there."""
    tracker = make(email := RecordingNotifier("email"))
    tracker.set_preferences("ed", Preferences(channels={"opened": ["smss"]}))
    (issue,) = record(tracker)
    email.failure = OSError("down")
    assert tracker.deliver() == Delivered(retried=1, dead=1)
    email.failure = None
    assert [(one.channel, one.fate, one.reason) for one in tracker.ledger(issue)][1:] == [
        ("smss", Fate.DEAD, "there is no channel of this name")
    ]
    tracker._runner.clock.turn(minutes=1)  # type: ignore[attr-defined]
    assert tracker.deliver() == Delivered(sent=1)


def test_of_several_chosen_channels_those_that_are_there_are_used(make: Make) -> None:
    """And the usual ones are not."""
    email, chat = RecordingNotifier("email"), RecordingNotifier("chat")
    tracker = make(email, chat)
    tracker.set_preferences("ed", Preferences(channels={"opened": ["chat", "smss"]}))
    record(tracker)
    assert tracker.deliver() == Delivered(sent=1, dead=1)
    assert (len(email.notices), len(chat.notices)) == (0, 1)


def test_where_the_policy_names_the_channels_another_worker_may_have_more(make: Make) -> None:
    """So that a channel which this one does not have waits for it."""
    tracker = make(RecordingNotifier("email"), policy=Policy(channels=("email", "sms")))
    (issue,) = record(tracker)
    assert tracker.deliver() == Delivered(sent=1)
    assert ("sms", Fate.WAITING) in [(one.channel, one.fate) for one in tracker.ledger(issue)]


class Ended(BaseException):
    """What ends a program, and is no error."""


def test_when_delivery_ends_early_the_other_channels_end_too(make: Make) -> None:
    """They give back what they have not begun, rather than send for minutes while somebody waits for the end."""
    began = threading.Event()

    class Slow(RecordingNotifier):
        def notify(self, notice: Any, /) -> None:
            began.set()
            time.sleep(0.05)
            super().notify(notice)

    class Ending:
        name = "ending"

        def notify(self, _notice: Any, /) -> None:
            began.wait()
            raise Ended

    slow = Slow("slow")
    tracker = make(Ending(), slow)
    record(tracker, 60)
    with pytest.raises(Ended):
        tracker.deliver()
    assert len(slow.notices) < 30
    assert len({one.message.id for one in tracker.ledger(fate=Fate.SENT, limit=1000)}) == len(slow.notices)


class Unfinished(NotDelivered):
    """What somebody raises who has forgotten to say all that it says."""

    def __init__(self) -> None:
        Exception.__init__(self, "x")


@pytest.mark.parametrize(
    "make_problem",
    [
        lambda: NotDelivered("busy", retry_after=30),
        lambda: NotDelivered(None),
        lambda: NotDelivered(b"busy"),
        lambda: NotDelivered("busy", retry_after=timedelta.max),
        lambda: NotDelivered("busy", retry_after=timedelta.min),
        Unfinished,
        lambda: ExceptionGroup("several", [OSError("x")]),
    ],
    ids=["seconds", "nothing", "bytes", "for ever", "before", "unfinished", "several"],
)
def test_a_channel_that_says_nonsense_has_failed_and_nobody_else(
    make: Make, make_problem: Callable[[], Exception]
) -> None:
    """It is tried again; the other channels go on, and so does the next message."""

    class Confused:
        name = "confused"

        def notify(self, _notice: Any, /) -> None:
            raise make_problem()

    chat = RecordingNotifier("chat")
    tracker = make(Confused(), chat)
    record(tracker, 2)
    assert tracker.deliver() == Delivered(sent=2, retried=2)
    assert {(one.fate, one.attempts) for one in tracker.ledger() if one.channel == "confused"} == {(Fate.WAITING, 1)}
