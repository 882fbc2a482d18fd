"""Finding responses to write notes on, within what somebody may see; and saving a note on one (requirements D4, B5).

Who may see neither a response nor what became of it is told of neither: it is not found, like one that never was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from resolutionkit.errors import InvalidCommand, ResponseNotFound
from resolutionkit.model.commands import AddNote, Command, Flag, words
from resolutionkit.model.conflicts import ResponseHasIssue, ResponseMoved, ResponseReplaced
from resolutionkit.model.fornotes import ForNotes, NotesSearch
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.query import PAGE_LIMIT, RecoveryFilter, ResponseFilter, ResponseLine, ResponseQuery, Scope
from resolutionkit.model.response import Response, ResponseRecord, Standing
from resolutionkit.model.results import Change
from resolutionkit.model.sortkeys import response_key as key_of
from resolutionkit.ports import UnitOfWork
from resolutionkit.tracker.periods import day_of
from resolutionkit.tracker.pipeline import AccountSettings

STAY, PREVIOUS, NEXT = "stay", "previous", "next"
STEPS = (STAY, PREVIOUS, NEXT)
"""Where to go once a note is saved."""


@frozen(kw_only=True)
class Finder:
    """Finds responses to write notes on, in one transaction.

    Attributes:
        unit: The transaction.
        scope: How far whoever searches may see.
        settings: The account's policy and directory.
        search: What is searched for.
        author: Whose name notes are signed with.
    """

    unit: UnitOfWork
    scope: Scope
    settings: AccountSettings
    search: NotesSearch
    author: str

    def find(self, at: str | None = None) -> ForNotes:
        """Return a response of those that are searched for.

        Args:
            at: The id of the one that is meant, or None for the first.

        Raises:
            ResponseNotFound: There is none.
            ResponseReplaced: The one that is meant was replaced since.
            ResponseMoved: The one that is meant is in another group by now.
        """
        if self.search.ticket is not None:
            return self._found(self._by_ticket(self.search.ticket))
        lines = self.lines()
        if at is None:
            if not lines:
                raise ResponseNotFound(self._told())
            return self._among(lines[0].record, lines)
        listed = next((line.record for line in lines if line.id == at), None)
        return self._among(listed or self._unlisted(at), lines)

    def beside(self, found: ForNotes, step: str) -> ForNotes:
        """Return where a step leads from a response, as it is now; the same one where there is none that way."""
        if self.search.ticket is not None:
            return self.find()
        lines, own = self.lines(), key_of(found.record)
        if step == PREVIOUS:
            there = next((line.record for line in reversed(lines) if key_of(line.record) < own), None)
        else:
            there = next((line.record for line in lines if step == NEXT and key_of(line.record) > own), None)
        return self.find(found.record.id) if there is None else self._among(there, lines)

    def issues(self) -> list[str]:
        """Return the ids of the issues of all that is searched for, each once; none where nothing is found."""
        if self.search.ticket is None:
            return list(dict.fromkeys(line.record.issue for line in self.lines() if line.record.issue is not None))
        try:
            found = self.find().record.issue
        except ResponseNotFound:
            return []
        return [] if found is None else [found]

    def lines(self) -> list[ResponseLine]:
        """Return the responses of a group's day, or of a report, that need recovery, in the order of receipt."""
        start, end = self._window()
        first = start
        if self.search.start is not None:
            first = start - self.settings.policy.announce_within  # what was recorded late is told in a later report
        condition = ResponseFilter(
            recovery=RecoveryFilter.NEEDING_RECOVERY,
            groups=self._groups(),
            received_from=first,
            received_before=end,
            quarantined=None if self.search.start is None else False,  # no report has what is in quarantine
        )
        found = [line for line in self._pages(condition) if line.record.erased_at is None]
        return [line for line in reversed(found) if line.record.response.received_at >= start or _late(line, start)]

    def _pages(self, condition: ResponseFilter) -> Iterator[ResponseLine]:
        after: tuple[int | str, ...] | None = None
        while True:
            query = ResponseQuery(scope=self.scope, filter=condition, limit=PAGE_LIMIT, after=after)
            lines = self.unit.responses(query)
            yield from lines
            if len(lines) < PAGE_LIMIT:
                return
            after = key_of(lines[-1].record)

    def _window(self) -> tuple[datetime, datetime]:
        if self.search.start is not None and self.search.end is not None:
            return self.search.start, self.search.end
        return day_of(self.search.date, self.settings.policy.zone)

    def _groups(self) -> frozenset[str]:
        if self.search.group is not None:
            return frozenset({self.search.group})
        who = self.search.recipient or self.scope.person
        person = None if who is None else self.settings.directory.person(who)
        return frozenset(() if person is None else self.settings.directory.groups_of(person.id))

    def _told(self) -> str:
        """Return what was searched for, in words."""
        search = self.search
        if search.ticket is not None:
            return f"of ticket {search.ticket}"
        if search.date is not None:
            return f"of {search.group} on {search.date.isoformat()}"
        return f"of the report from {search.start:%Y-%m-%d %H:%M} to {search.end:%Y-%m-%d %H:%M} UTC"

    # --- by ticket ---------------------------------------------------------------------------------------------------

    def _by_ticket(self, ticket: str) -> ResponseRecord:
        """Return the response of a ticket; of several surveys', the one received last."""
        every = [line.record for line in self._pages(ResponseFilter(ticket=ticket, with_replaced=True))]
        fitting = [one for one in every if self._fits(one)]
        standing = next((one for one in fitting if one.standing is Standing.CURRENT), None)
        if standing is not None:
            return standing
        if fitting:
            raise self._replaced(fitting[0])
        for one in every if self.search.group is not None else ():
            if one.standing is Standing.CURRENT:
                self._check_moved(one)
        raise ResponseNotFound(self._told())

    def _fits(self, record: ResponseRecord) -> bool:
        return self.search.group in {None, record.response.group} and self._is_of_that_day(record)

    def _is_of_that_day(self, record: ResponseRecord) -> bool:
        if self.search.date is None:
            return True
        start, end = day_of(self.search.date, self.settings.policy.zone)
        return start <= record.response.received_at < end

    # --- by group and day, or by report ------------------------------------------------------------------------------

    def _unlisted(self, response_id: str) -> ResponseRecord:
        """Return a response that is not among those that need recovery: closer looked at, it may be somewhere else."""
        record = self.unit.response(response_id)
        if record is None or not self.sees(record) or record.erased_at is not None:
            raise ResponseNotFound(response_id)
        if record.standing is not Standing.CURRENT:
            raise self._replaced(record)
        self._check_moved(record)
        start, end = self._window()
        if record.response.group not in self._groups() or not start <= record.response.received_at < end:
            raise ResponseNotFound(response_id)
        return record

    def _among(self, record: ResponseRecord, lines: Sequence[ResponseLine]) -> ForNotes:
        own, keys = key_of(record), [key_of(line.record) for line in lines]
        before = [line.id for line, key in zip(lines, keys, strict=True) if key < own]
        after = [line.id for line, key in zip(lines, keys, strict=True) if key > own]
        return self._found(
            record,
            place=keys.index(own) + 1 if own in keys else None,
            count=len(lines),
            previous=before[-1] if before else None,
            next=after[0] if after else None,
        )

    # --- what became of it -------------------------------------------------------------------------------------------

    def sees(self, record: ResponseRecord) -> bool:
        """Say whether whoever searches may see a response."""
        return self.scope.sees_response(record, self._issue(record))

    def _issue(self, record: ResponseRecord) -> Issue | None:
        history = self.unit.history(record.issue) if record.issue is not None else ()
        return replay(history) if history else None

    def _replaced(self, record: ResponseRecord) -> ResponseReplaced | ResponseNotFound:
        """Return what is to be said of a response in whose place another stands, which may be out of sight."""
        standing = self._standing_for(record)
        if standing is None or not self.sees(standing):
            return ResponseNotFound(record.id)
        return ResponseReplaced(record.id, standing.id)

    def _standing_for(self, record: ResponseRecord) -> ResponseRecord | None:
        """Return the response that stands in the place of another by now: that, too, may have been replaced."""
        ticket = record.response.ticket
        return None if ticket is None else self.unit.standing(record.response.survey, ticket)

    def _check_moved(self, record: ResponseRecord) -> None:
        """Refuse a response that was in a group of those that are searched for, and is in another."""
        groups, now = self._groups(), record.response.group
        if now in groups:
            return
        before = next((one.group for one in reversed(self._revisions(record)) if one.group in groups), None)
        if before is not None:
            raise ResponseMoved(record.id, before, now)

    def _revisions(self, record: ResponseRecord) -> Sequence[Response]:
        """Return what a response was before: from the store where it tells, else as far as its issue's history does."""
        told: Callable[[str], Sequence[Response]] | None = getattr(self.unit, "revisions", None)
        if told is not None:
            return told(record.id)
        history = self.unit.history(record.issue) if record.issue is not None else ()
        said = (getattr(event, "response", None) for event in history)
        return [one for one in said if isinstance(one, Response) and one.id == record.id]

    def check_as_found(self, found: ForNotes) -> None:
        """Refuse a response that is no longer what was found.

        Raises:
            ResponseNotFound: It lies out of sight by now, or was erased.
            ResponseReplaced: Another stands in its place.
            ResponseMoved: It is in another group.
        """
        record = self.unit.response(found.record.id)
        if record is None or record.erased_at is not None or not self.sees(record):
            raise ResponseNotFound(found.record.id)
        if record.standing is not Standing.CURRENT:
            raise self._replaced(record)
        before, now = found.response.group, record.response.group
        if before is not None and before != now:
            raise ResponseMoved(record.id, before, now)

    def _found(
        self,
        record: ResponseRecord,
        *,
        place: int | None = None,
        count: int | None = None,
        previous: str | None = None,
        next: str | None = None,  # noqa: A002  (what it is called in the value)
    ) -> ForNotes:
        return ForNotes(
            search=self.search,
            record=record,
            issue=self._issue(record),
            author=self.author,
            place=place,
            count=count,
            previous=previous,
            next=next,
        )


def _late(line: ResponseLine, start: datetime) -> bool:
    """Say whether a response came in late, and is told in the window that begins then."""
    is_old = line.issue is not None and line.issue.backfilled
    return line.record.recorded_at >= start and not is_old


def step_of(go: object) -> str:
    """Return where to go.

    Raises:
        InvalidCommand: It is none of them.
    """
    if go not in STEPS:
        raise InvalidCommand("go", go, f"one of {', '.join(STEPS)}")
    return str(go)


@frozen(kw_only=True)
class Words:
    """A note to save.

    Attributes:
        note: What was done or said; blank for nothing.
        spoke: Whether the customer was spoken to.
        happened_at: When the contact took place, or None for now.
        author: The name to sign with, or None for whoever writes.
        key: A key under which it is saved once, or None.
    """

    note: str | None
    spoke: bool = False
    happened_at: datetime | None = None
    author: str | None = None
    key: str | None = None

    @property
    def is_blank(self) -> bool:
        """Say whether there is nothing to save."""
        return words(self.note, "note") is None


def save(found: ForNotes, said: Words, do: Callable[[Command], Change]) -> Change | None:
    """Save a note on a response, if there is one; a note on a response without an issue makes it one (A7).

    Args:
        found: The response, as it was found.
        said: The note.
        do: Carries out a command.
    """
    if said.is_blank:
        return None
    given: dict[str, Any] = {
        "note": said.note,
        "spoke": said.spoke,
        "happened_at": said.happened_at,
        "author": said.author,
        "key": said.key,
    }
    if found.issue is not None:
        return do(AddNote(issue=found.issue.id, **given))
    try:
        return do(Flag(response=found.record.id, **given))
    except ResponseHasIssue as problem:  # somebody else made it one meanwhile
        return do(AddNote(issue=problem.issue_id, **given))
