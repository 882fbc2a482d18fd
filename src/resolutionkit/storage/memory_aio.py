"""The store in memory for async trackers: the same store, whose work may wait and keeps its turn meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from resolutionkit import bridge
from resolutionkit.ports import UnitOfWork
from resolutionkit.storage.memory import MemoryStore

T = TypeVar("T")


class AsyncMemoryStore:
    """Keeps everything in this process and forgets it with the process. The tasks of one event loop may share it."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        # The store's own lock is a thread's, and all tasks are of one thread.
        self._turn = asyncio.Lock()

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work while nobody else does; see :class:`~resolutionkit.ports.AsyncStore`."""
        async with self._turn:
            return await bridge.run(self._store.transact, account, work, write=write)

    async def aclose(self) -> None:
        """Forget everything."""
        self._store.close()
