"""A database's errors, translated once: which of ours each is, and which are worth running the work again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from resolutionkit.errors import (
    NotADatabase,
    SchemaMismatch,
    StorageBusy,
    StorageError,
    StorageReadOnly,
    StorageUnavailable,
)

_Told: TypeAlias = tuple[type[StorageError], str]

_UNMIGRATED = (
    "the tables of resolutionkit, or columns of them, are missing here; check that this is their database, schema and "
    "prefix, or run `resolutionkit db upgrade`"
)
_NO_PRIVILEGE = (
    "the database user lacks a privilege; grant it on the tables of resolutionkit, and CREATE on their schema or "
    "database to who makes them"
)
_FULL = "the disk is full; make room and try again"
_NO_WRITES = "the database accepts no writes; name its primary server, or an account that may write"
_LOCKED = "other transactions kept the rows locked; try again"
_WRITTEN_SINCE = "others wrote since this transaction began to read; begin those that write with BEGIN IMMEDIATE"
_GONE = "the database server cannot be reached, lets nobody in, or has gone away; check the URL, or try again later"
_CROWDED = "the database server takes no more connections; close some, or let it take more"
_NO_ENTRY = "the database server refuses this user, password or database; check the URL"
_CANCELLED = "the database server cancelled a statement; raise its time limit if it was that"

_SQLITE: Mapping[int, _Told] = {
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
    sqlite3.SQLITE_FULL: (StorageError, _FULL),
}
"""By the low byte of SQLite's code: the rest says more than anybody acts upon."""
_SQLSTATE: Mapping[str, _Told] = {
    "40": (StorageBusy, _LOCKED),
    "55P03": (StorageBusy, _LOCKED),
    "57014": (StorageBusy, _CANCELLED),
    "53300": (StorageBusy, _CROWDED),
    "53100": (StorageError, _FULL),
    "25006": (StorageReadOnly, _NO_WRITES),
    "42501": (StorageReadOnly, _NO_PRIVILEGE),
    "42P01": (SchemaMismatch, _UNMIGRATED),
    "42703": (SchemaMismatch, _UNMIGRATED),
    "3F000": (SchemaMismatch, "the schema does not exist; make it, or name another one"),
    "3D000": (NotADatabase, _NO_ENTRY),
    "28": (NotADatabase, _NO_ENTRY),
    "08": (StorageUnavailable, _GONE),
    "57P": (StorageUnavailable, _GONE),
}
"""PostgreSQL and what speaks like it, by SQLSTATE or the beginning of one; the longest that fits."""
_MYSQL: Mapping[int, _Told] = {
    **dict.fromkeys((1205, 1213, 1020, 3572), (StorageBusy, _LOCKED)),
    **dict.fromkeys((1317, 1969, 3024), (StorageBusy, _CANCELLED)),
    **dict.fromkeys((1040, 1203, 1226), (StorageBusy, _CROWDED)),
    **dict.fromkeys((1021, 1114), (StorageError, _FULL)),
    **dict.fromkeys((1290, 1792, 1836), (StorageReadOnly, _NO_WRITES)),
    1142: (StorageReadOnly, _NO_PRIVILEGE),
    **dict.fromkeys((1146, 1054), (SchemaMismatch, _UNMIGRATED)),
    **dict.fromkeys((1044, 1045, 1049, 1698), (NotADatabase, _NO_ENTRY)),
    **dict.fromkeys((1053, 1927, 2002, 2003, 2005, 2006, 2013, 2055, 4031), (StorageUnavailable, _GONE)),
}
"""MySQL and MariaDB, by their number."""
_REPEATED_STATES = {"40001", "40P01"}
_REPEATED_NUMBERS = {1213, 1205, 1020}


def translated(problem: BaseException) -> StorageError:
    """Return our error for one of SQLAlchemy's or a host's; the caller raises it from the original."""
    if isinstance(problem, PoolTimeout):
        return StorageBusy("every connection of the pool is in use; make the pool larger or close trackers")
    lost = isinstance(problem, DBAPIError) and problem.connection_invalidated
    told = driver_failure(original(problem))
    return StorageUnavailable(f"{_GONE} ({original(problem)})") if lost and type(told) is StorageError else told


def original(problem: BaseException) -> BaseException:
    """Return the driver's own error behind one of SQLAlchemy's or Django's."""
    if isinstance(problem, DBAPIError):
        return problem.orig or problem
    is_driver_s = sqlstate(problem) or number(problem) or isinstance(problem, sqlite3.Error | SQLAlchemyError)
    return problem if is_driver_s or problem.__cause__ is None else problem.__cause__


def sqlstate(problem: BaseException) -> str:
    """Return the SQLSTATE that a driver's error carries, or nothing."""
    found = getattr(problem, "sqlstate", None) or getattr(problem, "pgcode", None)
    return found if isinstance(found, str) else ""


def number(problem: BaseException) -> int:
    """Return the number of a MySQL driver's error, or 0."""
    first = problem.args[0] if problem.args else None
    return first if isinstance(first, int) and not isinstance(problem, OSError) else 0


def driver_failure(problem: BaseException) -> StorageError:
    """Return our error for one of the driver's."""
    kind, advice = _told(problem)
    # The driver may quote values that somebody typed; its first line names the fault.
    first = str(problem).partition("\n")[0]
    return kind(f"{advice} ({first})" if advice else f"the database failed: {first}")


def _told(problem: BaseException) -> _Told:
    unknown = (StorageError, "")
    if isinstance(problem, sqlite3.Error):
        if getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY_SNAPSHOT:
            return StorageBusy, _WRITTEN_SINCE
        if str(problem).startswith(("no such table", "no such column")):  # which have no code of their own
            return SchemaMismatch, _UNMIGRATED
        return _SQLITE.get(getattr(problem, "sqlite_errorcode", 0) & 0xFF, unknown)
    if number(problem):  # first: these drivers may have a SQLSTATE beside it, which says less
        return _MYSQL.get(number(problem), unknown)
    state = sqlstate(problem)
    if state:
        fitting = (_SQLSTATE[state[:length]] for length in (5, 3, 2) if state[:length] in _SQLSTATE)
        return next(fitting, unknown)
    if isinstance(problem, OSError) or _is_connection_failure(problem):
        return StorageUnavailable, _GONE
    return unknown


def _is_connection_failure(problem: BaseException) -> bool:
    # psycopg has no SQLSTATE for a server that it never reached; its class for that is the one of all such failures.
    return type(problem).__module__.startswith("psycopg") and type(problem).__name__ in {
        "OperationalError",
        "ConnectionTimeout",
    }


def is_worth_repeating(problem: SQLAlchemyError) -> bool:
    """Say whether the whole transaction should be run again: the database asks for it, or the connection was lost."""
    return isinstance(problem, DBAPIError) and (problem.connection_invalidated or _asks_for_repetition(problem))


def is_conflict(problem: BaseException) -> bool:
    """Say whether others were in the way, so that the same transaction may succeed when it is run again."""
    return _asks_for_repetition(problem) or _told(original(problem)) == (StorageBusy, _LOCKED) or _is_busy(problem)


def _asks_for_repetition(problem: BaseException) -> bool:
    driver_s = original(problem)
    return (
        getattr(driver_s, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY_SNAPSHOT
        or sqlstate(driver_s) in _REPEATED_STATES
        or number(driver_s) in _REPEATED_NUMBERS
    )


def _is_busy(problem: BaseException) -> bool:
    return getattr(original(problem), "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_held(problem: BaseException) -> bool:
    """Say whether another connection holds a SQLite file at this moment, so that trying again soon may do."""
    code = getattr(original(problem), "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT
