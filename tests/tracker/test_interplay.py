"""Merges, quarantine, moves, rules and levels upon each other: what one of them leaves is right for the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    Access,
    Contact,
    Desk,
    EscalationLevel,
    Group,
    Issue,
    Person,
    Policy,
    Rule,
    StaticDirectory,
    Targets,
    Tracker,
    replay,
)
from support import TurnableClock, response

HOUR = timedelta(hours=1)
PEOPLE = (
    Person(id="dana", access=Access.EVERYTHING),
    Person(id="ada", access=Access.EVERYTHING, administrator=True),
    Person(id="ed", access=Access.groups("emea"), manager="dana"),
    Person(id="nina", manager="ed"),
    Person(id="omar", manager="dana"),
    Person(id="zoe"),
)
GROUPS = (Group(code="emea", lead="ed"), Group(code="field", lead="omar"), Group(code="third", lead="zoe"))
OFFICE = StaticDirectory(PEOPLE, GROUPS, leader="dana")
JANE = Contact(name="J. Doe", email="jane@customer.example")
LEVELS = [
    EscalationLevel(name="first", within=24 * HOUR),
    EscalationLevel(name="one", within=48 * HOUR, accountable=["omar"]),
    EscalationLevel(name="two", within=72 * HOUR, accountable=["zoe"]),
    EscalationLevel(name="decision", within=96 * HOUR, accountable=["leader"], outcomes=["resolved", "cant_resolve"]),
]
MATRIX = Policy(levels=LEVELS, targets=Targets(first_action=None, follow_up=None, closed=None))


@pytest.fixture
def opened(open_tracker: Callable[..., Tracker]) -> Callable[..., tuple[Tracker, Desk]]:
    """Return a function that opens a tracker under a policy, with an administrator's desk."""

    def make(policy: Policy | None = None) -> tuple[Tracker, Desk]:
        tracker = open_tracker(directory=OFFICE, policy=policy or Policy())
        return tracker, tracker.as_user("ada")

    return make


Opened = Callable[..., tuple[Tracker, Desk]]


def recorded(tracker: Tracker, name: str, score: float = 2, **facts: Any) -> Issue:
    """Return the issue of a new response of Jane's."""
    issue = tracker.record(response(name, score, **({"contact": JANE, "ticket": f"T-{name}"} | facts))).issue
    assert issue is not None
    return issue


# --- levels and priority through a merge ------------------------------------------------------------------------------


def test_a_level_that_came_with_a_merge_runs_from_when_it_was_entered(opened: Opened, clock: TurnableClock) -> None:
    """Not from the opening: its people have the time that the matrix gives them (B9)."""
    tracker, desk = opened(MATRIX)
    older = recorded(tracker, "a")
    desk.add_note(older.id, "Acted on in time.")
    clock.turn(hours=1)
    younger = recorded(tracker, "b")
    clock.turn(hours=35)
    desk.raise_level(younger.id, "two", reason="The board asks.")
    clock.turn(hours=1)
    assert desk.merge(younger.id, older.id).issue.level == 2
    clock.turn(hours=71)
    tracker.run_timers()
    assert tracker.issue(older.id).level == 2
    clock.turn(seconds=1)
    tracker.run_timers()
    assert tracker.issue(older.id).level == 3


def test_of_two_that_are_at_one_level_the_earlier_time_counts(opened: Opened, clock: TurnableClock) -> None:
    """A merge gives nobody more time, whichever of the two stays."""
    tracker, desk = opened(MATRIX)
    older, younger = recorded(tracker, "a"), recorded(tracker, "b")
    desk.raise_level(younger.id, "two", reason="The board asks.")
    clock.turn(hours=10)
    desk.raise_level(older.id, "two", reason="The board asks.")
    desk.merge(younger.id, older.id)
    clock.turn(hours=62, seconds=1)
    tracker.run_timers()
    assert tracker.issue(older.id).level == 3


def test_priority_is_not_lost_by_a_merge(opened: Opened, clock: TurnableClock) -> None:
    """What a rule said of either holds of the one that stays, as its marks do (A9, B15)."""
    tracker, desk = opened(Policy(rules=[Rule(name="hot", when="score <= 3", raise_priority=True, tags=["hot"])]))
    older = recorded(tracker, "a", 6)
    clock.turn(hours=1)
    younger = recorded(tracker, "b", 2)
    merged = desk.merge(younger.id, older.id).issue
    assert (merged.has_priority, merged.tags) == (True, ("hot",))
    assert tracker.issue(older.id) == merged == replay(tracker.history(older.id))
