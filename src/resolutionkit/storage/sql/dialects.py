"""The one seam for what databases spell differently; everything else is the same statement everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from attrs import frozen
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Dialect,
    Insert,
    Select,
    Table,
    Text,
    Update,
    and_,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

_PLACEHOLDER = re.compile(r"%s")


def _on_postgresql(table: Table) -> Insert:
    return postgresql.insert(table).on_conflict_do_nothing()


def _on_sqlite(table: Table) -> Insert:
    return sqlite.insert(table).on_conflict_do_nothing()


def _on_mysql(table: Table) -> Insert:
    # Its other way, ON DUPLICATE KEY UPDATE, counts a row that was there as one that it met.
    return insert(table).prefix_with("IGNORE")


_INSERT_NEW: Mapping[str, Callable[[Table], Insert]] = {
    "sqlite": _on_sqlite,
    "postgresql": _on_postgresql,
    "mysql": _on_mysql,
    "mariadb": _on_mysql,
}
_BEGIN: Mapping[tuple[str, bool], str] = {
    # Our connections leave it to us to begin. What is deferred and turns to writing can fail; IMMEDIATE waits its turn.
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("sqlite", False): "BEGIN",
    # Several questions of one unit are answered as of one instant.
    ("postgresql", False): "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    ("mysql", False): "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    ("mariadb", False): "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
}
_BY_KEY = "FORCE INDEX (PRIMARY)"
DATABASES = tuple(_INSERT_NEW)
"""The names of the databases whose spelling is known."""


@frozen
class Spelling:
    """How one database, through one driver, wants statements to be written.

    Attributes:
        dialect: What compiles clauses; its placeholders stand in their order, whatever the driver's own style is.
        is_numbered: Whether the driver wants its placeholders numbered.
        has_writing_questions: Whether several statements that write can be one (``WITH ... INSERT ... RETURNING``).
        has_arrays: Whether the values of many rows can be given column by column.
    """

    dialect: Dialect
    is_numbered: bool
    has_writing_questions: bool
    has_arrays: bool

    def insert_new(self, table: Table) -> Insert:
        """Return an insert that leaves rows alone whose key exists: a violated key would end a host's transaction."""
        return _INSERT_NEW[self.dialect.name](table)

    def latest(self, query: Select[Any]) -> Select[Any]:
        """Return a question that sees what others have committed since the transaction began.

        A transaction of MySQL's own default sees what was there at its first question, unless it locks what it reads.
        """
        return query.with_for_update(read=True) if self.dialect.name in {"mysql", "mariadb"} else query

    def without(self, table: Table, read: Select[Any], indexes: Sequence[str]) -> Select[Any]:
        """Return a read for which some indexes of a table do not exist.

        MySQL and its kin choose among indexes that begin alike before they think of the order, and then sort all that a
        person ever had; or they count in the rows themselves. The others need no such advice, and get none.
        """
        if not indexes or self.dialect.name not in {"mysql", "mariadb"}:
            return read
        return read.with_hint(table, f"IGNORE INDEX ({', '.join(indexes)})")

    def one_of(
        self, query: Select[Any], column: ColumnElement[str], values: Sequence[str] | BindParameter[Sequence[str]]
    ) -> Select[Any]:
        """Return a question for the rows with one of many values, each found by an index.

        PostgreSQL takes a table that was never analysed for a small one, and would read all of an account in order to
        leave out what is not among the values.
        """
        if not self.has_arrays:
            return query.where(column.in_(values))
        given = values if isinstance(values, BindParameter) else literal(list(values), postgresql.ARRAY(Text))
        wanted = func.unnest(given).table_valued("value").render_derived(name="wanted")
        found = query.where(column == wanted.c.value).offset(literal_column("0")).lateral("found")
        return select(found).select_from(wanted.join(found, true()))

    def beyond(
        self, columns: Sequence[ColumnElement[Any]], key: Sequence[int | str], *, backwards: bool
    ) -> ColumnElement[bool]:
        """Return the condition for rows that come after a key, so that an index is bounded by all of its columns.

        Most do that where the key is compared as a row, and by the first column alone where each is compared by itself;
        MySQL and its kin only where each is.
        """
        if self.dialect.name not in {"mysql", "mariadb"}:
            place, ends = tuple_(*columns), tuple_(*key, types=[column.type for column in columns])
            return place < ends if backwards else place > ends
        pairs = list(zip(columns, key, strict=True))
        return or_(
            *(
                and_(
                    *(before == value for before, value in pairs[:number]), column < end if backwards else column > end
                )
                for number, (column, end) in enumerate(pairs)
            )
        )

    def by_key(self, change: Update) -> Update:
        """Return a change of rows that are named by their primary key, found by that key.

        MySQL and its kin may find a row of a small table by another index instead, and lock that index before the row:
        the other way round than those who came by the key, which is a deadlock.
        """
        return change.with_hint(_BY_KEY) if self.dialect.name in {"mysql", "mariadb"} else change

    def locking(self, change: Update) -> Select[Any] | Update:
        """Return what locks the rows that a change would meet, which are named by their primary key."""
        where = true() if change.whereclause is None else change.whereclause
        table: Any = change.table
        if self.dialect.name == "sqlite":  # it has one lock for all, which writing takes, even if nothing changes
            kept = next(column for column in table.columns if not column.primary_key)
            return update(table).where(where).values({kept.name: kept})
        return self.locked(select(literal_column("1")).select_from(table).where(where), table)

    def locked(self, read: Select[Any], table: Table) -> Select[Any]:
        """Return a read of rows of a table, named by their primary key, which locks them until the transaction ends."""
        locking = read.with_for_update(of=table)
        return locking.with_hint(table, _BY_KEY) if self.dialect.name in {"mysql", "mariadb"} else locking

    def skipping(self, read: Select[Any]) -> Select[Any]:
        """Return a read that locks its rows, and passes over those that another transaction has locked."""
        return read if self.dialect.name == "sqlite" else read.with_for_update(skip_locked=True)

    def waiting(self, read: Select[Any]) -> Select[Any]:
        """Return a read that locks its rows, and waits for another transaction that has."""
        return read if self.dialect.name == "sqlite" else read.with_for_update()

    def written(self, text: str) -> str:
        """Return a statement as the driver takes it."""
        if not self.is_numbered:
            return text
        numbers = count(1)
        return _PLACEHOLDER.sub(lambda _: f"${next(numbers)}", text)


def spelling_of(dialect: Dialect, *, placeholders: str | None = None) -> Spelling:
    """Return how statements are written for the dialect of a connection.

    Args:
        dialect: The dialect.
        placeholders: The style of placeholders that the connection takes, where it is not the driver's own.
    """
    style = placeholders or ("qmark" if dialect.name == "sqlite" else "format")
    make: Callable[..., Dialect] = type(dialect)
    return Spelling(
        dialect=make(paramstyle=style),
        is_numbered=placeholders is None and dialect.paramstyle == "numeric_dollar",
        has_writing_questions=dialect.name == "postgresql",
        has_arrays=dialect.name == "postgresql",
    )


def beginning(database: str, *, write: bool | None) -> str | None:
    """Return what a transaction begins with, or None where the driver's own beginning will do.

    Args:
        database: The name of the database.
        write: Whether it will write; None for a transaction that is not ours, on an engine that we share.
    """
    if write is None and database != "sqlite":
        return None
    return _BEGIN.get((database, bool(write)))
