"""The error of a host's templates and translations. What is wrong with them is found where they are read."""

from __future__ import annotations

from resolutionkit.errors import FaultsFound


class EmailTextError(FaultsFound):
    """Templates or translations of mails are unsound; ``faults`` has every fault with its file and line."""

    what = "texts of mails"
