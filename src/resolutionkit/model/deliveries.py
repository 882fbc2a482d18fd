"""The ledger: what became of each message on each channel, and why (requirement C11).

What is to be told stands in ``messages``. A row of the ledger is also its place in the queue: what waits is due at an
instant, and everything else is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import frozen

from resolutionkit.errors import ResolutionKitError
from resolutionkit.model.messages import Message


class Fate(StrEnum):
    """What became of a message on a channel."""

    WAITING = "waiting"
    """It is to be tried, for the first time or again."""
    DEFERRED = "deferred"
    """Quiet hours hold it until it is due."""
    SENT = "sent"
    """The channel has taken it."""
    SUPPRESSED = "suppressed"
    """The recipient does not want it, as a preference says."""
    DENIED = "denied"
    """The recipient may not know of it, or is not there any more."""
    DROPPED = "dropped"
    """It was no longer true when it was to be sent."""
    DEAD = "dead"
    """It could not be delivered, and is tried no more; it can be sent again by hand."""

    @property
    def is_over(self) -> bool:
        """Say whether nothing more happens to it by itself."""
        return self not in {Fate.WAITING, Fate.DEFERRED}


@frozen(kw_only=True, weakref_slot=False)
class Delivery:
    """One line of the ledger: a message on one channel.

    Attributes:
        message: Who is told of what.
        channel: The name of the notifier or observer; empty where no channel was asked, since nobody is to be told.
        fate: What became of it.
        reason: Why, in a few words; empty where it was sent at once. Nothing that a respondent typed stands in it.
        attempts: How often the channel was asked.
        due_at: When it is tried next, or None where it is over.
        changed_at: When this line last changed.
    """

    message: Message
    channel: str
    fate: Fate
    reason: str = ""
    attempts: int = 0
    due_at: datetime | None = None
    changed_at: datetime


class NotDelivered(ResolutionKitError):
    """What a channel raises where it can say more than that it failed.

    Anything else that it raises means that it is to be tried again, by the usual schedule.

    Args:
        reason: Why, in words for the ledger, without anything that a respondent typed.
        retry_after: How long to wait at least before the next try, or None for the usual schedule.
        is_final: Whether trying again is of no use: the message becomes a dead letter at once.
        disables: Whether nothing more is to go to this channel: what waits for it is held until somebody enables it.
    """

    http_status = 502

    def __init__(
        self,
        reason: str,
        *,
        retry_after: timedelta | None = None,
        is_final: bool = False,
        disables: bool = False,
    ) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.is_final = is_final
        self.disables = disables
