"""Whether the hand-written rival leaves the library's rows: every table, row by row, ids apart."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import resolutionkit as rk
from benchmarks.lifecycles import TRIED, NotTheWork, OursOnSqlite
from benchmarks.rivals.handwritten_sqlite import HandWrittenSqlite, keep_secret

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Rows = dict[str, list[tuple[Any, ...]]]


def rows(path: Path) -> Rows:
    """Return every row of every table in a file, with ``#`` in the place of made-up ids."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: sorted(
                (tuple(_ID.sub("#", cell) if isinstance(cell, str) else cell for cell in row) for row in found),
                key=repr,
            )
            for name in names
            for found in [connection.execute(f"SELECT * FROM {name}").fetchall()]
        }


def both(folder: Path) -> tuple[Rows, Rows]:
    """Run a few lifecycles at one instant, ours and by hand, and return what each left."""
    now = datetime.now(UTC).replace(microsecond=0)
    path = folder / "ours.db"
    rk.Tracker.open(f"sqlite:///{path}").close()
    keep_secret(path)
    ours = OursOnSqlite(folder, clock=lambda: now)
    theirs = HandWrittenSqlite(folder, clock=lambda: int(now.timestamp()) * 1_000_000)
    for work in (ours, theirs):
        for number in range(TRIED):
            work.lifecycle(number)
        work.close()
    return rows(path), rows(folder / "handwritten.db")


def check_same_rows() -> None:
    """Compare them.

    Raises:
        NotTheWork: A table differs.
    """
    with TemporaryDirectory() as folder:
        ours, theirs = both(Path(folder))
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            raise NotTheWork(f"the hand-written rival leaves other rows in {name} than the library")
