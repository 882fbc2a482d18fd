"""Whether two issues may be made one, which of them stays, and what happens to either (requirement B15).

What they come to as one stands in ``model.merging``.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.errors import AccessDenied
from resolutionkit.model.commands import Merge
from resolutionkit.model.conflicts import MergeProblem, MergeRefused
from resolutionkit.model.events import Event, Merged, MergedInto
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import Person
from resolutionkit.model.response import RecordChange, ResponseRecord
from resolutionkit.model.trusted import changed


@frozen(kw_only=True)
class Told:
    """An issue with its whole history."""

    issue: Issue
    history: Sequence[Event]


@frozen(kw_only=True)
class MergeDecision:
    """What a merge comes to.

    Attributes:
        stays: The issue that stays, as it was.
        goes: The one that is merged into it, as it was.
        decision: What happens to the one that stays, with the responses that change hands.
        ended: What happens to the other one.
    """

    stays: Issue
    goes: Issue
    decision: Decision
    ended: Event


def check_may_merge(actor: str, person: Person | None) -> None:
    """Refuse everybody but administrators (requirement D2).

    Args:
        actor: Who is about to merge.
        person: Who that is in the directory.

    Raises:
        AccessDenied: They are no administrator.
    """
    if person is None or not person.administrator:
        raise AccessDenied(actor, "is no administrator; only administrators merge issues")


def in_order(one: Told, other: Told) -> tuple[Told, Told]:
    """Return the older of two issues, which stays, and the younger: by when they opened, then by id."""
    older, younger = sorted((one, other), key=lambda told: (told.issue.opened_at, told.issue.id))
    return older, younger


def check_merge(one: Issue, other: Issue) -> None:
    """Refuse what is no merge of two open issues of one customer.

    Raises:
        MergeRefused: They are one issue, one is closed, or they are of different customers.
    """
    if one.id == other.id:
        raise MergeRefused(one.id, other.id, MergeProblem.SAME_ISSUE)
    for closed in (issue for issue in (one, other) if not issue.is_open):
        raise MergeRefused(one.id, other.id, MergeProblem.CLOSED, closed.id)
    if _customers(one).isdisjoint(_customers(other)):
        raise MergeRefused(one.id, other.id, MergeProblem.OTHER_CUSTOMER)


def _customers(issue: Issue) -> set[tuple[str, str]]:
    """Return by what the customer of an issue is known: the addresses, whatever their case, and the companies."""
    contacts = [response.contact for response in issue.responses]
    emails = {("email", one.email.strip().lower()) for one in contacts if one.email and one.email.strip()}
    return emails | {("company", one.company) for one in contacts if one.company and one.company.strip()}


def merge(
    pair: tuple[Told, Told], records: Sequence[ResponseRecord], command: Merge, context: Context
) -> MergeDecision:
    """Decide on a merge.

    Args:
        pair: The issue that stays, and the one that is merged into it, from :func:`in_order`.
        records: The responses of the latter.
        command: The command.
        context: The circumstances.

    Raises:
        MergeRefused: They cannot be merged.
        InvalidCommand: A note is not acceptable.
    """
    stays, goes = pair[0].issue, pair[1].issue
    check_merge(stays, goes)
    # Both happen in one moment: at any other one there are two issues, or one.
    moment = changed(context, now=max(context.now, stays.changed_at, goes.changed_at))
    draft, ending = Draft(stays, moment), Draft(goes, moment)
    note = note_from(command, (*stays.responses, *goes.responses), draft.at, context)
    draft.add(Merged, merged=goes.id, up_to=goes.version, history=tuple(pair[1].history), note=note)
    ended = ending.add(MergedInto, into=stays.id)
    moved = tuple(RecordChange(record=changed(one, issue=stays.id), before=one) for one in records)
    decision = draft.decision(*advice_on(note, context), records=moved)
    return MergeDecision(stays=stays, goes=goes, decision=decision, ended=ended)
