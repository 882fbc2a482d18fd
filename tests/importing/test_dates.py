"""Dates: days, times with and without an offset, and both changes of the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.errors import InvalidValue
from resolutionkit.importing.dates import Dates
from resolutionkit.importing.rows import RowRefused

LONDON = Dates(zone="Europe/London")


def utc(*parts: int) -> datetime:
    """Return an instant in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-06-03", utc(2026, 6, 2, 23)),
        ("2026-06-03T14:30", utc(2026, 6, 3, 13, 30)),
        ("2026-06-03 14:30:15.250", utc(2026, 6, 3, 13, 30, 15, 250_000)),
        ("2026-06-03T14:30Z", utc(2026, 6, 3, 14, 30)),
        ("2026-06-03T14:30+05:30", utc(2026, 6, 3, 9)),
        ("2026-12-03", utc(2026, 12, 3)),
    ],
)
def test_an_iso_date_becomes_its_instant(text: str, instant: datetime) -> None:
    """A day is its start in the zone, a naive time is the zone's, and an offset is kept."""
    assert LONDON.instant(text, "at") == instant
    assert LONDON.instant(text, "at").tzinfo is UTC


def test_formats_are_tried_in_order() -> None:
    """The first pattern that fits is the one that counts; a pattern without a time means a day."""
    dates = Dates(zone="UTC", formats=("%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y", "iso"))
    assert dates.instant("03/06/2026 14:30", "at") == utc(2026, 6, 3, 14, 30)
    assert dates.instant("03/06/2026", "at") == utc(2026, 6, 3)
    assert dates.instant("12/31/2026", "at") == utc(2026, 12, 31)
    assert dates.instant("2026-06-03", "at") == utc(2026, 6, 3)


def test_a_doubled_percent_sign_is_no_directive() -> None:
    """A literal percent sign before an H does not make a day a time."""
    dates = Dates(zone="Europe/London", formats=("%%H %Y-%m-%d",))
    assert dates.day("%H 2026-06-03", "at") == date(2026, 6, 3)


def test_a_time_that_the_clocks_jump_over_is_refused() -> None:
    """01:30 on the morning of summer time is on no clock in London."""
    with pytest.raises(RowRefused, match=r"2026-03-29 01:30:00 does not exist in Europe/London"):
        LONDON.instant("2026-03-29 01:30", "at")
    assert LONDON.instant("2026-03-29 02:00", "at") == utc(2026, 3, 29, 1)


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    """01:30 at the end of summer time is taken as summer time."""
    assert LONDON.instant("2026-10-25 01:30", "at") == utc(2026, 10, 25, 0, 30)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Asia/Beirut", "2022-03-27", utc(2022, 3, 26, 22)),  # forward at midnight: the day starts at 01:00
        ("America/Toronto", "1919-03-31", utc(1919, 3, 31, 4, 30)),  # forward at 23:30: it starts at 00:30
        ("America/Havana", "2026-11-01", utc(2026, 11, 1, 4)),  # back at 01:00: midnight comes twice
    ],
)
def test_a_day_starts_with_its_first_instant_on_the_clock(zone: str, day: str, start: datetime) -> None:
    """Where midnight is missing or comes twice, the day still has one start."""
    assert Dates(zone=zone).instant(day, "at") == start


def test_a_day_that_the_calendar_left_out_is_refused() -> None:
    """Samoa had no 30 December 2011."""
    with pytest.raises(RowRefused, match="the calendar went over it"):
        Dates(zone="Pacific/Apia").instant("2011-12-30", "at")


def test_a_date_without_offset_needs_a_zone() -> None:
    """Nobody guesses a zone: the row is refused and says which setting is missing."""
    with pytest.raises(RowRefused, match=r"set \[dates\] zone"):
        Dates().instant("2026-06-03", "at")
    assert Dates().instant("2026-06-03T00:00Z", "at") == utc(2026, 6, 3)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "", "31/31/2026", "2026-06-03T25:00", "\u0662\u0660"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """The reason names the formats that would be right."""
    with pytest.raises(RowRefused, match=r"is not a date; expected ISO 8601, .*; set \[dates\] formats") as refused:
        LONDON.instant(text, "at")
    with pytest.raises(RowRefused, match=r"expected %d/%m/%Y$"):
        Dates(formats=("%d/%m/%Y",)).instant(text.replace("31/31", "31/13"), "at")
    assert refused.value.column == "at"


@pytest.mark.parametrize("text", ["0001-01-01T00:00+05:00", "9999-12-31T23:59-05:00"])
def test_an_instant_outside_of_the_calendar_is_refused(text: str) -> None:
    """An offset may not push a date out of the years 1 to 9999."""
    with pytest.raises(RowRefused, match="between the years 1 and 9999"):
        LONDON.instant(text, "at")


def test_a_day_may_have_no_time() -> None:
    """An attribute that is a date refuses a date-time."""
    assert LONDON.day("2026-06-03", "since") == date(2026, 6, 3)
    with pytest.raises(RowRefused, match="has a time"):
        LONDON.day("2026-06-03 10:00", "since")


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../etc/passwd", "Europe", "UTC+1"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """A zone is one of the IANA's."""
    with pytest.raises(InvalidValue, match="an IANA time zone"):
        Dates(zone=zone)


@pytest.mark.parametrize("formats", [("%Q",), ("%",), ("ISO",), ()])
def test_a_format_that_is_none_is_refused(formats: tuple[str, ...]) -> None:
    """A pattern is tried when it is built, not with the first row."""
    with pytest.raises(InvalidValue, match="formats"):
        Dates(formats=formats)


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)),
    st.sampled_from(
        ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
    ),
)
def test_a_local_time_is_refused_or_comes_back(local: datetime, zone: str) -> None:
    """Shown on the zone's clock, an instant reads as the file wrote it."""
    dates = Dates(zone=zone)
    try:
        instant = dates.instant(local.isoformat(), "at")
    except RowRefused as refused:
        assert "does not exist" in refused.reason  # noqa: PT017
    else:
        assert instant.astimezone(dates.zone).replace(tzinfo=None) == local


@given(
    st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.sampled_from(["Europe/London", "Asia/Beirut", "America/Havana"])
)
def test_days_tile_time(day: date, zone: str) -> None:
    """The instant before a day's start belongs to the day before."""
    dates = Dates(zone=zone)
    start = dates.instant(day.isoformat(), "at")
    assert start.astimezone(dates.zone).date() == day
    assert (start - timedelta(microseconds=1)).astimezone(dates.zone).date() == day - timedelta(days=1)


def test_seconds_since_1970_are_an_instant() -> None:
    """Whole ones, in UTC, beside other formats; what no calendar has is refused."""
    dates = Dates(formats=("unix", "iso"))
    assert dates.instant("1780490000", "at") == datetime(2026, 6, 3, 12, 33, 20, tzinfo=UTC)
    assert dates.instant("2026-06-03T12:33:20Z", "at") == datetime(2026, 6, 3, 12, 33, 20, tzinfo=UTC)
    for text in ("-1", "1780490000.5", "1780490000000", "9" * 5_000, "\u0661", "999999999999"):
        with pytest.raises(RowRefused, match="is not a date; expected seconds since 1970"):
            dates.instant(text, "at")
