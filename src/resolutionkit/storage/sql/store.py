"""The SQL store: opens, checks or makes the schema, and runs work in transactions that it repeats where it must."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from resolutionkit.errors import SchemaMismatch, StorageError, shown
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import UnitOfWork, WriteConflict
from resolutionkit.storage.sql.engine import WRITES, check_file, is_in_memory, open_engine, use_write_ahead_log
from resolutionkit.storage.sql.failures import is_worth_repeating, translated
from resolutionkit.storage.sql.saves import SqlUnitOfWork
from resolutionkit.storage.sql.schema import schema_for
from resolutionkit.storage.sql.tables import SCHEMA_VERSION, Tables, make_tables

T = TypeVar("T")

ATTEMPTS = 8
"""How often a unit of work is run before its conflict is reported."""
_PAUSE = 0.005
_SCHEMA = {"account": "", "name": "schema"}


class SqlStore:
    """Keeps everything in a SQL database. Threads and processes may share the database, threads this object.

    Args:
        engine: The engine; it is disposed of on closing.
        tables: The tables, as :func:`~resolutionkit.storage.sql.tables.make_tables` makes them.
    """

    def __init__(self, engine: Engine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables
        self._schema = schema_for(tables, engine.dialect)
        # A database in memory is one connection, which only one thread can use at a time.
        self._turn = threading.RLock() if is_in_memory(engine.url) else nullcontext()
        # SQLite lets writers wait by chance; among the threads of one process each gets its turn.
        self._write_turn = threading.RLock()
        self._is_closed = False

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction; see :class:`~resolutionkit.ports.Store`."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(account, work, write=write)
            except WriteConflict:
                if attempt == ATTEMPTS:
                    raise
            except SQLAlchemyError as problem:
                if attempt == ATTEMPTS or not is_worth_repeating(problem):
                    raise translated(problem) from problem
            time.sleep(random.uniform(0, _PAUSE * 2**attempt))  # noqa: S311  (jitter is no secret)
        raise AssertionError("unreachable")

    def _once(self, account: str, work: Callable[[UnitOfWork], T], *, write: bool) -> T:
        if self._is_closed:
            raise StorageError("this store is closed; open another one")
        with self._turn, self._write_turn if write else nullcontext(), self._engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: write})
            with connection.begin():
                return work(SqlUnitOfWork(connection, self._schema, account, write=write))

    def close(self) -> None:
        """Let go of every connection."""
        self._is_closed = True
        self._engine.dispose()

    def prepare(self, *, create: bool | None) -> None:
        """Check the schema, or make it.

        Args:
            create: True to make it where it is missing, False never to, None to make it in an empty database only.

        Raises:
            SchemaMismatch: It is missing, or another version wrote it.
            StorageError: The database cannot be used.
        """
        try:
            with self._turn:
                if self._needs_schema(create):
                    self._make_schema()
        except SQLAlchemyError as problem:
            raise translated(problem) from problem

    def _needs_schema(self, create: bool | None) -> bool:
        with self._engine.connect() as connection, connection.begin():
            names = set(inspect(connection).get_table_names(self._tables.metadata.schema))
            if self._tables.meta.name in names:
                self._check_version(connection)
                return False
            if create is False or (create is None and names):
                raise SchemaMismatch(
                    f"the database has no tables of resolutionkit among its {len(names)}; pass create=True to make them"
                )
            return True

    def _check_version(self, connection: Connection) -> None:
        meta = self._tables.meta
        query = select(meta.c.value).where(*(meta.c[name] == value for name, value in _SCHEMA.items()))
        found = connection.scalar(query)
        if found != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"the tables are of version {shown(found)}, and this resolutionkit knows version {SCHEMA_VERSION!r}; "
                "use the release of resolutionkit that wrote them, or a later one"
            )

    def _make_schema(self) -> None:
        if not is_in_memory(self._engine.url):
            use_write_ahead_log(self._engine)
        with self._engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: True})
            with connection.begin():
                # Another process may have been quicker; both hold the write lock in turn.
                if not inspect(connection).has_table(self._tables.meta.name, self._tables.metadata.schema):
                    self._tables.metadata.create_all(connection)
                    connection.execute(insert(self._tables.meta), {**_SCHEMA, "value": SCHEMA_VERSION})


def open_store(options: StoreOptions) -> SqlStore:
    """Open the database of a URL; this is what the URL schemes of SQL lead to.

    Raises:
        StorageError: The URL is wrong, or the database cannot be used.
        NotADatabase: There is no such file, and none may be made.
        SchemaMismatch: The tables are missing where none may be made, or another version wrote them.
    """
    engine = open_engine(options.url)
    if options.create is False:
        check_file(engine.url)
    store = SqlStore(engine, make_tables())
    try:
        store.prepare(create=options.create)
    except BaseException:
        store.close()
        raise
    return store
