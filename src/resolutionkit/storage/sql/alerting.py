"""The daily alerts in their two tables: what waits to be told, and what each person was told. It knows no window."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, Select, Update, and_, delete, select, update

from resolutionkit.model.alerts import Awaiting, Closing, Digest
from resolutionkit.model.sortkeys import NEVER_DUE, due_key
from resolutionkit.model.values import instant_of, micros
from resolutionkit.ports import WriteConflict
from resolutionkit.storage.sql.alert_rows import awaiting_from, digest_from, digest_row
from resolutionkit.storage.sql.rows import message_row
from resolutionkit.storage.sql.steps import Step
from resolutionkit.storage.sql.timing import TimingUnitOfWork

CLOSED = "alerts_closed"
"""The name under which ``meta`` keeps the end of the last window that was closed."""
_AT_ONCE = 500
"""How many rows one statement names."""
_TEXT_WITHIN = timedelta(days=14)
"""How long before its text message a window ends at most: a week of days off has none, and clocks move by hours."""


class AlertingUnitOfWork(TimingUnitOfWork):
    """A unit of work that keeps the daily alerts: :class:`~resolutionkit.ports.KeepsAlerts`."""

    # --- what is due -------------------------------------------------------------------------------------------------

    def accounts_alerted(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts in which a response waits that is due, or a text message."""
        found: list[str] = []
        for table in (self._tables.alerts, self._tables.digests):
            due = select(table.c.account).where(table.c.due_at <= micros(now))
            found += [row.account for row in self._rows(due.order_by(table.c.due_at, table.c.account).limit(limit))]
        return list(dict.fromkeys(found))

    def awaiting(self, now: datetime, /) -> Sequence[Awaiting]:
        """Return the responses that have been due for longest, all of one instant."""
        table = self._tables.alerts
        mine = select(table).where(table.c.account == self._account)
        first = self._rows(mine.where(table.c.due_at <= micros(now)).order_by(table.c.due_at).limit(1))
        rows = self._rows(mine.where(table.c.due_at == first[0].due_at)) if first else ()
        return sorted(map(awaiting_from, rows), key=lambda one: one.key)

    def told_already(self, response_ids: Collection[str], /) -> Collection[str]:
        """Return which of these responses a closed window told."""
        table = self._tables.alerts
        query = select(table.c.response).where(table.c.account == self._account, table.c.due_at == NEVER_DUE)
        chunks = _chunks(sorted(set(response_ids)))
        return {row.response for ids in chunks for row in self._rows(query.where(table.c.response.in_(ids)))}

    def alerts_closed(self) -> datetime | None:
        """Return the end of the last window that was closed."""
        rows = self._ask(self._statements.meta, key_name=CLOSED)
        return instant_of(int(rows[0].value)) if rows else None

    def texts_due(self, now: datetime, /) -> Sequence[Digest]:
        """Return the digests whose text message is due and was not written."""
        return self._digests(self._mine().where(self._tables.digests.c.due_at <= micros(now)))

    # --- what was told -----------------------------------------------------------------------------------------------

    def digest(self, recipient: str, end: datetime, /) -> Digest | None:
        """Return what a person was told of the window with this end."""
        key = self._addresses.key(recipient)
        table = self._tables.digests
        query = self._mine().where(table.c.recipient == key, table.c.end_at == micros(end))
        return next(iter(self._digests(query)), None) if key is not None else None

    def digests_of_text(self, recipient: str, text_at: datetime, /) -> Sequence[Digest]:
        """Return the digests whose number one text message to a person has."""
        key = self._addresses.key(recipient)
        table = self._tables.digests
        within = (table.c.end_at > micros(text_at - _TEXT_WITHIN), table.c.end_at <= micros(text_at))
        query = self._mine().where(table.c.recipient == key, *within, table.c.text_at == micros(text_at))
        return self._digests(query) if key is not None else ()

    def _mine(self) -> Select[Any]:
        return select(self._tables.digests).where(self._tables.digests.c.account == self._account)

    def _digests(self, query: Select[Any]) -> Sequence[Digest]:
        rows = self._rows(query)
        names = self._addresses.names(row.recipient for row in rows)
        return sorted((digest_from(row, names) for row in rows), key=lambda one: (one.recipient, one.end))

    # --- changes -----------------------------------------------------------------------------------------------------

    def close_alerts(self, closing: Closing, /) -> None:
        """Save the end of a window, or text messages; the first thing is what only one of several can do."""
        self._check_may_write()
        self._close(closing.before, closing.end)
        for change, rows in self._changes_of(closing):
            if self._own.apply(change) != rows:
                raise WriteConflict("the alerts are no longer what was read")
        named = [*(one.recipient for one in closing.digests), *(one.recipient for one in closing.messages)]
        keys = self._addresses.keys_made(named)
        digests = [digest_row(self._account, one, keys) for one in closing.digests]
        messages = [message_row(self._account, one, keys) for one in closing.messages]
        steps = [
            Step(self._statements.new_digest, digests, "a digest of this window is there already"),
            Step(self._statements.new_message, messages),
        ]
        if wanted := [step for step in steps if step.rows]:
            self._carry_out(self._wire, wanted)

    def _close(self, before: datetime | None, end: datetime | None) -> None:
        if end is None:
            return
        meta = self._tables.meta
        if before is None:
            row = {"account": self._account, "name": CLOSED, "value": str(micros(end))}
            met = self._statements.new_meta.run(self._wire, row)
        else:
            mine = and_(meta.c.account == self._account, meta.c.name == CLOSED, meta.c.value == str(micros(before)))
            met = self._own.apply(update(meta).where(mine).values(value=str(micros(end))))
        if met != 1:
            raise WriteConflict("another window was closed meanwhile")

    def _changes_of(self, closing: Closing) -> Iterator[tuple[Update | Delete, int]]:
        """Yield the changes of rows that are there, each with how many rows it has to meet."""
        alerts = self._tables.alerts
        for rows, its in self._waiting(closing.told, closing.waited):
            yield update(alerts).where(its).values(due_at=NEVER_DUE), rows
        for rows, its in self._waiting(closing.gone, closing.waited):
            yield delete(alerts).where(its), rows
        later = defaultdict(list)
        for one in closing.later:
            later[one.due_at].append(one)
        for due_at in sorted(later):
            for rows, its in self._waiting(later[due_at], closing.waited):
                yield update(alerts).where(its).values(due_at=micros(due_at)), rows
        digests, texts = self._tables.digests, defaultdict(list)
        for digest in closing.texts:
            texts[digest.end].append(digest.recipient)
        keys = self._addresses.keys_made(one.recipient for one in closing.texts)
        for end in sorted(texts):
            for who in _chunks(texts[end]):
                its = and_(digests.c.end_at == micros(end), digests.c.recipient.in_([keys[one] for one in who]))
                its = and_(digests.c.account == self._account, digests.c.due_at < NEVER_DUE, its)
                yield update(digests).where(its).values(due_at=NEVER_DUE), len(who)

    def _waiting(self, awaiting: Iterable[Awaiting], until: datetime | None) -> Iterator[tuple[int, Any]]:
        """Yield conditions for the rows of what waits until an instant, each with how many rows it has to meet."""
        table, rows = self._tables.alerts, Counter(one.response for one in awaiting)
        for ids in _chunks(sorted(rows)):
            waits = (table.c.account == self._account, table.c.due_at == due_key(until))
            yield sum(rows[one] for one in ids), and_(*waits, table.c.response.in_(ids))

    def put_off_alerts(self, now: datetime, until: datetime, /) -> None:
        """Let what is due be due later."""
        self._check_may_write()
        for table in (self._tables.alerts, self._tables.digests):
            its = and_(table.c.account == self._account, table.c.due_at <= micros(now))
            self._own.apply(update(table).where(its).values(due_at=micros(until)))


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]
