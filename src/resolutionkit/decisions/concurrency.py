"""Which commands conflict with what happened in between, as one table (requirement B13).

Notes, follows and unfollows conflict with nothing, and nothing with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from resolutionkit.model.commands import (
    AnswerCheck,
    Assign,
    Command,
    Escalate,
    InboundUpdate,
    RaiseLevel,
    Reopen,
    SetStatus,
)
from resolutionkit.model.conflicts import StaleIssue
from resolutionkit.model.events import CheckAnswered, Escalated, Event, LevelRaised, Reassigned, Reopened, StatusChanged
from resolutionkit.model.issue import Issue

_STATUS_EVENTS: tuple[type[Event], ...] = (StatusChanged, Reopened, Escalated)

CONFLICTS: dict[type[Command], tuple[type[Event], ...]] = {
    SetStatus: _STATUS_EVENTS,
    Escalate: _STATUS_EVENTS,
    Reopen: _STATUS_EVENTS,
    Assign: (Reassigned,),
    RaiseLevel: (LevelRaised,),
    AnswerCheck: (*_STATUS_EVENTS, CheckAnswered),
}
"""The kinds of event that a command cannot have missed."""


def check_not_stale(command: Command, issue: Issue, history: Sequence[Event], known_version: int | None) -> None:
    """Refuse a command whose author has not seen something that conflicts with it.

    Args:
        command: The command.
        issue: The issue as it is now.
        history: Everything that happened to it.
        known_version: The version that the author knew, or None where that was not said.

    Raises:
        StaleIssue: Something in between conflicts, or the version does not exist yet.
    """
    if known_version is None:
        return
    missed = tuple(history[known_version:])
    conflicting = _conflicts(command)
    if known_version > issue.version or any(isinstance(event, conflicting) for event in missed):
        raise StaleIssue(issue, missed, known_version)


def _conflicts(command: Command) -> tuple[type[Event], ...]:
    if not isinstance(command, InboundUpdate):
        return CONFLICTS.get(type(command), ())
    status = () if command.status is None else CONFLICTS[SetStatus]
    return status if command.assignee is None else (*status, *CONFLICTS[Assign])
