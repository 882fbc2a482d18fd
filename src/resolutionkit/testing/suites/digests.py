"""Law L8 for daily alerts: run twice, late, or by many at once, each window is told once; windows tile time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from resolutionkit.model.messages import Topic
from resolutionkit.model.people import Access, Group, Person, StaticDirectory
from resolutionkit.model.response import Response
from resolutionkit.policy.alerts import Alerts
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Store
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.clock import TurnableClock
from resolutionkit.testing.suites.alerts import METHODS
from resolutionkit.testing.suites.base import StoreSuite, for_all, in_threads
from resolutionkit.tracker.tracker import Tracker

ZONE = "Europe/Berlin"
CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
"""When the clocks of the zone are moved."""
ALERTS = Alerts(days_off=["saturday-sunday"])
PEOPLE = StaticDirectory(
    people=[Person(id="ann", phone="1"), Person(id="lee@shop.example", phone="2", access=Access.EVERYTHING)],
    groups=[Group(code="north", lead="ann", also_alert=["lee@shop.example"]), Group(code="south", lead="ann")],
    leader="ann",
)
HEARERS: Mapping[str, Sequence[str]] = {"north": ("ann", "lee@shop.example"), "south": ("ann",)}

Step: TypeAlias = tuple[int, int, str, int]
"""After how many minutes it comes, how many it lags behind, the group or ``run``, and the score."""


@st.composite
def stories(draw: st.DrawFn) -> tuple[datetime, list[Step]]:
    """Draw when a story begins, near a change of clocks, and what happens: responses, and runs of the alerts."""
    start = draw(st.sampled_from(CHANGES)) - draw(st.integers(0, 5 * 24 * 60)) * timedelta(minutes=1)
    lag = st.one_of(st.just(0), st.integers(-600, 6 * 24 * 60))
    kind = st.sampled_from(["north", "south", "north", "run"])
    # A step to the very alert instant is worth more than its share of minutes.
    step = st.tuples(st.one_of(st.just(-1), st.integers(0, 2 * 24 * 60)), lag, kind, st.sampled_from([2, 6, 7]))
    return start, draw(st.lists(step, min_size=1, max_size=12))


def instants(start: datetime) -> list[datetime]:
    """Return when the clocks show nine, for some weeks: told from the calendar alone."""
    clock = ZoneInfo(ZONE)
    first = start.astimezone(clock).date() - timedelta(days=10)
    days = (first + timedelta(days=number) for number in range(60))
    return [datetime.combine(day, time(9), clock).astimezone(UTC) for day in days]


class Told:
    """What has to be told, worked out from requirements C4 and C5 alone.

    Args:
        start: When the story begins.
    """

    def __init__(self, start: datetime) -> None:
        """Begin with nothing."""
        self.ends: list[datetime] = instants(start)
        self.rows: dict[tuple[str, datetime], list[tuple[datetime, str, bool]]] = defaultdict(list)

    def add(self, response: Response, known_at: datetime) -> None:
        """Note a response that is unhappy."""
        end = next(one for one in self.ends if one > max(known_at, response.received_at))
        is_late = any(response.received_at < one <= known_at for one in self.ends)
        for who in HEARERS[response.group or ""]:
            self.rows[who, end].append((response.received_at, response.id, is_late))

    def digests(self) -> dict[tuple[str, datetime], list[tuple[str, bool]]]:
        """Return the rows of each person and window."""
        return {key: [(name, late) for _, name, late in sorted(rows)] for key, rows in self.rows.items()}

    def texts(self) -> set[tuple[str, datetime]]:
        """Return who gets a text message when: none on a weekend."""
        return {(who, self._text_at(end)) for who, end in self.rows}

    def _text_at(self, end: datetime) -> datetime:
        clock = ZoneInfo(ZONE)
        return next(one for one in self.ends if one >= end and one.astimezone(clock).weekday() < 5)


class EachDigestOnce(StoreSuite):
    """Law L8: running the daily alerts twice, late, at once or after an outage gives each digest once."""

    @pytest.fixture
    def alerting(self, store: Store, account: str) -> Store:
        """Return the store, where it keeps daily alerts and a queue for them."""
        names = (*METHODS, "unplanned", "records", "histories")
        lacking = store.transact(
            account, lambda unit: [name for name in names if not callable(getattr(unit, name, None))], write=False
        )
        if lacking:
            pytest.skip(f"not tried, for want of KeepsAlerts: the methods {', '.join(lacking)} (on the unit of work)")
        return store

    def test_each_window_is_told_once_whenever_alerts_are_run(self, alerting: Store) -> None:
        """Over changes of clocks, weekends and late responses, with runs in between or only at the end."""
        for_all(lambda story: check(alerting, *story, at_once=False), part=1 / 2, story=stories())

    def test_each_window_is_told_once_by_several_at_once(self, alerting: Store) -> None:
        """Three who run the alerts at the same moment tell as much as one."""
        for_all(lambda story: check(alerting, *story, at_once=True), part=1 / 10, story=stories())


def check(store: Store, start: datetime, steps: list[Step], *, at_once: bool) -> None:
    """Play a story, and compare what was told with what had to be."""
    clock, expected = TurnableClock(start), Told(start)
    policy = Policy(zone=ZONE, alerts=ALERTS)
    tracker = Tracker(store, account=fresh_account(), policy=policy, directory=PEOPLE, clock=clock)
    run = _at_once if at_once else Tracker.run_alerts
    for number, (wait, lag, what, score) in enumerate(steps):
        clock.now = _after(clock.now, wait, expected.ends)
        if what == "run":
            run(tracker)
            continue
        received_at = clock.now - timedelta(minutes=lag)
        response = Response(id=f"r-{number}", score=score, received_at=received_at, group=what)
        tracker.record(response)
        if score <= 6:
            expected.add(response, clock.now)
    clock.now += timedelta(days=20)
    for _ in range(2):
        run(tracker)
    _compare(tracker, expected)


def _at_once(tracker: Tracker) -> None:
    assert in_threads([tracker.run_alerts] * 3) == []


def _after(now: datetime, minutes: int, ends: list[datetime]) -> datetime:
    """Return a later instant; -1 minutes is the next alert instant itself."""
    return next(one for one in ends if one > now) if minutes < 0 else now + timedelta(minutes=minutes)


def _compare(tracker: Tracker, expected: Told) -> None:
    digests, windows = expected.digests(), list(pairwise(expected.ends))
    for who in ("ann", "lee@shop.example"):
        for start, end in windows:
            found: Any = tracker.digest(who, end)
            rows = digests.get((who, end))
            assert (found is None) is (rows is None), (who, end)
            if found is not None:
                assert (found.start, found.end) == (start, end)
                assert [(one.response, one.is_late) for one in found.lines] == rows
    messages = [line.message for line in tracker.ledger(limit=1000) if line.message.digest is not None]
    reports = Counter((one.recipient, one.digest) for one in messages if one.topic is Topic.RECOVERY_REPORT)
    texts = Counter((one.recipient, one.digest) for one in messages if one.topic is Topic.DAILY_ALERT)
    assert reports == Counter(digests.keys())
    assert texts == Counter(expected.texts())
