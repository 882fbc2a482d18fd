"""What can be read, awaited; see the sync views."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.views import Views


class AsyncViews:
    """The reading half of an async face. What lies outside the access of whoever asks is not found."""

    @awaited(Views.issues)
    def issues(self) -> None:
        """Return a page of the issues that pass a filter."""

    @awaited(Views.issue)
    def issue(self) -> None:
        """Return an issue."""

    @awaited(Views.history)
    def history(self) -> None:
        """Return everything that ever happened to an issue, in order."""

    @awaited(Views.as_of)
    def as_of(self) -> None:
        """Return an issue as it was at an instant, the events of that very instant included."""

    @awaited(Views.moves)
    def moves(self) -> None:
        """Return what can be done to an issue's status now, with demands and advice."""

    @awaited(Views.targets)
    def targets(self) -> None:
        """Return how each target stands on an issue now: due when, met when, how late, and why (requirement D7)."""

    @awaited(Views.responses)
    def responses(self) -> None:
        """Return a page of responses with their notes, latest received first (requirements D3, D5)."""

    @awaited(Views.response)
    def response(self) -> None:
        """Return a response with what was decided about it."""

    @awaited(Views.performance)
    def performance(self) -> None:
        """Return who was recovered and how quickly, by group or by person, as it stands now (requirement D6)."""
