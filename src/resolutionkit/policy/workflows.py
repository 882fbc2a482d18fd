"""The workflows that ship (requirements B1, B2). The engine that reads them stands in ``policy.workflow``."""

from __future__ import annotations

from resolutionkit.model.issue import Phase, Status
from resolutionkit.policy.workflow import Move, StatusRule, Workflow

_WORKED = (Status.IN_PROGRESS, Status.ESCALATED)
_CLOSED = (Status.CANT_RESOLVE, Status.NOT_AN_ISSUE, Status.RESOLVED)

STANDARD = Workflow(
    name="standard",
    statuses=(
        StatusRule(
            key=Status.NEEDS_ATTENTION,
            phase=Phase.OPEN,
            label="Needs Attention",
            guidance="Nobody has acted on it yet. Every unhappy customer's issue begins here.",
        ),
        StatusRule(
            key=Status.IN_PROGRESS,
            phase=Phase.ACTIVE,
            label="Resolution in Progress",
            guidance="Somebody has taken action, and is talking with the customer or waiting for an answer.",
        ),
        StatusRule(
            key=Status.ESCALATED,
            phase=Phase.ACTIVE,
            label="Escalated",
            action="Escalate",
            guidance="Leadership has to step in at once; the highest in command is told.",
            wants_history=True,
        ),
        StatusRule(
            key=Status.CANT_RESOLVE,
            phase=Phase.CLOSED,
            label="Can't Resolve",
            guidance="After much talk with the customer no agreement was found, and the talking has ended.",
            wants_history=True,
        ),
        StatusRule(
            key=Status.NOT_AN_ISSUE,
            phase=Phase.CLOSED,
            label="Not an Issue",
            guidance="The answer asks for no action: too early to tell, or no experience to judge by.",
        ),
        StatusRule(
            key=Status.RESOLVED,
            phase=Phase.CLOSED,
            label="Resolved",
            guidance="The customer is content, or what went wrong can no longer happen. Usually follows progress.",
        ),
    ),
    initial=Status.NEEDS_ATTENTION,
    moves=(
        Move(start=(Status.NEEDS_ATTENTION,), to=(*_WORKED, *_CLOSED)),
        Move(start=(Status.NEEDS_ATTENTION,), to=(Status.RESOLVED,), is_unusual=True),
        Move(start=_WORKED, to=(*_WORKED, *_CLOSED)),
        Move(start=_CLOSED, to=_CLOSED),
    ),
    escalation=Status.ESCALATED,
    reopen_to=(Status.NEEDS_ATTENTION, Status.IN_PROGRESS),
)
"""Six statuses: needs attention, in progress, escalated, and three ways of closing."""

_THREE = (
    StatusRule(
        key="open",
        phase=Phase.OPEN,
        label="Open",
        guidance="The customer has answered and waits to be contacted.",
    ),
    StatusRule(
        key="in_progress",
        phase=Phase.ACTIVE,
        label="In Progress",
        guidance="Somebody is finding out from the customer what went wrong.",
    ),
    StatusRule(
        key="closed",
        phase=Phase.CLOSED,
        label="Closed",
        guidance="The case is solved.",
    ),
)

THREE_STATUS = Workflow(
    name="three-status",
    statuses=_THREE,
    initial="open",
    moves=(Move(start=("open", "in_progress", "closed"), to=("open", "in_progress", "closed")),),
    reopen_to=("open", "in_progress"),
)
"""Open, in progress, closed; every move is free."""

THREE_STATUS_FORWARD = Workflow(
    name="three-status-forward",
    statuses=_THREE,
    initial="open",
    moves=(
        Move(start=("open",), to=("in_progress", "closed")),
        Move(start=("in_progress",), to=("closed",)),
    ),
)
"""Open, in progress, closed; only forward. A replacing unhappy response alone takes an issue up again."""

BY_NAME = {workflow.name: workflow for workflow in (STANDARD, THREE_STATUS, THREE_STATUS_FORWARD)}
"""The workflows that a policy file can name."""
