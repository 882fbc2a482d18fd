"""A channel that tells people."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from resolutionkit.model.notices import Notice


@runtime_checkable
class Notifier(Protocol):
    """A channel that tells people: email, chat, a log.

    A notifier may be called again with the same ``message.id`` after a crash, and should then let the receiver
    recognise the repetition. Whatever it raises means that the message was not delivered.

    One with an attribute ``in_order`` that is true is told of an issue in order, for each person. One that has an
    attribute ``medium``, of :class:`~resolutionkit.model.messages.Medium`, says what it is made for: daily text
    messages go to those for text, and reports to those for mail.
    """

    name: str
    """The channel's name, as preferences and the ledger use it."""

    def notify(self, notice: Notice, /) -> None:
        """Tell one person one thing."""


@runtime_checkable
class AsyncNotifier(Protocol):
    """A :class:`Notifier` that is awaited, for an async tracker."""

    name: str
    """The channel's name, as preferences and the ledger use it."""

    async def notify(self, notice: Notice, /) -> None:
        """Tell one person one thing."""
