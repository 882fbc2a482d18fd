"""A notifier that records what it is given to tell, for tests of who hears of what."""

from __future__ import annotations

import threading

from resolutionkit.model.messages import Topic
from resolutionkit.ports import Notice


class RecordingNotifier:
    """Keeps every notice instead of telling anybody. Threads may share it.

    Args:
        name: The channel's name, as preferences use it.

    Attributes:
        name: The channel's name.
        notices: What was to be told, in order, repetitions included.
        failure: What to raise instead of recording, or None: set it to try what happens when a channel is down.
    """

    def __init__(self, name: str = "recorder") -> None:
        """Begin with nothing recorded."""
        self.name: str = name
        self.notices: list[Notice] = []
        self.failure: Exception | None = None
        self._lock = threading.Lock()

    def notify(self, notice: Notice, /) -> None:
        """Record a notice, or raise the failure that was set."""
        if self.failure is not None:
            raise self.failure
        with self._lock:
            self.notices.append(notice)

    @property
    def told(self) -> list[tuple[str, Topic]]:
        """Return (recipient, topic) of every message once, in order: a repetition has the id of its first."""
        by_id = {notice.message.id: notice.message for notice in self.notices}
        return [(message.recipient, message.topic) for message in by_id.values()]

    def clear(self) -> None:
        """Forget what was recorded."""
        with self._lock:
            self.notices.clear()
