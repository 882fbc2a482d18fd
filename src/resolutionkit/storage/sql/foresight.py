"""What is known of responses that are about to arrive: asked for at once, and told one by one until it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from resolutionkit.model.response import ResponseRecord
from resolutionkit.ports import Write

Conversation: TypeAlias = tuple[str, str]
"""A survey, empty for none, and a ticket."""


class Foresight:
    """Answers that were found ahead, within one transaction; what was not foreseen is not among them."""

    __slots__ = ("records", "standing")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.records: dict[str, ResponseRecord | None] = {}
        self.standing: dict[Conversation, str | None] = {}

    def add(
        self,
        ids: Iterable[str],
        records: Mapping[str, ResponseRecord],
        conversations: Iterable[Conversation],
        standing: Mapping[Conversation, str],
    ) -> None:
        """Keep what was found, and that the rest of what was looked for is not there."""
        self.records.update((one, records.get(one)) for one in ids)
        self.standing.update((one, standing.get(one)) for one in conversations)

    def forget(self, write: Write) -> None:
        """Forget what a change makes untrue."""
        for change in write.records:
            self.records.pop(change.record.id, None)
        if write.head is not None:
            response = write.head.record.response
            self.standing.pop((response.survey or "", response.ticket or ""), None)
