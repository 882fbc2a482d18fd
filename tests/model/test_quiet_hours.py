"""Quiet hours: how they are written, and until when they hold, on every day of the year and in every zone."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resolutionkit import InvalidValue, QuietHours
from resolutionkit.model.hours import WEEKDAYS

MINUTE = timedelta(minutes=1)
CHANGES = [
    ("Europe/London", "2026-03-29T01:00"),
    ("Europe/London", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Africa/Casablanca", "2026-02-15T02:00"),
    ("Pacific/Apia", "2011-12-30T10:00"),
    ("Asia/Beirut", "2026-10-24T21:00"),
    ("America/Sao_Paulo", "2018-11-04T03:00"),
    ("America/Sao_Paulo", "2019-02-17T02:00"),
]
"""Instants at which clocks were or will be moved: by an hour or half of it, at midnight, over a whole day."""
Week = dict[str, list[tuple[int, int]]]


def written(minute: int) -> str:
    """Return a time of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Draw the spans of a week, in minutes: some go on into the next day, and some overlap."""
    times = st.integers(0, 95).map(lambda quarter: quarter * 15)
    spans = st.lists(st.tuples(times, times).filter(lambda span: span[0] != span[1]), max_size=2)
    found = {day: draw(spans) for day in WEEKDAYS}
    # Two hours that are never quiet, so that it ends.
    return {day: [one for one in spans if not _overlaps(one, (720, 840))] for day, spans in found.items()}


def _overlaps(span: tuple[int, int], free: tuple[int, int]) -> bool:
    start, end = span
    if start > end:
        return start < free[1] or end > free[0]
    return start < free[1] and end > free[0]


def is_quiet(week: Week, at: datetime, zone: str) -> bool:
    """Say whether a clock on the wall shows a quiet minute."""
    shown = at.astimezone(ZoneInfo(zone))
    minute, today, yesterday = shown.hour * 60 + shown.minute, WEEKDAYS[shown.weekday()], WEEKDAYS[shown.weekday() - 1]
    within = any(start <= minute < end if start < end else start <= minute for start, end in week[today])
    return within or any(start > end > minute for start, end in week[yesterday])


def over_at(week: Week, at: datetime, zone: str) -> datetime | None:
    """Return when it is no longer quiet, found minute by minute."""
    if not is_quiet(week, at, zone):
        return None
    passing = at.replace(second=0, microsecond=0)
    while is_quiet(week, passing, zone):
        passing += MINUTE
    return passing


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone and an instant shortly before or after its clocks move."""
    zone, change = draw(st.sampled_from(CHANGES))
    at = datetime.fromisoformat(change).replace(tzinfo=UTC) + draw(st.integers(-2 * 1440, 180)) * MINUTE
    return zone, at + timedelta(microseconds=draw(st.sampled_from([0, 1, 30_000_000, 59_999_999])))


NIGHT: Week = {day: [(22 * 60, 7 * 60)] for day in WEEKDAYS}


@settings(max_examples=100)
@given(weeks(), moments())
@example(NIGHT, ("Europe/London", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)))
@example(NIGHT, ("Europe/London", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)))
@example({**NIGHT, "sunday": [(90, 150)]}, ("Europe/London", datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)))
def test_it_is_over_when_the_clock_on_the_wall_says_so(week: Week, moment: tuple[str, datetime]) -> None:
    """The same as minute by minute, on the days too when clocks are moved."""
    zone, at = moment
    hours = {day: [f"{written(start)}-{written(end)}" for start, end in spans] for day, spans in week.items()}
    assert QuietHours(hours).over_at(at, zone) == over_at(week, at, zone)


@given(weeks())
def test_what_is_kept_says_the_same(week: Week) -> None:
    """The kept form gives the same value, and so do a pickle and a copy."""
    hours = {day: [f"{written(start)}-{written(end)}" for start, end in spans] for day, spans in week.items()}
    quiet = QuietHours(hours)
    assert QuietHours(quiet.hours) == quiet == pickle.loads(pickle.dumps(quiet)) == copy.deepcopy(quiet)
    assert hash(QuietHours(quiet.hours)) == hash(quiet)


def test_a_span_goes_on_into_the_next_day() -> None:
    """What ends before it begins is two spans on two days, and what meets is one."""
    assert dict(QuietHours({"sunday": "22:00-07:00", "monday": "07:00-08:00, 20:00-00:00"}).hours) == {
        "monday": ("00:00-08:00", "20:00-24:00"),
        "sunday": ("22:00-24:00",),
    }


def test_a_weekend_is_over_on_monday() -> None:
    """Spans that meet at midnight hold as one."""
    quiet = QuietHours({"friday": "18:00-24:00", "saturday-sunday": "00:00-24:00", "monday": "00:00-08:30"})
    assert quiet.over_at(datetime(2026, 11, 20, 19, tzinfo=UTC), "Europe/London") == datetime(
        2026, 11, 23, 8, 30, tzinfo=UTC
    )
    assert quiet.over_at(datetime(2026, 11, 20, 17, 59, 59, tzinfo=UTC), "Europe/London") is None
    assert quiet.over_at(datetime(2026, 11, 23, 8, 30, tzinfo=UTC), "Europe/London") is None


def test_none_at_all_is_never_quiet() -> None:
    """No hours hold nothing."""
    assert not QuietHours()
    assert QuietHours().over_at(datetime(2026, 11, 20, tzinfo=UTC), "UTC") is None


REFUSED: dict[str, Any] = {
    "no mapping": "22:00-07:00",
    "no weekday": {"mnoday": "22:00-07:00"},
    "no span": {"monday": "22-7"},
    "no time": {"monday": "22:60-23:00"},
    "beyond midnight": {"monday": "22:00-24:01"},
    "from midnight at its end": {"monday": "24:00-07:00"},
    "nothing": {"monday": "09:00-09:00"},
    "a number": {"monday": 9},
    "always": {"monday-sunday": "00:00-24:00"},
    "always, in pieces": {"monday-sunday": ["12:00-13:00", "13:00-12:00"]},
}


@pytest.mark.parametrize("hours", REFUSED.values(), ids=REFUSED)
def test_what_is_no_quiet_time_is_refused(hours: Any) -> None:
    """What cannot be read, and what is never over."""
    with pytest.raises(InvalidValue, match="quiet_hours"):
        QuietHours(hours)
