"""What a database was told, heard at the driver or below it: nothing that a library leaves unsaid escapes this.

SQLite's connection reports each statement that it carries out; libpq writes down each message to the server; MariaDB
counts the statements of a session by their kind.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

NOT_OURS = ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "PRAGMA", "ABORT", "PREPARE")
"""How the statements begin that only a host may issue."""
_COUNTERS = {
    "Com_begin": "BEGIN",
    "Com_commit": "COMMIT",
    "Com_rollback": "ROLLBACK",
    "Com_rollback_to_savepoint": "ROLLBACK TO SAVEPOINT",
    "Com_savepoint": "SAVEPOINT",
    "Com_release_savepoint": "RELEASE SAVEPOINT",
    "Com_set_option": "SET",
    "Com_select": "SELECT",
    "Com_insert": "INSERT",
}


@contextmanager
def listening(driver_s: Any) -> Iterator[list[str]]:
    """Yield a list that has, once the block has ended, how each statement began, or the kind of it."""
    heard: list[str] = []
    listen = {"sqlite3": _on_sqlite, "psycopg": _on_postgresql}.get(type(driver_s).__module__.partition(".")[0])
    with (listen or _on_mariadb)(driver_s, heard):
        yield heard


@contextmanager
def _on_sqlite(driver_s: Any, heard: list[str]) -> Iterator[None]:
    driver_s.set_trace_callback(lambda statement: heard.append(statement.lstrip()[:60]))
    yield
    driver_s.set_trace_callback(None)


@contextmanager
def _on_postgresql(driver_s: Any, heard: list[str]) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        driver_s.pgconn.trace(log.fileno())
        yield
        driver_s.pgconn.untrace()
        log.seek(0)
        text = log.read().decode("utf-8", "replace")
    # A message to the server; the name of a prepared statement stands before its text.
    heard += [found.lstrip()[:60] for found in re.findall(r'\tF\t\d+\t(?:Query\t|Parse\t "[^"]*") "([^"]*)', text)]


@contextmanager
def _on_mariadb(driver_s: Any, heard: list[str]) -> Iterator[None]:
    before = _counted(driver_s)
    yield
    after = _counted(driver_s)
    heard += [kind for name, kind in _COUNTERS.items() for _ in range(after[name] - before[name])]


def _counted(driver_s: Any) -> dict[str, int]:
    cursor = driver_s.cursor()
    cursor.execute("SHOW SESSION STATUS LIKE 'Com_%'")
    found = {name: int(count) for name, count in cursor.fetchall() if name in _COUNTERS}
    cursor.close()
    return found


def of_hosts_only(heard: Sequence[str]) -> list[str]:
    """Return what was heard that only a host may say."""
    return [statement for statement in heard if statement.upper().startswith(NOT_OURS)]
