"""The storage backends that ship, as a plugin like any other; a backend is imported when it is opened."""

from __future__ import annotations

from collections.abc import Mapping

from resolutionkit.errors import MissingExtra
from resolutionkit.hooks import StoreOpener, StoreOptions, hookimpl
from resolutionkit.ports import Store
from resolutionkit.storage.memory import MemoryStore

_DATABASES = ("sqlite", "postgresql", "mysql", "mariadb")


def _open_memory(_options: StoreOptions) -> Store:
    return MemoryStore()


def _open_sql(options: StoreOptions) -> Store:
    try:
        from resolutionkit.storage.sql.store import open_store
    except ModuleNotFoundError as problem:
        if (problem.name or "").partition(".")[0] != "sqlalchemy":
            raise
        raise MissingExtra("sql", "a SQL database") from problem
    return open_store(options)


@hookimpl
def resolutionkit_stores() -> Mapping[str, StoreOpener]:
    """Answer to ``memory:``, and to every database that the SQL store knows."""
    return {"memory": _open_memory, **dict.fromkeys(_DATABASES, _open_sql)}
