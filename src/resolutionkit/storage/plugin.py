"""The storage backends that ship, as a plugin like any other; a backend is imported when it is opened."""

from __future__ import annotations

from collections.abc import Mapping

from resolutionkit.errors import MissingExtra
from resolutionkit.hooks import AsyncStoreOpener, StoreOpener, StoreOptions, hookimpl
from resolutionkit.ports import AsyncStore, Store
from resolutionkit.storage.memory import MemoryStore

_DATABASES = ("sqlite", "postgresql", "mysql", "mariadb")


def _open_memory(_options: StoreOptions) -> Store:
    return MemoryStore()


async def _open_async_memory(_options: StoreOptions) -> AsyncStore:
    from resolutionkit.storage.memory_aio import AsyncMemoryStore

    return AsyncMemoryStore()


def _open_sql(options: StoreOptions) -> Store:
    try:
        from resolutionkit.storage.sql.store import open_store
    except ModuleNotFoundError as problem:
        raise _missing("sql", problem) from problem
    return open_store(options)


async def _open_async_sql(options: StoreOptions) -> AsyncStore:
    try:
        from resolutionkit.storage.sql.aio import open_async_store
    except ModuleNotFoundError as problem:
        raise _missing("sql-async", problem) from problem
    return await open_async_store(options)


def _missing(extra: str, problem: ModuleNotFoundError) -> ModuleNotFoundError | MissingExtra:
    is_ours = (problem.name or "").partition(".")[0] == "sqlalchemy"
    return MissingExtra(extra, "a SQL database") if is_ours else problem


@hookimpl
def resolutionkit_stores() -> Mapping[str, StoreOpener]:
    """Answer to ``memory:``, and to every database that the SQL store knows."""
    return {"memory": _open_memory, **dict.fromkeys(_DATABASES, _open_sql)}


@hookimpl
def resolutionkit_async_stores() -> Mapping[str, AsyncStoreOpener]:
    """Answer to the same."""
    return {"memory": _open_async_memory, **dict.fromkeys(_DATABASES, _open_async_sql)}
