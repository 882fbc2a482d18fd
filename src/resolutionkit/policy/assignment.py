"""Whom a rule assigns to: a person, a role, one of several. Who that is for a response: ``decisions.assigning``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import field, frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.model.values import code, collected

PEOPLE_MAX = 100
"""How many people one rule may name in one place."""


class AssignTo(StrEnum):
    """What a rule can assign to."""

    PERSON = "person"
    GROUP_LEAD = "group_lead"
    REPORTING_LINE = "reporting_line"
    MANAGER_OF = "manager_of"
    LEADER = "leader"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


ROLES = (AssignTo.GROUP_LEAD, AssignTo.REPORTING_LINE, AssignTo.LEADER)
"""Those that name nobody; each is also a text."""
SEVERAL = (AssignTo.ROUND_ROBIN, AssignTo.LEAST_LOADED)
"""Those that choose among several."""
_SINGLE = (AssignTo.PERSON, AssignTo.MANAGER_OF)
_EXAMPLE = f'a person\'s id, {", ".join(ROLES)}, or a table such as {{round_robin = ["ana", "ben"]}}'


def party(value: object, place: str, error: type[InvalidValue] = InvalidValue) -> str:
    """Return a person's id or an address, as it was given."""
    return code(value, place, error)


def _people(value: Iterable[str]) -> tuple[str, ...]:
    found = collected(value, "assign", InvalidValue, party)
    if len(found) > PEOPLE_MAX:
        raise InvalidValue("assign", len(found), f"at most {PEOPLE_MAX} people")
    return tuple(dict.fromkeys(found))


def _to(value: AssignTo | str) -> AssignTo:
    try:
        return AssignTo(value)
    except ValueError as problem:
        raise InvalidValue("assign", value, f"one of {', '.join(AssignTo)}") from problem


@frozen
class Assignment:
    """Whom a rule assigns to.

    Attributes:
        to: A person; the lead of the response's group; the lowest who is there of those above the customer; the
            nearest who is there above a person; the account's leader; or one of several who are there: by turns that
            follow from the response's id, or whoever has the fewest issues that are not closed.
        people: The person whom ``person`` or ``manager_of`` means, or the several. A bare address is a person too,
            but nobody's manager.

    Raises:
        InvalidValue: It names too few people, or too many.
    """

    to: AssignTo = field(converter=_to)
    people: tuple[str, ...] = field(default=(), converter=_people)

    def __attrs_post_init__(self) -> None:
        """Refuse a role with people, and a choice among nobody."""
        if self.to in ROLES and self.people:
            raise InvalidValue("assign", self.people, f"nobody's id with {self.to}, which says by itself who it is")
        if self.to in _SINGLE and len(self.people) != 1:
            raise InvalidValue("assign", self.people, f"one person's id with {self.to}")
        if self.to in SEVERAL and not self.people:
            raise InvalidValue("assign", self.people, f"at least one person's id with {self.to}")

    def __str__(self) -> str:
        """Return it as rules show it."""
        if self.to is AssignTo.PERSON:
            return self.people[0]
        return f"{self.to}({', '.join(self.people)})" if self.people else self.to.value


def read_assignment(given: object, place: str = "assign") -> Assignment:
    """Return the assignment that a text says, or a table of TOML or JSON.

    A text is one of ``group_lead``, ``reporting_line`` and ``leader``, or else a person's id or address. A table has
    one key: ``{person = "leader"}``, ``{manager_of = "ana"}``, ``{round_robin = ["ana", "ben"]}`` or
    ``{least_loaded = ["ana", "ben"]}``.

    Args:
        given: The text or table, or an assignment, which is returned as it is.
        place: Where it stands, for the error.

    Raises:
        InvalidValue: It is none.
    """
    if isinstance(given, Assignment):
        return given
    if isinstance(given, str):
        role = given in ROLES
        return Assignment(AssignTo(given)) if role else Assignment(AssignTo.PERSON, (party(given, place),))
    if not isinstance(given, Mapping) or len(given) != 1:
        raise InvalidValue(place, given, _EXAMPLE)
    ((key, people),) = given.items()
    to = next((one for one in (*_SINGLE, *SEVERAL) if one == key), None)
    if to is None:
        raise InvalidValue(place, key, f"one of {', '.join((*_SINGLE, *SEVERAL))} as the table's only key")
    if to in _SINGLE:
        return Assignment(to, (party(people, f"{place}.{to}"),))
    return Assignment(to, collected(people, f"{place}.{to}", InvalidValue, party))
