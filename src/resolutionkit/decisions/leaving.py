"""What becomes of an issue of somebody who leaves: somebody else gets it (requirement B6)."""

from __future__ import annotations

import attrs

from resolutionkit.decisions.assigning import Case
from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.decisions.routing import route
from resolutionkit.decisions.ruling import acting, ruled
from resolutionkit.errors import InvalidCommand, NoteRequired
from resolutionkit.model.commands import HandOver
from resolutionkit.model.events import Reassigned
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import StaticDirectory, active, resolve
from resolutionkit.model.response import ResponseRecord


def hand_over(issue: Issue, record: ResponseRecord | None, command: HandOver, context: Context) -> Decision:
    """Give an issue of somebody's to somebody else; one that is theirs no more stays as it is.

    Args:
        issue: The issue.
        record: The response that it is about, by which it is routed anew.
        command: The command.
        context: The circumstances.

    Raises:
        PersonNotFound: The successor is nobody who is there.
        InvalidCommand: The successor is the leaver, or routing finds nobody else who is there.
        NoteRequired: The policy wants a note with every reassignment.
    """
    draft = Draft(issue, context)
    if issue.assignee != command.leaver or not issue.is_open:
        return draft.decision()
    successor = _routed(record, command, context) if command.to is None else resolve(command.to, context.people)
    if successor is None:
        raise InvalidCommand("to", None, "a person's id or an email address: routing finds nobody else who is there")
    if successor == command.leaver:
        raise InvalidCommand("to", command.to, "somebody other than the person whose issues are handed over")
    note = note_from(command, issue.responses, draft.at, context)
    if note is None and context.policy.note_on_reassign:
        raise NoteRequired("handing an issue over")
    draft.add(Reassigned, assignee=successor, note=note)
    return draft.decision(*advice_on(note, context))


def _routed(record: ResponseRecord | None, command: HandOver, context: Context) -> str | None:
    """Return whom the issue would go to if it opened now and the leaver were not there."""
    if record is None:
        return None
    policy, people, response = context.policy, _without(command.leaver, context.people), record.response
    if record.is_quarantined:  # rules and people wait for its repair, as when it opened (requirement A6)
        return route((), None, people)
    suggested = context.opinions.assignee(response)
    if suggested is not None and suggested != command.leaver:
        return suggested
    rules = acting(policy.rules, policy.rules_apply, record) if policy.rules else ()
    ruling = ruled(rules, Case(response, record.people, people, context.loads))
    return ruling.assignee or route(record.people, response.group, people)


def _without(leaver: str, people: StaticDirectory) -> StaticDirectory:
    """Return the same people, with the leaver inactive."""
    if active(leaver, people) is None:
        return people
    leader = people.leader()
    there = {one.id: attrs.evolve(one, active=False) if one.id == leaver else one for one in people}
    return StaticDirectory.gathered(there, people.groups or (), None if leader is None else leader.id)
