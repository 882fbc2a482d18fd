"""The SQL store: runs work in transactions of its own, and repeats them where it must."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from resolutionkit.errors import CommitUnknown, StorageError
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store, UnitOfWork, WriteConflict
from resolutionkit.storage.sql import sqlite
from resolutionkit.storage.sql.alerting import AlertingUnitOfWork
from resolutionkit.storage.sql.creation import Creation
from resolutionkit.storage.sql.direct import has_ended, wire_on
from resolutionkit.storage.sql.engine import WRITES, guest_of, open_engine
from resolutionkit.storage.sql.failures import translated
from resolutionkit.storage.sql.joined import JoinedStore, Joining
from resolutionkit.storage.sql.leasing import prepare_leases
from resolutionkit.storage.sql.retries import Retries
from resolutionkit.storage.sql.schema import schema_for
from resolutionkit.storage.sql.steps import as_one_statement, one_by_one
from resolutionkit.storage.sql.tables import DEFAULT_PREFIX, Tables, make_tables
from resolutionkit.storage.sql.wire import OwnWire, SqlAlchemyWire

__all__ = ["store_on"]  # what hosts call; the rest is for the house

T = TypeVar("T")


class SqlStore:
    """Keeps everything in a SQL database. Threads and processes may share the database, threads this object.

    Args:
        engine: The engine, made by :func:`~resolutionkit.storage.sql.engine.open_engine` or prepared likewise; it is
            disposed of on closing.
        tables: The tables, as :func:`~resolutionkit.storage.sql.tables.make_tables` makes them.
        is_guest: Whether the engine is a host's, prepared by :func:`~resolutionkit.storage.sql.engine.guest_of`: it is
            left open, and its database as it was set up.
    """

    def __init__(self, engine: Engine, tables: Tables, *, is_guest: bool = False) -> None:
        self.engine = engine
        self._is_guest = is_guest
        self.tables = tables
        self._schema = schema_for(tables, engine.dialect)
        self._leases = prepare_leases(tables, self._schema.spelling)
        is_one = self._schema.spelling.has_writing_questions
        self._carry_out = as_one_statement(self._schema.spelling) if is_one else one_by_one
        is_sqlite = engine.dialect.name == "sqlite"
        # A database in memory is one connection, which only one thread can use at a time.
        self._turn: AbstractContextManager[object] = (
            threading.RLock() if is_sqlite and sqlite.is_in_memory(engine.url) else nullcontext()
        )
        # SQLite lets writers wait by chance; among the threads of one process each gets its turn.
        self._write_turn: AbstractContextManager[object] = threading.RLock() if is_sqlite else nullcontext()
        self._joining = Joining(tables, engine.dialect.name)
        self._is_closed = False

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction; see :class:`~resolutionkit.ports.Store`."""
        retries = Retries()
        while True:
            try:
                return self._once(account, work, write=write, locks=retries.are_due)
            except (WriteConflict, SQLAlchemyError) as problem:
                pause = retries.pause_after(problem)
            time.sleep(pause)

    def _once(self, account: str, work: Callable[[UnitOfWork], T], *, write: bool, locks: bool) -> T:
        self._check_is_open()
        with self._turn, self._write_turn if write else nullcontext(), self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: write})
            return self.run_on(connection, account, work, write=write, locks=locks)

    def run_on(
        self, connection: Connection, account: str, work: Callable[[UnitOfWork], T], *, write: bool, locks: bool
    ) -> T:
        """Run work once, in a transaction of its own on a connection."""
        is_done = False
        with self._wire(connection, may_end=write and not locks) as wire:
            try:
                with connection.begin():
                    unit = AlertingUnitOfWork(
                        wire,
                        self._schema,
                        self._leases,
                        account,
                        write=write,
                        carry_out=self._carry_out,
                        locks=locks and write,
                    )
                    result = work(unit)
                    is_done = True
            except DBAPIError as problem:
                if problem.connection_invalidated and (is_done or has_ended(wire)):
                    raise CommitUnknown from problem
                raise
        return result

    def _wire(self, connection: Connection, *, may_end: bool) -> AbstractContextManager[OwnWire]:
        return nullcontext(SqlAlchemyWire(connection)) if self._is_guest else wire_on(connection, may_end=may_end)

    @contextmanager
    def joined(self, connection: object, /) -> Iterator[JoinedStore]:
        """Work in a transaction of the host's; see :class:`~resolutionkit.ports.CanJoin`.

        Args:
            connection: A SQLAlchemy ``Connection`` or ``Session``, or Django's connection, to the same database.
        """
        self._check_is_open()
        store = self._joining.join(connection)
        try:
            yield store
        finally:
            store.close()

    def _check_is_open(self) -> None:
        if self._is_closed:
            raise StorageError("this store is closed; open another one")

    def close(self) -> None:
        """Let go of every connection; a host's engine keeps its own."""
        self._is_closed = True
        if not self._is_guest:
            self.engine.dispose()

    def prepare(self, *, create: bool | None) -> None:
        """Check the schema, or make it.

        Args:
            create: True to make it where it is missing, False never to, None to make it in an empty SQLite file only.

        Raises:
            SchemaMismatch: It is missing, or another version wrote it.
            StorageError: The database cannot be used.
        """
        try:
            with self._turn:
                Creation(self.engine, self.tables, is_guest=self._is_guest).prepare(create=create)
        except SQLAlchemyError as problem:
            raise translated(problem) from problem


def open_store(options: StoreOptions) -> SqlStore:
    """Open the database of a URL; this is what the URL schemes of SQL lead to.

    Raises:
        StorageError: The URL is wrong, or the database cannot be used.
        MissingExtra: The database's driver is not installed.
        InvalidValue: The prefix or schema cannot be used in names.
        NotADatabase: There is no such file or database, and none may be made.
        SchemaMismatch: The tables are missing where none may be made, or another version wrote them.
    """
    engine = open_engine(options.url)
    if engine.dialect.name == "sqlite" and options.create is False:
        sqlite.check_file(engine.url)
    prefix = DEFAULT_PREFIX if options.prefix is None else options.prefix
    return _prepared(SqlStore(engine, make_tables(prefix, options.schema)), options.create)


def store_on(
    engine: Engine, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None, create: bool | None = None
) -> Store:
    """Return a store on an engine of the host's, for ``Tracker(store, ...)``.

    The host's own transactions on that engine begin and end as before.

    Args:
        engine: The engine, synchronous; closing the store leaves it open.
        prefix: What every table's name begins with.
        schema: The database schema, or None for the connection's own.
        create: True to make the tables where they are missing.

    Raises:
        InvalidValue: It is no such engine, or the prefix or schema cannot be used in names.
        SchemaMismatch: The tables are missing where none may be made, or another version wrote them.
        StorageError: The database cannot be used.
    """
    return _prepared(SqlStore(guest_of(engine), make_tables(prefix, schema), is_guest=True), create)


def _prepared(store: SqlStore, create: bool | None) -> SqlStore:
    try:
        store.prepare(create=create)
    except BaseException:
        store.close()
        raise
    return store
