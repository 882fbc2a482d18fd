"""A directory of two questions: what each of its six methods asks, and that a tracker works with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

import resolutionkit as rk

PEOPLE = (
    rk.Person(id="helena", name="Helena Marchetti", email="helena@host.example", access=rk.Access.EVERYTHING),
    rk.Person(id="priya", name="Priya Raman", email="priya@host.example", manager="helena"),
    rk.Person(id="twin", name="Priya Raman", active=False),
)
GROUPS = (rk.Group(code="SUPPORT", lead="priya"), rk.Group(code="SALES", lead="helena", also_alert=["priya"]))


def people(**by: str) -> Iterable[rk.Person]:
    """Answer as a host's table of people would."""
    ((name, value),) = by.items()
    return (one for one in PEOPLE if getattr(one, name) == value)


def groups(**by: str) -> Iterable[rk.Group]:
    """Answer as a host's table of groups would."""
    if "code" in by:
        return [one for one in GROUPS if one.code == by["code"]]
    return [one for one in GROUPS if by["lead"] in (one.lead, *one.also_alert)]


async def people_awaited(**by: str) -> Iterable[rk.Person]:
    """Answer as a table would that is awaited."""
    await asyncio.sleep(0)
    return people(**by)


async def groups_awaited(**by: str) -> Iterable[rk.Group]:
    """Answer likewise."""
    await asyncio.sleep(0)
    return groups(**by)


def test_two_questions_answer_all_six() -> None:
    """A lookup directory answers as a static one with the same people does."""
    asked = rk.LookupDirectory(people, groups, leader="helena")
    static = rk.StaticDirectory(PEOPLE, GROUPS, leader="helena")
    assert asked.leader() == static.leader()
    for who in ("priya", "nobody"):
        assert asked.person(who) == static.person(who)
        assert sorted(asked.groups_of(who)) == sorted(static.groups_of(who))
    assert asked.people_by_email("Priya@HOST.example") == static.people_by_email("priya@host.example")
    assert asked.people_by_name("Priya Raman") == static.people_by_name("Priya Raman")
    assert asked.group("SALES") == static.group("SALES")
    assert asked.group("nothing") is None


def test_groups_and_a_leader_may_be_missing() -> None:
    """People alone are enough; then nobody leads, and no group is known."""
    asked = rk.LookupDirectory(people)
    assert (asked.leader(), asked.group("SALES"), asked.groups_of("priya")) == (None, None, ())


@pytest.mark.parametrize("kind", [rk.LookupDirectory, rk.AsyncLookupDirectory], ids=["sync", "async"])
def test_what_cannot_be_asked_is_refused(kind: type) -> None:
    """Whoever passes the people themselves learns that a function is wanted."""
    with pytest.raises(rk.InvalidValue, match="a function that is asked for people by a keyword"):
        kind(PEOPLE)
    with pytest.raises(rk.InvalidValue, match="a function that is asked for groups by a keyword"):
        kind(people, GROUPS)


def test_a_tracker_works_with_it() -> None:
    """An unhappy response goes to the group's lead, who has a desk."""
    with rk.Tracker.open("memory:", directory=rk.LookupDirectory(people, groups, leader="helena")) as tracker:
        recorded = tracker.record(rk.Response(id="r-1", score=3, received_at=datetime.now(UTC), group="SUPPORT"))
        assert recorded.issue is not None
        assert recorded.issue.assignee == "priya"
        assert len(tracker.as_user("priya").inbox().open()) == 1


def test_an_async_tracker_awaits_it() -> None:
    """The same people, asked of functions that are awaited, with and without groups."""

    async def work() -> None:
        asked = rk.AsyncLookupDirectory(people_awaited, groups_awaited, leader="helena")
        async with rk.AsyncTracker.open("memory:", directory=asked) as tracker:
            recorded = await tracker.record(
                rk.Response(id="r-1", score=3, received_at=datetime.now(UTC), hierarchy=["Priya Raman"])
            )
            assert recorded.issue is not None
            assert recorded.issue.assignee == "priya"
            desk = tracker.as_user("priya")
            done = await desk.assign(recorded.issue.id, "HELENA@host.example", note="For her.")
            assert done.issue.assignee == "helena"
        bare = rk.AsyncLookupDirectory(people_awaited)
        assert (await bare.leader(), await bare.group("SALES"), await bare.groups_of("priya")) == (None, None, ())

    asyncio.run(work())
