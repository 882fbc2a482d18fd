"""Spans in a policy's file: a number of days or of hours, the unit in the key."""

from __future__ import annotations

from datetime import timedelta

from resolutionkit.datafile import Table

_UNITS = ("days", "hours")


def span_in(table: Table, name: str, *, in_business: bool) -> timedelta | None:
    """Return the span under ``name_days`` or ``name_hours``, of which there must be one; None where there is none.

    Args:
        table: The table.
        name: The key without its unit.
        in_business: Whether it is one of business time, where days mean nothing: each has other hours.
    """
    keys = {f"{name}_{unit}": unit for unit in _UNITS}
    amounts = {key: table.number(key) for key in keys}
    given = [key for key in keys if key in table.data]
    if len(given) != 1:
        problem = f"stands beside {name}_days; give one of them" if given else f"is missing; or give {name}_days"
        table.fault(f"{name}_hours", problem)
        return None
    key, amount = given[0], amounts[given[0]]
    if keys[key] == "days" and in_business:
        table.fault(key, f"means nothing in business time, where days differ; give {name}_hours")
        return None
    if amount is None:
        return None
    try:
        return timedelta(**{keys[key]: amount})
    except (OverflowError, ValueError):
        table.fault(key, f"{amount!r} is no number of {keys[key]} that a calendar has")
        return None
