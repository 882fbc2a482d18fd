"""What two issues come to as one (requirements B15, D7): which stays, whose limits run, what it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    AccessDenied,
    Contact,
    Event,
    Issue,
    Merged,
    MergeProblem,
    MergeRefused,
    Person,
    Phase,
    Policy,
    Reopened,
    ReplacementRecorded,
    StatusChanged,
    Target,
    Targets,
    replay,
)
from resolutionkit.decisions.deadlines import deadlines, earliest_due
from resolutionkit.decisions.merging import Told, check_may_merge, check_merge, in_order
from resolutionkit.policy.stretches import StretchReason
from resolutionkit.testing.changes import event_after, merging, opening, then
from support import NOON, response

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def opened(response_id: str, at: timedelta, **facts: Any) -> tuple[Event, ...]:
    """Return the history of an issue that opened so long after noon."""
    given = {"received_at": NOON + at} | {name: facts.pop(name) for name in ("ticket", "contact") if name in facts}
    return opening(response(response_id, **given), response_id, at=NOON + at, actor="system", **facts).events


def after(history: tuple[Event, ...], kind: type[Event], at: timedelta, /, **facts: Any) -> tuple[Event, ...]:
    """Return a history with one more event."""
    return (*history, event_after(replay(history), kind, at=NOON + at, **facts))


def merged(stays: tuple[Event, ...], goes: tuple[Event, ...], at: timedelta) -> tuple[Event, ...]:
    """Return the history of the issue that stays after a merge."""
    issue = replay(goes)
    facts = {"merged": issue.id, "up_to": issue.version, "history": goes}
    return after(stays, Merged, at, **facts)


POLICY = Policy(targets=Targets(closed=Target(within=10 * DAY), paused_in=["in_progress"]))
WAITING = {"status": "in_progress", "phase": Phase.ACTIVE}
WORKING = {"status": "escalated", "phase": Phase.ACTIVE}


def starts(history: tuple[Event, ...]) -> dict[str, timedelta]:
    """Return from when each limit of the last round runs, as spans after noon."""
    issue = replay(history)
    found = deadlines(issue, history, POLICY, issue.changed_at)
    return {one.kind.value: one.starts_at - NOON for one in found if one.episode == issue.episode}


def test_the_older_stays_by_its_first_opening_then_by_its_id() -> None:
    """Whichever stands first, and whichever was reopened last."""
    old, young, twin = (
        Told(issue=replay(one), history=one)
        for one in (opened("b", 0 * HOUR), opened("c", HOUR), opened("a", 0 * HOUR))
    )
    assert in_order(young, old) == in_order(old, young) == (old, young)
    assert in_order(old, twin) == (twin, old)


@pytest.mark.parametrize("person", [None, Person(id="ed"), Person(id="ed", active=True, administrator=False)])
def test_only_an_administrator_may(person: Person | None) -> None:
    """Whoever is unknown is none."""
    with pytest.raises(AccessDenied):
        check_may_merge("ed", person)
    check_may_merge("ed", Person(id="ed", administrator=True))


def test_one_customer_is_an_address_or_a_company_in_any_response() -> None:
    """Of those that were replaced as well; a name is nobody's."""

    def issue(response_id: str, **contact: Any) -> Issue:
        return replay(opened(response_id, 0 * HOUR, contact=Contact(**contact)))

    jane = issue("a", name="Jane", email="Jane@X.example", company="X")
    for same in ({"email": "jane@x.EXAMPLE"}, {"email": "boss@x.example", "company": "X"}):
        check_merge(jane, issue("b", **same))
    for other in ({"name": "Jane"}, {"company": "x"}, {"email": "", "company": ""}):
        with pytest.raises(MergeRefused) as problem:
            check_merge(jane, issue("b", **other))
        assert problem.value.problem is MergeProblem.OTHER_CUSTOMER


def test_a_pause_of_the_issue_that_stays_is_counted_and_one_of_the_other_is_not() -> None:
    """Until the merge the limits ran as in the issue whose opening counts, then by the status that stays (D7)."""
    stays = after(after(opened("a", 0 * HOUR), StatusChanged, 2 * HOUR, **WAITING), StatusChanged, 5 * HOUR, **WORKING)
    goes = after(opened("b", HOUR), StatusChanged, 3 * HOUR, **WAITING)
    history = merged(stays, goes, 8 * HOUR)
    (closing,) = [one for one in deadlines(replay(history), history, POLICY, NOON + DAY) if one.kind.value == "closed"]
    assert closing.due_at == NOON + 10 * DAY + 3 * HOUR
    assert [one.length for one in closing.explained if one.reason is StretchReason.PAUSED] == [3 * HOUR]
    paused = merged(goes[:1], after(stays[:1], StatusChanged, 2 * HOUR, **WAITING), 8 * HOUR)
    assert earliest_due(replay(paused), paused, POLICY) is not None


def test_of_rounds_under_way_the_earlier_counts() -> None:
    """An older issue that was reopened since takes the opening of the other one, with its follow-up."""
    closed = after(opened("a", 0 * HOUR), StatusChanged, HOUR, status="resolved", phase=Phase.CLOSED)
    stays = after(closed, Reopened, 9 * HOUR, status="needs_attention", phase=Phase.OPEN)
    history = merged(stays, opened("b", 4 * HOUR), 12 * HOUR)
    assert set(starts(history).values()) == {4 * HOUR}
    assert replay(history).episodes[0] == replay(stays).episodes[0]


def test_an_answer_to_one_side_leaves_the_other_owed() -> None:
    """Limits stop when nobody is owed anything, and run again when somebody is (requirement A5)."""
    history = merged(opened("a", 0 * HOUR, ticket="A"), opened("b", HOUR, ticket="B"), 2 * HOUR)

    def answered(history: tuple[Event, ...], name: str, ticket: str, *, low: bool) -> tuple[Event, ...]:
        given = response(name, 2 if low else 9, ticket=ticket, received_at=NOON + 3 * HOUR)
        at = replay(history).changed_at - NOON + HOUR
        return after(history, ReplacementRecorded, at, response=given, revision=1, needs_recovery=low)

    one = answered(history, "b2", "B", low=False)
    assert (replay(one).response.id, replay(one).needs_recovery) == ("a", True)
    assert earliest_due(replay(one), one, POLICY) is not None
    both = answered(one, "a2", "A", low=False)
    assert (replay(both).response.id, replay(both).needs_recovery) == ("a2", False)
    assert earliest_due(replay(both), both, POLICY) is None
    again = answered(both, "b3", "B", low=True)
    assert (replay(again).response.id, replay(again).needs_recovery) == ("b3", True)
    assert [side.response.id for side in replay(again).sides] == ["a2", "b3"]


def test_the_stream_that_ends_has_nobody_and_is_about_nothing_more() -> None:
    """Its limits are neither met nor missed, and nothing may follow its end but by the other's id."""
    goes = opened("b", HOUR, assignee="omar", people=("ed",))
    writes = merging(replay(opened("a", 0 * HOUR)), replay(goes), goes)
    ended = writes[0].issue
    assert ended is not None
    assert (ended.merged_into, ended.is_open, ended.assignee, ended.people, ended.closed_at) == (
        "a",
        False,
        None,
        (),
        None,
    )
    history = (*goes, *writes[0].events)
    found = deadlines(ended, history, POLICY, NOON + 100 * DAY)
    assert {one.state.value for one in found} == {"stopped"}
    assert earliest_due(ended, history, POLICY) is None
    assert then(replay(goes)).issue == replay(goes)
