"""How one target stands in one episode of an issue, as a value. It is worked out in ``decisions.deadlines``."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from resolutionkit.policy.stretches import Stretch
from resolutionkit.policy.targets import Target, TargetKind


class DeadlineState(StrEnum):
    """How a target stands."""

    RUNNING = "running"
    """Not done yet, and in time; so also at exactly the due instant."""
    PAUSED = "paused"
    """Not done yet, and in a status in which no limit runs."""
    MET = "met"
    """Done in time."""
    MISSED = "missed"
    """Done late, or not done and the due instant is over."""
    STOPPED = "stopped"
    """Ended before it was due without being done, neither met nor missed: the issue was closed, or a later response
    was above the threshold (requirement A5)."""


@frozen(kw_only=True)
class Deadline:
    """A target in one episode of an issue: when it is due, when it was met, and how late; ``str`` shows it in a line.

    Attributes:
        kind: What is to have happened.
        target: How soon, as the policy has it.
        episode: The number of the episode, counted from 1.
        starts_at: From when time is counted, in UTC.
        due_at: Until when it is in time, that instant included, in UTC; None while it is paused, and where the
            calendar does not open for so long within ten years.
        met_at: When it was done within the episode, in time or not, in UTC; None so far, or where it was not.
        ended_at: When it ended without being done, in UTC; None while it has not, and where it was done.
        state: How it stands.
        late_elapsed: How long the customer waits, or waited, beyond the due instant: all time counts. Nothing where
            it is in time.
        late_business: How much of that is the team's: within the hours of the policy's calendar, pauses left out;
            None where the policy has no calendar.
        explained: All the time from the start until it was done, ended, or now: in order, without gap or overlap, each
            stretch counted or skipped with its reason. None lies across the due instant; those that count before it
            add up to what the target allows.
    """

    kind: TargetKind
    target: Target
    episode: int
    starts_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    ended_at: datetime | None
    state: DeadlineState
    late_elapsed: timedelta
    late_business: timedelta | None
    explained: tuple[Stretch, ...] = field(repr=False)

    @property
    def used(self) -> timedelta:
        """Return how much time has counted, that beyond the due instant included."""
        return sum((one.length for one in self.explained if one.is_counted), timedelta(0))

    def __str__(self) -> str:
        """Return one line: which target, how it stands, until when."""
        due = "no due instant" if self.due_at is None else f"due {self.due_at:%Y-%m-%d %H:%M %Z}"
        met = "" if self.met_at is None else f", done {self.met_at:%Y-%m-%d %H:%M %Z}"
        late = f", late by {self.late_elapsed}" if self.late_elapsed else ""
        return f"{self.kind}, episode {self.episode}: {self.state}, {due}{met}{late}"
