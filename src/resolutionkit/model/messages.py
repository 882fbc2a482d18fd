"""The outbox: who is to be told of what, committed with the change that causes it (law L4).

Who is told is decided in ``decisions.audience``; sending is the notifiers' work, and what became of it stands in
``deliveries``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class Topic(StrEnum):
    """What a message is about; where one change has several for a person, the first of these is the message."""

    ESCALATED = "escalated"
    LEVEL_RAISED = "level_raised"
    OPENED = "opened"
    REOPENED = "reopened"
    ASSIGNED = "assigned"
    REMINDED = "reminded"
    CHECK_ASKED = "check_asked"
    REPLACED = "replaced"
    MOVED = "moved"
    MERGED = "merged"
    STATUS_CHANGED = "status_changed"
    REASSIGNED = "reassigned"
    NOTED = "noted"
    RECORDED = "recorded"
    QUARANTINED = "quarantined"
    DAILY_ALERT = "daily_alert"
    RECOVERY_REPORT = "recovery_report"
    CHANGED = "changed"


class Medium(StrEnum):
    """What a channel is made for; one that does not say takes whatever no other channel is made for."""

    MAIL = "mail"
    TEXT = "text"
    CHAT = "chat"


MADE_FOR = {Topic.DAILY_ALERT: Medium.TEXT, Topic.RECOVERY_REPORT: Medium.MAIL}
"""The topics that go to channels of one medium only, unless the recipient has chosen others (requirements C4, C6)."""


class Why(StrEnum):
    """Why a person is told, in the order in which a mail gives its reasons."""

    LEADERSHIP = "leadership"
    ACCOUNTABLE = "accountable"
    ASSIGNEE = "assignee"
    HIERARCHY = "hierarchy"
    GROUP_LEAD = "group_lead"
    ALSO_ALERTED = "also_alerted"
    RULE = "rule"
    FOLLOWER = "follower"
    FORMER_ASSIGNEE = "former_assignee"
    PREFERENCE = "preference"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"


@frozen(kw_only=True, weakref_slot=False)
class Message:
    """One thing that one person is to be told.

    Attributes:
        id: The idempotency key under which it is delivered, for ever.
        issue: The id of the issue, or None where the response has none, and in a digest.
        response: The id of the response that it is about; of a digest, the first of its responses.
        first_event: The number of the first event that it tells of; 0 where there is no issue.
        last_event: The number of the last one; 0 likewise.
        recipient: A person's id, or a bare address; the name of an observer where the topic is ``changed``.
        topic: What it is about.
        why: Why this person is told.
        created_at: When the change happened.
        is_urgent: Whether quiet hours must not hold it (requirement B8).
        digest: Of a report, the end of the window that it is about; of a daily text message, the instant at which it is
            due; None in every other message.
    """

    id: str
    issue: str | None
    response: str
    first_event: int
    last_event: int
    recipient: str
    topic: Topic
    why: tuple[Why, ...]
    created_at: datetime
    is_urgent: bool = False
    digest: datetime | None = None
