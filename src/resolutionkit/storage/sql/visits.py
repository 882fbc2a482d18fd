"""How migrations reach a database: by its URL or on a host's engine, once more where another was quicker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from resolutionkit.errors import StorageError, shown
from resolutionkit.storage.sql import sqlite
from resolutionkit.storage.sql.dialects import DATABASES
from resolutionkit.storage.sql.engine import WRITES, guest_of, open_engine
from resolutionkit.storage.sql.failures import is_worth_repeating, original, sqlstate, translated
from resolutionkit.storage.sql.tables import Tables
from resolutionkit.storage.sql.turns import alone

T = TypeVar("T")

_ATTEMPTS = 5
_AWAITED = {"aiosqlite", "asyncmy", "aiomysql", "asyncpg", "psycopg_async"}
"""Drivers that serve an asynchronous application; its migrations run through the database's usual one."""
_MADE_MEANWHILE = {"23505", "42P07", "42P06", "42710", "42701"}
"""What PostgreSQL says to the second of two who make the same thing at the same moment, by SQLSTATE."""


def changed(database: str | Engine, tables: Tables, work: Callable[[Connection], T], *, must_exist: bool = False) -> T:
    """Do work that changes the schema, in one transaction, while nobody else does.

    Args:
        database: The database's URL, or an engine of the host's.
        tables: How the tables are named.
        work: What to do.
        must_exist: Whether a SQLite file has to be there already.

    Raises:
        StorageError: The database cannot be used.
    """
    with _engine(database, must_exist=must_exist) as engine:
        if engine.dialect.name == "sqlite" and isinstance(database, str) and not sqlite.is_in_memory(engine.url):
            sqlite.use_write_ahead_log(engine)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _once(engine, tables, work)
            except SQLAlchemyError as problem:
                if attempt == _ATTEMPTS or not _was_made_meanwhile(problem):
                    raise
            time.sleep(0.1 * attempt)
    raise AssertionError("unreachable")  # pragma: no cover


def _once(engine: Engine, tables: Tables, work: Callable[[Connection], T]) -> T:
    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: True})
        with alone(connection, tables.prefix, tables.metadata.schema), connection.begin():
            return work(connection)


def _was_made_meanwhile(problem: SQLAlchemyError) -> bool:
    return is_worth_repeating(problem) or sqlstate(original(problem)) in _MADE_MEANWHILE


def read(database: str | Engine, tables: Tables, question: Callable[[Connection, Tables], T]) -> T:
    """Ask a database that is there.

    Raises:
        StorageError: It cannot be used.
    """
    with _engine(database, must_exist=True) as engine, engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: False})
        with connection.begin():
            return question(connection, tables)


@contextmanager
def _engine(database: str | Engine, *, must_exist: bool) -> Iterator[Engine]:
    """Give an engine, and translate what goes wrong on it."""
    try:
        if isinstance(database, Engine):
            yield guest_of(database)
            return
        engine = _opened(database)
        try:
            if engine.dialect.name == "sqlite":
                sqlite.check_folder(engine.url)
                if must_exist:
                    sqlite.check_file(engine.url, "`resolutionkit db upgrade` makes it")
            yield engine
        finally:
            engine.dispose()
    except SQLAlchemyError as problem:
        raise translated(problem) from problem


def _opened(url: object) -> Engine:
    scheme, colon, rest = url.partition(":") if isinstance(url, str) else ("", "", "")
    name, _, driver = scheme.partition("+")
    if name not in DATABASES:
        # The scheme alone: the rest of a URL may hold a password.
        told = shown(scheme) if isinstance(url, str) else type(url).__name__
        instead = "" if colon else "; a SQLite file is named as 'sqlite:///path/to/file.db'"
        instead = "; write postgresql:" if name == "postgres" else instead
        raise StorageError(f"migrations are for SQL databases, {', '.join(DATABASES)}, and not for {told}{instead}")
    return open_engine(f"{name if driver in _AWAITED else scheme}{colon}{rest}")
