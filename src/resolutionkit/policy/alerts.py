"""The daily alert as an account wants it: when, on which days, and what belongs to it (requirements C4, C5, A6).

Which instants follow from it, and which responses are told when, is worked out in ``decisions.windows`` and
``decisions.alerting``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import field, frozen

from resolutionkit.errors import Fault, InvalidValue
from resolutionkit.model.hours import WEEKDAYS, days_of
from resolutionkit.model.values import collected, flag, is_zone, names

EARLIEST, LATEST = time(6), time(18)
"""Between which times of the day an alert may be, both included."""
WEEKEND = ("saturday", "sunday")
"""The days that most who name any want to be left alone on."""
_YEARS = range(2012, 2050)
"""The years whose changes of clock are looked at; by then the rules of every zone repeat themselves."""
_TIME = re.compile(r"(\d{1,2}):(\d\d)", re.ASCII)
_A_TIME = "a time of the day to the minute, such as '09:00'"


def _time(value: time | str) -> time:
    found = _read(value) if isinstance(value, str) else value
    if isinstance(found, time) and found.tzinfo is None and found == found.replace(second=0, microsecond=0, fold=0):
        return found
    raise InvalidValue("alerts.time", value, _A_TIME)


def _read(value: str) -> time | None:
    match = _TIME.fullmatch(value.strip())
    hour, minute = map(int, match.groups()) if match else (24, 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _days(value: Iterable[str]) -> tuple[str, ...]:
    found = {day for key in collected(value, "alerts.days_off", InvalidValue, _named) for day in key}
    return tuple(day for day in WEEKDAYS if day in found)


def _named(value: object, place: str, _error: object) -> tuple[str, ...]:
    return tuple(days_of(value, place))


def _flag(name: str, *, default: bool) -> bool:
    made: bool = field(default=default, converter=lambda value: flag(value, f"alerts.{name}", InvalidValue))
    return made


def _channels(name: str) -> tuple[str, ...] | None:
    def convert(value: Iterable[str] | None) -> tuple[str, ...] | None:
        return None if value is None else names(value, f"alerts.{name}", InvalidValue)

    made: tuple[str, ...] | None = field(default=None, converter=convert)
    return made


@frozen(kw_only=True)
class Alerts:
    """The daily alert of an account: a text message with a number, and a report by mail (requirements C4 to C6).

    ``Alerts()`` is both, every day at nine.

    Attributes:
        time: When, on the clock of the account's zone: from 06:00 to 18:00, to the minute; text such as ``"08:30"`` is
            read. No change of the zone's clocks may skip or repeat it.
        days_off: The weekdays on which no text message goes out: it waits for the next other day, and becomes one with
            that day's (requirement C5). Each is a name or the first and the last, such as ``"saturday-sunday"``. The
            report goes out all the same.
        text: Whether there are text messages.
        report: Whether there are reports.
        repaired_late: Whether a response that was put right too late for the alert it belonged to is told in the next
            one (requirement A6).
        text_channels: The names of the channels for the text message; None for those of the account that are made
            for text messages.
        report_channels: The names of the channels for the report; None for those of the account that are made for mail.

    Raises:
        InvalidValue: A field is of another type, or a weekday is unknown.
    """

    time: time = field(default=time(9), converter=_time)
    days_off: tuple[str, ...] = field(default=(), converter=_days)
    text: bool = _flag("text", default=True)
    report: bool = _flag("report", default=True)
    repaired_late: bool = _flag("repaired_late", default=False)
    text_channels: tuple[str, ...] | None = _channels("text_channels")
    report_channels: tuple[str, ...] | None = _channels("report_channels")

    @property
    def are_on(self) -> bool:
        """Say whether anybody is told anything."""
        return self.text or self.report


def alerts_faults(alerts: Alerts, zone: str) -> Iterator[Fault]:
    """Yield what is wrong with an account's alerts, each with its place.

    Args:
        alerts: The alerts.
        zone: The account's zone; where there is no such one, that is told elsewhere.
    """
    at = alerts.time
    if not EARLIEST <= at <= LATEST:
        yield Fault("alerts.time", f"{at:%H:%M} is not between {EARLIEST:%H:%M} and {LATEST:%H:%M}")
    elif is_zone(zone) and (unsure := _unsure(at, zone)) is not None:
        day, what = unsure
        yield Fault("alerts.time", f"on {day:%Y-%m-%d} the clocks of {zone} {what} {at:%H:%M}; choose another hour")
    if len(alerts.days_off) == len(WEEKDAYS):
        yield Fault("alerts.days_off", "leaves no day on which a text message could go out; text = false has none")
    for name in ("text_channels", "report_channels"):
        values: tuple[str, ...] = getattr(alerts, name) or ()
        for index, value in enumerate(values):
            if not value.strip() or value in values[:index]:
                yield Fault(f"alerts.{name}[{index}]", f"{value!r} is blank or stands here twice")


@lru_cache(maxsize=256)
def _unsure(at: time, zone: str) -> tuple[datetime, str] | None:
    """Return the first day on which a zone's clocks do not show a time exactly once, and what they do; or None."""
    clock = ZoneInfo(zone)
    if clock.utcoffset(None) is not None:  # it never changes
        return None
    day = datetime.combine(date(_YEARS.start, 1, 1), at, clock)
    while day.year < _YEARS.stop:
        first, second = day.utcoffset(), day.replace(fold=1).utcoffset()
        if first is not None and second is not None and first != second:
            # In a gap the first reading is by the offset before it, which is the smaller one (PEP 495).
            return day, "skip" if first < second else "repeat"
        day += timedelta(days=1)
    return None
