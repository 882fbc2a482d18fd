"""From an issue's id to the issue that it leads to: its own, or the one that it was merged into (requirement B15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from resolutionkit.model.events import RESPONSE_EVENTS, Event, IssueOpened, Merged
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message
from resolutionkit.ports import UnitOfWork


class Lead(NamedTuple):
    """An issue, found by an id.

    Attributes:
        issue: The issue, or None where there is none.
        history: Its whole history; None where the store had the issue ready.
    """

    issue: Issue | None = None
    history: Sequence[Event] | None = None


def stream(unit: UnitOfWork, issue_id: str | None) -> Lead:
    """Return an issue as it is: as the store keeps it, where it can, else folded from its history, and that (L1)."""
    if issue_id is None:
        return Lead()
    kept: Callable[[str], Issue | None] | None = getattr(unit, "issue", None)
    if kept is not None:
        return Lead(issue=kept(issue_id))
    history = unit.history(issue_id)
    return Lead(issue=replay(history) if history else None, history=history)


def leading(unit: UnitOfWork, issue_id: str | None) -> Lead:
    """Return the issue that an id leads to."""
    found = stream(unit, issue_id)
    while found.issue is not None and found.issue.merged_into is not None:
        found = stream(unit, found.issue.merged_into)
    return found


def history_of(unit: UnitOfWork, issue_id: str) -> tuple[Event, ...]:
    """Return the history of the issue that an id leads to, empty where there is none."""
    history = unit.history(issue_id)
    while history:
        into = replay(history).merged_into
        if into is None:
            break
        history = unit.history(into)
    return history


def issue_then(unit: UnitOfWork, issue_id: str, instant: datetime) -> Issue | None:
    """Return the issue to which an id led at an instant, as it was then, or None where there was none.

    Until it was merged an issue was its own; from that very instant on its id leads to the other one.
    """
    events = [event for event in unit.history(issue_id) if event.at <= instant]
    if not events:
        return None
    issue = replay(events)
    return issue if issue.merged_into is None else issue_then(unit, issue.merged_into, instant)


def streams_within(issue_id: str, history: Sequence[Event]) -> dict[str, Sequence[Event]]:
    """Return a history, and those of all issues that were merged into it, by the issues' ids."""
    found = {issue_id: history}
    for event in history:
        if isinstance(event, Merged):
            found |= streams_within(event.merged, event.history)
    return found


def opening_for(response_id: str, issue_id: str, history: Sequence[Event]) -> tuple[str, IssueOpened]:
    """Return the opening of the issue that a response belonged to first, and that issue's id.

    Args:
        response_id: The response.
        issue_id: The issue that it belongs to now.
        history: The whole history of that one.
    """
    openings: dict[str, IssueOpened] = {}
    for one, events in streams_within(issue_id, history).items():
        (opening,) = (event for event in events if isinstance(event, IssueOpened))
        openings[one] = opening
        if any(isinstance(event, RESPONSE_EVENTS) and event.response.id == response_id for event in events):
            return one, opening
    return issue_id, openings[issue_id]


def messages_about(unit: UnitOfWork, issue: Issue) -> list[Message]:
    """Return the outbox's messages about an issue and those that were merged into it, in the order of their ids."""
    found = [message for one in (issue.id, *issue.merged) for message in unit.messages(one)]
    return sorted(found, key=lambda message: message.id)
