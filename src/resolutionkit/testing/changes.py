"""Changes built by hand, to save them in a store without a tracker: no rule decides what is in them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import attrs
from attrs import frozen

from resolutionkit.model.events import (
    Cause,
    CauseKind,
    CheckAnswered,
    CheckAsked,
    CorrectionRecorded,
    Escalated,
    Event,
    Followed,
    GroupChanged,
    IssueOpened,
    LevelRaised,
    LimitReminded,
    Merged,
    MergedInto,
    NoteAdded,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    ResponseRepaired,
    RootCauseRecorded,
    StatusChanged,
    Unfollowed,
)
from resolutionkit.model.history import apply, replay
from resolutionkit.model.issue import Issue, Phase, RootCause, Status
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.notes import Note
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import HeadChange, RecordChange, Response, ResponseRecord, Standing
from resolutionkit.model.results import Advice, AdviceCode
from resolutionkit.model.scale import Category
from resolutionkit.ports import Remembered, Write
from resolutionkit.testing.clock import NOON

_IDS = itertools.count(1)


@frozen(kw_only=True)
class IssueWrite(Write):
    """A write that has an issue."""

    issue: Issue


def new_id() -> str:
    """Return an id that grows, of 36 characters."""
    return f"00000000-0000-7000-8000-{next(_IDS):012d}"


def record_of(response: Response, **facts: Any) -> ResponseRecord:
    """Return the record of a response, an unhappy one's unless told otherwise."""
    given: dict[str, Any] = {
        "response": response,
        "revision": 1,
        "recorded_at": NOON,
        "scale": "NPS",
        "category": Category.DETRACTOR,
        "threshold": 6,
        "needs_recovery": True,
    }
    return ResponseRecord(**(given | facts))


def stored(response: Response, **facts: Any) -> Write:
    """Return the write of a response that opens nothing; with a ticket it stands for it."""
    record = record_of(response, **facts)
    is_head = response.ticket is not None and record.standing is Standing.CURRENT
    head = HeadChange(record=record) if is_head else None
    return Write(records=(RecordChange(record=record),), head=head)


def base(number: int, **facts: Any) -> dict[str, Any]:
    """Return what every event has."""
    given: dict[str, Any] = {
        "id": new_id(),
        "number": number,
        "at": NOON + timedelta(minutes=number),
        "actor": "dana",
        "cause": Cause(CauseKind.COMMAND, f"key-{number}"),
        "policy": "0123456789abcdef",
    }
    return given | facts


def opening(response: Response, issue_id: str | None = None, **facts: Any) -> IssueWrite:
    """Return the write of a response that becomes an issue."""
    given: dict[str, Any] = {
        "issue": issue_id or new_id(),
        "response": response,
        "revision": 1,
        "status": str(Status.NEEDS_ATTENTION),
        "phase": Phase.OPEN,
        "assignee": None,
        "needs_recovery": True,
    }
    event = IssueOpened(**(base(1) | given | facts))
    issue = replay([event])
    people = facts.get("people", ())
    record = record_of(response, issue=issue.id, people=people, needs_recovery=issue.needs_recovery)
    head = HeadChange(record=record) if response.ticket is not None else None
    return IssueWrite(records=(RecordChange(record=record),), head=head, issue=issue, events=(event,))


def then(issue: Issue, *events: Event, **rest: Any) -> IssueWrite:
    """Return the write of what happens next to an issue."""
    after = issue
    for event in events:
        after = apply(after, event)
    return IssueWrite(before=issue, issue=after, events=events, **rest)


def event_after(issue: Issue, kind: type[Event], **facts: Any) -> Event:
    """Return the next event of an issue."""
    return kind(**(base(issue.version + 1) | facts))


def note(text: str = "Rang.", **facts: Any) -> Note:
    """Return a note of five minutes past noon, about a contact at noon."""
    given: dict[str, Any] = {"author": "Dana", "at": NOON + timedelta(minutes=5), "happened_at": NOON}
    return Note(text=text, **(given | facts))


def every_kind(other: Response, corrected: Response) -> list[tuple[type[Event], dict[str, Any]]]:
    """Return every kind of event that can follow an opening, with all its facts."""
    said = note("tail ", author="שלום", spoke=True)
    bare = "lee@partner.example"
    judged = {"people": ("ann", bare), "needs_recovery": True}
    reason = QuarantineReason.UNKNOWN_GROUP
    found = {"rules": ("a rule",), "alerted": ("ann", bare), "tags": ("vip ",)}
    routed = {"is_routed": True, "assignee": bare, "is_quiet": True, "note": said, **found}
    return [
        (NoteAdded, {"note": said}),
        (StatusChanged, {"status": "escalated", "phase": Phase.ACTIVE, "note": None}),
        (Escalated, {"reason": "Contract 'at risk' 😀 ", "reason_kind": "other", "to": "dana", "note": said}),
        (Escalated, {"reason": "Again", "to": None, "actor": bare}),
        (Reassigned, {"assignee": bare, "note": said}),
        (Reassigned, {"assignee": "ann", "cause": Cause(CauseKind.LINK)}),
        (Followed, {"follower": bare}),
        (Followed, {"follower": "Lee@Partner.example"}),
        (Unfollowed, {"follower": bare}),
        (StatusChanged, {"status": "resolved", "phase": Phase.CLOSED, "note": said}),
        (RootCauseRecorded, {"root_cause": RootCause(category="process", whys=("a", "b "), actions=("c",))}),
        (RootCauseRecorded, {"root_cause": RootCause(category="process")}),
        (CheckAsked, {"due_at": NOON, "actor": "system", "cause": Cause(CauseKind.TIMER)}),
        (CheckAnswered, {"satisfied": True, "note": said}),
        (CheckAnswered, {"satisfied": False}),
        (CorrectionRecorded, {"response": corrected, "revision": 2, **judged}),
        (ReplacementRecorded, {"response": other, "revision": 1, **judged, "quarantined": (reason,)}),
        (GroupChanged, {"response": other, "revision": 1, "note": said}),
        (ResponseRepaired, {"response": other, "revision": 1, **routed}),
        (ResponseRepaired, {"response": other, "revision": 1, "is_routed": False, "assignee": None}),
        (Reopened, {"status": "needs_attention", "phase": Phase.OPEN, "note": said, "actor": "system"}),
        (LimitReminded, {"limit": "closed", "due_at": NOON, "actor": "system"}),
        (LimitReminded, {"limit": "level", "due_at": NOON, "level": 1}),
        (LevelRaised, {"level": 1, "name": "tier 1 ", "entered_at": NOON, "accountable": (bare,), "ran_out": "first"}),
        (LevelRaised, {"level": 3, "name": "last", "entered_at": NOON, "reason": "שלום", "note": said}),
    ]


def merging(stays: Issue, goes: Issue, history: Sequence[Event], *records: ResponseRecord, **facts: Any) -> list[Write]:
    """Return the writes of a merge of two issues, to be saved together.

    Args:
        stays: The issue that stays.
        goes: The one that is merged into it.
        history: The latter's history.
        records: Its responses.
        facts: What the event on the one that stays has besides.
    """
    moment = max(stays.changed_at, goes.changed_at)
    moved = tuple(RecordChange(record=attrs.evolve(one, issue=stays.id), before=one) for one in records)
    given = {"merged": goes.id, "up_to": goes.version, "history": tuple(history), "at": moment}
    ended = event_after(goes, MergedInto, into=stays.id, at=moment)
    return [then(goes, ended, records=moved), then(stays, event_after(stays, Merged, **(given | facts)))]


def message(issue: Issue, recipient: str = "dana", **facts: Any) -> Message:
    """Return a message about an issue's last event."""
    given: dict[str, Any] = {
        "id": new_id(),
        "first_event": issue.version,
        "last_event": issue.version,
        "topic": Topic.OPENED,
        "why": (Why.ASSIGNEE, Why.FOLLOWER),
        "created_at": issue.changed_at,
    }
    return Message(issue=issue.id, response=issue.response.id, recipient=recipient, **(given | facts))


def remembered(issue: Issue, key: str, **facts: Any) -> Remembered:
    """Return what is kept of a command with a key."""
    given: dict[str, Any] = {
        "actor": "dana",
        "fingerprint": "f" * 64,
        "first_event": issue.version,
        "last_event": issue.version,
        "advice": (Advice(AdviceCode.SHORT_NOTE, "A 'longer' note, please. 😀"),),
        "at": NOON,
    }
    return Remembered(key=key, issue=issue.id, **(given | facts))


def replaced(record: ResponseRecord, by: str) -> RecordChange:
    """Return a record's change to one in whose place another stands."""
    after = attrs.evolve(record, standing=Standing.REPLACED, replaced_by=by, quarantined_for=())
    return RecordChange(record=after, before=record)
