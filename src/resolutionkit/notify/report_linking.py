"""Puts the links to add notes into a service recovery report: one for each response, and one for all (C6, C2). Pure."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from resolutionkit.model.recovery_report import RecoveryReport, ReportEntry
from resolutionkit.model.values import micros
from resolutionkit.notify.links import LinkAction, LinkClaim, Links
from resolutionkit.notify.report_links import ReportClaim, report_url


def linked(
    report: RecoveryReport, links: Links, *, account: str, made_at: datetime, message: str | None = None
) -> RecoveryReport:
    """Return a report with its links; each is for its recipient alone. The same report has the same links.

    Args:
        report: The report. Its recipient has to be allowed to see all of it.
        links: Makes the links.
        account: The account.
        made_at: From when on the links are good for as long as links are.
        message: The id of the message in which it is sent; None for a report that was asked for.
    """
    named = message or f"report-{micros(report.start)}-{micros(report.end)}"
    expires_at = made_at + links.lasts

    def url(entry: ReportEntry) -> str | None:
        if entry.issue is None:
            return None
        claim = LinkClaim(
            account=account,
            recipient=report.recipient.id,
            action=LinkAction.NOTE,
            issue=entry.issue,
            response=entry.response.id,
            status=None,
            message=named,
            version=entry.version,
            expires_at=expires_at,
        )
        return links.of(claim)

    whole = ReportClaim(
        account=account,
        recipient=report.recipient.id,
        start=report.start,
        end=report.end,
        message=named,
        expires_at=expires_at,
    )
    entries = tuple(evolve(entry, link=url(entry)) for entry in report.entries)
    return evolve(report, entries=entries, link=report_url(links, whole))
