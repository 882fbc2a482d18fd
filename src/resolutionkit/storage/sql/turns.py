"""One at a time: whoever changes the schema, where the database commits each such change by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select

from resolutionkit.errors import StorageBusy

SECONDS = 60
"""How long one waits for another."""


@contextmanager
def alone(connection: Connection, *names: str | None) -> Iterator[None]:
    """Keep others away meanwhile, on MySQL and MariaDB; elsewhere a transaction does that.

    Args:
        connection: A connection that is in no transaction.
        names: What the tables are named with, so that only those who mean the same ones wait for each other.

    Raises:
        StorageBusy: Another process has been at it for a minute.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        yield
        return
    told = repr((connection.engine.url.database, *names))
    lock = f"resolutionkit:{hashlib.sha256(told.encode()).hexdigest()[:40]}"
    if _asked(connection, func.get_lock(lock, SECONDS)) != 1:
        raise StorageBusy(f"another process has been making or changing the tables for {SECONDS} seconds; try again")
    try:
        yield
    finally:
        if not connection.invalidated:
            _asked(connection, func.release_lock(lock))


def _asked(connection: Connection, what: func.Function[int]) -> int | None:  # type: ignore[name-defined]
    with connection.begin():
        found: int | None = connection.scalar(select(what))
    return found
