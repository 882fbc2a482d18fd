"""Laws L9 and L10 of deadlines, and an oracle that counts quarter by quarter over random calendars and histories.

Everything in it happens on a quarter of an hour, hours included, so that no quarter is two things at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    BusinessCalendar,
    Cause,
    CauseKind,
    Deadline,
    DeadlineState,
    Escalated,
    Event,
    Issue,
    Note,
    NoteAdded,
    Phase,
    Policy,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    StatusChanged,
    StretchReason,
    Target,
    TargetKind,
    Targets,
    replay,
)
from resolutionkit.decisions.deadlines import deadlines, earliest_due
from resolutionkit.testing.changes import event_after, opening
from support import response

QUARTER = timedelta(minutes=15)
OPENED = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)  # a Friday, on the eve of the night on which clocks go back
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEVER = 40 * 7 * 24 * 4
PHASES = {"in_progress": Phase.ACTIVE, "escalated": Phase.ACTIVE, "resolved": Phase.CLOSED}

Acts: TypeAlias = Sequence[tuple[int, str]]
"""What happens: how many quarters after what happened before, and what."""

ACTS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 3, 16, 45, 100]),
        st.sampled_from(
            ["note", "spoke", "wait", "wait", "work", "close", "close", "reopen", "fine", "bad", "assign", "escalate"]
        ),
    ),
    max_size=8,
)
HOURS = st.sampled_from([[], ["09:00-17:00"], ["08:15-12:00", "13:00-18:30"], ["00:00-24:00"], ["00:30-03:00"]])


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Draw a calendar with a holiday near the days on which things happen."""
    hours = {day: spans for day in WEEK if (spans := draw(HOURS))} or {"monday": ["09:00-17:00"]}
    days = st.integers(0, 6).map(lambda number: (OPENED + timedelta(days=number)).date())
    holidays = draw(st.dictionaries(days, st.just("Fair"), max_size=2))
    return BusinessCalendar(
        hours=hours, zone=draw(st.sampled_from(["UTC", "Europe/London", "Asia/Kolkata"])), holidays=holidays
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw a policy with targets of some hours, in business time or not, paused or not."""
    limits = {
        kind.value: draw(
            st.none()
            | st.builds(
                Target,
                within=st.integers(1, 120).map(lambda number: number * QUARTER),
                business_time=st.booleans(),
            )
        )
        for kind in TargetKind
    }
    if limits["first_action"] is not None and limits["closed"] is not None:
        limits["closed"] = attrs.evolve(limits["closed"], within=limits["closed"].within + 120 * QUARTER)
    paused_in = draw(st.sampled_from([(), ("escalated",), ("escalated", "in_progress"), ("needs_attention",)]))
    return Policy(targets=Targets(**limits, paused_in=paused_in), calendar=draw(calendars()))


def played(acts: Acts, age: int) -> tuple[Issue, tuple[Event, ...]]:
    """Return the history of an issue whose response was received so many quarters before its opening."""
    write = opening(response(received_at=OPENED - age * QUARTER), at=OPENED)
    history: list[Event] = list(write.events)
    at = OPENED
    for number, (later, act) in enumerate(acts):
        at += later * QUARTER
        for kind, facts in _events(replay(history), act, at, number):
            issue = replay(history)
            history.append(event_after(issue, kind, at=at, **facts))
    return replay(history), tuple(history)


def _events(issue: Issue, act: str, at: datetime, number: int) -> list[tuple[type[Event], dict[str, Any]]]:
    note = Note(text="Rang.", author="Dana", at=at, happened_at=at, spoke=act == "spoke")
    by_response = {"cause": Cause(CauseKind.RESPONSE, f"r-{number}"), "actor": "system"}
    again = response(f"r-{number}-again", 9 if act == "fine" else 1, received_at=at - 3 * QUARTER)
    replacement = (
        ReplacementRecorded,
        {**by_response, "response": again, "revision": 1, "needs_recovery": act == "bad"},
    )
    fresh = {"status": "needs_attention", "phase": Phase.OPEN}
    moves = {"wait": "escalated", "work": "in_progress", "close": "resolved"}
    if act in moves:
        status = moves[act]
        is_refused = not issue.is_open and status != "resolved"
        return [] if is_refused else [(StatusChanged, {"status": status, "phase": PHASES[status], "note": None})]
    if act == "bad" and not issue.is_open:
        return [replacement, (Reopened, {**fresh, **by_response})]
    if act == "reopen":
        return [] if issue.is_open else [(Reopened, fresh)]
    found: dict[str, tuple[type[Event], dict[str, Any]]] = {
        "note": (NoteAdded, {"note": note}),
        "spoke": (NoteAdded, {"note": note}),
        "fine": replacement,
        "bad": replacement,
        "assign": (Reassigned, {"assignee": "nina"}),
        "escalate": (Escalated, {"reason": "Now.", "to": "dana"}),
    }
    return [found[act]]


class ByHand:
    """The same from the acts alone, by looking at every quarter: what stands in the requirements, and nothing else."""

    def __init__(self, acts: Acts, age: int, policy: Policy) -> None:
        self.policy = policy
        self.opened: dict[int, bool] = {}
        self.since = 0
        self.rounds: list[dict[str, Any]] = [self._round(0, -age)]
        self.turns: list[tuple[int, str, bool]] = [(0, "needs_attention", True)]
        self.quarter = 0
        for later, act in acts:
            self.quarter += later
            self._act(act)

    @staticmethod
    def _round(opened: int, follow_up: int) -> dict[str, Any]:
        return {
            "opened": opened,
            "from": follow_up,
            "first_action": None,
            "follow_up": None,
            "closed": None,
            "stop": None,
        }

    def _act(self, act: str) -> None:
        one, (_, status, is_owed) = self.rounds[-1], self.turns[-1]
        is_closed = one["closed"] is not None
        if act in {"wait", "work"} and is_closed:
            return
        if act in {"note", "spoke", "wait", "work", "close"} and one["first_action"] is None:
            one["first_action"] = self.quarter
        if act == "spoke" and one["follow_up"] is None:
            one["follow_up"] = self.quarter
        if act == "close" and not is_closed:
            one["closed"], one["stop"] = self.quarter, self._stopped()
        if (act in {"reopen", "bad"}) and is_closed:
            self.rounds.append(self._round(self.quarter, self.quarter - (3 if act == "bad" else 0)))
            status, is_owed = "needs_attention", True
        is_owed = {"fine": False, "bad": True}.get(act, is_owed)
        status = {"wait": "escalated", "work": "in_progress", "close": "resolved"}.get(act, status)
        self.turns.append((self.quarter, status, is_owed))

    def _stopped(self) -> int | None:
        """Return since when nothing has been owed to the customer, or None where something is."""
        since = None
        for quarter, _, is_owed in self.turns:
            since = None if is_owed else quarter if since is None else since
        return since

    def reason(self, quarter: int, target: Target, over: int | None) -> StretchReason:
        """Say what one quarter is."""
        known = [turn for turn in self.turns if self.since <= turn[0] <= quarter]
        if known and (over is None or quarter < over):
            _, status, is_owed = known[-1]
            if not is_owed:
                return StretchReason.NO_RECOVERY
            if status in self.policy.targets.paused_in:
                return StretchReason.PAUSED
        if not target.business_time:
            return StretchReason.ELAPSED
        return StretchReason.OPEN if self.is_open(quarter) else StretchReason.OUTSIDE_HOURS

    def is_open(self, quarter: int) -> bool:
        """Say whether the team works in a quarter."""
        if quarter not in self.opened:
            self.opened[quarter] = self._is_open(quarter)
        return self.opened[quarter]

    def _is_open(self, quarter: int) -> bool:
        calendar = self.policy.calendar
        assert calendar is not None
        local = (OPENED + quarter * QUARTER).astimezone(ZoneInfo(calendar.zone))
        for span in () if local.date() in calendar.holidays else calendar.hours.get(WEEK[local.weekday()], ()):
            opens, closes = span.split("-")
            if time.fromisoformat(opens) <= local.time() and (
                closes == "24:00" or local.time() < time.fromisoformat(closes)
            ):
                return True
        return False

    def check(self, found: Deadline, now: int) -> None:
        """Compare a deadline with what the quarters say; nothing pauses it before its episode."""
        self.since = self.rounds[found.episode - 1]["opened"]
        one, target, last = self.rounds[found.episode - 1], found.target, found.episode == len(self.rounds)
        stop = self._stopped() if last and one["closed"] is None else one["stop"]
        end = min((at for at in (one["closed"], stop) if at is not None), default=None)
        done = one[found.kind.value]
        met = done if done is not None and (end is None or done <= end) else None
        over = met if met is not None else end
        until = now if over is None else over
        start = one["from"] if found.kind is TargetKind.FOLLOW_UP else one["opened"]
        due = self._due(start, target, over)
        assert found.starts_at == OPENED + start * QUARTER
        assert found.met_at == (None if met is None else OPENED + met * QUARTER)
        assert found.due_at == (None if due is None else OPENED + due * QUARTER)
        is_late = due is not None and due < until
        assert found.late_elapsed == (until - due if due is not None and is_late else 0) * QUARTER
        assert found.late_business == self._late(due, until, over) * QUARTER if is_late else not found.late_business
        quarters = [self.reason(quarter, target, over) for quarter in range(start, until)]
        told = [
            StretchReason.OUTSIDE_HOURS if one.reason in {StretchReason.NO_HOURS, StretchReason.HOLIDAY} else one.reason
            for one in found.explained
            for _ in range(one.length // QUARTER)
        ]
        assert told == quarters
        if is_late:
            state = DeadlineState.MISSED
        elif over is not None:
            state = DeadlineState.STOPPED if met is None else DeadlineState.MET
        else:
            is_paused = self.reason(self.quarter, target, over) in {StretchReason.PAUSED, StretchReason.NO_RECOVERY}
            state = DeadlineState.PAUSED if is_paused else DeadlineState.RUNNING
        assert found.state is state

    def _due(self, start: int, target: Target, over: int | None) -> int | None:
        left = target.within // QUARTER
        for quarter in range(start, NEVER):
            reason = self.reason(quarter, target, over)
            left -= reason in {StretchReason.OPEN, StretchReason.ELAPSED}
            if left == 0:
                return quarter + 1
            if quarter > self.quarter and reason in {StretchReason.PAUSED, StretchReason.NO_RECOVERY}:
                return None
        raise AssertionError("such a calendar opens sooner")

    def _late(self, due: int | None, until: int, over: int | None) -> int:
        every = Target(within=QUARTER, business_time=True)
        return sum(self.reason(quarter, every, over) is StretchReason.OPEN for quarter in range(due or 0, until))


AGES = st.sampled_from([0, 1, 40, 130])


@given(acts=ACTS, age=AGES, policy=policies(), later=st.sampled_from([0, 1, 50, 200]))
def test_deadlines_are_what_counting_the_quarters_says(acts: Acts, age: int, policy: Policy, later: int) -> None:
    """Due, met, late in both times, state and every stretch, of every target in every episode."""
    issue, history = played(acts, age)
    by_hand = ByHand(acts, age, policy)
    now = by_hand.quarter + later
    found = deadlines(issue, history, policy, OPENED + now * QUARTER)
    assert [(one.episode, one.kind) for one in found] == [
        (number, kind) for number in range(1, len(by_hand.rounds) + 1) for kind, _ in policy.targets.in_force
    ]
    for one in found:
        by_hand.check(one, now)


@given(acts=ACTS, age=AGES, policy=policies())
def test_the_earliest_due_is_that_of_what_is_not_done(acts: Acts, age: int, policy: Policy) -> None:
    """What lists sort by is the least due instant of the present episode's targets that still run, or ran out."""
    issue, history = played(acts, age)
    found = deadlines(issue, history, policy, history[-1].at)
    owed = [
        one.due_at
        for one in found
        if one.episode == issue.episode and one.met_at is None and one.ended_at is None and one.due_at is not None
    ]
    assert earliest_due(issue, history, policy) == min(owed, default=None)


@given(acts=ACTS, age=AGES, policy=policies(), day=st.integers(0, 6))
def test_one_more_holiday_brings_no_deadline_forward(acts: Acts, age: int, policy: Policy, day: int) -> None:
    """Law L9, holidays: wherever it lies, whatever happened."""
    issue, history = played(acts, age)
    calendar = policy.calendar
    assert calendar is not None
    date = (OPENED + timedelta(days=day)).date()
    more = attrs.evolve(policy, calendar=attrs.evolve(calendar, holidays={**calendar.holidays, date: "Feast"}))
    check_none_earlier(issue, history, policy, more)


@given(acts=ACTS, age=AGES, policy=policies(), key=st.sampled_from(["needs_attention", "in_progress", "escalated"]))
def test_one_more_pause_brings_no_deadline_forward(acts: Acts, age: int, policy: Policy, key: str) -> None:
    """Law L9, pauses: a status in which limits do not run only ever gives more time."""
    issue, history = played(acts, age)
    paused_in = {*policy.targets.paused_in, key}
    more = attrs.evolve(policy, targets=attrs.evolve(policy.targets, paused_in=paused_in))
    check_none_earlier(issue, history, policy, more)


def check_none_earlier(issue: Issue, history: Sequence[Event], policy: Policy, more: Policy) -> None:
    """Compare the due instants under two policies; none at all is later than any."""
    now = history[-1].at + timedelta(days=2)
    for less_time, more_time in zip(
        deadlines(issue, history, policy, now), deadlines(issue, history, more, now), strict=True
    ):
        assert more_time.due_at is None or (less_time.due_at is not None and less_time.due_at <= more_time.due_at)
        assert less_time.state is not DeadlineState.MET or more_time.state is DeadlineState.MET
        assert more_time.late_elapsed <= less_time.late_elapsed


@given(acts=ACTS, age=AGES, policy=policies(), more=ACTS)
def test_what_comes_later_changes_no_earlier_episode(acts: Acts, age: int, policy: Policy, more: Acts) -> None:
    """Law L10: once an episode is followed by another, its deadlines are what they were, for good."""
    issue, history = played(acts, age)
    longer, whole = played([*acts, *more], age)
    before = deadlines(issue, history, policy, history[-1].at)
    after = deadlines(longer, whole, policy, whole[-1].at + timedelta(days=40))
    past = [one for one in before if one.episode < issue.episode]
    assert [one for one in after if one.episode < issue.episode] == past
    assert all(one.state not in {DeadlineState.RUNNING, DeadlineState.PAUSED} for one in past)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
@given(start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)))
def test_moving_clocks_move_no_deadline(zone: str, start: datetime) -> None:
    """Law L9, clocks: elapsed time is the time that passes, whatever the account's clock on the wall shows."""
    write = opening(response(received_at=start), at=start)
    found = deadlines(write.issue, write.events, Policy(zone=zone), start)
    assert [one.due_at for one in found] == [start + timedelta(days=days) for days in (2, 2, 14)]
