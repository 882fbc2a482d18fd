"""Everything that can happen to an issue, in the past tense: the truth of which an issue is the fold (B14).

A status event carries its phase, and every event whom it resolved, so that folding needs neither policy nor
directory. What all events have stands in ``model.event``, those that time brings about in ``model.time_events``. How
they are applied stands in ``model.history``; how they are stored in ``serialize``.
"""

from __future__ import annotations

from typing import ClassVar

from attrs import field, frozen

from resolutionkit.model.event import Cause, CauseKind, Event
from resolutionkit.model.issue import Phase, RootCause
from resolutionkit.model.notes import Note
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import Response
from resolutionkit.model.time_events import CheckAnswered, CheckAsked, LevelRaised, LimitReminded

__all__ = [
    "EVENT_TYPES",
    "RESPONSE_EVENTS",
    "Cause",
    "CauseKind",
    "CheckAnswered",
    "CheckAsked",
    "CorrectionRecorded",
    "Escalated",
    "Event",
    "Followed",
    "GroupChanged",
    "IssueOpened",
    "LevelRaised",
    "LimitReminded",
    "Merged",
    "MergedInto",
    "NoteAdded",
    "Reassigned",
    "Reopened",
    "ReplacementRecorded",
    "ResponseRepaired",
    "RootCauseRecorded",
    "StatusChanged",
    "Unfollowed",
    "note_of",
]


@frozen(kw_only=True, weakref_slot=False)
class IssueOpened(Event):
    """A response became an issue: by its score, by the customer's wish, or by hand.

    Attributes:
        issue: The issue's id.
        response: The response that opened it.
        revision: Which revision of the response, counted from 1.
        status: The key of the status that it opened in.
        phase: What that status means.
        assignee: Who got it: a person's id, a bare address, or None where nobody was found.
        followers: Who follows it from the beginning: ids and bare addresses.
        people: The people above the customer who were found, from top to bottom: ids and addresses.
        needs_recovery: Whether the score is at or below the threshold of the day.
        backfilled: Whether it was opened from old data (requirement A11).
        flagged_by_hand: Whether a person opened it (requirement A7).
        rules: The names of the rules that acted, in order (requirement A9).
        alerted: Who is told of it by a rule, and sees it from then on: ids and bare addresses.
        tags: What rules marked it with.
        is_quiet: Whether a rule keeps all but the assignee from being told of it.
        quarantined: Why the response waits for repair, so that administrators alone are told; empty where it does not.
        has_priority: Whether a rule raised its priority.
        note: The note of whoever flagged it, or None.
    """

    kind: ClassVar[str] = "issue_opened"

    issue: str
    response: Response
    revision: int
    status: str
    phase: Phase
    assignee: str | None
    followers: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    needs_recovery: bool
    backfilled: bool = False
    flagged_by_hand: bool = False
    rules: tuple[str, ...] = ()
    alerted: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    is_quiet: bool = False
    quarantined: tuple[QuarantineReason, ...] = ()
    has_priority: bool = False
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class NoteAdded(Event):
    """Somebody wrote a note and changed nothing else.

    Attributes:
        note: The note.
    """

    kind: ClassVar[str] = "note_added"

    note: Note


@frozen(kw_only=True, weakref_slot=False)
class StatusChanged(Event):
    """The issue moved to another status, within one round of work.

    Attributes:
        status: The key of the status that it has from then on.
        phase: What that status means.
        note: The note that explains it, or None.
    """

    kind: ClassVar[str] = "status_changed"

    status: str
    phase: Phase
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class Reopened(Event):
    """The issue left the closed phase; a new episode began (requirement B10).

    Attributes:
        status: The key of the status that it has from then on.
        phase: What that status means.
        note: The note of whoever reopened it; None where a response did.
    """

    kind: ClassVar[str] = "reopened"

    status: str
    phase: Phase
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class Escalated(Event):
    """Somebody called for leadership; the status event, if any, stands before it (requirement B8).

    Attributes:
        reason: Why, in words.
        reason_kind: One of the policy's kinds of reason, or None.
        to: The id of the highest in command at that moment, or None where nobody was there.
        note: The note that came with it where no status event has it, or None.
    """

    kind: ClassVar[str] = "escalated"

    reason: str = field(repr=False)  # a repr ends in logs
    reason_kind: str | None = None
    to: str | None
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class Reassigned(Event):
    """Somebody else works it now (requirement B6).

    Attributes:
        assignee: Who works it from then on: a person's id, or a bare address.
        note: The note that explains it, or None.
    """

    kind: ClassVar[str] = "reassigned"

    assignee: str
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class Followed(Event):
    """Somebody follows it from now on (requirement B7).

    Attributes:
        follower: Who: a person's id, or a bare address.
    """

    kind: ClassVar[str] = "followed"

    follower: str


@frozen(kw_only=True, weakref_slot=False)
class Unfollowed(Event):
    """Somebody no longer follows it.

    Attributes:
        follower: Who: a person's id, or a bare address.
    """

    kind: ClassVar[str] = "unfollowed"

    follower: str


@frozen(kw_only=True, weakref_slot=False)
class RootCauseRecorded(Event):
    """Why it came to this was found (requirement B11).

    Attributes:
        root_cause: Why, in the words of the policy's list.
    """

    kind: ClassVar[str] = "root_cause_recorded"

    root_cause: RootCause


@frozen(kw_only=True, weakref_slot=False)
class ReplacementRecorded(Event):
    """A later response of the same survey and ticket took the place of the one before (requirement A5).

    Attributes:
        response: The response, as it stands from then on.
        revision: Which revision of it, counted from 1.
        people: The people above the customer who were found, from top to bottom: ids and addresses.
        needs_recovery: Whether its score is at or below the threshold of the day.
        quarantined: Why it waits for repair; empty where it does not (requirement A6).
    """

    kind: ClassVar[str] = "replacement_recorded"

    response: Response
    revision: int
    people: tuple[str, ...] = ()
    needs_recovery: bool
    quarantined: tuple[QuarantineReason, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class CorrectionRecorded(Event):
    """The response of this id was delivered again with other content, as a correction (requirement A4).

    Attributes:
        response: The response, as it stands from then on.
        revision: Which revision of it, counted from 1.
        people: The people above the customer who were found, from top to bottom: ids and addresses.
        needs_recovery: Whether its score is at or below the threshold of the day.
        quarantined: Why it waits for repair; empty where it does not (requirement A6).
    """

    kind: ClassVar[str] = "correction_recorded"

    response: Response
    revision: int
    people: tuple[str, ...] = ()
    needs_recovery: bool
    quarantined: tuple[QuarantineReason, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class GroupChanged(Event):
    """An administrator moved the response to another group (requirement A8).

    Attributes:
        response: The response, as it stands from then on.
        revision: Which revision of it, counted from 1.
        note: The note of whoever moved it, or None.
    """

    kind: ClassVar[str] = "group_changed"

    response: Response
    revision: int
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class ResponseRepaired(Event):
    """A response left quarantine, with codes that the directory knows (requirement A6).

    Attributes:
        response: The response, as it stands from then on.
        revision: Which revision of it, counted from 1.
        is_routed: Whether the issue is given now to whom it would have gone; not where somebody else got it meanwhile.
        assignee: Who works it from then on, as before where it is not routed; None where nobody was found.
        rules: The names of the rules that acted, in order (requirement A9).
        alerted: Who is told of it by a rule, and sees it from then on: ids and bare addresses.
        tags: What rules marked it with.
        has_priority: Whether a rule raised its priority.
        is_quiet: Whether nobody but the assignee is told: it was repaired too late, or a rule says so.
        note: The note of whoever repaired it, or None.
    """

    kind: ClassVar[str] = "response_repaired"

    response: Response
    revision: int
    is_routed: bool
    assignee: str | None
    rules: tuple[str, ...] = ()
    alerted: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    has_priority: bool = False
    is_quiet: bool = False
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class Merged(Event):
    """Another issue of the same customer was merged into this one (requirement B15).

    Attributes:
        merged: The id of the other issue, which leads here from then on.
        up_to: How far its history counts: the number of its last event before the merge.
        history: That history, whole. A store may keep it in its own place alone and put it here again on reading.
        note: The note of whoever merged them, or None.
    """

    kind: ClassVar[str] = "merged"

    merged: str
    up_to: int
    history: tuple[Event, ...] = field(repr=False)
    note: Note | None = None


@frozen(kw_only=True, weakref_slot=False)
class MergedInto(Event):
    """The issue was merged into another one, and ends with this; all that was its own is the other's (B15).

    Attributes:
        into: The id of the issue that it leads to from then on.
    """

    kind: ClassVar[str] = "merged_into"

    into: str


EVENT_TYPES: tuple[type[Event], ...] = (
    IssueOpened,
    NoteAdded,
    StatusChanged,
    Reopened,
    Escalated,
    Reassigned,
    Followed,
    Unfollowed,
    RootCauseRecorded,
    LevelRaised,
    LimitReminded,
    CheckAsked,
    CheckAnswered,
    ReplacementRecorded,
    CorrectionRecorded,
    GroupChanged,
    ResponseRepaired,
    Merged,
    MergedInto,
)
"""Every kind of event, in the order in which the documentation lists them."""

RESPONSE_EVENTS = (IssueOpened, ReplacementRecorded, CorrectionRecorded, GroupChanged, ResponseRepaired)
"""The kinds that carry a response."""


def note_of(event: Event) -> Note | None:
    """Return the note that an event carries, or None."""
    return getattr(event, "note", None)
