"""A store so plain that it is right at sight: a list of what was saved. Others are compared with it (law L7)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from attrs import define, evolve, field

from resolutionkit.errors import StorageError
from resolutionkit.model.erasure import parties_in, renamed
from resolutionkit.model.events import Event
from resolutionkit.model.history import apply
from resolutionkit.model.issue import Issue, IssueLine, line_of
from resolutionkit.model.messages import Message
from resolutionkit.model.notes import NO_NOTES
from resolutionkit.model.query import IssueFilter, IssueQuery, Order, ResponseLine, ResponseQuery, Scope
from resolutionkit.model.response import HeadChange, Response, ResponseRecord
from resolutionkit.model.sortkeys import newest_key, response_key, urgency_key
from resolutionkit.ports import Remembered, Rewrite, UnitOfWork, Write, WriteConflict
from resolutionkit.testing.predicates import issue_passes, record_passes

T = TypeVar("T")


@define
class _Saved:
    """All that an account ever saved, in order, and its secret."""

    writes: tuple[Write, ...] = ()
    secret: bytes | None = field(default=None)


class ReferenceStore:
    """Keeps the list of all writes and answers each question by looking through it: as slow as it is plain.

    A transaction works on a list of its own, which takes the place of the account's when the work has returned.
    """

    def __init__(self) -> None:
        """Begin with nothing saved."""
        self._accounts: dict[str, _Saved] = {}
        self._lock = threading.RLock()
        self._is_closed = False

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work while nobody else does; see :class:`~resolutionkit.ports.Store`."""
        if self._is_closed:
            raise StorageError("this store is closed; open another one")
        with self._lock:
            own = evolve(self._accounts.get(account, _Saved()))
            answer = work(_Unit(own, may_write=write))
            self._accounts[account] = own
            return answer

    def dump(self, account: str | None, /) -> object:
        """Return all that was saved."""
        return {name: saved for name, saved in self._accounts.items() if account in {None, name} and saved != _Saved()}

    def close(self) -> None:
        """Refuse any further use."""
        self._is_closed = True


class _Unit:
    """Every question, answered from the list."""

    def __init__(self, saved: _Saved, *, may_write: bool) -> None:
        self._saved = saved
        self._may_write = may_write

    # --- what the list says ------------------------------------------------------------------------------------------

    def _records(self) -> dict[str, ResponseRecord]:
        return {change.record.id: change.record for write in self._saved.writes for change in write.records}

    def _issues(self) -> dict[str, Issue]:
        return {write.issue.id: write.issue for write in self._saved.writes if write.issue is not None and write.events}

    def _line(self, issue: Issue) -> IssueLine:
        its = [write for write in self._saved.writes if write.events and write.issue and write.issue.id == issue.id]
        return line_of(issue, its[-1].due_at)

    def _issue_of(self, record: ResponseRecord) -> Issue | None:
        return None if record.issue is None else self._issues()[record.issue]

    # --- questions ---------------------------------------------------------------------------------------------------

    def response(self, response_id: str, /) -> ResponseRecord | None:
        return self._records().get(response_id)

    def standing(self, survey: str | None, ticket: str, /) -> ResponseRecord | None:
        heads = [write.head.record.response for write in self._saved.writes if write.head is not None]
        found = [response.id for response in heads if (response.survey, response.ticket) == (survey, ticket)]
        return self._records()[found[-1]] if found else None

    def history(self, issue_id: str, /) -> tuple[Event, ...]:
        writes = self._saved.writes
        return tuple(event for write in writes if write.issue and write.issue.id == issue_id for event in write.events)

    def issues(self, query: IssueQuery, /) -> Sequence[IssueLine]:
        lines = self._lines(query.scope, query.filter)
        if query.order is Order.NEWEST:
            lines = [line for line in lines if query.after is None or newest_key(line) < query.after]
            return sorted(lines, key=newest_key, reverse=True)[: query.limit]
        lines = [line for line in lines if query.after is None or urgency_key(line) > query.after]
        return sorted(lines, key=urgency_key)[: query.limit]

    def count_issues(self, scope: Scope, condition: IssueFilter, at_most: int | None, /) -> int:
        found = len(self._lines(scope, condition))
        return found if at_most is None else min(found, at_most)

    def _lines(self, scope: Scope, condition: IssueFilter) -> list[IssueLine]:
        issues = [issue for issue in self._issues().values() if issue.merged_into is None]
        return [self._line(issue) for issue in issues if scope.sees_issue(issue) and issue_passes(issue, condition)]

    def responses(self, query: ResponseQuery, /) -> Sequence[ResponseLine]:
        pairs = [(record, self._issue_of(record)) for record in self._records().values()]
        found = [
            (record, issue)
            for record, issue in pairs
            if query.scope.sees_response(record, issue)
            and record_passes(record, issue, query.filter)
            and (query.after is None or response_key(record) < query.after)
        ]
        found.sort(key=lambda pair: response_key(pair[0]), reverse=True)
        hides_notes = not query.filter.recovery.shows_notes
        return [
            ResponseLine(
                record=record,
                issue=None if issue is None else self._line(issue),
                notes=NO_NOTES if issue is None or hides_notes else issue.notes,
            )
            for record, issue in found[: query.limit]
        ]

    def messages(self, issue_id: str, /) -> Sequence[Message]:
        found = [message for write in self._saved.writes for message in write.messages if message.issue == issue_id]
        return sorted(found, key=lambda message: message.id)

    def remembered(self, actor: str, key: str, /) -> Remembered | None:
        for write in self._saved.writes:
            if write.remembered is not None and (write.remembered.actor, write.remembered.key) == (actor, key):
                return write.remembered
        return None

    def secret(self) -> bytes | None:
        return self._saved.secret

    # --- saving ------------------------------------------------------------------------------------------------------

    def make_secret(self) -> bytes:
        if self._saved.secret is None:
            self._check_may_write()
            self._saved.secret = secrets.token_bytes(32)
        return self._saved.secret

    def save(self, writes: Sequence[Write], /) -> None:
        self._check_may_write()
        for write in writes:
            if not self._fits(write):
                raise WriteConflict("no longer what was read")
            self._saved.writes = (*self._saved.writes, write)

    def _check_may_write(self) -> None:
        if not self._may_write:
            raise StorageError("this unit of work was begun for reading")

    def _fits(self, write: Write) -> bool:
        return (
            all(self.response(change.record.id) == change.before for change in write.records)
            and (write.head is None or self._head_fits(write.head))
            and (write.issue is None or self._issues().get(write.issue.id) == write.before)
            and (write.remembered is None or not self.remembered(write.remembered.actor, write.remembered.key))
        )

    def _head_fits(self, head: HeadChange) -> bool:
        response = head.record.response
        standing = self.standing(response.survey, response.ticket or "")
        return (None if standing is None else standing.id) == (None if head.before is None else head.before.id)

    # --- erasing -----------------------------------------------------------------------------------------------------

    def revisions(self, response_id: str, /) -> Sequence[Response]:
        changes = [change for write in self._saved.writes for change in write.records if change.has_new_revision]
        return tuple(change.record.response for change in changes if change.record.id == response_id)

    def responses_holding(self, _address: str, after: str, limit: int, /) -> Sequence[str]:
        return sorted(one for one in self._records() if one > after)[:limit]

    def issues_holding(self, _address: str, after: str, limit: int, /) -> Sequence[str]:
        return sorted(one for one in self._issues() if one > after)[:limit]

    def responses_before(
        self, instant: datetime, after: tuple[int | str, ...] | None, limit: int, /
    ) -> Sequence[ResponseRecord]:
        old = [one for one in self._records().values() if one.response.received_at < instant and not one.erased_at]
        return sorted((one for one in old if after is None or response_key(one) > after), key=response_key)[:limit]

    def spellings(self, address: str, /) -> Sequence[str]:
        named = {who for write in self._saved.writes for value in _values_of(write) for who in parties_in(value)}
        return sorted(who for who in named if "@" in who and who.lower() == address.lower())

    def rename(self, names: Mapping[str, str], /) -> None:
        self._check_may_write()
        self._saved.writes = tuple(_mapped(write, lambda value: renamed(value, names)) for write in self._saved.writes)

    def rewrite(self, rewrite: Rewrite, /) -> None:
        self._check_may_write()
        records = () if rewrite.record is None else (rewrite.record,)
        if not self._fits(Write(records=records, before=rewrite.before, issue=rewrite.issue)):
            raise WriteConflict("no longer what was read")
        events = {event.number: event for event in rewrite.events}
        issue: Issue | None = None
        writes = []
        for write in self._saved.writes:
            one = _mapped(write, lambda value: _rewritten(value, rewrite))
            if rewrite.issue is not None and write.issue is not None and write.issue.id == rewrite.issue.id:
                before, own = issue, tuple(events.get(event.number, event) for event in write.events)
                for event in own:
                    issue = apply(issue, event)
                one = evolve(one, before=before, issue=issue, events=own)
            writes.append(one)
        self._saved.writes = tuple(writes)


def _values_of(write: Write) -> Sequence[object]:
    records = [one for change in write.records for one in (change.record, change.before)]
    return [*records, write.before, write.issue, *write.events, *write.messages, write.remembered]


def _mapped(write: Write, change: Callable[[Any], Any]) -> Write:
    """Return a write with each of its values changed, where there is one."""

    def maybe(value: Any) -> Any:
        return None if value is None else change(value)

    def of_record(one: Any) -> Any:
        return evolve(one, record=change(one.record), before=maybe(one.before))

    return evolve(
        write,
        records=tuple(map(of_record, write.records)),
        head=None if write.head is None else of_record(write.head),
        before=maybe(write.before),
        issue=maybe(write.issue),
        events=tuple(map(change, write.events)),
        messages=tuple(map(change, write.messages)),
        remembered=maybe(write.remembered),
    )


def _rewritten(value: Any, rewrite: Rewrite) -> Any:
    """Return the record of the response concerned with its words rewritten, and anything else as it is."""
    if not isinstance(value, ResponseRecord) or rewrite.record is None or value.id != rewrite.record.record.id:
        return value
    response = rewrite.revisions.get(value.revision, value.response)
    return evolve(value, response=response, erased_at=rewrite.record.record.erased_at)
