"""Whom an issue goes to when nobody was named (requirement C1): the first of a chain who is there."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from resolutionkit.model.people import StaticDirectory, active, active_line


class RoutedBy(StrEnum):
    """Why an issue goes to whom it goes to."""

    PLUGIN = "plugin"
    RULE = "rule"
    HIERARCHY = "hierarchy"
    GROUP_LEAD = "group_lead"
    LEADER = "leader"
    REPORTING_LINE = "reporting_line"
    NOBODY = "nobody"


def route(people_above: Iterable[str], group_code: str | None, people: StaticDirectory) -> str | None:
    """Return the id of the person whom an issue is assigned to, or None where nobody is there; see :func:`routed`."""
    return routed(people_above, group_code, people)[0]


def routed(people_above: Iterable[str], group_code: str | None, people: StaticDirectory) -> tuple[str | None, RoutedBy]:
    """Return the id of the person whom an issue is assigned to, or None where nobody is there; and why it is theirs.

    The lowest person of the response's hierarchy comes first, then the group's lead, then the account's leader; and
    where none of them is there, the nearest who is there above the lead or the leader, so that the chain ends in
    somebody (requirement B6).

    Args:
        people_above: The response's hierarchy as it was resolved, from top to bottom.
        group_code: The response's group.
        people: Who is there.
    """
    group = people.group(group_code) if group_code is not None else None
    leader = people.leader()
    lead, top = group.lead if group else None, leader.id if leader else None
    chain = [(who, RoutedBy.HIERARCHY) for who in reversed(tuple(people_above))]
    for who, why in (*chain, (lead, RoutedBy.GROUP_LEAD), (top, RoutedBy.LEADER)):
        found = active(who, people)
        if found is not None:
            return found, why
    stands_in = next(iter((*active_line(lead, people), *active_line(top, people))), None)
    return stands_in, RoutedBy.NOBODY if stands_in is None else RoutedBy.REPORTING_LINE


def group_lead(group_code: str | None, people: StaticDirectory) -> str | None:
    """Return the id of a group's active lead, or None."""
    group = people.group(group_code) if group_code is not None else None
    return active(group.lead, people) if group is not None else None
