"""An async tracker's store in a host's transaction: what ``joined`` does, run where it can wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from typing import TypeVar

from attrs import frozen
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_scoped_session
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.util import greenlet_spawn

from resolutionkit.ports import UnitOfWork
from resolutionkit.storage.sql.hosts import refused
from resolutionkit.storage.sql.joined import JoinedStore

T = TypeVar("T")

_ANYTHING = "an AsyncConnection or AsyncSession of SQLAlchemy, with a transaction under way"


@frozen
class AsyncJoinedStore:
    """Keeps everything in a transaction that the host begins and ends.

    Attributes:
        store: What does it.
    """

    store: JoinedStore

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in the host's transaction; see :class:`~resolutionkit.ports.AsyncStore`."""
        result: T = await greenlet_spawn(self.store.transact, account, work, write=write)
        return result

    async def aclose(self) -> None:
        """Take no more work; the host's connection and transaction stay as they are."""
        self.store.close()


@asynccontextmanager
async def joining(
    join: Callable[[object], AbstractContextManager[JoinedStore]], connection: object
) -> AsyncIterator[AsyncJoinedStore]:
    """Return a context in which a store works in a host's transaction.

    Args:
        join: Joins what is not async.
        connection: What the host passed.

    Raises:
        InvalidValue: It is nothing that can be joined; the error says what to pass instead.
    """
    inside = _inside_of(connection)
    with ExitStack() as stack:
        yield AsyncJoinedStore(await greenlet_spawn(stack.enter_context, join(inside)))


def _inside_of(connection: object) -> object:
    """Return the connection or session that an async one runs."""
    if isinstance(connection, async_scoped_session):
        connection = connection()
    if isinstance(connection, AsyncSession):
        return connection.sync_session
    if isinstance(connection, Connection | Session | scoped_session):
        raise refused(connection, f"{_ANYTHING}; a Tracker joins this one")
    if not isinstance(connection, AsyncConnection):
        raise refused(connection, _ANYTHING)
    if connection.sync_connection is None:
        raise refused(connection, "a connection that is open: join within the block that opened it")
    return connection.sync_connection
