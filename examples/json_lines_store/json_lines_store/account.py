"""What one account keeps in memory, and the rows that make it so."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import Self

from attrs import define, evolve, field, fields, frozen

from resolutionkit import Event, Issue, Message, Response, ResponseRecord, replay
from resolutionkit.ports import Remembered, Write


@frozen(kw_only=True)
class Rows:
    """What one change adds; an issue is not among them, since its events make it."""

    records: Sequence[ResponseRecord] = ()
    heads: Sequence[tuple[str | None, str, str]] = ()  # survey, ticket, response
    events: Sequence[tuple[str, Event]] = ()  # each with its issue
    due: Sequence[tuple[str, datetime | None]] = ()  # likewise
    messages: Sequence[Message] = ()
    remembered: Sequence[Remembered] = ()
    secret: bytes | None = None


def rows_of(write: Write) -> Rows:
    """Return what a change adds."""
    head, issue, done = write.head, write.issue, write.remembered
    response = None if head is None else head.record.response
    return Rows(
        records=[change.record for change in write.records],
        heads=[(response.survey, response.ticket or "", response.id)] if response else (),
        events=[(issue.id, event) for event in write.events] if issue else (),
        due=[(issue.id, write.due_at)] if issue and write.events else (),
        messages=write.messages,
        remembered=() if done is None else [done],
    )


@define
class Account:
    """All that one account keeps. The values are frozen, so a copy shares them."""

    records: dict[str, ResponseRecord] = field(factory=dict)
    revisions: dict[str, tuple[Response, ...]] = field(factory=dict)
    heads: dict[tuple[str | None, str], str] = field(factory=dict)
    issues: dict[str, Issue] = field(factory=dict)
    events: dict[str, tuple[Event, ...]] = field(factory=dict)
    due: dict[str, datetime | None] = field(factory=dict)
    messages: dict[str, tuple[Message, ...]] = field(factory=dict)
    remembered: dict[tuple[str, str], Remembered] = field(factory=dict)
    secret: bytes | None = None

    def copy(self) -> Self:
        """Return an account that can be changed while this one stays."""
        tables = {one.name: copy(getattr(self, one.name)) for one in fields(type(self))}
        return type(self)(**tables)

    def put(self, rows: Rows) -> None:
        """Add rows; what their events make of issues is for :meth:`fold`."""
        for record in rows.records:
            before = self.records.get(record.id)
            if before is None or before.revision != record.revision:
                known = self.revisions.get(record.id, ())
                self.revisions[record.id] = (*known, record.response)
            self.records[record.id] = record
        for survey, ticket, response in rows.heads:
            self.heads[survey, ticket] = response
        for issue, event in rows.events:
            self.events[issue] = (*self.events.get(issue, ()), event)
        self.due.update(rows.due)
        for message in rows.messages:
            told = self.messages.get(message.issue or "", ())
            self.messages[message.issue or ""] = (*told, message)
        for done in rows.remembered:
            self.remembered[done.actor, done.key] = done
        self.secret = rows.secret or self.secret

    def fold(self, issue: str) -> None:
        """Make an issue of its events: law L1 says that nothing else is in it."""
        self.issues[issue] = replay(self.events[issue])

    def everything(self) -> Rows:
        """Return the rows that make this account of an empty one."""
        earlier = [
            evolve(self.records[one], response=response, revision=number)
            for one, known in self.revisions.items()
            for number, response in enumerate(known[:-1], 1)
        ]
        return Rows(
            records=[*earlier, *self.records.values()],
            heads=[(*key, response) for key, response in self.heads.items()],
            events=[
                (one, event) for one, all_of in self.events.items() for event in all_of
            ],
            due=[*self.due.items()],
            messages=[message for told in self.messages.values() for message in told],
            remembered=[*self.remembered.values()],
            secret=self.secret,
        )
