"""Lifecycles on PostgreSQL, by one client or by several in one database; and our side of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import resolutionkit as rk
from benchmarks.lifecycles import Lifecycles, Ours, now
from benchmarks.postgresql import Database
from benchmarks.rivals.rows_by_hand import keep_secret


class OnPostgresql(Lifecycles):
    """Lifecycles in a database of their own, or in one that several clients share.

    Attributes:
        counted: The query that says how many lifecycles were done in a database.
    """

    counted: ClassVar[str] = "SELECT count(*) FROM resolutionkit_issues WHERE status = 'resolved' AND note_count = 2"

    def __init__(self, folder: Path, *, url: str | None = None) -> None:
        """Begin in a new database, or in the one of a URL."""
        self.database = Database(self.make_tables, url)

    @staticmethod
    def make_tables(url: str) -> None:
        """Make the library's tables in an empty database, with the account's secret."""
        rk.Tracker.open(url, create=True).close()
        keep_secret(url)

    def close(self) -> None:
        """Drop the database, if it is this one's own."""
        self.database.close()


class OursOnPostgresql(Ours, OnPostgresql):
    """Ours through psycopg, with the settings that a URL alone leads to."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = now, *, url: str | None = None) -> None:
        """Open a tracker on the database."""
        OnPostgresql.__init__(self, folder, url=url)
        Ours.__init__(self, folder, clock)

    def url(self, folder: Path) -> str:
        """Return the URL of the database."""
        return self.database.url

    def close(self) -> None:
        """Close the tracker, and drop the database."""
        Ours.close(self)
        OnPostgresql.close(self)
