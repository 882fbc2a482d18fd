"""An administrator's commands on responses, awaited; see the sync ones, which do the work."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.desk import Desk


class AsyncPlacements:
    """What administrators do with responses."""

    @awaited(Desk.quarantined)
    def quarantined(self) -> None:
        """Return a page of the responses that wait for repair, latest received first (requirement A6)."""

    @awaited(Desk.repair)
    def repair(self) -> None:
        """Put a response in quarantine right (requirement A6)."""

    @awaited(Desk.move)
    def move(self) -> None:
        """Move a response to another group, with its issue, its notes and its limits (requirement A8)."""

    @awaited(Desk.move_all)
    def move_all(self) -> None:
        """Move many responses to one group (requirements A8, B12); the arguments are those of :meth:`move`."""
