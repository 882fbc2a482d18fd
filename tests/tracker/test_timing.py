"""Timers through the whole of a tracker: levels, reminders and checks, who hears of them, and what failure does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    AccountSettings,
    AccountTimers,
    AsyncTracker,
    ClosingCheck,
    EscalationLevel,
    Fate,
    Issue,
    IssueNotFound,
    LevelRaised,
    LimitReminded,
    MoveRefused,
    NoteRequired,
    Policy,
    ReasonRequired,
    Status,
    StorageError,
    Target,
    Targets,
    Tracker,
    replay,
)
from resolutionkit.errors import InvalidCommand
from resolutionkit.testing import RecordingNotifier, TurnableClock
from support import NOON, organisation, response

HOUR = timedelta(hours=1)
LEVELS = [
    EscalationLevel(name="first response", within=24 * HOUR),
    EscalationLevel(name="tier one", within=48 * HOUR, accountable=["omar"]),
    EscalationLevel(name="decision", within=72 * HOUR, accountable=["leader"], outcomes=["resolved", "cant_resolve"]),
]
QUIET = Targets(first_action=None, follow_up=None, closed=None, remind_before=None)
MATRIX = Policy(levels=LEVELS, targets=QUIET)
CHECKED = Policy(closing_check=ClosingCheck(after=timedelta(days=3)), targets=QUIET)


@pytest.fixture
def clock() -> TurnableClock:
    """Return a clock that stands at noon."""
    return TurnableClock()


@pytest.fixture(params=["memory:", "sqlite:///:memory:"])
def opened(request: pytest.FixtureRequest, clock: TurnableClock) -> Any:
    """Return a function that opens a tracker, on each backend in turn."""
    trackers: list[Tracker] = []

    def open_tracker(policy: Policy = MATRIX, **settings: Any) -> Tracker:
        given: dict[str, Any] = {"directory": organisation(), "clock": clock} | settings
        trackers.append(Tracker.open(request.param, policy=policy, **given))
        return trackers[-1]

    yield open_tracker
    for one in trackers:
        one.close()


Open = Callable[..., Tracker]


def recorded(tracker: Tracker, name: str = "r-1", **facts: Any) -> Issue:
    """Return the issue of a new response, which is Nina's."""
    issue = tracker.record(response(name, hierarchy=["nina"], **facts)).issue
    assert issue is not None
    return issue


def test_an_issue_climbs_and_keeps_status_and_assignee(opened: Open, clock: TurnableClock) -> None:
    """It rises one level when a limit has run out; its people are told, and see it from then on (B9, D2)."""
    tracker = opened()
    issue = recorded(tracker)
    with pytest.raises(IssueNotFound):
        tracker.as_user("omar").issue(issue.id)
    clock.turn(hours=24)
    assert tracker.run_timers().accounts == {}  # at exactly the due instant it is in time
    clock.turn(seconds=1)
    done = tracker.run_timers()
    assert done.at == clock.now
    assert done.accounts == {"default": AccountTimers(climbed=1)}
    now = tracker.as_user("omar").issue(issue.id)
    assert (now.level, now.accountable, now.status, now.assignee) == (1, ("omar",), issue.status, "nina")
    event = tracker.history(issue.id)[-1]
    assert isinstance(event, LevelRaised)
    assert (event.actor, event.cause.kind, event.ran_out, event.entered_at) == (
        "system",
        "timer",
        "first response",
        NOON + 24 * HOUR,
    )
    assert [line.id for line in tracker.as_user("omar").inbox().open()] == [issue.id]
    told = [(one.recipient, one.topic, one.why) for one in tracker.outbox(issue.id) if one.topic == "level_raised"]
    assert told == [("omar", "level_raised", ("accountable",))]
    assert replay(tracker.history(issue.id)) == now


def test_acting_in_time_keeps_an_issue_where_it_is(opened: Open, clock: TurnableClock) -> None:
    """The first level's limit ends with a note or a status; what comes after it does not begin (B9)."""
    tracker = opened()
    issue = recorded(tracker)
    clock.turn(hours=24)
    tracker.as_user("bridget").add_note(issue.id, "Rang.")
    clock.turn(days=30)
    assert tracker.run_timers().accounts == {}
    assert tracker.issue(issue.id).level == 0


def test_acting_too_late_does_not_undo_the_climb_that_nobody_ran(opened: Open, clock: TurnableClock) -> None:
    """What an outage kept from happening happens afterwards, unless the issue was closed meanwhile (L8)."""
    tracker = opened()
    late, closed = recorded(tracker), recorded(tracker, "r-2")
    clock.turn(hours=30)
    desk = tracker.as_user("bridget")
    desk.add_note(late.id, "Rang.")
    desk.set_status(closed.id, Status.RESOLVED, note="Done.")
    assert tracker.run_timers().total.climbed == 1
    assert (tracker.issue(late.id).level, tracker.issue(closed.id).level) == (1, 0)


def test_reopening_starts_at_level_zero(opened: Open, clock: TurnableClock) -> None:
    """The limits run anew, and who answered before no longer does (B10, D2)."""
    tracker = opened()
    issue = recorded(tracker)
    clock.turn(hours=25)
    tracker.run_timers()
    desk = tracker.as_user("bridget")
    desk.set_status(issue.id, Status.RESOLVED, note="Done.")
    clock.turn(days=9)
    assert tracker.run_timers().accounts == {}
    desk.reopen(issue.id, note="Same again.")
    assert (tracker.issue(issue.id).level, tracker.issue(issue.id).accountable) == (0, ())
    with pytest.raises(IssueNotFound):
        tracker.as_user("omar").issue(issue.id)
    clock.turn(hours=25)
    assert tracker.run_timers().total.climbed == 1
    assert tracker.issue(issue.id).level == 1


def test_a_person_raises_an_issue_to_any_level_above(opened: Open, clock: TurnableClock) -> None:
    """With a reason, by name or number; its limit runs from then on (B9)."""
    tracker = opened()
    issue = recorded(tracker)
    desk = tracker.as_user("bridget")
    with pytest.raises(ReasonRequired):
        desk.raise_level(issue.id, "tier one", reason=" ")
    with pytest.raises(InvalidCommand, match="1 \\(tier one\\), 2 \\(decision\\)"):
        desk.raise_level(issue.id, "teir one", reason="Risk.")
    clock.turn(hours=1)
    done = desk.raise_level(issue.id, "tier one", reason="They will leave.", key="k")
    (event,) = done.events
    assert isinstance(event, LevelRaised)
    assert (event.level, event.ran_out, event.reason, event.actor) == (1, None, "They will leave.", "bridget")
    assert desk.raise_level(issue.id, "tier one", reason="They will leave.", key="k").is_repetition
    clock.turn(hours=48, seconds=1)
    assert tracker.run_timers().total.climbed == 1
    assert tracker.issue(issue.id).level == 2
    with pytest.raises(InvalidCommand, match="last level"):
        desk.raise_level(issue.id, 1, reason="Risk.")


def test_no_level_can_be_raised_where_there_is_none(opened: Open) -> None:
    """Without a matrix, and on what is closed; the error says what to do instead."""
    bare = opened(Policy())
    issue = recorded(bare)
    with pytest.raises(InvalidCommand, match="no escalation matrix"):
        bare.as_user("bridget").raise_level(issue.id, 1, reason="Risk.")
    tracker = opened()
    closed = recorded(tracker)
    desk = tracker.as_user("bridget")
    desk.set_status(closed.id, Status.RESOLVED, note="Done.")
    with pytest.raises(InvalidCommand, match="reopen it first"):
        desk.raise_level(closed.id, 1, reason="Risk.")


def test_the_last_level_ends_with_one_of_its_outcomes_and_a_note(opened: Open) -> None:
    """Whatever the policy relaxes; what can be done says so before it is tried (B9, B3)."""
    tracker = opened(attrs.evolve(MATRIX, note_on_status_change=False))
    issue = recorded(tracker)
    desk = tracker.as_user("bridget")
    desk.raise_level(issue.id, "decision", reason="Risk.")
    closing = {move.status: move.demands.note for move in desk.moves(issue.id) if move.command == "set_status"}
    assert closing == {"in_progress": False, "resolved": True, "cant_resolve": True}
    with pytest.raises(NoteRequired):
        desk.set_status(issue.id, Status.RESOLVED)
    with pytest.raises(MoveRefused, match="decision") as refusal:
        desk.set_status(issue.id, Status.NOT_AN_ISSUE, note="No.")
    assert "not_an_issue" not in refusal.value.allowed
    assert not desk.set_status(issue.id, Status.CANT_RESOLVE, note="We part.").issue.is_open


def test_the_assignee_is_reminded_once_before_each_limit(opened: Open, clock: TurnableClock) -> None:
    """Of each target that nobody has met, as long before as the policy says, and never again (C7)."""
    targets = Targets(
        first_action=Target(within=48 * HOUR),
        follow_up=None,
        closed=Target(within=4 * HOUR * 24),
        remind_before=6 * HOUR,
    )
    tracker = opened(Policy(targets=targets))
    issue = recorded(tracker)
    clock.turn(hours=41)
    assert tracker.run_timers().accounts == {}
    clock.turn(hours=1)
    assert tracker.run_timers().accounts == {"default": AccountTimers(reminded=1)}
    (message,) = [one for one in tracker.outbox(issue.id) if one.topic == "reminded"]
    assert (message.recipient, message.why) == ("nina", ("assignee",))
    clock.turn(days=30)
    assert tracker.run_timers().total.reminded == 1
    events = [event for event in tracker.history(issue.id) if isinstance(event, LimitReminded)]
    assert [(event.limit, event.due_at) for event in events] == [
        ("first_action", NOON + 48 * HOUR),
        ("closed", NOON + 96 * HOUR),
    ]


@pytest.mark.parametrize("why", ["backfilled", "fine now", "paused", "closed"])
def test_nobody_is_reminded_where_no_limit_runs(opened: Open, clock: TurnableClock, why: str) -> None:
    """Old data, a customer who is happy since, a status that waits, a closed issue (A5, A11, D7)."""
    tracker = opened(Policy(levels=LEVELS, targets=Targets(paused_in=["in_progress"])))
    old = {"received_at": NOON - timedelta(days=30)} if why == "backfilled" else {}
    issue = recorded(tracker, ticket="T", **old)
    desk = tracker.as_user("bridget")
    if why == "fine now":
        tracker.record(response("r-2", 9, ticket="T", received_at=NOON))
    elif why == "paused":
        desk.set_status(issue.id, Status.IN_PROGRESS, note="They call back.")
    elif why == "closed":
        desk.set_status(issue.id, Status.RESOLVED, note="Done.")
    clock.turn(days=60)
    assert tracker.run_timers().accounts == {}


def test_a_pause_that_ends_lets_the_rest_of_the_time_run(opened: Open, clock: TurnableClock) -> None:
    """What was waited for does not count, for levels and reminders alike (D7)."""
    targets = Targets(follow_up=None, closed=None, first_action=None, paused_in=["in_progress"], remind_before=4 * HOUR)
    tracker = opened(Policy(levels=LEVELS, targets=targets))
    issue = recorded(tracker)
    desk = tracker.as_user("bridget")
    desk.raise_level(issue.id, 1, reason="Risk.")
    clock.turn(hours=40)
    desk.set_status(issue.id, Status.IN_PROGRESS, note="They call back.")
    clock.turn(days=10)
    assert tracker.run_timers().accounts == {}
    desk.escalate(issue.id, reason="They did not.", note="Now.")
    clock.turn(hours=5)
    assert tracker.run_timers().total == AccountTimers(reminded=1)
    clock.turn(hours=4)
    assert tracker.run_timers().total.climbed == 1


def test_a_reminder_of_what_was_done_since_is_dropped(opened: Open, clock: TurnableClock) -> None:
    """It is looked at again when it is sent, and the ledger says why it went nowhere (L5)."""
    mail = RecordingNotifier("email")
    tracker = opened(Policy(levels=LEVELS), notifiers=[mail])
    closed, acted, open_still = (recorded(tracker, name) for name in ("r-1", "r-2", "r-3"))
    clock.turn(hours=41)
    assert tracker.run_timers().total == AccountTimers(climbed=3, reminded=6)
    desk = tracker.as_user("bridget")
    desk.set_status(closed.id, Status.RESOLVED, note="Done.", spoke=True)
    desk.add_note(acted.id, "Rang.", spoke=True)
    tracker.deliver()

    def reasons(issue: Issue) -> dict[str, tuple[str, str]]:
        lines = tracker.ledger(issue.id, limit=100)
        return {line.message.topic.value: (line.fate.value, line.reason) for line in lines}

    assert reasons(closed)["reminded"] == ("dropped", "the issue was closed meanwhile")
    assert reasons(closed)["level_raised"] == ("dropped", "the issue was closed meanwhile")
    assert reasons(acted)["reminded"] == ("dropped", "it was done meanwhile")
    assert reasons(acted)["level_raised"] == ("sent", "")
    assert reasons(open_still)["reminded"] == ("sent", "")
    assert {line.fate for line in tracker.ledger(limit=1000)} == {Fate.SENT, Fate.DROPPED}


def test_a_check_is_asked_some_days_after_the_closing(opened: Open, clock: TurnableClock) -> None:
    """Of the assignee, once; the answer is on record, and where the customer is not satisfied it reopens (B16)."""
    tracker = opened(CHECKED)
    good, bad, other = (recorded(tracker, name) for name in ("r-1", "r-2", "r-3"))
    desk = tracker.as_user("bridget")
    for issue, status in ((good, Status.RESOLVED), (bad, Status.RESOLVED), (other, Status.CANT_RESOLVE)):
        desk.set_status(issue.id, status, note="Done.")
    clock.turn(days=2)
    assert tracker.run_timers().accounts == {}
    clock.turn(days=1)
    assert tracker.run_timers().accounts == {"default": AccountTimers(asked=2)}
    assert tracker.run_timers().accounts == {}
    assert [one.recipient for one in tracker.outbox(good.id) if one.topic == "check_asked"] == ["nina"]
    assert desk.answer_check(good.id, satisfied=True).issue.episodes[-1].satisfied is True
    with pytest.raises(NoteRequired):
        desk.answer_check(bad.id, satisfied=False)
    issue = desk.answer_check(bad.id, satisfied=False, note="Broken again.").issue
    assert (issue.is_open, issue.episode, issue.status) == (True, 2, Status.NEEDS_ATTENTION)
    assert issue.episodes[0].satisfied is False
    assert replay(tracker.history(bad.id)) == issue
    for refused in (good, bad, other):
        with pytest.raises(InvalidCommand):
            desk.answer_check(refused.id, satisfied=True)


def test_a_check_that_was_answered_first_is_not_asked(opened: Open, clock: TurnableClock) -> None:
    """Whoever knows already says so, and nobody is bothered (B16)."""
    mail = RecordingNotifier("email")
    tracker = opened(CHECKED, notifiers=[mail])
    first, later = recorded(tracker), recorded(tracker, "r-2")
    desk = tracker.as_user("bridget")
    for issue in (first, later):
        desk.set_status(issue.id, Status.RESOLVED, note="Done.")
    desk.answer_check(first.id, satisfied=True)
    clock.turn(days=4)
    assert tracker.run_timers().total.asked == 1
    desk.answer_check(later.id, satisfied=True)
    tracker.deliver()
    (line,) = [one for one in tracker.ledger(later.id, limit=100) if one.message.topic == "check_asked"]
    assert line.fate is Fate.DROPPED


def test_nobody_there_leaves_the_climb_to_the_highest_in_command(opened: Open, clock: TurnableClock) -> None:
    """A level whose people have left is not a hole in which issues vanish (B6)."""
    levels = [LEVELS[0], EscalationLevel(name="gone", within=48 * HOUR, accountable=["gone", "nobody"])]
    tracker = opened(Policy(levels=levels, targets=QUIET))
    issue = recorded(tracker)
    clock.turn(hours=25)
    tracker.run_timers()
    assert tracker.issue(issue.id).accountable == ("dana",)


def test_a_changed_policy_shows_within_a_day_or_at_once(opened: Open, clock: TurnableClock) -> None:
    """An issue is looked at again once a day at least; reschedule() does so at the next run."""
    tracker = opened(Policy())
    first = recorded(tracker)
    strict = Policy(levels=[attrs.evolve(LEVELS[0], within=HOUR), *LEVELS[1:]], targets=QUIET)
    other = Tracker(tracker._runner.store, policy=strict, directory=organisation(), clock=clock)
    clock.turn(hours=2)
    assert other.run_timers().accounts == {}
    assert other.reschedule() == 1
    assert other.run_timers().total.climbed == 1
    assert other.issue(first.id).level == 1
    assert [line.due_at for line in other.issues()] == [None]
    second = recorded(tracker, "r-2")
    clock.turn(hours=24)
    assert other.run_timers().total.climbed == 1
    assert other.issue(second.id).level == 1


class Faulty:
    """A directory that fails for one group."""

    def __init__(self) -> None:
        self._own = organisation()
        self.is_broken = False

    def group(self, code: str) -> Any:
        """Return a group, or fail."""
        if self.is_broken and code == "field":
            raise ConnectionError("the directory of that group is away")
        return self._own.group(code)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def test_a_faulty_issue_delays_no_other(opened: Open, clock: TurnableClock, caplog: pytest.LogCaptureFixture) -> None:
    """It is named in the answer and in the log, and looked at again ten minutes later."""
    directory = Faulty()
    tracker = opened(directory=directory)
    bad, good = recorded(tracker, group="field"), recorded(tracker, "r-2")
    clock.turn(hours=25)
    directory.is_broken = True
    with caplog.at_level(logging.ERROR, "resolutionkit.timers"):
        done = tracker.run_timers()
    assert done.accounts == {"default": AccountTimers(climbed=1, failed=(bad.id,))}
    assert not done.total.is_sound
    assert tracker.issue(good.id).level == 1
    assert [(one.issue_id, one.error_type) for one in caplog.records] == [(bad.id, "ConnectionError")]  # type: ignore[attr-defined]
    directory.is_broken = False
    assert tracker.run_timers().accounts == {}
    clock.turn(minutes=10)
    assert tracker.run_timers().total == AccountTimers(climbed=1)


def test_timers_run_over_all_accounts_and_an_unknown_one_delays_none(opened: Open, clock: TurnableClock) -> None:
    """Each by its own policy; what nobody knows is named and put off (F4)."""
    known = {
        name: AccountSettings(policy=policy, directory=organisation())
        for name, policy in (("a", MATRIX), ("b", CHECKED), ("c", MATRIX))
    }
    tracker = opened(None, account="a", accounts=known.get, directory=None)
    for name in ("a", "b", "c"):
        recorded(tracker.for_account(name))
    clock.turn(hours=25)
    del known["c"]
    done = tracker.run_timers()
    assert done.accounts == {"a": AccountTimers(climbed=1), "c": AccountTimers(problem="AccountNotFound")}
    known["c"] = known["a"]
    assert tracker.run_timers().accounts == {}
    clock.turn(hours=1)
    assert tracker.run_timers().accounts == {"c": AccountTimers(climbed=1)}


def test_a_tracker_of_one_account_leaves_the_others_alone(opened: Open, clock: TurnableClock) -> None:
    """It does not know their policies."""
    tracker = opened()
    other = Tracker(tracker._runner.store, account="other", policy=MATRIX, directory=organisation(), clock=clock)
    issue = recorded(other)
    clock.turn(hours=25)
    assert tracker.run_timers().accounts == {}
    assert other.issue(issue.id).level == 0


def test_many_more_issues_than_a_batch_are_all_looked_at(opened: Open, clock: TurnableClock) -> None:
    """A run goes on until nothing is due."""
    tracker = opened()
    tracker.record_many(response(f"r-{number}") for number in range(230))
    clock.turn(hours=25)
    assert tracker.run_timers().total.climbed == 230


def test_no_timers_run_in_a_hosts_transaction(tmp_path: Any, clock: TurnableClock) -> None:
    """A run is many transactions, and none of them is the host's."""
    from sqlalchemy import create_engine

    url = f"sqlite:///{tmp_path / 'r.db'}"
    with Tracker.open(url, policy=MATRIX, clock=clock) as tracker:
        engine = create_engine(url)
        with engine.begin() as connection, tracker.joined(connection) as joined, pytest.raises(StorageError):
            joined.run_timers()
        engine.dispose()


def test_a_store_without_timers_says_so() -> None:
    """The reference store of the kit keeps none."""
    from resolutionkit.testing.reference import ReferenceStore

    tracker = Tracker(ReferenceStore())
    for ask in (tracker.run_timers, tracker.reschedule):
        with pytest.raises(StorageError, match="timers"):
            ask()


def test_work_runs_the_timers_as_well(opened: Open, clock: TurnableClock) -> None:
    """Who keeps a worker running needs nothing else."""
    import threading

    mail, stop = RecordingNotifier("email"), threading.Event()
    tracker = opened(notifiers=[mail])
    issue = recorded(tracker)
    clock.turn(hours=25)
    deliver = mail.notify

    def stopping(notice: Any) -> None:
        deliver(notice)
        if notice.message.topic == "level_raised":
            stop.set()

    mail.notify = stopping  # type: ignore[method-assign]
    tracker.work(stop, every=timedelta(0))
    assert tracker.issue(issue.id).level == 1


def test_the_awaited_tracker_does_the_same(clock: TurnableClock) -> None:
    """It raises, reminds, asks and answers through the same code."""

    async def main() -> None:
        policy = attrs.evolve(MATRIX, closing_check=CHECKED.closing_check)
        async with AsyncTracker.open("memory:", policy=policy, directory=organisation(), clock=clock) as tracker:
            issue = (await tracker.record(response())).issue
            assert issue is not None
            clock.turn(hours=25)
            assert (await tracker.run_timers()).total.climbed == 1
            desk = tracker.as_user("bridget")
            await desk.raise_level(issue.id, 2, reason="Risk.")
            await desk.set_status(issue.id, Status.RESOLVED, note="Done.")
            clock.turn(days=4)
            assert await tracker.reschedule() == 0
            assert (await tracker.run_timers()).total.asked == 1
            done = await desk.answer_check(issue.id, satisfied=True)
            assert done.issue.episodes[-1].satisfied is True

    asyncio.run(main())
