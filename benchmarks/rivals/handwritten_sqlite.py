"""The same rows by hand-written ``sqlite3``: load, then write, in three transactions. The yardstick of P2.

It works on the library's own tables and indexes, with the same settings of the connection, reads the rows that the
library reads and leaves the rows that the library leaves; :mod:`benchmarks.same_rows` compares them one by one. It
knows one path only: no validation, no policy, no access, nobody is looked up, and no conflict is repeated.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import resolutionkit as rk
from benchmarks import scene
from benchmarks.lifecycles import Lifecycles
from benchmarks.rivals.rows_by_hand import ACCOUNT, COLUMNS, MOVES, changed, keep_secret, new_id, recorded

_INSERT = {
    name: f"INSERT INTO resolutionkit_{name} VALUES ({', '.join('?' * columns)})" for name, columns in COLUMNS.items()
}
_KNOWN = """
    SELECT r.*, v.body FROM resolutionkit_responses r JOIN resolutionkit_response_revisions v
        ON v.account = r.account AND v.response = r.id AND v.revision = r.revision
    WHERE r.account = ? AND r.id = ?"""
_HISTORY = """
    SELECT e.*, t.body, v.body FROM resolutionkit_events e
        LEFT JOIN resolutionkit_texts t ON t.account = e.account AND t.issue = e.issue AND t.number = e.number
        LEFT JOIN resolutionkit_response_revisions v
            ON v.account = e.account AND v.response = e.response AND v.revision = e.revision
    WHERE e.account = ? AND e.issue = ? ORDER BY e.number"""
_CHANGE_ISSUE = """
    UPDATE resolutionkit_issues SET version = ?, status = ?, phase = ?, closed_at = ?, changed_at = ?, due_at = ?,
        wake_at = ?, note_count = note_count + 1, has_spoken = max(has_spoken, ?)
    WHERE account = ? AND id = ? AND version = ?"""
_CHANGE_PARTIES = "UPDATE resolutionkit_parties SET phase = ?, due_at = ? WHERE account = ? AND id = ?"


class HandWrittenSqlite(Lifecycles):
    """Ten rows for a response, then twice two updates and two rows."""

    name = "the same rows by hand-written sqlite3"
    leaves: ClassVar[Mapping[str, int]] = {"closed issues": 1, "events": 3, "notes": 2, "messages": 2}

    def __init__(self, folder: Path, clock: Callable[[], int] = scene.micros_now) -> None:
        """Make the library's tables in a file, and connect to it as the library does."""
        path = folder / "handwritten.db"
        rk.Tracker.open(f"sqlite:///{path}").close()
        keep_secret(f"sqlite:///{path}")
        self._clock = clock
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = NORMAL")

    @classmethod
    def version(cls) -> str | None:
        """Return SQLite's version."""
        return sqlite3.sqlite_version

    def lifecycle(self, number: int) -> None:
        """Record a response, and change its issue's status twice."""
        issue = self._record(number)
        for move in MOVES:
            self._change(number, issue, move)

    def _record(self, number: int) -> str:
        run, issue = self._connection.execute, new_id()
        rows = recorded(number, issue, self._clock())
        run("BEGIN IMMEDIATE")
        if run(_KNOWN, rows.responses[:2]).fetchone() is not None:
            raise LookupError(rows.responses[1])
        run(_INSERT["responses"], rows.responses)
        run(_INSERT["response_revisions"], rows.response_revisions)
        run(_INSERT["response_people"], rows.response_people)
        run(_INSERT["issues"], rows.issues)
        self._connection.executemany(_INSERT["parties"], rows.parties)
        run(_INSERT["events"], rows.events)
        self._connection.executemany(_INSERT["outbox"], rows.outbox)
        run(_INSERT["alerts"], rows.alerts)
        run("COMMIT")
        return issue

    def _change(self, number: int, issue: str, move: tuple[str, str, str, bool]) -> None:
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        before = run(_HISTORY, (ACCOUNT, issue)).fetchall()[-1][2]
        rows = changed(number, issue, before, self._clock(), move)
        if run(_CHANGE_ISSUE, rows.issue).rowcount != 1:
            raise LookupError(issue)
        run(_CHANGE_PARTIES, rows.parties)
        run(_INSERT["events"], rows.events)
        run(_INSERT["texts"], rows.texts)
        run("COMMIT")

    def left(self) -> Mapping[str, int]:
        """Count the rows."""
        queries = {
            "closed issues": "issues WHERE phase = 'closed' AND status = 'resolved' AND note_count = 2",
            "events": "events",
            "notes": "texts",
            "messages": "outbox",
        }
        return {
            name: self._connection.execute(f"SELECT count(*) FROM resolutionkit_{rest}").fetchone()[0]
            for name, rest in queries.items()
        }

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class WithoutIndexes(HandWrittenSqlite):
    """The same rows under their primary keys alone: what would be left to gain if no list had to be quick.

    The one other index that stays is that by which its own statements find the parties of an issue.
    """

    name = "the same rows by hand, without list indexes"

    def __init__(self, folder: Path, clock: Callable[[], int] = scene.micros_now) -> None:
        """Make the tables, and drop what only lists read."""
        super().__init__(folder, clock)
        made = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name NOT LIKE ?"
        for (name,) in self._connection.execute(made, ("%parties_issue",)).fetchall():
            self._connection.execute(f"DROP INDEX {name}")
