"""The store in memory: the reference for what every store answers, and the fake that hosts test with.

It keeps the values themselves. Questions scan the account, so it is made for tests and small demonstrations.
"""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from attrs import define, field

from resolutionkit.errors import StorageError
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue, IssueLine, line_of
from resolutionkit.model.messages import Message
from resolutionkit.model.notes import NO_NOTES
from resolutionkit.model.query import (
    IssueFilter,
    IssueQuery,
    Order,
    ResponseFilter,
    ResponseLine,
    ResponseQuery,
    Scope,
    newest_key,
    response_key,
    urgency_key,
)
from resolutionkit.model.response import Contact, RecordChange, Response, ResponseRecord, Standing
from resolutionkit.ports import Remembered, UnitOfWork, Write, WriteConflict

T = TypeVar("T")

_MISSING = object()


@define
class _Tables:
    """One account's data."""

    records: dict[str, ResponseRecord] = field(factory=dict)
    heads: dict[tuple[str | None, str], str] = field(factory=dict)
    issues: dict[str, Issue] = field(factory=dict)
    histories: dict[str, tuple[Event, ...]] = field(factory=dict)
    messages: dict[str, tuple[Message, ...]] = field(factory=dict)
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
            unit = _MemoryUnitOfWork(self._accounts[account], write=write)
            try:
                return work(unit)
            except BaseException:
                unit.undo()
                raise

    def close(self) -> None:
        """Forget everything."""
        self._is_closed = True
        self._accounts.clear()


class _MemoryUnitOfWork:
    """Questions and saves on one account's tables, with a journal to undo the saves."""

    def __init__(self, tables: _Tables, *, write: bool) -> None:
        self._tables = tables
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
            if scope.sees_issue(issue) and _issue_passes(issue, condition):
                yield line_of(issue)

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
        is_listed = condition.with_replaced or record.standing is Standing.CURRENT
        return (
            is_listed
            and _response_passes(record.response, condition)
            and condition.recovery.admits(
                needs_recovery=record.needs_recovery,
                note_count=0 if issue is None else issue.note_count,
                has_spoken=issue is not None and issue.has_spoken,
            )
        )

    def _response_line(self, record: ResponseRecord, condition: ResponseFilter) -> ResponseLine:
        issue = self._issue_of(record)
        notes = issue.notes if issue is not None and condition.recovery.shows_notes else NO_NOTES
        return ResponseLine(record=record, issue=None if issue is None else line_of(issue), notes=notes)

    def messages(self, issue_id: str, /) -> Sequence[Message]:
        return tuple(sorted(self._tables.messages.get(issue_id, ()), key=lambda message: message.id))

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
            history = tables.histories.get(write.issue.id, ())
            self._put(tables.histories, write.issue.id, history + write.events)
            self._put(tables.issues, write.issue.id, write.issue)
        if write.issue is not None and write.messages:
            self._put(tables.messages, write.issue.id, tables.messages.get(write.issue.id, ()) + write.messages)
        if write.remembered is not None:
            self._put(tables.remembered, _remembered_key(write.remembered), write.remembered)

    def _save_record(self, change: RecordChange) -> None:
        self._put(self._tables.records, change.record.id, change.record)

    def _put(self, table: MutableMapping[Any, Any], key: object, value: object) -> None:
        self._journal.append((table, key, table.get(key, _MISSING)))
        table[key] = value

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


def _issue_passes(issue: Issue, condition: IssueFilter) -> bool:
    response = issue.response
    return (
        (condition.phases is None or issue.phase in condition.phases)
        and (condition.statuses is None or issue.status in condition.statuses)
        and (condition.assignee is None or issue.assignee == condition.assignee)
        and (condition.follower is None or condition.follower in issue.followers)
        and (condition.score_min is None or response.score >= condition.score_min)
        and (condition.score_max is None or response.score <= condition.score_max)
        and (condition.needs_recovery is None or issue.needs_recovery is condition.needs_recovery)
        and (condition.backfilled is None or issue.backfilled is condition.backfilled)
        and _response_passes(response, condition)
        and condition.recovery.admits(
            needs_recovery=issue.needs_recovery, note_count=issue.note_count, has_spoken=issue.has_spoken
        )
    )


def _response_passes(response: Response, condition: IssueFilter | ResponseFilter) -> bool:
    return (
        (condition.groups is None or response.group in condition.groups)
        and (condition.survey is None or response.survey == condition.survey)
        and (condition.segment is None or response.segment == condition.segment)
        and (condition.ticket is None or response.ticket == condition.ticket)
        and (condition.received_from is None or response.received_at >= condition.received_from)
        and (condition.received_before is None or response.received_at < condition.received_before)
        and _contact_passes(response.contact, condition)
    )


def _contact_passes(contact: Contact, condition: IssueFilter | ResponseFilter) -> bool:
    email, company = condition.email, condition.company
    return (email is None or (contact.email is not None and contact.email.lower() == email.lower())) and (
        company is None or contact.company == company
    )
