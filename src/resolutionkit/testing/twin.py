"""A store around two stores, which asks both and fails where they answer differently (law L7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from resolutionkit.model.notes import NoteLog
from resolutionkit.ports import Rewrite, Store, UnitOfWork, Write, WriteConflict

T = TypeVar("T")

_QUESTIONS = ("response", "standing", "history", "issues", "count_issues", "responses", "messages", "remembered")
_OF_ERASING = ("revisions", "responses_before", "spellings")
_LISTS = ("issues", "responses", "messages", *_OF_ERASING)


class TwinStore:
    """Does everything on two stores, and fails with an AssertionError where they answer differently.

    Args:
        one: The store whose answers are given.
        other: The store that has to give the same.
    """

    def __init__(self, one: Store, other: Store) -> None:
        """Put two stores side by side."""
        self.one: Store = one
        self.other: Store = other

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work on both at once."""

        def with_one(unit: UnitOfWork) -> T:
            return self.other.transact(account, lambda other: work(_as_unit(_Twin(unit, other))), write=write)

        return self.one.transact(account, with_one, write=write)

    def close(self) -> None:
        """Close both."""
        self.one.close()
        self.other.close()


class _Twin:
    def __init__(self, one: UnitOfWork, other: UnitOfWork) -> None:
        self._both = (one, other)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in (*_QUESTIONS, *_OF_ERASING):
            raise AttributeError(name)

        def ask(*given: Any) -> Any:
            one, other = (getattr(unit, name)(*given) for unit in self._both)
            if name in _LISTS:
                one, other = tuple(one), tuple(other)
            # Equal is not enough: 6 and 6.0 and True are, and look different to whoever gets them.
            assert one == other, f"{name}{given}"
            assert shown(one) == shown(other), f"{name}{given}"
            return one

        return ask

    def secret(self) -> bytes | None:
        # Each has a secret of its own, and may make it as soon as it needs one.
        one, _ = (unit.secret() for unit in self._both)
        return one

    def make_secret(self) -> bytes:
        one, other = (unit.make_secret() for unit in self._both)
        assert len(one) == len(other) == 32
        return one

    def save(self, writes: Sequence[Write], /) -> None:
        self._change(lambda unit: unit.save(writes))

    def rewrite(self, rewrite: Rewrite, /) -> None:
        self._change(lambda unit: unit.rewrite(rewrite))

    def rename(self, names: Mapping[str, str], /) -> None:
        self._change(lambda unit: unit.rename(names))

    def responses_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        return self._may_hold(lambda unit: unit.responses_holding(address, after, limit), limit)

    def issues_holding(self, address: str, after: str, limit: int, /) -> Sequence[str]:
        return self._may_hold(lambda unit: unit.issues_holding(address, after, limit), limit)

    def _may_hold(self, find: Callable[[Any], Sequence[str]], limit: int) -> Sequence[str]:
        """Return what either gives: each may give more than was asked for, in its own way."""
        found = [find(unit) for unit in self._both]
        assert all(list(ids) == sorted(set(ids)) for ids in found)
        return sorted({one for ids in found for one in ids})[:limit]

    def _change(self, change: Callable[[Any], None]) -> None:
        one, other = (_conflict(unit, change) for unit in self._both)
        assert (one is None) == (other is None), f"one says {one!r}, the other {other!r}"
        if one is not None:
            raise one


def _as_unit(twin: Any) -> UnitOfWork:
    unit: UnitOfWork = twin
    return unit


def _conflict(unit: UnitOfWork, change: Callable[[Any], None]) -> WriteConflict | None:
    try:
        change(unit)
    except WriteConflict as conflict:
        return conflict
    return None


def shown(value: object) -> str:
    """Return all that a value holds, with the types of everything in it."""
    kind: Any = type(value)
    if attrs.has(kind):
        parts = [shown(getattr(value, one.name)) for one in attrs.fields(kind)]
        return f"{kind.__name__}({', '.join(parts)})"
    if isinstance(value, tuple | NoteLog):
        return f"[{', '.join(map(shown, value))}]"
    return f"{type(value).__name__} {value!r}"
