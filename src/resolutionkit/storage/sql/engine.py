"""Engines of our own: from a URL to connections that begin their transactions as the store needs them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidRequestError

from resolutionkit.errors import InvalidValue, MissingExtra, StorageError
from resolutionkit.storage.sql import sqlite
from resolutionkit.storage.sql.dialects import beginning

WRITES = "resolutionkit_writes"
"""The execution option that says whether a transaction of our own will write; the host's have none."""
DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
"""The driver of each database, unless the URL names one behind a plus sign."""
_EXTRAS = {"psycopg": "postgres", "asyncpg": "postgres", "pymysql": "mysql", "asyncmy": "mysql"}
"""The extra that brings a driver's module."""
_EXAMPLES = {
    "sqlite": "a file is 'sqlite:///path/to/file.db'",
    "postgresql": "a database is 'postgresql://user:password@host:5432/name'",
    "mysql": "a database is 'mysql+pymysql://user:password@host:3306/name'",
    "mariadb": "a database is 'mariadb+pymysql://user:password@host:3306/name'",
}


def open_engine(url: str) -> Engine:
    """Return an engine for a database URL.

    Raises:
        StorageError: The URL cannot be used.
        MissingExtra: The database's driver is not installed.
    """
    database = url.partition(":")[0].partition("+")[0]
    try:
        parsed = parsed_url(url)
        engine = create_engine(parsed, **engine_options(parsed))
        engine.dialect.create_connect_args(parsed)
    except ModuleNotFoundError as problem:
        raise missing_driver(problem) from problem
    except (ArgumentError, InvalidRequestError, ValueError, ImportError) as problem:
        # Not the URL itself: it may hold a password.
        example = _EXAMPLES.get(database, _EXAMPLES["sqlite"])
        raise StorageError(f"this database URL cannot be used: {type(problem).__name__}; {example}") from problem
    prepare_engine(engine)
    return engine


def parsed_url(url: str) -> URL:
    """Return a URL in its parts, with the driver that the database has here unless it names one."""
    if "\0" in url:
        raise ValueError("NUL")
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        sqlite.check_options(parsed)
    if "+" in parsed.drivername:
        return parsed
    return parsed.set(drivername=f"{parsed.drivername}+{DRIVERS[parsed.drivername]}")


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
