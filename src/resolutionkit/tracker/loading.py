"""Loading: what a command is decided on, and whether whoever gives it may know of it (requirement D2)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from resolutionkit.decisions.intake import Facts
from resolutionkit.errors import IssueNotFound, ResponseNotFound
from resolutionkit.model.commands import Command, Flag, HandOver, Record, issue_of
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.ports import Directory, UnitOfWork
from resolutionkit.tracker.placing import OnResponse, check_administrator
from resolutionkit.tracker.streams import leading, stream


@frozen(kw_only=True, weakref_slot=False)
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
    its = stream(unit, known.issue)
    facts = Facts(same=same, standing=None if same else standing, issue=its.issue)
    return Loaded(issue=its.issue, history=its.history, facts=facts)


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
    found = leading(unit, issue_of(command))
    if found.issue is None or not scope.sees_issue(found.issue):
        raise IssueNotFound(issue_of(command) or "")
    is_routed = isinstance(command, HandOver) and command.to is None
    record = unit.response(found.issue.response.id) if is_routed else None
    return Loaded(issue=found.issue, history=found.history, record=record)


def _load_record(unit: UnitOfWork, response_id: str, scope: Scope) -> Loaded:
    found = unit.response(response_id)
    its = stream(unit, found.issue if found is not None else None)
    if found is None or not scope.sees_response(found, its.issue):
        raise ResponseNotFound(response_id)
    return Loaded(record=found, issue=its.issue, history=its.history)
