"""Whether the hand-written rivals leave the library's rows: every table, row by row, ids apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, select

import resolutionkit as rk
from benchmarks.lifecycles import TRIED, Lifecycles, NotTheWork, OursOnSqlite
from benchmarks.rivals.handwritten_sqlite import HandWrittenSqlite
from benchmarks.rivals.rows_by_hand import driver_url, keep_secret
from resolutionkit.storage.sql.tables import make_tables

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOW = datetime.now(UTC).replace(microsecond=0)
Rows = dict[str, list[tuple[Any, ...]]]
ONCE = make_tables().policies
"""The table in which the first lifecycle of all leaves a row, and no other one does."""


def rows(url: str) -> Rows:
    """Return every row of every table of ours in a database, with ``#`` in the place of made-up ids."""
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        tables = [table for table in make_tables().metadata.sorted_tables if table.name != ONCE.name]
        found = {table.name: connection.execute(select(table)).all() for table in tables}
    engine.dispose()
    return {
        name: sorted(
            (tuple(_ID.sub("#", one) if isinstance(one, str) else one for one in row) for row in kept), key=repr
        )
        for name, kept in found.items()
    }


def now() -> datetime:
    """Return the one instant at which everything happens."""
    return NOW


def micros() -> int:
    """Return that instant in microseconds."""
    return int(NOW.timestamp()) * 1_000_000


def both_on_sqlite(folder: Path) -> tuple[Rows, Rows]:
    """Run a few lifecycles on SQLite, ours and by hand, and return what each left."""
    url = f"sqlite:///{folder / 'ours.db'}"
    rk.Tracker.open(url).close()
    keep_secret(url)
    with closing(OursOnSqlite(folder, now)) as ours, closing(HandWrittenSqlite(folder, micros)) as theirs:
        return _left(ours, url), _left(theirs, f"sqlite:///{folder / 'handwritten.db'}")


def _left(work: Lifecycles, url: str) -> Rows:
    for number in range(TRIED):
        work.lifecycle(number)
    return rows(url)


def both_on_postgresql(folder: Path, kind: Any) -> tuple[Rows, Rows]:
    """Run a few lifecycles on PostgreSQL, ours and a rival's, and return what each left.

    Args:
        folder: For files; there are none.
        kind: The rival's class, which takes a clock.
    """
    from benchmarks.on_postgresql import OursOnPostgresql

    with closing(OursOnPostgresql(folder, now)) as ours, closing(kind(folder, micros)) as theirs:
        return _left(ours, ours.database.url), _left(theirs, theirs.database.url)


def check_same_rows(both: Callable[[Path], tuple[Rows, Rows]]) -> None:
    """Compare what two sides leave.

    Raises:
        NotTheWork: A table differs.
    """
    with TemporaryDirectory() as folder:
        ours, theirs = both(Path(folder))
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            raise NotTheWork(f"the rival leaves other rows in {name} than the library")
