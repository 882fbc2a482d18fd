"""What happened to an issue, an event a line, as a table; its words are the model's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from resolutionkit.cli.document import Cell, Column, Role, Styled, Table
from resolutionkit.cli.settings import Session
from resolutionkit.model.events import Escalated, Event, LevelRaised
from resolutionkit.model.wording import worded

_COLUMNS = (
    Column("No.", is_number=True),
    Column("When"),
    Column("Who", stacked=1, prefix="by "),
    Column("What", wraps=True),
)


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant to the minute in the account's zone, which is named."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def said(event: Event, session: Session) -> str:
    """Return what an event was, in words, with people's names and the policy's labels."""
    return worded(event, session.name_of, session.label_of)


def timeline(events: Iterable[Event], session: Session) -> Table:
    """Return a history as a table, oldest first; where the policy changed, what happened first under it says so."""
    before: str | None = None

    def row(event: Event) -> tuple[Cell, ...]:
        nonlocal before
        under = "" if before == event.policy else f" [policy {event.policy}]"
        before = event.policy
        role = Role.ALARM if isinstance(event, Escalated | LevelRaised) else Role.PLAIN
        who = session.name_of(event.actor) if event.is_human else event.actor
        return (str(event.number), stamp(event.at, session.zone), who, Styled(said(event, session) + under, role))

    return Table(_COLUMNS, tuple(row(event) for event in events))
