"""A store that is not async as one that is, so that a test can look from outside at what async code did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from resolutionkit import bridge
from resolutionkit.ports import Store, UnitOfWork

T = TypeVar("T")


class AwaitedStore:
    """Lets an async tracker work on a store whose transactions hold up the event loop. Tasks take turns.

    Args:
        store: The store that does the work; whoever opened it closes it.
    """

    def __init__(self, store: Store) -> None:
        """Let nobody have a turn yet."""
        bridge.load_greenlet()
        self._store = store
        self._turn = asyncio.Lock()

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work while no other task does; see :class:`~resolutionkit.ports.AsyncStore`."""
        async with self._turn:
            return await bridge.run(self._store.transact, account, work, write=write)

    async def aclose(self) -> None:
        """Leave the store to whoever opened it."""
