"""What an async tracker does with what is to be told; see the sync one."""

from __future__ import annotations

from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.aio.digesting import AsyncDigesting
from resolutionkit.tracker.telling import Telling


class AsyncTelling(AsyncDigesting):
    """What an async tracker does with what is to be told."""

    @awaited(Telling.preferences)
    def preferences(self) -> None:
        """Return what somebody wants to be told of; who has said nothing wants what is usual (requirement C3)."""

    @awaited(Telling.set_preferences)
    def set_preferences(self) -> None:
        """Keep what somebody wants to be told of, in the place of what they wanted before."""

    @awaited(Telling.outbox)
    def outbox(self) -> None:
        """Return who is to be told of what about an issue, in the order in which it happened."""

    @awaited(Telling.outbox_of_response)
    def outbox_of_response(self) -> None:
        """Return who is to be told of what about a response, in the order in which it happened."""

    @awaited(Telling.ledger)
    def ledger(self) -> None:
        """Return what became of messages, channel by channel, and why: in the order in which they came up (C11)."""

    @awaited(Telling.dead_letters)
    def dead_letters(self) -> None:
        """Return what could not be delivered, and is tried no more until it is sent again."""

    @awaited(Telling.send_again)
    def send_again(self) -> None:
        """Let a dead letter be delivered once more, as if it had not been tried; its key stays what it was."""

    @awaited(Telling.disabled_channels)
    def disabled_channels(self) -> None:
        """Return why channels are disabled, by their names; a receiver that is gone for good disables its own."""

    @awaited(Telling.enable_channel)
    def enable_channel(self) -> None:
        """Let messages go to a channel again; what became a dead letter meanwhile has to be sent again."""
