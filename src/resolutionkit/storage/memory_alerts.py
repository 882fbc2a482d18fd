"""The daily alerts in memory. What a unit of work in memory is beside them stands in ``memory``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from attrs import define, field

from resolutionkit.model.alerts import Awaiting, Closing, Digest
from resolutionkit.model.erasure import renamed
from resolutionkit.model.messages import Message
from resolutionkit.model.trusted import changed
from resolutionkit.ports import WriteConflict
from resolutionkit.storage.memory_timers import TimerTables

_CLOSED = "closed"

Key: TypeAlias = tuple[str, int, datetime]
Place: TypeAlias = tuple[str, datetime]
"""A recipient, and the end of a window."""


@define
class AlertTables(TimerTables):
    """One account's daily alerts, beside its timers, its queue and its ledger.

    Attributes:
        waiting: What is to be told.
        told: What was told, by the ids of the responses.
        closed: The end of the last window that was closed.
        digests: What each person was told.
        texts: When the text messages are due that are not written.
    """

    waiting: dict[Key, Awaiting] = field(factory=dict)
    told: dict[str, Awaiting] = field(factory=dict)
    closed: dict[str, datetime] = field(factory=dict)
    digests: dict[Place, Digest] = field(factory=dict)
    texts: dict[Place, datetime] = field(factory=dict)


class MemoryAlerts(ABC):
    """The questions and changes of :class:`~resolutionkit.ports.KeepsAlerts`, for a unit of work on an account."""

    _alerts: AlertTables

    @abstractmethod
    def _every_alerts(self) -> Iterable[tuple[str, AlertTables]]:
        """Return everybody's alerts, by account."""

    @abstractmethod
    def _check_may_write(self) -> None:
        """Refuse a unit of work for reading."""

    @abstractmethod
    def _put(self, table: MutableMapping[Any, Any], key: object, value: object) -> None:
        """Put a value in a table so that it can be undone."""

    @abstractmethod
    def _take(self, table: MutableMapping[Any, Any], key: object) -> None:
        """Take a value out of a table so that it can be undone."""

    @abstractmethod
    def _tell(self, messages: Sequence[Message]) -> None:
        """Put messages that are about no issue in the outbox."""

    def _begin_to_wait(self, alerts: Iterable[Awaiting]) -> None:
        for one in alerts:
            self._put(self._alerts.waiting, one.key, one)

    def accounts_alerted(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts in which a response waits that is due, or a text message."""
        everybody = list(self._every_alerts())
        waiting = ((one.due_at, account) for account, its in everybody for one in its.waiting.values())
        texts = ((at, account) for account, its in everybody for at in its.texts.values())
        found = (sorted(one for one in due if one[0] <= now)[:limit] for due in (waiting, texts))
        return list(dict.fromkeys(account for due in found for _, account in due))

    def awaiting(self, now: datetime, /) -> Sequence[Awaiting]:
        """Return the responses that have been due for longest."""
        waiting = self._alerts.waiting
        first = min((one.due_at for one in waiting.values() if one.due_at <= now), default=None)
        return [waiting[key] for key in sorted(waiting) if waiting[key].due_at == first]

    def told_already(self, response_ids: Collection[str], /) -> Collection[str]:
        """Return which of these responses a closed window told."""
        return {one for one in response_ids if one in self._alerts.told}

    def alerts_closed(self) -> datetime | None:
        """Return the end of the last window that was closed."""
        return self._alerts.closed.get(_CLOSED)

    def texts_due(self, now: datetime, /) -> Sequence[Digest]:
        """Return the digests whose text message is due and was not written."""
        tables = self._alerts
        return [tables.digests[place] for place in sorted(tables.texts) if tables.texts[place] <= now]

    def close_alerts(self, closing: Closing, /) -> None:
        """Save the end of a window, or text messages."""
        self._check_may_write()
        tables, waiting = self._alerts, self._alerts.waiting
        gone = (*closing.told, *closing.gone, *closing.later)
        is_waiting = all(one.key in waiting and waiting[one.key].due_at == closing.waited for one in gone)
        is_new = not any(_place(one) in tables.digests for one in closing.digests)
        is_unwritten = all(_place(one) in tables.texts for one in closing.texts)
        if not (is_waiting and is_new and is_unwritten) or self.alerts_closed() != closing.before:
            raise WriteConflict("the alerts are no longer what was read")
        for one in (*closing.told, *closing.gone):
            self._take(tables.waiting, one.key)
        for one in closing.told:
            self._put(tables.told, one.response, one)
        for one in closing.later:
            self._put(tables.waiting, one.key, one)
        if closing.end is not None:
            self._put(tables.closed, _CLOSED, closing.end)
        for digest in closing.digests:
            self._put(tables.digests, _place(digest), digest)
            if digest.text_at is not None:
                self._put(tables.texts, _place(digest), digest.text_at)
        for digest in closing.texts:
            self._take(tables.texts, _place(digest))
        self._tell(closing.messages)

    def put_off_alerts(self, now: datetime, until: datetime, /) -> None:
        """Let what is due be due later."""
        self._check_may_write()
        for key, one in list(self._alerts.waiting.items()):
            if one.due_at <= now:
                self._put(self._alerts.waiting, key, changed(one, due_at=until))
        for place, at in list(self._alerts.texts.items()):
            if at <= now:
                self._put(self._alerts.texts, place, until)

    def digest(self, recipient: str, end: datetime, /) -> Digest | None:
        """Return what a person was told of the window with this end."""
        return self._alerts.digests.get((recipient, end))

    def digests_of_text(self, recipient: str, text_at: datetime, /) -> Sequence[Digest]:
        """Return the digests whose number one text message to a person has."""
        found = [one for one in self._alerts.digests.values() if (one.recipient, one.text_at) == (recipient, text_at)]
        return sorted(found, key=_place)

    def _rename_alerts(self, names: Mapping[str, str]) -> None:
        for tables in (self._alerts.digests, self._alerts.texts):
            for (who, end), value in [one for one in tables.items() if one[0][0] in names]:
                self._take(tables, (who, end))
                self._put(tables, (names[who], end), renamed(value, names) if isinstance(value, Digest) else value)


def _place(digest: Digest) -> Place:
    return (digest.recipient, digest.end)
