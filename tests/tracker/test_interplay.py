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
    Outcome,
    Person,
    Policy,
    ResponseNotFound,
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


# --- what rules say of a repaired response ----------------------------------------------------------------------------


def test_a_rule_raises_the_priority_of_a_repaired_response(opened: Opened) -> None:
    """As if it had always been right (A6, A9); the list shows it, and the history folds to it."""
    tracker, desk = opened(Policy(rules=[Rule(name="hot", when='group = "emea"', raise_priority=True)]))
    issue = recorded(tracker, "a", group="nowhere")
    assert not issue.has_priority
    repaired = desk.repair("a", group="emea").issue
    assert repaired is not None
    assert repaired.has_priority
    assert tracker.issue(issue.id) == repaired == replay(tracker.history(issue.id))
    assert [line.has_priority for line in tracker.issues()] == [True]


def test_a_repair_takes_nobody_from_those_who_were_alerted(opened: Opened, clock: TurnableClock) -> None:
    """Whoever a rule had told of the one that was merged sees it still, beside those who are told now."""
    rules = [
        Rule(name="field", when='group = "field"', alert=["nina"], tags=["outdoors"]),
        Rule(name="emea", when='group = "emea"', alert=["zoe"], tags=["office"]),
    ]
    tracker, desk = opened(Policy(rules=rules))
    older = recorded(tracker, "a", group="nowhere")
    clock.turn(hours=1)
    younger = recorded(tracker, "b", group="field")
    desk.merge(younger.id, older.id)
    desk.repair("a", group="emea")
    merged = tracker.as_user("nina").issue(older.id)
    assert (merged.alerted, merged.tags) == (("nina", "zoe"), ("outdoors", "office"))


# --- several responses, of which one is in quarantine, or moves -------------------------------------------------------


def told(tracker: Tracker, issue: Issue, before: int) -> dict[str, str]:
    """Return who was told of what about an issue since it had so many messages."""
    return {one.recipient: one.topic.value for one in tracker.outbox(issue.id)[before:]}


def test_a_later_answer_beside_one_in_quarantine_repairs_nothing(opened: Opened, clock: TurnableClock) -> None:
    """What waits for repair is the other response: the issue stays the leader's until that is put right (A5, A6)."""
    tracker, desk = opened()
    issue = recorded(tracker, "a", group="nowhere")
    clock.turn(hours=1)
    desk.merge(recorded(tracker, "b", group="emea", ticket="T").id, issue.id)
    clock.turn(hours=1)
    done = tracker.record(response("b2", 3, group="emea", contact=JANE, ticket="T", received_at=clock()))
    assert [event.kind for event in done.events] == ["replacement_recorded"]
    before = tracker.issue(issue.id)
    assert (before.assignee, before.awaits_routing, before.is_unannounced) == ("dana", True, True)
    after = desk.repair("a", group="field").issue
    assert after is not None
    assert (after.assignee, after.awaits_routing, after.is_unannounced) == ("omar", False, False)
    assert after == replay(tracker.history(issue.id))


def test_of_two_in_quarantine_the_issue_waits_for_its_own(opened: Opened, clock: TurnableClock) -> None:
    """The repair of the other one tells nobody of a response that waits still, and gives it to nobody (A6)."""
    tracker, desk = opened()
    issue = recorded(tracker, "a", group="nowhere")
    clock.turn(hours=1)
    desk.merge(recorded(tracker, "b", group="nowhere").id, issue.id)
    messages = len(tracker.outbox(issue.id))
    first = desk.repair("b", group="field").issue
    assert first is not None
    assert (first.assignee, first.awaits_routing, told(tracker, issue, messages)) == ("dana", True, {})
    second = desk.repair("a", group="emea").issue
    assert second is not None
    assert (second.assignee, told(tracker, issue, messages)) == ("ed", {"ed": "opened"})
    assert second == replay(tracker.history(issue.id))


def test_an_answer_that_puts_its_own_place_right_beside_another_one(opened: Opened, clock: TurnableClock) -> None:
    """It leaves quarantine, and the issue, which follows it, goes on with whom it has."""
    tracker, desk = opened()
    issue = recorded(tracker, "a", group="emea")
    clock.turn(hours=1)
    desk.merge(recorded(tracker, "b", group="nowhere", ticket="T").id, issue.id)
    clock.turn(hours=1)
    done = tracker.record(response("b2", 3, group="field", contact=JANE, ticket="T", received_at=clock()))
    assert [event.kind for event in done.events] == ["replacement_recorded", "response_repaired"]
    assert done.issue is not None
    assert (done.issue.assignee, done.issue.response.group) == ("ed", "field")
    assert [side.quarantined for side in done.issue.sides] == [(), ()]
    assert done.issue == replay(tracker.history(issue.id))


def test_a_move_of_another_response_moves_no_issue(opened: Opened, clock: TurnableClock) -> None:
    """Nobody is told that the issue came to their group, since it is where it was (A8, B15)."""
    tracker, desk = opened()
    issue = recorded(tracker, "a", group="emea")
    clock.turn(hours=1)
    desk.merge(recorded(tracker, "b", group="field").id, issue.id)
    messages = len(tracker.outbox(issue.id))
    desk.move("b", group="third")
    assert told(tracker, issue, messages) == {}
    desk.move("a", group="third")
    assert told(tracker, issue, messages) == {"zoe": "moved"}


# --- one issue twice in one transaction -------------------------------------------------------------------------------


def test_two_responses_of_one_issue_are_moved_all_or_nothing(opened: Opened, clock: TurnableClock) -> None:
    """Each move is decided on what the one before it did (A8, B12), and the history tells both."""
    tracker, desk = opened()
    issue = recorded(tracker, "a", group="emea")
    clock.turn(hours=1)
    desk.merge(recorded(tracker, "b", group="field").id, issue.id)
    done = desk.move_all(["a", "b"], group="third", note="Theirs.", atomic=True)
    assert [one.change is not None and one.change.response.group for one in done] == ["third", "third"]
    after = tracker.issue(issue.id)
    assert [side.response.group for side in after.sides] == ["third", "third"]
    assert [note.text for note in after.notes] == ["Theirs.", "Theirs."]
    assert after == replay(tracker.history(issue.id))
    assert [tracker.response(one).response.group for one in ("a", "b")] == ["third", "third"]


def test_an_atomic_move_that_is_refused_half_way_moves_nothing(opened: Opened, clock: TurnableClock) -> None:
    """The first one is not saved, though the second one was decided on it (L3)."""
    tracker, desk = opened()
    issue = recorded(tracker, "a", group="emea")
    clock.turn(hours=1)
    desk.merge(recorded(tracker, "b", group="field").id, issue.id)
    before = tracker.issue(issue.id)
    with pytest.raises(ResponseNotFound):
        desk.move_all(["a", "b", "nowhere"], group="third", atomic=True)
    assert tracker.issue(issue.id) == before


def test_both_ids_of_one_issue_in_one_atomic_call(opened: Opened, clock: TurnableClock) -> None:
    """The old id leads to the same issue: it gets the note twice, and its status once."""
    tracker, desk = opened()
    issue = recorded(tracker, "a")
    clock.turn(hours=1)
    other = recorded(tracker, "b")
    desk.merge(other.id, issue.id)
    desk.add_note_to_all([issue.id, other.id], "Rang.", atomic=True)
    done = desk.set_status_of_all([issue.id, other.id], "resolved", note="Done.", atomic=True)
    kinds = [[event.kind for event in one.change.events] for one in done if one.change is not None]
    assert kinds == [["status_changed"], ["note_added"]]
    after = tracker.issue(issue.id)
    assert [note.text for note in after.notes] == ["Rang.", "Rang.", "Done.", "Done."]
    assert after == replay(tracker.history(issue.id))


def test_many_responses_at_once_may_answer_for_one_issue(opened: Opened, clock: TurnableClock) -> None:
    """Later answers to both tickets of a merged issue, in one batch: each follows the one before it (A5, A10)."""
    tracker, desk = opened()
    issue = recorded(tracker, "a", 2)
    clock.turn(hours=1)
    desk.merge(recorded(tracker, "b", 3).id, issue.id)
    clock.turn(hours=1)
    later = [response(f"{name}2", 9, contact=JANE, ticket=f"T-{name}", received_at=clock()) for name in ("a", "b")]
    done = tracker.record_many(later)
    assert done.counts[Outcome.REPLACED] == 2
    after = tracker.issue(issue.id)
    assert ([side.response.id for side in after.sides], after.needs_recovery) == (["a2", "b2"], False)
    assert after == replay(tracker.history(issue.id))


def test_what_waits_for_repair_is_handed_over_to_whoever_leads(opened: Opened) -> None:
    """Routed anew, it tells nobody whom its wrong codes or its rules would name (A6, B6)."""
    tracker, desk = opened(Policy(rules=[Rule(name="all", assign="zoe")]))
    issue = recorded(tracker, "a", group="nowhere", hierarchy=["omar", "nina"])
    desk.assign(issue.id, "nina", note="Until it is put right.")
    (done,) = desk.hand_over("nina", note="Nina has left.")
    assert done.change is not None
    assert done.change.issue.assignee == "dana"
    assert {one.recipient for one in tracker.outbox(issue.id)} == {"ada", "nina", "dana"}
