"""Answers to commands: when they are carried out, and when they are given again under their key (requirement B13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from attrs import frozen

from resolutionkit.decisions.context import Context, Decision
from resolutionkit.errors import IssueNotFound, ResponseNotFound
from resolutionkit.model.commands import Command, issue_of
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.results import Change, ResponseChange
from resolutionkit.model.trusted import trusted
from resolutionkit.ports import Remembered, UnitOfWork
from resolutionkit.tracker.loading import Loaded
from resolutionkit.tracker.placing import OnResponse, left_before, revisions_in

T = TypeVar("T")

_change = trusted(Change)


@frozen
class Answering(Generic[T]):
    """How commands of one kind are answered: when they are carried out, and when they are given again.

    Attributes:
        new: Gives the answer to one that was just decided.
        again: Gives the answer to one that had been done, as it was.
    """

    new: Callable[[Command, Loaded, Decision, Issue | None], T]
    again: Callable[[UnitOfWork, Command, Remembered], T]


def remembered(
    unit: UnitOfWork,
    command: Command | None,
    decision: Decision,
    context: Context,
    *,
    record: ResponseRecord | None,
    issue: Issue | None,
) -> Remembered | None:
    """Return what is kept of a command with a key, or None where it has none."""
    if command is None or command.key is None or (issue is None and not isinstance(command, OnResponse)):
        return None
    first, last = _numbers(decision, record, issue)
    return Remembered(
        key=command.key,
        actor=context.actor,
        fingerprint=command.fingerprint(unit.make_secret()),
        issue="" if issue is None else issue.id,
        first_event=first,
        last_event=last,
        advice=decision.advice,
        at=context.now,
    )


def _numbers(decision: Decision, record: ResponseRecord | None, issue: Issue | None) -> tuple[int, int]:
    """Return the numbers of the first and last event; of the revisions, where there is no issue."""
    if issue is not None:
        return issue.version - len(decision.events) + 1, issue.version
    return revisions_in(decision, record)


def _on_issue(command: Command, _loaded: Loaded, decision: Decision, issue: Issue | None) -> Change:
    if issue is None:
        raise IssueNotFound(issue_of(command) or "")
    return _change(issue=issue, events=decision.events, advice=decision.advice)


def _on_issue_again(unit: UnitOfWork, _command: Command, done: Remembered) -> Change:
    """Answer a repeated command as it was answered."""
    history = unit.history(done.issue)[: done.last_event]
    events = history[done.first_event - 1 :]
    return _change(issue=replay(history), events=events, advice=done.advice, is_repetition=True)


def _on_response(command: Command, loaded: Loaded, decision: Decision, issue: Issue | None) -> ResponseChange:
    record: ResponseRecord | None = next((one.record for one in decision.records), loaded.record)
    if record is None:
        raise ResponseNotFound(getattr(command, "response", ""))
    return ResponseChange(response=record.response, issue=issue, events=decision.events, advice=decision.advice)


def _on_response_again(unit: UnitOfWork, command: Command, done: Remembered) -> ResponseChange:
    if not done.issue:
        return ResponseChange(response=left_before(unit, command, done), advice=done.advice, is_repetition=True)
    before = _on_issue_again(unit, command, done)
    response = next(one for one in before.issue.responses if one.id == getattr(command, "response", None))
    return ResponseChange(
        response=response, issue=before.issue, events=before.events, advice=before.advice, is_repetition=True
    )


ON_ISSUES = Answering(_on_issue, _on_issue_again)
"""For commands on issues."""
ON_RESPONSES = Answering(_on_response, _on_response_again)
"""For commands on responses."""
