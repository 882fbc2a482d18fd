"""The ``[[rules]]`` of a policy's file. What a rule is stands in ``policy.rules``; all faults are told, with places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from resolutionkit.datafile import Entry, Table
from resolutionkit.errors import Fault, InvalidValue, shown
from resolutionkit.model.condition_data import read_condition
from resolutionkit.policy.assignment import read_assignment
from resolutionkit.policy.rules import Rule

T = TypeVar("T")


def rules_in(top: Table) -> tuple[Rule, ...]:
    """Return the rules that a file has, those left out that are unsound: their faults are noted."""
    found = [_rule(one) for one in top.inners("rules")]
    return tuple(rule for rule in found if rule is not None)


def _rule(table: Table) -> Rule | None:
    before = len(table.itself().faults)
    given: dict[str, Any] = {
        "name": table.required("name"),
        "when": _read(table.entry("when"), read_condition),
        "assign": _read(table.entry("assign"), read_assignment),
        "otherwise": _read(table.entry("otherwise"), read_assignment),
        "alert": table.texts("alert"),
        "tags": table.texts("tags"),
        "raise_priority": table.value("raise_priority", bool, False),
        "escalate": table.take("escalate", str),
        "suppress_alerts": table.value("suppress_alerts", bool, False),
    }
    table.done()
    if len(table.itself().faults) > before:
        return None
    try:
        return Rule(**given)
    except InvalidValue as problem:
        itself = table.itself()
        place = f"{itself.place}.{problem.field.removeprefix('rule.')}"
        itself.faults.append(Fault(place, f"{shown(problem.value)} is not acceptable; expected {problem.expected}"))
        return None


def _read(entry: Entry | None, read: Callable[[object, str], T]) -> T | None:
    if entry is None:
        return None
    try:
        return read(entry.value, entry.place)
    except InvalidValue as problem:
        # A condition says in which column of the text, or in which table within the table.
        place = problem.field if problem.field.startswith(entry.place) else entry.place
        entry.faults.append(Fault(place, f"{shown(problem.value)} is not acceptable; expected {problem.expected}"))
        return None
