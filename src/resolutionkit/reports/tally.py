"""Counting recovery performance: one response with its issue's history after the other, in little memory (D6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from attrs import define, field

from resolutionkit.decisions.deadlines import reckoned
from resolutionkit.decisions.episodes import Worked, worked
from resolutionkit.decisions.rounds import Round, rounds_of
from resolutionkit.model.events import Event, Merged
from resolutionkit.model.issue import Episode, Issue, Status
from resolutionkit.model.response import ResponseRecord, Standing
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.targets import TargetKind
from resolutionkit.reports.paces import PaceTally
from resolutionkit.reports.performance_lines import PerformanceBy, PerformanceLine


@define
class _LineTally:
    """Counts for one group or person."""

    needed: int = 0
    with_notes: int = 0
    spoken: int = 0
    not_an_issue: int = 0
    backfilled: int = 0
    episodes: int = 0
    reopened: int = 0
    first_action: PaceTally = field(factory=PaceTally)
    contacted: PaceTally = field(factory=PaceTally)
    closed: PaceTally = field(factory=PaceTally)

    def count(self, issue: Issue | None) -> None:
        """Count a response that needed recovery, with the issue that it belongs to."""
        self.needed += 1
        if issue is not None:
            self.with_notes += issue.note_count > 0
            self.spoken += issue.has_spoken
            self.not_an_issue += issue.status == Status.NOT_AN_ISSUE
            self.backfilled += issue.backfilled

    def pace_of(self, kind: TargetKind) -> PaceTally:
        """Return what counts how quickly something is done."""
        match kind:
            case TargetKind.FIRST_ACTION:
                return self.first_action
            case TargetKind.FOLLOW_UP:
                return self.contacted
            case TargetKind.CLOSED:
                return self.closed

    def add(self, other: _LineTally) -> None:
        """Count what another tally counted."""
        for name in ("needed", "with_notes", "spoken", "not_an_issue", "backfilled", "episodes", "reopened"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind in TargetKind:
            self.pace_of(kind).add(other.pace_of(kind))

    def line(self, key: str | None, name: str) -> PerformanceLine:
        """Return what was counted."""
        return PerformanceLine(
            key=key,
            name=name,
            needed=self.needed,
            with_notes=self.with_notes,
            spoken=self.spoken,
            not_an_issue=self.not_an_issue,
            backfilled=self.backfilled,
            episodes=self.episodes,
            reopened=self.reopened,
            first_action=self.first_action.pace(),
            contacted=self.contacted.pace(),
            closed=self.closed.pace(),
        )


@define
class Tally:
    """Counts recovery performance.

    Attributes:
        by: By what.
        policy: The policy in force, whose targets are asked for.
        now: The instant, in UTC.
        with_backfilled: Whether issues that were opened from old data count.
    """

    by: PerformanceBy
    policy: Policy
    now: datetime
    with_backfilled: bool = True
    _lines: dict[str | None, _LineTally] = field(factory=dict, init=False)

    def count(self, record: ResponseRecord, history: Sequence[Event]) -> None:
        """Count one response that was at or below its threshold.

        Args:
            record: The response. One in whose place another stands counts no more; what was done for it does.
            history: The whole history of the issue that it belongs to; empty where it belongs to none.
        """
        if not record.needs_recovery:
            return
        if not history:
            self._count_response(record, None)
            return
        issue, owners = worked(history)
        if issue.backfilled and not self.with_backfilled:
            return
        self._count_response(record, issue)
        self._count_episodes(record, history, issue, owners)
        for event in history:
            if isinstance(event, Merged):
                self._count_earlier(record, event.history)

    def _count_earlier(self, record: ResponseRecord, history: Sequence[Event]) -> None:
        """Count the episodes that an issue had closed before it was merged: what they came to stays (law L10)."""
        issue, owners = worked(history)
        if self.with_backfilled or not issue.backfilled:
            self._count_episodes(record, history, issue, owners[:-1])
        for event in history:
            if isinstance(event, Merged):
                self._count_earlier(record, event.history)

    def _count_episodes(
        self, record: ResponseRecord, history: Sequence[Event], issue: Issue, owners: Sequence[Worked]
    ) -> None:
        """Count the episodes of an issue that a response is about, as many as there are owners."""
        rounds = rounds_of(history, self.policy.targets.paused_in)
        for whose, episode, one in zip(owners, issue.episodes, rounds, strict=False):
            if whose.response == record.id and episode.closed_as != Status.NOT_AN_ISSUE:
                self._count_episode(self._line(record, whose.assignee), issue, episode, one)

    def _count_response(self, record: ResponseRecord, issue: Issue | None) -> None:
        if record.standing is Standing.CURRENT:
            self._line(record, None if issue is None else issue.assignee).count(issue)

    def _count_episode(self, line: _LineTally, issue: Issue, episode: Episode, one: Round) -> None:
        line.episodes += 1
        line.reopened += episode.number > 1
        is_over = episode.closed_at is not None
        for kind, start, done_at in (
            (TargetKind.FIRST_ACTION, episode.opened_at, episode.first_action_at),
            (TargetKind.FOLLOW_UP, one.follow_up_from, episode.contacted_at),
            (TargetKind.CLOSED, episode.opened_at, episode.closed_at),
        ):
            line.pace_of(kind).count(None if done_at is None else done_at - start, is_over=is_over)
        if not issue.backfilled:
            now = max(self.now, issue.changed_at)
            for limit in self.policy.targets.in_force:
                line.pace_of(limit[0]).judge(reckoned(limit, episode, one, self.policy, now))

    def _line(self, record: ResponseRecord, assignee: str | None) -> _LineTally:
        key = record.response.group if self.by is PerformanceBy.GROUP else assignee
        return self._lines.setdefault(key, _LineTally())

    def lines(self, name_of: Callable[[str | None], str]) -> tuple[PerformanceLine, ...]:
        """Return a line for each group or person: those with most to recover first, then by their keys.

        Args:
            name_of: What a group or person is called; None stands for none.
        """
        ordered: Iterable[tuple[str | None, _LineTally]] = sorted(
            self._lines.items(), key=lambda one: (-one[1].needed, one[0] is None, one[0] or "")
        )
        return tuple(tally.line(key, name_of(key)) for key, tally in ordered)

    def total(self) -> PerformanceLine:
        """Return all of it as one line."""
        whole = _LineTally()
        for one in self._lines.values():
            whole.add(one)
        return whole.line(None, "Total")
