"""Who is told of what (requirements C1, C7): a table from events to people, and each person once.

Preferences and access are looked at again when a message is sent; here it is decided who is due to hear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from attrs import frozen

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
from resolutionkit.model.trusted import trusted

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
    change = _Change(before, issue, context.people)
    due: dict[str, list[tuple[Topic, Why]]] = {}
    for event in events:
        for who, topic, why in _AUDIENCE.get(type(event), _nobody)(change, event):
            recipient = _present(who, context.people)
            if recipient is not None and recipient != context.actor:
                due.setdefault(recipient, []).append((topic, why))
    return tuple(
        _message(
            id=context.ids(),
            issue=issue.id,
            first_event=events[0].number,
            last_event=events[-1].number,
            recipient=recipient,
            topic=min((topic for topic, _ in told), key=_TOPICS.index),
            why=_reasons([why for _, why in told]),
            created_at=events[-1].at,
            is_urgent=any(topic is Topic.ESCALATED for topic, _ in told),
        )
        for recipient, told in due.items()
    )


@frozen
class _Change:
    """The issue before and after a change, and who is there."""

    before: Issue | None
    issue: Issue
    people: StaticDirectory


_message = trusted(Message)
_TOPICS = tuple(Topic)
_WHYS = tuple(Why)


def _reasons(whys: list[Why]) -> tuple[Why, ...]:
    return (whys[0],) if len(whys) == 1 else tuple(sorted(set(whys), key=_WHYS.index))


def _present(who: str | None, people: StaticDirectory) -> str | None:
    if who is None:
        return None
    person = people.person(who)
    if person is not None:
        return active(who, people)
    return who if is_address(who) else None


def _nobody(_change: _Change, _event: Event) -> Iterator[Told]:
    return iter(())


def _on_opening(change: _Change, event: IssueOpened) -> Iterator[Told]:
    yield event.assignee, Topic.OPENED, Why.ASSIGNEE
    if event.flagged_by_hand:
        return
    for who in event.people:
        yield who, Topic.OPENED, Why.HIERARCHY
    yield group_lead(change.issue.response.group, change.people), Topic.OPENED, Why.GROUP_LEAD


def _on_status(change: _Change, _event: StatusChanged) -> Iterator[Told]:
    return _followers(change, Topic.STATUS_CHANGED)


def _on_reopening(change: _Change, event: Reopened) -> Iterator[Told]:
    if not event.is_human:
        yield _worker(change, Topic.REOPENED)
    yield from _followers(change, Topic.REOPENED)


def _on_reassignment(change: _Change, event: Reassigned) -> Iterator[Told]:
    yield event.assignee, Topic.ASSIGNED, Why.ASSIGNEE
    yield from _followers(change, Topic.REASSIGNED)


def _on_escalation(_change: _Change, event: Escalated) -> Iterator[Told]:
    yield event.to, Topic.ESCALATED, Why.LEADERSHIP


def _on_response(change: _Change, event: ReplacementRecorded | CorrectionRecorded) -> Iterator[Told]:
    if event.needs_recovery:
        yield _worker(change, Topic.REPLACED)
        yield from _followers(change, Topic.REPLACED)
    group = change.issue.response.group
    if change.before is not None and change.before.response.group != group:
        # Another group is a move (requirements A5, A8): its lead is told, whatever the score.
        yield group_lead(group, change.people), Topic.REPLACED, Why.GROUP_LEAD


def _followers(change: _Change, topic: Topic) -> Iterator[Told]:
    for who in change.issue.followers:
        yield who, topic, Why.FOLLOWER


def _worker(change: _Change, topic: Topic) -> Told:
    """Return who works the issue; where the assignee has left, whoever intake would turn to."""
    issue, people = change.issue, change.people
    if _present(issue.assignee, people) is not None:
        return issue.assignee, topic, Why.ASSIGNEE
    return route((), issue.response.group, people), topic, Why.GROUP_LEAD


_AUDIENCE: dict[type[Event], Callable[[_Change, Any], Iterator[Told]]] = {
    IssueOpened: _on_opening,
    StatusChanged: _on_status,
    Reopened: _on_reopening,
    Reassigned: _on_reassignment,
    Escalated: _on_escalation,
    ReplacementRecorded: _on_response,
    CorrectionRecorded: _on_response,
}
"""Whose turn it is to hear of each kind of event; a kind that is not here tells nobody."""
