"""Saving a change whole: responses, head, issue, events, words, parties, outbox and key.

A change is a list of steps; ``steps`` carries them out. Whatever was read before the decision is compared while it is
written: a row that is no longer what it was makes the unit of work run again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from resolutionkit.errors import StorageError
from resolutionkit.model.events import RESPONSE_EVENTS
from resolutionkit.model.issue import Issue
from resolutionkit.model.response import Contact, HeadChange, RecordChange, Response, ResponseRecord
from resolutionkit.model.values import micros
from resolutionkit.ports import Write
from resolutionkit.serialize import StoredEvent, event_to_stored, response_to_json, to_json
from resolutionkit.storage.sql.alert_rows import alert_row
from resolutionkit.storage.sql.queries import SECRET_NAME, Questions
from resolutionkit.storage.sql.rows import (
    contact_hashes,
    event_row,
    issue_row,
    message_row,
    parties,
    parties_of,
    party_facts,
    quarantine_key,
    record_keys,
    record_row,
    remembered_row,
)
from resolutionkit.storage.sql.schema import Schema
from resolutionkit.storage.sql.statements import Facts, Statement
from resolutionkit.storage.sql.steps import CarryOut, Step, claims_first, together
from resolutionkit.storage.sql.wire import Wire


class SqlUnitOfWork(Questions):
    """Questions and saves on one account, within one transaction."""

    def __init__(
        self, wire: Wire, schema: Schema, account: str, *, write: bool, carry_out: CarryOut, locks: bool = False
    ) -> None:
        super().__init__(wire, schema, account, locks=locks)
        self._may_write = write
        self._carry_out = carry_out
        self._ending = schema.ending
        self._hashed: tuple[Contact | None, Mapping[str, str]] = (None, {})

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
        self._statements.new_meta.run(self._wire, row)
        self._secret = bytes.fromhex(self._ask(self._statements.latest_meta, key_name=SECRET_NAME)[0].value)
        return self._secret

    def save(self, writes: Iterable[Write], /) -> None:
        """Save changes, in order."""
        self._check_may_write()
        changes = list(writes)
        for write in changes:
            self._foresight.forget(write)
        planned = self._planned(changes)
        if len(changes) == 1 and changes[0].is_last:
            if not self._ending(self._wire, planned[0]):
                self._carry_out(self._wire, planned[0])
            return
        for steps in together(planned):
            self._carry_out(self._wire, steps)

    def _planned(self, changes: Sequence[Write]) -> list[list[Step]]:
        """Return the steps of changes; the addresses of all are made at once, in an order that everybody keeps."""
        stored = [[event_to_stored(event) for event in write.events] for write in changes]
        named = chain.from_iterable(map(_named, changes, stored))
        keys = self._addresses.keys_made(named, first=partial(self._take_turns, changes))
        return [self._steps(write, events, keys) for write, events in zip(changes, stored, strict=True)]

    def _steps(self, write: Write, stored: Sequence[StoredEvent], keys: Mapping[str, str]) -> list[Step]:
        """Return all that a change writes; what may no longer be what was read comes first."""
        steps = list(self._head_steps(write.head))  # first what reading locks first
        for change in write.records:
            steps += self._record_steps(change, write.issue, keys)
        steps += self._issue_steps(write, keys)
        if write.remembered is not None:
            row = remembered_row(self._account, write.remembered, keys)
            steps.append(Step(self._statements.new_remembered, [row], "a command with this key is there already"))
        steps += self._people_steps(write, keys)
        if write.issue is not None and stored:
            steps += self._party_steps(write.issue, write, keys)
            steps += self._event_steps(write.issue.id, stored, keys)
        rows = [message_row(self._account, message, keys) for message in write.messages]
        steps.append(Step(self._statements.new_message, rows))
        steps.append(Step(self._statements.new_alert, [alert_row(self._account, one) for one in write.alerts]))
        return claims_first(step for step in steps if step.rows)

    def _take_turns(self, changes: Iterable[Write]) -> None:
        """Lock what changes will claim, in the order in which reading locks it.

        An address that nobody else can add until this ends would otherwise keep whoever holds the issue already from
        adding it, and be kept from the issue by them: a deadlock, which PostgreSQL takes a second to find.
        """
        if not self._locks:
            for write in changes:
                self._take_turn(write)

    def _take_turn(self, write: Write) -> None:
        # They are run, not asked: what locks is within the transaction, which a question need not be.
        mine, head, before = {"key_account": self._account}, write.head, write.before
        if head is not None and head.before is not None:
            response = head.record.response
            keys = {"key_survey": response.survey or "", "key_ticket": response.ticket or ""}
            self._statements.latest_standing.run(self._wire, {**mine, **keys})
        if before is not None:
            self._statements.lock_issue.run(self._wire, {**mine, "key_id": before.id})

    def _change(self, statement: Statement, row: Facts, claims: str = "", **keys: object) -> Step:
        return Step(statement, [{**row, "key_account": self._account, **keys}], claims)

    def _hashes(self, response: Response) -> Mapping[str, str]:
        """Return the columns by which a contact is found; a response and its issue ask for the same ones in turn."""
        contact = response.contact
        if self._hashed[0] is not contact:
            secret = self.make_secret() if contact.email or contact.company else None
            self._hashed = (contact, contact_hashes(contact, secret))
        return self._hashed[1]

    def _record_steps(self, change: RecordChange, issue: Issue | None, keys: Mapping[str, str]) -> Iterator[Step]:
        record, before = change.record, change.before
        row = record_row(self._account, record, keys, self._hashes(record.response))
        is_of_issue = issue is not None and record.issue == issue.id
        row["scope_group"] = (issue.response.group or "") if issue is not None and is_of_issue else row["group_code"]
        if before is None:
            yield Step(self._statements.new_record, [row], f"a response {record.id} is there already")
        else:
            claims = f"response {record.id} is no longer what it was"
            yield self._change(self._statements.record_becomes, row, claims, **record_keys(before))
        if change.has_new_revision:
            body = response_to_json(record.response)
            revision = {"account": self._account, "response": record.id, "revision": record.revision, "body": body}
            yield Step(self._statements.new_revision, [revision])
        known, wanted = quarantine_key(before), quarantine_key(record)
        if known is not None and known != wanted:
            yield self._change(self._statements.quarantine_ends, {}, key_id=record.id)
        if wanted is not None and known != wanted:
            listed = {"account": self._account, "id": record.id, "received_at": wanted}
            yield Step(self._statements.new_quarantined, [listed])

    def _people_steps(self, write: Write, keys: Mapping[str, str]) -> Iterator[Step]:
        """Keep a row for each response and person whose own it is, with the key that the person's list sorts by."""
        befores = [change.before for change in write.records if change.before is not None]
        known = _own_responses(write.before, befores)
        wanted = _own_responses(write.issue, [change.record for change in write.records])
        for who, response_id, _ in sorted(known - wanted):
            yield self._change(self._statements.own_response_goes, {}, key_person=keys[who], key_id=response_id)
        rows = [
            {"account": self._account, "person": keys[who], "id": response_id, "received_at": received_at}
            for who, response_id, received_at in sorted(wanted - known)
        ]
        yield Step(self._statements.new_own_response, rows)

    def _head_steps(self, head: HeadChange | None) -> Iterator[Step]:
        if head is None:
            return
        response = head.record.response
        survey, ticket, row = response.survey or "", response.ticket or "", {"response": response.id}
        claims = f"another response stands for the ticket {response.ticket} now"
        if head.before is None:
            row |= {"account": self._account, "survey": survey, "ticket": ticket}
            yield Step(self._statements.new_head, [row], claims)
            return
        keys = {"key_survey": survey, "key_ticket": ticket, "key_response": head.before.id}
        yield self._change(self._statements.head_becomes, row, claims, **keys)

    def _issue_steps(self, write: Write, keys: Mapping[str, str]) -> Iterator[Step]:
        issue, before, statements = write.issue, write.before, self._statements
        if issue is None or not write.events:
            return
        of_response = self._response_columns(issue, write)
        row = {**issue_row(self._account, issue, write.due_at, write.wake_at, keys), **of_response}
        if before is None:
            yield Step(statements.new_issue, [row], f"an issue {issue.id} is there already")
            return
        becomes = statements.issue_becomes_with_response if of_response else statements.issue_becomes
        claims = f"issue {issue.id} is no longer at version {before.version}"
        yield self._change(becomes, row, claims, key_id=issue.id, key_version=before.version)
        if before.response.group != issue.response.group or before.merged != issue.merged:
            moved = {"scope_group": issue.response.group or ""}
            yield self._change(statements.scope_becomes, moved, key_issue=issue.id)

    def _response_columns(self, issue: Issue, write: Write) -> Mapping[str, Any]:
        """Return the columns that change with the issue's response, where it changes."""
        before, carried = write.before, (event for event in write.events if isinstance(event, RESPONSE_EVENTS))
        is_another = before is not None and before.response.id != issue.response.id
        if is_another or any(event.response is issue.response for event in carried):
            return {"revision": issue.revision, **self._hashes(issue.response)}
        return {}

    def _party_steps(self, issue: Issue, write: Write, keys: Mapping[str, str]) -> Iterator[Step]:
        before, due_at = write.before, write.due_at
        facts, statements = party_facts(issue, due_at), self._statements
        known = set() if before is None else parties(before)
        wanted = parties(issue)
        for who, role in sorted(known - wanted):
            yield self._change(statements.party_goes, {}, key_id=issue.id, key_person=keys[who], key_role=role)
        # Nobody here knows the due instant of before; a closed issue has none.
        is_same = before is not None and not before.is_open and party_facts(before, None) == facts
        if known & wanted and not is_same:
            yield self._change(statements.parties_become, facts, key_id=issue.id)
        rows = [
            {"account": self._account, "person": keys[who], "role": role, "id": issue.id, **facts}
            for who, role in sorted(wanted - known)
        ]
        yield Step(statements.new_party, rows)

    def _event_steps(self, issue_id: str, stored: Sequence[StoredEvent], keys: Mapping[str, str]) -> Iterator[Step]:
        rows = [event_row(self._account, issue_id, event, keys) for event in stored]
        yield Step(self._statements.new_event, rows)
        words = [
            {"account": self._account, "issue": issue_id, "number": event.number, "body": to_json(event.words)}
            for event in stored
            if event.words is not None
        ]
        yield Step(self._statements.new_text, words)


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
