"""A storage backend, and how it joins a transaction of the host's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol, TypeVar, runtime_checkable

from resolutionkit.ports.units import UnitOfWork

T = TypeVar("T")


class Store(Protocol):
    """A storage backend. All backends give the same answers, in the same order (law L7).

    Strings are ordered by their code points, instants by microseconds.
    """

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction and return what it returns.

        The transaction is committed when the work returns and rolled back when it raises. Work that meets a
        :class:`WriteConflict`, a deadlock or its kin is run again as a whole, so it must have no other effects.

        Args:
            account: The account; its data is all that the work can see.
            work: What to do.
            write: Whether the work may save; without it nothing is locked.

        Raises:
            StorageError: The database failed; nothing was written.
        """

    def close(self) -> None:
        """Let go of every connection; using the store afterwards is an error."""


class AsyncStore(Protocol):
    """A :class:`Store` that is awaited, of one event loop. It gives the same answers and keeps the same promises.

    A task that is cancelled within :meth:`transact` leaves a whole transaction or none, and no connection in use.
    """

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in one transaction and return what it returns; see :meth:`Store.transact`.

        The work is not async, and neither is the unit of work: run it with :func:`resolutionkit.bridge.run`, so that
        the unit's questions, and a directory's, can wait for what is.

        Args:
            account: The account; its data is all that the work can see.
            work: What to do.
            write: Whether the work may save; without it nothing is locked.

        Raises:
            StorageError: The database failed; nothing was written.
        """

    async def aclose(self) -> None:
        """Let go of every connection; using the store afterwards is an error."""


@runtime_checkable
class CanJoin(Protocol):
    """An optional ability of a store: it works in a transaction that the host begins and ends (requirement F2)."""

    def joined(self, connection: object, /) -> AbstractContextManager[Store]:
        """Return a context whose store works in the transaction of a host's connection.

        The store begins, commits, rolls back and sets nothing. Work that is refused has written nothing, and a
        conflict that comes once something was written is the host's to repeat. Within the work of one call there is
        one :meth:`UnitOfWork.save`. After the block the store refuses use.

        Args:
            connection: The host's connection, with a transaction under way.

        Raises:
            InvalidValue: It cannot be joined; the error says what to pass instead.
        """


@runtime_checkable
class AsyncCanJoin(Protocol):
    """The same ability of an async store: :class:`CanJoin`, for a host's transaction that is awaited."""

    def joined(self, connection: object, /) -> AbstractAsyncContextManager[AsyncStore]:
        """Return a context whose store works in the transaction of a host's async connection.

        Args:
            connection: The host's connection, with a transaction under way.

        Raises:
            InvalidValue: It cannot be joined; the error says what to pass instead.
        """
