"""An async store as the sync faces know one: its transactions are waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from resolutionkit import bridge
from resolutionkit.ports import AsyncStore, UnitOfWork

T = TypeVar("T")


@frozen
class WaitingStore:
    """A store that waits for another; :func:`resolutionkit.bridge.run` has to run whoever uses it.

    Attributes:
        store: The store that is awaited.
    """

    store: AsyncStore

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Wait for one transaction; see :class:`~resolutionkit.ports.Store`."""
        return bridge.wait(self.store.transact(account, work, write=write))

    def close(self) -> None:
        """Wait until every connection is let go of."""
        bridge.wait(self.store.aclose())
