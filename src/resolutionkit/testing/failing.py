"""A store whose calls fail when they are told to, to see what a failure leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import attrs

from resolutionkit.ports import Store, UnitOfWork, Write

T = TypeVar("T")


class Boom(Exception):
    """What a test makes go wrong."""


class FailingStore:
    """A store whose units of work fail at a chosen call, before or after it was carried out.

    Args:
        store: The store that does the work.

    Attributes:
        store: The store that does the work.
        calls: How many calls there were since it was armed.
    """

    def __init__(self, store: Store) -> None:
        """Let nothing fail yet."""
        self.store: Store = store
        self.calls: int = 0
        self._fail_at: int | None = None
        self._fails_after = False

    def arm(self, fail_at: int | None, *, after: bool = False) -> None:
        """Let a call from now on raise :class:`Boom`.

        Args:
            fail_at: Which call, counted from 1; None for none.
            after: Whether it fails after it was carried out, rather than before.
        """
        self.calls, self._fail_at, self._fails_after = 0, fail_at, after

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work on a unit of work that may fail."""

        def failing(unit: UnitOfWork) -> T:
            watched: Any = _Failing(unit, self._called)
            return work(watched)

        return self.store.transact(account, failing, write=write)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _called(self, call: Callable[[], T]) -> T:
        self.calls += 1
        is_due = self.calls == self._fail_at
        if is_due and not self._fails_after:
            raise Boom
        answer = call()
        if is_due:
            raise Boom
        return answer


class _Failing:
    def __init__(self, unit: UnitOfWork, called: Callable[[Callable[[], Any]], Any]) -> None:
        self._unit, self._called = unit, called

    def save(self, writes: Sequence[Write]) -> None:
        # A failure may follow: what was told to be the last is not.
        changes = [attrs.evolve(write, is_last=False) for write in writes]
        self._called(lambda: self._unit.save(changes))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._unit, name)
        return lambda *given: self._called(lambda: call(*given))
