"""Which issues and responses pass a filter, in memory: the reference for what every store answers."""

from __future__ import annotations

from resolutionkit.model.issue import Issue
from resolutionkit.model.query import IssueFilter, ResponseFilter
from resolutionkit.model.response import Contact, Response


def issue_passes(issue: Issue, condition: IssueFilter) -> bool:
    """Say whether an issue passes."""
    response = issue.response
    return (
        (condition.phases is None or issue.phase in condition.phases)
        and (condition.statuses is None or issue.status in condition.statuses)
        and (condition.assignee is None or issue.assignee == condition.assignee)
        and (condition.follower is None or condition.follower in issue.followers)
        and (condition.score_min is None or response.score >= condition.score_min)
        and (condition.score_max is None or response.score <= condition.score_max)
        and (condition.needs_recovery is None or issue.needs_recovery is condition.needs_recovery)
        and (condition.backfilled is None or issue.backfilled is condition.backfilled)
        and response_passes(response, condition)
        and condition.recovery.admits(
            needs_recovery=issue.needs_recovery, note_count=issue.note_count, has_spoken=issue.has_spoken
        )
    )


def response_passes(response: Response, condition: IssueFilter | ResponseFilter) -> bool:
    """Say whether a response passes what filters of issues and of responses have in common."""
    return (
        (condition.groups is None or response.group in condition.groups)
        and (condition.survey is None or response.survey == condition.survey)
        and (condition.segment is None or response.segment == condition.segment)
        and (condition.ticket is None or response.ticket == condition.ticket)
        and (condition.received_from is None or response.received_at >= condition.received_from)
        and (condition.received_before is None or response.received_at < condition.received_before)
        and _contact_passes(response.contact, condition)
    )


def _contact_passes(contact: Contact, condition: IssueFilter | ResponseFilter) -> bool:
    email, company = condition.email, condition.company
    return (email is None or (contact.email is not None and contact.email.lower() == email.lower())) and (
        company is None or contact.company == company
    )
