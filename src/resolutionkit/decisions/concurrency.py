"""Which commands conflict with what happened in between, as one table (requirement B13).

Notes, follows and unfollows conflict with nothing, and nothing with them; a merge conflicts with all else.
"""

from __future__ import annotations

from collections.abc import Sequence

from resolutionkit.model.commands import (
    AnswerCheck,
    Assign,
    Command,
    Escalate,
    HandOver,
    InboundUpdate,
    Merge,
    RaiseLevel,
    Reopen,
    SetStatus,
)
from resolutionkit.model.conflicts import StaleIssue
from resolutionkit.model.events import (
    CheckAnswered,
    Escalated,
    Event,
    LevelRaised,
    Merged,
    MergedInto,
    Reassigned,
    Reopened,
    StatusChanged,
)
from resolutionkit.model.issue import Issue

_MERGES: tuple[type[Event], ...] = (Merged, MergedInto)
_STATUS_EVENTS: tuple[type[Event], ...] = (StatusChanged, Reopened, Escalated, *_MERGES)

CONFLICTS: dict[type[Command], tuple[type[Event], ...]] = {
    SetStatus: _STATUS_EVENTS,
    Escalate: _STATUS_EVENTS,
    Reopen: _STATUS_EVENTS,
    Assign: (Reassigned, *_MERGES),
    HandOver: (Reassigned, *_MERGES),
    Merge: (*_STATUS_EVENTS, Reassigned),
    RaiseLevel: (LevelRaised, *_MERGES),
    AnswerCheck: (*_STATUS_EVENTS, CheckAnswered),
}
"""The kinds of event that a command cannot have missed."""


def check_not_stale(command: Command, issue: Issue, history: Sequence[Event], known_version: int | None) -> None:
    """Refuse a command whose author has not seen something that conflicts with it.

    Args:
        command: The command.
        issue: The issue as it is now.
        history: Everything that happened to it; where the author knew another issue that was merged into it, to that.
        known_version: The version that the author knew, or None where that was not said.

    Raises:
        StaleIssue: Something in between conflicts, or the version does not exist yet.
    """
    if known_version is None:
        return
    # Nobody has known a merged issue as it ended: its id led elsewhere from then on.
    missed = tuple(history[known_version:]) or tuple(one for one in history[-1:] if isinstance(one, MergedInto))
    conflicting = _conflicts(command)
    if known_version > len(history) or any(isinstance(event, conflicting) for event in missed):
        raise StaleIssue(issue, missed, known_version)


def _conflicts(command: Command) -> tuple[type[Event], ...]:
    if not isinstance(command, InboundUpdate):
        return CONFLICTS.get(type(command), ())
    status = () if command.status is None else CONFLICTS[SetStatus]
    return status if command.assignee is None else (*status, *CONFLICTS[Assign])
