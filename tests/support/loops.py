"""Async stores for tests that are not async: driven by an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from resolutionkit import bridge
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import AsyncStore, UnitOfWork
from resolutionkit.tracker.openers import open_async_store
from resolutionkit.tracker.plugins import plugin_manager

T = TypeVar("T")


class Loop:
    """An event loop that runs until it is stopped."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, given: Coroutine[Any, Any, T]) -> T:
        """Run something async to its end; within the loop's own thread, wait for it as the library does."""
        if threading.current_thread() is self._thread:
            return bridge.wait(given)
        result, problem = asyncio.run_coroutine_threadsafe(_outcome(given), self._loop).result()
        if problem is not None:
            raise problem
        return result

    def stop(self) -> None:
        """Stop, once nothing is left to do."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


async def _outcome(given: Coroutine[Any, Any, T]) -> tuple[Any, BaseException | None]:
    try:
        return await given, None
    except BaseException as problem:  # noqa: BLE001  (an interrupt that left its task would end the loop)
        return None, problem


class DrivenStore:
    """An async store as a plain one."""

    def __init__(self, loop: Loop, url: str) -> None:
        self._loop = loop
        self.url = url
        self.store: AsyncStore = loop.run(open_async_store(StoreOptions(url=url), plugin_manager()))

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in a transaction of the async store."""
        return self._loop.run(self.store.transact(account, work, write=write))

    def close(self) -> None:
        """Close the async store."""
        self._loop.run(self.store.aclose())
