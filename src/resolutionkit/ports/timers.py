"""The ability of a unit of work to say which issues time has come for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class KeepsTimers(Protocol):
    """An optional ability of a unit of work: it finds issues by when their timers have to be looked at.

    That instant is ``Write.wake_at``; who saves an issue says it anew. Without the ability, ``run_timers`` says that
    the store cannot. All questions are about the unit's account but the first, which is asked over all accounts.
    """

    def accounts_awake(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return accounts with issues that wait to be looked at, each once, those that have waited longest first.

        Args:
            now: What is due then, that very instant included.
            limit: At most so many issues are looked at.
        """

    def awake(self, now: datetime, limit: int, /) -> Sequence[str]:
        """Return the ids of issues that wait to be looked at, those that have waited longest first, then by id."""

    def reschedule(self, issue_id: str, version: int, due_at: datetime | None, wake_at: datetime | None, /) -> bool:
        """Keep when something is due on an issue, and when to look at it next, where nothing else happens to it.

        Returns:
            True, or False where the issue has another version by now and whoever changed it has said so itself.
        """

    def postpone(self, issue_ids: Sequence[str], until: datetime, /) -> None:
        """Let issues be looked at no sooner than an instant, whatever their version; those that sleep go on to."""

    def rouse(self, now: datetime, limit: int, /) -> int:
        """Let issues of the account that would be looked at later be looked at from an instant on.

        Args:
            now: The instant.
            limit: At most so many at once.

        Returns:
            How many; 0 where none is left that would be looked at later.
        """
