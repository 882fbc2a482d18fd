"""Values as JSON: every attribute under its name, instants in UTC after ISO 8601, and a few facts beside them.

Keys are only ever added. Enums are their values, spans are seconds, decimals and dates are strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.notes import NoteLog
from resolutionkit.model.people import Access, AccessKind
from resolutionkit.model.query import Page, ResponseLine
from resolutionkit.model.results import Change
from resolutionkit.policy.policy import Policy

_BESIDE: Mapping[type[Any], tuple[str, ...]] = {
    Event: ("kind", "format"),
    Issue: ("is_open", "is_urgent", "episode", "opened_at", "closed_at", "note_count", "has_spoken"),
    IssueLine: ("is_open",),
    ResponseLine: ("id",),
    Policy: ("fingerprint",),
}
"""Facts that are properties, by the class that has them."""


def instant(at: datetime) -> str:
    """Return an instant in UTC, with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


_PLAIN: Mapping[type[Any], Callable[[Any], object]] = {
    Enum: lambda value: value.value,
    datetime: instant,
    date: date.isoformat,
    timedelta: timedelta.total_seconds,
    Decimal: str,
    Access: lambda value: sorted(value.codes) if value.kind is AccessKind.GROUPS else value.kind.value,
    NoteLog: lambda value: [data(note) for note in value],
}


def data(value: object) -> Any:
    """Return a value of the library as plain data for JSON."""
    for kind, plain in _PLAIN.items():
        if isinstance(value, kind):
            return plain(value)
    if attrs.has(type(value)):
        return _attributes(value)
    if isinstance(value, Mapping):
        return {str(name): data(one) for name, one in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [data(one) for one in (sorted(value) if isinstance(value, frozenset) else value)]
    return value


def _attributes(value: Any) -> dict[str, Any]:
    beside = [name for kind, names in _BESIDE.items() if isinstance(value, kind) for name in names]
    own = [one.name for one in attrs.fields(type(value)) if not one.name.startswith("_")]
    return {name: data(getattr(value, name)) for name in (*beside, *own)}


def page(found: Page[Any]) -> dict[str, Any]:
    """Return a page: its lines under ``items``, and the cursor of the next under ``next``."""
    return {"items": [data(line) for line in found], "next": found.next}


def change(done: Change) -> dict[str, Any]:
    """Return what a command did: ``issue``, ``events`` and ``advice``."""
    return _attributes(done)
