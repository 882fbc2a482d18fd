"""Deadlines: a table of what may happen, in words, and what each target comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from resolutionkit import (
    BusinessCalendar,
    Deadline,
    Policy,
    Status,
    StretchReason,
    Target,
    TargetKind,
    Targets,
    Tracker,
)
from support import NOON, TurnableClock, organisation, response

HOUR = timedelta(hours=1)
CALENDAR = BusinessCalendar(
    hours={"monday-friday": "09:00-17:00"}, zone="UTC", holidays={"2026-11-23": "Founders' Day"}
)
PAUSED = Policy(targets=Targets(paused_in=["in_progress"]))
BUSINESS = Policy(
    calendar=CALENDAR, targets=Targets(first_action=Target(within=8 * HOUR, business_time=True), closed=None)
)


class Case:
    """One issue of a small company, opened at noon on Friday the 20th; steps are told in words."""

    def __init__(self, policy: Policy) -> None:
        self.clock = TurnableClock()
        self.tracker = Tracker.open("memory:", policy=policy, directory=organisation(), clock=self.clock)
        opened = self.tracker.record(response(ticket="T-1", received_at=NOON)).issue
        assert opened is not None
        self.issue = opened.id
        self.desk = self.tracker.as_user("bridget")
        self.count = 0

    def do(self, step: str) -> None:
        """Do one step, such as ``after 3 hours`` or ``a note``."""
        if step.startswith("after "):
            self.clock.turn(hours=float(step.split()[1]))
            return
        steps: dict[str, Callable[[], object]] = {
            "a note": lambda: self.desk.add_note(self.issue, "Left voicemail."),
            "a call": lambda: self.desk.add_note(self.issue, "Rang.", spoke=True),
            "a call of an hour ago": lambda: self.desk.add_note(
                self.issue, "Rang.", spoke=True, happened_at=self.clock() - HOUR
            ),
            "progress": lambda: self._set(Status.IN_PROGRESS),
            "closed": lambda: self._set(Status.RESOLVED),
            "no issue": lambda: self._set(Status.NOT_AN_ISSUE),
            "reopened": lambda: self.desk.reopen(self.issue, note="Same again."),
            "reassigned": lambda: self.desk.assign(self.issue, "nina", note="Hers."),
            "followed": lambda: self.desk.follow(self.issue),
            "escalated": lambda: self.desk.escalate(self.issue, reason="Risk.", note="Now."),
            "moved": lambda: self._answered(2, group="field"),
            "a happy answer": lambda: self._answered(9),
            "an unhappy answer": lambda: self._answered(2),
        }
        steps[step]()

    def _set(self, status: Status) -> object:
        return self.desk.set_status(self.issue, status, note="So it is.")

    def _answered(self, score: int, **facts: Any) -> object:
        self.count += 1
        again = response(f"again-{self.count}", score, ticket="T-1", received_at=self.clock(), **facts)
        return self.tracker.record(again)

    def told(self) -> dict[str, str]:
        """Return how each target of the last episode stands, in words."""
        return {
            one.kind.value: told(one) for one in self.found() if one.episode == self.tracker.issue(self.issue).episode
        }

    def found(self) -> Sequence[Deadline]:
        """Return all deadlines."""
        return self.tracker.targets(self.issue)


def hours(span: timedelta) -> str:
    """Return a span in hours."""
    return f"{span / HOUR:g}h"


def told(one: Deadline) -> str:
    """Return how a target stands: its state, its due instant in hours after noon, how late."""
    due = "" if one.due_at is None else f" due {hours(one.due_at - NOON)}"
    return f"{one.state}{due}" + (f" late {hours(one.late_elapsed)}" if one.late_elapsed else "")


CASES: dict[str, tuple[Policy, list[str], dict[str, str]]] = {
    "just opened": (Policy(), [], {
        "first_action": "running due 48h", "follow_up": "running due 48h", "closed": "running due 336h",
    }),
    "at exactly the due instant": (Policy(), ["after 48 hours"], {"first_action": "running due 48h"}),
    "an hour over": (Policy(), ["after 49 hours"], {
        "first_action": "missed due 48h late 1h", "follow_up": "missed due 48h late 1h", "closed": "running due 336h",
    }),
    "done at exactly the due instant": (Policy(), ["after 48 hours", "a note", "after 9 hours"], {
        "first_action": "met due 48h", "follow_up": "missed due 48h late 9h",
    }),
    "done late": (Policy(), ["after 50 hours", "a call", "after 9 hours"], {
        "first_action": "missed due 48h late 2h", "follow_up": "missed due 48h late 2h",
    }),
    "told later of a call in time": (Policy(), ["after 48.5 hours", "a call of an hour ago"], {
        "first_action": "met due 48h", "follow_up": "met due 48h",
    }),
    "a voicemail is no contact": (Policy(), ["after 1 hours", "a note", "after 1 hours"], {
        "first_action": "met due 48h", "follow_up": "running due 48h",
    }),
    "reassigning and following are no action": (Policy(), ["reassigned", "followed", "after 50 hours"], {
        "first_action": "missed due 48h late 2h",
    }),
    "escalating leaves the closing due": (Policy(), ["after 1 hours", "escalated", "after 1 hours"], {
        "first_action": "met due 48h", "closed": "running due 336h",
    }),
    "a replacing detractor leaves all running, in another group too": (Policy(), ["after 9 hours", "moved"], {
        "first_action": "running due 48h", "follow_up": "running due 48h", "closed": "running due 336h",
    }),
    "closing ends them": (Policy(), ["after 9 hours", "no issue", "after 400 hours"], {
        "first_action": "met due 48h", "follow_up": "stopped due 48h", "closed": "met due 336h",
    }),
    "closed after the follow-up was due": (Policy(), ["after 60 hours", "closed", "after 400 hours"], {
        "follow_up": "missed due 48h late 12h", "closed": "met due 336h",
    }),
    "a correction leaves the closing": (Policy(), ["after 9 hours", "closed", "after 400 hours", "no issue"], {
        "closed": "met due 336h",
    }),
    "a happy answer stops them": (Policy(), ["after 9 hours", "a happy answer", "after 400 hours", "closed"], {
        "first_action": "stopped due 48h", "follow_up": "stopped due 48h", "closed": "stopped due 336h",
    }),
    "what ran out before a happy answer did": (Policy(), ["after 49 hours", "a happy answer", "after 9 hours"], {
        "first_action": "missed due 48h late 1h", "closed": "stopped due 336h",
    }),
    "unhappy again": (Policy(), ["after 9 hours", "a happy answer", "after 10 hours", "an unhappy answer"], {
        "first_action": "running due 58h", "closed": "running due 346h",
    }),
    "reopened by hand": (Policy(), ["after 9 hours", "closed", "after 91 hours", "reopened"], {
        "first_action": "running due 148h", "follow_up": "running due 148h", "closed": "running due 436h",
    }),
    "reopened by an answer": (Policy(), ["closed", "after 100 hours", "an unhappy answer"], {
        "first_action": "running due 148h", "follow_up": "running due 148h", "closed": "running due 436h",
    }),
    "paused now": (PAUSED, ["after 9 hours", "progress", "after 100 hours"], {
        "first_action": "met due 48h", "follow_up": "paused", "closed": "paused",
    }),
    "paused for a while": (PAUSED, ["after 9 hours", "progress", "after 10 hours", "escalated", "after 40 hours"], {
        "first_action": "met due 48h", "follow_up": "missed due 58h late 1h", "closed": "running due 346h",
    }),
    "paused at exactly the due instant": (PAUSED, ["after 48 hours", "progress", "after 1 hours"], {
        "first_action": "met due 48h", "follow_up": "missed due 48h late 1h",
    }),
    "closed while paused": (PAUSED, ["after 9 hours", "progress", "after 400 hours", "closed"], {
        "follow_up": "stopped due 448h", "closed": "met due 736h",
    }),
    "in business time": (BUSINESS, ["after 1 hours"], {
        "first_action": "running due 96h", "follow_up": "running due 48h",
    }),
}  # fmt: skip


@pytest.mark.parametrize(("policy", "steps", "expected"), CASES.values(), ids=CASES)
def test_targets_stand_as_the_case_says(policy: Policy, steps: list[str], expected: dict[str, str]) -> None:
    """What happened, in words, and what is due when."""
    case = Case(policy)
    for step in steps:
        case.do(step)
    found = case.told()
    assert {kind: found[kind] for kind in expected} == expected


def test_lateness_is_told_in_the_team_s_time_and_the_customer_s() -> None:
    """A follow-up due on Sunday is late by two days for the customer, by half a morning for the team."""
    case = Case(BUSINESS)
    case.clock.turn(hours=97)
    first, follow_up = case.found()
    assert (first.due_at, first.late_elapsed, first.late_business) == (
        datetime(2026, 11, 24, 12, tzinfo=UTC), HOUR, HOUR,
    )  # fmt: skip
    assert (follow_up.late_elapsed, follow_up.late_business) == (49 * HOUR, 4 * HOUR)


def test_without_a_calendar_the_team_s_time_is_not_told() -> None:
    """Nobody knows when it works."""
    case = Case(Policy())
    case.clock.turn(hours=50)
    assert {one.late_business for one in case.found()} == {None}


def test_every_stretch_has_its_reason() -> None:
    """Hours, the evening, the weekend and the holiday by its name; the pause by its status."""
    policy = Policy(
        calendar=CALENDAR,
        targets=Targets(
            closed=Target(within=9 * HOUR, business_time=True), first_action=None, paused_in=["in_progress"]
        ),
    )
    case = Case(policy)
    for step in ("after 2 hours", "progress", "after 1 hours", "escalated", "after 93 hours"):
        case.do(step)
    closed = case.found()[-1]
    assert [str(one) for one in closed.explained] == [
        "Fri 2026-11-20 12:00 to Fri 2026-11-20 14:00  counted 2:00:00, open hours",
        "Fri 2026-11-20 14:00 to Fri 2026-11-20 15:00  skipped 1:00:00, paused: in_progress",
        "Fri 2026-11-20 15:00 to Fri 2026-11-20 17:00  counted 2:00:00, open hours",
        "Fri 2026-11-20 17:00 to Sat 2026-11-21 00:00  skipped 7:00:00, outside hours",
        "Sat 2026-11-21 00:00 to Mon 2026-11-23 00:00  skipped 2 days, 0:00:00, no hours on this weekday",
        "Mon 2026-11-23 00:00 to Tue 2026-11-24 00:00  skipped 1 day, 0:00:00, holiday: Founders' Day",
        "Tue 2026-11-24 00:00 to Tue 2026-11-24 09:00  skipped 9:00:00, outside hours",
        "Tue 2026-11-24 09:00 to Tue 2026-11-24 12:00  counted 3:00:00, open hours",
    ]
    assert (closed.used, closed.due_at) == (7 * HOUR, datetime(2026, 11, 24, 14, tzinfo=UTC))
    assert str(closed) == "closed, episode 1: running, due 2026-11-24 14:00 UTC"


def test_a_stretch_without_need_is_told_as_such() -> None:
    """Between a happy and an unhappy answer nothing was owed."""
    case = Case(Policy())
    for step in ("after 1 hours", "a happy answer", "after 2 hours", "an unhappy answer", "after 1 hours"):
        case.do(step)
    first = case.found()[0]
    assert [(one.reason, one.length) for one in first.explained] == [
        (StretchReason.ELAPSED, HOUR), (StretchReason.NO_RECOVERY, 2 * HOUR), (StretchReason.ELAPSED, HOUR),
    ]  # fmt: skip


def test_a_backfilled_issue_has_none() -> None:
    """History rings no bells (A11)."""
    case = Case(Policy())
    old = case.tracker.record(response("r-old", received_at=NOON - timedelta(days=30))).issue
    assert old is not None
    assert case.tracker.targets(old.id) == ()
    lines = {line.id: line.due_at for line in case.tracker.issues()}
    assert lines == {old.id: None, case.issue: NOON + 48 * HOUR}


def test_the_follow_up_counts_from_when_the_response_was_received() -> None:
    """It may have been recorded later; the other two count from the opening."""
    case = Case(Policy())
    late = case.tracker.record(response("r-late", received_at=NOON - 10 * HOUR)).issue
    assert late is not None
    found = {one.kind: one.due_at for one in case.tracker.targets(late.id)}
    assert found[TargetKind.FOLLOW_UP] == NOON + 38 * HOUR
    assert found[TargetKind.FIRST_ACTION] == NOON + 48 * HOUR


def test_a_policy_without_targets_has_no_deadlines() -> None:
    """Each may be left out."""
    case = Case(Policy(targets=Targets(first_action=None, follow_up=None, closed=None)))
    assert case.found() == ()
    assert [line.due_at for line in case.tracker.issues()] == [None]


def test_earlier_episodes_keep_theirs() -> None:
    """Law L10, on a tracker: the second round adds its own."""
    case = Case(Policy())
    for step in ("after 60 hours", "closed"):
        case.do(step)
    before = case.found()
    for step in ("after 9 hours", "reopened", "after 9 hours", "a call", "after 400 hours"):
        case.do(step)
    assert case.found()[:3] == before
    assert [one.episode for one in case.found()] == [1, 1, 1, 2, 2, 2]


def test_a_correction_puts_right_what_the_follow_up_counts_from() -> None:
    """Without a ticket a response may be corrected as to when it was received; need and limits stay."""
    case = Case(Policy())
    opened = case.tracker.record(response("r-loose", received_at=NOON)).issue
    assert opened is not None
    case.clock.turn(hours=1)
    case.tracker.record(response("r-loose", received_at=NOON - 5 * HOUR), replace=True)
    found = {one.kind.value: told(one) for one in case.tracker.targets(opened.id)}
    assert found == {"first_action": "running due 48h", "follow_up": "running due 43h", "closed": "running due 336h"}


def test_a_correction_above_the_threshold_stops_them() -> None:
    """It is judged afresh, like a replacement (A4)."""
    case = Case(Policy())
    opened = case.tracker.record(response("r-loose", received_at=NOON)).issue
    assert opened is not None
    case.clock.turn(hours=1)
    case.tracker.record(response("r-loose", 9, received_at=NOON), replace=True)
    assert {one.state.value for one in case.tracker.targets(opened.id)} == {"stopped"}
