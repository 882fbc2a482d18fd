"""What each field of a filter asks, one line a field: the plain statement that stores are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from resolutionkit.model.issue import Issue
from resolutionkit.model.query import IssueFilter, ResponseFilter
from resolutionkit.model.response import Response, ResponseRecord, Standing

Predicate: TypeAlias = Callable[[Any, Any], bool]

OF_RESPONSE: Mapping[str, Predicate] = {
    "groups": lambda wanted, response: response.group in wanted,
    "survey": lambda wanted, response: response.survey == wanted,
    "segment": lambda wanted, response: response.segment == wanted,
    "ticket": lambda wanted, response: response.ticket == wanted,
    "email": lambda wanted, response: (response.contact.email or "").lower() == wanted.lower(),
    "company": lambda wanted, response: response.contact.company == wanted,
    "score_min": lambda wanted, response: response.score >= wanted,
    "score_max": lambda wanted, response: response.score <= wanted,
    "received_from": lambda wanted, response: response.received_at >= wanted,
    "received_before": lambda wanted, response: response.received_at < wanted,
}
"""What is asked of a response, an issue's present one included."""

OF_ISSUE: Mapping[str, Predicate] = {
    "phases": lambda wanted, issue: issue.phase in wanted,
    "statuses": lambda wanted, issue: issue.status in wanted,
    "assignee": lambda wanted, issue: issue.assignee == wanted,
    "follower": lambda wanted, issue: wanted in issue.followers,
    "needs_recovery": lambda wanted, issue: issue.needs_recovery is wanted,
    "backfilled": lambda wanted, issue: issue.backfilled is wanted,
    "recovery": lambda wanted, issue: wanted.admits(
        needs_recovery=issue.needs_recovery, note_count=issue.note_count, has_spoken=issue.has_spoken
    ),
}
"""What is asked of an issue itself."""


def issue_passes(issue: Issue, condition: IssueFilter) -> bool:
    """Say whether an issue passes every condition that a filter states."""
    return all(
        OF_ISSUE[name](wanted, issue) if name in OF_ISSUE else _of_response(name, wanted, issue.response)
        for name, wanted in stated(condition)
    )


def record_passes(record: ResponseRecord, issue: Issue | None, condition: ResponseFilter) -> bool:
    """Say whether a response passes every condition that a filter states; ``issue`` is the one it belongs to."""
    facts = {
        name: wanted for name, wanted in stated(condition) if name not in {"recovery", "with_replaced", "quarantined"}
    }
    return (
        (condition.with_replaced or record.standing is Standing.CURRENT)
        and condition.quarantined in {None, bool(record.quarantined_for)}
        and all(_of_response(name, wanted, record.response) for name, wanted in facts.items())
        and condition.recovery.admits(
            needs_recovery=record.needs_recovery,
            note_count=0 if issue is None else issue.note_count,
            has_spoken=issue is not None and issue.has_spoken,
        )
    )


def stated(condition: IssueFilter | ResponseFilter) -> list[tuple[str, Any]]:
    """Return what a filter asks, by field; None asks nothing."""
    asked = [(field.name, getattr(condition, field.name)) for field in attrs.fields(type(condition))]
    return [(name, wanted) for name, wanted in asked if wanted is not None]


def _of_response(name: str, wanted: Any, response: Response) -> bool:
    return OF_RESPONSE[name](wanted, response)
