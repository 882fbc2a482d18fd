"""The store in memory: the reference for what every store answers, and the fake that hosts test with.

It keeps the values themselves. Questions scan the account, so it is made for tests and small demonstrations.
"""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from attrs import define, field

from resolutionkit.errors import StorageError
from resolutionkit.model.erasure import normal, parties_in, renamed
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue, IssueLine, line_of
from resolutionkit.model.messages import Message
from resolutionkit.model.notes import NO_NOTES
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import (
    IssueFilter,
    IssueQuery,
    Order,
    ResponseFilter,
    ResponseLine,
    ResponseQuery,
    Scope,
)
from resolutionkit.model.response import RecordChange, Response, ResponseRecord, Standing
from resolutionkit.model.sortkeys import newest_key, response_key, urgency_key
from resolutionkit.ports import Remembered, Rewrite, UnitOfWork, Write, WriteConflict
from resolutionkit.storage.memory_alerts import AlertTables, MemoryAlerts
from resolutionkit.storage.memory_filters import issue_passes, response_passes
from resolutionkit.storage.memory_policies import MemoryPolicies, PolicyTables
from resolutionkit.storage.memory_preferences import MemoryPreferences
from resolutionkit.storage.memory_queue import MemoryQueue, QueueTables
from resolutionkit.storage.memory_timers import MemoryTimers, TimerTables

T = TypeVar("T")

_MISSING = object()


@define
class _Tables(AlertTables, PolicyTables):
    """One account's data."""

    records: dict[str, ResponseRecord] = field(factory=dict)
    revisions: dict[str, tuple[Response, ...]] = field(factory=dict)
    heads: dict[tuple[str | None, str], str] = field(factory=dict)
    histories: dict[str, tuple[Event, ...]] = field(factory=dict)
    messages: dict[str, tuple[Message, ...]] = field(factory=dict)
    loose_messages: dict[str, tuple[Message, ...]] = field(factory=dict)
    preferences: dict[str, Preferences] = field(factory=dict)
    remembered: dict[tuple[str, str], Remembered] = field(factory=dict)
    secret: dict[str, bytes] = field(factory=dict)


class MemoryStore:
    """Keeps everything in this process and forgets it with the process. Threads may share it."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Tables] = defaultdict(_Tables)
        self._lock = threading.RLock()
        self._is_closed = False

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work while nobody else does; see :class:`~resolutionkit.ports.Store`."""
        if self._is_closed:
            raise StorageError("this store is closed; open another one")
        with self._lock:
            unit = _MemoryUnitOfWork(self._accounts, account, write=write)
            try:
                return work(unit)
            except BaseException:
                unit.undo()
                raise

    def close(self) -> None:
        """Forget everything."""
        self._is_closed = True
        self._accounts.clear()


class _MemoryUnitOfWork(MemoryPolicies, MemoryQueue, MemoryTimers, MemoryAlerts, MemoryPreferences):
    """Questions and saves on one account's tables, with a journal to undo the saves."""

    def __init__(self, accounts: Mapping[str, _Tables], account: str, *, write: bool) -> None:
        self._accounts = accounts
        self._tables = accounts[account]
        self._queue = self._timers = self._kept = self._alerts = self._tables
        self._wanted = self._tables.preferences
        self._may_write = write
        self._journal: list[tuple[MutableMapping[Any, Any], object, object]] = []

    def response(self, response_id: str, /) -> ResponseRecord | None:
        return self._tables.records.get(response_id)

    def standing(self, survey: str | None, ticket: str, /) -> ResponseRecord | None:
        found = self._tables.heads.get((survey, ticket))
        return None if found is None else self._tables.records[found]

    def issue(self, issue_id: str, /) -> Issue | None:
        return self._tables.issues.get(issue_id)

    def history(self, issue_id: str, /) -> tuple[Event, ...]:
        return self._tables.histories.get(issue_id, ())

    def issues(self, query: IssueQuery, /) -> Sequence[IssueLine]:
        is_newest = query.order is Order.NEWEST
        key = newest_key if is_newest else urgency_key
        lines = [(key(line), line) for line in self._lines(query.scope, query.filter)]
        if query.after is not None:
            after = query.after
            lines = [entry for entry in lines if (entry[0] < after if is_newest else entry[0] > after)]
        lines.sort(key=lambda entry: entry[0], reverse=is_newest)
        return [line for _, line in lines[: query.limit]]

    def count_issues(self, scope: Scope, condition: IssueFilter, at_most: int | None, /) -> int:
        return sum(1 for _ in islice(self._lines(scope, condition), at_most))

    def _lines(self, scope: Scope, condition: IssueFilter) -> Iterator[IssueLine]:
        for issue in self._tables.issues.values():
            if issue.merged_into is None and scope.sees_issue(issue) and issue_passes(issue, condition):
                yield line_of(issue, self._tables.due[issue.id])

    def responses(self, query: ResponseQuery, /) -> Sequence[ResponseLine]:
        found = [
            (response_key(record), record)
            for record in self._tables.records.values()
            if query.scope.sees_response(record, self._issue_of(record)) and self._record_passes(record, query.filter)
        ]
        if query.after is not None:
            after = query.after
            found = [entry for entry in found if entry[0] < after]
        found.sort(key=lambda entry: entry[0], reverse=True)
        return [self._response_line(record, query.filter) for _, record in found[: query.limit]]

    def _issue_of(self, record: ResponseRecord) -> Issue | None:
        return None if record.issue is None else self._tables.issues[record.issue]

    def _record_passes(self, record: ResponseRecord, condition: ResponseFilter) -> bool:
        issue = self._issue_of(record)
        return (
            (condition.with_replaced or record.standing is Standing.CURRENT)
            and condition.quarantined in {None, record.is_quarantined}
            and response_passes(record.response, condition)
            and condition.recovery.admits(
                needs_recovery=record.needs_recovery,
                note_count=0 if issue is None else issue.note_count,
                has_spoken=issue is not None and issue.has_spoken,
            )
        )

    def _response_line(self, record: ResponseRecord, condition: ResponseFilter) -> ResponseLine:
        issue = self._issue_of(record)
        notes = issue.notes if issue is not None and condition.recovery.shows_notes else NO_NOTES
        line = None if issue is None else line_of(issue, self._tables.due[issue.id])
        return ResponseLine(record=record, issue=line, notes=notes)

    def messages(self, issue_id: str, /) -> Sequence[Message]:
        return tuple(sorted(self._tables.messages.get(issue_id, ()), key=lambda message: message.id))

    def loose_messages(self, response_id: str, /) -> Sequence[Message]:
        found = (one for one in self._tables.loose_messages.get(response_id, ()) if one.digest is None)
        return tuple(sorted(found, key=lambda message: message.id))

    def remembered(self, actor: str, key: str, /) -> Remembered | None:
        return self._tables.remembered.get((actor, key))

    def secret(self) -> bytes | None:
        return self._tables.secret.get("secret")

    def make_secret(self) -> bytes:
        if "secret" not in self._tables.secret:
            self._check_may_write()
            self._put(self._tables.secret, "secret", secrets.token_bytes(32))
        return self._tables.secret["secret"]

    def _check_may_write(self) -> None:
        if not self._may_write:
            raise StorageError("this unit of work was begun for reading")

    def save(self, writes: Sequence[Write], /) -> None:
        self._check_may_write()
        for write in writes:
            self._check(write)
            self._save(write)

    def _check(self, write: Write) -> None:
        tables = self._tables
        stale = [
            change.record.id
            for change in write.records
            if not _same(tables.records.get(change.record.id), change.before)
        ]
        if write.head is not None:
            standing = tables.heads.get(_head_key(write.head.record.response))
            if standing != (None if write.head.before is None else write.head.before.id):
                stale.append("head")
        if write.issue is not None and not _same(tables.issues.get(write.issue.id), write.before):
            stale.append(write.issue.id)
        if write.remembered is not None and _remembered_key(write.remembered) in tables.remembered:
            stale.append(write.remembered.key)
        if stale:
            raise WriteConflict(f"no longer what was read: {', '.join(stale)}")

    def _save(self, write: Write) -> None:
        tables = self._tables
        for change in write.records:
            self._save_record(change)
        if write.head is not None:
            self._put(tables.heads, _head_key(write.head.record.response), write.head.record.id)
        if write.issue is not None and write.events:
            self._put(tables.histories, write.issue.id, tables.histories.get(write.issue.id, ()) + write.events)
            self._put(tables.issues, write.issue.id, write.issue)
            self._put(tables.due, write.issue.id, write.due_at)
            self._wake(write.issue.id, write.wake_at)
        if write.issue is not None and write.messages:
            for message in write.messages:
                self._put(tables.unplanned, message.id, message.created_at)
            self._put(tables.messages, write.issue.id, tables.messages.get(write.issue.id, ()) + write.messages)
        else:
            self._tell(write.messages)
        self._begin_to_wait(write.alerts)
        if write.remembered is not None:
            self._put(tables.remembered, _remembered_key(write.remembered), write.remembered)

    def _save_record(self, change: RecordChange) -> None:
        tables, record = self._tables, change.record
        self._put(tables.records, record.id, record)
        if change.has_new_revision:
            self._put(tables.revisions, record.id, (*tables.revisions.get(record.id, ()), record.response))

    def _tell(self, messages: Sequence[Message]) -> None:
        tables = self._tables
        for message in messages:
            self._put(tables.unplanned, message.id, message.created_at)
            known = tables.loose_messages.get(message.response, ())
            self._put(tables.loose_messages, message.response, (*known, message))

    def _every_alerts(self) -> Iterable[tuple[str, AlertTables]]:
        return self._accounts.items()

    # --- the queue ---------------------------------------------------------------------------------------------------

    def _queues(self) -> Iterable[tuple[str, QueueTables]]:
        return self._accounts.items()

    def _all_timers(self) -> Iterable[tuple[str, TimerTables]]:
        return self._accounts.items()

    def _messages(self) -> Mapping[str, Message]:
        tables = self._tables
        every = (*tables.messages.values(), *tables.loose_messages.values())
        return {message.id: message for messages in every for message in messages}

    def histories(self, issue_ids: Sequence[str], /) -> Mapping[str, tuple[Event, ...]]:
        return {one: self.history(one) for one in issue_ids}

    def records(self, response_ids: Sequence[str], /) -> Mapping[str, ResponseRecord]:
        return {one: self._tables.records[one] for one in response_ids if one in self._tables.records}

    # --- erasing -----------------------------------------------------------------------------------------------------

    def revisions(self, response_id: str, /) -> Sequence[Response]:
        return self._tables.revisions.get(response_id, ())

    def responses_holding(self, _address: str, after: str, limit: int, /) -> Sequence[str]:
        return sorted(one for one in self._tables.records if one > after)[:limit]

    def issues_holding(self, _address: str, after: str, limit: int, /) -> Sequence[str]:
        return sorted(one for one in self._tables.issues if one > after)[:limit]

    def responses_before(
        self, instant: datetime, after: tuple[int | str, ...] | None, limit: int, /
    ) -> Sequence[ResponseRecord]:
        found = [
            record
            for record in self._tables.records.values()
            if record.erased_at is None and record.response.received_at < instant
        ]
        return sorted((one for one in found if after is None or response_key(one) > after), key=response_key)[:limit]

    def spellings(self, address: str, /) -> Sequence[str]:
        named = {who for value in self._values() for who in parties_in(value)} | set(self._tables.preferences)
        return sorted(who for who in named if "@" in who and normal(who) == normal(address))

    def _values(self) -> Iterable[object]:
        tables = self._tables
        yield from (*tables.records.values(), *tables.issues.values(), *tables.remembered.values())
        yield from (event for history in tables.histories.values() for event in history)
        for rows in (tables.messages, tables.loose_messages):
            yield from (message for messages in rows.values() for message in messages)

    def rename(self, names: Mapping[str, str], /) -> None:
        self._check_may_write()
        tables = self._tables
        for table in (tables.records, tables.issues):
            for name, value in list(table.items()):
                self._put(table, name, renamed(value, names))
        for rows in (tables.histories, tables.messages, tables.loose_messages):
            for name, values in list(rows.items()):
                self._put(rows, name, tuple(renamed(one, names) for one in values))
        for key, done in list(tables.remembered.items()):
            self._take(tables.remembered, key)
            self._put(tables.remembered, (names.get(done.actor, done.actor), done.key), renamed(done, names))
        for party, wanted in [one for one in tables.preferences.items() if one[0] in names]:
            self._take(tables.preferences, party)
            self._put(tables.preferences, names[party], wanted)
        self._rename_alerts(names)

    def rewrite(self, rewrite: Rewrite, /) -> None:
        self._check_may_write()
        records = () if rewrite.record is None else (rewrite.record,)
        self._check(Write(records=records, before=rewrite.before, issue=rewrite.issue))
        tables = self._tables
        for change in records:
            known = tables.revisions.get(change.record.id, ())
            changed = tuple(rewrite.revisions.get(number, one) for number, one in enumerate(known, 1))
            self._put(tables.records, change.record.id, change.record)
            self._put(tables.revisions, change.record.id, changed)
        if rewrite.issue is not None:
            rewritten = {event.number: event for event in rewrite.events}
            history = tables.histories.get(rewrite.issue.id, ())
            self._put(tables.histories, rewrite.issue.id, tuple(rewritten.get(one.number, one) for one in history))
            self._put(tables.issues, rewrite.issue.id, rewrite.issue)

    # --- undoing -----------------------------------------------------------------------------------------------------

    def _put(self, table: MutableMapping[Any, Any], key: object, value: object) -> None:
        self._journal.append((table, key, table.get(key, _MISSING)))
        table[key] = value

    def _take(self, table: MutableMapping[Any, Any], key: object) -> None:
        self._journal.append((table, key, table[key]))
        del table[key]

    def undo(self) -> None:
        """Take back every save, latest first."""
        for table, key, before in reversed(self._journal):
            if before is _MISSING:
                del table[key]
            else:
                table[key] = before
        self._journal.clear()


def _same(kept: object, seen: object) -> bool:
    return kept is seen or kept == seen


def _head_key(response: Response) -> tuple[str | None, str]:
    return (response.survey, response.ticket or "")


def _remembered_key(remembered: Remembered) -> tuple[str, str]:
    return (remembered.actor, remembered.key)
