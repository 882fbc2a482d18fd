"""Makes a service recovery report of responses that were found: what is said of each as it is now (requirement C6).

Which responses those are, and that their reader may see them, is for whoever found them: ``reporting`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

from attrs import frozen

from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.notes import NO_NOTES, NoteLog
from resolutionkit.model.people import Group, Person
from resolutionkit.model.recovery_report import RecoveryReport, ReportEntry
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.scale import Scale
from resolutionkit.model.sortkeys import response_key
from resolutionkit.policy.policy import Policy
from resolutionkit.tracker.pipeline import AccountSettings


@frozen(kw_only=True)
class Reported:
    """A response that belongs into a report.

    Attributes:
        record: The response, as it is now.
        issue: The issue that it belongs to, as it is now, or None.
        notes: That issue's notes.
        is_late: Whether it was recorded after the window of its own had closed.
    """

    record: ResponseRecord
    issue: IssueLine | Issue | None
    notes: NoteLog = NO_NOTES
    is_late: bool = False


def made_report(
    who: str, start: datetime, end: datetime, reported: Iterable[Reported], settings: AccountSettings
) -> RecoveryReport | None:
    """Return the report of responses that its recipient may see, without links; None where there are none.

    What has been erased is left out. The order is that in which they were received.

    Args:
        who: The recipient's id.
        start: The window's first instant, in UTC.
        end: The first instant after it, in UTC.
        reported: The responses, in any order.
        settings: The account's.
    """
    kept = sorted((one for one in reported if one.record.erased_at is None), key=lambda one: response_key(one.record))
    if not kept:
        return None
    policy, directory = settings.policy, settings.directory
    person = directory.person(who) or Person(id=who)
    group: Callable[[str], Group | None] = cache(directory.group)
    return RecoveryReport(
        recipient=person,
        start=start,
        end=end,
        zone=policy.zone,
        entries=tuple(_entry(one, policy, group) for one in kept),
        language=person.language or policy.language,
    )


def _entry(reported: Reported, policy: Policy, group: Callable[[str], Group | None]) -> ReportEntry:
    record, issue = reported.record, reported.issue
    response = record.response
    team = None if response.group is None else group(response.group)
    return ReportEntry(
        response=response,
        issue=None if issue is None else issue.id,
        version=0 if issue is None else issue.version,
        group=response.group,
        group_name=None if team is None else team.name,
        segment=response.segment,
        status=None if issue is None else _label(issue.status, policy),
        notes=reported.notes,
        scale=_scale(record, policy),
        category=record.category,
        is_late=reported.is_late,
        ticket_link=policy.ticket_link(response.ticket),
    )


def _label(status: str, policy: Policy) -> str:
    rule = policy.workflow.status(status)
    return status if rule is None else rule.label


def _scale(record: ResponseRecord, policy: Policy) -> Scale:
    """Return the scale that was in force when the response was recorded, where the policy still knows it."""
    response = record.response
    of_its_day = response.scale or policy.known_scales.get(record.scale)
    return of_its_day or policy.scale_of(response.survey, response.scale)
