"""An aggregate of ``eventsourcing``: in memory as create, two events and one save; on a database in three transactions.

The aggregate holds plain strings and numbers only, the quickest that its transcoder knows. On SQLite each step is
loaded and saved for itself, as in the lifecycle, and the connection runs with NORMAL as ours does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks import scene
from benchmarks.lifecycles import Lifecycles, NotTheWork


class Case(Aggregate):
    """An issue with a status and notes."""

    @event("Opened")
    def __init__(self, response: str, score: int, manager: str, comment: str) -> None:
        """Open it."""
        self.response = response
        self.score = score
        self.manager = manager
        self.comment = comment
        self.status = "needs_attention"
        self.notes: list[str] = []

    @event("StatusChanged")
    def set_status(self, status: str, note: str) -> None:
        """Change the status, with a note."""
        self.status = status
        self.notes.append(note)


class _EventSourcing(Lifecycles):
    package: ClassVar[str | None] = "eventsourcing"
    leaves: ClassVar[Mapping[str, int]] = {"resolved": 1, "events": 3, "notes": 2}
    _app: Application[UUID]

    def _opened(self, number: int) -> Case:
        return Case(f"response-{number}", number % 7, scene.manager(number), scene.COMMENT)

    def left(self) -> Mapping[str, int]:
        """Count by the notification log, and by loading every aggregate."""
        found = self._app.recorder.select_notifications(start=None, limit=100_000)
        cases = [self._app.repository.get(one) for one in {one.originator_id for one in found}]
        return {
            "resolved": sum(case.status == "resolved" for case in cases),
            "events": len(found),
            "notes": sum(len(case.notes) for case in cases),
        }

    def close(self) -> None:
        """Close the application."""
        self._app.close()


class EventSourcingInMemory(_EventSourcing):
    """Create, two events and one save, in its own store in memory."""

    name = "eventsourcing, create + 2 + save"

    def __init__(self, folder: Path) -> None:
        """Open an application with the plain-object store."""
        self._app = Application(env={"PERSISTENCE_MODULE": "eventsourcing.popo"})

    def lifecycle(self, number: int) -> None:
        """Make an aggregate, and save it with all three events at once."""
        case = self._opened(number)
        case.set_status("in_progress", scene.FIRST_NOTE)
        case.set_status("resolved", scene.LAST_NOTE)
        self._app.save(case)


class InThreeTransactions(_EventSourcing):
    """Three transactions, the second and third of which load first."""

    name = "eventsourcing, three transactions"

    def lifecycle(self, number: int) -> None:
        """Create and save; load, change and save, twice."""
        case = self._opened(number)
        self._app.save(case)
        self._step(case.id, "in_progress", scene.FIRST_NOTE)
        self._step(case.id, "resolved", scene.LAST_NOTE)

    def _step(self, case_id: UUID, status: str, note: str) -> None:
        case: Case = self._app.repository.get(case_id)
        case.set_status(status, note)
        self._app.save(case)


class EventSourcingOnSqlite(InThreeTransactions):
    """Those on a file."""

    def __init__(self, folder: Path) -> None:
        """Open an application on a file, with write-ahead log (its own doing) and NORMAL."""
        env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "eventsourcing.db")}
        self._app = Application(env=env)
        pool = self._app.factory.datastore.pool
        connection = pool.get_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = NORMAL")
        modes = [cursor.execute(f"PRAGMA {name}") or cursor.fetchone()[0] for name in _MODES]
        pool.put_connection(connection)
        if modes != list(_MODES.values()):
            raise NotTheWork(f"{self.name}: the file runs with {modes}")


_MODES = {"journal_mode": "wal", "synchronous": 1}
