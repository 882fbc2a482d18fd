"""What time does to an issue: when each target is due, whether it was met, and why (requirements D7, A5, A11, B10).

Laws: a pause or a holiday never brings a due instant forward (L9); what comes after an episode changes none of its
figures (L10). Nothing here knows of timers, or of who is told. When limits run at all stands in ``decisions.rounds``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from attrs import frozen

from resolutionkit.decisions.rounds import Round, Skip, rounds_of
from resolutionkit.errors import InvalidValue
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Episode, Issue
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.deadline import Deadline, DeadlineState
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.stretches import Stretch, StretchReason
from resolutionkit.policy.targets import Target, TargetKind

_NOTHING = timedelta(0)


@frozen
class _AllTime:
    """Counts all time."""

    zone: str

    def due(self, start: datetime, span: timedelta, /) -> datetime:
        return start + span

    def between(self, start: datetime, end: datetime, /) -> timedelta:
        return end - start

    def explain(self, start: datetime, end: datetime, /) -> tuple[Stretch, ...]:
        if start == end:
            return ()
        return (Stretch(start=start, end=end, reason=StretchReason.ELAPSED, zone=self.zone),)


_Counting: TypeAlias = BusinessCalendar | _AllTime
"""How time is counted: as a business calendar does it, or all of it."""


def _counting(target: Target, policy: Policy) -> _Counting:
    if target.business_time and policy.calendar is not None:
        return policy.calendar
    return _AllTime(policy.zone)


class Reckoned(NamedTuple):
    """How one target stands in one episode, without the reasons: all that figures need.

    Attributes:
        kind: What is to have happened.
        target: How soon.
        counting: How time is counted.
        start: From when.
        skips: When it did not run.
        due_at: Until when it is in time, or None.
        met_at: When it was done, or None.
        over_at: When it was done or ended, or None while it runs.
        until: The same, or now.
        state: How it stands.
    """

    kind: TargetKind
    target: Target
    counting: _Counting
    start: datetime
    skips: Sequence[Skip]
    due_at: datetime | None
    met_at: datetime | None
    over_at: datetime | None
    until: datetime
    state: DeadlineState


def deadlines(issue: Issue, history: Sequence[Event], policy: Policy, now: datetime) -> tuple[Deadline, ...]:
    """Return how each target stands in each episode: episode by episode, in the order of ``TargetKind``.

    A backfilled issue has none (requirement A11).

    Args:
        issue: The issue.
        history: Its whole history.
        policy: The policy in force.
        now: The instant, in UTC.
    """
    if issue.backfilled:
        return ()
    now = max(now, issue.changed_at)  # a clock may step back; history never does
    pairs = zip(issue.episodes, rounds_of(history, policy.targets.paused_in), strict=True)
    return tuple(
        _deadline(limit, episode, one, policy, now) for episode, one in pairs for limit in policy.targets.in_force
    )


def earliest_due(issue: Issue, history: Sequence[Event], policy: Policy) -> datetime | None:
    """Return the earliest instant at which something that is not done is, or was, due; None where nothing is.

    What is paused has no due instant meanwhile. The answer does not depend on the present instant.

    Args:
        issue: The issue.
        history: Its whole history.
        policy: The policy in force.
    """
    if not limits_run(issue):
        return None
    last = rounds_of(history, policy.targets.paused_in)[-1]
    if last.stopped_at is not None:
        return None
    return min((at for _, _, at in owed(issue, last, policy)), default=None)


def limits_run(issue: Issue) -> bool:
    """Say whether an issue is one of those that have limits: not closed, and not from old data (requirement A11)."""
    return issue.is_open and not issue.backfilled


def owed(issue: Issue, last: Round, policy: Policy) -> list[tuple[TargetKind, Target, datetime]]:
    """Return the targets of an issue's present episode that nobody has met, each with when it is, or was, due."""
    episode, found = issue.episodes[-1], []
    for kind, target in policy.targets.in_force:
        if done_at(kind, episode) is None:
            due = due_after(target, start_of(kind, last), last.skips, policy)
            if due is not None:
                found.append((kind, target, due))
    return found


def due_after(
    limit: Target, start: datetime, skips: Sequence[Skip], policy: Policy, *, sooner: timedelta = _NOTHING
) -> datetime | None:
    """Return when a limit runs out that runs from an instant; None where that cannot be told, or while it is paused.

    Args:
        limit: The limit.
        start: The instant.
        skips: When it does not run, in order.
        policy: The policy in force.
        sooner: How much time before, counted as the limit is, to return in its stead.
    """
    if limit.business_time or skips:
        return _due(_counting(limit, policy), start, limit.within - sooner, skips)
    try:  # every change of an issue asks for several, and mostly all time counts
        return start + limit.within - sooner
    except OverflowError:
        return None


def start_of(kind: TargetKind, one: Round) -> datetime:
    """Return from when a target is counted."""
    return one.follow_up_from if kind is TargetKind.FOLLOW_UP else one.opened_at


def done_at(kind: TargetKind, episode: Episode) -> datetime | None:
    """Return when what a target wants happened in an episode, or None."""
    match kind:
        case TargetKind.FIRST_ACTION:
            return episode.first_action_at
        case TargetKind.FOLLOW_UP:
            return episode.contacted_at
        case TargetKind.CLOSED:
            return episode.closed_at


def reckoned(limit: tuple[TargetKind, Target], episode: Episode, one: Round, policy: Policy, now: datetime) -> Reckoned:
    """Return how one target stands in one episode.

    Args:
        limit: The target, with its kind.
        episode: The episode.
        one: The same episode as its limits see it.
        policy: The policy in force.
        now: The instant, in UTC, not before the issue's last event.
    """
    kind, target = limit
    end = min((at for at in (episode.closed_at, one.stopped_at) if at is not None), default=None)
    done = done_at(kind, episode)
    met_at = done if done is not None and (end is None or done <= end) else None
    over_at = met_at or end
    until = over_at or now
    counting, start = _counting(target, policy), start_of(kind, one)
    skips = one.skips if over_at is None else list(_until(one.skips, over_at))
    due_at = _due(counting, start, target.within, skips)
    is_late = due_at is not None and until > due_at
    state = _state(skips, is_late=is_late, is_met=met_at is not None, is_over=over_at is not None)
    return Reckoned(kind, target, counting, start, skips, due_at, met_at, over_at, until, state)


def _deadline(
    limit: tuple[TargetKind, Target], episode: Episode, one: Round, policy: Policy, now: datetime
) -> Deadline:
    found = reckoned(limit, episode, one, policy, now)
    is_late, due_at, until = found.state is DeadlineState.MISSED, found.due_at, found.until
    return Deadline(
        kind=found.kind,
        target=found.target,
        episode=episode.number,
        starts_at=found.start,
        due_at=due_at,
        met_at=found.met_at,
        ended_at=found.over_at if found.met_at is None else None,
        state=found.state,
        late_elapsed=until - due_at if due_at is not None and is_late else _NOTHING,
        late_business=_late(policy.calendar, due_at if is_late else None, until, found.skips),
        explained=tuple(_explained(found.counting, found.start, until, due_at, found.skips)),
    )


def _state(skips: Sequence[Skip], *, is_late: bool, is_met: bool, is_over: bool) -> DeadlineState:
    if is_late:
        return DeadlineState.MISSED
    if is_over:
        return DeadlineState.MET if is_met else DeadlineState.STOPPED
    return DeadlineState.PAUSED if skips and skips[-1].end is None else DeadlineState.RUNNING


def _until(skips: Sequence[Skip], at: datetime) -> Iterator[Skip]:
    """Yield what was skipped before an instant, as if time ran on from there."""
    for skip in skips:
        if skip.start < at:
            yield skip._replace(end=at if skip.end is None else min(skip.end, at))


def _due(counting: _Counting, start: datetime, within: timedelta, skips: Sequence[Skip]) -> datetime | None:
    """Return the earliest instant by which so much has counted; None where that cannot be told, or not yet."""
    at, left = start, within
    try:
        for skip in skips:
            if skip.start > at:
                passed = counting.between(at, skip.start)
                if passed >= left:
                    break
                left -= passed
            if skip.end is None:
                return None
            at = max(at, skip.end)
        return counting.due(at, left)
    except (InvalidValue, OverflowError):  # beyond what calendars know
        return None


def _late(
    calendar: BusinessCalendar | None, due_at: datetime | None, until: datetime, skips: Sequence[Skip]
) -> timedelta | None:
    if calendar is None:
        return None
    if due_at is None:
        return _NOTHING
    return sum((one.length for one in _told(calendar, due_at, until, skips) if one.is_counted), _NOTHING)


def _explained(
    counting: _Counting, start: datetime, until: datetime, due_at: datetime | None, skips: Sequence[Skip]
) -> Iterator[Stretch]:
    if due_at is not None and start < due_at < until:
        yield from _told(counting, start, due_at, skips)
        start = due_at
    yield from _told(counting, start, until, skips)


def _told(counting: _Counting, start: datetime, until: datetime, skips: Sequence[Skip]) -> Iterator[Stretch]:
    """Yield the stretches from one instant to another, what is skipped in the place of what would have counted."""
    at = start
    for skip in skips:
        begins, ends = max(skip.start, at), min(skip.end or until, until)
        if begins < ends:
            yield from _counted(counting, at, begins)
            yield Stretch(start=begins, end=ends, reason=skip.reason, name=skip.name, zone=counting.zone)
            at = ends
    yield from _counted(counting, at, until)


def _counted(counting: _Counting, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    try:
        return counting.explain(start, end) if start < end else ()
    except InvalidValue:  # beyond what calendars know
        return ()
