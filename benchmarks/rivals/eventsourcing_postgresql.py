"""An aggregate of ``eventsourcing`` on PostgreSQL: three transactions, the second and third of which load first.

It brings a pool of its own, of one connection here, and prepares its statements.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar
from uuid import UUID

from eventsourcing.application import Application

from benchmarks.on_postgresql import OnPostgresql
from benchmarks.postgresql import parts
from benchmarks.rivals.eventsourcing_app import InThreeTransactions


def _application(url: str, *, makes_tables: bool) -> Application[UUID]:
    named = {f"POSTGRES_{name.upper()}": value for name, value in parts(url).items()}
    makes = {"CREATE_TABLE": "yes" if makes_tables else "no"}
    return Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_POOL_SIZE": "1", **makes, **named}
    )


class EventSourcingOnPostgresql(InThreeTransactions, OnPostgresql):
    """Create and save; load, change and save, twice."""

    counted: ClassVar[str] = "SELECT count(*) / 3 FROM application_events"

    def __init__(self, folder: Path, *, url: str | None = None) -> None:
        """Open an application on a database."""
        OnPostgresql.__init__(self, folder, url=url)
        self._app = _application(self.database.url, makes_tables=False)

    @staticmethod
    def make_tables(url: str) -> None:
        """Let an application make its own tables."""
        _application(url, makes_tables=True).close()

    def close(self) -> None:
        """Close the application, and drop the database."""
        InThreeTransactions.close(self)
        OnPostgresql.close(self)
