"""The ability of a unit of work to keep what people want to be told of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from resolutionkit.model.messages import Message
from resolutionkit.model.preferences import Preferences


class KeepsPreferences(Protocol):
    """An optional ability of a unit of work: it keeps what each person wants to be told of (requirement C3).

    Without it nobody has preferences, and setting any says that the store cannot. A party is a person's id or a bare
    address. Of two who save the preferences of one party, the last one is heard.
    """

    def preferences(self, party: str, /) -> Preferences | None:
        """Return what a party wants, or None where it has said nothing."""

    def preferences_of(self, parties: Collection[str], /) -> Mapping[str, Preferences]:
        """Return what each of these parties wants, of those that have said anything."""

    def watchers(self) -> Sequence[tuple[str, Preferences]]:
        """Return every party whose preferences ``watches``, with what it wants, in the order of the parties."""

    def save_preferences(self, party: str, preferences: Preferences | None, /) -> None:
        """Keep what a party wants, in the place of what it wanted before; None forgets it."""

    def loose_messages(self, response_id: str, /) -> Sequence[Message]:
        """Return the outbox's messages about a response that are about no issue, in the order of their ids."""
