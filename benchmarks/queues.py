"""The work that P8 times: emptying a queue that was filled before; ours by delivering. Rivals do theirs in ``rivals``.

What is handed to a notifier, or to a job, comes to nothing there: a queue's own work is what counts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from importlib.metadata import version
from typing import ClassVar

from attrs import evolve

import resolutionkit as rk
from benchmarks import scene
from benchmarks.lifecycles import NotTheWork
from benchmarks.postgresql import asked
from resolutionkit.model.sortkeys import NEVER_DUE
from resolutionkit.ports import Notice

BATCH = 100
"""How many messages or jobs a worker takes at once."""
OF_AN_ISSUE = 2
"""How many messages each issue has: to its assignee, and to the group's lead."""


class Queue(ABC):
    """One way to keep what is to be done in a database, and one worker that does it.

    Attributes:
        name: What a report calls it.
        package: The distribution whose version is reported, or None for code of ours.
        share: One of how many jobs it gets: who is slow gets few, so that a run ends.
        settled: The query that says how many jobs are over, and kept so.
        waiting: The query that says how many are not over.
    """

    name: ClassVar[str]
    package: ClassVar[str | None] = None
    share: ClassVar[int] = 1
    settled: ClassVar[str]
    waiting: ClassVar[str]

    def __init__(self, url: str) -> None:
        """Begin in an empty database, with tables of its own."""
        self.url = url
        self.called = 0

    @abstractmethod
    def fill(self, count: int) -> None:
        """Queue so many jobs; not timed."""

    @abstractmethod
    def work(self) -> None:
        """Do all that is queued, counting in ``called`` whatever is handed over."""

    def close(self) -> None:  # noqa: B027  (most have nothing to let go of)
        """Let go of everything."""

    def check(self, count: int) -> None:
        """Look at what is left.

        Raises:
            NotTheWork: It is not that each of so many jobs was done once.
        """
        found = (self.called, asked(self.url, self.settled), asked(self.url, self.waiting))
        if found != (count, count, 0):
            told = "of {} jobs {} were handed over, {} are settled, and {} wait".format(count, *found)
            raise NotTheWork(f"{self.name}: {told}")

    @classmethod
    def title(cls) -> str:
        """Return its name and version."""
        return cls.name if cls.package is None else f"{cls.name} {version(cls.package)}"


class OursAsQueue(Queue):
    """Messages of issues, each looked at again, made a notice of, and kept in the ledger."""

    name = "resolutionkit"
    package = "resolutionkit"
    settled = "SELECT count(*) FROM resolutionkit_deliveries WHERE fate = 'sent' AND lease = '' AND attempts = 1"
    waiting = f"""
        SELECT (SELECT count(*) FROM resolutionkit_outbox WHERE due_at < {NEVER_DUE})
             + (SELECT count(*) FROM resolutionkit_deliveries WHERE fate <> 'sent')"""

    def __init__(self, url: str) -> None:
        """Open a tracker, and make its tables."""
        super().__init__(url)
        self._tracker = rk.Tracker.open(url, directory=scene.directory(), notifiers=[_Counter(self)], create=True)
        self._issues = 0

    def fill(self, count: int) -> None:
        """Open half as many issues."""
        issues, before = count // OF_AN_ISSUE, self._issues
        self._issues += issues
        done = self._tracker.record_many(map(_answered, range(before, self._issues)), announce=True)
        queued = asked(self.url, self.waiting)
        if (done.issues_opened, queued) != (issues, count):
            raise NotTheWork(f"{issues} responses opened {done.issues_opened} issues, and {queued} messages wait")

    def work(self) -> None:
        """Deliver what is due."""
        self._tracker.deliver()

    def close(self) -> None:
        """Close the tracker."""
        self._tracker.close()


class _Counter:
    """A channel that does nothing but count."""

    name = "nothing"

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def notify(self, notice: Notice) -> None:
        self._queue.called += 1


def _answered(number: int) -> rk.Response:
    """Return a response with an instant of its own that is not to come."""
    given = scene.response(number)
    return evolve(given, received_at=scene.RECEIVED_AT - timedelta(milliseconds=number))
