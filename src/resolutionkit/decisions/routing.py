"""Whom an issue goes to when nobody was named (requirement C1): the first of a chain who is there."""

from __future__ import annotations

from collections.abc import Iterable

from resolutionkit.model.people import StaticDirectory, active, active_line


def route(people_above: Iterable[str], group_code: str | None, people: StaticDirectory) -> str | None:
    """Return the id of the person whom an issue is assigned to, or None where nobody is there.

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
    for who in (*reversed(tuple(people_above)), lead, top):
        found = active(who, people)
        if found is not None:
            return found
    return next(iter((*active_line(lead, people), *active_line(top, people))), None)


def group_lead(group_code: str | None, people: StaticDirectory) -> str | None:
    """Return the id of a group's active lead, or None."""
    group = people.group(group_code) if group_code is not None else None
    return active(group.lead, people) if group is not None else None
