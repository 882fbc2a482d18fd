"""The ability of a unit of work to be a queue of what is to be told, and a ledger of what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from resolutionkit.model.deliveries import Claim, Delivery, LedgerQuery
from resolutionkit.model.events import Event
from resolutionkit.model.messages import Message
from resolutionkit.model.response import ResponseRecord


class KeepsDeliveries(Protocol):
    """An optional ability of a unit of work: it is a queue of what is to be told, and a ledger of what became of it.

    Without it, ``deliver`` says that the store cannot. All questions are about the unit's account but the first, which
    is asked over all accounts. What is due has an instant; what is over has none.
    """

    def accounts_due(self, channels: Sequence[str], now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts with messages that are not planned and due, or deliveries due on these channels.

        Args:
            channels: The channels.
            now: What is due then.
            limit: At most so many of each are looked at, those first that have been due for longest.
        """

    def unplanned(self, now: datetime, limit: int, /) -> Sequence[Message]:
        """Return messages that were not planned and are due, longest due first; others may be kept from them."""

    def plan(self, deliveries: Sequence[Delivery], lease: str, until: datetime, /) -> None:
        """Keep the first lines of the ledger on messages that were not planned; they are planned from then on.

        What is waiting with an attempt counted is leased already, until then; what is waiting without is due.

        Raises:
            WriteConflict: One of the messages was planned by somebody else.
        """

    def put_off(self, now: datetime, until: datetime, /) -> None:
        """Let what is due be due later: messages that were not planned, and deliveries that nobody holds."""

    def claim(self, claim: Claim, /) -> Sequence[Delivery]:
        """Lease deliveries that are due, longest due first, and count one more attempt of each."""

    def finish(self, deliveries: Sequence[Delivery], lease: str, /) -> Sequence[Delivery]:
        """Write what became of leased deliveries, and return those that were still held under the lease.

        The others are left as they are: their lease ran out, and somebody else has them.
        """

    def ledger(self, query: LedgerQuery, /) -> Sequence[Delivery]:
        """Return a page of the ledger; a message that was not planned is waiting on the channel without a name."""

    def send_again(self, message_id: str, channel: str, now: datetime, /) -> bool:
        """Let a dead letter be due, with no attempt counted; return False where there is no such dead letter."""

    def disabled(self) -> Mapping[str, str]:
        """Return why channels are disabled, by their names."""

    def disable(self, channel: str, reason: str | None, /) -> None:
        """Disable a channel, or enable it where there is no reason."""

    def histories(self, issue_ids: Sequence[str], /) -> Mapping[str, tuple[Event, ...]]:
        """Return the whole histories of issues, by their ids; one that is not there has none."""

    def records(self, response_ids: Sequence[str], /) -> Mapping[str, ResponseRecord]:
        """Return the records of responses, by their ids."""
