"""Percentiles and shares: plain arithmetic, held against the standard library's."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.reports.paces import MEDIAN, NINETIETH, PaceTally, percentile

HOUR = timedelta(hours=1)


def tally(*hours: float | None) -> PaceTally:
    """Return a tally of so many hours each; None is not done yet."""
    found = PaceTally()
    for one in hours:
        found.count(None if one is None else one * HOUR, is_over=False)
    return found


def test_percentiles_are_those_of_the_documented_example() -> None:
    """Of 1, 2, 3 and 4 hours the median is 2:30, and the 90th percentile 3:42."""
    pace = tally(4, 1, 3, 2).pace()
    assert (pace.median, pace.p90) == (2.5 * HOUR, timedelta(hours=3, minutes=42))


@given(st.lists(st.integers(0, 10**15), min_size=2, max_size=60))
def test_percentiles_are_those_of_the_standard_library(numbers: list[int]) -> None:
    """Its inclusive quantiles interpolate alike, and its median is the same."""
    ordered = sorted(numbers)
    deciles = statistics.quantiles(ordered, n=10, method="inclusive")
    found = percentile(ordered, NINETIETH)
    assert found is not None
    assert abs(found - deciles[8]) <= 1 + deciles[8] * 1e-12
    assert percentile(ordered, MEDIAN) == round(statistics.median(ordered))


def test_one_time_is_every_percentile_and_none_has_none() -> None:
    """Nothing is made up where nothing was done."""
    assert (tally(3).pace().median, tally(3).pace().p90) == (3 * HOUR, 3 * HOUR)
    pace = tally(None).pace()
    assert (pace.done, pace.unfinished, pace.median, pace.p90, pace.share) == (0, 1, None, None, None)


def test_what_is_not_done_is_counted_beside_the_times() -> None:
    """It shortens no time, and is not passed over: it is unfinished, or never will be done."""
    found = tally(1, 3, None)
    found.count(None, is_over=True)
    pace = found.pace()
    assert (pace.done, pace.unfinished, pace.never, pace.median) == (2, 1, 1, 2 * HOUR)


def test_a_contact_before_the_start_took_no_time() -> None:
    """A corrected response may be received later than somebody spoke with its customer."""
    start = datetime(2026, 11, 20, tzinfo=UTC)
    found = PaceTally()
    found.count(start - HOUR - start, is_over=False)
    assert found.pace().median == timedelta(0)


def test_tallies_add_up() -> None:
    """A total is over all times, not over the medians of its parts."""
    whole = tally(1, 2, 3)
    whole.add(tally(100, None))
    assert (whole.pace().median, whole.pace().done, whole.pace().unfinished) == (2.5 * HOUR, 4, 1)
