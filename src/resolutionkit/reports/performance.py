"""Recovery performance: who was recovered and how quickly, by group or by person, as a value (requirement D6).

How it is counted stands in ``reports.tally``, how quickly is ``reports.paces``; how it looks, in ``performance_view``
and ``performance_chart``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from resolutionkit.reports.paces import Pace


class PerformanceBy(StrEnum):
    """By what recovery performance is told."""

    GROUP = "group"
    """The group of the response."""
    PERSON = "person"
    """The assignee of the issue, and of each episode as it was when the episode ended."""


@frozen(kw_only=True)
class PerformanceLine:
    """How the responses of one group or person were recovered.

    The first numbers count responses that stand now and needed recovery, as the recovery filters list them. Times and
    shares are over episodes, each of which counts once, for good: reopening changes nothing in those before it. They
    leave out what was closed as *Not an Issue*; the shares also what was backfilled, since it has no limits.

    Attributes:
        key: The group's code, or the person's id or address; None for responses without one, and for the total.
        name: What the group or person is called.
        needed: How many responses needed recovery.
        with_notes: Of how many of them the issue has notes.
        spoken: With how many of their customers somebody spoke.
        not_an_issue: How many of them are closed as *Not an Issue*.
        backfilled: How many of them were opened from old data.
        episodes: How many episodes times and shares are over.
        reopened: How many of these episodes began with a reopening.
        first_action: From an episode's opening to the first note or status change by a person.
        contacted: From when the response was received, or its issue reopened by a person, until somebody spoke with
            the customer.
        closed: From an episode's opening to its closing.
    """

    key: str | None
    name: str
    needed: int
    with_notes: int
    spoken: int
    not_an_issue: int
    backfilled: int
    episodes: int
    reopened: int
    first_action: Pace
    contacted: Pace
    closed: Pace

    @property
    def without_notes(self) -> int:
        """Return how many responses needed recovery and have no note."""
        return self.needed - self.with_notes


@frozen(kw_only=True)
class Performance:
    """Recovery performance over a period, as it stands at an instant (requirement D6).

    It can be iterated over, line by line: those with most to recover first.

    Attributes:
        by: By what it is told.
        start: From when on responses were received, in UTC; None for the first.
        end: Before when they were received, in UTC; None for the last.
        zone: The IANA zone of the account's clock, in which the period is shown.
        at: When it was counted.
        with_backfilled: Whether issues that were opened from old data count.
        lines: A line for each group or person.
        total: All of them together: its times are over all episodes, not over those of the lines.
    """

    by: PerformanceBy
    start: datetime | None
    end: datetime | None
    zone: str
    at: datetime
    with_backfilled: bool
    lines: tuple[PerformanceLine, ...] = field(repr=False)
    total: PerformanceLine = field(repr=False)

    def __iter__(self) -> Iterator[PerformanceLine]:
        """Iterate over the lines."""
        return iter(self.lines)

    def __len__(self) -> int:
        """Return how many lines it has."""
        return len(self.lines)

    def line(self, key: str | None) -> PerformanceLine:
        """Return the line of a group or a person.

        Args:
            key: The group's code, or the person's id or address; None for what has none.

        Raises:
            KeyError: There is no such line.
        """
        found = next((line for line in self.lines if line.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def _repr_html_(self) -> str:
        """Show it in a notebook as a table."""
        from resolutionkit.reports.performance_view import performance_view

        return performance_view(self)

    def chart(self) -> Any:
        """Return it as a chart: a Matplotlib ``Figure``, to show in a notebook or to save with ``savefig``.

        Raises:
            MissingExtra: The extra ``plots`` is not installed.
        """
        from resolutionkit.reports.performance_chart import performance_chart

        return performance_chart(self)
