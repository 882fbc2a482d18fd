"""The business calendar: when a team works, and how much of its time passes between two instants (requirement D7).

How hours are written stands in ``model.hours``, how the time line is made in ``policy.openings``, whence the holidays
of a country come in ``policy.country``. Nothing here knows of issues, targets or timers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from attrs import define, field

from resolutionkit.errors import Fault, InvalidValue, PolicyError
from resolutionkit.model.hours import WEEKDAYS, minutes, spans, weekly
from resolutionkit.model.values import (
    CODE_MAX,
    LINE_MAX,
    FrozenMap,
    code,
    instant_of,
    is_zone,
    micros,
    text,
    utc,
)
from resolutionkit.policy.clocks import year_start
from resolutionkit.policy.country import country_faults, country_holidays
from resolutionkit.policy.openings import Openings, Tiles, closed_day, open_day
from resolutionkit.policy.stretches import Stretch, StretchReason

T = TypeVar("T")

DUE_WITHIN = timedelta(days=3653)
"""How far away a due instant may be: ten years."""
_SPAN_MAX = timedelta(days=36525)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST, _LATEST = year_start(2), year_start(9998)


def _hours(value: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    return weekly(value, "hours")


def _holidays(value: Mapping[date, str] | Mapping[str, str]) -> Mapping[date, str]:
    dated = _dated(value, "holidays")
    return FrozenMap({day: code(name, f"holidays[{day}]", InvalidValue, LINE_MAX) for day, name in dated.items()})


def _special_hours(value: Mapping[date, Iterable[str]] | Mapping[str, Iterable[str]]) -> Mapping[date, tuple[str, ...]]:
    dated = _dated(value, "special_hours")
    return FrozenMap({day: spans(hours, f"special_hours[{day}]") for day, hours in dated.items()})


def _dated(value: Mapping[date, T] | Mapping[str, T], place: str) -> dict[date, T]:
    if not isinstance(value, Mapping):
        raise InvalidValue(place, value, "a mapping of dates, such as {'2026-12-25': …}")
    found: dict[date, T] = {}
    for key, one in value.items():
        day = _date(key, place)
        if day in found:
            raise InvalidValue(place, key, "each date once")
        found[day] = one
    return dict(sorted(found.items()))


def _date(value: object, place: str) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidValue(place, value, "a date without a time, such as date(2026, 12, 25) or '2026-12-25'")
    return day


def _zone(value: str) -> str:
    return text(value, "zone", InvalidValue, CODE_MAX)


def _optional(value: str | None, place: str) -> str | None:
    return None if value is None else code(value, place, InvalidValue)


def _country(value: str | None) -> str | None:
    return _optional(value, "country")


def _subdivision(value: str | None) -> str | None:
    return _optional(value, "subdivision")


def _language(value: str | None) -> str | None:
    return _optional(value, "language")


@define(kw_only=True, frozen=True, slots=False)
class BusinessCalendar:
    """When a team works: hours on the clock of a zone, without holidays.

    An instant is business time if the clock on the team's wall then shows a time within the hours of that date. When
    clocks go forward, the hour that is left out is not counted; when they go back, the hour that comes twice counts
    twice if it lies within the hours. Counted time is time that really passes.

    The weekday's hours hold unless the date is a holiday by hand, has special hours, or is a holiday of the country:
    the first of these decides. One more holiday never brings a due instant forward (L9), more hours never move it back.

    Attributes:
        hours: The hours by weekday, such as ``{"monday-friday": "09:00-12:30, 13:30-18:00", "sunday": "10:00-14:00"}``:
            spans from 00:00 to 24:00, several with commas or as a list. A weekday that is left out has none. They are
            kept by weekday, as tuples such as ``("09:00-12:30", "13:30-18:00")``.
        zone: The IANA zone of the clock on the wall, such as ``"Europe/Lisbon"``.
        holidays: Holidays by hand: dates, also as ISO 8601 text, with their names.
        special_hours: Dates with hours of their own, such as half days; also on a day that would have none.
        country: The country whose public holidays are kept, by its ISO 3166-1 code of two letters, or None. They come
            from the installed ``holidays`` package (extra ``calendars``), year by year, for as far as it knows them.
        subdivision: The part of the country, by the code that the package has for it; None for holidays of all.
        language: The language of the names, such as ``"en_US"``; None for the country's own.

    Raises:
        InvalidValue: A field is of another type, or cannot be read.
        PolicyError: It is unsound: no open hour, no such zone, country, subdivision or language, a date twice.
        MissingExtra: There is a country, and the extra ``calendars`` is not installed.
    """

    hours: Mapping[str, tuple[str, ...]] = field(converter=_hours)
    zone: str = field(converter=_zone)
    holidays: Mapping[date, str] = field(factory=dict, converter=_holidays)
    special_hours: Mapping[date, tuple[str, ...]] = field(factory=dict, converter=_special_hours)
    country: str | None = field(default=None, converter=_country)
    subdivision: str | None = field(default=None, converter=_subdivision)
    language: str | None = field(default=None, converter=_language)
    _openings: Openings = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse an unsound calendar with all its faults."""
        faults = list(_faults(self))
        if faults:
            raise PolicyError(faults, "the business calendar")
        object.__setattr__(self, "_openings", _openings(self))

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling and copying, without what was worked out."""
        fields = ("hours", "zone", "holidays", "special_hours", "country", "subdivision", "language")
        return (partial(type(self), **{name: getattr(self, name) for name in fields}), ())

    def due(self, start: datetime, business: timedelta) -> datetime:
        """Return the earliest instant by which so much business time has passed since the start, in UTC.

        Outside hours the clock stands still until the next open instant. A day's work is due when that day closes, not
        when the next one opens; no business time at all is due at the start itself. What happens at exactly the due
        instant is in time.

        Args:
            start: An aware instant between the years 2 and 9997.
            business: How much business time; not negative.

        Raises:
            InvalidValue: An argument is not acceptable, or so much takes more than ten years.
        """
        at = _instant(start, "start")
        amount = _amount(business)
        if amount == 0:
            return instant_of(at)
        latest = min(at + DUE_WITHIN // _MICROSECOND, _LATEST)
        due = self._openings.reach(at, amount, latest)
        if due is None:
            most = timedelta(microseconds=self._openings.between(at, latest))
            raise InvalidValue(
                "business", business, f"at most {most}, all that is open in the ten years from the start"
            )
        return instant_of(due)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much business time passes from one instant to another.

        Args:
            start: An aware instant between the years 2 and 9997.
            end: The same or a later one, at most a hundred years later.

        Raises:
            InvalidValue: An instant is not acceptable, or the end lies before the start or too far behind it.
        """
        return timedelta(microseconds=self._openings.between(*_ordered(start, end)))

    def explain(self, start: datetime, end: datetime) -> tuple[Stretch, ...]:
        """Return all stretches from one instant to another, each counted or skipped with its reason.

        They are in order, without gap or overlap, neighbours differ in reason or name, and the counted ones add up to
        :meth:`between`.

        Args:
            start: An aware instant between the years 2 and 9997.
            end: The same or a later one, at most a hundred years later; the same gives no stretch.

        Raises:
            InvalidValue: An instant is not acceptable, or the end lies before the start or too far behind it.
        """
        return tuple(
            Stretch(
                start=instant_of(piece.start),
                end=instant_of(piece.end),
                reason=piece.reason,
                name=piece.name,
                zone=self.zone,
            )
            for piece in self._openings.pieces(*_ordered(start, end))
        )

    def open_in_a_year(self) -> timedelta:
        """Return how long it is open in a year without holidays and special hours."""
        spans_of = (span for hours in self.hours.values() for span in map(minutes, hours))
        return timedelta(minutes=sum(end - start for start, end in spans_of)) * 52

    def holidays_in(self, year: int) -> Mapping[date, str]:
        """Return the holidays of a year, those of the country and those by hand, by their dates in order.

        A date with special hours is none. Holidays on weekdays without hours are there too.

        Raises:
            InvalidValue: The year is no whole number from 1 to 9999.
        """
        if type(year) is not int or not 1 <= year <= 9999:
            raise InvalidValue("year", year, "a whole number from 1 to 9999")
        found: dict[date, str] = {}
        if self.country is not None:
            found |= country_holidays(self.country, self.subdivision, self.language, year)
        found |= {day: name for day, name in self.holidays.items() if day.year == year}
        return FrozenMap({day: found[day] for day in sorted(found) if day not in self.special_hours})


def _faults(calendar: BusinessCalendar) -> Iterator[Fault]:
    if not calendar.hours:
        yield Fault("hours", "no weekday has hours; give at least one, such as {'monday-friday': '09:00-17:00'}")
    if not is_zone(calendar.zone):
        yield Fault("zone", f"{calendar.zone!r} is no IANA time zone, such as 'Europe/London'")
    for day, hours in calendar.special_hours.items():
        if not hours:
            yield Fault(f"special_hours[{day}]", "has no hours; name the date in holidays instead")
        if day in calendar.holidays:
            yield Fault(f"special_hours[{day}]", f"the date is the holiday {calendar.holidays[day]!r} too; keep one")
    if calendar.country is not None:
        yield from country_faults(calendar.country, calendar.subdivision, calendar.language)
    else:
        for name in ("subdivision", "language"):
            if getattr(calendar, name) is not None:
                yield Fault(name, "means nothing without a country; name the country, or leave it out")


def _openings(calendar: BusinessCalendar) -> Openings:
    week = [
        open_day(calendar.hours[day]) if day in calendar.hours else closed_day(StretchReason.NO_HOURS)
        for day in WEEKDAYS
    ]
    own = {day: open_day(hours) for day, hours in calendar.special_hours.items()}

    def special(year: int) -> dict[date, Tiles]:
        closed = {
            day: closed_day(StretchReason.HOLIDAY, name)
            for day, name in calendar.holidays_in(year).items()
            if WEEKDAYS[day.weekday()] in calendar.hours
        }
        return closed | {day: tiles for day, tiles in own.items() if day.year == year}

    return Openings(calendar.zone, week, special)


def _instant(value: datetime, place: str) -> int:
    at = micros(utc(value, place, InvalidValue))
    if not _EARLIEST <= at <= _LATEST:
        raise InvalidValue(place, value, "an instant between the years 2 and 9997")
    return at


def _amount(value: object) -> int:
    if not isinstance(value, timedelta) or value < timedelta(0):
        raise InvalidValue("business", value, "a timedelta that is not negative")
    return value // _MICROSECOND


def _ordered(start: datetime, end: datetime) -> tuple[int, int]:
    first, last = _instant(start, "start"), _instant(end, "end")
    if not first <= last <= first + _SPAN_MAX // _MICROSECOND:
        raise InvalidValue("end", end, "an instant that is not before the start, nor a hundred years after it")
    return first, last
