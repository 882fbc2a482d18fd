"""What a failing assertion shows, for whoever reads a test's output: an issue with its log, and who was told what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from resolutionkit.model.events import Event, note_of
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.markup import visible
from resolutionkit.model.notes import signed
from resolutionkit.model.wording import worded
from resolutionkit.ports import Notice


def issue_story(history: Sequence[Event]) -> str:
    """Return an issue as it stands, and its log: an event a line, notes below."""
    width = max(len(event.actor) for event in history)
    return "\n".join([f"  now: {_state(replay(history))}", *_log(history, width)])


def _state(issue: Issue) -> str:
    status = issue.status if issue.status == issue.phase else f"{issue.status} ({issue.phase})"
    followers = f", followed by {', '.join(issue.followers)}" if issue.followers else ""
    return f"{status}, assigned to {_name_of(issue.assignee)}{followers}, round {issue.episode}, level {issue.level}"


def _log(history: Iterable[Event], width: int) -> Iterator[str]:
    for event in history:
        words = visible(" ".join(worded(event, _name_of, str).split()))
        yield f"  {event.number:>3}  {_stamp(event.at)}  {event.actor:<{width}}  {words}"
        note = note_of(event)
        if note is not None:
            yield from (f"         {line}" for line in signed(note).split("\n"))


def told_story(notices: Sequence[Notice]) -> str:
    """Return who was told what, a message a line."""
    if not notices:
        return "  nobody was told anything"
    who = max(len(one.recipient) for one in notices)
    what = max(len(one.message.topic) for one in notices)
    return "\n".join(
        f"  {_stamp(one.message.created_at)}  {one.recipient:<{who}}  {one.message.topic:<{what}}"
        f"  of {one.response.id}, as {', '.join(one.message.why)}"
        for one in notices
    )


def _name_of(who: str | None) -> str:
    return who or "nobody"


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}"
