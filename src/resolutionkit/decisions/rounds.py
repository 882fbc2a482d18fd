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
    Merged,
    MergedInto,
    Reopened,
    ReplacementRecorded,
    StatusChanged,
)
from resolutionkit.model.issue import Phase
from resolutionkit.model.merging import opens_with_other
from resolutionkit.model.response import Response
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
        answers: From when the follow-up is counted, by the id of the response that it began with; under None where a
            person reopened it. There are several since a merge, and the earliest counts.
        skips: When its limits did not run, in order, without overlap.
        stopped_at: When its limits stopped for good, or None.
        is_closed: Whether it has been closed.
    """

    opened_at: datetime
    answers: dict[str | None, datetime]
    skips: list[Skip] = field(factory=list[Skip])
    stopped_at: datetime | None = None
    is_closed: bool = False

    @property
    def follow_up_from(self) -> datetime:
        """Return from when the follow-up is counted."""
        return min(self.answers.values())

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
class _Front:
    """A response that the issue is about at some place of its history, and whether anything is owed for it."""

    current: Response
    needed: bool
    is_owed: bool = True


@define
class _Reading:
    """What is known of an issue at some place of its history."""

    paused_in: Collection[str]
    rounds: list[Round] = field(factory=list[Round])
    status: str = ""
    fronts: list[_Front] = field(factory=list[_Front])
    is_old: bool = False

    def read(self, event: Event, before: Event | None) -> None:
        match event:
            case IssueOpened():
                response = event.response
                self.status, self.is_old = event.status, event.backfilled
                self.fronts = [_Front(response, event.needs_recovery)]
                self._begin(Round(event.at, {response.id: response.received_at}), event)
            case StatusChanged():
                self.status = event.status
                if event.phase is Phase.CLOSED:
                    self.rounds[-1].settle()
                    self.rounds[-1].is_closed = True
            case Reopened():
                self.status = event.status
                self._replaced(before).is_owed = True
                self._reopen(event, before)
            case ReplacementRecorded():
                front = self._front_of(event.response)
                front.current, front.needed, front.is_owed = event.response, event.needs_recovery, event.needs_recovery
            case CorrectionRecorded():
                self._correct(event)
            case Merged():
                self._merge(event)
            case MergedInto():
                self.rounds[-1].stopped_at = event.at
                return
            case _:
                return
        self.rounds[-1].turn(self._why(), event.at)

    def _begin(self, new: Round, event: IssueOpened | Reopened) -> None:
        new.is_closed = event.phase is Phase.CLOSED
        self.rounds.append(new)

    def _reopen(self, event: Reopened, before: Event | None) -> None:
        if event.cause.kind is CauseKind.RESPONSE and isinstance(before, ReplacementRecorded):
            self._begin(Round(event.at, {before.response.id: before.response.received_at}), event)
        else:
            self._begin(Round(event.at, {None: event.at}), event)

    def _replaced(self, before: Event | None) -> _Front:
        return self._front_of(before.response) if isinstance(before, ReplacementRecorded) else self.fronts[0]

    def _front_of(self, response: Response) -> _Front:
        """Return the front whose response this one takes the place of: that of its survey and ticket."""
        place = (response.survey, response.ticket)
        same = [one for one in self.fronts if (one.current.survey, one.current.ticket) == place] or self.fronts[:1]
        return max(same, key=lambda one: (one.current.received_at, one.current.id))

    def _correct(self, event: CorrectionRecorded) -> None:
        """Judge a correction afresh, like a replacement; one that leaves the need as it was leaves the limits."""
        last, response = self.rounds[-1], event.response
        if response.id in last.answers and not last.is_closed:
            last.answers[response.id] = response.received_at
        for front in self.fronts:
            if front.current.id == response.id:
                front.current = response
                if event.needs_recovery is not front.needed:
                    front.needed = front.is_owed = event.needs_recovery

    def _merge(self, event: Merged) -> None:
        """Let the limits run on: until now as in the issue whose opening counts, then by the status that stays."""
        other = _read(event.history, self.paused_in)
        mine, theirs = self.rounds[-1], other.rounds[-1]
        is_old, is_other_old = self.is_old, other.is_old
        is_theirs = opens_with_other(mine.opened_at, theirs.opened_at, is_old=is_old, is_other_old=is_other_old)
        counting = theirs if is_theirs else mine
        answers = {**mine.answers, **theirs.answers} if is_old is is_other_old else counting.answers
        self.rounds[-1] = Round(counting.opened_at, answers, skips=counting.skips)
        self.fronts += other.fronts
        self.is_old = is_old and is_other_old

    def _why(self) -> Why | None:
        if not any(front.is_owed for front in self.fronts):
            return StretchReason.NO_RECOVERY, None
        return (StretchReason.PAUSED, self.status) if self.status in self.paused_in else None


def _read(history: Iterable[Event], paused_in: Collection[str]) -> _Reading:
    reading = _Reading(paused_in)
    before: Event | None = None
    for event in history:
        reading.read(event, before)
        before = event
    return reading


def rounds_of(history: Iterable[Event], paused_in: Collection[str]) -> list[Round]:
    """Return the episodes of an issue as its limits see them, in order.

    Args:
        history: The whole history of one issue.
        paused_in: The statuses in which no limit runs.
    """
    reading = _read(history, paused_in)
    reading.rounds[-1].settle()
    return reading.rounds
