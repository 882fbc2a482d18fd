"""Routing: the first of a chain who is there."""

from __future__ import annotations

import pytest

from resolutionkit import Group, Person, StaticDirectory
from resolutionkit.decisions.routing import group_lead, route
from support import organisation

ROUTES = {
    "the lowest of the hierarchy": (("dana", "ed", "nina"), "field", "nina"),
    "the lowest who is there": (("dana", "ed", "gone"), "field", "ed"),
    "an address is nobody to route to": (("dana", "lee@partner.example"), "field", "dana"),
    "the group's lead": ((), "field", "omar"),
    "the group's lead where the hierarchy left": (("gone", "nobody"), "field", "omar"),
    "the leader where the lead left": ((), "billing", "dana"),
    "the leader where the group is unknown": ((), "nowhere", "dana"),
    "the leader where there is no group": ((), None, "dana"),
}


@pytest.mark.parametrize(("above", "group", "assignee"), ROUTES.values(), ids=ROUTES)
def test_an_issue_goes_to_the_first_who_is_there(above: tuple[str, ...], group: str | None, assignee: str) -> None:
    """Hierarchy from below, then the group's lead, then the account's leader."""
    assert route(above, group, organisation()) == assignee


LINE = [
    Person(id="top"),
    Person(id="head", manager="top"),
    Person(id="left head", manager="head", active=False),
    Person(id="lead", manager="left head", active=False),
    Person(id="boss", manager="top", active=False),
    Person(id="round", manager="about", active=False),
    Person(id="about", manager="round", active=False),
]


@pytest.mark.parametrize(
    ("lead", "leader", "assignee"),
    [
        ("lead", None, "head"),
        ("lead", "boss", "head"),
        ("lead", "top", "top"),
        (None, "boss", "top"),
        ("round", "boss", "top"),
        ("round", None, None),
    ],
    ids=["above the lead", "the lead's line first", "the leader first", "above the leader", "loop", "nobody"],
)
def test_above_an_absent_lead_or_leader_the_chain_goes_on(
    lead: str | None, leader: str | None, assignee: str | None
) -> None:
    """The nearest active person of the reporting line has it, once neither lead nor leader is there."""
    people = StaticDirectory(people=LINE, groups=[Group(code="g", lead=lead)], leader=leader)
    assert route((), "g", people) == assignee


def test_where_nobody_is_there_an_issue_has_no_assignee() -> None:
    """The leader may have left as well."""
    left = StaticDirectory(people=[Person(id="dana", active=False)], leader="dana")
    assert route(("dana",), None, left) is None
    assert route((), "emea", StaticDirectory()) is None


def test_a_group_s_lead_is_an_active_one() -> None:
    """A group without a lead, or with one who left, has none."""
    people = StaticDirectory(people=list(organisation()), groups=[Group(code="a"), Group(code="b", lead="gone")])
    assert [group_lead(code, people) for code in ("a", "b", "c", None)] == [None, None, None, None]
    assert group_lead("emea", organisation()) == "ed"
