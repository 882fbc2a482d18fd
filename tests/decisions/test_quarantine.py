"""Until when a repair leaves no trace, on the account's clock (A6)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from resolutionkit import Alerts, Policy
from resolutionkit.decisions.quarantine import is_alerted_after_repair


def at(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


UNTIL = {
    "London in winter": ("2026-01-10T23:59", "Europe/London", "2026-01-11T09:00"),
    "the day is the account's, not UTC's": ("2026-01-10T23:59", "Asia/Tokyo", "2026-01-12T00:00"),
    "west of Greenwich": ("2026-01-10T03:00", "America/New_York", "2026-01-10T14:00"),
    "clocks go forward in the night between": ("2026-03-28T12:00", "Europe/London", "2026-03-29T08:00"),
    "clocks go back in the night between": ("2026-10-24T12:00", "Europe/London", "2026-10-25T09:00"),
    "the first instant of a day": ("2026-01-10T00:00", "UTC", "2026-01-11T09:00"),
}


@pytest.mark.parametrize(("received", "zone", "until"), UNTIL.values(), ids=UNTIL)
def test_a_repair_counts_until_the_alert_of_the_day_after(received: str, zone: str, until: str) -> None:
    """Before that instant, and not at it."""
    limit, policy = at(until), Policy(zone=zone)
    assert is_alerted_after_repair(at(received), limit - timedelta(microseconds=1), policy)
    assert not is_alerted_after_repair(at(received), limit, policy)


def test_the_alert_time_moves_the_limit() -> None:
    """The earlier the alert, the less time there is."""
    received = at("2026-01-10T12:00")
    early, later = (Policy(alerts=Alerts(time=one)) for one in (time(7), time(7, 1)))
    assert not is_alerted_after_repair(received, at("2026-01-11T07:00"), early)
    assert is_alerted_after_repair(received, at("2026-01-11T07:00"), later)


def test_a_policy_may_alert_late_repairs() -> None:
    """However late."""
    received = at("2026-01-10T12:00")
    assert is_alerted_after_repair(received, at("2027-01-10T12:00"), Policy(alerts=Alerts(repaired_late=True)))
