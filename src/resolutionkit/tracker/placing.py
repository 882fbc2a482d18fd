"""Commands on a response: who may give them, and on what they are decided (requirements A6, A8, D2).

What they do is decided in ``decisions.placing``; the pipeline carries them out like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from resolutionkit.decisions.context import Decision
from resolutionkit.decisions.placing import placed
from resolutionkit.errors import AccessDenied, ResponseNotFound
from resolutionkit.model.commands import Command, Move, Repair
from resolutionkit.model.people import SYSTEM
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.trusted import changed
from resolutionkit.ports import Directory, Remembered, UnitOfWork

OnResponse: TypeAlias = Move | Repair


def check_administrator(actor: str, directory: Directory) -> None:
    """Refuse whoever is no administrator; what is done by itself needs none.

    Raises:
        AccessDenied: The person is none.
    """
    if actor == SYSTEM:
        return
    person = directory.person(actor)
    if person is None or not (person.active and person.administrator):
        raise AccessDenied(actor, "is no administrator; only they move and repair responses, and see the quarantine")


def record_after(record: ResponseRecord, command: Command) -> ResponseRecord:
    """Return a response as a command makes it, before anything is decided."""
    if not isinstance(command, OnResponse):
        return record
    return changed(record, response=placed(record.response, command))


def is_ruled(command: Command, record: ResponseRecord | None) -> bool:
    """Say whether the policy's rules act on a response that a command is about: whose issue opens, or is given anew."""
    return record is not None and (record.is_quarantined or not isinstance(command, OnResponse))


def revisions_in(decision: Decision, record: ResponseRecord | None) -> tuple[int, int]:
    """Return which revision of a response without an issue a decision makes, as the first and last of them.

    The first is one more than the last, which is that of the record as it was, where it makes none.
    """
    before = 0 if record is None else record.revision
    last = decision.records[0].record.revision if decision.records else before
    return before + 1, last


def left_before(unit: UnitOfWork, command: Command, done: Remembered) -> Response:
    """Return a response without an issue as a command that is given again left it.

    Raises:
        ResponseNotFound: It is not there any more.
    """
    response_id = getattr(command, "response", "")
    revisions: Callable[[str], Sequence[Response]] | None = getattr(unit, "revisions", None)
    found = () if revisions is None else revisions(response_id)[: done.last_event]
    if found:
        return found[-1]
    record = unit.response(response_id)
    if record is None:
        raise ResponseNotFound(response_id)
    return record.response
