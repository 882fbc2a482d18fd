"""Engines of our own: from a URL to connections that begin their transactions as the store needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidRequestError

from resolutionkit.errors import InvalidValue, MissingExtra, NotADatabase, StorageError
from resolutionkit.storage.sql import sqlite
from resolutionkit.storage.sql.dialects import beginning

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

WRITES = "resolutionkit_writes"
"""The execution option that says whether a transaction of our own will write; the host's have none."""
DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
"""The driver of each database, unless the URL names one behind a plus sign."""
ASYNC_DRIVERS = {"sqlite": "aiosqlite", "postgresql": "psycopg", "mysql": "asyncmy", "mariadb": "asyncmy"}
"""The driver of each database where it is awaited; psycopg is both."""
_EXTRAS = {"psycopg": "postgres", "pymysql": "mysql", "asyncmy": "mysql", "aiosqlite": "sql-async"}
"""The extra that brings a driver's module."""
_EXAMPLES = {
    "sqlite": "a file is 'sqlite:///path/to/file.db'",
    "postgresql": "a database is 'postgresql://user:password@host:5432/name'",
    "mysql": "a database is 'mysql://user:password@host:3306/name'",
    "mariadb": "a database is 'mariadb://user:password@host:3306/name'",
}

AnyEngine = TypeVar("AnyEngine", Engine, "AsyncEngine")


def open_engine(url: str) -> Engine:
    """Return an engine for a database URL.

    Raises:
        StorageError: The URL cannot be used.
        MissingExtra: The database's driver is not installed.
    """
    engine = engine_by(create_engine, url, DRIVERS)
    prepare_engine(engine)
    return engine


def engine_by(create: Callable[..., AnyEngine], url: str, drivers: Mapping[str, str]) -> AnyEngine:
    """Return an engine for a database URL, which nobody has prepared yet.

    Args:
        create: What makes it: SQLAlchemy's ``create_engine`` or ``create_async_engine``.
        url: The URL.
        drivers: The driver of each database, unless the URL names one; they say whether drivers are awaited here.

    Raises:
        StorageError: The URL cannot be used.
        MissingExtra: The database's driver is not installed.
    """
    database = url.partition(":")[0].partition("+")[0]
    try:
        parsed = parsed_url(url, drivers)
        _check_parts(parsed)
        _check_driver(parsed, drivers)
        engine = create(parsed, **engine_options(parsed))
        engine.dialect.create_connect_args(parsed)
    except ModuleNotFoundError as problem:
        raise missing_driver(problem) from problem
    except (ArgumentError, InvalidRequestError, ValueError, ImportError) as problem:
        # Not the URL itself: it may hold a password.
        example = _EXAMPLES.get(database, _EXAMPLES["sqlite"])
        raise StorageError(f"this database URL cannot be used: {type(problem).__name__}; {example}") from problem
    return engine


def parsed_url(url: str, drivers: Mapping[str, str] = DRIVERS) -> URL:
    """Return a URL in its parts, with the driver that the database has here unless it names one."""
    if "\0" in url:
        raise ValueError("NUL")
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        sqlite.check_options(parsed)
    if "+" in parsed.drivername:
        return parsed
    return parsed.set(drivername=f"{parsed.drivername}+{drivers[parsed.drivername]}")


def _check_parts(url: URL) -> None:
    """Refuse a server's URL without a database, and one whose password was not escaped: half of it would be told.

    Raises:
        NotADatabase: It names no database.
        StorageError: What should be its host is the end of its password.
    """
    database = url.get_backend_name()
    if "@" in (url.host or ""):
        raise StorageError("the user and password in this database URL have to be percent-encoded: @ as %40, / as %2F")
    if database != "sqlite" and not url.database:
        raise NotADatabase(f"this URL names no database; {_EXAMPLES.get(database, _EXAMPLES['postgresql'])}")


def _check_driver(url: URL, drivers: Mapping[str, str]) -> None:
    """Refuse a driver that has to be awaited where nobody awaits it, and one that cannot be where somebody does."""
    named, database = url.drivername, url.get_backend_name()
    if drivers is DRIVERS:
        if url.get_dialect().is_async:
            told = f"{named}: has to be awaited, by AsyncTracker.open; Tracker.open takes"
            raise StorageError(f"{told} {database}: or {database}+{drivers[database]}:")
    elif not url.get_dialect().get_async_dialect_cls(url).is_async:
        told = f"{named}: cannot be awaited, it is for Tracker.open; AsyncTracker.open takes"
        raise StorageError(f"{told} {database}: or {database}+{drivers[database]}:")


def engine_options(url: URL) -> dict[str, Any]:
    """Return what an engine of our own is made with."""
    if url.get_backend_name() == "sqlite":
        return sqlite.engine_options(url)
    # MySQL's own default would show a repeated unit of work what it saw the first time.
    return {"isolation_level": "READ COMMITTED"} if url.get_backend_name() in {"mysql", "mariadb"} else {}


def prepare_engine(engine: Engine) -> None:
    """Let the engine's connections be set up, and begin their transactions, as the store needs them."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", sqlite.set_up)
    event.listen(engine, "begin", _begin)


def guest_of(engine: Engine) -> Engine:
    """Return a view of a host's engine, on which transactions begin as the store needs; the host's stay as they are.

    Raises:
        InvalidValue: It is no engine, or one that commits each statement.
    """
    if not isinstance(engine, Engine):
        raise InvalidValue("engine", engine, "a synchronous Engine of SQLAlchemy")
    levels = (
        engine.get_execution_options().get("isolation_level"),
        getattr(engine.dialect, "_on_connect_isolation_level", None),
    )
    if "AUTOCOMMIT" in levels:
        raise InvalidValue("engine", engine, "one with transactions, not with the isolation level AUTOCOMMIT")
    ours: Engine = engine.execution_options()
    # A host may begin SQLite's transactions itself, as SQLAlchemy's documentation tells it to: none begins twice.
    if engine.dialect.name != "sqlite" or not list(engine.dispatch.begin):
        event.listen(ours, "begin", _begin)
    return ours


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    statement = beginning(connection.dialect.name, write=writes)
    if statement is not None:
        connection.exec_driver_sql(statement)


def missing_driver(problem: ModuleNotFoundError) -> StorageError | MissingExtra:
    """Return our error for a driver that is not installed."""
    module = (problem.name or "").partition(".")[0]
    if module in _EXTRAS:
        return MissingExtra(_EXTRAS[module], f"a database through {module}")
    return StorageError(f"the database driver {module} is not installed; install it, or name another one in the URL")
