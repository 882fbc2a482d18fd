"""When issues have to be looked at, in memory. What a unit of work in memory is beside that stands in ``memory``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, MutableMapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define, field

from resolutionkit.model.issue import Issue
from resolutionkit.storage.memory_queue import QueueTables


@define
class TimerTables(QueueTables):
    """One account's timers, beside its queue.

    Attributes:
        issues: The issues, by their ids.
        due: When something is due on each.
        wake: When each has to be looked at; those that sleep have no place here.
    """

    issues: dict[str, Issue] = field(factory=dict)
    due: dict[str, datetime | None] = field(factory=dict)
    wake: dict[str, datetime] = field(factory=dict)


class MemoryTimers(ABC):
    """The questions and changes of :class:`~resolutionkit.ports.KeepsTimers`, for a unit of work on an account."""

    _timers: TimerTables

    @abstractmethod
    def _all_timers(self) -> Iterable[tuple[str, TimerTables]]:
        """Return everybody's timers, by account."""

    @abstractmethod
    def _check_may_write(self) -> None:
        """Refuse to write in a unit of work that was begun for reading."""

    @abstractmethod
    def _put(self, table: MutableMapping[Any, Any], key: object, value: object) -> None:
        """Put a value in a table so that it can be undone."""

    @abstractmethod
    def _take(self, table: MutableMapping[Any, Any], key: object) -> None:
        """Take a value out of a table so that it can be undone."""

    def accounts_awake(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts with issues that wait to be looked at, over all of them."""
        waiting = [(at, name) for name, tables in self._all_timers() for at in tables.wake.values() if at <= now]
        return list(dict.fromkeys(name for _, name in sorted(waiting)[:limit]))

    def awake(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return the ids of issues that wait to be looked at."""
        return [one for _, one in sorted((at, one) for one, at in self._timers.wake.items() if at <= now)[:limit]]

    def reschedule(self, issue_id: str, version: int, due_at: datetime | None, wake_at: datetime | None, /) -> bool:
        """Keep when something is due on an issue, and when to look at it next."""
        self._check_may_write()
        issue = self._timers.issues.get(issue_id)
        if issue is None or issue.version != version:
            return False
        self._put(self._timers.due, issue_id, due_at)
        self._wake(issue_id, wake_at)
        return True

    def postpone(self, issue_ids: Sequence[str], until: datetime, /) -> None:
        """Let issues be looked at no sooner than an instant."""
        self._check_may_write()
        for one in issue_ids:
            if one in self._timers.wake and self._timers.wake[one] < until:
                self._wake(one, until)

    def rouse(self, now: datetime, limit: int, /) -> int:
        """Let issues that would be looked at later be looked at from an instant on."""
        self._check_may_write()
        later = sorted((at, one) for one, at in self._timers.wake.items() if at > now)[:limit]
        for _, one in later:
            self._wake(one, now)
        return len(later)

    def _wake(self, issue_id: str, wake_at: datetime | None) -> None:
        if wake_at is not None:
            self._put(self._timers.wake, issue_id, wake_at)
        elif issue_id in self._timers.wake:
            self._take(self._timers.wake, issue_id)
