"""Saving a change whole: responses, head, issue, events, words, parties, outbox and key.

Whatever was read before the decision is compared while it is written: a row that is no longer what it was makes
the unit of work run again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, update

from resolutionkit.errors import StorageError
from resolutionkit.model.events import RESPONSE_EVENTS, Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.response import HeadChange, RecordChange, Response, ResponseRecord
from resolutionkit.model.values import micros
from resolutionkit.ports import Write, WriteConflict
from resolutionkit.serialize import StoredEvent, event_to_stored, response_to_json, to_json
from resolutionkit.storage.sql.dialects import insert_new
from resolutionkit.storage.sql.queries import SECRET_NAME, Questions
from resolutionkit.storage.sql.rows import (
    contact_hashes,
    event_row,
    issue_row,
    message_row,
    parties,
    parties_of,
    party_facts,
    record_row,
    remembered_row,
)
from resolutionkit.storage.sql.tables import Tables


class SqlUnitOfWork(Questions):
    """Questions and saves on one account, within one transaction."""

    def __init__(self, connection: Connection, tables: Tables, account: str, *, write: bool) -> None:
        super().__init__(connection, tables, account)
        self._may_write = write

    def _check_may_write(self) -> None:
        if not self._may_write:
            raise StorageError("this unit of work was begun for reading")

    def make_secret(self) -> bytes:
        """Return the account's secret, made now where there is none yet."""
        found = self.secret()
        if found is not None:
            return found
        self._check_may_write()
        row = {"account": self._account, "name": SECRET_NAME, "value": secrets.token_bytes(32).hex()}
        self._connection.execute(insert_new(self._connection, self._tables.meta), row)
        return self.secret() or b""

    def save(self, writes: Iterable[Write], /) -> None:
        """Save changes, in order."""
        self._check_may_write()
        for write in writes:
            self._save(write)

    def _save(self, write: Write) -> None:
        stored = [event_to_stored(event) for event in write.events]
        keys = self._addresses.keys_made(_named(write, stored))
        for change in write.records:
            self._save_record(change, write.issue, keys)
        self._save_people(write, keys)
        if write.head is not None:
            self._save_head(write.head)
        if write.issue is not None and stored:
            self._save_issue(write.issue, write, keys)
            self._save_parties(write.issue, write.before, keys)
            self._save_events(write.issue.id, stored, keys)
        if write.messages:
            rows = [message_row(self._account, message, keys) for message in write.messages]
            self._connection.execute(insert(self._tables.outbox), rows)
        if write.remembered is not None:
            self._insert_new(self._tables.remembered, remembered_row(self._account, write.remembered, keys))

    def _insert_new(self, table: Table, row: Mapping[str, Any]) -> None:
        if self._connection.execute(insert_new(self._connection, table), row).rowcount != 1:
            raise WriteConflict(f"a row of {table.name} exists already")

    def _hashes(self, response: Response) -> Mapping[str, str]:
        contact = response.contact
        return contact_hashes(contact, self.make_secret() if contact.email or contact.company else None)

    def _save_record(self, change: RecordChange, issue: Issue | None, keys: Mapping[str, str]) -> None:
        table, record, before = self._tables.responses, change.record, change.before
        row = record_row(self._account, record, keys, self._hashes(record.response))
        is_of_issue = issue is not None and record.issue == issue.id
        row["scope_group"] = (issue.response.group or "") if issue is not None and is_of_issue else row["group_code"]
        if before is None:
            self._insert_new(table, row)
        else:
            statement = update(table).where(
                table.c.account == self._account,
                table.c.id == record.id,
                table.c.revision == before.revision,
                table.c.standing == before.standing.value,
                table.c.issue == (before.issue or ""),
            )
            if self._connection.execute(statement.values(row)).rowcount != 1:
                raise WriteConflict(f"response {record.id} is no longer what it was")
        if change.has_new_revision:
            body = response_to_json(record.response)
            revision = {"account": self._account, "response": record.id, "revision": record.revision, "body": body}
            self._connection.execute(insert(self._tables.response_revisions), revision)

    def _save_people(self, write: Write, keys: Mapping[str, str]) -> None:
        """Keep a row for each response and person whose own it is, with the key that the person's list sorts by."""
        table = self._tables.response_people
        befores = [change.before for change in write.records if change.before is not None]
        known = _own_responses(write.before, befores)
        wanted = _own_responses(write.issue, [change.record for change in write.records])
        for who, response_id, _ in sorted(known - wanted):
            gone = (table.c.person == keys[who], table.c.id == response_id)
            self._connection.execute(delete(table).where(table.c.account == self._account, *gone))
        rows = [
            {"account": self._account, "person": keys[who], "id": response_id, "received_at": received_at}
            for who, response_id, received_at in sorted(wanted - known)
        ]
        if rows:
            self._connection.execute(insert(table), rows)

    def _save_head(self, head: HeadChange) -> None:
        table, response = self._tables.heads, head.record.response
        key = {"account": self._account, "survey": response.survey or "", "ticket": response.ticket or ""}
        if head.before is None:
            self._insert_new(table, {**key, "response": response.id})
            return
        statement = update(table).where(
            *(table.c[name] == value for name, value in key.items()), table.c.response == head.before.id
        )
        if self._connection.execute(statement.values(response=response.id)).rowcount != 1:
            raise WriteConflict(f"another response stands for the ticket {response.ticket} now")

    def _save_issue(self, issue: Issue, write: Write, keys: Mapping[str, str]) -> None:
        before, table = write.before, self._tables.issues
        row = {**issue_row(self._account, issue, keys), **self._response_columns(issue, write.events)}
        if before is None:
            self._insert_new(table, row)
            return
        statement = update(table).where(
            table.c.account == self._account, table.c.id == issue.id, table.c.version == before.version
        )
        if self._connection.execute(statement.values(row)).rowcount != 1:
            raise WriteConflict(f"issue {issue.id} is no longer at version {before.version}")
        if before.response.group != issue.response.group:
            responses = self._tables.responses
            theirs = update(responses).where(responses.c.account == self._account, responses.c.issue == issue.id)
            self._connection.execute(theirs.values(scope_group=issue.response.group or ""))

    def _response_columns(self, issue: Issue, events: Iterable[Event]) -> Mapping[str, Any]:
        """Return the columns that change with the issue's response, where it changes."""
        carried = (event for event in events if isinstance(event, RESPONSE_EVENTS))
        revision = next((event.revision for event in carried if event.response is issue.response), None)
        return {} if revision is None else {"revision": revision, **self._hashes(issue.response)}

    def _save_parties(self, issue: Issue, before: Issue | None, keys: Mapping[str, str]) -> None:
        table, facts = self._tables.parties, party_facts(issue)
        of_issue = (table.c.account == self._account, table.c.id == issue.id)
        known = set() if before is None else parties(before)
        wanted = parties(issue)
        for who, role in sorted(known - wanted):
            gone = (table.c.person == keys[who], table.c.role == role)
            self._connection.execute(delete(table).where(*of_issue, *gone))
        if before is not None and known & wanted and party_facts(before) != facts:
            self._connection.execute(update(table).where(*of_issue).values(facts))
        rows = [
            {"account": self._account, "person": keys[who], "role": role, "id": issue.id, **facts}
            for who, role in sorted(wanted - known)
        ]
        if rows:
            self._connection.execute(insert(table), rows)

    def _save_events(self, issue_id: str, stored: Iterable[StoredEvent], keys: Mapping[str, str]) -> None:
        events = list(stored)
        rows = [event_row(self._account, issue_id, event, keys) for event in events]
        self._connection.execute(insert(self._tables.events), rows)
        words = [
            {"account": self._account, "issue": issue_id, "number": event.number, "body": to_json(event.words)}
            for event in events
            if event.words is not None
        ]
        if words:
            self._connection.execute(insert(self._tables.texts), words)


def _named(write: Write, stored: Iterable[StoredEvent]) -> Iterator[str | None]:
    """Return every party that the rows of a change name."""
    for change in write.records:
        yield from change.record.people
        yield from () if change.before is None else change.before.people
    for issue in (write.before, write.issue):
        if issue is not None:
            yield from (who for who, _ in parties(issue))
    for event in stored:
        yield event.actor
        yield from parties_of(event.payload)
    yield from (message.recipient for message in write.messages)
    if write.remembered is not None:
        yield write.remembered.actor


def _own_responses(issue: Issue | None, records: Iterable[ResponseRecord]) -> set[tuple[str, str, int]]:
    """Return whose own each response is, as (person, response, received at): its issue's, else those above it."""
    loose = (record for record in records if record.issue is None)
    found = {(who, record.id, micros(record.response.received_at)) for record in loose for who in record.people}
    if issue is None:
        return found
    people = {who for who, _ in parties(issue)}
    return found | {(who, one.id, micros(one.received_at)) for one in issue.responses for who in people}
