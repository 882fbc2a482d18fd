"""Counting: what has no history counts as a response, and what needed no recovery not at all."""

from __future__ import annotations

import attrs
import pytest

from resolutionkit import Policy, ResponseRecord, Tracker
from resolutionkit.reports.performance_lines import PerformanceBy
from resolutionkit.reports.tally import Tally
from support import NOON, TurnableClock, organisation, response


@pytest.fixture
def record() -> ResponseRecord:
    """Return the record of an unhappy response."""
    with Tracker.open("memory:", clock=TurnableClock(), directory=organisation()) as tracker:
        tracker.record(response())
        return tracker.response("r-1")


@pytest.mark.parametrize("by", list(PerformanceBy))
def test_a_response_without_an_issue_needed_recovery_all_the_same(record: ResponseRecord, by: PerformanceBy) -> None:
    """It has no note and no episode, and is nobody's."""
    tally = Tally(by=by, policy=Policy(), now=NOON)
    tally.count(attrs.evolve(record, issue=None), ())
    (line,) = tally.lines(str)
    assert (line.key, line.needed, line.with_notes, line.episodes) == (
        "emea" if by is PerformanceBy.GROUP else None, 1, 0, 0,
    )  # fmt: skip


def test_a_response_that_needs_no_recovery_is_in_no_line(record: ResponseRecord) -> None:
    """Whoever hands it over."""
    tally = Tally(by=PerformanceBy.GROUP, policy=Policy(), now=NOON)
    tally.count(attrs.evolve(record, needs_recovery=False), ())
    assert tally.lines(str) == ()
    assert tally.total().needed == 0


def test_lines_with_most_to_recover_come_first_and_what_has_no_group_last(record: ResponseRecord) -> None:
    """Those with as many are in the order of their keys."""
    tally = Tally(by=PerformanceBy.GROUP, policy=Policy(), now=NOON)
    for group in ("b", None, "a", "c", "c"):
        tally.count(attrs.evolve(record, response=attrs.evolve(record.response, group=group)), ())
    assert [line.key for line in tally.lines(str)] == ["c", "a", "b", None]
