"""Loading: what a command is decided on, and whether whoever gives it may know of it (requirement D2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from resolutionkit.decisions.intake import Facts
from resolutionkit.errors import IssueNotFound, ResponseNotFound
from resolutionkit.model.commands import Command, Flag, Record, issue_of
from resolutionkit.model.events import Event
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.ports import Directory, UnitOfWork
from resolutionkit.tracker.placing import OnResponse, check_administrator


@frozen(kw_only=True)
class Loaded:
    """What a command is decided on; the history is there where the issue was folded from it."""

    issue: Issue | None = None
    history: Sequence[Event] | None = None
    record: ResponseRecord | None = None
    facts: Facts = Facts()


_NOTHING = Loaded()


def load_arrival(unit: UnitOfWork, command: Record) -> Loaded:
    """Return what is known of a response that arrives."""
    response = command.response
    # The ticket first: all of its responses meet there, and nobody holds one of them while waiting for another.
    standing = unit.standing(response.survey, response.ticket) if response.ticket else None
    is_same = standing is not None and standing.id == response.id
    same = standing if is_same else unit.response(response.id)
    known = same or standing
    if known is None:
        return _NOTHING
    issue, history = _issue(unit, known.issue)
    facts = Facts(same=same, standing=None if same else standing, issue=issue)
    return Loaded(issue=issue, history=history, facts=facts)


def load(unit: UnitOfWork, command: Command, scope: Scope, actor: str, directory: Directory) -> Loaded:
    """Return what a command of somebody is decided on.

    Args:
        unit: The unit of work.
        command: The command.
        scope: How far they see.
        actor: Who it is.
        directory: Who is there.

    Raises:
        IssueNotFound, ResponseNotFound: It is about something outside of that, or that never was.
        AccessDenied: It is for administrators.
    """
    if isinstance(command, Flag):
        return Loaded(record=_load_record(unit, command.response, scope).record)  # flagging refuses an issue itself
    if isinstance(command, OnResponse):
        check_administrator(actor, directory)
        return _load_record(unit, command.response, scope)
    return _load_issue(unit, command, scope)


def _load_issue(unit: UnitOfWork, command: Command, scope: Scope) -> Loaded:
    issue_id = issue_of(command)
    issue, history = _issue(unit, issue_id)
    if issue is None or not scope.sees_issue(issue):
        raise IssueNotFound(issue_id or "")
    return Loaded(issue=issue, history=history)


def _load_record(unit: UnitOfWork, response_id: str, scope: Scope) -> Loaded:
    found = unit.response(response_id)
    issue, history = _issue(unit, found.issue if found is not None else None)
    if found is None or not scope.sees_response(found, issue):
        raise ResponseNotFound(response_id)
    return Loaded(record=found, issue=issue, history=history)


def _issue(unit: UnitOfWork, issue_id: str | None) -> tuple[Issue | None, Sequence[Event] | None]:
    """Return an issue as it is: as the store keeps it, where it can, else folded from its history, and that (L1)."""
    if issue_id is None:
        return None, None
    kept: Callable[[str], Issue | None] | None = getattr(unit, "issue", None)
    if kept is not None:
        return kept(issue_id), None
    history = unit.history(issue_id)
    return replay(history) if history else None, history
