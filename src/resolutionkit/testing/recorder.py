"""Who was told what: the questions that a test asks, and a notifier that records what it is given to tell."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from resolutionkit.model.messages import Topic
from resolutionkit.ports import Notice


class Recorder:
    """Knows who was told what, whether a channel was given it or the outbox has it.

    :class:`RecordingNotifier` and :class:`OutboxRecorder` answer alike, and so does a channel of your own that is
    derived from this and gives ``notices`` and ``clear``.
    """

    @property
    def notices(self) -> Sequence[Notice]:
        """Return what was to be told, in order; a repetition has the message id of its first."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget what was to be told so far."""
        raise NotImplementedError

    @property
    def told(self) -> list[tuple[str, Topic]]:
        """Return (recipient, topic) of every message once, in order."""
        return [(notice.recipient, notice.message.topic) for notice in self._once()]

    def to(self, who: str) -> list[Notice]:
        """Return what one person was told, each message once, in order.

        Args:
            who: A person's id, or a bare address.
        """
        return [notice for notice in self._once() if notice.recipient == who]

    def _once(self) -> list[Notice]:
        by_id = {notice.message.id: notice for notice in self.notices}
        return list(by_id.values())


class RecordingNotifier(Recorder):
    """Keeps every notice instead of telling anybody. Threads may share it.

    Args:
        name: The channel's name, as preferences use it.

    Attributes:
        name: The channel's name.
        failure: What to raise instead of recording, or None: set it to try what happens when a channel is down.
    """

    def __init__(self, name: str = "recorder") -> None:
        """Begin with nothing recorded."""
        self.name: str = name
        self.failure: Exception | None = None
        self._notices: list[Notice] = []
        self._lock = threading.Lock()

    @property
    def notices(self) -> list[Notice]:
        """Return what was to be told, in order, repetitions included."""
        return self._notices

    def notify(self, notice: Notice, /) -> None:
        """Record a notice, or raise the failure that was set."""
        if self.failure is not None:
            raise self.failure
        with self._lock:
            self._notices.append(notice)

    def clear(self) -> None:
        """Forget what was recorded."""
        with self._lock:
            self._notices.clear()
