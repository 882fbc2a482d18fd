"""What an async tracker does about time; see the sync one."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.aio.explaining import AsyncExplaining
from resolutionkit.tracker.timing import Timing


class AsyncTiming(AsyncExplaining):
    """What a tracker does about time."""

    @awaited(Timing.run_timers)
    def run_timers(self) -> None:
        """Do what time has brought about by now, over all accounts that are known (requirements B9, B16, C7)."""

    @awaited(Timing.reschedule)
    def reschedule(self) -> None:
        """Have every issue of the account that has timers looked at by the next ``run_timers``."""
