"""The episodes of an issue as its limits see them: from when they run, and when they do not (requirements D7, A5).

What an episode came to stands in ``model.issue``; when what is due is worked out in ``decisions.deadlines``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple, TypeAlias

from attrs import define, field

from resolutionkit.model.events import (
    CauseKind,
    CorrectionRecorded,
    Event,
    IssueOpened,
    Reopened,
    ReplacementRecorded,
    StatusChanged,
)
from resolutionkit.model.issue import Phase
from resolutionkit.policy.stretches import StretchReason

Why: TypeAlias = tuple[StretchReason, str | None]


class Skip(NamedTuple):
    """Time in which no limit of an episode runs; without an end while it lasts."""

    start: datetime
    end: datetime | None
    reason: StretchReason
    name: str | None


@define
class Round:
    """One episode, while its history is read.

    Attributes:
        opened_at: When it began.
        follow_up_from: From when the follow-up is counted.
        answers: The id of the response that it began with, or None where a person reopened it.
        skips: When its limits did not run, in order, without overlap.
        stopped_at: When its limits stopped for good, or None.
        is_closed: Whether it has been closed.
    """

    opened_at: datetime
    follow_up_from: datetime
    answers: str | None
    skips: list[Skip] = field(factory=list)
    stopped_at: datetime | None = None
    is_closed: bool = False

    def _is_skipping(self) -> Skip | None:
        return self.skips[-1] if self.skips and self.skips[-1].end is None else None

    def turn(self, why: Why | None, at: datetime) -> None:
        """Let the limits run, or not, from an instant on."""
        lasting = self._is_skipping()
        if lasting is not None:
            if why == (lasting.reason, lasting.name):
                return
            self.skips.pop()
            if lasting.start < at:
                self.skips.append(lasting._replace(end=at))
        if why is not None:
            self.skips.append(Skip(at, None, *why))

    @property
    def pause(self) -> Skip | None:
        """Return the time in which no limit runs and which lasts, or None where they run."""
        return self._is_skipping()

    def settle(self) -> None:
        """Stop the limits for good where nothing is owed to the customer as the episode, or its history, ends."""
        lasting = self._is_skipping()
        if lasting is not None and lasting.reason is StretchReason.NO_RECOVERY and not self.is_closed:
            self.stopped_at = lasting.start


@define
class _Reading:
    """What is known of an issue at some place of its history."""

    paused_in: Collection[str]
    rounds: list[Round] = field(factory=list)
    status: str = ""
    current: str = ""
    is_owed: bool = True
    needed: bool = True

    def read(self, event: Event, before: Event | None) -> None:
        match event:
            case IssueOpened():
                response = event.response
                self.current, self.needed, self.status = response.id, event.needs_recovery, event.status
                self._begin(Round(event.at, response.received_at, response.id), event)
            case StatusChanged():
                self.status = event.status
                if event.phase is Phase.CLOSED:
                    self.rounds[-1].settle()
                    self.rounds[-1].is_closed = True
            case Reopened():
                self.status, self.is_owed = event.status, True
                self._reopen(event, before)
            case ReplacementRecorded():
                self.current, self.needed, self.is_owed = event.response.id, event.needs_recovery, event.needs_recovery
            case CorrectionRecorded():
                self._correct(event)
            case _:
                return
        self.rounds[-1].turn(self._why(), event.at)

    def _begin(self, new: Round, event: IssueOpened | Reopened) -> None:
        new.is_closed = event.phase is Phase.CLOSED
        self.rounds.append(new)

    def _reopen(self, event: Reopened, before: Event | None) -> None:
        if event.cause.kind is CauseKind.RESPONSE and isinstance(before, ReplacementRecorded):
            self._begin(Round(event.at, before.response.received_at, before.response.id), event)
        else:
            self._begin(Round(event.at, event.at, None), event)

    def _correct(self, event: CorrectionRecorded) -> None:
        """Judge a correction afresh, like a replacement; one that leaves the need as it was leaves the limits."""
        last = self.rounds[-1]
        if event.response.id == last.answers and not last.is_closed:
            last.follow_up_from = event.response.received_at
        if event.response.id == self.current and event.needs_recovery is not self.needed:
            self.needed = self.is_owed = event.needs_recovery

    def _why(self) -> Why | None:
        if not self.is_owed:
            return StretchReason.NO_RECOVERY, None
        return (StretchReason.PAUSED, self.status) if self.status in self.paused_in else None


def rounds_of(history: Iterable[Event], paused_in: Collection[str]) -> list[Round]:
    """Return the episodes of an issue as its limits see them, in order.

    Args:
        history: The whole history of one issue.
        paused_in: The statuses in which no limit runs.
    """
    reading = _Reading(paused_in)
    before: Event | None = None
    for event in history:
        reading.read(event, before)
        before = event
    reading.rounds[-1].settle()
    return reading.rounds
