"""A database as an auditor sees it: every cell of every table that is there, whatever the library says of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from attrs import frozen
from sqlalchemy import URL, MetaData, create_engine, select

from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing.twin import shown


@frozen
class Cell:
    """One value of one row, as text."""

    table: str
    column: str
    text: str


class Raw:
    """A database through a door of its own: its tables as the database describes them."""

    def __init__(self, url: str | URL) -> None:
        self._engine = create_engine(url)
        self._tables = MetaData()
        self._tables.reflect(self._engine)

    def cells(self, account: str) -> Iterator[Cell]:
        """Yield every cell of every table, of one account."""
        with self._engine.connect() as connection:
            for table in self._tables.sorted_tables:
                query = select(table)
                if "account" in table.c:  # whose rows the others belong to, nobody knows
                    query = query.where(table.c.account == account)
                for row in connection.execute(query):
                    yield from (Cell(table.name, name, as_text(value)) for name, value in row._mapping.items())

    def close(self) -> None:
        """Let go of the connection."""
        self._engine.dispose()


def as_text(value: object) -> str:
    """Return what stands in a cell as text, whatever its type."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def cells_in_memory(store: MemoryStore, account: str) -> Iterator[Cell]:
    """Yield all that the store in memory keeps of an account, each value with everything in it."""
    tables = store._accounts[account]
    for name in (
        "records",
        "revisions",
        "heads",
        "issues",
        "histories",
        "messages",
        "remembered",
        "loose_messages",
        "preferences",
        "policies",
    ):
        for key, value in getattr(tables, name).items():
            yield Cell(name, "key", repr(key))
            yield Cell(name, "value", shown(value))


def spellings(text: str) -> set[str]:
    """Return how a text may stand in a cell: as it is, within JSON, within ASCII JSON, in a repr; in lower case."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    return {one.lower() for one in (text, plain, json.dumps(text)[1:-1], repr(text)[1:-1])}


def holding(found: Iterable[Cell], text: str) -> set[tuple[str, str]]:
    """Return the tables and columns in which a text stands, in whatever case and however it was escaped."""
    wanted = spellings(text)
    return {(cell.table, cell.column) for cell in found if any(one in cell.text.lower() for one in wanted)}
