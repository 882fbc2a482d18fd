"""What an async tracker does about daily alerts; see the sync one."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.aio.timing import AsyncTiming
from resolutionkit.tracker.digesting import Digesting


class AsyncDigesting(AsyncTiming):
    """What an async tracker does about daily alerts."""

    @awaited(Digesting.run_alerts)
    def run_alerts(self) -> None:
        """Close every window of the daily alert that has ended, over all accounts that the tracker knows (C4 to C6)."""

    @awaited(Digesting.digest)
    def digest(self) -> None:
        """Return what somebody was told of a window: its start, and the ids of its responses; it never changes."""
