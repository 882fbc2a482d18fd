"""Stores around stores: one that asks two and compares, one that fails, and a dump of everything in a store."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import attrs
from sqlalchemy import select

from resolutionkit.hooks import StoreOptions
from resolutionkit.model.notes import NoteLog
from resolutionkit.ports import Store, UnitOfWork, Write
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.storage.sql.store import SqlStore, open_store

T = TypeVar("T")

BACKENDS = ("memory", "sqlite")
_ACCOUNTS = itertools.count(1)
_QUESTIONS = ("response", "standing", "history", "issues", "count_issues", "responses", "messages", "remembered")


def fresh_store(backend: str) -> Store:
    """Return an empty store that lives in this process's memory."""
    return MemoryStore() if backend == "memory" else open_store(StoreOptions(url="sqlite://"))


def fresh_account() -> str:
    """Return the name of an account that was never used: an example of its own in a shared store."""
    return f"account-{next(_ACCOUNTS)}"


def dump(store: Store, account: str | None = None) -> dict[str, Any]:
    """Return every row that a store keeps, of one account or of all."""
    if isinstance(store, MemoryStore):
        return {
            name: {table: dict(rows) for table, rows in attrs.asdict(tables, recurse=False).items() if rows}
            for name, tables in list(store._accounts.items())
            if account in {None, name} and any(attrs.astuple(tables, recurse=False))
        }
    assert isinstance(store, SqlStore)
    found = {}
    with store._turn, store._engine.connect() as connection:
        for table in store._tables.metadata.sorted_tables:
            query = select(table) if account is None else select(table).where(table.c.account == account)
            found[table.name] = sorted((tuple(row) for row in connection.execute(query)), key=repr)
    return found


def shown(value: object) -> str:
    """Return all that a value holds, with the types of everything in it."""
    if attrs.has(type(value)):
        parts = [shown(getattr(value, one.name)) for one in attrs.fields(type(value))]
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, tuple | NoteLog):
        return f"[{', '.join(map(shown, value))}]"
    return f"{type(value).__name__} {value!r}"


class TwinStore:
    """Does everything on two stores, and fails where they answer differently (law L7)."""

    def __init__(self, one: Store, other: Store) -> None:
        self.one, self.other = one, other

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work on both at once."""

        def with_one(unit: UnitOfWork) -> T:
            return self.other.transact(account, lambda other: work(_Twin(unit, other)), write=write)

        return self.one.transact(account, with_one, write=write)

    def close(self) -> None:
        """Close both."""
        self.one.close()
        self.other.close()


class _Twin:
    def __init__(self, one: UnitOfWork, other: UnitOfWork) -> None:
        self._one, self._other = one, other

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in _QUESTIONS:
            raise AttributeError(name)

        def ask(*given: Any) -> Any:
            answers = [getattr(unit, name)(*given) for unit in (self._one, self._other)]
            if name in {"issues", "responses", "messages"}:
                answers = [tuple(answer) for answer in answers]
            # Equal is not enough: 6 and 6.0 and True are, and look different to whoever gets them.
            assert answers[0] == answers[1], f"{name}{given}"
            assert shown(answers[0]) == shown(answers[1]), f"{name}{given}"
            return answers[0]

        return ask

    def secret(self) -> bytes | None:
        self._other.secret()
        return self._one.secret()

    def make_secret(self) -> bytes:
        self._other.make_secret()
        return self._one.make_secret()

    def save(self, writes: Sequence[Write], /) -> None:
        self._one.save(writes)
        self._other.save(writes)


class Boom(Exception):
    """What a test makes go wrong."""


class FailingStore:
    """A store whose units of work fail at a chosen call, before or after it was carried out."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.calls = 0
        self.fail_at: int | None = None
        self.fails_after = False

    def arm(self, fail_at: int | None, *, after: bool = False) -> None:
        """Let the n-th call from now on fail, counted from 1."""
        self.calls, self.fail_at, self.fails_after = 0, fail_at, after

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work on a unit of work that may fail."""
        return self.store.transact(account, lambda unit: work(_Failing(unit, self)), write=write)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the store."""
        self.store.close()


class _Failing:
    def __init__(self, unit: UnitOfWork, store: FailingStore) -> None:
        self._unit, self._store = unit, store

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._unit, name)

        def watched(*given: Any) -> Any:
            store = self._store
            store.calls += 1
            if store.calls == store.fail_at and not store.fails_after:
                raise Boom(name)
            answer = call(*given)
            if store.calls == store.fail_at:
                raise Boom(name)
            return answer

        return watched
