"""What a store is given to write: all that one change leaves behind, and what takes the place of erased words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from resolutionkit.model.alerts import Awaiting
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message
from resolutionkit.model.response import HeadChange, RecordChange, Response
from resolutionkit.model.results import Advice


@frozen(kw_only=True, weakref_slot=False)
class Remembered:
    """A command that was done under a key (requirement B13).

    Attributes:
        key: The caller's key; each actor has keys of their own.
        actor: Who gave the command.
        fingerprint: The command's digest under the account's secret.
        issue: The id of the issue.
        first_event: The number of the first event that it made; one more than ``last_event`` where it made none.
        last_event: The number of the issue's last event after it.
        advice: What it answered.
        at: When it was done.
    """

    key: str
    actor: str
    fingerprint: str
    issue: str
    first_event: int
    last_event: int
    advice: tuple[Advice, ...]
    at: datetime


@frozen(kw_only=True, weakref_slot=False)
class Write:
    """All that one change leaves behind; it is saved whole or not at all (law L4).

    Attributes:
        records: The responses that are new or changed.
        head: The response that stands for its survey and ticket from now on, where that changes.
        before: The issue before the change, or None where it is new or there is none.
        issue: The issue after it, or None where there is none.
        events: What happened to it, in order; empty where nothing did.
        due_at: The earliest instant at which something is due on the issue from now on, or None; where there are
            events, it takes the place of the one before, and lists show it and sort by it.
        wake_at: When the issue's timers have to be looked at next, or None for never; where there are events, it takes
            the place of the one before.
        messages: Who is to be told.
        alerts: The responses that begin to wait for a daily alert; a store that keeps none leaves them out.
        remembered: The command's key, where it had one.
        is_last: Whether the unit of work ends with it, and neither asks nor raises anything afterwards: a store may
            commit it at once, and save a trip to its database.
    """

    records: tuple[RecordChange, ...] = ()
    head: HeadChange | None = None
    before: Issue | None = None
    issue: Issue | None = None
    events: tuple[Event, ...] = ()
    due_at: datetime | None = None
    wake_at: datetime | None = None
    messages: tuple[Message, ...] = ()
    alerts: tuple[Awaiting, ...] = ()
    remembered: Remembered | None = None
    is_last: bool = False


@frozen(kw_only=True)
class Rewrite:
    """What is to stand in the place of words that are erased; ids, numbers, kinds and instants stay as they are.

    Attributes:
        record: The record of the response concerned, as it was and as it is to be, or None where no response changes.
        revisions: What its revisions become, by their numbers; those that are not named stay.
        before: The issue before, or None where none is concerned.
        issue: The issue as its rewritten history folds, or None.
        events: The events of the issue that change: each takes the place of the one of its number.
    """

    record: RecordChange | None = None
    revisions: Mapping[int, Response] = field(factory=dict)
    before: Issue | None = None
    issue: Issue | None = None
    events: tuple[Event, ...] = ()
