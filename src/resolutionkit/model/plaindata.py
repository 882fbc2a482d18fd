"""Values as plain data that JSON takes: every attribute under its name, and a few facts beside them.

Instants are in UTC after ISO 8601, enums are their values, spans are seconds, decimals, dates and times of the day are
strings. How values are stored stands in ``serialize``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

import attrs

from resolutionkit.model.conditions import Condition
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.notes import NoteLog
from resolutionkit.model.people import Access, AccessKind
from resolutionkit.model.query import ResponseLine
from resolutionkit.model.quiet_hours import QuietHours

Beside: TypeAlias = Mapping[type[Any], tuple[str, ...]]

BESIDE: Beside = {
    Event: ("kind", "format"),
    Issue: ("is_open", "is_urgent", "episode", "opened_at", "closed_at", "note_count", "has_spoken"),
    IssueLine: ("is_open",),
    ResponseLine: ("id",),
}
"""Facts that are properties, by the class that has them."""


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


_PLAIN: Mapping[type[Any], Callable[[Any], object]] = {
    Enum: lambda value: value.value,
    datetime: _instant,
    date: date.isoformat,
    time: lambda value: f"{value:%H:%M}",
    timedelta: timedelta.total_seconds,
    Decimal: str,
    Access: lambda value: sorted(value.codes) if value.kind is AccessKind.GROUPS else value.kind.value,
    Condition: str,
    QuietHours: lambda value: plain_data(value.hours),
    NoteLog: lambda value: [plain_data(note) for note in value],
}


def plain_data(value: object, beside: Beside = BESIDE) -> Any:
    """Return a value of the library as dicts, lists, strings, numbers, True, False and None.

    Args:
        value: The value.
        beside: The properties to show beside the attributes, by the class that has them.
    """
    for kind, plain in _PLAIN.items():
        if isinstance(value, kind):
            return plain(value)
    kind_of: Any = type(value)
    if attrs.has(kind_of):
        more = [name for kind, names in beside.items() if isinstance(value, kind) for name in names]
        own = [one.name for one in attrs.fields(kind_of) if not one.name.startswith("_")]
        return {name: plain_data(getattr(value, name), beside) for name in (*more, *own)}
    if isinstance(value, Mapping):
        return {str(name): plain_data(one, beside) for name, one in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain_data(one, beside) for one in (sorted(value) if isinstance(value, frozenset) else value)]
    return value
