"""What hosts test with: the clock, the recording notifier, notices from an outbox, the failing store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from resolutionkit import Tracker
from resolutionkit.ports import Notifier
from resolutionkit.testing import (
    NOON,
    Boom,
    FailingStore,
    NotifierConformance,
    Player,
    RecordingNotifier,
    ReferenceStore,
    Step,
    TurnableClock,
    notices,
    sample_company,
    sample_response,
)


class TestRecordingNotifier(NotifierConformance):
    """It is a notifier like any other."""

    @pytest.fixture
    def notifier(self) -> RecordingNotifier:
        """Return one that has recorded nothing."""
        return RecordingNotifier()

    @pytest.fixture
    def abilities(self, notifier: RecordingNotifier) -> Hearing:
        """Return a way to what it recorded, and to let it fail."""
        return Hearing(notifier)


class Hearing:
    """The other end of a recording notifier."""

    def __init__(self, notifier: RecordingNotifier) -> None:
        self.notifier = notifier

    def heard(self) -> list[str]:
        """Return the ids of the messages."""
        return [notice.message.id for notice in self.notifier.notices]

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Let it fail."""
        self.notifier.failure = ConnectionError("down")
        yield
        self.notifier.failure = None


@pytest.fixture
def tracker() -> Tracker:
    """Return a tracker of the sample company, at noon."""
    return Tracker(ReferenceStore(), directory=sample_company(), clock=TurnableClock())


def test_a_clock_stands_still_until_it_is_turned() -> None:
    """Forward, back, or to an instant."""
    clock = TurnableClock()
    assert clock() == clock() == NOON
    assert clock.turn(hours=2, minutes=1) == clock() == NOON + timedelta(hours=2, minutes=1)
    assert clock.turn(days=-1) == NOON - timedelta(hours=21, minutes=59)
    clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert clock() == datetime(2027, 1, 1, tzinfo=UTC)
    assert TurnableClock(clock.now)() == clock.now
    assert repr(clock) == "<TurnableClock at 2027-01-01T00:00:00+00:00>"  # as a failing test shows its fixtures


def test_notices_are_what_a_notifier_gets(tracker: Tracker) -> None:
    """Each message of the outbox with its issue, its events, and who the recipient is."""
    issue = tracker.record(sample_response(hierarchy=["nina", "lee@partner.example"])).issue
    assert issue is not None
    tracker.as_user("ed").assign(issue.id, "omar", note="His client.")
    found = notices(tracker, issue.id, sample_company())
    who = {notice.recipient: (notice.person and notice.person.name, len(notice.events)) for notice in found}
    assert who == {
        "nina": ("Nina Okafor", 1),
        "ed": ("Ed Long", 1),
        "lee@partner.example": (None, 1),
        "omar": ("Omar Haddad", 1),
    }
    assert [notice.message for notice in found] == list(tracker.outbox(issue.id))
    assert {notice.issue.assignee for notice in found} == {"omar"}
    assert {notice.zone for notice in notices(tracker, issue.id)} == {tracker.policy.zone}
    assert found[-1].events[0].kind == "reassigned"


def test_a_recorder_keeps_what_was_told(tracker: Tracker) -> None:
    """In order; a repetition is among the notices, and not told twice; cleared it has nothing."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    recorder = RecordingNotifier("sms")
    assert isinstance(recorder, Notifier)
    assert recorder.name == "sms"
    found = notices(tracker, issue.id)
    for notice in [*found, *found]:
        recorder.notify(notice)
    assert recorder.notices == [*found, *found]
    assert recorder.told == [(message.recipient, message.topic) for message in tracker.outbox(issue.id)]
    recorder.clear()
    assert recorder.told == recorder.notices == []


def test_a_recorder_can_fail(tracker: Tracker) -> None:
    """While a failure is set it is raised, and nothing is recorded."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    recorder, (notice, *_) = RecordingNotifier(), notices(tracker, issue.id)
    recorder.failure = ConnectionError("down")
    with pytest.raises(ConnectionError):
        recorder.notify(notice)
    recorder.failure = None
    assert recorder.notices == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_failing_store_fails_when_told(after: bool) -> None:
    """At the call that was chosen, counted from when it was armed; disarmed it works."""
    failing = FailingStore(ReferenceStore())
    tracker = Tracker(failing)
    failing.arm(2, after=after)
    with pytest.raises(Boom):
        tracker.record(sample_response())
    assert failing.calls == 2
    failing.arm(None)
    assert tracker.issues().items == ()
    failing.close()


def test_a_player_has_nothing_to_do_where_there_is_nothing() -> None:
    """Steps about a response or an issue pass over where there is none yet."""
    clock = TurnableClock()
    game = Player(Tracker(ReferenceStore(), directory=sample_company(), clock=clock), clock)
    noted = {"note": "Rang.", "spoke": True}
    steps = [
        Step("dana", "again", {"index": 0}),
        Step("dana", "flag", {"index": 0, "who": None, **noted}),
        Step("dana", "add_note", {"index": 0, **noted}),
    ]
    assert [game.do(step) for step in steps] == [None, None, None]
    assert game.every_issue() == []
