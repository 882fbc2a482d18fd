"""Days and instants of the account's clock, as whoever asks gives them: a date is a whole day of its zone (D4, D6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from resolutionkit.errors import InvalidFilter
from resolutionkit.model.values import utc

_DAY = timedelta(days=1)


def day_start(day: date, zone: str) -> datetime:
    """Return the first instant of a day of a zone's clock, in UTC; also where its clocks skip midnight."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def day_of(day: object, zone: str, name: str = "date") -> tuple[datetime, datetime]:
    """Return the first instant of a day, and that of the day after it.

    Raises:
        InvalidFilter: It is no date, or the last one that there is.
    """
    if not isinstance(day, date) or isinstance(day, datetime) or day in {date.min, date.max}:
        raise InvalidFilter(name, day, "a date, such as date(2026, 11, 20)")
    return day_start(day, zone), day_start(day + _DAY, zone)


def period_of(start: object, end: object, zone: str) -> tuple[datetime | None, datetime | None]:
    """Return from when on, and before when: of dates the whole days, of instants the instants themselves.

    Raises:
        InvalidFilter: One of them is neither, or nothing lies between them.
    """
    first, last = _edge(start, "start", zone, 0), _edge(end, "end", zone, 1)
    if first is not None and last is not None and first >= last:
        raise InvalidFilter("end", end, f"a date that is not before the start, or an instant after {first.isoformat()}")
    return first, last


def _edge(value: object, name: str, zone: str, which: int) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return None if value is None else utc(value, name, InvalidFilter)
    if not isinstance(value, date):
        raise InvalidFilter(name, value, "a date, an aware datetime, or None")
    return day_of(value, zone, name)[which]
