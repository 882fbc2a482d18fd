"""From the text of a date to an instant, in the mapping's zone and both changes of its clock included.

The rules (requirement A10): a day without a time is that day's start in the zone; a time without an offset is the
zone's; one with an offset keeps it. A time that a clock change passes over is refused; of a time that comes twice
the first is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import field, frozen

from resolutionkit.errors import InvalidValue, shown
from resolutionkit.importing.rows import RowRefused

ISO = "iso"
"""The name, among date formats, of all that ISO 8601 allows: days, times, offsets."""

UNIX = "unix"
"""The name, among date formats, of whole seconds since the start of 1970 in UTC."""

_TIME_DIRECTIVES = ("%H", "%I", "%M", "%S", "%f", "%p", "%c", "%X", "%z")
_SECONDS = re.compile("[0-9]{1,11}")
_MINUTE = timedelta(minutes=1)


def _iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)


def _unix(text: str) -> date:
    if not _SECONDS.fullmatch(text):
        raise ValueError(text)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text))


_READERS: dict[str, Callable[[str], date]] = {ISO: _iso, UNIX: _unix}
"""What reads a text by the formats that have a name."""
_IN_WORDS = {ISO: "ISO 8601, such as 2026-06-03T14:30", UNIX: "seconds since 1970, such as 1780490000"}


def _zone(value: object) -> ZoneInfo | None:
    if value is None or isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (LookupError, OSError, ValueError) as problem:
        raise InvalidValue("zone", value, 'an IANA time zone, such as "Europe/London" or "UTC"') from problem


def _formats(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        if one in _READERS:
            continue
        if "%" not in one:
            raise InvalidValue("formats", one, f'"{ISO}", "{UNIX}" or a pattern such as "%d/%m/%Y %H:%M"')
        # Only parsing finds out whether a pattern is one; that the text does not fit it is no fault.
        try:
            datetime.strptime("", one)  # noqa: DTZ007
        except ValueError as problem:
            if "bad directive" in str(problem) or "stray" in str(problem):
                raise InvalidValue("formats", one, "a pattern that datetime.strptime knows") from problem
    if not value:
        raise InvalidValue("formats", value, "at least one format")
    return tuple(value)


@frozen(kw_only=True)
class Dates:
    """The ``[dates]`` table of a mapping: how a file writes dates.

    Attributes:
        zone: The IANA zone of days, and of times without an offset; None refuses such rows.
        formats: ``"iso"``, ``"unix"`` (seconds since 1970) or patterns of :meth:`datetime.datetime.strptime`, tried in
            order.

    Raises:
        InvalidValue: The zone is unknown, or a format is none.
    """

    zone: ZoneInfo | None = field(default=None, converter=_zone)
    formats: tuple[str, ...] = field(default=(ISO,), converter=_formats)

    def instant(self, text: str, column: str) -> datetime:
        """Return the instant that a cell means, in UTC.

        Raises:
            RowRefused: It is written in no known way, does not exist on the zone's clock, or has neither an offset
                nor a zone.
        """
        return self.placed(self._read(text, column), column)

    def day(self, text: str, column: str) -> date:
        """Return the day that a cell means, in no zone.

        Raises:
            RowRefused: It is written in no known way, or has a time.
        """
        found = self._read(text, column)
        if isinstance(found, datetime):
            raise RowRefused(column, f"{shown(text)} has a time; a day is expected")
        return found

    def placed(self, found: date, column: str) -> datetime:
        """Return the instant, in UTC, of a day's start or of a time that may lack its offset.

        Raises:
            RowRefused: It does not exist on the zone's clock, or has neither an offset nor a zone.
        """
        try:
            if isinstance(found, datetime) and found.utcoffset() is not None:
                return found.astimezone(UTC)
            if self.zone is None:
                raise RowRefused(column, f"{found} has no UTC offset; set [dates] zone in the mapping")
            if isinstance(found, datetime):
                return _on_clock(found, self.zone, column)
            return _start_of(found, self.zone, column)
        except OverflowError:
            raise RowRefused(column, f"{found} is not between the years 1 and 9999 in UTC") from None

    def in_iso(self) -> Dates:
        """Return the same zone's dates as a file writes them that knows which of its columns are dates."""
        return self if self.formats == (ISO,) else Dates(zone=self.zone)

    def _read(self, text: str, column: str) -> date:
        for one in self.formats:
            try:
                return _READERS[one](text) if one in _READERS else _strptime(text, one)
            except ValueError:
                continue
        hint = "; set [dates] formats if the file writes dates otherwise" if self.formats == (ISO,) else ""
        expected = " or ".join(map(_named, self.formats))
        raise RowRefused(column, f"{shown(text)} is not a date; expected {expected}{hint}")


def _named(one: str) -> str:
    return _IN_WORDS.get(one, one)


def _strptime(text: str, pattern: str) -> date:
    found = datetime.strptime(text, pattern)  # noqa: DTZ007
    # A doubled percent sign is none of a directive: %%H is the letter H after a sign.
    directives = pattern.replace("%%", "")
    return found if any(one in directives for one in _TIME_DIRECTIVES) else found.date()


def _exists(local: datetime) -> bool:
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)


def _on_clock(found: datetime, zone: ZoneInfo, column: str) -> datetime:
    local = found.replace(tzinfo=zone)
    if not _exists(local):
        raise RowRefused(column, f"{found} does not exist in {zone.key}: the clocks went forward over it")
    return local.astimezone(UTC)


def _start_of(day: date, zone: ZoneInfo, column: str) -> datetime:
    midnight = datetime.combine(day, time(), zone)
    if _exists(midnight):
        return midnight.astimezone(UTC)
    # Some zones go forward at midnight, and the day starts with its first minute that is on the clock.
    minutes = (midnight + _MINUTE * count for count in range(1, 24 * 60))
    first = next(filter(_exists, minutes), None)
    if first is None:
        raise RowRefused(column, f"{day} does not exist in {zone.key}: the calendar went over it")
    return first.astimezone(UTC)
