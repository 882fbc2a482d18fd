"""The daily alert as it is kept: what waits to be told, and what one person was told of one window (C4 to C6).

When and whom is decided in ``decisions.alerting``. Nothing here is personal text: a digest holds ids, so that a report
can be made again from what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from resolutionkit.model.messages import Message, Why


@frozen(kw_only=True, weakref_slot=False)
class Awaiting:
    """A response that is to be told in a daily alert.

    Attributes:
        response: The id of the response.
        revision: The revision of it that is unhappy.
        since: When it became so, or came to light.
        due_at: When its alert is due: the end of a window.
        is_repaired: Whether it was put right in time, so that it is told as if it had always been right (A6).
    """

    response: str
    revision: int
    since: datetime
    due_at: datetime
    is_repaired: bool = False

    @property
    def key(self) -> tuple[str, int, datetime]:
        """Return what tells it from all others."""
        return (self.response, self.revision, self.since)


@frozen(kw_only=True, weakref_slot=False)
class DigestLine:
    """One response of a digest.

    Attributes:
        response: The id of the response.
        group: The group that it belonged to when the window ended.
        is_late: Whether it came to light only after the window that it was received in had ended.
    """

    response: str
    group: str
    is_late: bool = False


@frozen(kw_only=True, weakref_slot=False)
class Digest:
    """What one person is told of one window; it never changes (requirement C4).

    Attributes:
        recipient: The id of the person.
        start: When the window starts, included.
        end: When it ends, not included: the alert instant.
        lines: The responses, in the order in which they were received; at least one.
        why: Why this person is told.
        text_at: When the text message goes out that has their number: at the end of the window, or later where the day
            is one without text messages; None where there is no text message.
    """

    recipient: str
    start: datetime
    end: datetime
    lines: tuple[DigestLine, ...]
    why: tuple[Why, ...]
    text_at: datetime | None = None

    @property
    def number(self) -> int:
        """Return how many responses there are."""
        return len(self.lines)

    @property
    def responses(self) -> tuple[str, ...]:
        """Return the ids of the responses, in the order in which they were received."""
        return tuple(line.response for line in self.lines)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the codes of the groups that there are responses of, in order."""
        return tuple(sorted({line.group for line in self.lines}))


@frozen(kw_only=True)
class Closing:
    """The end of a window of an account: all that it leaves behind, saved whole or not at all.

    Attributes:
        before: The end of the last window that was closed, as it was read; None for none.
        end: The end of the last window that is closed from now on; None for none still.
        waited: Until when all that follows was waiting, as it was read; None where nothing was.
        told: What was waiting and is told now; it is kept, so that it is told once.
        later: What was waiting and has to wait on, as it is from now on, with another due instant.
        gone: What was waiting and is not to be told any more.
        digests: What each person is told.
        texts: The digests whose text message is among the messages.
        messages: The messages that say so.
    """

    before: datetime | None
    end: datetime | None
    waited: datetime | None = None
    told: Sequence[Awaiting] = ()
    later: Sequence[Awaiting] = ()
    gone: Sequence[Awaiting] = ()
    digests: Sequence[Digest] = ()
    texts: Sequence[Digest] = ()
    messages: Sequence[Message] = ()


@frozen(kw_only=True)
class AlertsRun:
    """What one run of the daily alerts did.

    Attributes:
        windows: How many windows were closed in which there was something to tell.
        responses: How many responses they have.
        digests: How many people were told of a window.
        texts: How many text messages were put in the outbox.
        reports: How many reports were.
    """

    windows: int = 0
    responses: int = 0
    digests: int = 0
    texts: int = 0
    reports: int = 0

    def plus(self, other: AlertsRun) -> AlertsRun:
        """Return the numbers of both."""
        return AlertsRun(
            windows=self.windows + other.windows,
            responses=self.responses + other.responses,
            digests=self.digests + other.digests,
            texts=self.texts + other.texts,
            reports=self.reports + other.reports,
        )
