"""The daily alert from a policy file: the table ``[alerts]``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from resolutionkit.datafile import Entry, Table
from resolutionkit.errors import InvalidValue, shown
from resolutionkit.policy.alerts import Alerts

_FLAGS = ("text", "report", "repaired_late")
_LISTS = ("days_off", "text_channels", "report_channels")


def alerts_in(top: Table) -> Alerts | None:
    """Return the alerts of a policy file, or None where it says nothing of them; each key is judged by itself."""
    table = top.inner("alerts")
    if table is None:
        return None
    given: dict[str, Any] = {name: table.take(name, bool) for name in _FLAGS}
    given |= {name: table.texts(name) for name in _LISTS if table.entry(name) is not None}
    entry = table.entry("time")
    given["time"] = None if entry is None else _time(entry)
    table.done()
    return Alerts(**_sound(table, {name: value for name, value in given.items() if value is not None}))


def _time(entry: Entry) -> str | time | None:
    """Return a time as TOML has it, with quotes or without."""
    if isinstance(entry.value, str | time):
        return entry.value
    entry.fault(f'{shown(entry.value)} should be a time such as 09:00:00, or "09:00" in quotes')
    return None


def _sound(table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the arguments is acceptable, and note the rest at its key."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        try:
            Alerts(**{name: value})
        except InvalidValue as problem:
            table.fault(name, f"{shown(problem.value)} is not acceptable; expected {problem.expected}")
        else:
            found[name] = value
    return found
