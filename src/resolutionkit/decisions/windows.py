"""The windows of the daily alert: from one alert instant to the next, for ever, without gap or overlap (law L8).

An alert instant is when the clocks of the account's zone show the alert time. A window includes its start and not its
end, so that what comes in at exactly the alert time belongs to the next one. Which responses are told in a window is
said in ``alerting``.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import frozen

from resolutionkit.model.hours import WEEKDAYS
from resolutionkit.policy.alerts import Alerts

_DAY = timedelta(days=1)


@frozen(kw_only=True)
class Window:
    """What one alert is about.

    Attributes:
        start: The alert instant before, included; in UTC.
        end: The alert instant at which it is told, not included; in UTC.
    """

    start: datetime
    end: datetime


@frozen
class Schedule:
    """When an account is alerted.

    Attributes:
        alerts: What the policy says of it.
        zone: The IANA zone of the account's clock.
    """

    alerts: Alerts
    zone: str

    def instant_on(self, day: date) -> datetime:
        """Return the alert instant of a day of the account's calendar, in UTC.

        A policy refuses times that a change of clocks skips or repeats. Where a past change did so all the same, it is
        the first of two, or as long after the gap's beginning as the time is.
        """
        return _instant(day, self.alerts.time, self.zone)

    def before(self, instant: datetime) -> datetime:
        """Return the last alert instant at or before an instant."""
        return self._around(instant)[0]

    def after(self, instant: datetime) -> datetime:
        """Return the first alert instant after an instant."""
        return self._around(instant)[1]

    def window_at(self, instant: datetime) -> Window:
        """Return the window that an instant lies in."""
        start, end = self._around(instant)
        return Window(start=start, end=end)

    def text_at(self, end: datetime) -> datetime:
        """Return when the text message of a window goes out: at its end, or at that of the next day that is not off.

        Args:
            end: The window's end, an alert instant.
        """
        clock = ZoneInfo(self.zone)
        at = end
        while WEEKDAYS[at.astimezone(clock).weekday()] in self.alerts.days_off:
            at = self.after(at)
        return at

    def deadline(self, received_at: datetime) -> datetime:
        """Return until when a response can be put right as if it had always been right: the next day's alert (A6)."""
        return self.instant_on(received_at.astimezone(ZoneInfo(self.zone)).date() + _DAY)

    def _around(self, instant: datetime) -> tuple[datetime, datetime]:
        """Return the last alert instant up to an instant, and the first after it."""
        instants = _near(instant.astimezone(ZoneInfo(self.zone)).date(), self.alerts.time, self.zone)
        place = bisect_right(instants, instant)
        return instants[place - 1], instants[place]


@lru_cache(maxsize=4096)
def _near(day: date, at: time, zone: str) -> tuple[datetime, ...]:
    """Return the alert instants around a day, in order.

    Two days have one instant where a zone crossed the date line and left one of them out, so that one day on each side
    would not do.
    """
    return tuple(sorted({_instant(day + step * _DAY, at, zone) for step in (-2, -1, 0, 1, 2)}))


def _instant(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
