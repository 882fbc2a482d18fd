"""Finding responses to write notes on, and going from one to the next, as values (requirement D4).

What is found stands in ``tracker.fornotes``.
"""

from __future__ import annotations

from datetime import date as day
from datetime import datetime
from typing import Any

from attrs import field, frozen

from resolutionkit.errors import InvalidFilter
from resolutionkit.model.issue import Issue
from resolutionkit.model.notes import NO_NOTES, NoteLog
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.results import Change
from resolutionkit.model.values import code, utc

WAYS = "exactly two of group, date and ticket; or start and end, for a report"


def _code(name: str) -> Any:
    return field(default=None, converter=lambda value: None if value is None else code(value, name, InvalidFilter))


def _instant(name: str) -> Any:
    return field(default=None, converter=lambda value: None if value is None else utc(value, name, InvalidFilter))


def _date(value: object) -> day | None:
    if value is None:
        return None
    if not isinstance(value, day) or isinstance(value, datetime):
        raise InvalidFilter("date", value, "a date, such as date(2026, 11, 20), or None")
    return value


@frozen(kw_only=True)
class NotesSearch:
    """Which responses to write notes on: by exactly two of group, date and ticket, or by a report (requirement D4).

    Attributes:
        group: The code of the response's group.
        date: The day on which it was received, in the account's zone.
        ticket: The ticket that it is about: that response, whatever its score, and no others beside it.
        start: The first instant of a report's window, in UTC.
        end: The first instant after it.
        recipient: The id of whose report it is; None for that of whoever searches.

    Raises:
        InvalidFilter: It is another combination, or the window is empty.
    """

    group: str | None = _code("group")
    date: day | None = field(default=None, converter=_date)
    ticket: str | None = _code("ticket")
    start: datetime | None = _instant("start")
    end: datetime | None = _instant("end")
    recipient: str | None = _code("recipient")

    def __attrs_post_init__(self) -> None:
        """Refuse a combination that says too little, or too much."""
        given = [name for name in ("group", "date", "ticket") if getattr(self, name) is not None]
        of_report = [name for name in ("start", "end", "recipient") if getattr(self, name) is not None]
        is_report = not given and self.start is not None and self.end is not None
        if not is_report and (len(given) != 2 or of_report):
            raise InvalidFilter("search", ", ".join([*given, *of_report]) or None, WAYS)
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise InvalidFilter("end", self.end, f"an instant after the start, {self.start.isoformat()}")


@frozen(kw_only=True)
class ForNotes:
    """A response to write a note on, and where it stands among those that were searched for.

    Attributes:
        search: What was searched for.
        record: The response with what was decided about it.
        issue: The issue that it belongs to; None where it needs no recovery and has no note yet.
        author: Whose name a note is signed with unless another is given (requirement B5).
        place: Which of them it is, counted from 1; None where it no longer is one of them, or was found by its ticket.
        count: How many there are; None where it was found by its ticket.
        previous: The id of the one before it, or None.
        next: The id of the one after it, or None.
    """

    search: NotesSearch
    record: ResponseRecord
    issue: Issue | None
    author: str
    place: int | None = None
    count: int | None = None
    previous: str | None = None
    next: str | None = None

    @property
    def response(self) -> Response:
        """Return the response."""
        return self.record.response

    @property
    def notes(self) -> NoteLog:
        """Return the note log, oldest first."""
        return NO_NOTES if self.issue is None else self.issue.notes


@frozen(kw_only=True)
class NotesSaved:
    """What saving did.

    Attributes:
        change: What happened to the issue; None where there was no note to save.
        found: The response that was gone to, as it is after that.
    """

    change: Change | None
    found: ForNotes
