"""Targets: by when something is to have happened on an issue, as an account promises itself (requirement D7).

How a target stands on an issue is a value of ``policy.deadline``, and worked out in ``decisions.deadlines``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import Attribute, field, frozen

from resolutionkit.datafile import nearest
from resolutionkit.errors import Fault, InvalidValue
from resolutionkit.model.issue import Phase
from resolutionkit.model.values import flag, names
from resolutionkit.policy.calendar import DUE_WITHIN, BusinessCalendar
from resolutionkit.policy.workflow import Workflow


class TargetKind(StrEnum):
    """What is to have happened."""

    FIRST_ACTION = "first_action"
    """A person wrote a note or changed the status, counted from the episode's opening."""
    FOLLOW_UP = "follow_up"
    """The customer was spoken to, counted from when the response was received."""
    CLOSED = "closed"
    """The issue was closed, counted from the episode's opening."""


def _span(value: timedelta) -> timedelta:
    if not isinstance(value, timedelta):
        raise InvalidValue("within", value, "a timedelta, such as timedelta(hours=48)")
    return value


def _business(value: bool) -> bool:
    return flag(value, "business_time", InvalidValue)


@frozen(kw_only=True)
class Target:
    """How soon something is to have happened; at exactly the due instant is in time.

    Attributes:
        within: How soon: more than nothing, at most ten years.
        business_time: Whether only the time within the hours of the policy's calendar counts; else all time does.
    """

    within: timedelta = field(converter=_span)
    business_time: bool = field(default=False, converter=_business)


def _is_target(_targets: object, attribute: Attribute[Any], value: object) -> None:
    if value is not None and not isinstance(value, Target):
        expected = "a Target, such as Target(within=timedelta(days=2)), or None"
        raise InvalidValue(f"targets.{attribute.name}", value, expected)


def _remind_before(value: timedelta | None) -> timedelta | None:
    if value is not None and not isinstance(value, timedelta):
        raise InvalidValue("targets.remind_before", value, "a timedelta, such as timedelta(hours=8), or None")
    return value


def _statuses(value: Iterable[str]) -> tuple[str, ...]:
    return names(value, "paused_in", InvalidValue)


@frozen(kw_only=True)
class Targets:
    """By when an account wants what to have happened. ``Targets()`` is two days, fourteen days and 48 hours.

    Attributes:
        first_action: From the opening of an episode to its first note or status change by a person; None for no limit.
        follow_up: From when the response was received until the customer was spoken to; None for no limit. An episode
            that a person reopened, or a correction, has it from the reopening.
        closed: From the opening of an episode to its closing; None for no limit.
        paused_in: The statuses in which no limit runs, such as one that waits for the customer.
        remind_before: How long before a limit runs out the assignee is reminded of it, counted as the limit is, and
            never in the first half of it (requirement C7); None for no reminders. It holds for the limits of the
            escalation matrix as well.
    """

    first_action: Target | None = field(default=Target(within=timedelta(days=2)), validator=_is_target)
    follow_up: Target | None = field(default=Target(within=timedelta(hours=48)), validator=_is_target)
    closed: Target | None = field(default=Target(within=timedelta(days=14)), validator=_is_target)
    paused_in: tuple[str, ...] = field(default=(), converter=_statuses)
    remind_before: timedelta | None = field(default=timedelta(hours=8), converter=_remind_before)
    _in_force: tuple[tuple[TargetKind, Target], ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Collect what there is, once: every change of an issue asks for it."""
        found = tuple((kind, target) for kind in TargetKind if (target := self.of(kind)) is not None)
        object.__setattr__(self, "_in_force", found)

    def of(self, kind: TargetKind) -> Target | None:
        """Return the target of a kind, or None where there is no limit."""
        found: Target | None = getattr(self, kind.value)
        return found

    @property
    def in_force(self) -> tuple[tuple[TargetKind, Target], ...]:
        """Return the targets that there are, with their kinds, in the order of :class:`TargetKind`."""
        return self._in_force


def target_faults(targets: Targets, calendar: BusinessCalendar | None, workflow: Workflow) -> Iterator[Fault]:
    """Yield what is wrong with targets, each with its place.

    Args:
        targets: The targets.
        calendar: The policy's calendar, or None.
        workflow: The policy's workflow.
    """
    for kind, target in targets.in_force:
        yield from limit_faults(f"targets.{kind}", target, calendar)
    first, closed = targets.first_action, targets.closed
    if first and closed and first.business_time is closed.business_time and timedelta(0) < closed.within < first.within:
        problem = f"{closed.within} is shorter than the {first.within} of first_action; shorten that as well"
        yield Fault("targets.closed.within", problem)
    if targets.remind_before is not None and targets.remind_before <= timedelta(0):
        told = f"{targets.remind_before} is no time before; it must be longer than nothing, or None for no reminders"
        yield Fault("targets.remind_before", told)
    yield from _pause_faults(targets, workflow)


def limit_faults(place: str, target: Target, calendar: BusinessCalendar | None) -> Iterator[Fault]:
    """Yield what makes a limit unusable, such as business time without a calendar."""
    if target.within <= timedelta(0):
        yield Fault(f"{place}.within", f"{target.within} is no limit; it must be longer than nothing")
    if target.within > DUE_WITHIN:
        yield Fault(f"{place}.within", f"{target.within} is too long; the most is ten years")
    if target.business_time and calendar is None:
        yield Fault(f"{place}.business_time", "needs a calendar; give the policy one, or count all time")
    elif target.business_time and calendar is not None and target.within > (most := calendar.open_in_a_year()) * 9:
        yield Fault(f"{place}.within", f"takes about ten years or more: the calendar is open for {most} in a year")


def _pause_faults(targets: Targets, workflow: Workflow) -> Iterator[Fault]:
    phases = {status.key: status.phase for status in workflow.statuses}
    for index, key in enumerate(targets.paused_in):
        place = f"targets.paused_in[{index}]"
        if key not in phases:
            yield Fault(place, f"{key!r} is no status of the workflow{nearest(key, phases)}")
        elif phases[key] is Phase.CLOSED:
            yield Fault(place, f"{key!r} closes an issue, which ends its limits; name statuses that are not closed")
        elif key in targets.paused_in[:index]:
            yield Fault(place, f"{key!r} stands here twice")
