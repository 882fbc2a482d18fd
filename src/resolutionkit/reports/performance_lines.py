"""One line of recovery performance: the figures of one group or person, as a value (requirement D6).

All lines together are ``reports.performance``; how they look stands in ``performance_view`` and ``performance_chart``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

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


class PerformanceShape(Protocol):
    """What of recovery performance is shown; the value itself is ``Performance``."""

    @property
    def by(self) -> PerformanceBy:
        """Return by what it is told."""

    @property
    def start(self) -> datetime | None:
        """Return from when on responses were received."""

    @property
    def end(self) -> datetime | None:
        """Return before when they were received."""

    @property
    def zone(self) -> str:
        """Return the zone in which the period is shown."""

    @property
    def with_backfilled(self) -> bool:
        """Say whether issues that were opened from old data count."""

    @property
    def lines(self) -> tuple[PerformanceLine, ...]:
        """Return a line for each group or person."""

    @property
    def total(self) -> PerformanceLine:
        """Return all of them together."""
