"""The work that P1 to P4 time: a lifecycle, ours through the public API. Rivals do theirs in ``rivals``.

A *lifecycle* is a detractor's response recorded (issue, event, messages), then *in progress* with a note, then
*resolved* with a note, each in a transaction of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import resolutionkit as rk
from benchmarks import scene

TRIED = 3
"""How many lifecycles are run and looked at before any is timed."""


class NotTheWork(Exception):
    """Something that was to be timed does not do what it is timed for."""


class Lifecycles(ABC):
    """One way to do lifecycles, with a place of its own to keep them.

    Attributes:
        name: What a report calls it.
        package: The distribution whose version is reported, or None for code of ours.
        leaves: What one lifecycle leaves behind, by kind, as :meth:`left` counts it.
    """

    name: ClassVar[str]
    package: ClassVar[str | None] = None
    leaves: ClassVar[Mapping[str, int]]

    @abstractmethod
    def __init__(self, folder: Path) -> None:
        """Begin with nothing; files go into the folder."""

    @abstractmethod
    def lifecycle(self, number: int) -> None:
        """Do the lifecycle of one response, numbered from 0."""

    @abstractmethod
    def left(self) -> Mapping[str, int]:
        """Count what is there after all that was done; not timed."""

    def close(self) -> None:  # noqa: B027  (most have nothing to let go of)
        """Let go of everything."""

    @classmethod
    def version(cls) -> str | None:
        """Return the version that is reported."""
        return None if cls.package is None else version(cls.package)


def check(kind: type[Lifecycles]) -> None:
    """Run a few lifecycles and look at what they leave.

    Raises:
        NotTheWork: It is not what one lifecycle leaves, so many times.
    """
    with TemporaryDirectory() as folder:
        work = kind(Path(folder))
        try:
            for number in range(TRIED):
                work.lifecycle(number)
            found = dict(work.left())
        finally:
            work.close()
    wanted = {name: TRIED * count for name, count in kind.leaves.items()}
    if found != wanted:
        raise NotTheWork(f"{kind.name}: {TRIED} lifecycles leave {found} instead of {wanted}")


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


class Ours(Lifecycles):
    """Ours, with nothing switched off: validation, access, events, messages. Building the response is part of it."""

    name = "resolutionkit"
    package: ClassVar[str | None] = "resolutionkit"
    leaves: ClassVar[Mapping[str, int]] = {"closed issues": 1, "events": 3, "notes": 2, "messages": 2}

    def __init__(self, folder: Path, clock: Callable[[], datetime] = now) -> None:
        """Open a tracker on an empty store."""
        self._tracker = rk.Tracker.open(self.url(folder), directory=scene.directory(), clock=clock)

    @abstractmethod
    def url(self, folder: Path) -> str:
        """Return the URL of the store."""

    def lifecycle(self, number: int) -> None:
        """Record a response, and let its account manager work the issue."""
        issue = self._tracker.record(scene.response(number)).issue
        if issue is None:
            raise NotTheWork(f"response {number} opened no issue")
        desk = self._tracker.as_user(scene.manager(number))
        desk.set_status(issue.id, rk.Status.IN_PROGRESS, note=scene.FIRST_NOTE)
        desk.set_status(issue.id, rk.Status.RESOLVED, note=scene.LAST_NOTE, spoke=True)

    def left(self) -> Mapping[str, int]:
        """Count by asking the tracker."""
        lines = list(self._tracker.issues(rk.IssueFilter(phases={rk.Phase.CLOSED}), limit=1000))
        issues = [self._tracker.issue(line.id) for line in lines]
        return {
            "closed issues": sum(issue.status == rk.Status.RESOLVED for issue in issues),
            "events": sum(len(self._tracker.history(issue.id)) for issue in issues),
            "notes": sum(len(issue.notes) for issue in issues),
            "messages": sum(len(self._tracker.outbox(issue.id)) for issue in issues),
        }

    def close(self) -> None:
        """Close the tracker."""
        self._tracker.close()


class OursInMemory(Ours):
    """Ours on the store in memory."""

    def url(self, folder: Path) -> str:
        """Return the URL of a store in memory."""
        return "memory:"


class OursOnSqlite(Ours):
    """Ours on a SQLite file, which it sets to write-ahead log and NORMAL."""

    def url(self, folder: Path) -> str:
        """Return the URL of a file in the folder."""
        return f"sqlite:///{folder / 'ours.db'}"
