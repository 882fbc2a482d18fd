"""Commands that are given twice under one key and happen once (requirement B13): remembered, and answered again."""

from __future__ import annotations

from resolutionkit.decisions.context import Context, Decision
from resolutionkit.errors import KeyReused
from resolutionkit.model.commands import Command
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.results import Change
from resolutionkit.model.trusted import trusted
from resolutionkit.ports import Remembered, UnitOfWork

_change = trusted(Change)


def done_before(unit: UnitOfWork, command: Command, actor: str) -> Remembered | None:
    """Return what somebody did under a command's key, or None."""
    return unit.remembered(actor, command.key) if command.key is not None else None


def remembered_of(
    unit: UnitOfWork, command: Command | None, issue: Issue | None, decision: Decision, context: Context
) -> Remembered | None:
    """Return what is to be remembered of a command, or None where it has no key."""
    if command is None or command.key is None or issue is None:
        return None
    return Remembered(
        key=command.key,
        actor=context.actor,
        fingerprint=command.fingerprint(unit.make_secret()),
        issue=issue.id,
        first_event=issue.version - len(decision.events) + 1,
        last_event=issue.version,
        advice=decision.advice,
        at=context.now,
    )


def repeated(unit: UnitOfWork, command: Command, done: Remembered) -> Change:
    """Answer a repeated command as it was answered.

    Raises:
        KeyReused: Another command was done under the key.
    """
    if done.fingerprint != command.fingerprint(unit.make_secret()):
        raise KeyReused(done.key)
    history = unit.history(done.issue)[: done.last_event]
    events = history[done.first_event - 1 :]
    return _change(issue=replay(history), events=events, advice=done.advice, is_repetition=True)
