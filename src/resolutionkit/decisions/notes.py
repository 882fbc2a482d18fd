"""From a command's words to a note: who signs it and when the contact took place (requirements B4, B5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from resolutionkit.decisions.context import Context
from resolutionkit.errors import InvalidCommand
from resolutionkit.model.commands import Noted
from resolutionkit.model.notes import Note
from resolutionkit.model.people import SYSTEM
from resolutionkit.model.response import Response
from resolutionkit.model.results import Advice, AdviceCode
from resolutionkit.model.trusted import trusted

_note = trusted(Note)


def note_from(command: Noted, responses: Iterable[Response], at: datetime, context: Context) -> Note | None:
    """Return the note that a command carries, or None where it has no words.

    Args:
        command: The command.
        responses: What the customer said; no contact about it can have come before the first of them.
        at: When the note is written.
        context: The circumstances.

    Raises:
        InvalidCommand: The contact took place before the response or will in the future.
    """
    answers = tuple(responses)
    if command.happened_at is not None:
        _check_happened_at(command.happened_at, min(one.received_at for one in answers), context.now)
    if command.note is None:
        return None
    return _note(
        text=command.note,
        author=_author(command, answers[-1], context),
        at=at,
        happened_at=command.happened_at or at,
        spoke=command.spoke,
    )


def _check_happened_at(happened_at: datetime, received_at: datetime, now: datetime) -> None:
    if happened_at < received_at:
        raise InvalidCommand("happened_at", happened_at, f"an instant from the response on, {received_at.isoformat()}")
    if happened_at > now:
        raise InvalidCommand("happened_at", happened_at, f"an instant that is not in the future of {now.isoformat()}")


def _author(command: Noted, response: Response, context: Context) -> str:
    if command.author is not None:
        return command.author
    person = context.people.person(context.actor)
    if person is not None:
        return person.display_name
    if context.actor != SYSTEM:
        return context.actor
    group = context.people.group(response.group) if response.group is not None else None
    lead = context.people.person(group.lead) if group is not None and group.lead is not None else None
    return lead.display_name if lead is not None else SYSTEM


def advice_on(note: Note | None, context: Context) -> tuple[Advice, ...]:
    """Return the advice on a note's length."""
    wanted = context.policy.advised_note_length
    if note is None or len(note.text) >= wanted:
        return ()
    return (Advice(AdviceCode.SHORT_NOTE, f"A note of {wanted} characters or more tells the next reader enough."),)
