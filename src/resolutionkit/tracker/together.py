"""Commands that are saved together: each is decided on what those before it do, before any of it is saved (B12).

Two of them may concern one issue: by the id that it has and by one that leads to it, or as two of its responses. What
is saved of an issue is one change then, since a store compares each with what it read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.trusted import changed
from resolutionkit.ports import UnitOfWork, Write


class Ahead:
    """A unit of work as it will be once what waits is saved; all that is not changed by that it answers as it is.

    Args:
        unit: The unit of work.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        """Begin with nothing that waits."""
        self._unit = unit
        self._writes: list[Write] = []
        self._places: dict[str, int] = {}
        self._records: dict[str, ResponseRecord] = {}

    def __getattr__(self, name: str) -> Any:
        """Return what the unit of work can do beside; whether it has issues ready as well."""
        found = getattr(self._unit, name)
        return self._ready(found) if name == "issue" else found

    def _ready(self, kept: Callable[[str], Issue | None]) -> Callable[[str], Issue | None]:
        def issue(issue_id: str) -> Issue | None:
            waiting = self._waiting(issue_id)
            return kept(issue_id) if waiting is None else waiting.issue

        return issue

    def _waiting(self, issue_id: str) -> Write | None:
        place = self._places.get(issue_id)
        return None if place is None else self._writes[place]

    def response(self, response_id: str, /) -> ResponseRecord | None:
        """Return the record of a response."""
        return self._records.get(response_id) or self._unit.response(response_id)

    def history(self, issue_id: str, /) -> tuple[Event, ...]:
        """Return the whole history of an issue in order."""
        waiting = self._waiting(issue_id)
        return (*self._unit.history(issue_id), *(() if waiting is None else waiting.events))

    def add(self, writes: Sequence[Write]) -> None:
        """Let what a command leaves wait."""
        for write in writes:
            self._records |= {change.record.id: change.record for change in write.records}
            issue_id = None if write.issue is None else write.issue.id
            waiting = None if issue_id is None else self._waiting(issue_id)
            if issue_id is not None and waiting is not None:
                self._writes[self._places[issue_id]] = _as_one(waiting, write)
                continue
            if issue_id is not None:
                self._places[issue_id] = len(self._writes)
            self._writes.append(write)

    def save(self) -> None:
        """Save all that waits."""
        if self._writes:
            self._unit.save(self._writes)


def _as_one(first: Write, second: Write) -> Write:
    """Return two changes of one issue, one after the other, as one."""
    has_news = bool(second.events)
    return changed(
        first,
        records=(*first.records, *second.records),
        issue=second.issue,
        events=(*first.events, *second.events),
        due_at=second.due_at if has_news else first.due_at,
        wake_at=second.wake_at if has_news else first.wake_at,
        messages=(*first.messages, *second.messages),
        alerts=(*first.alerts, *second.alerts),
        remembered=first.remembered or second.remembered,
    )
