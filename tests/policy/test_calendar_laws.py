"""What always holds of business time, and the same counted minute by minute by somebody who knows no calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from resolutionkit.model.hours import WEEKDAYS
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.stretches import StretchReason

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CHANGES = [
    ("Europe/London", "2026-03-29T01:00"),
    ("Europe/London", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("America/St_Johns", "2006-10-29T02:31"),
    ("America/St_Johns", "2026-03-08T05:30"),
    ("Asia/Kathmandu", "1985-12-31T18:30"),
    ("Africa/Casablanca", "2026-02-15T02:00"),
    ("Africa/Casablanca", "2026-03-22T02:00"),
    ("Pacific/Apia", "2011-12-30T10:00"),
    ("Pacific/Kwajalein", "1993-08-21T12:00"),
    ("Asia/Beirut", "2026-10-24T21:00"),
    ("America/Sao_Paulo", "2018-11-04T03:00"),
]
"""Instants at which clocks were or will be moved: by an hour or half of it, at midnight, over a whole day."""


@st.composite
def day_hours(draw: st.DrawFn, least: int = 0) -> list[str]:
    """Draw the spans of a day: often touching, at midnight, or tiny."""
    cuts = sorted(draw(st.sets(st.integers(0, 288).map(lambda five: five * 5), min_size=2 * least, max_size=6)))
    texts = [f"{cut // 60:02}:{cut % 60:02}" for cut in cuts]
    return [f"{start}-{end}" for start, end in zip(texts[::2], texts[1::2], strict=False)]


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    """Draw the hours of a week with at least one open hour."""
    hours = {day: draw(day_hours()) for day in WEEKDAYS}
    hours[draw(st.sampled_from(WEEKDAYS))] = draw(day_hours(least=1))
    return hours


@st.composite
def calendars_around(draw: st.DrawFn, near: date, zone: str) -> BusinessCalendar:
    """Draw a calendar with holidays and special hours near a date."""
    dates = st.integers(-4, 6).map(lambda days: near + timedelta(days=days))
    holidays = draw(st.dictionaries(dates, st.sampled_from(["Fair", "Feast"]), max_size=3))
    special = draw(st.dictionaries(dates.filter(lambda day: day not in holidays), day_hours(least=1), max_size=2))
    return BusinessCalendar(hours=draw(weeks()), zone=zone, holidays=holidays, special_hours=special)


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone and an instant on a whole minute, mostly shortly before its clocks move."""
    zone, change = draw(st.sampled_from(CHANGES))
    at = datetime.fromisoformat(change).replace(tzinfo=UTC)
    if draw(st.integers(0, 3)) == 0:
        at = datetime(1975, 1, 1, tzinfo=UTC) + draw(st.integers(0, 85 * 365 * 24 * 60)) * MINUTE
    return zone, at - draw(st.integers(0, 3 * 24 * 60)) * MINUTE


@st.composite
def situations(draw: st.DrawFn) -> tuple[BusinessCalendar, datetime]:
    """Draw a calendar and an instant near its holidays."""
    zone, start = draw(moments())
    calendar = draw(calendars_around(start.date(), zone))
    return calendar, start + timedelta(microseconds=draw(st.sampled_from([0, 1, 59_999_999, 12_345_678])))


SPANS = st.one_of(
    st.timedeltas(timedelta(0), 4 * DAY), st.timedeltas(timedelta(0), 400 * DAY), st.sampled_from([timedelta(0)])
)
BUSINESS = st.one_of(st.timedeltas(timedelta(0), 12 * 60 * MINUTE), st.integers(0, 600).map(lambda n: n * 5 * MINUTE))


def by_hand(calendar: BusinessCalendar, minute: datetime) -> tuple[StretchReason, str | None]:
    """Say what a minute is by looking at the clock on the wall, and nothing else."""
    local = minute.astimezone(ZoneInfo(calendar.zone))
    day, weekday = local.date(), WEEKDAYS[local.weekday()]
    if day not in calendar.special_hours and weekday not in calendar.hours:
        return StretchReason.NO_HOURS, None
    if day in calendar.holidays:
        return StretchReason.HOLIDAY, calendar.holidays[day]
    for span in calendar.special_hours.get(day) or calendar.hours[weekday]:
        opens, closes = span.split("-")
        if time.fromisoformat(opens) <= local.time() and (
            closes == "24:00" or local.time() < time.fromisoformat(closes)
        ):
            return StretchReason.OPEN, None
    return StretchReason.OUTSIDE_HOURS, None


@settings(max_examples=60, deadline=None)
@given(data=st.data(), moment=moments(), length=st.integers(1, 5 * 24 * 60))
def test_every_minute_is_what_the_clock_on_the_wall_says(data: Any, moment: tuple[str, datetime], length: int) -> None:
    """Counting the minutes one by one gives the same stretches, the same sum and the same due instants."""
    zone, start = moment
    calendar = data.draw(calendars_around((start + DAY).date(), zone))
    minutes = [start + number * MINUTE for number in range(length)]
    told = [by_hand(calendar, minute) for minute in minutes]
    stretches = calendar.explain(start, start + length * MINUTE)
    found = [(one.reason, one.name) for one in stretches for _ in range(one.length // MINUTE)]
    assert found == told
    opened = [minute for minute, (reason, _) in zip(minutes, told, strict=True) if reason is StretchReason.OPEN]
    assert calendar.between(start, start + length * MINUTE) == len(opened) * MINUTE
    for number in {1, len(opened) // 2, len(opened)} - {0}:
        if number <= len(opened):
            assert calendar.due(start, number * MINUTE) == opened[number - 1] + MINUTE


@settings(deadline=None)
@given(situation=situations(), span=SPANS)
def test_stretches_tile_the_time(situation: tuple[BusinessCalendar, datetime], span: timedelta) -> None:
    """From the start to the end, without gap or overlap, none empty; what counts adds up."""
    calendar, start = situation
    stretches = calendar.explain(start, start + span)
    edges = [start, *(one.end for one in stretches)]
    assert [one.start for one in stretches] == edges[:-1]
    assert edges[-1] == start + span
    assert all(one.start < one.end for one in stretches)
    assert all((a.reason, a.name) != (b.reason, b.name) for a, b in pairwise(stretches))
    counted = sum((one.length for one in stretches if one.is_counted), timedelta(0))
    assert counted == calendar.between(start, start + span)


@settings(deadline=None)
@given(situation=situations(), first=SPANS, second=SPANS)
def test_business_time_adds_up(
    situation: tuple[BusinessCalendar, datetime], first: timedelta, second: timedelta
) -> None:
    """From a to b and from b to c is from a to c, and no more than what really passes."""
    calendar, start = situation
    middle, end = start + first, start + first + second
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)
    assert timedelta(0) <= calendar.between(start, middle) <= first


@settings(deadline=None)
@given(situation=situations(), business=BUSINESS)
def test_a_due_instant_is_the_first_by_which_so_much_has_passed(
    situation: tuple[BusinessCalendar, datetime], business: timedelta
) -> None:
    """Exactly so much has passed there, and a microsecond before it had not."""
    calendar, start = situation
    due = calendar.due(start, business)
    assert calendar.between(start, due) == business
    if business:
        assert calendar.between(start, due - timedelta(microseconds=1)) < business
    else:
        assert due == start


@settings(deadline=None)
@given(situation=situations(), later=SPANS, business=BUSINESS, more=BUSINESS)
def test_due_instants_keep_their_order(
    situation: tuple[BusinessCalendar, datetime], later: timedelta, business: timedelta, more: timedelta
) -> None:
    """Who starts later is not due earlier; more business time is due later; in two steps or one is the same."""
    calendar, start = situation
    due = calendar.due(start, business)
    assert due <= calendar.due(start + later, business)
    assert due <= calendar.due(start, business + more)
    if business and more:
        assert calendar.due(due, more) == calendar.due(start, business + more)


@settings(deadline=None)
@given(situation=situations(), business=BUSINESS, days=st.integers(-3, 30))
def test_one_more_holiday_brings_no_due_instant_forward(
    situation: tuple[BusinessCalendar, datetime], business: timedelta, days: int
) -> None:
    """Law L9: wherever the holiday lies."""
    calendar, start = situation
    day = start.date() + timedelta(days=days)
    assume(day not in calendar.special_hours)
    more = BusinessCalendar(
        hours=calendar.hours,
        zone=calendar.zone,
        holidays={**calendar.holidays, day: "One more"},
        special_hours=calendar.special_hours,
    )
    assert more.due(start, business) >= calendar.due(start, business)


@settings(deadline=None)
@given(situation=situations(), business=BUSINESS, weekday=st.sampled_from(WEEKDAYS), hours=day_hours(least=1))
def test_more_hours_move_no_due_instant_back(
    situation: tuple[BusinessCalendar, datetime], business: timedelta, weekday: str, hours: list[str]
) -> None:
    """A weekday that had no hours gets some, or one that had some is open round the clock."""
    calendar, start = situation
    opened = ["00:00-24:00"] if weekday in calendar.hours else hours
    more = BusinessCalendar(
        hours={**calendar.hours, weekday: opened},
        zone=calendar.zone,
        holidays=calendar.holidays,
        special_hours=calendar.special_hours,
    )
    assert more.due(start, business) <= calendar.due(start, business)


@settings(deadline=None)
@given(
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/St_Johns"]),
    day=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    minute=st.integers(4 * 60, 24 * 60 - 1),
    business=st.timedeltas(timedelta(0), 60 * DAY),
)
def test_clocks_that_move_at_night_move_no_due_instant_by_day(
    zone: str, day: date, minute: int, business: timedelta
) -> None:
    """Law L9: on the wall, a team that works from four in the morning is due as if no clock ever moved."""
    hours = {"monday-friday": "04:00-12:00, 13:00-20:00", "saturday": "08:00-09:00"}
    moving, still = (BusinessCalendar(hours=hours, zone=one) for one in (zone, "UTC"))
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=UTC)
    due = moving.due(wall.replace(tzinfo=ZoneInfo(zone)), business)
    assert due.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) == still.due(wall, business)
