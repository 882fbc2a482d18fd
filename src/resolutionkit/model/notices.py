"""What a channel is given to tell one person of: a message, with all that its text may need."""

from __future__ import annotations

from attrs import field, frozen

from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message
from resolutionkit.model.people import Person


@frozen(kw_only=True)
class Notice:
    """One message with all that its text may need; fields may be added in later versions.

    Attributes:
        account: The account.
        message: Who is told of what, and under which idempotency key.
        issue: The issue as it is when the message is sent.
        events: The events that the message tells of, in order.
        person: The recipient as the directory knows them, or None for a bare address.
        zone: The IANA zone in which the recipient reads the clock.
    """

    account: str
    message: Message
    issue: Issue
    events: tuple[Event, ...]
    person: Person | None = None
    zone: str = field(default="UTC")

    @property
    def recipient(self) -> str:
        """Return the recipient: a person's id, or a bare address."""
        return self.message.recipient
