"""An issue: an unhappy customer's case, folded from its events. What changes one stands in ``model.history``."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from resolutionkit.model.notes import NO_NOTES, NoteLog
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import Response
from resolutionkit.model.trusted import trusted


class Phase(StrEnum):
    """What a status means for the work, whatever the workflow calls it (requirement B1)."""

    OPEN = "open"
    ACTIVE = "active"
    CLOSED = "closed"


class Status(StrEnum):
    """The keys of the standard workflow's statuses; another workflow uses its own strings."""

    NEEDS_ATTENTION = "needs_attention"
    IN_PROGRESS = "in_progress"
    ESCALATED = "escalated"
    CANT_RESOLVE = "cant_resolve"
    NOT_AN_ISSUE = "not_an_issue"
    RESOLVED = "resolved"


@frozen(kw_only=True, weakref_slot=False)
class RootCause:
    """Why it came to this, as found on closing (requirement B11).

    Attributes:
        category: One of the policy's root causes.
        whys: The five whys, each the answer to the one before it; may be fewer.
        actions: What was done so that it does not happen again.
    """

    category: str
    whys: tuple[str, ...] = field(default=(), repr=False)  # a repr ends in logs
    actions: tuple[str, ...] = field(default=(), repr=False)


@frozen(kw_only=True, weakref_slot=False)
class Episode:
    """One round of work on an issue, from opening or reopening to closing (requirement B10).

    Figures are per episode, and those of an episode that was closed and followed by another never change.

    Attributes:
        number: Which round it is, counted from 1.
        opened_at: When it began.
        first_action_at: Its first note or status change by a person, or None so far.
        contacted_at: When the customer was first spoken to (the note's ``happened_at``), or None so far.
        closed_at: When it was closed, or None while it is not; a correction between closed statuses leaves it.
        closed_as: The status that it was closed with, the latest correction included, or None.
        asked_at: When it was asked after the closing whether the customer is satisfied, or None (requirement B16).
        satisfied: What was found out: True, False, or None while nobody has said.
    """

    number: int
    opened_at: datetime
    first_action_at: datetime | None = None
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    closed_as: str | None = None
    asked_at: datetime | None = None
    satisfied: bool | None = None


@frozen(kw_only=True, weakref_slot=False)
class Side:
    """One of several responses that an issue is about at once, since issues were merged (requirement B15).

    Attributes:
        response: The response, as it stands.
        revision: Which revision of it, counted from 1.
        people: The people above it who were found, from top to bottom: ids and addresses.
        needs_recovery: Whether its score is at or below the threshold of its day.
        quarantined: Why it waits for repair; empty where it does not (requirement A6).
    """

    response: Response
    revision: int
    people: tuple[str, ...]
    needs_recovery: bool
    quarantined: tuple[QuarantineReason, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class Issue:
    """One customer's case: the fold of its history.

    Attributes:
        id: Its id, a UUID of version 7.
        version: The number of its last event.
        status: The key of its status in the account's workflow, a plain str; compare with ``==``.
        phase: What that status means.
        response: The response that it is about now; of several, one that needs recovery.
        revision: Which revision of that response, counted from 1.
        responses: All the responses that it was ever about, in the order in which they were recorded.
        sides: The responses that it is about at once, where there are several since a merge; else none.
        assignee: Who works it: a person's id, a bare address, or None.
        followers: Who hears of its changes: ids and bare addresses, in the order in which they joined.
        people: The people above the customer who were found, from top to bottom: ids and addresses.
        alerted: Who was told of it by a rule, and sees it from then on: ids and bare addresses (requirement A9).
        tags: What rules marked it with; the customer's own tags are the response's.
        has_priority: Whether a rule raised its priority: among the most urgent it comes before those without (A9).
        notes: The note log, oldest first.
        episodes: Its rounds of work, the current one last.
        level: The level of escalation; 0 until it climbs.
        accountable: Who answers for the levels that it has reached in this round of work, and sees it: ids and bare
            addresses, in the order in which they were called in (requirement B9).
        needs_recovery: Whether its present response is at or below the threshold of its day.
        backfilled: Whether it was opened from old data: nobody told, no limits (requirement A11).
        flagged_by_hand: Whether a person opened it (requirement A7).
        escalated_at: When it was last escalated, or None.
        escalated_to: Who was called in by the last escalation, and sees the issue from then on; or None.
        escalated_by: Who escalated it, while it ranks above all others (requirement B8); else None.
        root_cause: Why it came to this, or None.
        quarantined: Why its present response waits for repair; empty where it does not (requirement A6).
        awaits_routing: Whether it was only given to the account's leader until its response is repaired.
        is_unannounced: Whether it opened in quarantine, and its people are told of it once its response is repaired.
        merged: The ids of the issues that were merged into it, and of those merged into them before.
        merged_into: The id of the issue that it was merged into, or None. Nobody meets such a one: its id leads there.
        changed_at: When its last event happened.
    """

    id: str
    version: int
    status: str
    phase: Phase
    response: Response
    revision: int = 1
    responses: tuple[Response, ...]
    assignee: str | None
    followers: tuple[str, ...]
    people: tuple[str, ...] = ()
    alerted: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    has_priority: bool = False
    notes: NoteLog = NO_NOTES
    episodes: tuple[Episode, ...]
    level: int = 0
    accountable: tuple[str, ...] = ()
    needs_recovery: bool
    backfilled: bool
    flagged_by_hand: bool
    escalated_at: datetime | None = None
    escalated_to: str | None = None
    escalated_by: str | None = None
    root_cause: RootCause | None = None
    quarantined: tuple[QuarantineReason, ...] = ()
    awaits_routing: bool = False
    is_unannounced: bool = False
    sides: tuple[Side, ...] = ()
    merged: tuple[str, ...] = ()
    merged_into: str | None = None
    changed_at: datetime

    def __repr__(self) -> str:
        """Show what is not personal: a repr ends in logs."""
        return f"<Issue {self.id}: {self.status}, version {self.version}>"

    def _repr_html_(self) -> str:
        """Show the issue in a notebook as a card with its timeline, personal data included."""
        from resolutionkit.model.cards import issue_card

        return issue_card(self)

    @property
    def is_open(self) -> bool:
        """Say whether it is not closed; ``phase`` is narrower."""
        return self.phase is not Phase.CLOSED

    @property
    def is_urgent(self) -> bool:
        """Say whether it was escalated and nobody but the escalator has acted since."""
        return self.escalated_by is not None

    @property
    def episode(self) -> int:
        """Return the number of the current round of work, counted from 1."""
        return len(self.episodes)

    @property
    def opened_at(self) -> datetime:
        """Return when the issue was opened first."""
        return self.episodes[0].opened_at

    @property
    def closed_at(self) -> datetime | None:
        """Return when the current round was closed, or None."""
        return self.episodes[-1].closed_at

    @property
    def note_count(self) -> int:
        """Return how many notes it has."""
        return len(self.notes)

    @property
    def has_spoken(self) -> bool:
        """Say whether the customer was spoken to at least once."""
        return self.notes.has_spoken


@frozen(kw_only=True, weakref_slot=False)
class IssueLine:
    """An issue as a list shows it: the same names as :class:`Issue`, without notes, followers and history.

    Attributes:
        id: Its id, a UUID of version 7.
        version: The number of its last event.
        status: The key of its status in the account's workflow.
        phase: What that status means.
        response: The response that it is about now.
        assignee: Who works it: a person's id, a bare address, or None.
        level: The level of escalation; 0 until it climbs.
        needs_recovery: Whether its present response is at or below the threshold of its day.
        backfilled: Whether it was opened from old data (requirement A11).
        is_urgent: Whether it was escalated and nobody but the escalator has acted since (requirement B8).
        has_priority: Whether a rule raised its priority (requirement A9).
        episode: The number of the current round of work, counted from 1.
        opened_at: When it was opened first.
        closed_at: When the current round was closed, or None.
        changed_at: When its last event happened.
        due_at: The earliest instant at which something that is not done is, or was, due (requirement D7), by the
            policy in force when the issue last changed; None where no limit runs.
        note_count: How many notes it has.
        has_spoken: Whether the customer was spoken to at least once.
    """

    id: str
    version: int
    status: str
    phase: Phase
    response: Response
    assignee: str | None
    level: int
    needs_recovery: bool
    backfilled: bool
    is_urgent: bool
    has_priority: bool
    episode: int
    opened_at: datetime
    closed_at: datetime | None
    changed_at: datetime
    due_at: datetime | None
    note_count: int
    has_spoken: bool

    @property
    def is_open(self) -> bool:
        """Say whether it is not closed; ``phase`` is narrower."""
        return self.phase is not Phase.CLOSED


_line = trusted(IssueLine)


def line_of(issue: Issue, due_at: datetime | None = None) -> IssueLine:
    """Return an issue as a list shows it."""
    return _line(
        id=issue.id,
        version=issue.version,
        status=issue.status,
        phase=issue.phase,
        response=issue.response,
        assignee=issue.assignee,
        level=issue.level,
        needs_recovery=issue.needs_recovery,
        backfilled=issue.backfilled,
        is_urgent=issue.is_urgent,
        has_priority=issue.has_priority,
        episode=issue.episode,
        opened_at=issue.opened_at,
        closed_at=issue.closed_at,
        changed_at=issue.changed_at,
        due_at=due_at,
        note_count=issue.note_count,
        has_spoken=issue.has_spoken,
    )
