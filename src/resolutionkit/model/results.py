"""What commands answer with: what changed, what to think of it, and how many came out how."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from resolutionkit.errors import ResolutionKitError
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.response import Response
from resolutionkit.model.scale import Category, Score


class AdviceCode(StrEnum):
    """What a piece of advice is about."""

    UNUSUAL_MOVE = "unusual_move"
    NO_EARLIER_NOTES = "no_earlier_notes"
    SHORT_NOTE = "short_note"
    NOBODY_TOLD = "nobody_told"
    NOTE_NOT_KEPT = "note_not_kept"


@frozen
class Advice:
    """Something that was done, though the process would have it otherwise (requirement B3).

    Attributes:
        code: What it is about.
        message: The advice in words.
    """

    code: AdviceCode
    message: str


@frozen(kw_only=True, weakref_slot=False)
class Change:
    """What a command on an issue did.

    Attributes:
        issue: The issue after it.
        events: What happened, in order; empty where everything was so already.
        advice: What the process would have otherwise.
        is_repetition: Whether the command had been done before under its key, so that nothing was done now; it
            answers as it did then, and the two answers are equal.
    """

    issue: Issue
    events: tuple[Event, ...] = ()
    advice: tuple[Advice, ...] = ()
    is_repetition: bool = field(default=False, eq=False)


@frozen(kw_only=True, weakref_slot=False)
class ResponseChange:
    """What a command on a response did: moving it, or repairing it (requirements A6, A8).

    Attributes:
        response: The response after it.
        issue: The issue that it belongs to, after it; None where it has none.
        events: What happened to that issue, in order; empty where everything was so already.
        advice: What the process would have otherwise.
        is_repetition: Whether the command had been done before under its key; it answers as it did then.
    """

    response: Response
    issue: Issue | None = None
    events: tuple[Event, ...] = ()
    advice: tuple[Advice, ...] = ()
    is_repetition: bool = field(default=False, eq=False)


class Outcome(StrEnum):
    """What became of a response: the first of these that fits."""

    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    REOPENED = "reopened"
    OPENED = "opened"
    REPLACED = "replaced"
    STORED = "stored"


@frozen(kw_only=True, weakref_slot=False)
class Recorded:
    """What recording a response did.

    Attributes:
        outcome: What became of the response.
        issue: The issue that it belongs to, or None.
        events: What happened to that issue, in order.
        replaced: The id of the response whose place it took, or None.
        quarantined: Whether it waits for repair, since its group or segment is unknown or missing (requirement A6).
    """

    outcome: Outcome
    issue: Issue | None = None
    events: tuple[Event, ...] = ()
    replaced: str | None = None
    quarantined: bool = False


@frozen(kw_only=True)
class Rejection:
    """One input of many that was refused.

    Attributes:
        index: Its place in the input, counted from 0.
        response_id: Its id, or None where it has none.
        error: Why it was refused.
    """

    index: int
    response_id: str | None
    error: ResolutionKitError


@frozen(kw_only=True)
class RecordedMany:
    """What recording many responses did.

    Attributes:
        counts: How many came out how; every outcome is a key.
        rejected: The refused ones, in order.
        issues_opened: How many new issues there are.
        issues_backfilled: How many of those are backfilled.
    """

    counts: Mapping[Outcome, int]
    rejected: tuple[Rejection, ...] = ()
    issues_opened: int = 0
    issues_backfilled: int = 0

    @property
    def recorded(self) -> int:
        """Return how many responses were taken in, duplicates included."""
        return sum(self.counts.values())


@frozen(kw_only=True)
class Erased:
    """What erasing did (requirement F7); everything is 0 where nothing was found.

    Attributes:
        responses: How many responses lost all but their id, score, instants and codes.
        issues: How many issues lost the words of their notes, reasons and root causes.
        mentions: How many responses, issues and preferences of others lost an address that stood in them, and nothing
            else.
        addresses: How many bare addresses were replaced, in every place that names them.
        left: How many open issues, by age due, were left as they are.
    """

    responses: int = 0
    issues: int = 0
    mentions: int = 0
    addresses: int = 0
    left: int = 0


@frozen(kw_only=True)
class ChangeOrRefusal:
    """What happened to one issue of many (requirement B12): exactly one of the two is there.

    Attributes:
        issue_id: The issue.
        change: What was done, or None.
        error: Why nothing was done, or None.
    """

    issue_id: str
    change: Change | None = None
    error: ResolutionKitError | None = None

    @property
    def is_done(self) -> bool:
        """Say whether it was done."""
        return self.change is not None


@frozen(kw_only=True)
class ResponseChangeOrRefusal:
    """What happened to one response of many (requirements A8, B12): exactly one of the two is there.

    Attributes:
        response_id: The response.
        change: What was done, or None.
        error: Why nothing was done, or None.
    """

    response_id: str
    change: ResponseChange | None = None
    error: ResolutionKitError | None = None

    @property
    def is_done(self) -> bool:
        """Say whether it was done."""
        return self.change is not None


@frozen(kw_only=True)
class Demands:
    """What a move refuses to go without.

    Attributes:
        note: Whether a note.
        reason: Whether a reason in words.
    """

    note: bool = False
    reason: bool = False


@frozen(kw_only=True)
class LegalMove:
    """One thing that can be done to an issue now (requirement B3).

    Attributes:
        command: The method to call: ``set_status``, ``escalate`` or ``reopen``.
        status: The key of the status that it leads to.
        label: What that status is called.
        action: What setting it is called, as a button has it.
        guidance: When to use it.
        demands: What it refuses to go without.
        advice: What would be advised against it now.
    """

    command: str
    status: str
    label: str
    action: str
    guidance: str
    demands: Demands
    advice: tuple[Advice, ...] = ()


@frozen(kw_only=True, weakref_slot=False)
class Classification:
    """What a response's score means under a policy (requirements A1, A2).

    Attributes:
        response: The response with its score as the scale keeps it.
        scale: The name of the scale in force.
        category: The band of the score.
        threshold: The recovery threshold in force.
        needs_recovery: Whether the score is at or below it.
        opens_issue: Whether the response becomes an issue: it needs recovery, or the customer asked to be
            contacted and the policy opens an issue for that.
    """

    response: Response = field(repr=False)
    scale: str
    category: Category
    threshold: Score
    needs_recovery: bool
    opens_issue: bool
