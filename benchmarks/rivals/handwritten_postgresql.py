"""The same rows by hand-written psycopg: one data-modifying CTE a transaction and no load, or load, then write.

The first is the yardstick of P3 and P4. Both work on the library's own tables and indexes and leave the rows that the
library leaves; :mod:`benchmarks.same_rows` compares them one by one. They know one path only, and are tuned for it: one
connection, every statement prepared at its first use, placeholders as the server takes them, so that psycopg has
nothing to translate, and no BEGIN where one statement is the whole transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any, ClassVar

import psycopg

from benchmarks import scene
from benchmarks.lifecycles import NotTheWork
from benchmarks.on_postgresql import OnPostgresql
from benchmarks.postgresql import connected
from benchmarks.rivals.rows_by_hand import ACCOUNT, COLUMNS, MOVES, Changed, Recorded, changed, new_id, recorded

_SET = {
    "issues": (
        "version = ?, status = ?, phase = ?, closed_at = ?, changed_at = ?, due_at = ?, wake_at = ?, "
        "note_count = note_count + 1, has_spoken = greatest(has_spoken, ?) WHERE account = ? AND id = ? AND version = ?"
    ),
    "parties": "phase = ?, due_at = ? WHERE account = ? AND id = ?",
}
_TWICE = frozenset({"parties", "outbox"})
"""The tables that get two rows with a new issue."""


def _numbered(text: str) -> str:
    numbers = count(1)
    return "".join(f"${next(numbers)}" if one == "?" else one for one in text)


def _insert(table: str) -> str:
    row = f"({', '.join('?' * COLUMNS[table])})"
    return f"INSERT INTO resolutionkit_{table} VALUES {row}{', ' + row if table in _TWICE else ''}"


def _update(table: str) -> str:
    return f"UPDATE resolutionkit_{table} SET {_SET[table]}"


def _joined(statements: Sequence[str]) -> str:
    """Return one statement of several, which says how many rows the first of them met."""
    parts = (f"s{number} AS ({text} RETURNING 1)" for number, text in enumerate(statements))
    return _numbered(f"WITH {', '.join(parts)} SELECT count(*) FROM s0")


_RECORD = {name: _insert(name) for name in Recorded._fields}
_CHANGE = {
    "issue": _update("issues"),
    "parties": _update("parties"),
    "events": _insert("events"),
    "texts": _insert("texts"),
}
_RECORD_AT_ONCE, _CHANGE_AT_ONCE = _joined([*_RECORD.values()]), _joined([*_CHANGE.values()])
_RECORD_EACH, _CHANGE_EACH = ([_numbered(text) for text in texts.values()] for texts in (_RECORD, _CHANGE))
_KNOWN = """
    SELECT r.*, v.body FROM resolutionkit_responses r JOIN resolutionkit_response_revisions v
        ON v.account = r.account AND v.response = r.id AND v.revision = r.revision
    WHERE r.account = $1 AND r.id = $2"""
_HISTORY = """
    SELECT e.*, t.body, v.body FROM resolutionkit_events e
        LEFT JOIN resolutionkit_texts t ON t.account = e.account AND t.issue = e.issue AND t.number = e.number
        LEFT JOIN resolutionkit_response_revisions v
            ON v.account = e.account AND v.response = e.response AND v.revision = e.revision
    WHERE e.account = $1 AND e.issue = $2 ORDER BY e.number"""


def _each(rows: Recorded | Changed) -> Iterable[Sequence[Any]]:
    """Return the values of each statement; two rows are one list of values."""
    return (list(chain.from_iterable(one)) if isinstance(one[0], tuple) else one for one in rows)


class _ByHand(OnPostgresql):
    leaves: ClassVar[Mapping[str, int]] = {"closed issues": 1, "events": 3, "notes": 2, "messages": 2}

    def __init__(self, folder: Path, clock: Callable[[], int] = scene.micros_now, *, url: str | None = None) -> None:
        """Connect to the library's tables."""
        super().__init__(folder, url=url)
        self._clock = clock
        self._connection = connected(self.database.url, cursor_factory=psycopg.RawCursor)
        self._cursor = self._connection.cursor()

    @classmethod
    def version(cls) -> str | None:
        """Return psycopg's version."""
        return psycopg.__version__

    def _run(self, text: str, given: Sequence[Any]) -> psycopg.Cursor[Any]:
        return self._cursor.execute(text, given, prepare=True)

    def left(self) -> Mapping[str, int]:
        """Count the rows."""
        queries = {
            "closed issues": "issues WHERE phase = 'closed' AND status = 'resolved' AND note_count = 2",
            "events": "events",
            "notes": "texts",
            "messages": "outbox",
        }
        found = {}
        for name, rest in queries.items():
            row = self._connection.execute(f"SELECT count(*) FROM resolutionkit_{rest}").fetchone()
            found[name] = 0 if row is None else row[0]
        return found

    def close(self) -> None:
        """Close the connection, and drop the database."""
        self._connection.close()
        super().close()


class OneStatement(_ByHand):
    """One data-modifying CTE for each of the three transactions; the version is known, since it read nothing else."""

    name = "the same rows by hand, one CTE a transaction, no load, psycopg"

    def lifecycle(self, number: int) -> None:
        """Record a response, and change its issue's status twice."""
        issue = new_id()
        self._at_once(_RECORD_AT_ONCE, recorded(number, issue, self._clock()))
        for before, move in enumerate(MOVES, 1):
            self._at_once(_CHANGE_AT_ONCE, changed(number, issue, before, self._clock(), move))

    def _at_once(self, text: str, rows: Recorded | Changed) -> None:
        met = self._run(text, list(chain.from_iterable(_each(rows)))).fetchone()
        if met != (1,):
            raise NotTheWork(f"{self.name}: a statement met {met} rows")


class LoadThenWrite(_ByHand):
    """What the library reads is read, and then each statement goes by itself."""

    name = "the same rows by hand, load, then write, psycopg"

    def lifecycle(self, number: int) -> None:
        """Record a response, and change its issue's status twice."""
        issue = self._record(number)
        for move in MOVES:
            self._change(number, issue, move)

    def _record(self, number: int) -> str:
        issue = new_id()
        rows = recorded(number, issue, self._clock())
        with self._connection.transaction():
            if self._run(_KNOWN, rows.responses[:2]).fetchone() is not None:
                raise LookupError(rows.responses[1])
            self._write(_RECORD_EACH, rows)
        return issue

    def _change(self, number: int, issue: str, move: tuple[str, str, str, bool]) -> None:
        with self._connection.transaction():
            before = self._run(_HISTORY, (ACCOUNT, issue)).fetchall()[-1][2]
            self._write(_CHANGE_EACH, changed(number, issue, before, self._clock(), move))

    def _write(self, texts: Sequence[str], rows: Recorded | Changed) -> None:
        for number, (text, given) in enumerate(zip(texts, _each(rows), strict=True)):
            if self._run(text, given).rowcount != 1 and not number:
                raise LookupError("no such row any more")
