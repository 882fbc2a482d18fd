"""Engines: how a SQLite connection is set up and begins its transactions. What runs in them stands in ``store``."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from resolutionkit.errors import NotADatabase, StorageError
from resolutionkit.storage.sql.failures import driver_failure

WRITES = "resolutionkit_writes"
"""The execution option that says that a transaction will write."""
BUSY_SECONDS = 5.0
"""How long a connection waits for another one's writes, unless the URL says ``?timeout=``."""


def open_engine(url: str) -> Engine:
    """Return an engine for a SQLite URL.

    Raises:
        StorageError: The URL is no SQLite URL.
    """
    try:
        if "\0" in url:
            raise ValueError("NUL")
        parsed = make_url(url)
        _check_options(parsed)
        engine = create_engine(parsed, **_options(parsed))
        engine.dialect.create_connect_args(parsed)
    except (ArgumentError, ValueError, ImportError) as problem:
        # Not the URL itself: it may hold a password.
        message = f"this database URL cannot be used: {type(problem).__name__}; a file is 'sqlite:///path/to/file.db'"
        raise StorageError(message) from problem
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _check_options(url: URL) -> None:
    """Refuse options that would be passed over in silence, such as a read-only mode that is none.

    Raises:
        StorageError: SQLite itself reads them in a URI only, and the URL is none.
    """
    ignored = sorted({"mode", "immutable", "cache"} & set(url.query)) if "uri" not in url.query else []
    if ignored:
        told = f"'sqlite:///file:path/to/file.db?{ignored[0]}={url.query[ignored[0]]}&uri=true'"
        raise StorageError(f"{ignored[0]}= in a database URL needs a file: path and uri=true: {told}")


def _options(url: URL) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if "timeout" not in url.query:
        options["connect_args"] = {"timeout": BUSY_SECONDS}
    if is_in_memory(url):
        # One connection is the database; every thread has to use that one.
        options["poolclass"] = StaticPool
        options.setdefault("connect_args", {})["check_same_thread"] = False
    return options


def is_in_memory(url: URL) -> bool:
    """Say whether a SQLite URL names no file."""
    named = url.database or ":memory:"
    return named.removeprefix("file:") == ":memory:" or url.query.get("mode") == "memory"


def check_file(url: URL) -> None:
    """Refuse a file that is not there: connecting to it would leave an empty one wherever a name was mistyped.

    Raises:
        NotADatabase: There is no such file.
    """
    path = (url.database or "").removeprefix("file:")
    if not is_in_memory(url) and not Path(path).exists():
        raise NotADatabase(f"there is no file {path}; pass create=True to make it")


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by its own rules; we begin them ourselves, see _begin.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    # A deferred transaction that turns to writing can fail at once; IMMEDIATE waits its turn instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def use_write_ahead_log(engine: Engine) -> None:
    """Switch a SQLite file to its write-ahead log, in which readers and the writer do not wait for each other."""
    raw = engine.raw_connection()
    try:
        raw.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as problem:
        raise driver_failure(problem) from problem
    finally:
        raw.close()
