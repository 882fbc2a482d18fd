"""What another system's update does to an issue: its parts, each on the issue as the one before leaves it (C9)."""

from __future__ import annotations

from functools import reduce
from typing import Any

from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.moves import reopen, set_status
from resolutionkit.decisions.work import add_note, assign
from resolutionkit.model.commands import AddNote, Assign, InboundUpdate, Reopen, SetStatus
from resolutionkit.model.history import apply
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import resolve
from resolutionkit.model.trusted import changed


def update(issue: Issue, command: InboundUpdate, context: Context) -> Decision:
    """Move the issue, then give it to somebody; the note stands where the first of the two is, and alone else.

    Raises:
        ResolutionKitError: One of the parts is refused, and then none is done.
    """
    if command.status is None:
        if command.assignee is None:
            return add_note(issue, AddNote(**_said(command)), context)
        return assign(issue, Assign(**_said(command), assignee=command.assignee), context)
    moved = _moved(issue, command, command.status, context)
    return moved if command.assignee is None else _assigned(issue, moved, command, command.assignee, context)


def _moved(issue: Issue, command: InboundUpdate, status: str, context: Context) -> Decision:
    workflow = context.policy.workflow
    is_reopening = not issue.is_open and status in workflow.reopen_to and workflow.move(issue.status, status) is None
    if is_reopening and command.reason is None:
        return reopen(issue, Reopen(**_said(command), status=status), context)
    wanted = SetStatus(**_said(command), status=status, reason=command.reason, reason_kind=command.reason_kind)
    return set_status(issue, wanted, context)


def _assigned(issue: Issue, moved: Decision, command: InboundUpdate, assignee: str, context: Context) -> Decision:
    after = reduce(apply, moved.events, issue)
    if resolve(assignee, context.people) == after.assignee:
        return moved
    given = assign(after, Assign(**_said(command), assignee=assignee), context)
    # The note, and what is advised of it, stand with the status already.
    events = [changed(event, note=None, advice=()) for event in given.events]
    return changed(moved, events=(*moved.events, *events))


def _said(command: InboundUpdate) -> dict[str, Any]:
    return {
        "issue": command.issue,
        "note": command.note,
        "spoke": command.spoke,
        "happened_at": command.happened_at,
        "author": command.author,
    }
