"""What an async tracker does about quarantine; see the sync one, which does the work."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.repairing import Repairing


class AsyncRepairing:
    """What a tracker does about quarantine."""

    @awaited(Repairing.quarantined)
    def quarantined(self) -> None:
        """Return a page of the responses that wait for repair, latest received first (requirement A6)."""

    @awaited(Repairing.repair_known)
    def repair_known(self) -> None:
        """Put right what is in quarantine and whose codes the directory knows by now (requirement A6)."""
