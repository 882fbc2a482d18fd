"""The escalation matrix and the check after closing: who answers for an issue on which time runs out (B9, B16).

They are data and do nothing: when an issue climbs is decided in ``decisions.timers``, and who answers for a level then
in ``decisions.levels``. How the policy's file writes them stands in ``policy.escalation_file``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from resolutionkit.datafile import nearest
from resolutionkit.errors import Fault, InvalidValue
from resolutionkit.model.issue import Phase, Status
from resolutionkit.model.values import code, collected, flag, names
from resolutionkit.policy.calendar import DUE_WITHIN, BusinessCalendar
from resolutionkit.policy.targets import Target, limit_faults
from resolutionkit.policy.workflow import Workflow

LEVELS_MAX = 20
"""How many levels a matrix may have."""
ACCOUNTABLE_MAX = 50
"""How many people and roles may answer for one level."""


class AccountableAs(StrEnum):
    """How a level says who answers for it."""

    PERSON = "person"
    """Somebody by id or email address."""
    MANAGER_OF = "manager_of"
    """The nearest who is there above a person."""
    MANAGER = "manager"
    """The nearest who is there above the assignee; above the group's lead where the assignee reports to nobody."""
    GROUP_LEAD = "group_lead"
    """The lead of the response's group."""
    LEAD_MANAGER = "lead_manager"
    """The nearest who is there above the lead of the response's group."""
    REPORTING_LINE = "reporting_line"
    """The lowest who is there of the people above the customer."""
    LEADER = "leader"
    """The account's leader."""


NAMING = (AccountableAs.PERSON, AccountableAs.MANAGER_OF)
"""Those that need a person's id."""
ROLES = tuple(one for one in AccountableAs if one not in NAMING)
"""Those that name nobody; each is also a text."""
_EXAMPLE = f'a person\'s id, {", ".join(ROLES)}, or a table such as {{manager_of = "ana"}}'


@frozen
class Accountable:
    """Who answers for a level: a person or a role.

    Attributes:
        by: How it is said.
        person: The id or address for ``person`` and ``manager_of``; else None.
    """

    by: AccountableAs
    person: str | None = None

    def __str__(self) -> str:
        """Return it as a policy shows it."""
        if self.by is AccountableAs.PERSON:
            return self.person or ""
        return self.by.value if self.person is None else f"{self.by}({self.person})"


def read_accountable(given: object, place: str = "accountable") -> Accountable:
    """Return who answers for a level, as a text says it, or a table of TOML or JSON.

    A text is a role, or else a person's id or address. A table has one key: ``{person = "leader"}`` or
    ``{manager_of = "ana"}``.

    Args:
        given: The text or table, or the value itself, which is returned as it is.
        place: Where it stands, for the error.

    Raises:
        InvalidValue: It is none.
    """
    if isinstance(given, Accountable):
        return given
    if isinstance(given, str):
        role = next((one for one in ROLES if one == given), None)
        return Accountable(role) if role else Accountable(AccountableAs.PERSON, code(given, place, InvalidValue))
    if not isinstance(given, Mapping) or len(given) != 1:
        raise InvalidValue(place, given, _EXAMPLE)
    ((key, person),) = given.items()
    by = next((one for one in NAMING if one == key), None)
    if by is None:
        raise InvalidValue(place, key, f"one of {', '.join(NAMING)} as the table's only key")
    return Accountable(by, code(person, f"{place}.{by}", InvalidValue))


def _name(value: str) -> str:
    return code(value, "level.name", InvalidValue)


def _business(value: bool) -> bool:
    return flag(value, "level.business_time", InvalidValue)


def _within(value: timedelta) -> timedelta:
    if not isinstance(value, timedelta):
        raise InvalidValue("level.within", value, "a timedelta, such as timedelta(hours=48)")
    return value


def _accountable(value: Iterable[object]) -> tuple[Accountable, ...]:
    found = collected(value, "level.accountable", InvalidValue, lambda one, place, _error: read_accountable(one, place))
    if len(found) > ACCOUNTABLE_MAX:
        raise InvalidValue("level.accountable", len(found), f"at most {ACCOUNTABLE_MAX} people and roles")
    return tuple(dict.fromkeys(found))


def _outcomes(value: Iterable[str]) -> tuple[str, ...]:
    return names(value, "level.outcomes", InvalidValue)


@frozen(kw_only=True)
class EscalationLevel:
    """One level of the escalation matrix (requirement B9).

    Attributes:
        name: What it is called, such as ``tier one``; each level has its own.
        within: How long an issue may stay on it before it rises by itself: more than nothing, at most ten years. On the
            first level it runs from the episode's opening until somebody acts, on the others from entering the level
            until the issue is closed.
        business_time: Whether only the time within the hours of the policy's calendar counts; else all time does.
        accountable: Who answers for it, is told when an issue enters it, and sees the issue from then on: ids, email
            addresses, roles of :class:`AccountableAs`. The first level is the assignee's, and names nobody.
        outcomes: On the last level: the closing statuses that it may end with; empty for any.
    """

    name: str = field(converter=_name)
    within: timedelta = field(converter=_within)
    business_time: bool = field(default=False, converter=_business)
    accountable: tuple[Accountable, ...] = field(default=(), converter=_accountable)
    outcomes: tuple[str, ...] = field(default=(), converter=_outcomes)

    @property
    def limit(self) -> Target:
        """Return how long it lasts, as a target is."""
        return Target(within=self.within, business_time=self.business_time)


def _after(value: timedelta) -> timedelta:
    if not isinstance(value, timedelta):
        raise InvalidValue("closing_check.after", value, "a timedelta, such as timedelta(days=3)")
    return value


def _statuses(value: Iterable[str]) -> tuple[str, ...]:
    return names(value, "closing_check.statuses", InvalidValue)


@frozen(kw_only=True)
class ClosingCheck:
    """A look back some days after an issue was closed: is the customer satisfied (requirement B16)?

    Attributes:
        after: How long after the closing the assignee is asked: more than nothing, at most ten years. All time counts.
        statuses: The closing statuses after which it is asked.
    """

    after: timedelta = field(converter=_after)
    statuses: tuple[str, ...] = field(default=(Status.RESOLVED.value,), converter=_statuses)


def levels_of(value: Iterable[EscalationLevel]) -> tuple[EscalationLevel, ...]:
    """Return the levels of a matrix, in order."""

    def level(one: object, place: str, _error: object) -> EscalationLevel:
        if not isinstance(one, EscalationLevel):
            raise InvalidValue(place, one, "an EscalationLevel")
        return one

    return collected(value, "levels", InvalidValue, level)


def levels_faults(
    levels: Sequence[EscalationLevel], calendar: BusinessCalendar | None, workflow: Workflow
) -> Iterator[Fault]:
    """Yield what makes an escalation matrix unusable, each with its place.

    Args:
        levels: The levels, the first one first.
        calendar: The policy's calendar, or None.
        workflow: The policy's workflow.
    """
    if len(levels) == 1:
        yield Fault("levels", f"{levels[0].name!r} is the only level, so that nothing can rise; add the next one")
    if len(levels) > LEVELS_MAX:
        yield Fault("levels", f"there are {len(levels)}; the most is {LEVELS_MAX}")
    for index, level in enumerate(levels):
        place = f"levels[{index}]"
        if level.name in [one.name for one in levels[:index]]:
            yield Fault(f"{place}.name", f"{level.name!r} stands here twice; give each level its own name")
        yield from limit_faults(place, level.limit, calendar)
        yield from _accountable_faults(place, index, level)
        yield from _outcome_faults(place, level, workflow, is_last=index == len(levels) - 1)
        if index:
            yield from _order_faults(place, levels[index - 1], level)


def _accountable_faults(place: str, index: int, level: EscalationLevel) -> Iterator[Fault]:
    if index and not level.accountable:
        roles = ", ".join(ROLES)
        yield Fault(f"{place}.accountable", f"is missing: nobody would answer for it; name people, or one of {roles}")
    elif not index and level.accountable:
        yield Fault(f"{place}.accountable", "the first level is the assignee's; name others on the levels above it")


def _order_faults(place: str, below: EscalationLevel, level: EscalationLevel) -> Iterator[Fault]:
    if level.business_time is below.business_time and timedelta(0) < level.within < below.within:
        problem = f"{level.within} is shorter than the {below.within} of the level before it, {below.name!r}"
        yield Fault(f"{place}.within", problem)


def _outcome_faults(place: str, level: EscalationLevel, workflow: Workflow, *, is_last: bool) -> Iterator[Fault]:
    if level.outcomes and not is_last:
        yield Fault(f"{place}.outcomes", "only the last level decides how an issue ends; move it there")
        return
    yield from _closing_faults(f"{place}.outcomes", level.outcomes, workflow)


def _closing_faults(place: str, statuses: Sequence[str], workflow: Workflow) -> Iterator[Fault]:
    phases = {status.key: status.phase for status in workflow.statuses}
    for index, key in enumerate(statuses):
        if key not in phases:
            yield Fault(f"{place}[{index}]", f"{key!r} is no status of the workflow{nearest(key, phases)}")
        elif phases[key] is not Phase.CLOSED:
            yield Fault(f"{place}[{index}]", f"{key!r} does not close an issue; name statuses that do")
        elif key in statuses[:index]:
            yield Fault(f"{place}[{index}]", f"{key!r} stands here twice")


def check_faults(check: ClosingCheck | None, workflow: Workflow) -> Iterator[Fault]:
    """Yield what makes a check after closing unusable, each with its place."""
    if check is None:
        return
    if check.after <= timedelta(0):
        yield Fault("closing_check.after", f"{check.after} is no time to wait; it must be longer than nothing")
    if check.after > DUE_WITHIN:
        yield Fault("closing_check.after", f"{check.after} is too long; the most is ten years")
    if not check.statuses:
        yield Fault("closing_check.statuses", "is empty; name at least one closing status, or leave the check out")
    yield from _closing_faults("closing_check.statuses", check.statuses, workflow)


def last_level(number: int, levels: Sequence[EscalationLevel]) -> EscalationLevel | None:
    """Return the level of this number if it is the last one, which decides how an issue ends; else None."""
    return levels[-1] if levels and number == len(levels) - 1 else None


def level_named(named: str | int, levels: Sequence[EscalationLevel]) -> int | None:
    """Return the number of a level, counted from 0, that is meant by its name or number; None where there is none."""
    if isinstance(named, str):
        return next((number for number, level in enumerate(levels) if level.name == named), None)
    return named if 0 <= named < len(levels) else None


def levels_data(levels: Iterable[EscalationLevel]) -> list[Any]:
    """Return all that a matrix says, for the policy's fingerprint."""
    return [
        (one.name, one.within.total_seconds(), one.business_time, [str(who) for who in one.accountable], one.outcomes)
        for one in levels
    ]


def check_data(check: ClosingCheck | None) -> object:
    """Return all that a check after closing says, for the policy's fingerprint."""
    return None if check is None else (check.after.total_seconds(), check.statuses)
