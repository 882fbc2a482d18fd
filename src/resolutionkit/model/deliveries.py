"""The ledger: what became of each message on each channel, and why (requirement C11).

What is to be told stands in ``messages``. A row of the ledger is also its place in the queue: what waits is due at an
instant, and everything else is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from attrs import frozen

from resolutionkit.errors import InvalidValue, ResolutionKitError
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
    """The recipient does not want it, as a preference says, or has no telephone for a text message."""
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


def is_leased(delivery: Delivery) -> bool:
    """Say whether a delivery that was just planned is tried at once, by whoever planned it."""
    return delivery.fate is Fate.WAITING and delivery.attempts > 0


def not_planned(message: Message, due_at: datetime) -> Delivery:
    """Return the line of a message that was not planned, and is to be looked at when it is due."""
    return Delivery(message=message, channel="", fate=Fate.WAITING, due_at=due_at, changed_at=message.created_at)


@frozen(kw_only=True, weakref_slot=False)
class Claim:
    """What a worker asks the queue for.

    Attributes:
        channel: The channel.
        now: What is due then.
        lease: The worker's token; what is claimed is nobody else's until the lease runs out.
        until: When that is.
        limit: At most how many.
        is_abandoned: Whether to claim what another worker held until its lease ran out, instead of what nobody held.
        in_order: Whether what is about one issue and recipient has to wait for what came before it. What is urgent does
            not wait for what quiet hours hold (requirement B8).
    """

    channel: str
    now: datetime
    lease: str
    until: datetime
    limit: int
    is_abandoned: bool = False
    in_order: bool = False


@frozen(kw_only=True)
class LedgerQuery:
    """Which lines of the ledger are wanted, in the order of their messages' ids, then of the channels' names.

    Attributes:
        issue: Of one issue, or None for all.
        recipient: Of one recipient, or None for all.
        fate: With one fate, or None for all.
        limit: At most how many.
        after: The message and channel of the last line of the page before, or None.
    """

    issue: str | None = None
    recipient: str | None = None
    fate: Fate | None = None
    limit: int = 1000
    after: tuple[str, str] | None = None


class NotDelivered(ResolutionKitError):
    """What a channel raises where it can say more than that it failed.

    Anything else that it raises means that it is to be tried again, by the usual schedule.

    Attributes:
        reason: Why, in words for the ledger, without anything that a respondent typed.
        retry_after: How long to wait at least before the next try, or None for the usual schedule.
        is_final: Whether trying again is of no use: the message becomes a dead letter at once.
        disables: Whether nothing more is to go to this channel: it is disabled until somebody enables it, and what
            comes for it meanwhile becomes dead letters.

    Raises:
        InvalidValue: The reason is no text, or the wait no ``timedelta``: so that who writes a channel hears of it.
    """

    http_status = 502
    # For a class of somebody else's that does not call this one.
    reason: str = ""
    retry_after: timedelta | None = None
    is_final: bool = False
    disables: bool = False

    def __init__(
        self,
        reason: str,
        *,
        retry_after: timedelta | None = None,
        is_final: bool = False,
        disables: bool = False,
    ) -> None:
        """Say why."""
        _check_said(reason, retry_after)
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.is_final = is_final
        self.disables = disables

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        made = partial(type(self), retry_after=self.retry_after, is_final=self.is_final, disables=self.disables)
        return (made, (self.reason,))


def _check_said(reason: object, retry_after: object) -> None:
    if not isinstance(reason, str):
        raise InvalidValue("reason", type(reason).__name__, "words for the ledger, as text")
    if not isinstance(retry_after, timedelta | None):
        raise InvalidValue("retry_after", retry_after, "a timedelta, such as timedelta(seconds=30), or None")


@frozen(kw_only=True)
class Delivered:
    """What one run of delivery did, as numbers of deliveries: a message on a channel is one.

    Attributes:
        sent: What the channels took.
        retried: What failed, and is tried again.
        dead: What failed for good, and can be sent again by hand.
        deferred: What quiet hours hold.
        suppressed: What its recipient does not want.
        denied: What its recipient may not know of any more.
        dropped: What was no longer true.
    """

    sent: int = 0
    retried: int = 0
    dead: int = 0
    deferred: int = 0
    suppressed: int = 0
    denied: int = 0
    dropped: int = 0

    @property
    def total(self) -> int:
        """Return how many deliveries were touched."""
        return sum(getattr(self, name) for name in _NUMBERS.values())

    def plus(self, other: Delivered) -> Delivered:
        """Return the numbers of both."""
        names = _NUMBERS.values()
        return Delivered(**{name: getattr(self, name) + getattr(other, name) for name in names})


_NUMBERS = {fate: fate.value for fate in Fate} | {Fate.WAITING: "retried"}


def delivered(fates: Mapping[Fate, int]) -> Delivered:
    """Return numbers of deliveries by what became of them."""
    return Delivered(**{_NUMBERS[fate]: count for fate, count in fates.items()})
