"""What time brings an issue to: its levels, its reminders, the check after closing (requirements B9, B16, C7; law L8).

All of it follows from the history, the policy and an instant, and from nothing that runs: what was done is in the
history, so asking twice, late, side by side or after an outage comes to each thing once. When limits run out stands in
``decisions.deadlines``, who answers for a level in ``decisions.levels``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from attrs import frozen

from resolutionkit.decisions.checks import is_checked
from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.deadlines import due_after, limits_run, owed, start_of
from resolutionkit.decisions.levels import accountable_for
from resolutionkit.decisions.rounds import Round, rounds_of
from resolutionkit.model.events import CheckAsked, Event, LevelRaised, LimitReminded, Merged, Reopened
from resolutionkit.model.issue import Issue
from resolutionkit.model.trusted import changed, trusted
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.stretches import StretchReason
from resolutionkit.policy.targets import Target, TargetKind

LOOK_AGAIN = timedelta(days=1)
"""How long an issue with limits is left alone at most: another policy shows by then, though nobody told of it."""
LEVEL = "level"
"""What a reminder of a level's limit calls it."""


@frozen(weakref_slot=False)
class Timetable:
    """When something is due on an issue, and when its timers have to be looked at.

    Attributes:
        due_at: The earliest instant at which something that is not done is, or was, due; None where nothing is.
        wake_at: When to look at it next, or since when it waits for that; None for never.
    """

    due_at: datetime | None = None
    wake_at: datetime | None = None


NOTHING = Timetable()
"""Nothing is due, and nothing will be."""
_INSTANT = timedelta(microseconds=1)
"""How much later than its due instant, which is in time, a limit has run out."""
_timetable = trusted(Timetable)


def timetable(issue: Issue, history: Sequence[Event], policy: Policy, now: datetime) -> Timetable:
    """Return when something is due on an issue, and when to look at its timers.

    Args:
        issue: The issue.
        history: Its whole history.
        policy: The policy in force.
        now: The instant, in UTC.
    """
    if not limits_run(issue) and not is_asked_about(issue, policy):
        return NOTHING
    last = rounds_of(history, policy.targets.paused_in)[-1]
    if not issue.is_open:
        asked_at = _ask_at(issue, last, policy)
        return NOTHING if asked_at is None else _timetable(due_at=None, wake_at=min(asked_at, now + LOOK_AGAIN))
    if last.stopped_at is not None:
        return NOTHING
    seen, due = _seen(issue, history, last), owed(issue, last, policy)
    waiting = [one.at for one in _reminders(issue, last, seen, policy, due)]
    climbs_at = _climbs_at(issue, last, seen, policy)
    if climbs_at is not None:
        waiting.append(climbs_at + _INSTANT)
    due_at = min((at for _, _, at in due), default=None)
    return _timetable(due_at=due_at, wake_at=min((*waiting, now + LOOK_AGAIN)))


def run(issue: Issue, history: Sequence[Event], context: Context) -> Decision:
    """Do what is due on an issue by now, in the order in which it came due; nothing where nothing is.

    Args:
        issue: The issue.
        history: Its whole history.
        context: The circumstances.
    """
    policy, draft = context.policy, Draft(issue, context)
    last = rounds_of(history, policy.targets.paused_in)[-1]
    if limits_run(issue) and last.stopped_at is None:
        seen = _climb(draft, issue, last, _seen(issue, history, last), context)
        reminders = _reminders(issue, last, seen, policy, owed(issue, last, policy))
        for one in sorted(reminders, key=lambda reminder: reminder.at):
            if one.at <= context.now:
                draft.add(LimitReminded, limit=one.limit, due_at=one.due_at, level=one.level)
    elif is_asked_about(issue, policy):
        asked_at = _ask_at(issue, last, policy)
        if asked_at is not None and asked_at <= context.now:
            draft.add(CheckAsked, due_at=asked_at)
    return draft.decision()


# --- what was done already --------------------------------------------------------------------------------------------


@frozen(weakref_slot=False)
class _Seen:
    """What the present episode's history says of timers.

    Attributes:
        level: The level that the issue is at.
        entered_at: Since when.
        reminded: Of which limits the assignee was reminded, as (limit, level).
    """

    level: int
    entered_at: datetime
    reminded: frozenset[tuple[str, int | None]]


_was_seen = trusted(_Seen)


def _seen(issue: Issue, history: Sequence[Event], last: Round) -> _Seen:
    present = list(_of_present(history))
    reminded = frozenset((event.limit, event.level) for event in present if isinstance(event, LimitReminded))
    # Of two issues that were merged either may have come to the level, and the earlier time counts, as of openings.
    levels = (event for event in _with_merged(present) if isinstance(event, LevelRaised))
    entered = (event.entered_at for event in levels if event.level == issue.level)
    return _was_seen(level=issue.level, entered_at=min(entered, default=last.opened_at), reminded=reminded)


def _of_present(history: Sequence[Event]) -> Iterator[Event]:
    """Yield the events of the present episode, the latest first."""
    return takewhile(lambda event: not isinstance(event, Reopened), reversed(history))


def _with_merged(events: Iterable[Event]) -> Iterator[Event]:
    """Yield events, and those of the present episodes of the issues that were merged by them."""
    for event in events:
        yield event
        if isinstance(event, Merged):
            yield from _with_merged(_of_present(event.history))


# --- climbing ---------------------------------------------------------------------------------------------------------


def _climbs_at(issue: Issue, last: Round, seen: _Seen, policy: Policy) -> datetime | None:
    """Return when the limit of an issue's level runs out; at that very instant it has not yet.

    None where it is paused, was kept, or no level is above.
    """
    if seen.level + 1 >= len(policy.levels):
        return None
    return _runs_out_at(issue, last, seen, policy)


def _runs_out_at(issue: Issue, last: Round, seen: _Seen, policy: Policy) -> datetime | None:
    if seen.level >= len(policy.levels):
        return None
    at = due_after(policy.levels[seen.level].limit, seen.entered_at, last.skips, policy)
    acted_at = issue.episodes[-1].first_action_at
    is_kept = seen.level == 0 and acted_at is not None and (at is None or acted_at <= at)
    return None if is_kept else at


def _climb(draft: Draft, issue: Issue, last: Round, seen: _Seen, context: Context) -> _Seen:
    """Add a level for each limit that ran out, and return what is so afterwards.

    Each level runs from when the one below it ran out, whenever that is noticed: after an outage an issue is where it
    would have been without.
    """
    policy = context.policy
    while (at := _climbs_at(issue, last, seen, policy)) is not None and at < context.now:
        below, number = policy.levels[seen.level], seen.level + 1
        level = policy.levels[number]
        draft.add(
            LevelRaised,
            level=number,
            name=level.name,
            entered_at=at,
            accountable=accountable_for(level, issue, context.people),
            ran_out=below.name,
        )
        seen = changed(seen, level=number, entered_at=at)
    return seen


# --- reminding --------------------------------------------------------------------------------------------------------


@frozen(weakref_slot=False)
class _Reminder:
    """A limit of which the assignee is to be reminded.

    Attributes:
        at: When.
        limit: What is to happen.
        due_at: By when.
        level: The number of the level whose limit it is; None for a target's.
    """

    at: datetime
    limit: str
    due_at: datetime
    level: int | None = None


_reminder = trusted(_Reminder)


def _reminders(
    issue: Issue, last: Round, seen: _Seen, policy: Policy, due: Sequence[tuple[TargetKind, Target, datetime]]
) -> Iterator[_Reminder]:
    """Yield what the assignee is still to be reminded of: each limit once in an episode, none while it is paused."""
    before = policy.targets.remind_before
    if before is None or last.pause is not None:
        return
    for kind, target, due_at in due:
        if (kind.value, None) not in seen.reminded:
            at = due_after(target, start_of(kind, last), last.skips, policy, sooner=_sooner(target, before))
            # Whoever got an issue on which time was running out already has just been told of it.
            if at is not None and at > last.opened_at:
                yield _reminder(at=at, limit=kind.value, due_at=due_at, level=None)
    runs_out_at = _runs_out_at(issue, last, seen, policy)
    if runs_out_at is not None and (LEVEL, seen.level) not in seen.reminded:
        limit = policy.levels[seen.level].limit
        at = due_after(limit, seen.entered_at, last.skips, policy, sooner=_sooner(limit, before))
        if at is not None:
            yield _reminder(at=at, limit=LEVEL, due_at=runs_out_at, level=seen.level)


def _sooner(limit: Target, before: timedelta) -> timedelta:
    """Return how long before a limit runs out it is reminded of: not in the first half of it."""
    return min(before, limit.within / 2)


# --- asking after closing --------------------------------------------------------------------------------------------


def is_asked_about(issue: Issue, policy: Policy) -> bool:
    """Say whether it is still to be asked of a closed issue whether the customer is satisfied."""
    last = issue.episodes[-1]
    return is_checked(issue, policy) and not issue.backfilled and last.asked_at is None and last.satisfied is None


def _ask_at(issue: Issue, last: Round, policy: Policy) -> datetime | None:
    """Return when it is asked; None where a later response says so already, by being above the threshold (A5)."""
    closed_at, check = issue.closed_at, policy.closing_check
    is_answered = last.pause is not None and last.pause.reason is StretchReason.NO_RECOVERY
    return None if closed_at is None or check is None or is_answered else closed_at + check.after
