"""What ``AsyncTracker.open`` gives: awaited it is the tracker, in ``async with`` the tracker for the block."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar


class Closing(Protocol):
    """What is closed at the end of a block."""

    async def aclose(self) -> None:
        """Let go of everything."""


T = TypeVar("T", bound=Closing)


class Opening(Generic[T]):
    """Something that opens when it is awaited or entered; nothing has happened before."""

    def __init__(self, opened: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._opened = opened
        self._entered: T | None = None

    def __await__(self) -> Generator[Any, None, T]:
        """Open it, to be closed by whoever awaits."""
        return self._opened().__await__()

    async def __aenter__(self) -> T:
        """Open it for a block."""
        self._entered = await self._opened()
        return self._entered

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        if self._entered is not None:
            await self._entered.aclose()
