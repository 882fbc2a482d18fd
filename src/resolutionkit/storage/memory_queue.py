"""The queue and the ledger in memory. What a unit of work in memory is beside them stands in ``memory``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from attrs import define, field, frozen

from resolutionkit.model.deliveries import Claim, Delivery, Fate, LedgerQuery, is_leased, not_planned
from resolutionkit.model.messages import Message
from resolutionkit.model.trusted import changed
from resolutionkit.ports import WriteConflict

_SOON = timedelta(seconds=1)
"""How much later what has to wait for its turn is due again."""

Place: TypeAlias = tuple[str, str]
"""A message's id, and a channel."""


@frozen(kw_only=True)
class Line:
    """A line of the ledger, and whose lease it is under; the message is kept once, elsewhere."""

    delivery: Delivery
    lease: str = ""


@define
class QueueTables:
    """One account's queue and ledger.

    Attributes:
        unplanned: When messages that were not planned are due, by their ids.
        lines: The lines of the ledger.
        disabled: Why channels are disabled.
    """

    unplanned: dict[str, datetime] = field(factory=dict)
    lines: dict[Place, Line] = field(factory=dict)
    disabled: dict[str, str] = field(factory=dict)


class MemoryQueue(ABC):
    """The questions and changes of :class:`~resolutionkit.ports.KeepsDeliveries`, for a unit of work on an account."""

    _queue: QueueTables

    @abstractmethod
    def _queues(self) -> Iterable[tuple[str, QueueTables]]:
        """Return everybody's queues, by account."""

    @abstractmethod
    def _messages(self) -> Mapping[str, Message]:
        """Return the account's messages, by their ids, as they are now."""

    @abstractmethod
    def _put(self, table: MutableMapping[Any, Any], key: object, value: object) -> None:
        """Put a value in a table so that it can be undone."""

    @abstractmethod
    def _take(self, table: MutableMapping[Any, Any], key: object) -> None:
        """Take a value out of a table so that it can be undone."""

    def accounts_due(self, channels: Sequence[str], now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts with something due, over all of them."""
        found = [
            (at, account)
            for account, tables in self._queues()
            for at in (*tables.unplanned.values(), *_dues(tables.lines.values(), channels))
            if at <= now
        ]
        return list(dict.fromkeys(account for _, account in sorted(found)[:limit]))

    def unplanned(self, now: datetime, limit: int, /) -> Sequence[Message]:
        """Return messages that were not planned and are due."""
        due = sorted((at, one) for one, at in self._queue.unplanned.items() if at <= now)
        messages = self._messages()
        return [messages[one] for _, one in due[:limit]]

    def plan(self, deliveries: Sequence[Delivery], lease: str, until: datetime, /) -> None:
        """Keep the first lines of the ledger on messages."""
        for message_id in {one.message.id for one in deliveries}:
            if message_id not in self._queue.unplanned:
                raise WriteConflict("some of the messages were planned meanwhile")
            self._take(self._queue.unplanned, message_id)
        for one in deliveries:
            held = Line(delivery=changed(one, due_at=until), lease=lease)
            self._put(self._queue.lines, _place(one), held if is_leased(one) else Line(delivery=one))

    def put_off(self, now: datetime, until: datetime, /) -> None:
        """Let what is due be due later."""
        for message_id, at in list(self._queue.unplanned.items()):
            if at <= now:
                self._put(self._queue.unplanned, message_id, until)
        for place, line in list(self._queue.lines.items()):
            if line.delivery.due_at is not None and line.delivery.due_at <= now:
                self._put(self._queue.lines, place, Line(delivery=changed(line.delivery, due_at=until)))

    def claim(self, claim: Claim, /) -> Sequence[Delivery]:
        """Lease deliveries that are due."""
        due = sorted(self._due(claim), key=lambda one: (one.due_at, one.message.id))[: claim.limit]
        ours = {_place(one) for one in due}
        if claim.in_order:
            waiting = [one for one in due if self._waits(one, ours)]
            for one in waiting:
                self._put(self._queue.lines, _place(one), Line(delivery=changed(one, due_at=claim.now + _SOON)))
            due = [one for one in due if one not in waiting]
        held = [changed(one, due_at=claim.until, attempts=one.attempts + 1) for one in due]
        for one in held:
            self._put(self._queue.lines, _place(one), Line(delivery=one, lease=claim.lease))
        return sorted(self._with_messages(held), key=lambda one: (one.message.first_event, one.message.id))

    def _due(self, claim: Claim) -> Iterator[Delivery]:
        for line in self._queue.lines.values():
            one = line.delivery
            is_due = one.channel == claim.channel and one.due_at is not None and one.due_at <= claim.now
            if is_due and bool(line.lease) is claim.is_abandoned:
                yield one

    def _waits(self, delivery: Delivery, ours: set[Place]) -> bool:
        """Say whether something about the same issue and recipient comes before it, and is not ours."""
        messages = self._messages()
        message = messages[delivery.message.id]
        waits_for = {Fate.WAITING} if message.is_urgent else {Fate.WAITING, Fate.DEFERRED}
        before = [
            line.delivery.message
            for place, line in self._queue.lines.items()
            if place not in ours and place[1] == delivery.channel and line.delivery.fate in waits_for
        ]
        before += [messages[one] for one in self._queue.unplanned]
        return message.issue is not None and any(
            (one.issue, one.recipient) == (message.issue, message.recipient) and one.first_event < message.first_event
            for one in before
        )

    def finish(self, deliveries: Sequence[Delivery], lease: str, /) -> Sequence[Delivery]:
        """Write what became of leased deliveries."""
        held = [one for one in deliveries if self._queue.lines[_place(one)].lease == lease]
        for one in held:
            self._put(self._queue.lines, _place(one), Line(delivery=one))
        return held

    def ledger(self, query: LedgerQuery, /) -> Sequence[Delivery]:
        """Return a page of the ledger."""
        messages = self._messages()
        lines = [line.delivery for line in self._queue.lines.values()]
        lines += [not_planned(messages[one], at) for one, at in self._queue.unplanned.items()]
        found = [one for one in self._with_messages(lines) if _passes(one, query)]
        return sorted(found, key=_place)[: query.limit]

    def _with_messages(self, lines: Iterable[Delivery]) -> list[Delivery]:
        messages = self._messages()
        return [changed(one, message=messages[one.message.id]) for one in lines]

    def send_again(self, message_id: str, channel: str, now: datetime, /) -> bool:
        """Let a dead letter be due."""
        line = self._queue.lines.get((message_id, channel))
        if line is None or line.delivery.fate is not Fate.DEAD:
            return False
        again = changed(line.delivery, fate=Fate.WAITING, reason="", attempts=0, due_at=now, changed_at=now)
        self._put(self._queue.lines, (message_id, channel), Line(delivery=again))
        return True

    def disabled(self) -> Mapping[str, str]:
        """Return why channels are disabled."""
        return dict(self._queue.disabled)

    def disable(self, channel: str, reason: str | None, /) -> None:
        """Disable a channel, or enable it."""
        if reason is not None:
            self._put(self._queue.disabled, channel, reason)
        elif channel in self._queue.disabled:
            self._take(self._queue.disabled, channel)


def _place(delivery: Delivery) -> Place:
    return (delivery.message.id, delivery.channel)


def _dues(lines: Iterable[Line], channels: Sequence[str]) -> Iterator[datetime]:
    for line in lines:
        if line.delivery.due_at is not None and line.delivery.channel in channels:
            yield line.delivery.due_at


def _passes(delivery: Delivery, query: LedgerQuery) -> bool:
    message = delivery.message
    return (
        (query.issue is None or message.issue == query.issue)
        and (query.recipient is None or message.recipient == query.recipient)
        and (query.fate is None or delivery.fate is query.fate)
        and (query.after is None or _place(delivery) > query.after)
    )
