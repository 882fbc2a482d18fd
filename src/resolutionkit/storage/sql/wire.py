"""What a unit of work needs of a connection: to run text that is compiled already, and to ask a select."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Connection, Delete, Select, Update

Row: TypeAlias = Any
"""A row of a result, with its columns as attributes."""
Given: TypeAlias = Sequence[Any]
"""The values of one run of a statement, in the order of its placeholders."""


class Wire(Protocol):
    """A connection within a transaction that somebody else begins and ends."""

    def run(self, text: str, given: Given) -> int:
        """Run a statement, and return how many rows of the table it met."""

    def ask(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question, and return all of its rows."""

    def change(self, text: str, given: Given) -> Row:
        """Run a question that writes, and return the one row that it answers."""

    def select(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select that was built for this one question, and return all of its rows."""


class OwnWire(Wire, Protocol):
    """A connection of our own, which may be asked to lock, and to change what a list names."""

    def take(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question that locks or writes what it finds, and return all of its rows."""

    def lock(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select that locks what it finds until the transaction ends."""

    def apply(self, change: Update | Delete) -> int:
        """Make a change that was built for this one occasion, and return how many rows it met."""


class SqlAlchemyWire:
    """SQLAlchemy's connection: its pool, its transaction and its events are what hosts know."""

    __slots__ = ("_connection", "_options")

    def __init__(self, connection: Connection, options: Mapping[str, Any] | None = None) -> None:
        """Run statements on a connection, each with these execution options."""
        self._connection = connection
        self._options = options

    def run(self, text: str, given: Given) -> int:
        """Run a statement."""
        return self._connection.exec_driver_sql(text, tuple(given), execution_options=self._options).rowcount

    def ask(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question."""
        return self._connection.exec_driver_sql(text, tuple(given), execution_options=self._options).all()

    def change(self, text: str, given: Given) -> Row:
        """Run a question that writes."""
        return self.ask(text, given)[0]

    def take(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question that locks or writes."""
        return self.ask(text, given)

    def select(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select."""
        return self._connection.execute(query, execution_options=self._options).all()

    def lock(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select that locks."""
        return self.select(query)

    def apply(self, change: Update | Delete) -> int:
        """Make a change."""
        return self._connection.execute(change, execution_options=self._options).rowcount
