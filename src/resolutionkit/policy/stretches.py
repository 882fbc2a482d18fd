"""Stretches of time as a calendar explains them (requirement D7): counted or skipped, and why. No counting here."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import frozen


class StretchReason(StrEnum):
    """Why a stretch of time counts as business time, or does not."""

    OPEN = "open"
    """Within the hours; the only one that counts."""
    OUTSIDE_HOURS = "outside_hours"
    """On a day that has hours, before, between or after them."""
    NO_HOURS = "no_hours"
    """On a weekday that has no hours, such as Sunday."""
    HOLIDAY = "holiday"
    """On a holiday that falls on a weekday with hours."""


_WORDS = {
    StretchReason.OPEN: "open hours",
    StretchReason.OUTSIDE_HOURS: "outside hours",
    StretchReason.NO_HOURS: "no hours on this weekday",
    StretchReason.HOLIDAY: "holiday",
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@frozen(kw_only=True)
class Stretch:
    """A stretch of time for which one reason holds; ``str`` shows it on the calendar's clock.

    Attributes:
        start: When it begins, in UTC.
        end: When it is over, in UTC; that instant is no longer part of it.
        reason: Why it counts or not.
        name: The name of the holiday, else None.
        zone: The IANA zone on whose clock it is shown.
    """

    start: datetime
    end: datetime
    reason: StretchReason
    name: str | None = None
    zone: str = "UTC"

    @property
    def is_counted(self) -> bool:
        """Say whether it is business time."""
        return self.reason is StretchReason.OPEN

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
