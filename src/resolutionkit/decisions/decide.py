"""One table from a command on an issue to the function that decides it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resolutionkit.decisions.checks import answer_check
from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.levels import raise_level
from resolutionkit.decisions.moves import escalate, reopen, set_status
from resolutionkit.decisions.updates import update
from resolutionkit.decisions.work import add_note, assign, follow, unfollow
from resolutionkit.model.commands import (
    AddNote,
    AnswerCheck,
    Assign,
    Command,
    Escalate,
    Follow,
    InboundUpdate,
    RaiseLevel,
    Reopen,
    SetStatus,
    Unfollow,
)
from resolutionkit.model.issue import Issue

DECIDERS: dict[type[Command], Callable[[Issue, Any, Context], Decision]] = {
    SetStatus: set_status,
    AddNote: add_note,
    Assign: assign,
    Follow: follow,
    Unfollow: unfollow,
    Escalate: escalate,
    Reopen: reopen,
    RaiseLevel: raise_level,
    AnswerCheck: answer_check,
    InboundUpdate: update,
}


def decide(issue: Issue, command: Command, context: Context) -> Decision:
    """Return what a command does to an issue, or refuse it.

    Raises:
        ResolutionKitError: The command is refused; the error says what is allowed instead.
    """
    return DECIDERS[type(command)](issue, command, context)
