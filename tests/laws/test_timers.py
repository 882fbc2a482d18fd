"""Law L8 of timers: twice, late, side by side, after an outage of a week, each thing that time brings happens once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    Cause,
    CauseKind,
    CheckAsked,
    ClosingCheck,
    EscalationLevel,
    Event,
    LevelRaised,
    LimitReminded,
    Policy,
    Reopened,
    ResolutionKitError,
    Status,
    Target,
    Targets,
    Tracker,
    replay,
)
from resolutionkit.decisions.context import Context
from resolutionkit.decisions.timers import run
from resolutionkit.model.people import SYSTEM
from resolutionkit.ports import Store
from resolutionkit.testing import fresh_account
from resolutionkit.testing.suites.base import in_threads
from support import NOON, TurnableClock, organisation, response

HOUR = timedelta(hours=1)
POLICY = Policy(
    levels=[
        EscalationLevel(name="first response", within=10 * HOUR),
        EscalationLevel(name="tier one", within=20 * HOUR, accountable=["manager"]),
        EscalationLevel(name="review", within=30 * HOUR, accountable=["nina", "lead_manager"]),
        EscalationLevel(name="decision", within=40 * HOUR, accountable=["leader"]),
    ],
    targets=Targets(first_action=Target(within=16 * HOUR), paused_in=["in_progress"], remind_before=4 * HOUR),
    closing_check=ClosingCheck(after=48 * HOUR),
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 3, 9, 25, 70, 200]),
        st.sampled_from(
            ["note", "wait", "attend", "close", "close", "reopen", "fine", "bad", "raise", "escalate", "run", "run"]
        ),
    ),
    max_size=14,
)
Acts: TypeAlias = Sequence[tuple[int, str]]


def account_on(store: Store, **settings: Any) -> tuple[Tracker, TurnableClock]:
    """Return a tracker on an account that was never used, and its clock."""
    clock = TurnableClock()
    given: dict[str, Any] = {"policy": POLICY, "directory": organisation(), "clock": clock} | settings
    return Tracker(store, account=fresh_account(), **given), clock


def act(tracker: Tracker, clock: TurnableClock, issue: str, what: str) -> None:
    """Do something to an issue, as far as it can be done."""
    desk = tracker.as_user("bridget")
    later = response(f"r-{clock.now.timestamp()}", 9 if what == "fine" else 2, ticket="T", received_at=clock.now)
    acts = {
        "note": lambda: desk.add_note(issue, "Rang."),
        "wait": lambda: desk.set_status(issue, Status.IN_PROGRESS, note="They call back."),
        "attend": lambda: desk.escalate(issue, reason="Risk.", note="Now."),
        "close": lambda: desk.set_status(issue, Status.RESOLVED, note="Done."),
        "reopen": lambda: desk.reopen(issue, note="Same again."),
        "fine": lambda: tracker.record(later),
        "bad": lambda: tracker.record(later),
        "raise": lambda: desk.raise_level(issue, "review", reason="Risk."),
        "escalate": lambda: desk.escalate(issue, reason="Risk.", note="Now."),
        "run": tracker.run_timers,
    }
    with suppress(ResolutionKitError):  # it cannot be done as things stand, and nothing was
        acts[what]()


def by_time(history: Sequence[Event]) -> list[tuple[Any, ...]]:
    """Return what time has brought to an issue, each with its episode."""
    found, episode = list[tuple[Any, ...]](), 1
    for event in history:
        episode += isinstance(event, Reopened)
        if isinstance(event, LevelRaised):
            found.append((episode, event.kind, event.level))
        elif isinstance(event, LimitReminded):
            found.append((episode, event.kind, event.limit, event.level))
        elif isinstance(event, CheckAsked):
            found.append((episode, event.kind))
    return found


def reminded(history: Sequence[Event]) -> set[tuple[str, int | None]]:
    """Return of which limits the assignee was reminded."""
    return {(event.limit, event.level) for event in history if isinstance(event, LimitReminded)}


def due_now(tracker: Tracker, clock: TurnableClock, issue: str) -> tuple[Event, ...]:
    """Return what is due on an issue, whatever the store says of it."""
    history = tracker.history(issue)
    ids = iter(f"{number:036d}" for number in range(100))
    context = Context(
        policy=POLICY,
        people=organisation(),
        now=clock.now,
        ids=lambda: next(ids),
        actor=SYSTEM,
        cause=Cause(CauseKind.TIMER),
    )
    return run(replay(history), history, context).events


def check_whole(tracker: Tracker, clock: TurnableClock, issue: str) -> None:
    """Run the timers, and see that all that was due was done, once, and that the history folds."""
    tracker.run_timers()
    assert due_now(tracker, clock, issue) == ()
    assert tracker.run_timers().accounts == {}
    history = tracker.history(issue)
    assert replay(history) == tracker.issue(issue)
    assert [what for what, times in Counter(by_time(history)).items() if times > 1] == []


def test_each_thing_happens_once_whenever_the_timers_run(store: Store) -> None:
    """Among random acts and runs at random instants: nothing twice, and nothing that is due is left asleep (L8)."""

    @given(ACTS)
    def check(acts: Acts) -> None:
        tracker, clock = account_on(store)
        found = tracker.record(response(ticket="T")).issue
        assert found is not None
        for hours, what in acts:
            clock.turn(hours=hours)
            act(tracker, clock, found.id, what)
        check_whole(tracker, clock, found.id)
        clock.turn(hours=500)
        check_whole(tracker, clock, found.id)

    check()


def test_an_outage_leaves_what_would_have_been_without(store: Store) -> None:
    """However seldom they run, an issue that nobody touches climbs at the same instants, and reminders come (L8)."""

    @given(st.lists(st.sampled_from([1, 5, 11, 24, 60, 168]), max_size=20))
    def check(pauses: list[int]) -> None:
        (punctual, clock), (late, other) = account_on(store), account_on(store)
        ours, theirs = punctual.record(response()).issue, late.record(response()).issue
        assert ours is not None
        assert theirs is not None
        total = sum(pauses)
        for _ in range(total):
            clock.turn(hours=1)
            punctual.run_timers()
        for hours in pauses:
            other.turn(hours=hours)
            late.run_timers()

        def climbed(tracker: Tracker, issue: str) -> list[tuple[Any, ...]]:
            raised = [event for event in tracker.history(issue) if isinstance(event, LevelRaised)]
            return [(one.level, one.entered_at, one.ran_out, one.accountable) for one in raised]

        assert climbed(late, theirs.id) == climbed(punctual, ours.id)
        (late_told, told) = (reminded(one.history(which)) for one, which in ((late, theirs.id), (punctual, ours.id)))
        assert late_told <= told
        assert (("first_action", None) in late_told) is (("first_action", None) in told)

    check()


def test_a_week_without_workers_is_made_up_level_by_level(store: Store) -> None:
    """Every level that was passed is in the history with when it was entered, and its people are told, once (L8)."""
    tracker, clock = account_on(store)
    issue = tracker.record(response()).issue
    assert issue is not None
    clock.turn(days=7)
    done = tracker.run_timers()
    assert done.total.climbed == 3
    raised = [event for event in tracker.history(issue.id) if isinstance(event, LevelRaised)]
    assert [(one.level, (one.entered_at - NOON) / HOUR, one.ran_out) for one in raised] == [
        (1, 10, "first response"),
        (2, 30, "tier one"),
        (3, 60, "review"),
    ]
    assert {one.at for one in raised} == {clock.now}
    told = [message.recipient for message in tracker.outbox(issue.id) if message.topic == "level_raised"]
    assert sorted(told) == sorted({who for one in raised for who in one.accountable})


def test_workers_side_by_side_do_each_thing_once(store: Store) -> None:
    """Six threads run the timers at once: every issue climbs once, and what they say they did adds up (L8)."""
    tracker, clock = account_on(store)
    issues = [tracker.record(response(f"r-{number}")).issue for number in range(8)]
    clock.turn(hours=11)
    done = list[int]()
    assert in_threads([lambda: done.append(tracker.run_timers().total.climbed) for _ in range(6)]) == []
    assert sum(done) == len(issues)
    for issue in issues:
        assert issue is not None
        assert [event.kind for event in tracker.history(issue.id)].count("level_raised") == 1


def test_a_clock_that_goes_back_brings_nothing_about(store: Store) -> None:
    """Nothing is due before its time again, nothing happens twice, and the history stays in order (L8)."""
    tracker, clock = account_on(store)
    issue = tracker.record(response()).issue
    assert issue is not None
    clock.turn(hours=11)
    tracker.run_timers()
    before = tracker.history(issue.id)
    clock.turn(hours=-9)
    assert tracker.run_timers().accounts == {}
    tracker.as_user("bridget").add_note(issue.id, "Rang.")
    assert tracker.run_timers().accounts == {}
    clock.turn(hours=10)
    assert tracker.run_timers().total.climbed == 0
    history = tracker.history(issue.id)
    assert history[: len(before)] == before
    assert [event.at for event in history] == sorted(event.at for event in history)
