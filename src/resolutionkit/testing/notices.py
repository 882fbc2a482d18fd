"""The messages of an outbox as a notifier gets them."""

from __future__ import annotations

from resolutionkit.model.history import replay
from resolutionkit.model.messages import Message
from resolutionkit.ports import Directory, Notice
from resolutionkit.tracker.tracker import Tracker


def notices(tracker: Tracker, issue_id: str, directory: Directory | None = None) -> list[Notice]:
    """Return what a notifier would be given to tell about an issue, in the outbox's order.

    Args:
        tracker: The tracker that the issue is in.
        issue_id: The issue.
        directory: Who the recipients are, and in which zone they read the clock; None for bare addresses only.

    Raises:
        IssueNotFound: There is no such issue.
    """
    return [_notice(tracker, message, directory) for message in tracker.outbox(issue_id)]


def _notice(tracker: Tracker, message: Message, directory: Directory | None) -> Notice:
    history = tracker.history(message.issue)
    person = None if directory is None else directory.person(message.recipient)
    return Notice(
        account=tracker.account,
        message=message,
        issue=replay(history),
        events=history[message.first_event - 1 : message.last_event],
        person=person,
        zone=(person.zone if person is not None else None) or tracker.policy.zone,
    )
