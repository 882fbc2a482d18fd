"""The business calendar: what is due when, what counts, how it is explained, and what is refused."""

from __future__ import annotations

import copy
import pickle
import sys
import time
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from itertools import pairwise
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from resolutionkit.errors import InvalidValue, MissingExtra, PolicyError
from resolutionkit.model.hours import WEEKDAYS
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.stretches import Stretch, StretchReason

WEEK = {"monday-friday": "09:00-17:00"}
OFFICE = BusinessCalendar(hours=WEEK, zone="Europe/London", holidays={"2026-12-25": "Christmas Day"})
HOUR = timedelta(hours=1)


def at(text: str, zone: str = "Europe/London", fold: int = 0) -> datetime:
    """Return an instant by what a clock shows."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def shown(stretches: tuple[Stretch, ...]) -> list[str]:
    """Return the stretches as they print."""
    return [str(one) for one in stretches]


# --- due -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 09:00", 8, "2026-11-23 17:00"),  # a Monday
        ("2026-11-23 16:00", 2, "2026-11-24 10:00"),
        ("2026-11-23 07:00", 1, "2026-11-23 10:00"),
        ("2026-11-23 20:00", 1, "2026-11-24 10:00"),
        ("2026-11-23 17:00", 1, "2026-11-24 10:00"),
        ("2026-11-27 16:00", 2, "2026-11-30 10:00"),
        ("2026-11-28 12:00", 8, "2026-11-30 17:00"),
        ("2026-12-24 16:00", 2, "2026-12-28 10:00"),
        ("2026-12-25 10:00", 0, "2026-12-25 10:00"),
        ("2026-03-27 16:00", 2, "2026-03-30 10:00"),
        ("2026-10-23 16:00", 40, "2026-10-30 16:00"),
    ],
    ids=[
        "a whole day is due when it closes",
        "over night",
        "before hours",
        "after hours",
        "at closing",
        "over a weekend",
        "from a weekend",
        "over a holiday and a weekend",
        "no time is due at once",
        "over the start of summer time",
        "a week over its end",
    ],
)
def test_due(start: str, hours: float, due: str) -> None:
    """So much business time has passed at that instant, and not before."""
    found = OFFICE.due(at(start), hours * HOUR)
    assert found == at(due)
    assert found.tzinfo is UTC
    assert OFFICE.between(at(start), found) == hours * HOUR


def test_what_takes_more_than_ten_years_is_refused() -> None:
    """A span that is far too long, and hours that hardly ever come, end in an error that says how much there is."""
    with pytest.raises(InvalidValue, match=r"at most .* days.*, all that is open in the ten years from the start"):
        OFFICE.due(at("2026-11-23 09:00"), timedelta(days=4000))
    rare = BusinessCalendar(hours={"sunday": "00:00-00:01"}, zone="UTC")
    assert rare.due(at("2026-11-23 09:00"), timedelta(minutes=521)) < at("2036-12-01 09:00")
    with pytest.raises(InvalidValue, match=r"at most 8:42:00"):
        rare.due(at("2026-11-23 09:00"), 9 * HOUR)
    with pytest.raises(InvalidValue, match="all that is open"):
        OFFICE.due(at("2026-11-23 09:00"), timedelta.max)


def test_a_due_instant_may_lie_at_the_very_end_of_the_ten_years() -> None:
    """The bound itself is allowed, a microsecond more is not."""
    always = BusinessCalendar(hours={"monday-sunday": "00:00-24:00"}, zone="Asia/Kathmandu")
    start = at("2026-11-23 09:00")
    assert always.due(start, timedelta(days=3653)) == start + timedelta(days=3653)
    with pytest.raises(InvalidValue):
        always.due(start, timedelta(days=3653, microseconds=1))


# --- explain ---------------------------------------------------------------------------------------------------------


def test_every_stretch_is_explained() -> None:
    """Hours, nights, weekends and holidays by name, in order, on the calendar's clock."""
    assert shown(OFFICE.explain(at("2026-12-24 16:00"), at("2026-12-28 10:00"))) == [
        "Thu 2026-12-24 16:00 to Thu 2026-12-24 17:00  counted 1:00:00, open hours",
        "Thu 2026-12-24 17:00 to Fri 2026-12-25 00:00  skipped 7:00:00, outside hours",
        "Fri 2026-12-25 00:00 to Sat 2026-12-26 00:00  skipped 1 day, 0:00:00, holiday: Christmas Day",
        "Sat 2026-12-26 00:00 to Mon 2026-12-28 00:00  skipped 2 days, 0:00:00, no hours on this weekday",
        "Mon 2026-12-28 00:00 to Mon 2026-12-28 09:00  skipped 9:00:00, outside hours",
        "Mon 2026-12-28 09:00 to Mon 2026-12-28 10:00  counted 1:00:00, open hours",
    ]


def test_a_stretch_has_its_facts() -> None:
    """Instants in UTC, how long it is, whether it counts."""
    first, *_ = OFFICE.explain(at("2026-06-01 16:30"), at("2026-06-02 10:00"))
    assert (first.start, first.end) == (datetime(2026, 6, 1, 15, 30, tzinfo=UTC), datetime(2026, 6, 1, 16, tzinfo=UTC))
    assert first.start.tzinfo is first.end.tzinfo is UTC
    assert (first.is_counted, first.reason, first.name) == (True, StretchReason.OPEN, None)
    assert first.length == timedelta(minutes=30)


def test_stretches_go_on_over_new_year() -> None:
    """A stretch that begins in one year and ends in the next is one."""
    always = BusinessCalendar(hours={"monday-sunday": "00:00-24:00"}, zone="America/New_York")
    (only,) = always.explain(at("2026-12-01 00:00"), at("2027-02-01 00:00"))
    assert only.length == timedelta(days=62)


def test_no_time_has_no_stretches() -> None:
    """From an instant to itself nothing passes."""
    assert OFFICE.explain(at("2026-11-23 10:00"), at("2026-11-23 10:00")) == ()
    assert OFFICE.between(at("2026-11-23 10:00"), at("2026-11-23 10:00")) == timedelta(0)


def test_fractions_of_a_minute_are_shown() -> None:
    """A stretch that begins at no whole minute prints it."""
    (only,) = OFFICE.explain(at("2026-11-23 10:00:07.5"), at("2026-11-23 10:01"))
    assert str(only).startswith("Mon 2026-11-23 10:00:07.500000 to Mon 2026-11-23 10:01  ")


# --- clocks that move ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "hours", "day", "passes"),
    [
        ("Europe/London", "00:30-03:30", "2026-03-29", 120),
        ("Europe/London", "00:30-03:30", "2026-10-25", 240),
        ("Europe/London", "01:15-01:45", "2026-03-29", 0),
        ("Europe/London", "01:15-01:45", "2026-10-25", 60),
        ("Europe/London", "01:30-02:30", "2026-03-29", 30),
        ("Europe/London", "00:30-01:30", "2026-03-29", 30),
        ("Europe/London", "00:30-01:30", "2026-10-25", 90),
        ("Europe/London", "00:00-24:00", "2026-03-29", 23 * 60),
        ("Europe/London", "00:00-24:00", "2026-10-25", 25 * 60),
        ("Australia/Lord_Howe", "00:00-24:00", "2026-04-05", 24 * 60 + 30),
        ("Australia/Lord_Howe", "00:00-24:00", "2026-10-04", 23 * 60 + 30),
        ("America/St_Johns", "00:00-24:00", "2006-10-29", 24 * 60 + 1),
        ("America/St_Johns", "23:00-24:00", "2006-10-28", 60 + 60 - 1),
        ("America/St_Johns", "00:00-01:00", "2006-10-29", 60 + 1),
        ("Asia/Kathmandu", "00:00-24:00", "1986-01-01", 24 * 60 - 15),
        ("Pacific/Apia", "00:00-24:00", "2011-12-30", 0),
        ("Pacific/Apia", "00:00-24:00", "2011-12-31", 24 * 60),
    ],
)
def test_hours_are_what_the_clock_shows(zone: str, hours: str, day: str, passes: int) -> None:
    """What does not exist never comes, what exists twice counts twice, and what counts is time that really passes."""
    on = date.fromisoformat(day)
    calendar = BusinessCalendar(hours={WEEKDAYS[on.weekday()]: hours}, zone=zone)
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    passed = calendar.between(noon - timedelta(days=2), noon + timedelta(days=2))
    assert passed == timedelta(minutes=passes)


def test_a_due_instant_in_the_hour_that_comes_twice() -> None:
    """Half an hour from the first half past one is the second one's beginning; an hour later it is the second."""
    calendar = BusinessCalendar(hours={"sunday": "00:00-06:00"}, zone="Europe/London")
    first, second = at("2026-10-25 01:30", fold=0), at("2026-10-25 01:30", fold=1)
    assert calendar.due(first, HOUR) == second.astimezone(UTC)
    assert calendar.due(second, HOUR) == at("2026-10-25 02:30").astimezone(UTC)


# --- holidays and special hours --------------------------------------------------------------------------------------


def test_a_holiday_on_a_day_without_hours_takes_nothing() -> None:
    """On a Saturday that has no hours, the weekday is the reason."""
    calendar = BusinessCalendar(hours=WEEK, zone="UTC", holidays={date(2026, 12, 26): "Boxing Day"})
    reasons = [one.reason for one in calendar.explain(at("2026-12-26 00:00"), at("2026-12-27 00:00"))]
    assert reasons == [StretchReason.NO_HOURS]
    assert dict(calendar.holidays_in(2026)) == {date(2026, 12, 26): "Boxing Day"}


@pytest.mark.parametrize(("zone", "day"), [("America/New_York", "2026-12-31"), ("Asia/Tokyo", "2027-01-01")])
def test_a_holiday_at_the_turn_of_the_year_is_whole(zone: str, day: str) -> None:
    """On the wall it lies in one year, in UTC in two."""
    always = BusinessCalendar(hours={"monday-sunday": "00:00-24:00"}, zone=zone, holidays={day: "Turn"})
    (only,) = always.explain(at(f"{day} 00:00", zone), at(f"{day} 00:00", zone) + timedelta(days=1))
    assert (only.reason, only.name, only.length) == (StretchReason.HOLIDAY, "Turn", timedelta(days=1))


def test_special_hours_hold_in_place_of_the_weekdays() -> None:
    """Half a day on Christmas Eve, and a Saturday on which there is work."""
    calendar = BusinessCalendar(
        hours=WEEK,
        zone="Europe/London",
        special_hours={"2026-12-24": "09:00-12:00", date(2026, 12, 19): ["10:00-11:00"]},
    )
    assert calendar.between(at("2026-12-24 00:00"), at("2026-12-25 00:00")) == 3 * HOUR
    assert calendar.between(at("2026-12-19 00:00"), at("2026-12-20 00:00")) == HOUR
    assert calendar.due(at("2026-12-24 11:00"), 2 * HOUR) == at("2026-12-25 10:00")


def test_hours_are_read_in_any_spelling_and_kept_in_one() -> None:
    """Ranges of days, days by their names in any case, lists or commas, spans in any order that touch or not."""
    spelled = BusinessCalendar(
        hours={
            "Friday - Monday": ["13:00 - 17:00", "9:00-13:00"],
            "TUESDAY": "",
            "wednesday": "20:00-24:00,00:00-06:00",
        },
        zone="UTC",
    )
    both = ("09:00-13:00", "13:00-17:00")
    assert dict(spelled.hours) == {
        "monday": both,
        "wednesday": ("00:00-06:00", "20:00-24:00"),
        "friday": both,
        "saturday": both,
        "sunday": both,
    }
    assert list(spelled.hours) == ["monday", "wednesday", "friday", "saturday", "sunday"]
    assert BusinessCalendar(hours=spelled.hours, zone="UTC") == spelled


def test_a_calendar_is_a_value() -> None:
    """Equal by its fields, hashable, copied and pickled whole, whatever it has worked out."""
    OFFICE.between(at("2026-11-23 10:00"), at("2026-12-23 10:00"))
    for other in (copy.copy(OFFICE), copy.deepcopy(OFFICE), pickle.loads(pickle.dumps(OFFICE))):
        assert (other, hash(other)) == (OFFICE, hash(OFFICE))
        assert other.due(at("2026-11-23 16:00"), 2 * HOUR) == at("2026-11-24 10:00")
    with pytest.raises(AttributeError):
        OFFICE.zone = "UTC"


def test_many_years_are_not_all_kept() -> None:
    """A hundred years in a row give the same as each of them."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    years = [datetime(2000 + number, 1, 1, tzinfo=UTC) for number in range(100)]
    total = sum((OFFICE.between(*pair) for pair in pairwise(years)), timedelta(0))
    assert OFFICE.between(start, years[-1]) == total


def test_a_year_takes_no_day_by_day_work_once_it_is_known() -> None:
    """A thousand questions about a year take less than a second, even on a slow machine."""
    start = at("2026-01-05 09:00")
    OFFICE.between(start, start + timedelta(days=365))
    began = time.perf_counter()
    for _ in range(1000):
        OFFICE.due(start, 1800 * HOUR)
        OFFICE.between(start, start + timedelta(days=365))
    assert time.perf_counter() - began < 1


# --- countries -------------------------------------------------------------------------------------------------------


needs_holidays = pytest.mark.skipif(find_spec("holidays") is None, reason="the extra 'calendars' is not installed")
"""The sessions that check the project install every extra, so that nothing is skipped there."""


@needs_holidays
def test_any_year_has_its_holidays() -> None:
    """Years are asked for one by one, as far as a due instant reaches."""
    calendar = BusinessCalendar(hours=WEEK, zone="Europe/London", country="GB", subdivision="ENG")
    for year in (2019, 2026, 2033):
        assert calendar.holidays_in(year)[date(year, 12, 25)] == "Christmas Day"
        assert calendar.between(at(f"{year}-12-25 00:00"), at(f"{year}-12-26 00:00")) == timedelta(0)
    assert calendar.due(at("2026-12-24 16:00"), 2 * HOUR) == at("2026-12-29 10:00")


@needs_holidays
def test_subdivisions_have_their_own() -> None:
    """Saint Andrew's Day is kept in Scotland."""
    monday = (at("2026-11-30 00:00"), at("2026-12-01 00:00"))
    england, scotland = (
        BusinessCalendar(hours=WEEK, zone="Europe/London", country="GB", subdivision=one) for one in ("ENG", "SCT")
    )
    assert (england.between(*monday), scotland.between(*monday)) == (8 * HOUR, timedelta(0))


@needs_holidays
def test_names_are_the_countrys_own_or_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """They never depend on the language of the machine."""
    monkeypatch.setenv("LANGUAGE", "en_US")
    own, asked = (
        BusinessCalendar(hours=WEEK, zone="Europe/Lisbon", country="PT", language=one) for one in (None, "en_US")
    )
    assert own.holidays_in(2026)[date(2026, 12, 25)] == "Dia de Natal"
    assert asked.holidays_in(2026)[date(2026, 12, 25)] == "Christmas Day"


@needs_holidays
def test_what_is_said_by_hand_comes_first() -> None:
    """A name by hand, and hours on a holiday of the country."""
    calendar = BusinessCalendar(
        hours=WEEK,
        zone="Europe/Lisbon",
        country="PT",
        holidays={"2026-12-25": "Shut"},
        special_hours={"2026-12-01": "10:00-12:00"},
    )
    assert calendar.holidays_in(2026)[date(2026, 12, 25)] == "Shut"
    assert date(2026, 12, 1) not in calendar.holidays_in(2026)
    day = (at("2026-12-01 00:00", "Europe/Lisbon"), at("2026-12-02 00:00", "Europe/Lisbon"))
    assert calendar.between(*day) == 2 * HOUR


@needs_holidays
def test_a_holiday_counts_on_the_clock_of_the_zone() -> None:
    """New Year's Day in Auckland begins while UTC is still in the old year."""
    calendar = BusinessCalendar(hours={"monday-sunday": "00:00-24:00"}, zone="Pacific/Auckland", country="NZ")
    eve = datetime(2026, 12, 31, 11, tzinfo=UTC)
    assert calendar.between(eve - HOUR, eve + HOUR) == HOUR
    assert calendar.explain(eve, eve + HOUR)[0].name == "New Year's Day"


@needs_holidays
@pytest.mark.parametrize(
    ("fields", "place", "problem"),
    [
        ({"country": "gb"}, "country", "did you mean 'GB'"),
        ({"country": "XQ"}, "country", "no country 'XQ'"),
        ({"country": "HolidayBase"}, "country", "no country"),
        ({"country": "DE", "subdivision": "Bavaria"}, "subdivision", "no subdivision 'Bavaria' of 'DE'; "),
        ({"country": "MC", "subdivision": "01"}, "subdivision", "it has none, so leave it out"),
        ({"country": "PT", "language": "xx"}, "language", "no names of 'PT' in 'xx'"),
        ({"country": "PT", "language": "pt-PT"}, "language", "did you mean 'pt_PT'"),
    ],
)
def test_what_no_country_has_is_refused(fields: dict[str, str], place: str, problem: str) -> None:
    """The error says which there are."""
    with pytest.raises(PolicyError) as caught:
        BusinessCalendar(hours=WEEK, zone="UTC", **fields)
    (fault,) = caught.value.faults
    assert fault.place == place
    assert problem in fault.problem


def test_without_the_extra_a_country_says_what_to_install() -> None:
    """Other calendars need nothing."""
    with patch.dict(sys.modules, {"holidays": None}):
        assert BusinessCalendar(hours=WEEK, zone="UTC").due(at("2026-11-23 09:00"), HOUR) == at("2026-11-23 10:00")
        with pytest.raises(MissingExtra, match=r"resolutionkit\[calendars\]"):
            BusinessCalendar(hours=WEEK, zone="UTC", country="PT")


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "place", "expected"),
    [
        ({"hours": ["09:00-17:00"]}, "hours", "a mapping of weekdays"),
        ({"hours": {1: "09:00-17:00"}}, "hours", "the name of a weekday"),
        ({"hours": {"mnoday": "09:00-17:00"}}, "hours", "did you mean 'monday'"),
        ({"hours": {"monday-": "09:00-17:00"}}, "hours", "the name of a weekday"),
        ({"hours": {"monday-friday": "09:00-17:00", "Friday": "9:00-12:00"}}, "hours", "each weekday once"),
        ({"hours": {"monday": 9}}, "hours['monday']", "spans such as"),
        ({"hours": {"monday": [9, 17]}}, "hours['monday']", "spans such as"),
        ({"hours": {"monday": "9-17"}}, "hours['monday']", "spans such as"),
        ({"hours": {"monday": "09:00-12:00,"}}, "hours['monday']", "spans such as"),
        ({"hours": {"monday": "09:60-12:00"}}, "hours['monday']", "spans such as"),
        ({"hours": {"monday": "09:00-24:01"}}, "hours['monday']", "to 24:00"),
        ({"hours": {"monday": "٠٩:00-17:00"}}, "hours['monday']", "spans such as"),
        ({"hours": {"monday": "22:00-06:00"}}, "hours['monday']", "'22:00-24:00' and '00:00-06:00'"),
        ({"hours": {"monday": "09:00-09:00"}}, "hours['monday']", "ends after it begins"),
        ({"hours": {"monday": "09:00-12:00, 11:59-13:00"}}, "hours['monday']", "11:59-13:00 begins within 09:00-12:00"),
        ({"hours": {"monday": "09:00-12:00, 09:00-12:00"}}, "hours['monday']", "do not overlap"),
        ({"zone": 1}, "zone", "a string"),
        ({"holidays": ["2026-12-25"]}, "holidays", "a mapping of dates"),
        ({"holidays": {"25.12.2026": "x"}}, "holidays", "a date without a time"),
        ({"holidays": {datetime(2026, 12, 25): "x"}}, "holidays", "a date without a time"),
        ({"holidays": {"2026-12-25": " "}}, "holidays[2026-12-25]", "1 to 500 characters"),
        ({"holidays": {"2026-12-25": None}}, "holidays[2026-12-25]", "a string"),
        ({"holidays": {"2026-12-25": "x", date(2026, 12, 25): "y"}}, "holidays", "each date once"),
        ({"special_hours": {"2026-12-24": "noon"}}, "special_hours[2026-12-24]", "spans such as"),
        ({"country": 44}, "country", "a string"),
        ({"subdivision": ""}, "subdivision", "1 to 190 characters"),
    ],
)
def test_a_field_that_cannot_be_read_is_refused(fields: dict[str, Any], place: str, expected: str) -> None:
    """The error names the place, the value, and what would be right."""
    with pytest.raises(InvalidValue) as caught:
        BusinessCalendar(**{"hours": WEEK, "zone": "UTC", **fields})
    assert caught.value.field == place
    assert expected in (caught.value.expected)


def test_all_faults_are_told_at_once() -> None:
    """No open hour, no such zone, a date that is two things, and a part of no country."""
    with pytest.raises(PolicyError) as caught:
        BusinessCalendar(
            hours={"monday": []},
            zone="Europe/Londres",
            holidays={"2026-12-24": "Shut"},
            special_hours={"2026-12-24": "09:00-12:00", "2026-12-31": []},
            subdivision="ENG",
            language="en_GB",
        )
    assert [fault.place for fault in caught.value.faults] == [
        "hours",
        "zone",
        "special_hours[2026-12-24]",
        "special_hours[2026-12-31]",
        "subdivision",
        "language",
    ]
    assert str(caught.value).startswith("the business calendar: 6 faults")


NAIVE = datetime(2026, 11, 23, 9)
GOOD = at("2026-11-23 09:00")


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("due", [NAIVE, HOUR]),
        ("due", ["2026-11-23", HOUR]),
        ("due", [date(2026, 11, 23), HOUR]),
        ("due", [GOOD, -HOUR]),
        ("due", [GOOD, 8]),
        ("due", [GOOD, None]),
        ("between", [NAIVE, GOOD]),
        ("between", [GOOD, NAIVE]),
        ("between", [GOOD, GOOD - HOUR]),
        ("between", [GOOD, GOOD + timedelta(days=36526)]),
        ("explain", [GOOD, GOOD - HOUR]),
        ("explain", [GOOD, None]),
        ("due", [datetime.min.replace(tzinfo=UTC), HOUR]),
        ("due", [datetime.max.replace(tzinfo=UTC), HOUR]),
        ("between", [GOOD, datetime.max.replace(tzinfo=UTC)]),
        ("holidays_in", [0]),
        ("holidays_in", ["2026"]),
        ("holidays_in", [True]),
        ("holidays_in", [10_000]),
    ],
)
def test_a_question_that_means_nothing_is_refused(method: str, arguments: list[Any]) -> None:
    """Naive instants, other types, the wrong order, and years at the ends of time."""
    with pytest.raises(InvalidValue):
        getattr(OFFICE, method)(*arguments)
