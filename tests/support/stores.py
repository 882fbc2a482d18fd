"""The stores that ship, opened for a test, and what each can do beyond the port."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from sqlalchemy import select

from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.storage.sql.store import SqlStore, open_store

BACKENDS = ("memory", "sqlite")
_MADE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{64}\b")
"""What is made anew each time: ids and digests."""

Failures: TypeAlias = list[tuple[int, Exception]]
"""Attempts of units of work that failed: the number of each, counted from 1, and what it met."""


def fresh_store(backend: str) -> Store:
    """Return an empty store that lives in this process's memory."""
    return MemoryStore() if backend == "memory" else open_store(StoreOptions(url="sqlite://"))


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
    with store._turn, store.engine.connect() as connection:
        for table in store.tables.metadata.sorted_tables:
            query = select(table) if account is None else select(table).where(table.c.account == account)
            found[table.name] = sorted((tuple(row) for row in connection.execute(query)), key=repr)
    return found


def rows(store: SqlStore, account: str) -> dict[str, list[str]]:
    """Return all that an account of a SQL store holds; numbers stand for ids and digests, which are made anew."""
    kept = dump(store, account)
    # Two rows may differ by an address's random id alone; what is told apart by content is always in one order.
    numbers = {row[1]: row[2] for row in kept[store.tables.addresses.name]}

    addresses = dict(numbers)

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"<{len(numbers)}>")

    def as_text(row: Any) -> tuple[str, str]:
        text = repr(row).replace(account, "account")
        return _MADE.sub(lambda found: addresses.get(found[0], "<>"), text), text

    return {name: [_MADE.sub(number, text) for _, text in sorted(map(as_text, found))] for name, found in kept.items()}


class Dumping:
    """A store whose rows can be shown: :class:`resolutionkit.testing.CanDump`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def dump(self, account: str | None, /) -> object:
        """Return every row."""
        return dump(self.store, account)


class OnFile(Dumping):
    """A store on a SQLite file, which can also be reopened and shared."""

    def __init__(self, store: Store, path: Path) -> None:
        super().__init__(store)
        self.path = path

    def reopen(self) -> Store:
        """Open the file again."""
        return open_file(self.path)

    def share(self) -> Store:
        """Open the file once more."""
        return open_file(self.path)


class OnServer(Dumping):
    """A store on a database server, which can also be reopened and shared."""

    def __init__(self, store: Store, url: str) -> None:
        super().__init__(store)
        self.url = url

    def reopen(self) -> Store:
        """Open the database again."""
        return open_store(StoreOptions(url=self.url))

    share = reopen


def open_file(path: Path) -> Store:
    """Return the store of a SQLite file."""
    return open_store(StoreOptions(url=f"sqlite:///{path}"))
