"""What happened to an issue, an event a line, in words: one table of the kinds of event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from resolutionkit.cli.document import Cell, Column, Role, Styled, Table
from resolutionkit.cli.settings import Session
from resolutionkit.model.events import (
    CorrectionRecorded,
    Escalated,
    Event,
    Followed,
    IssueOpened,
    NoteAdded,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    RootCauseRecorded,
    StatusChanged,
    Unfollowed,
    note_of,
)

_COLUMNS = (
    Column("No.", is_number=True),
    Column("When"),
    Column("Who", stacked=1, prefix="by "),
    Column("What", wraps=True),
)


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant to the minute in the account's zone, which is named."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _opened(event: IssueOpened, session: Session) -> str:
    how = " by hand" if event.flagged_by_hand else " from old data" if event.backfilled else ""
    followers = f", followed by {', '.join(map(session.name_of, event.followers))}" if event.followers else ""
    where = f"opened{how} in {session.label_of(event.status)!s}, assigned to {session.name_of(event.assignee)}"
    return where + followers


def _escalated(event: Escalated, session: Session) -> str:
    kind = f" ({event.reason_kind})" if event.reason_kind else ""
    return f"escalated to {session.name_of(event.to)}{kind}: {event.reason}"


def _root_cause(event: RootCauseRecorded, _session: Session) -> str:
    cause = event.root_cause
    whys = [f"why: {why}" for why in cause.whys]
    return "; ".join([f"root cause: {cause.category}", *whys, *(f"action: {one}" for one in cause.actions)])


_SAID: Mapping[type[Event], Callable[[Any, Session], str]] = {
    IssueOpened: _opened,
    NoteAdded: lambda _event, _session: "note",
    StatusChanged: lambda event, session: f"status {session.label_of(event.status)}",
    Reopened: lambda event, session: f"reopened to {session.label_of(event.status)}",
    Escalated: _escalated,
    Reassigned: lambda event, session: f"assigned to {session.name_of(event.assignee)}",
    Followed: lambda event, session: f"{session.name_of(event.follower)} follows",
    Unfollowed: lambda event, session: f"{session.name_of(event.follower)} follows no longer",
    RootCauseRecorded: _root_cause,
    ReplacementRecorded: lambda event, _session: f"response {event.response.id} took the place of the one before",
    CorrectionRecorded: lambda event, _session: f"response {event.response.id} was corrected",
}


def said(event: Event, session: Session) -> str:
    """Return what an event was, in words."""
    words = _SAID.get(type(event))
    told = event.kind.replace("_", " ") if words is None else words(event, session)
    with_note = note_of(event) is not None and not isinstance(event, NoteAdded)
    advised = f" (advised against: {', '.join(event.advice)})" if event.advice else ""
    return f"{told}{', with a note' if with_note else ''}{advised}"


def timeline(events: Iterable[Event], session: Session) -> Table:
    """Return a history as a table, oldest first."""

    def row(event: Event) -> tuple[Cell, ...]:
        role = Role.ALARM if isinstance(event, Escalated) else Role.PLAIN
        who = session.name_of(event.actor) if event.is_human else event.actor
        return (str(event.number), stamp(event.at, session.zone), who, Styled(said(event, session), role))

    return Table(_COLUMNS, tuple(row(event) for event in events))
