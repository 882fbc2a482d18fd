"""A database's errors, translated once: which of ours each is, and which are worth running the work again."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from resolutionkit.errors import NotADatabase, StorageBusy, StorageError, StorageReadOnly

_SQLITE: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_BUSY: (
        StorageBusy,
        "another process holds the database for longer than the timeout; try again, or pass ?timeout=SECONDS",
    ),
    sqlite3.SQLITE_LOCKED: (StorageBusy, "another connection of this process holds the table; try again"),
    sqlite3.SQLITE_READONLY: (
        StorageReadOnly,
        "the database accepts no writes; check the permissions of the file and its folder, and mode= in the URL",
    ),
    sqlite3.SQLITE_NOTADB: (NotADatabase, "the file is not a SQLite database; name another file"),
    sqlite3.SQLITE_CORRUPT: (NotADatabase, "the file is damaged; restore it from a backup"),
    sqlite3.SQLITE_CANTOPEN: (
        NotADatabase,
        "the file cannot be opened; check that its folder exists and may be written to",
    ),
    sqlite3.SQLITE_FULL: (StorageError, "the disk is full; make room and try again"),
}


def translated(problem: SQLAlchemyError) -> StorageError:
    """Return our error for one of SQLAlchemy's; the caller raises it from the original."""
    if isinstance(problem, PoolTimeout):
        return StorageBusy("every connection of the pool is in use; make the pool larger or close trackers")
    return driver_failure(problem.orig if isinstance(problem, DBAPIError) and problem.orig is not None else problem)


def driver_failure(problem: BaseException) -> StorageError:
    """Return our error for one of the driver's."""
    if isinstance(problem, sqlite3.Error):
        # The low byte is the primary code; the rest says more than anybody acts upon.
        known = _SQLITE.get(getattr(problem, "sqlite_errorcode", 0) & 0xFF)
        if known is not None:
            kind, advice = known
            return kind(f"{advice} ({problem})")
    return StorageError(f"the database failed: {problem}")


def is_worth_repeating(problem: SQLAlchemyError) -> bool:
    """Say whether the database asks for the whole transaction to be run again."""
    original = problem.orig if isinstance(problem, DBAPIError) else None
    return getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY_SNAPSHOT
