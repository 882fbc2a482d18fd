"""Following the link of a whole report, awaited; see the sync visit, which does the work."""

from __future__ import annotations

from typing import Any

from resolutionkit.notify.report_links import ReportClaim
from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.reportvisits import ReportVisit


class AsyncReportVisit:
    """What a report's recipient sees and does by its link; made by ``tracker.by_report_link``."""

    def __init__(self, sync: ReportVisit) -> None:
        """Await what a sync visit does."""
        self._sync = sync
        self.claim: ReportClaim = sync.claim
        self.signed_in: str | None = sync.signed_in

    def __repr__(self) -> str:
        """Show of which window, and of whom nothing."""
        return f"<Async{repr(self._sync)[1:]}"

    @awaited(ReportVisit.look)
    def look(self) -> None:
        """Return what the page shows of a response of the report; nothing is changed."""

    @awaited(ReportVisit.save)
    def save(self) -> None:
        """Save a note as the report's recipient, and stay or go on; an empty one is not saved, and is no error."""


class AsyncFollowsReports:
    """The links of whole reports, of an async tracker."""

    def by_report_link(self, claim: ReportClaim, *, signed_in: str | None = None) -> AsyncReportVisit:
        """Return what a report's recipient sees and does by its link (requirement D4).

        Args:
            claim: What the link says, as ``read_report_link`` has proved it; on another account where ``accounts``
                knows it.
            signed_in: The id of whoever is signed in at the host, who signs notes then (requirement B5); or None.

        Raises:
            LinkRefused: The link is about an account that nobody here knows.
        """
        face: Any = self
        return AsyncReportVisit(face._sync.by_report_link(claim, signed_in=signed_in))
