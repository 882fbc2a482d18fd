"""The ability of a unit of work to keep the daily alert: what waits to be told, and what was told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from resolutionkit.model.alerts import Awaiting, Closing, Digest


class KeepsAlerts(Protocol):
    """An optional ability of a unit of work: it keeps what the daily alerts tell, and told (requirements C4 to C6).

    It saves the ``alerts`` of each :class:`~resolutionkit.ports.Write` with the rest of it. Without it there are no
    daily alerts, and ``run_alerts`` says that the store cannot. All questions are about the unit's account but the
    first, which is asked over all accounts.
    """

    def accounts_alerted(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts in which a response waits that is due, or a text message.

        Args:
            now: What is due then.
            limit: At most so many of each are looked at, those first that have been due for longest.
        """

    def awaiting(self, now: datetime, /) -> Sequence[Awaiting]:
        """Return the responses that have been due for longest, all of one instant, in the order of their keys."""

    def told_already(self, response_ids: Collection[str], /) -> Collection[str]:
        """Return which of these responses a closed window told."""

    def alerts_closed(self) -> datetime | None:
        """Return the end of the last window that was closed, or None where none was."""

    def texts_due(self, now: datetime, /) -> Sequence[Digest]:
        """Return the digests whose text message is due and was not written, by recipient, then by end."""

    def close_alerts(self, closing: Closing, /) -> None:
        """Save the end of a window, or text messages. Whatever waited for a response until one instant goes together.

        Raises:
            WriteConflict: Another window was closed meanwhile, something no longer waits as it did, a digest is there
                already, or a text message was written.
        """

    def put_off_alerts(self, now: datetime, until: datetime, /) -> None:
        """Let what is due be due later: responses that wait, and text messages; what a digest says stays."""

    def digest(self, recipient: str, end: datetime, /) -> Digest | None:
        """Return what a person was told of the window with this end, or None where it was nothing."""

    def digests_of_text(self, recipient: str, text_at: datetime, /) -> Sequence[Digest]:
        """Return the digests whose number one text message to a person has, by their ends."""
