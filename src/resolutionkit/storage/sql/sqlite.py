"""What is particular to a SQLite file: its URL, its file, its settings, its write-ahead log."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, StaticPool, event

from resolutionkit.errors import NotADatabase, StorageError
from resolutionkit.storage.sql.failures import driver_failure, is_held

BUSY_SECONDS = 5.0
"""How long a connection waits for another one's writes, unless the URL says ``?timeout=``."""


def check_options(url: URL) -> None:
    """Refuse options that would be passed over in silence, such as a read-only mode that is none.

    Raises:
        StorageError: SQLite itself reads them in a URI only, and the URL is none.
    """
    ignored = sorted({"mode", "immutable", "cache"} & set(url.query)) if "uri" not in url.query else []
    if ignored:
        told = f"'sqlite:///file:path/to/file.db?{ignored[0]}={url.query[ignored[0]]}&uri=true'"
        raise StorageError(f"{ignored[0]}= in a database URL needs a file: path and uri=true: {told}")


def engine_options(url: URL) -> dict[str, Any]:
    """Return what an engine on a SQLite URL is made with."""
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


def check_file(url: URL, advice: str = "pass create=True to make it") -> None:
    """Refuse a file that is not there: connecting to it would leave an empty one wherever a name was mistyped.

    Raises:
        NotADatabase: There is no such file.
    """
    path = (url.database or "").removeprefix("file:")
    if not is_in_memory(url) and not Path(path).exists():
        raise NotADatabase(f"there is no file {path}; {advice}")


def check_folder(url: URL) -> None:
    """Refuse a file whose folder is not there: a thread of aiosqlite that cannot connect may outlive the event loop.

    Raises:
        NotADatabase: There is no such folder.
    """
    path = (url.database or "").removeprefix("file:")
    if not is_in_memory(url) and not Path(path).parent.exists():
        raise NotADatabase(f"the file {path} cannot be opened; check that its folder exists and may be written to")


def set_up(connection: Any, _record: object) -> None:
    """Set up a new connection."""
    # The driver would begin transactions by its own rules; we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    # What is erased is overwritten: SQLite would leave it in pages that it has let go of.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


class Patience:
    """Lets an engine's new connections fail at once where another one writes, for somebody who tries again.

    Attributes:
        seconds: How long they would have waited themselves.
    """

    def __init__(self, engine: Engine) -> None:
        self.seconds: float = BUSY_SECONDS
        event.listen(engine, "do_connect", self._connect)

    def _connect(self, _dialect: object, _record: object, _given: object, options: dict[str, Any]) -> None:
        self.seconds = float(options.get("timeout", BUSY_SECONDS))
        options["timeout"] = 0


def use_write_ahead_log(engine: Engine) -> None:
    """Switch a file to its write-ahead log, in which readers and the writer do not wait for each other.

    Where several switch it at once, SQLite tells all but one of them at once that it is busy, whatever their timeout;
    an async engine leaves the waiting to its loop.
    """
    patience = 0.0 if engine.dialect.is_async else BUSY_SECONDS
    began = time.monotonic()
    while True:
        try:
            _switch(engine)
        except sqlite3.Error as problem:
            if not is_held(problem) or time.monotonic() - began >= patience:
                raise driver_failure(problem) from problem
            time.sleep(random.uniform(0.001, 0.02))  # noqa: S311  (jitter is no secret)
        else:
            return


def _switch(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.close()
    finally:
        raw.close()
