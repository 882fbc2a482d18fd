"""Django's connection as a host's: statements go through Django's own cursor, so that its log and wrappers see them.

No engine is made over it: one would begin with a rollback of what the host did before. Django is imported only once a
connection of Django's is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import frozen
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.mysql import pymysql
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.engine import result_tuple

from resolutionkit.storage.sql.dialects import Spelling, spelling_of
from resolutionkit.storage.sql.hosts import refused
from resolutionkit.storage.sql.wire import Given, Row, Wire

_DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    "sqlite": pysqlite.dialect,
    "postgresql": psycopg.dialect,
    "mysql": pymysql.dialect,
}
"""What writes statements for Django's vendors; the driver that Django uses may be another one."""
_MARKS = ("vendor", "alias", "settings_dict", "in_atomic_block", "cursor")


def is_django_s(connection: object) -> bool:
    """Say whether this is a connection of Django's, such as ``django.db.connection``."""
    return all(hasattr(connection, mark) for mark in _MARKS)


@frozen
class DjangoHost:
    """A connection of Django's.

    Args:
        given: The connection.
        failures: What Django raises a database's errors as.
        its_spelling: How Django wants statements to be written.
    """

    given: Any
    failures: tuple[type[Exception], ...]
    its_spelling: Spelling

    @property
    def way(self) -> tuple[str, ...]:
        """Name the database; Django's cursors take the same placeholders on all of them."""
        return (self.given.vendor, "django")

    def spelling(self) -> Spelling:
        """Return how Django wants statements to be written."""
        return self.its_spelling

    def wire(self) -> Wire:
        """Return Django's connection as a wire."""
        if self.given.connection is None or (self.given.autocommit and not self.given.in_atomic_block):
            raise refused(self.given, "a connection within a transaction: with transaction.atomic()")
        return DjangoWire(self.given, self.its_spelling.dialect)

    def spoil(self) -> None:
        """Tell Django to roll back the innermost block of ``atomic()``, and to let nothing else be done in it."""
        if self.given.in_atomic_block:
            self.given.set_rollback(True)


def on_django(connection: Any) -> DjangoHost:
    """Return Django's connection as a host.

    Raises:
        InvalidValue: Its database is none of those that we know.
    """
    from django.db import Error

    if connection.vendor not in _DIALECTS:
        raise refused(connection, f"a database that is one of {', '.join(_DIALECTS)}, not {connection.vendor}")
    return DjangoHost(connection, (Error,), spelling_of(_DIALECTS[connection.vendor](), placeholders="format"))


class DjangoWire:
    """Django's connection: a cursor of its own for each statement, as Django's managers have."""

    __slots__ = ("_connection", "_dialect")

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    def run(self, text: str, given: Given) -> int:
        """Run a statement."""
        with self._connection.cursor() as cursor:
            cursor.execute(text, tuple(given))
            met: int = cursor.rowcount
            return met

    def ask(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question."""
        with self._connection.cursor() as cursor:
            cursor.execute(text, tuple(given))
            row = _row_of(tuple(column[0] for column in cursor.description))
            return [row(values) for values in cursor.fetchall()]

    def change(self, text: str, given: Given) -> Row:
        """Run a question that writes."""
        return self.ask(text, given)[0]

    def select(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select."""
        compiled: Any = query.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})
        values = compiled.params
        return self.ask(str(compiled), [values[name] for name in compiled.positiontup])


@cache
def _row_of(columns: tuple[str, ...]) -> Callable[[Sequence[Any]], Row]:
    """Return what makes rows with these columns as their attributes."""
    return result_tuple(columns)
