"""Who answers for a level: each role, and who stands in where nobody is there (requirements B9, B6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import EscalationLevel, Group, Person, StaticDirectory
from resolutionkit.decisions.levels import accountable_for
from resolutionkit.testing.changes import opening
from support import response

PEOPLE = [
    Person(id="ana", manager="bo", email="ana@host.example"),
    Person(id="bo", manager="cy", active=False),
    Person(id="cy", manager="top"),
    Person(id="lead", manager="cy"),
    Person(id="top"),
    Person(id="alone"),
    Person(id="gone", active=False),
]
DIRECTORY = StaticDirectory(people=PEOPLE, groups=[Group(code="shop", lead="lead")], leader="top")


def answering(*who: Any, directory: StaticDirectory = DIRECTORY, **facts: Any) -> tuple[str, ...]:
    """Return who answers for a level of an issue of Ana's in the shop."""
    given = {"assignee": "ana", "people": ("top", "cy", "gone")} | facts
    issue = opening(response(group="shop"), **given).issue
    level = EscalationLevel(name="tier one", within=timedelta(hours=1), accountable=who)
    return accountable_for(level, issue, directory)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("lead", ("lead",)),
        ("ana@host.example", ("ana",)),
        ("Lee@Partner.example", ("lee@partner.example",)),
        ("manager", ("cy",)),
        ("group_lead", ("lead",)),
        ("lead_manager", ("cy",)),
        ("reporting_line", ("cy",)),
        ("leader", ("top",)),
        ({"manager_of": "cy"}, ("top",)),
        ({"person": "leader"}, ("top",)),
        ("gone", ("top",)),
    ],
    ids=str,
)
def test_each_role_is_somebody_who_is_there(who: Any, expected: tuple[str, ...]) -> None:
    """Whoever has left is passed over on the way up; where nobody is there, as under ``leader``, the top stands in."""
    assert answering(who) == expected


def test_each_is_named_once() -> None:
    """In the order of the level."""
    assert answering("leader", "manager", "cy", {"manager_of": "cy"}) == ("top", "cy")


def test_an_assignee_without_a_manager_leaves_it_to_the_leads() -> None:
    """Also where nobody is assigned, or a bare address is."""
    for assignee in ("alone", "lee@partner.example", None):
        assert answering("manager", assignee=assignee) == ("cy",)


def test_nobody_at_all_is_nobody() -> None:
    """A directory in which nobody is active has nobody to tell."""
    people = [attrs.evolve(one, active=False) for one in PEOPLE]
    empty = StaticDirectory(people=people, groups=[Group(code="shop", lead="lead")], leader="top")
    assert answering("manager", "leader", directory=empty) == ()
