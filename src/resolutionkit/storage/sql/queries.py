"""Questions to the tables, within one transaction and account. Where rows come from stands in ``sources``."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from cattrs.errors import BaseValidationError
from sqlalchemy import Select, and_, func, or_, select, union, union_all

from resolutionkit.errors import StorageError
from resolutionkit.model.events import Event, Merged
from resolutionkit.model.history import replay
from resolutionkit.model.issue import IssueLine
from resolutionkit.model.messages import Message
from resolutionkit.model.notes import NO_NOTES, Note, NoteLog
from resolutionkit.model.query import IssueFilter, IssueQuery, Order, ResponseLine, ResponseQuery, Scope
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.trusted import changed
from resolutionkit.ports import Remembered
from resolutionkit.serialize import event_from, response_from_json
from resolutionkit.storage.sql.addresses import AddressBook
from resolutionkit.storage.sql.columns import NEWEST
from resolutionkit.storage.sql.foresight import Conversation, Foresight
from resolutionkit.storage.sql.rows import (
    line_from,
    message_from,
    note_from_row,
    parties_of,
    record_from,
    remembered_from,
    stored_event,
)
from resolutionkit.storage.sql.schema import Schema
from resolutionkit.storage.sql.sources import (
    KEYSETS,
    Asker,
    Named,
    Source,
    counting_read,
    issue_sources,
    page_reads,
    response_sources,
)
from resolutionkit.storage.sql.statements import Statement, record_query
from resolutionkit.storage.sql.wire import Row, Wire

P = ParamSpec("P")
T = TypeVar("T")

_DAMAGES = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, BaseValidationError)
"""What building a value of a damaged row comes to."""
SECRET_NAME = "secret"  # noqa: S105  (a name, not the secret)
"""The name under which ``meta`` keeps an account's secret."""
_VALUES_MAX, _VALUES_EACH = 20_000, 50
"""How many values one statement holds, of 32,766 that SQLite allows; and how many a read has beside its groups."""
_UNION_MAX = 100
"""How many reads one statement holds; SQLite allows 500."""


def _sound(ask: Callable[P, T]) -> Callable[P, T]:
    """Let a question say what is wrong where a row is damaged; the database's own errors are translated elsewhere."""

    @wraps(ask)
    def asked(*given: P.args, **named: P.kwargs) -> T:
        try:
            return ask(*given, **named)
        except _DAMAGES as problem:
            told = f"{type(problem).__name__}: {problem}"
            what = ", ".join(repr(one) for one in given[1:] if isinstance(one, str))
            message = f"what is stored is damaged; restore it from a backup (asked for {ask.__name__} {what}; {told})"
            raise StorageError(message) from problem

    return asked


class Questions:
    """Everything that can be asked of the tables.

    Args:
        wire: The connection.
        schema: The tables.
        account: The account.
        locks: Whether what a command decides on is locked while it is read, so that nobody can change it meanwhile.
    """

    def __init__(self, wire: Wire, schema: Schema, account: str, *, locks: bool = False) -> None:
        self._wire = wire
        self._locks = locks
        self._tables = schema.tables
        self._statements = schema.statements
        self._spelling = schema.spelling
        self._account = account
        self._secret: bytes | None = None
        self._is_watched: bool | None = None
        self._addresses = AddressBook(wire, schema, account)
        self._foresight = Foresight()

    def _ask(self, statement: Statement, **keys: str) -> Sequence[Row]:
        return statement.ask(self._wire, {"key_account": self._account, **keys})

    def _first(self, statement: Statement, **keys: str) -> Row | None:
        return next(iter(self._ask(statement, **keys)), None)

    @_sound
    def response(self, response_id: str, /) -> ResponseRecord | None:
        """Return the record of a response."""
        if response_id in self._foresight.records:
            return self._foresight.records[response_id]
        row = self._record_row(response_id)
        if row is None:
            return None
        return record_from(row, response_from_json(row.body), self._addresses.names(json.loads(row.people)))

    def _record_row(self, response_id: str) -> Row | None:
        """Return the row of a response; whoever asks for the first will mostly need the account's secret as well."""
        statements = self._statements
        if self._locks:
            return self._first(statements.latest_record, key_id=response_id)
        both = None
        if self._secret is None:
            both = self._first(statements.secret_and_record, key_name=SECRET_NAME, key_id=response_id)
        if both is None:
            return self._first(statements.record, key_id=response_id)
        self._secret, self._is_watched = bytes.fromhex(both.secret), bool(both.watched)
        return None if both.id is None else both

    def standing(self, survey: str | None, ticket: str, /) -> ResponseRecord | None:
        """Return the response that stands for a survey and ticket."""
        place = (survey or "", ticket)
        if place in self._foresight.standing:
            known = self._foresight.standing[place]
            return None if known is None else self.response(known)
        statement = self._statements.latest_standing if self._locks else self._statements.standing
        found = self._first(statement, key_survey=place[0], key_ticket=ticket)
        return None if found is None else self.response(found.response)

    @_sound
    def foresee(self, responses: Sequence[Response], /) -> None:
        """Find what is known of responses that will be asked for; nothing where each is to be locked as it is read."""
        if self._locks:
            return
        places = {(one.survey or "", one.ticket) for one in responses if one.ticket is not None}
        standing = self._all_standing(places) if places else {}
        ids = sorted({one.id for one in responses} | set(standing.values()))
        records = {one.id: one for one in self._records(ids)}
        self._foresight.add(ids, records, places, standing)

    def _all_standing(self, places: Collection[Conversation]) -> Mapping[Conversation, str]:
        """Return which response stands for each survey and ticket."""
        heads, surveys = self._tables.heads, sorted({survey for survey, _ in places})
        query = select(heads.c.survey, heads.c.ticket, heads.c.response)
        query = query.where(heads.c.account == self._account, heads.c.survey.in_(surveys))
        tickets = sorted({ticket for _, ticket in places})
        rows = self._wire.select(self._spelling.one_of(query, heads.c.ticket, tickets))
        return {(row.survey, row.ticket): row.response for row in rows}

    def _records(self, ids: Sequence[str]) -> list[ResponseRecord]:
        """Return the records of responses, in the order of their ids as given."""
        responses = self._tables.responses
        query = record_query(self._tables).where(responses.c.account == self._account)
        rows = {row.id: row for row in self._wire.select(self._spelling.one_of(query, responses.c.id, ids))}
        names = self._addresses.names(key for row in rows.values() for key in json.loads(row.people))
        found = (rows[one] for one in ids if one in rows)
        return [record_from(row, response_from_json(row.body), names) for row in found]

    @_sound
    def history(self, issue_id: str, /) -> tuple[Event, ...]:
        """Return the whole history of an issue in order, in one read but for addresses."""
        locked = self._first(self._statements.lock_issue, key_id=issue_id) if self._locks else None
        rows = self._ask(self._statements.history, key_issue=issue_id)
        # A transaction that sees what was there at its first question may lack what others did before our own last.
        if len(rows) != (locked.version if locked is not None else rows[-1].number if rows else 0):
            rows = self._ask(self._statements.latest_history, key_issue=issue_id)
        return self._whole(self._events(rows))

    def _events(self, rows: Sequence[Row]) -> list[Event]:
        """Return the events of rows; merges are without the histories of the others."""
        payloads: list[dict[str, Any]] = [json.loads(row.payload) for row in rows]
        named = [row.actor for row in rows] + [key for payload in payloads for key in parties_of(payload)]
        names = self._addresses.names(named)
        return [
            event_from(stored_event(row, payload, names), None if row.body is None else response_from_json(row.body))
            for row, payload in zip(rows, payloads, strict=True)
        ]

    def _whole(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return events in which each merge has the other issue's history, as far as it counts."""
        return tuple(self._with_history(one) if isinstance(one, Merged) else one for one in events)

    def _with_history(self, event: Merged) -> Merged:
        rows = self._ask(self._statements.history, key_issue=event.merged)
        if len(rows) <= event.up_to:  # it ended after this transaction's first question
            rows = self._ask(self._statements.latest_history, key_issue=event.merged)
        return changed(event, history=self._whole(self._events(rows[: event.up_to])))

    @_sound
    def issues(self, query: IssueQuery, /) -> Sequence[IssueLine]:
        """Return one page of issues."""
        backwards = query.order is Order.NEWEST
        keyset = KEYSETS[query.order]
        sources = self._issue_sources(query.scope, query.filter, in_order=True)
        ids = self._page(sources, keyset, query, backwards=backwards)
        lines = self._lines(ids)
        return [lines[one] for one in ids]

    def count_issues(self, scope: Scope, condition: IssueFilter, at_most: int | None, /) -> int:
        """Return how many issues are within the scope and pass."""
        sources = self._issue_sources(scope, condition, in_order=False)
        reads = [counting_read(source, at_most, self._spelling) for source in sources]
        if not reads:
            return 0
        distinct = union(*(select(read.subquery()) for read in reads)) if len(reads) > 1 else reads[0]
        (row,) = self._wire.select(select(func.count().label("found")).select_from(distinct.subquery()))
        found: int = row.found
        return found if at_most is None else min(found, at_most)

    def _issue_sources(self, scope: Scope, condition: IssueFilter, *, in_order: bool) -> list[Source]:
        key = self._addresses.key
        named = Named(assignee=key(condition.assignee), follower=key(condition.follower))
        return issue_sources(self._tables, self._asker(scope), condition, named, in_order=in_order)

    def _asker(self, scope: Scope) -> Asker:
        return Asker(account=self._account, scope=scope, person=self._addresses.key(scope.person), secret=self.secret())

    def _page(
        self, sources: Iterable[Source], keyset: Sequence[str], query: IssueQuery | ResponseQuery, *, backwards: bool
    ) -> list[str]:
        """Return the ids of one page: the reads of all sources merged, each id once."""
        after, limit = query.after, query.limit
        reads: list[Select[Any]] = []
        for source in sources:
            reads += page_reads(source, keyset, after, limit, backwards=backwards, spelling=self._spelling)
        # Each read may name every group of the filter, and a statement may have so many values only.
        most = max(1, min(_UNION_MAX, _VALUES_MAX // (len(query.filter.groups or ()) + _VALUES_EACH)))
        keys: set[tuple[Any, ...]] = set()
        for start in range(0, len(reads), most):
            keys.update(tuple(row) for row in self._wire.select(_united(reads[start : start + most])))
        return [key[-1] for key in sorted(keys, reverse=backwards)[:limit]]

    def _lines(self, ids: Sequence[str]) -> Mapping[str, IssueLine]:
        """Return issues as lists show them, by id."""
        issues, revisions = self._tables.issues, self._tables.response_revisions
        its_response = and_(
            revisions.c.account == issues.c.account,
            revisions.c.response == issues.c.response,
            revisions.c.revision == issues.c.revision,
        )
        query = select(issues, revisions.c.body).join_from(issues, revisions, its_response)
        rows = self._wire.select(query.where(issues.c.account == self._account, issues.c.id.in_(ids)))
        names = self._addresses.names(row.assignee for row in rows)
        return {row.id: line_from(row, response_from_json(row.body), names) for row in rows}

    @_sound
    def responses(self, query: ResponseQuery, /) -> Sequence[ResponseLine]:
        """Return one page of responses."""
        sources = response_sources(self._tables, self._asker(query.scope), query.filter)
        ids = self._page(sources, NEWEST, query, backwards=True)
        records = self._records(ids)
        issue_ids = sorted({record.issue for record in records if record.issue is not None})
        lines = self._lines(issue_ids)
        notes = self._note_logs(issue_ids) if query.filter.recovery.shows_notes else {}
        return [
            ResponseLine(
                record=record,
                issue=lines[record.issue] if record.issue is not None else None,
                notes=notes.get(record.issue or "", NO_NOTES),
            )
            for record in records
        ]

    def _note_logs(self, issue_ids: Sequence[str]) -> Mapping[str, NoteLog]:
        events, texts = self._tables.events, self._tables.texts
        its_words = and_(
            texts.c.account == events.c.account, texts.c.issue == events.c.issue, texts.c.number == events.c.number
        )
        query = select(events.c.issue, events.c.kind, events.c.payload, texts.c.body)
        query = query.select_from(events.outerjoin(texts, its_words))
        query = query.where(events.c.account == self._account, events.c.issue.in_(issue_ids))
        query = query.where(or_(texts.c.body.is_not(None), events.c.kind == Merged.kind))
        notes: dict[str, list[Note]] = {}
        united: dict[str, NoteLog] = {}
        for row in self._wire.select(query.order_by(events.c.issue, events.c.number)):
            note = None if row.body is None else _note_of(row)
            if row.kind == Merged.kind and row.issue not in united:  # what others brought stands in their histories
                united[row.issue] = replay(self.history(row.issue)).notes
            elif note is not None:
                notes.setdefault(row.issue, []).append(note)
        return {issue_id: NoteLog(found) for issue_id, found in notes.items()} | united

    @_sound
    def messages(self, issue_id: str, /) -> Sequence[Message]:
        """Return the outbox's messages about an issue."""
        outbox = self._tables.outbox
        query = select(outbox).where(outbox.c.account == self._account, outbox.c.issue == issue_id)
        rows = self._wire.select(query.order_by(outbox.c.id))
        names = self._addresses.names(row.recipient for row in rows)
        return tuple(message_from(row, names) for row in rows)

    @_sound
    def remembered(self, actor: str, key: str, /) -> Remembered | None:
        """Return what somebody did under a key."""
        who = self._addresses.key(actor)
        statement = self._statements.latest_remembered if self._locks else self._statements.remembered
        row = None if who is None else self._first(statement, key_actor=who, key_key=key)
        return None if row is None else remembered_from(row, self._addresses.names([row.actor]))

    @_sound
    def secret(self) -> bytes | None:
        """Return the account's secret, or None where there is none yet."""
        if self._secret is None:
            found = self._first(self._statements.meta, key_name=SECRET_NAME)
            self._secret = None if found is None else bytes.fromhex(found.value)
        return self._secret


def _united(reads: Sequence[Select[Any]]) -> Any:
    # Each read is wrapped: no database takes an ORDER BY and LIMIT within a bare UNION.
    return union_all(*(select(read.subquery()) for read in reads))


def _note_of(row: Any) -> Note | None:
    words = json.loads(row.body)
    return note_from_row(json.loads(row.payload), words) if "note" in words else None
