"""Quiet hours: when a person's clock holds what is not urgent, and until when (requirement C3). Pure.

How spans are written stands in ``hours``; what they may hold is said in ``wishes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from attrs import define, field

from resolutionkit.errors import InvalidValue
from resolutionkit.model.hours import DAY, WEEKDAYS, days_of, minutes, round_the_clock
from resolutionkit.model.values import FrozenMap, utc

_SECOND = timedelta(seconds=1)


def _hours(value: Mapping[str, str | Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    return _weekly(value)


def _weekly(value: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        told = "a mapping of weekdays to hours, such as {'monday-friday': '20:00-07:00', 'sunday': '00:00-24:00'}"
        raise InvalidValue("quiet_hours", value, told)
    quiet: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for key, spans in value.items():
        place = f"quiet_hours[{key!r}]"
        for day in map(WEEKDAYS.index, days_of(key, "quiet_hours")):
            for start, end in round_the_clock(spans, place):
                quiet[day].append((start, end if start < end else DAY))
                if start > end > 0:
                    quiet[(day + 1) % 7].append((0, end))
    return FrozenMap({WEEKDAYS[day]: tuple(_merged(spans)) for day, spans in quiet.items() if spans})


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Yield spans that neither overlap nor touch, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    for start, end in found:
        yield f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


@define(frozen=True, slots=False)
class QuietHours:
    """When somebody is not to be disturbed, on the clock of their own zone.

    An instant is quiet if the clock on the wall then shows a time within the hours of that weekday. So what is held
    when clocks go forward waits no longer than to the first time that is shown after the gap, and an hour that comes
    twice is quiet twice.

    Attributes:
        hours: The hours by weekday, such as ``{"monday-friday": "20:00-07:00", "saturday-sunday": "00:00-24:00"}``:
            spans, several with commas or as a list; one that ends before it begins goes on into the next day. They are
            kept by weekday, as tuples such as ``("00:00-07:00", "20:00-24:00")``, those that meet as one.

    Raises:
        InvalidValue: A weekday or a span cannot be read, or no time of the week is left.
    """

    hours: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_hours)

    def __attrs_post_init__(self) -> None:
        """Refuse what is never over."""
        if sum(end - start for spans in self._spans for start, end in spans) == 7 * DAY:
            told = "some time of the week that is not quiet; who wants to be told nothing chooses no channels"
            raise InvalidValue("quiet_hours", dict(self.hours), told)

    def __hash__(self) -> int:
        """Hash the hours."""
        return hash(tuple(self.hours.items()))

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self.hours)

    @cached_property
    def _spans(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Return the spans of each weekday, in minutes since midnight."""
        return tuple(tuple(map(minutes, self.hours.get(day, ()))) for day in WEEKDAYS)

    def over_at(self, instant: datetime, zone: str) -> datetime | None:
        """Return the first instant from which on it is no longer quiet, in UTC, or None where it is not quiet now.

        Args:
            instant: An aware instant.
            zone: The IANA zone of the reader's clock.
        """
        at = start = utc(instant, "instant", InvalidValue)
        clock = ZoneInfo(zone)
        while (left := self._left(at.astimezone(clock))) is not None:
            at = _steady(at, at + left, clock)
        return None if at == start else at

    def _left(self, shown: datetime) -> timedelta | None:
        """Return how much of quiet hours is left by what a clock shows, or None where there are none."""
        midnight = shown.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        passed = shown.replace(tzinfo=None) - midnight
        ends = (
            timedelta(minutes=end) for start, end in self._spans[shown.weekday()] if timedelta(minutes=start) <= passed
        )
        return next((end - passed for end in ends if passed < end), None)


def _steady(start: datetime, end: datetime, clock: ZoneInfo) -> datetime:
    """Return the end, or the instant before it at which the clock is moved: what it shows then has to be looked at."""
    offset = start.astimezone(clock).utcoffset()
    if end.astimezone(clock).utcoffset() == offset:
        return end
    before, after = start, end
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        before, after = (middle, after) if middle.astimezone(clock).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)
