"""What an async tracker says of its rules; see the sync one."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.aio.repairing import AsyncRepairing
from resolutionkit.tracker.explaining import Explaining


class AsyncExplaining(AsyncRepairing):
    """What a tracker says of its rules."""

    @awaited(Explaining.explain_routing)
    def explain_routing(self) -> None:
        """Return where the issue of a response goes as rules and people are now, and why (requirement A9)."""

    @awaited(Explaining.policies)
    def policies(self) -> None:
        """Return every version of the account's policy under which anything happened, in the order of first use."""

    @awaited(Explaining.try_rules)
    def try_rules(self) -> None:
        """Return what rules would make of the latest responses as people are now; nothing is changed (A9)."""
