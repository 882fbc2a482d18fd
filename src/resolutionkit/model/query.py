"""Questions and answers: filters, orders, pages, and how far a person sees. Stores answer them all alike (L7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from resolutionkit.errors import InvalidFilter
from resolutionkit.model.issue import Issue, IssueLine, Phase
from resolutionkit.model.notes import NO_NOTES, NoteLog
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.scale import Score, number
from resolutionkit.model.values import LINE_MAX, code, collected, flag, optional_text, utc

PAGE_LIMIT = 1000
"""The most lines that one page may have."""
COUNT_FLOOR = 10_000
"""How far closed issues are counted exactly; beyond it the count is a floor (requirement D1)."""

NOT_CLOSED = frozenset({Phase.OPEN, Phase.ACTIVE})

T_co = TypeVar("T_co", covariant=True)


class Order(StrEnum):
    """In which order a list runs (requirement D1).

    ``NEWEST``: by when the response was received, latest first, then by id, greatest first.

    ``MOST_URGENT``: those that were escalated and on which nobody but the escalator has acted since; then those whose
    priority a rule raised, also among the escalated; then what is due earliest; then the oldest; then by id.
    """

    NEWEST = "newest"
    MOST_URGENT = "most_urgent"


class RecoveryFilter(StrEnum):
    """The recovery filters of requirement D3, under the letters that reports use for them.

    ``ALL`` (y): every response, with its notes. ``NEEDING_RECOVERY`` (r): the score is at or below the threshold.
    ``WITHOUT_NOTES`` (x): needing recovery, and nobody wrote a note. ``WITH_NOTES`` (w): somebody did, whatever the
    score. ``NEVER_SPOKEN`` (v): with notes, none of which says that the customer was spoken to. ``SPOKEN`` (s): one
    does. ``NOTES_HIDDEN`` (n): every response, without its notes.
    """

    ALL = "y"
    NEEDING_RECOVERY = "r"
    WITHOUT_NOTES = "x"
    WITH_NOTES = "w"
    NEVER_SPOKEN = "v"
    SPOKEN = "s"
    NOTES_HIDDEN = "n"

    @classmethod
    def _missing_(cls, value: object) -> RecoveryFilter:
        letters = ", ".join(f"{one.value} ({one.name.lower()})" for one in cls)
        raise InvalidFilter("recovery", value, f"one of {letters}")

    @property
    def shows_notes(self) -> bool:
        """Say whether notes are shown: only ``n`` hides them."""
        return self is not RecoveryFilter.NOTES_HIDDEN

    def admits(self, *, needs_recovery: bool, note_count: int, has_spoken: bool) -> bool:
        """Say whether something with these facts passes."""
        match self:
            case RecoveryFilter.NEEDING_RECOVERY:
                return needs_recovery
            case RecoveryFilter.WITHOUT_NOTES:
                return needs_recovery and not note_count
            case RecoveryFilter.WITH_NOTES:
                return note_count > 0
            case RecoveryFilter.NEVER_SPOKEN:
                return note_count > 0 and not has_spoken
            case RecoveryFilter.SPOKEN:
                return has_spoken
            case _:
                return True


def _phases(value: Iterable[Phase] | None) -> frozenset[Phase] | None:
    if value is None:
        return None
    try:
        return frozenset(Phase(str(one)) for one in collected(value, "phases", InvalidFilter, lambda one, _p, _e: one))
    except ValueError as problem:
        raise InvalidFilter("phases", value, f"some of {', '.join(Phase)}") from problem


def _codes(name: str) -> Any:
    def convert(value: object) -> frozenset[str] | None:
        return None if value is None else frozenset(collected(value, name, InvalidFilter, code))

    return field(default=None, converter=convert)


def _code(name: str) -> Any:
    # A blank code would ask nothing where somebody asked for one: it is refused.
    return field(default=None, converter=lambda value: None if value is None else code(value, name, InvalidFilter))


def _line(name: str) -> Any:
    def convert(value: str | None) -> str | None:
        checked = optional_text(value, name, InvalidFilter, LINE_MAX)
        if checked is not None and not checked.strip():
            raise InvalidFilter(name, value, "some characters, or None")
        return checked

    return field(default=None, converter=convert)


def _instant(name: str) -> Any:
    return field(default=None, converter=lambda value: None if value is None else utc(value, name, InvalidFilter))


def _score(name: str) -> Any:
    def convert(value: object) -> Score | None:
        try:
            return None if value is None else number(value)
        except ValueError as problem:
            raise InvalidFilter(name, value, "a number, or None") from problem

    return field(default=None, converter=convert)


def _bool(name: str) -> Any:
    def convert(value: object) -> bool | None:
        if value is None or value is True or value is False:
            return value
        raise InvalidFilter(name, value, "True, False or None")

    return field(default=None, converter=convert)


def _with_replaced(value: bool) -> bool:
    return flag(value, "with_replaced", InvalidFilter)


def _recovery(value: RecoveryFilter | str) -> RecoveryFilter:
    return RecoveryFilter(value)


@frozen(kw_only=True)
class IssueFilter:
    """Which issues to list; every condition that is given must hold, and None asks nothing.

    Attributes:
        phases: Any of these phases.
        statuses: Any of these statuses.
        assignee: Assigned to this person, by id or email address, or to this bare address.
        follower: Followed by this person, by id or email address, or by this bare address.
        groups: The response's group is any of these.
        survey: The response's survey.
        segment: The response's segment.
        ticket: The response's ticket.
        email: The contact's email address, whatever its case.
        company: The contact's company, exactly.
        score_min: The score is at least this.
        score_max: The score is at most this.
        received_from: Received at this instant or later.
        received_before: Received before this instant.
        needs_recovery: Whether it needs recovery now.
        backfilled: Whether it was opened from old data.
        recovery: A recovery filter (requirement D3).
    """

    phases: frozenset[Phase] | None = field(default=None, converter=_phases)
    statuses: frozenset[str] | None = _codes("statuses")
    assignee: str | None = _code("assignee")
    follower: str | None = _code("follower")
    groups: frozenset[str] | None = _codes("groups")
    survey: str | None = _code("survey")
    segment: str | None = _code("segment")
    ticket: str | None = _code("ticket")
    email: str | None = _line("email")
    company: str | None = _line("company")
    score_min: Score | None = _score("score_min")
    score_max: Score | None = _score("score_max")
    received_from: datetime | None = _instant("received_from")
    received_before: datetime | None = _instant("received_before")
    needs_recovery: bool | None = _bool("needs_recovery")
    backfilled: bool | None = _bool("backfilled")
    recovery: RecoveryFilter = field(default=RecoveryFilter.ALL, converter=_recovery)


@frozen(kw_only=True)
class ResponseFilter:
    """Which responses to list; every condition that is given must hold, and None asks nothing.

    Attributes:
        recovery: A recovery filter (requirement D3).
        groups: The group is any of these.
        survey: The survey.
        segment: The segment.
        ticket: The ticket.
        email: The contact's email address, whatever its case.
        company: The contact's company, exactly.
        received_from: Received at this instant or later.
        received_before: Received before this instant.
        with_replaced: Whether to list those too in whose place another stands (requirement A5).
        quarantined: Whether it waits for repair (requirement A6).
    """

    recovery: RecoveryFilter = field(default=RecoveryFilter.ALL, converter=_recovery)
    groups: frozenset[str] | None = _codes("groups")
    survey: str | None = _code("survey")
    segment: str | None = _code("segment")
    ticket: str | None = _code("ticket")
    email: str | None = _line("email")
    company: str | None = _line("company")
    received_from: datetime | None = _instant("received_from")
    received_before: datetime | None = _instant("received_before")
    with_replaced: bool = field(default=False, converter=_with_replaced)
    quarantined: bool | None = _bool("quarantined")


@frozen(kw_only=True)
class ResponseLine:
    """A response as the responses table shows it (requirement D5).

    Attributes:
        record: The response and what was decided about it.
        issue: The issue that it belongs to, or None.
        notes: That issue's note log; empty where notes are hidden.
    """

    record: ResponseRecord
    issue: IssueLine | None = None
    notes: NoteLog = NO_NOTES

    @property
    def id(self) -> str:
        """Return the response's id."""
        return self.record.response.id

    @property
    def comment(self) -> str:
        """Return the customer's comment with the latest note appended, or either, or an empty string."""
        comment = self.record.response.comment or ""
        return "\n".join(part for part in (comment, str(self.notes[-1]) if self.notes else "") if part)


@frozen(kw_only=True)
class Scope:
    """How far somebody sees: the one value that every query is bounded by (requirement D2).

    Attributes:
        everything: Whether there is no bound.
        groups: The codes of the groups that are seen.
        person: The person whose own issues are seen, or None for the account-wide view.
    """

    everything: bool = False
    groups: frozenset[str] = frozenset()
    person: str | None = None

    def sees_issue(self, issue: Issue) -> bool:
        """Say whether an issue lies within it: by its group, or as the person's own."""
        if self.everything or issue.response.group in self.groups:
            return True
        who = self.person
        own = (issue.assignee, issue.escalated_to, *issue.followers, *issue.people, *issue.alerted, *issue.accountable)
        return who is not None and who in own

    def sees_response(self, record: ResponseRecord, issue: Issue | None) -> bool:
        """Say whether a response lies within it; one that belongs to an issue is seen with that issue."""
        if issue is not None:
            return self.sees_issue(issue)
        return self.everything or record.response.group in self.groups or self.person in record.people


ACCOUNT_WIDE = Scope(everything=True)
"""The view of the account-wide tracker."""


@frozen(kw_only=True)
class IssueQuery:
    """A question for one page of issues.

    Attributes:
        scope: How far the asking person sees.
        filter: Which issues.
        order: In which order.
        limit: At most how many.
        after: The sort key of the last line of the page before, or None.
    """

    scope: Scope
    filter: IssueFilter
    order: Order
    limit: int
    after: tuple[int | str, ...] | None = None


@frozen(kw_only=True)
class ResponseQuery:
    """A question for one page of responses, newest first.

    Attributes:
        scope: How far the asking person sees.
        filter: Which responses.
        limit: At most how many.
        after: The sort key of the last line of the page before, or None.
    """

    scope: Scope
    filter: ResponseFilter
    limit: int
    after: tuple[int | str, ...] | None = None


@frozen(kw_only=True)
class Page(Generic[T_co]):
    """One page of a list.

    Attributes:
        items: Its lines, in order.
        next: The cursor of the page after it, or None at the end. It is bound to the account, the person, the
            filter and the order.
    """

    items: tuple[T_co, ...]
    next: str | None = None

    def __iter__(self) -> Iterator[T_co]:
        """Iterate over the lines."""
        return iter(self.items)

    def __len__(self) -> int:
        """Return how many lines it has."""
        return len(self.items)

    def _repr_html_(self) -> str | None:
        """Show the lines in a notebook as a table; None, which means the plain form, for lines of another kind."""
        from resolutionkit.model.listings import page_view

        issues = [one for one in self.items if isinstance(one, IssueLine)]
        responses = [one for one in self.items if isinstance(one, ResponseLine)]
        is_known = len(issues) + len(responses) == len(self)
        return page_view(issues, responses, more=self.next is not None) if is_known else None


@frozen(kw_only=True)
class Counts:
    """How many issues are in each section of My Issues (requirement D1); the sections overlap.

    Attributes:
        flagged: In the open phase.
        working: Active and assigned to the person.
        followed: Followed by the person and not closed.
        open: Not closed.
        closed: Closed; exact up to 10,000, beyond it a floor.
        closed_is_floor: Whether there are more closed ones than ``closed`` says.
        mine: Not closed and assigned to the person.
    """

    flagged: int
    working: int
    followed: int
    open: int
    closed: int
    closed_is_floor: bool
    mine: int
