"""The windows of the daily alert: they tile time for ever, whatever the clocks do (law L8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import Alerts
from resolutionkit.decisions.alerting import alerted_in
from resolutionkit.decisions.windows import Schedule, Window
from resolutionkit.model.hours import WEEKDAYS

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CHANGES = [
    ("Europe/London", "2026-03-29T01:00"),
    ("Europe/London", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("America/St_Johns", "2006-10-29T02:31"),
    ("Asia/Kathmandu", "1985-12-31T18:30"),
    ("Africa/Casablanca", "2026-02-15T02:00"),
    ("Antarctica/Casey", "2018-03-10T17:00"),
    ("Asia/Beirut", "2026-10-24T21:00"),
    ("Pacific/Apia", "2011-12-30T10:00"),
    ("Pacific/Kwajalein", "1993-08-21T12:00"),
]
"""Instants at which clocks were or will be moved: by an hour or half of it, at midnight, over a whole day."""


@st.composite
def moments(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """Draw a schedule and an instant, mostly near a change of the zone's clocks, and often near an alert."""
    zone, change = draw(st.sampled_from(CHANGES))
    at = datetime.fromisoformat(change).replace(tzinfo=UTC) + draw(st.integers(-4 * 24 * 60, 4 * 24 * 60)) * MINUTE
    if draw(st.integers(0, 3)) == 0:
        at = datetime(1975, 1, 1, tzinfo=UTC) + draw(st.integers(0, 85 * 365 * 24 * 60)) * MINUTE
    shown = time(draw(st.integers(6, 17)), draw(st.sampled_from([0, 1, 30, 59])))
    if draw(st.booleans()):
        at = datetime.combine(at.astimezone(ZoneInfo(zone)).date(), shown, ZoneInfo(zone)).astimezone(UTC)
    at += timedelta(microseconds=draw(st.sampled_from([-1, 0, 0, 1, 999_999])))
    days = draw(st.sets(st.sampled_from(WEEKDAYS), max_size=6))
    return Schedule(Alerts(time=shown, days_off=days), zone), at


def minutes_of(schedule: Schedule, around: datetime) -> list[datetime]:
    """Return every whole minute of some days at which the clock shows the alert time; an oracle that only looks."""
    clock, start = ZoneInfo(schedule.zone), around.replace(second=0, microsecond=0) - 4 * DAY
    found = (start + step * MINUTE for step in range(8 * 24 * 60))
    return [at for at in found if at.astimezone(clock).time() == schedule.alerts.time]


@given(moments())
def test_every_instant_lies_in_one_window(given: tuple[Schedule, datetime]) -> None:
    """From its start on, and before its end; the windows before and after it meet it without gap or overlap."""
    schedule, at = given
    window = schedule.window_at(at)
    assert window.start <= at < window.end
    assert schedule.window_at(window.start) == window
    assert schedule.window_at(window.end - timedelta(microseconds=1)) == window
    assert schedule.window_at(window.end).start == window.end
    assert schedule.window_at(window.start - timedelta(microseconds=1)).end == window.start
    assert (schedule.before(at), schedule.after(at)) == (window.start, window.end)


@given(moments())
def test_windows_tile_time(given: tuple[Schedule, datetime]) -> None:
    """For days on end, each begins where the one before it ended, a day or so after it began."""
    schedule, at = given
    ends = [schedule.after(at)]
    for _ in range(8):
        ends.append(schedule.after(ends[-1]))
    assert all(timedelta(hours=20) < after - before < timedelta(hours=50) for before, after in pairwise(ends))
    assert all(schedule.window_at(before) == Window(start=before, end=after) for before, after in pairwise(ends))


@given(moments())
def test_alerts_are_when_the_clock_shows_their_time(given: tuple[Schedule, datetime]) -> None:
    """The same as somebody finds who looks at the clock every minute; where it shows a time twice, the first."""
    schedule, at = given
    shown = minutes_of(schedule, at)
    first_of_day: dict[date, datetime] = {}
    for one in shown:
        first_of_day.setdefault(one.astimezone(ZoneInfo(schedule.zone)).date(), one)
    expected = sorted(first_of_day.values())
    ends = [expected[0]]
    while ends[-1] < expected[-1]:
        ends.append(schedule.after(ends[-1]))
    # A day on which the clock never shows the time has an alert all the same, or falls together with the next.
    assert set(expected) <= set(ends)
    assert len(ends) - len(expected) <= 1


@given(moments())
def test_a_text_goes_out_on_the_next_day_that_is_not_off(given: tuple[Schedule, datetime]) -> None:
    """At an alert instant, never before the window's end, and with no other day between."""
    schedule, at = given
    end = schedule.after(at)
    text_at = schedule.text_at(end)
    clock = ZoneInfo(schedule.zone)
    assert schedule.before(text_at) == text_at >= end
    assert WEEKDAYS[text_at.astimezone(clock).weekday()] not in schedule.alerts.days_off
    passed = end
    while passed < text_at:
        assert WEEKDAYS[passed.astimezone(clock).weekday()] in schedule.alerts.days_off
        passed = schedule.after(passed)
    assert passed == text_at


BERLIN = Schedule(Alerts(), "Europe/Berlin")
LATE = Schedule(Alerts(repaired_late=True), "Europe/Berlin")


def at(text: str) -> datetime:
    """Return an instant as the clock of Berlin shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


REPAIRED: dict[str, tuple[Schedule, str, str, str | None]] = {
    # when it was received and put right; the end of the window that it is told in
    "on the day itself": (BERLIN, "2026-03-02T10:00", "2026-03-02T15:00", "2026-03-03T09:00"),
    "a moment before the next day's alert": (BERLIN, "2026-03-02T10:00", "2026-03-03T08:59:59", "2026-03-03T09:00"),
    "as the next day's alert is due": (BERLIN, "2026-03-02T10:00", "2026-03-03T09:00", None),
    "received before the alert, the next day's counts": (
        BERLIN,
        "2026-03-02T08:00",
        "2026-03-02T20:00",
        "2026-03-03T09:00",
    ),
    "received before the alert, put right too late": (BERLIN, "2026-03-02T08:00", "2026-03-03T09:00", None),
    "before a weekend that is off": (
        Schedule(Alerts(days_off=["saturday-sunday"]), "Europe/Berlin"),
        "2026-03-06T10:00",
        "2026-03-07T08:00",
        "2026-03-07T09:00",
    ),
    "a day off gives no more time": (
        Schedule(Alerts(days_off=["saturday-sunday"]), "Europe/Berlin"),
        "2026-03-06T10:00",
        "2026-03-08T08:00",
        None,
    ),
    "over the short day": (BERLIN, "2026-03-28T23:00", "2026-03-29T08:59", "2026-03-29T09:00"),
    "too late, where the policy tells it": (LATE, "2026-03-02T10:00", "2026-03-04T10:00", "2026-03-05T09:00"),
}


@pytest.mark.parametrize("case", REPAIRED)
def test_what_was_put_right_in_time_is_told(case: str) -> None:
    """Before the alert instant of the day after it was received, whatever days are off (requirement A6)."""
    schedule, received_at, repaired_at, end = REPAIRED[case]
    found = alerted_in(at(received_at), at(received_at), schedule, repaired_at=at(repaired_at))
    assert (found and found.end) == (end and at(end))
