"""Who it is that a rule assigns to: a table from what it says to a person who is there (requirement A9). Pure.

Whom an issue goes to where no rule says so stands in ``routing``; which rules act, in ``ruling``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from resolutionkit.decisions.routing import group_lead
from resolutionkit.errors import PersonNotFound
from resolutionkit.model.people import StaticDirectory, active, active_line, resolve
from resolutionkit.model.response import Response
from resolutionkit.model.values import FrozenMap
from resolutionkit.policy.assignment import Assignment, AssignTo

NO_LOADS: Mapping[str, int] = FrozenMap({})
"""Nobody's issues were counted."""


@frozen(weakref_slot=False)
class Case:
    """What an assignment is made for.

    Attributes:
        response: The response whose issue it is.
        above: The people above the customer who were found, from top to bottom.
        people: Who is there.
        loads: How many issues that are not closed each has who was counted.
    """

    response: Response
    above: Sequence[str]
    people: StaticDirectory
    loads: Mapping[str, int] = NO_LOADS


def present(who: str, people: StaticDirectory) -> str | None:
    """Return the party that a rule names: a person who is there, or a bare address; None where it names nobody now."""
    try:
        return resolve(who, people)
    except PersonNotFound:
        return None


def assigned(assignment: Assignment, case: Case) -> str | None:
    """Return whom an assignment means, or None where none of them is there."""
    return _FINDERS[assignment.to](assignment, case)


def candidates(named: Sequence[str], people: StaticDirectory) -> tuple[str, ...]:
    """Return those of several who are there, each once, in order."""
    found = (present(who, people) for who in named)
    return tuple(dict.fromkeys(who for who in found if who is not None))


def _person(assignment: Assignment, case: Case) -> str | None:
    return present(assignment.people[0], case.people)


def _manager(assignment: Assignment, case: Case) -> str | None:
    person = case.people.person(assignment.people[0])
    line = active_line(person.manager if person is not None else None, case.people)
    return line[0] if line else None


def _lowest_above(_assignment: Assignment, case: Case) -> str | None:
    return next((who for who in reversed(case.above) if active(who, case.people) is not None), None)


def _leader(_assignment: Assignment, case: Case) -> str | None:
    leader = case.people.leader()
    return leader.id if leader is not None and leader.active else None


def _by_turns(assignment: Assignment, case: Case) -> str | None:
    """Return whoever draws the highest number for the response.

    Everybody draws one, by a digest of the response's id and their own. So each gets an equal share in the long run, no
    counter is kept that writers would have to wait for, a response that is delivered twice has one answer, and where
    somebody is away only that person's issues go to others.
    """
    there = candidates(assignment.people, case.people)
    return max(there, key=lambda who: (_drawn(case.response.id, who), who), default=None)


def _drawn(response_id: str, who: str) -> bytes:
    # The length first: no two pairs are written alike.
    return hashlib.sha256(f"{len(response_id)}:{response_id}{who}".encode()).digest()


def _least_loaded(assignment: Assignment, case: Case) -> str | None:
    there = candidates(assignment.people, case.people)
    return min(there, key=lambda who: case.loads.get(who, 0), default=None)


_FINDERS: Mapping[AssignTo, Callable[[Assignment, Case], str | None]] = {
    AssignTo.PERSON: _person,
    AssignTo.GROUP_LEAD: lambda _assignment, case: group_lead(case.response.group, case.people),
    AssignTo.REPORTING_LINE: _lowest_above,
    AssignTo.MANAGER_OF: _manager,
    AssignTo.LEADER: _leader,
    AssignTo.ROUND_ROBIN: _by_turns,
    AssignTo.LEAST_LOADED: _least_loaded,
}
