"""What an async tracker does for those who leave; see the sync one, which does the work."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.leaving import Leaving


class AsyncLeaving:
    """What an async tracker does for those who leave."""

    @awaited(Leaving.leavers)
    def leavers(self) -> None:
        """Return everybody who is inactive or gone from the directory and has open issues, the most issues first."""

    @awaited(Leaving.hand_over)
    def hand_over(self) -> None:
        """Give all open issues of somebody to somebody else, wherever they are: the host's own act (requirement B6)."""
