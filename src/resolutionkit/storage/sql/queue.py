"""The queue of what is to be told, and the ledger of what became of it: two tables, outbox and deliveries.

A message that was not planned is due at an instant in the outbox. Planning gives it a row for each channel, which is
due at an instant of its own until it is over. Who holds a row has put its lease there, and the instant at which it runs
out as the one at which it is due again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, delete, exists, or_, select, update

from resolutionkit.model.deliveries import Claim, Delivery, Fate, LedgerQuery, not_planned
from resolutionkit.model.events import Event
from resolutionkit.model.messages import Message
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.sortkeys import NEVER_DUE
from resolutionkit.model.values import instant_of, micros
from resolutionkit.ports import WriteConflict
from resolutionkit.storage.sql.erasing import ErasingUnitOfWork
from resolutionkit.storage.sql.leasing import DISABLED, InColumns, LeaseStatements, in_columns
from resolutionkit.storage.sql.rows import (
    BECAME,
    became_row,
    delivery_from,
    delivery_row,
    message_from,
    planned_row,
)
from resolutionkit.storage.sql.schema import Schema
from resolutionkit.storage.sql.statements import Facts, history_query
from resolutionkit.storage.sql.steps import CarryOut, Step
from resolutionkit.storage.sql.wire import OwnWire, Row

_SOON = timedelta(seconds=1)
"""How much later what has to wait for its turn is due again."""


class DeliveringUnitOfWork(ErasingUnitOfWork):
    """A unit of work with a queue and a ledger: :class:`~resolutionkit.ports.KeepsDeliveries`."""

    def __init__(
        self,
        wire: OwnWire,
        schema: Schema,
        leases: LeaseStatements,
        account: str,
        *,
        write: bool,
        carry_out: CarryOut,
        locks: bool = False,
    ) -> None:
        super().__init__(wire, schema, account, write=write, carry_out=carry_out, locks=locks)
        self._own = wire
        self._leases = leases

    # --- what is due -------------------------------------------------------------------------------------------------

    def accounts_due(self, channels: Sequence[str], now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts with something due, over all of them."""
        outbox, deliveries, at = self._tables.outbox, self._tables.deliveries, micros(now)
        due = select(outbox.c.account).where(outbox.c.due_at <= at).order_by(outbox.c.due_at).limit(limit)
        found = [row.account for row in self._rows(due)]
        for channel in channels:
            its = select(deliveries.c.account).where(deliveries.c.channel == channel, deliveries.c.due_at <= at)
            found += [row.account for row in self._rows(its.order_by(deliveries.c.due_at).limit(limit))]
        return list(dict.fromkeys(found))

    def unplanned(self, now: datetime, limit: int, /) -> Sequence[Message]:
        """Return messages that were not planned, and keep them from others meanwhile where the database can."""
        facts = {"key_account": self._account, "key_now": micros(now), "key_limit": limit}
        return self._messages(self._leases.unplanned.take(self._own, facts))

    def _messages(self, rows: Sequence[Row]) -> tuple[Message, ...]:
        names = self._addresses.names(row.recipient for row in rows)
        return tuple(message_from(row, names) for row in rows)

    def plan(self, deliveries: Sequence[Delivery], lease: str, until: datetime, /) -> None:
        """Keep the first lines of the ledger on messages, and take these off the queue of what was not planned."""
        self._check_may_write()
        ids = sorted({one.message.id for one in deliveries})
        at_once = self._leases.in_columns
        met = self._taken_off(ids) if at_once is None else self._planned_by(at_once, ids, deliveries, lease, until)
        if met != len(ids):
            raise WriteConflict("some of the messages were planned meanwhile")
        if at_once is None:
            keys = self._addresses.keys_made(one.message.recipient for one in deliveries)
            rows = [delivery_row(self._account, one, keys, lease, until) for one in deliveries]
            self._carry_out(self._wire, [Step(self._statements.new_delivery, rows)])

    def _taken_off(self, ids: Sequence[str]) -> int:
        outbox = self._tables.outbox
        unplanned = and_(outbox.c.account == self._account, outbox.c.due_at < NEVER_DUE)
        return self._own.apply(update(outbox).values(due_at=NEVER_DUE).where(unplanned, outbox.c.id.in_(ids)))

    def _planned_by(
        self, at_once: InColumns, ids: Sequence[str], deliveries: Sequence[Delivery], lease: str, until: datetime
    ) -> int:
        told = in_columns("told", [{"id": one} for one in ids], account=self._account)
        lines = in_columns("line", [planned_row(one, lease, until) for one in deliveries])
        (found,) = at_once.plan.take(self._own, {**told, **lines})
        return int(found.met)

    def put_off(self, now: datetime, until: datetime, /) -> None:
        """Let what is due be due later."""
        self._check_may_write()
        for table in (self._tables.outbox, self._tables.deliveries):
            later = update(table).values(due_at=micros(until))
            later = later.where(table.c.account == self._account, table.c.due_at <= micros(now))
            self._own.apply(later)

    # --- leases ------------------------------------------------------------------------------------------------------

    def claim(self, claim: Claim, /) -> Sequence[Delivery]:
        """Lease deliveries that are due."""
        self._check_may_write()
        columns = self._tables.deliveries.c
        is_held = columns.lease != "" if claim.is_abandoned else columns.lease == ""
        query = select(columns.message).where(
            columns.channel == claim.channel, columns.due_at <= micros(claim.now), columns.account == self._account
        )
        query = query.where(is_held).order_by(columns.due_at, columns.message).limit(claim.limit)
        ids = [row.message for row in self._own.lock(self._spelling.skipping(query))]
        if not ids:
            return ()
        taken = {"lease": claim.lease, "due_at": micros(claim.until), "attempts": columns.attempts + 1}
        met = self._own.apply(self._deliveries(claim.channel, ids).where(is_held).values(taken))
        if met != len(ids):
            raise WriteConflict("some of the deliveries were claimed meanwhile")
        if claim.in_order:
            ids = self._in_order(claim, ids)
        found = self._ledger(and_(columns.channel == claim.channel, columns.message.in_(ids)))
        return sorted(found, key=lambda one: (one.message.first_event, one.message.id))

    def _deliveries(self, channel: str, ids: Iterable[str]) -> Update:
        table = self._tables.deliveries
        its = and_(table.c.account == self._account, table.c.channel == channel, table.c.message.in_(list(ids)))
        return update(table).where(its)

    def _in_order(self, claim: Claim, ids: list[str]) -> list[str]:
        """Give back what has to wait for what came before it and is not claimed as well, and return the rest."""
        table, outbox = self._tables.deliveries, self._tables.outbox
        before = table.alias("before")
        same = and_(before.c.account == table.c.account, before.c.issue == table.c.issue)
        others = and_(same, before.c.channel == table.c.channel, before.c.recipient == table.c.recipient)
        urgent = and_(outbox.c.account == table.c.account, outbox.c.id == table.c.message, outbox.c.is_urgent == 1)
        is_deferred = and_(before.c.fate == Fate.DEFERRED.value, ~exists().where(urgent))
        is_open = and_(or_(before.c.fate == Fate.WAITING.value, is_deferred), before.c.lease != claim.lease)
        waits = exists().where(others, before.c.first_event < table.c.first_event, is_open)
        unplanned = and_(outbox.c.account == table.c.account, outbox.c.issue == table.c.issue)
        unplanned = and_(unplanned, outbox.c.recipient == table.c.recipient, outbox.c.due_at < NEVER_DUE)
        comes = exists().where(unplanned, outbox.c.first_event < table.c.first_event)
        query = select(table.c.message).where(table.c.account == self._account, table.c.channel == claim.channel)
        query = query.where(table.c.message.in_(ids), table.c.issue != "", or_(waits, comes))
        held = {row.message for row in self._rows(query)}
        if held:
            back = {"lease": "", "due_at": micros(claim.now + _SOON), "attempts": table.c.attempts - 1}
            self._own.apply(self._deliveries(claim.channel, held).values(back))
        return [one for one in ids if one not in held]

    def finish(self, deliveries: Sequence[Delivery], lease: str, /) -> Sequence[Delivery]:
        """Write what became of leased deliveries."""
        self._check_may_write()
        held = self._finished([became_row(one) for one in deliveries], lease)
        return [one for one in deliveries if (one.message.id, one.channel) in held]

    def _finished(self, rows: Sequence[Facts], lease: str) -> set[tuple[str, str]]:
        """Change lines that are held under a lease, and return which."""
        at_once = self._leases.in_columns
        if not rows:
            return set()
        if at_once is not None:
            lines = in_columns("line", rows, account=self._account, lease=lease)
            return {(row.message, row.channel) for row in at_once.finish.take(self._own, lines)}
        keys, becomes, found = {"key_account": self._account, "key_lease": lease}, self._leases.becomes, set()
        for row in rows:
            place = row["message"], row["channel"]
            if becomes.run(self._wire, {**row, **keys, "key_message": place[0], "key_channel": place[1]}):
                found.add(place)
        return found

    # --- the ledger --------------------------------------------------------------------------------------------------

    def ledger(self, query: LedgerQuery, /) -> Sequence[Delivery]:
        """Return a page of the ledger."""
        outbox, deliveries = self._tables.outbox, self._tables.deliveries
        who = None if query.recipient is None else self._addresses.key(query.recipient)
        if query.recipient is not None and who is None:
            return ()
        mine = [("account", self._account), ("issue", query.issue), ("recipient", who)]
        wanted = [(column, value) for column, value in mine if value is not None]
        planned = [deliveries.c[column] == value for column, value in wanted]
        unplanned = [outbox.c[column] == value for column, value in wanted] + [outbox.c.due_at < NEVER_DUE]
        if query.fate is not None:
            planned.append(deliveries.c.fate == query.fate.value)
        if query.after is not None:
            message, channel = query.after
            later = and_(deliveries.c.message == message, deliveries.c.channel > channel)
            planned.append(or_(deliveries.c.message > message, later))
            unplanned.append(outbox.c.id > message)
        found = self._ledger(and_(*planned), query.limit)
        if query.fate in {None, Fate.WAITING}:
            rows = self._rows(select(outbox).where(*unplanned).order_by(outbox.c.id).limit(query.limit))
            due = [instant_of(row.due_at) for row in rows]
            found += map(not_planned, self._messages(rows), due)
        return sorted(found, key=lambda one: (one.message.id, one.channel))[: query.limit]

    def _ledger(self, condition: ColumnElement[bool], limit: int | None = None) -> list[Delivery]:
        outbox, deliveries = self._tables.outbox, self._tables.deliveries
        its_message = and_(outbox.c.account == deliveries.c.account, outbox.c.id == deliveries.c.message)
        line = [deliveries.c[name].label(f"its_{name}") for name in ("channel", *BECAME)]
        query = select(outbox, *line).join_from(deliveries, outbox, its_message)
        query = query.where(deliveries.c.account == self._account, condition)
        query = query.order_by(deliveries.c.message, deliveries.c.channel)
        rows = self._rows(query if limit is None else query.limit(limit))
        return [delivery_from(row, message) for row, message in zip(rows, self._messages(rows), strict=True)]

    def send_again(self, message_id: str, channel: str, now: datetime, /) -> bool:
        """Let a dead letter be due."""
        self._check_may_write()
        facts = {"fate": Fate.WAITING.value, "reason": "", "attempts": 0, "due_at": micros(now), "lease": ""}
        is_dead = self._tables.deliveries.c.fate == Fate.DEAD.value
        again = self._deliveries(channel, [message_id]).where(is_dead).values(changed_at=micros(now), **facts)
        return self._own.apply(again) == 1

    # --- channels ----------------------------------------------------------------------------------------------------

    def disabled(self) -> Mapping[str, str]:
        """Return why channels are disabled."""
        rows = self._leases.disabled.ask(self._wire, {"key_account": self._account})
        return {row.name.removeprefix(DISABLED): row.value for row in rows}

    def disable(self, channel: str, reason: str | None, /) -> None:
        """Disable a channel, or enable it."""
        self._check_may_write()
        meta, name = self._tables.meta, f"{DISABLED}{channel}"
        self._own.apply(delete(meta).where(meta.c.account == self._account, meta.c.name == name))
        if reason is not None:
            row = {"account": self._account, "name": name, "value": reason}
            self._statements.new_meta.run(self._wire, row)

    # --- what messages are about ------------------------------------------------------------------------------------

    def histories(self, issue_ids: Sequence[str], /) -> Mapping[str, tuple[Event, ...]]:
        """Return the whole histories of issues."""
        wanted = list(dict.fromkeys(issue_ids))
        rows = self._histories(wanted)
        found: dict[str, list[Event]] = {one: [] for one in wanted}
        for row, event in zip(rows, self._events(rows), strict=True):
            found[row.issue].append(event)
        return {one: self._whole(events) for one, events in found.items()}

    def _histories(self, wanted: Sequence[str]) -> list[Row]:
        if not wanted:
            return []
        at_once = self._leases.in_columns
        if at_once is not None:
            rows = at_once.histories.ask(self._wire, {"key_account": self._account, "ids": wanted})
        else:
            events = self._tables.events
            its = and_(events.c.account == self._account, events.c.issue.in_(wanted))
            rows = self._rows(history_query(self._tables).where(its))
        return sorted(rows, key=lambda row: (row.issue, row.number))

    def records(self, response_ids: Sequence[str], /) -> Mapping[str, ResponseRecord]:
        """Return the records of responses."""
        wanted = list(dict.fromkeys(response_ids))
        return {one.id: one for one in self._records(wanted)} if wanted else {}
