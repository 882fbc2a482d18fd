"""The ``[[levels]]`` and the ``[closing_check]`` of a policy's file; what they are stands in ``policy.escalation``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from resolutionkit.datafile import Entry, Table
from resolutionkit.errors import Fault, InvalidValue, shown
from resolutionkit.policy.escalation import Accountable, ClosingCheck, EscalationLevel, read_accountable
from resolutionkit.policy.spans_file import span_in

T = TypeVar("T")


def levels_in(top: Table) -> tuple[EscalationLevel, ...]:
    """Return the levels that a file has; none where one is unsound, which others cannot be compared with."""
    found = [_level(one) for one in top.inners("levels")]
    sound = tuple(level for level in found if level is not None)
    return sound if len(sound) == len(found) else ()


def _level(table: Table) -> EscalationLevel | None:
    before = len(table.itself().faults)
    in_business = table.value("business_time", bool, False)
    given: dict[str, Any] = {
        "name": table.required("name"),
        "within": span_in(table, "within", in_business=in_business),
        "business_time": in_business,
        "accountable": _accountable(table.entry("accountable")),
        "outcomes": table.texts("outcomes"),
    }
    table.done()
    if len(table.itself().faults) > before:
        return None
    return _judged(table, lambda: EscalationLevel(**given))


def _accountable(entry: Entry | None) -> tuple[Accountable, ...]:
    if entry is None:
        return ()
    if not isinstance(entry.value, list):
        entry.fault(f"{shown(entry.value)} should be a list of people and roles")
        return ()
    return tuple(found for index, one in enumerate(entry.value) if (found := _one(entry, index, one)) is not None)


def _one(entry: Entry, index: int, given: object) -> Accountable | None:
    try:
        return read_accountable(given, f"{entry.place}[{index}]")
    except InvalidValue as problem:
        _note(entry, problem.field, problem)
        return None


def check_in(top: Table) -> ClosingCheck | None:
    """Return the check after closing of a policy file, or None where there is none."""
    table = top.inner("closing_check")
    if table is None:
        return None
    given: dict[str, Any] = {"after": span_in(table, "after", in_business=False)}
    if table.entry("statuses") is not None:
        given["statuses"] = table.texts("statuses")
    table.done()
    return None if given["after"] is None else _judged(table, lambda: ClosingCheck(**given))


def _judged(table: Table, make: Callable[[], T]) -> T | None:
    itself = table.itself()
    try:
        return make()
    except InvalidValue as problem:
        _note(itself, f"{itself.place}.{problem.field.rpartition('.')[2]}", problem)
        return None


def _note(entry: Entry, place: str, problem: InvalidValue) -> None:
    entry.faults.append(Fault(place, f"{shown(problem.value)} is not acceptable; expected {problem.expected}"))
