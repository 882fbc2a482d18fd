"""The SQL store for async trackers: the other one, run where it can wait for an async engine's connections.

Nothing of what it says to the database stands here; ``store`` has that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from resolutionkit import bridge
from resolutionkit.errors import InvalidValue, StorageBusy, StorageError
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import AsyncStore, UnitOfWork, WriteConflict
from resolutionkit.storage.sql import sqlite
from resolutionkit.storage.sql.engine import ASYNC_DRIVERS, WRITES, engine_by, guest_of, prepare_engine
from resolutionkit.storage.sql.failures import driver_failure, is_held, translated
from resolutionkit.storage.sql.joined_aio import joining
from resolutionkit.storage.sql.retries import Retries
from resolutionkit.storage.sql.store import SqlStore
from resolutionkit.storage.sql.tables import DEFAULT_PREFIX, Tables, make_tables

__all__ = ["async_store_on"]  # what hosts call; the rest is for the house

T = TypeVar("T")

PAUSE = 0.02
"""Seconds between two tries while another process holds a SQLite file; SQLite itself would take up to 0.1."""


class AsyncSqlStore:
    """Keeps everything in a SQL database, for the tasks of one event loop. Processes may share the database.

    Args:
        engine: The engine, prepared as :func:`~resolutionkit.storage.sql.engine.prepare_engine` does it; it is disposed
            of on closing.
        tables: The tables, as :func:`~resolutionkit.storage.sql.tables.make_tables` makes them.
        is_guest: Whether the engine is a host's, prepared by :func:`~resolutionkit.storage.sql.engine.guest_of`: it is
            left open, and its connections as they were set up.
    """

    def __init__(self, engine: AsyncEngine, tables: Tables, *, is_guest: bool = False) -> None:
        self.engine = engine
        self.tables = tables
        self._store = SqlStore(engine.sync_engine, tables, is_guest=is_guest)
        self._is_guest = is_guest
        is_sqlite = engine.dialect.name == "sqlite"
        self._is_in_memory = is_sqlite and sqlite.is_in_memory(engine.url)
        # A database in memory is one connection; and SQLite lets writers wait by chance, where tasks get their turn.
        self._turn = asyncio.Lock() if is_sqlite else None
        # The driver would wait for another process in its thread, where nobody can cancel it: we try again instead.
        self._patience = sqlite.Patience(engine.sync_engine) if is_sqlite and not is_guest else None
        self._is_closed = False

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction; see :class:`~resolutionkit.ports.AsyncStore`."""
        retries, waiting = Retries(), _Waiting(self._patience)
        while True:
            try:
                once = self._once(account, work, write=write, locks=retries.are_due)
                # Cancelling a statement closes its connection, and with it a database that is in memory.
                return await (_to_its_end(once) if self._is_in_memory else once)
            except (WriteConflict, SQLAlchemyError) as problem:
                pause = PAUSE if waiting.goes_on_after(problem) else retries.pause_after(problem)
            await asyncio.sleep(pause)

    async def _once(self, account: str, work: Callable[[UnitOfWork], T], *, write: bool, locks: bool) -> T:
        self._check_is_open()
        async with self._turn_of(write=write), self._connected() as plain:
            connection = await plain.execution_options(**{WRITES: write})
            return await connection.run_sync(self._store.run_on, account, work, write=write, locks=locks)

    def _turn_of(self, *, write: bool) -> AbstractAsyncContextManager[object]:
        return self._turn if self._turn is not None and (write or self._is_in_memory) else nullcontext()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await self.engine.connect()
        except SQLAlchemyError:
            raise
        except Exception as problem:
            # Some drivers' failures to connect come as they are; whatever they are, they are the database's.
            raise driver_failure(problem) from problem
        try:
            yield connection
        finally:
            # SQLAlchemy's own block would leave it to itself when it is cancelled here, and go on.
            await _to_its_end(connection.close())

    @asynccontextmanager
    async def joined(self, connection: object, /) -> AsyncIterator[AsyncStore]:
        """Work in a transaction of the host's; see :class:`~resolutionkit.ports.AsyncCanJoin`.

        Args:
            connection: A SQLAlchemy ``AsyncConnection`` or ``AsyncSession``, to the same database.
        """
        self._check_is_open()
        async with joining(self._store.joined, connection) as store:
            yield store

    def _check_is_open(self) -> None:
        if self._is_closed:
            raise StorageError("this store is closed; open another one")

    async def aclose(self) -> None:
        """Let go of every connection; a host's engine keeps its own."""
        self._is_closed = True
        if not self._is_guest:
            await self.engine.dispose()
            await asyncio.sleep(0)  # a transport that is closing is closed in the loop's next turn

    async def prepare(self, *, create: bool | None) -> None:
        """Check the schema, or make it; see :meth:`resolutionkit.storage.sql.store.SqlStore.prepare`."""
        waiting = _Waiting(self._patience)
        while True:
            try:
                async with self._connected():
                    pass  # a failure to connect is told here, whatever its class
                await greenlet_spawn(self._store.prepare, create=create)
            except SQLAlchemyError as problem:
                raise translated(problem) from problem
            except StorageBusy as problem:
                if not waiting.goes_on_after(problem.__cause__):
                    raise
            else:
                return
            await asyncio.sleep(PAUSE)


class _Waiting:
    """Waiting while another process holds a SQLite file."""

    def __init__(self, patience: sqlite.Patience | None) -> None:
        self._patience = patience
        self._since = time.monotonic()

    def goes_on_after(self, problem: BaseException | None) -> bool:
        """Say whether to try again: somebody holds the file, and there is time left."""
        if self._patience is None or problem is None or not is_held(problem):
            return False
        return time.monotonic() - self._since < self._patience.seconds


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Run something to its end, however often this task is cancelled meanwhile; the cancellation goes on then."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as problem:
            cancelled = problem
    if cancelled is None or task.cancelled():
        return task.result()
    task.exception()  # nobody else will ask for it
    raise cancelled


async def open_async_store(options: StoreOptions) -> AsyncSqlStore:
    """Open the database of a URL; this is what the URL schemes of SQL lead to in an async tracker.

    Raises:
        StorageError: The URL is wrong, or the database cannot be used.
        MissingExtra: The database's driver is not installed.
        InvalidValue: The prefix or schema cannot be used in names.
        NotADatabase: There is no such file or database, and none may be made.
        SchemaMismatch: The tables are missing where none may be made, or another version wrote them.
    """
    bridge.load_greenlet()
    engine = engine_by(create_async_engine, options.url, ASYNC_DRIVERS)
    prepare_engine(engine.sync_engine)
    if engine.dialect.name == "sqlite":
        sqlite.check_folder(engine.url)
        if options.create is False:
            sqlite.check_file(engine.url)
    prefix = DEFAULT_PREFIX if options.prefix is None else options.prefix
    return await _prepared(AsyncSqlStore(engine, make_tables(prefix, options.schema)), options.create)


async def async_store_on(
    engine: AsyncEngine, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None, create: bool | None = None
) -> AsyncStore:
    """Return a store on an async engine of the host's, for ``AsyncTracker(store, ...)``.

    The host's own transactions on that engine begin and end as before.

    Args:
        engine: The engine, async; closing the store leaves it open.
        prefix: What every table's name begins with.
        schema: The database schema, or None for the connection's own.
        create: True to make the tables where they are missing.

    Raises:
        InvalidValue: It is no such engine, or the prefix or schema cannot be used in names.
        SchemaMismatch: The tables are missing where none may be made, or another version wrote them.
        StorageError: The database cannot be used.
    """
    if not isinstance(engine, AsyncEngine):
        raise InvalidValue("engine", engine, "an AsyncEngine of SQLAlchemy")
    ours = AsyncEngine(guest_of(engine.sync_engine))
    return await _prepared(AsyncSqlStore(ours, make_tables(prefix, schema), is_guest=True), create)


async def _prepared(store: AsyncSqlStore, create: bool | None) -> AsyncSqlStore:
    try:
        await store.prepare(create=create)
    except BaseException:
        await store.aclose()
        raise
    return store
