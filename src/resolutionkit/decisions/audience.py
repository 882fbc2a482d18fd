"""Who is told of what (requirements C1, C7): a table from events to people, and each person once.

Preferences and access are looked at again when a message is sent; here it is decided who is due to hear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from resolutionkit.decisions import hearers
from resolutionkit.decisions.context import Context
from resolutionkit.decisions.hearers import NO_WISHES, Change, Condition, Role, Wishes, present
from resolutionkit.model.events import (
    CheckAsked,
    CorrectionRecorded,
    Escalated,
    Event,
    GroupChanged,
    IssueOpened,
    LevelRaised,
    LimitReminded,
    Merged,
    NoteAdded,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    ResponseRepaired,
    StatusChanged,
)
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.trusted import trusted


@frozen
class Rule:
    """One line of the table: a role hears of a topic.

    Attributes:
        role: Who.
        topic: Of what.
        only: On which condition, or None where it is always so.
    """

    role: Role
    topic: Topic
    only: Condition | None = None


_ON_RESPONSE = (
    Rule(hearers.WORKER, Topic.REPLACED, only=hearers.IF_UNHAPPY),
    Rule(hearers.FOLLOWERS, Topic.REPLACED, only=hearers.IF_UNHAPPY),
    # Another group is a move (requirements A5, A8): its lead is told, whatever the score.
    Rule(hearers.GROUP_LEAD, Topic.REPLACED, only=hearers.IF_MOVED),
    Rule(hearers.ADMINISTRATORS, Topic.QUARANTINED, only=hearers.IF_QUARANTINED),
)
AUDIENCE: Mapping[type[Event | ResponseRecord], Sequence[Rule]] = {
    IssueOpened: (
        Rule(hearers.NEW_ASSIGNEE, Topic.OPENED, only=hearers.IF_RIGHT),
        Rule(hearers.HIERARCHY, Topic.OPENED, only=hearers.IF_ANNOUNCED),
        Rule(hearers.GROUP_LEAD, Topic.OPENED, only=hearers.IF_ANNOUNCED),
        Rule(hearers.ALERTED, Topic.OPENED),
        Rule(hearers.ASKING, Topic.OPENED, only=hearers.IF_ANNOUNCED),
        Rule(hearers.ADMINISTRATORS, Topic.QUARANTINED, only=hearers.IF_QUARANTINED),
    ),
    NoteAdded: (Rule(hearers.NOTE_FOLLOWERS, Topic.NOTED),),
    StatusChanged: (Rule(hearers.FOLLOWERS, Topic.STATUS_CHANGED),),
    Reopened: (
        Rule(hearers.WORKER, Topic.REOPENED, only=hearers.IF_BY_ITSELF),
        Rule(hearers.FOLLOWERS, Topic.REOPENED, only=hearers.IF_REOPENED_RIGHT),
    ),
    Reassigned: (
        Rule(hearers.NEW_ASSIGNEE, Topic.ASSIGNED),
        Rule(hearers.FOLLOWERS, Topic.REASSIGNED),
    ),
    Escalated: (Rule(hearers.CALLED_IN, Topic.ESCALATED),),
    LevelRaised: (Rule(hearers.ACCOUNTABLE, Topic.LEVEL_RAISED),),
    LimitReminded: (Rule(hearers.WORKER, Topic.REMINDED),),
    CheckAsked: (Rule(hearers.WORKER, Topic.CHECK_ASKED),),
    Merged: (
        Rule(hearers.WORKER, Topic.MERGED),
        Rule(hearers.FOLLOWERS, Topic.MERGED),
        Rule(hearers.FORMER_WORKER, Topic.MERGED),
        Rule(hearers.GROUP_LEAD, Topic.MERGED, only=hearers.IF_MOVED),
    ),
    ReplacementRecorded: (*_ON_RESPONSE, Rule(hearers.ASKING, Topic.REPLACED)),
    CorrectionRecorded: _ON_RESPONSE,
    GroupChanged: (Rule(hearers.GROUP_LEAD, Topic.MOVED, only=hearers.IF_ABOUT),),
    ResponseRepaired: (
        Rule(hearers.NEW_ASSIGNEE, Topic.OPENED, only=hearers.IF_ROUTED),
        Rule(hearers.HIERARCHY, Topic.OPENED, only=hearers.IF_TOLD),
        Rule(hearers.GROUP_LEAD, Topic.OPENED, only=hearers.IF_TOLD),
        Rule(hearers.ALERTED, Topic.OPENED, only=hearers.IF_TOLD),
        Rule(hearers.ASKING, Topic.OPENED, only=hearers.IF_TOLD),
        Rule(hearers.WORKER, Topic.REPLACED, only=hearers.IF_TOLD_AGAIN),
        Rule(hearers.FOLLOWERS, Topic.REPLACED, only=hearers.IF_TOLD_AGAIN),
        Rule(hearers.GROUP_LEAD, Topic.MOVED, only=hearers.IF_MOVED_BY_REPAIR),
    ),
    ResponseRecord: (Rule(hearers.ASKING, Topic.RECORDED),),
}
"""Whose turn it is to hear of each kind of event, and of a new response without an issue; others tell nobody."""

_EVERYTHING = [(Topic.CHANGED, Why.OBSERVER)]
_message, _change = trusted(Message), trusted(Change)
_TOPICS = tuple(Topic)
_WHYS = tuple(Why)


def plan(
    before: Issue | None, issue: Issue, events: Sequence[Event], context: Context, wishes: Wishes = NO_WISHES
) -> tuple[Message, ...]:
    """Return the messages of one change, at most one for each person, one for each observer.

    Args:
        before: The issue before the change, or None where it is new.
        issue: The issue after the change.
        events: What happened, in order.
        context: The circumstances; nobody is told of their own action.
        wishes: Who wants to hear of more.
    """
    due = _due(_change(before=before, issue=issue, people=context.people, wishes=wishes), events)
    due.pop(context.actor, None)
    everybody = [*due.items(), *((name, _EVERYTHING) for name in context.observers)]
    return tuple(
        _message(
            id=context.ids(),
            issue=issue.id,
            response=issue.response.id,
            first_event=events[0].number,
            last_event=events[-1].number,
            recipient=recipient,
            topic=min((topic for topic, _ in told), key=_TOPICS.index),
            why=_reasons([why for _, why in told]),
            created_at=events[-1].at,
            is_urgent=any(topic is Topic.ESCALATED for topic, _ in told),
        )
        for recipient, told in everybody
    )


def plan_without_issue(record: ResponseRecord, context: Context, wishes: Wishes) -> tuple[Message, ...]:
    """Return the messages of a new response that no issue belongs to, at most one for each person.

    Args:
        record: The response.
        context: The circumstances; nobody is told of their own action.
        wishes: Who wants to hear of it.
    """
    (rule,) = AUDIENCE[ResponseRecord]
    return tuple(
        _message(
            id=context.ids(),
            issue=None,
            response=record.id,
            first_event=0,
            last_event=0,
            recipient=recipient,
            topic=rule.topic,
            why=(Why.PREFERENCE,),
            created_at=context.now,
        )
        for recipient in wishes.asking
        if recipient != context.actor
    )


def _due(change: Change, events: Sequence[Event]) -> dict[str, list[tuple[Topic, Why]]]:
    """Return what everybody who is there is due to hear of, and why."""
    due: dict[str, list[tuple[Topic, Why]]] = {}
    for event in events:
        for rule in AUDIENCE.get(type(event), ()):
            if rule.only is not None and not rule.only.holds(change, event):
                continue
            for who, why in rule.role.find(change, event):
                recipient = who if rule.role.are_there else present(who, change.people)
                if recipient is not None:
                    due.setdefault(recipient, []).append((rule.topic, why))
    return due


def _reasons(whys: list[Why]) -> tuple[Why, ...]:
    return (whys[0],) if len(whys) == 1 else tuple(sorted(set(whys), key=_WHYS.index))
