"""Targets and the business calendar from a policy file: the tables ``[targets]`` and ``[calendar]``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from resolutionkit.datafile import Table
from resolutionkit.errors import Fault, FaultsFound, InvalidValue, ResolutionKitError, shown
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.spans_file import span_in
from resolutionkit.policy.targets import Target, TargetKind, Targets

T = TypeVar("T")

_TABLES = ("hours", "holidays", "special_hours")
_CODES = ("zone", "country", "subdivision", "language")


def calendar_in(top: Table, zone: str | None) -> BusinessCalendar | None:
    """Return the calendar of a policy file, or None where there is none; its zone is the account's unless it says."""
    table = top.inner("calendar")
    if table is None:
        return None
    given: dict[str, Any] = {name: table.take(name, dict) for name in _TABLES}
    given |= {name: table.take(name, str) for name in _CODES}
    table.done()
    found: dict[str, Any] = {"hours": {}, "zone": zone or "UTC"} | {
        name: one for name, one in given.items() if one is not None
    }
    return _judged(table, lambda: BusinessCalendar(**found))


def _judged(table: Table, make: Callable[[], T]) -> T | None:
    """Return what a function makes, or None where it refuses; its faults are told within the table."""
    itself = table.itself()
    try:
        return make()
    except FaultsFound as problem:
        itself.faults.extend(Fault(f"{itself.place}.{one.place}", one.problem) for one in problem.faults)
    except InvalidValue as problem:
        told = f"{shown(problem.value)} is not acceptable; expected {problem.expected}"
        itself.faults.append(Fault(f"{itself.place}.{problem.field}", told))
    except ResolutionKitError as problem:
        itself.fault(str(problem))
    return None


def targets_in(top: Table) -> Targets | None:
    """Return the targets of a policy file, or None where it says nothing of them."""
    table = top.inner("targets")
    if table is None:
        return None
    given: dict[str, Any] = {
        kind.value: limit for kind in TargetKind if (limit := _limit(table, kind.value)) is not None
    }
    found = {name: limit or None for name, limit in given.items()}
    found |= _reminding(table)
    paused_in = table.texts("paused_in")
    table.done()
    return Targets(paused_in=paused_in, **found)


def _reminding(table: Table) -> dict[str, Any]:
    """Return how long before a limit the assignee is reminded, where the file says so."""
    entry = table.entry("remind_before")
    span = None
    if {"remind_before_days", "remind_before_hours"} & set(table.data):
        span = span_in(table, "remind_before", in_business=False)
        if entry is not None:
            entry.fault("stands beside a span; give one of them")
    if entry is None:
        return {} if span is None else {"remind_before": span}
    if entry.value is not False:
        entry.fault(f"{shown(entry.value)} should be false for no reminders; else give remind_before_hours")
    return {"remind_before": None}


def _limit(table: Table, kind: str) -> Target | bool | None:
    """Return a target, False where the file wants none, or None where it says nothing that can be understood."""
    entry = table.entry(kind)
    if entry is None or entry.value is False:
        return None if entry is None else False
    if not isinstance(entry.value, dict):
        entry.fault(f"{shown(entry.value)} should be a table such as {{ within_days = 2 }}, or false for no limit")
        return None
    limit = Table(entry.value, entry.place, entry.faults)
    in_business = limit.value("business_time", bool, False)
    within = span_in(limit, "within", in_business=in_business)
    limit.done()
    return None if within is None else Target(within=within, business_time=in_business)
