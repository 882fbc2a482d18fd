"""People who leave (requirement B6): whose open issues wait for nobody, and handing all of them over in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from resolutionkit import (
    AccessDenied,
    AsyncTracker,
    ChangeOrRefusal,
    Desk,
    InvalidCommand,
    NoteRequired,
    Person,
    PersonNotFound,
    Policy,
    Reassigned,
    StaticDirectory,
    Status,
    Topic,
    Tracker,
    replay,
)
from support import organisation, response


def with_people(**changes: dict[str, Any]) -> StaticDirectory:
    """Return the small company in which some people are otherwise."""
    company = organisation()
    people = [attrs.evolve(one, **changes.get(one.id, {})) for one in company]
    return StaticDirectory(people=people, groups=company.groups, leader="dana")


def later(tracker: Tracker, directory: StaticDirectory) -> Tracker:
    """Return a tracker on the same store, with the people as they are later."""
    return Tracker(tracker._runner.store, directory=directory, clock=tracker._runner.clock)


def issues_of(tracker: Tracker, who: str, count: int = 3) -> list[str]:
    """Return issues of somebody's, the newest first."""
    found = []
    for number in range(count):
        opened = tracker.record(response(f"r-{number}")).issue
        assert opened is not None
        if opened.assignee != who:
            tracker.as_user("dana").assign(opened.id, who, note="Yours.")
        found.append(opened.id)
    return found[::-1]


def changes_of(done: tuple[ChangeOrRefusal, ...]) -> list[tuple[str, str | None]]:
    """Return which issue went to whom."""
    assert all(one.change is not None for one in done), [one.error for one in done]
    return [(one.issue_id, one.change.issue.assignee) for one in done if one.change is not None]


def test_all_open_issues_go_to_somebody_in_one_call(tracker: Tracker, desk: Desk) -> None:
    """Each with the note; a closed one stays, and so do those of others."""
    mine = issues_of(tracker, "nina")
    closed = tracker.record(response("closed")).issue
    others = tracker.record(response("others")).issue
    assert closed is not None
    assert others is not None
    desk.assign(closed.id, "nina", note="Yours.")
    desk.set_status(closed.id, Status.RESOLVED, note="Done.")
    done = desk.hand_over("nina", to="omar", note="Nina has left.")
    assert changes_of(done) == [(one, "omar") for one in mine]
    assert all(tracker.issue(one).notes[-1].text == "Nina has left." for one in mine)
    assert tracker.issue(closed.id).assignee == "nina"
    assert tracker.issue(others.id).assignee == "ed"
    assert desk.hand_over("nina", to="omar", note="Nina has left.") == ()


def test_the_successor_is_told_of_each(tracker: Tracker, desk: Desk) -> None:
    """Once for each issue, with links to it; the followers as of any other reassignment."""
    mine = issues_of(tracker, "nina", 2)
    desk.follow(mine[0], "paula")
    desk.hand_over("nina", to="Omar@Host.example", note="Nina has left.")
    for one in mine:
        told = [message for message in tracker.outbox(one) if message.recipient == "omar"]
        assert [message.topic for message in told] == [Topic.ASSIGNED]
    assert Topic.REASSIGNED in {message.topic for message in tracker.outbox(mine[0]) if message.recipient == "paula"}


def test_without_a_successor_each_is_routed_anew(tracker: Tracker) -> None:
    """As if it opened now: the people above the customer, the group's lead, the leader; who is away is passed over."""
    for number, facts in enumerate([{"hierarchy": ["ed", "nina"]}, {"group": "field"}, {"group": "billing"}, {}]):
        opened = tracker.record(response(f"r-{number}", **facts)).issue
        assert opened is not None
        if opened.assignee != "nina":
            tracker.as_user("dana").assign(opened.id, "nina", note="Yours.")
    company = with_people(nina={"active": False}, ed={"active": False})
    done = later(tracker, company).hand_over("nina", note="Nina has left.")
    by_response = {one.change.issue.response.id: one.change.issue.assignee for one in done if one.change is not None}
    assert by_response == {"r-0": "dana", "r-1": "omar", "r-2": "dana", "r-3": "dana"}


def test_somebody_who_is_still_there_is_passed_over_too(tracker: Tracker, desk: Desk) -> None:
    """Ed leads the group to which the issues belong, and hands them over before he goes."""
    mine = issues_of(tracker, "ed")
    assert changes_of(desk.hand_over("ed", note="On leave.")) == [(one, "dana") for one in mine]


def test_a_desk_hands_over_what_it_sees(tracker: Tracker) -> None:
    """Ed sees the issues of emea, and those of the field are kept from him (requirement D2)."""
    (seen,) = issues_of(tracker, "nina", 1)
    hidden = tracker.record(response("hidden", group="field")).issue
    assert hidden is not None
    tracker.as_user("dana").assign(hidden.id, "nina", note="Yours.")
    assert changes_of(tracker.as_user("ed").hand_over("nina", to="ed", note="Mine.")) == [(seen, "ed")]
    assert changes_of(tracker.hand_over("nina", to="omar", note="His.")) == [(hidden.id, "omar")]
    with pytest.raises(AccessDenied):
        tracker.as_user("gone").hand_over("nina", to="ed", note="Mine.")


def test_the_account_itself_hands_over_as_the_library(tracker: Tracker) -> None:
    """The host's own act: its notes are signed by the group's lead unless another name is given."""
    issues_of(tracker, "nina", 1)
    (done,) = tracker.hand_over("nina", to="omar", note="Left.", author="People team")
    assert done.change is not None
    (event,) = done.change.events
    assert isinstance(event, Reassigned)
    assert event.note is not None
    assert (event.actor, event.note.author) == ("system", "People team")


REFUSALS: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "nobody": ({"to": "noone", "note": "Left."}, PersonNotFound),
    "somebody who has left": ({"to": "gone", "note": "Left."}, PersonNotFound),
    "the leaver": ({"to": "nina", "note": "Left."}, InvalidCommand),
    "without a note": ({"to": "omar"}, NoteRequired),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_done_is_said_of_each(tracker: Tracker, desk: Desk, case: str) -> None:
    """And nothing is changed."""
    mine = issues_of(tracker, "nina", 2)
    facts, error = REFUSALS[case]
    done = desk.hand_over("nina", **facts)
    assert [one.issue_id for one in done] == mine
    assert all(isinstance(one.error, error) for one in done)
    assert {tracker.issue(one).assignee for one in mine} == {"nina"}


def test_where_routing_finds_nobody_that_is_said(open_tracker: Callable[..., Tracker]) -> None:
    """An account in which only the leaver is there."""
    alone = StaticDirectory(people=[Person(id="nina")], leader="nina")
    tracker = open_tracker(directory=alone, policy=Policy(note_on_reassign=False))
    tracker.record(response())
    (done,) = tracker.hand_over("nina")
    assert isinstance(done.error, InvalidCommand)
    assert "routing finds nobody else" in str(done.error)


def test_leavers_are_those_whose_open_issues_wait_for_nobody(tracker: Tracker) -> None:
    """Inactive, or gone from the directory; the most issues first. Bare addresses are never among them."""
    issues_of(tracker, "nina", 3)
    for number, who in enumerate(("omar", "paula", "lee@partner.example", "bridget")):
        opened = tracker.record(response(f"more-{number}")).issue
        assert opened is not None
        tracker.as_user("dana").assign(opened.id, who, note="Yours.")
        if who == "bridget":
            tracker.as_user("dana").set_status(opened.id, Status.RESOLVED, note="Done.")
    assert tracker.leavers() == ()
    company = with_people(nina={"active": False}, bridget={"active": False})
    left = [one for one in company if one.id not in {"omar", "paula"}]
    now = later(tracker, StaticDirectory(people=left, leader="dana"))
    assert [(one.person, one.name, one.issues) for one in now.leavers()] == [
        ("nina", "Nina Okafor", 3),
        ("omar", "omar", 1),
        ("paula", "paula", 1),
    ]
    for one in now.leavers():
        assert all(done.is_done for done in now.hand_over(one.person, note="Has left."))
    assert now.leavers() == ()


def test_an_async_tracker_merges_and_hands_over_alike(async_url: str) -> None:
    """The same code, awaited."""

    async def scene() -> None:
        company = with_people(nina={"active": False})
        async with AsyncTracker.open(async_url, directory=organisation(), create=True) as tracker:
            ids = []
            for number in range(2):
                opened = (await tracker.record(response(f"r-{number}"))).issue
                assert opened is not None
                ids.append(opened.id)
            desk = tracker.as_user("bridget")
            await desk.assign(ids[0], "nina", note="Hers.")
            merged = (await desk.merge(ids[1], into=ids[0])).issue
            assert await desk.issue(ids[1]) == merged == replay(await desk.history(ids[1]))
            assert await tracker.leavers() == ()
            later = AsyncTracker(tracker._sync._runner.store.store, directory=company)
            assert [one.person for one in await later.leavers()] == ["nina"]
            (done,) = await later.hand_over("nina", note="Has left.")
            assert done.change is not None
            assert done.change.issue.assignee == "ed"
            assert await desk.leavers() == ()
            assert await desk.hand_over("nina", note="Has left.") == ()

    asyncio.run(scene())
