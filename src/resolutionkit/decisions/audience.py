"""Who is told of what (requirements C1, C7): a table from events to people, and each person once.

Preferences and access are looked at again when a message is sent; here it is decided who is due to hear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from resolutionkit.decisions.context import Context
from resolutionkit.decisions.routing import group_lead, route
from resolutionkit.model.events import (
    CorrectionRecorded,
    Escalated,
    Event,
    IssueOpened,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    StatusChanged,
)
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.people import StaticDirectory, active, is_address

Told: TypeAlias = tuple[str | None, Topic, Why]
"""Somebody, what they hear of, and why they do."""


def plan(before: Issue | None, issue: Issue, events: Sequence[Event], context: Context) -> tuple[Message, ...]:
    """Return the messages of one change, at most one for each person.

    Args:
        before: The issue before the change, or None where it is new.
        issue: The issue after the change.
        events: What happened, in order.
        context: The circumstances; nobody is told of their own action.
    """
    due: dict[str, list[tuple[Topic, Why]]] = {}
    for event in events:
        for who, topic, why in (
            *_AUDIENCE.get(type(event), _nobody)(issue, event, context.people),
            *_on_move(before, issue, event, context.people),
        ):
            recipient = _present(who, context.people)
            if recipient is not None and recipient != context.actor:
                due.setdefault(recipient, []).append((topic, why))
    return tuple(
        Message(
            id=context.ids(),
            issue=issue.id,
            first_event=events[0].number,
            last_event=events[-1].number,
            recipient=recipient,
            topic=min((topic for topic, _ in told), key=_TOPICS.index),
            why=tuple(sorted({why for _, why in told}, key=_WHYS.index)),
            created_at=events[-1].at,
            is_urgent=any(topic is Topic.ESCALATED for topic, _ in told),
        )
        for recipient, told in due.items()
    )


_TOPICS = tuple(Topic)
_WHYS = tuple(Why)


def _present(who: str | None, people: StaticDirectory) -> str | None:
    if who is None:
        return None
    person = people.person(who)
    if person is not None:
        return active(who, people)
    return who if is_address(who) else None


def _nobody(_issue: Issue, _event: Event, _people: StaticDirectory) -> Iterator[Told]:
    return iter(())


def _on_opening(issue: Issue, event: IssueOpened, people: StaticDirectory) -> Iterator[Told]:
    yield event.assignee, Topic.OPENED, Why.ASSIGNEE
    if event.flagged_by_hand:
        return
    for who in event.people:
        yield who, Topic.OPENED, Why.HIERARCHY
    yield group_lead(issue.response.group, people), Topic.OPENED, Why.GROUP_LEAD


def _on_status(issue: Issue, _event: StatusChanged, _people: StaticDirectory) -> Iterator[Told]:
    for who in issue.followers:
        yield who, Topic.STATUS_CHANGED, Why.FOLLOWER


def _worker(issue: Issue, people: StaticDirectory) -> tuple[str | None, Why]:
    """Return who works an issue; where the assignee has left, whoever intake would turn to."""
    if _present(issue.assignee, people) is not None:
        return issue.assignee, Why.ASSIGNEE
    return route((), issue.response.group, people), Why.GROUP_LEAD


def _on_move(before: Issue | None, issue: Issue, event: Event, people: StaticDirectory) -> Iterator[Told]:
    """Tell the lead of the group that a response brings an issue to (requirements A5, A8)."""
    if not isinstance(event, ReplacementRecorded | CorrectionRecorded) or before is None:
        return
    if before.response.group != issue.response.group:
        yield group_lead(issue.response.group, people), Topic.REPLACED, Why.GROUP_LEAD


def _on_reopening(issue: Issue, event: Reopened, people: StaticDirectory) -> Iterator[Told]:
    if not event.is_human:
        who, why = _worker(issue, people)
        yield who, Topic.REOPENED, why
    for who in issue.followers:
        yield who, Topic.REOPENED, Why.FOLLOWER


def _on_reassignment(issue: Issue, event: Reassigned, _people: StaticDirectory) -> Iterator[Told]:
    yield event.assignee, Topic.ASSIGNED, Why.ASSIGNEE
    for who in issue.followers:
        yield who, Topic.REASSIGNED, Why.FOLLOWER


def _on_escalation(_issue: Issue, event: Escalated, _people: StaticDirectory) -> Iterator[Told]:
    yield event.to, Topic.ESCALATED, Why.LEADERSHIP


def _on_response(
    issue: Issue, event: ReplacementRecorded | CorrectionRecorded, people: StaticDirectory
) -> Iterator[Told]:
    if event.needs_recovery:
        who, why = _worker(issue, people)
        yield who, Topic.REPLACED, why
        for who in issue.followers:
            yield who, Topic.REPLACED, Why.FOLLOWER


_AUDIENCE: dict[type[Event], Callable[[Issue, Any, StaticDirectory], Iterator[Told]]] = {
    IssueOpened: _on_opening,
    StatusChanged: _on_status,
    Reopened: _on_reopening,
    Reassigned: _on_reassignment,
    Escalated: _on_escalation,
    ReplacementRecorded: _on_response,
    CorrectionRecorded: _on_response,
}
"""Whose turn it is to hear of each kind of event; a kind that is not here tells nobody."""
