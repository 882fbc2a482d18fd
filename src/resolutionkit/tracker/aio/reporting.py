"""The service recovery reports of an async face, awaited; see the sync ones, which do the work."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.reporting import DeskReports, TrackerReports


class AsyncTrackerReports:
    """The service recovery reports that a tracker makes, for whomever."""

    @awaited(TrackerReports.report)
    def report(self) -> None:
        """Return a person's service recovery report over a window: what needs recovery in their groups (C6)."""

    @awaited(TrackerReports.report_of)
    def report_of(self) -> None:
        """Return a service recovery report of responses that were chosen before, as those of a digest are (C4)."""


class AsyncDeskReports:
    """The service recovery reports that a person makes at their desk: their own."""

    @awaited(DeskReports.report)
    def report(self) -> None:
        """Return the person's own service recovery report over a window: what needs recovery in their groups (C6)."""
