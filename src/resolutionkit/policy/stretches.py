"""Stretches of time as calendars and deadlines explain them (requirement D7): counted or not, and why. No counting."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import frozen


class StretchReason(StrEnum):
    """Why a stretch of time counts, or does not; a calendar by itself gives the first four."""

    OPEN = "open"
    """Within the hours; counts as business time."""
    OUTSIDE_HOURS = "outside_hours"
    """On a day that has hours, before, between or after them."""
    NO_HOURS = "no_hours"
    """On a weekday that has no hours, such as Sunday."""
    HOLIDAY = "holiday"
    """On a holiday that falls on a weekday with hours."""
    ELAPSED = "elapsed"
    """Where all time counts, whatever the hours."""
    PAUSED = "paused"
    """In a status in which the policy lets no limit run."""
    NO_RECOVERY = "no_recovery"
    """While the latest response was above the threshold, so that nothing was owed to the customer."""


_WORDS = {
    StretchReason.OPEN: "open hours",
    StretchReason.OUTSIDE_HOURS: "outside hours",
    StretchReason.NO_HOURS: "no hours on this weekday",
    StretchReason.HOLIDAY: "holiday",
    StretchReason.ELAPSED: "all time counts",
    StretchReason.PAUSED: "paused",
    StretchReason.NO_RECOVERY: "no recovery needed",
}
_COUNTED = frozenset({StretchReason.OPEN, StretchReason.ELAPSED})
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@frozen(kw_only=True)
class Stretch:
    """A stretch of time for which one reason holds; ``str`` shows it on the calendar's clock.

    Attributes:
        start: When it begins, in UTC.
        end: When it is over, in UTC; that instant is no longer part of it.
        reason: Why it counts or not.
        name: The name of the holiday, or the key of the status that pauses, else None.
        zone: The IANA zone on whose clock it is shown.
    """

    start: datetime
    end: datetime
    reason: StretchReason
    name: str | None = None
    zone: str = "UTC"

    @property
    def is_counted(self) -> bool:
        """Say whether it counts: as business time, or where all time does."""
        return self.reason in _COUNTED

    @property
    def length(self) -> timedelta:
        """Return how much time really passes in it."""
        return self.end - self.start

    def __str__(self) -> str:
        """Return one line: from when to when, counted or skipped, how long, why."""
        why = _WORDS[self.reason] + (f": {self.name}" if self.name else "")
        verb = "counted" if self.is_counted else "skipped"
        return f"{self._shown(self.start)} to {self._shown(self.end)}  {verb} {self.length}, {why}"

    def _shown(self, instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(self.zone))
        exact = "minutes" if local.second == local.microsecond == 0 else "auto"
        return f"{_WEEKDAYS[local.weekday()]} {local.replace(tzinfo=None).isoformat(' ', exact)}"
