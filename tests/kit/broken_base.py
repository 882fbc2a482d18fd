"""What the broken stores are made of: the store in memory, with a unit of work in between that one can tamper with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from resolutionkit.storage.memory import MemoryStore
from support.stores import dump


class Unit:
    """Passes every call on; each broken store changes one."""

    def __init__(self, unit: Any, store: Any) -> None:
        self.unit = unit
        self.store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)


class Broken(MemoryStore):
    """A store in memory with something wrong.

    Attributes:
        caught_by: The test that is meant to catch it.
    """

    caught_by: ClassVar[str] = ""
    Around: ClassVar[type[Unit]] = Unit

    def transact(self, account: str, work: Callable[[Any], Any], /, *, write: bool) -> Any:
        """Run work on the unit in between."""
        return super().transact(account, lambda unit: work(self.Around(unit, self)), write=write)

    def dump(self, account: str | None, /) -> object:
        """Return every row."""
        return dump(self, account)


class Intact(Broken):
    """Nothing is wrong with this one: it has to pass."""
