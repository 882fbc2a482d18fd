"""The SQL store for async trackers: the other one, run where it can wait for an async engine's connections.

Nothing of what it says to the database stands here; ``store`` has that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from resolutionkit import bridge
from resolutionkit.errors import StorageError
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import UnitOfWork, WriteConflict
from resolutionkit.storage.sql import sqlite
from resolutionkit.storage.sql.engine import ASYNC_DRIVERS, WRITES, engine_by, prepare_engine
from resolutionkit.storage.sql.failures import driver_failure
from resolutionkit.storage.sql.retries import Retries
from resolutionkit.storage.sql.store import SqlStore
from resolutionkit.storage.sql.tables import DEFAULT_PREFIX, Tables, make_tables

T = TypeVar("T")


class AsyncSqlStore:
    """Keeps everything in a SQL database, for the tasks of one event loop. Processes may share the database.

    Args:
        engine: The engine, prepared as :func:`~resolutionkit.storage.sql.engine.prepare_engine` does it; it is disposed
            of on closing.
        tables: The tables, as :func:`~resolutionkit.storage.sql.tables.make_tables` makes them.
    """

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self.engine = engine
        self.tables = tables
        self._store = SqlStore(engine.sync_engine, tables)
        is_sqlite = engine.dialect.name == "sqlite"
        self._is_in_memory = is_sqlite and sqlite.is_in_memory(engine.url)
        # A database in memory is one connection; and SQLite lets writers wait by chance, where tasks get their turn.
        self._turn = asyncio.Lock() if is_sqlite else None
        self._is_closed = False

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction; see :class:`~resolutionkit.ports.AsyncStore`."""
        retries = Retries()
        while True:
            try:
                once = self._once(account, work, write=write, locks=retries.are_due)
                # Cancelling a statement closes its connection, and with it a database that is in memory.
                return await (_to_its_end(once) if self._is_in_memory else once)
            except (WriteConflict, SQLAlchemyError) as problem:
                pause = retries.pause_after(problem)
            await asyncio.sleep(pause)

    async def _once(self, account: str, work: Callable[[UnitOfWork], T], *, write: bool, locks: bool) -> T:
        if self._is_closed:
            raise StorageError("this store is closed; open another one")
        async with self._turn_of(write=write), AsyncExitStack() as stack:
            plain = await self._connected(stack)
            connection = await plain.execution_options(**{WRITES: write})
            return await connection.run_sync(self._store.run_on, account, work, write=write, locks=locks)

    def _turn_of(self, *, write: bool) -> AbstractAsyncContextManager[object]:
        return self._turn if self._turn is not None and (write or self._is_in_memory) else nullcontext()

    async def _connected(self, stack: AsyncExitStack) -> AsyncConnection:
        try:
            return await stack.enter_async_context(self.engine.connect())
        except SQLAlchemyError:
            raise
        except Exception as problem:
            # Some drivers' failures to connect come as they are; whatever they are, they are the database's.
            raise driver_failure(problem) from problem

    async def aclose(self) -> None:
        """Let go of every connection."""
        self._is_closed = True
        await self.engine.dispose()

    async def prepare(self, *, create: bool | None) -> None:
        """Check the schema, or make it; see :meth:`resolutionkit.storage.sql.store.SqlStore.prepare`."""
        await greenlet_spawn(self._store.prepare, create=create)


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Run something to its end, though this task be cancelled meanwhile; the cancellation goes on then."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # nobody else will ask for it
        raise


async def open_async_store(options: StoreOptions) -> AsyncSqlStore:
    """Open the database of a URL; this is what the URL schemes of SQL lead to in an async tracker.

    Raises:
        StorageError: The URL is wrong, or the database cannot be used.
        MissingExtra: The database's driver is not installed.
        NotADatabase: There is no such file or database, and none may be made.
        SchemaMismatch: The tables are missing where none may be made, or another version wrote them.
    """
    bridge.load_greenlet()
    engine = engine_by(create_async_engine, options.url, ASYNC_DRIVERS)
    prepare_engine(engine.sync_engine)
    if engine.dialect.name == "sqlite" and options.create is False:
        sqlite.check_file(engine.url)
    tables = make_tables(options.prefix or DEFAULT_PREFIX, options.schema)
    return await _prepared(AsyncSqlStore(engine, tables), options.create)


async def async_store_on(
    engine: AsyncEngine, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None, create: bool | None = None
) -> AsyncSqlStore:
    """Return a store on an async engine of the host's, which it makes its own: how it begins transactions changes.

    Args:
        engine: The engine; closing the store disposes of it.
        prefix: What every table's name begins with.
        schema: The database schema, or None for the connection's own.
        create: True to make the tables where they are missing.

    Raises:
        SchemaMismatch: The tables are missing where none may be made, or another version wrote them.
        StorageError: The database cannot be used.
    """
    prepare_engine(engine.sync_engine)
    return await _prepared(AsyncSqlStore(engine, make_tables(prefix, schema)), create)


async def _prepared(store: AsyncSqlStore, create: bool | None) -> AsyncSqlStore:
    try:
        await store.prepare(create=create)
    except BaseException:
        await store.aclose()
        raise
    return store
