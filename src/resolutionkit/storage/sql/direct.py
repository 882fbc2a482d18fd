"""Statements straight to the driver, on a connection whose pool and transaction are SQLAlchemy's all the same.

What SQLAlchemy does for each statement beside running it (a context, events, a result that knows its columns) takes
longer than the driver needs for a short one. Whoever listens to SQLAlchemy's events still hears of every statement:
then they take the other wire.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError

from resolutionkit.storage.sql.wire import Given, Row, SqlAlchemyWire, Wire

T = TypeVar("T")

_TEXTS_MAX = 1000
"""How many texts are kept as drivers want them: those of statements and of their combinations are some hundreds."""
_PLACEHOLDER = re.compile(r"%s")


def wire_on(connection: Connection) -> Wire:
    """Return the shortest wire on a connection of an engine of our own, within a transaction.

    An async driver's connection, and one that somebody listens to, keep to SQLAlchemy's own way.
    """
    events: Any = connection.dispatch
    is_heard = events.before_cursor_execute or events.after_cursor_execute
    return SqlAlchemyWire(connection) if is_heard or connection.dialect.is_async else DirectWire(connection)


class DirectWire:
    """The driver's cursor, behind SQLAlchemy's connection."""

    __slots__ = ("_connection", "_cursor", "_written")

    def __init__(self, connection: Connection) -> None:
        """Run statements on a connection that has begun a transaction."""
        self._connection = connection
        self._written: Callable[[str], str] = str
        if connection.dialect.driver == "psycopg":
            # Its other cursors look for the placeholders of long statements anew at each run.
            self._cursor = connection.dialect.loaded_dbapi.RawCursor(connection.connection.driver_connection)
            self._written = _numbered
        else:
            self._cursor = connection.connection.cursor()

    def run(self, text: str, given: Given) -> int:
        """Run a statement."""
        met: int = self._done(text, given, _row_count)
        return met

    def ask(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question."""
        found: Sequence[Sequence[Any]] = self._done(text, given, _all_rows)
        return [] if not found else [*map(_row_maker(text, self._names), found)]

    def _names(self) -> Sequence[str]:
        return [column[0] for column in self._cursor.description]

    def select(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select."""
        return self._connection.execute(query).all()

    def _done(self, text: str, given: Given, take: Callable[[Any], T]) -> T:
        try:
            self._cursor.execute(self._written(text), given)
            return take(self._cursor)
        except BaseException as problem:  # noqa: BLE001  (it is raised again, whatever it is)
            self._fail(problem, text)

    def _fail(self, problem: BaseException, text: str) -> NoReturn:
        """Tell of an error as SQLAlchemy does, and let go of a connection that is lost, or interrupted half way."""
        connection, dialect = self._connection, self._connection.dialect
        if not isinstance(problem, Exception):
            connection.invalidate(problem)
            raise problem
        if not isinstance(problem, dialect.loaded_dbapi.Error):
            raise problem
        is_lost = dialect.is_disconnect(problem, connection.connection, self._cursor)
        error = DBAPIError.instance(
            text,
            None,
            problem,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=dialect,
        )
        if is_lost:
            connection.invalidate(problem)
            connection.engine.dispose()  # what else is in the pool was lost with it
        raise error from problem


def _row_count(cursor: Any) -> int:
    met: int = cursor.rowcount
    return met


def _all_rows(cursor: Any) -> Sequence[Sequence[Any]]:
    found: Sequence[Sequence[Any]] = cursor.fetchall()
    return found


@lru_cache(_TEXTS_MAX)
def _numbered(text: str) -> str:
    numbers = count(1)
    return _PLACEHOLDER.sub(lambda _: f"${next(numbers)}", text)


_MAKERS: dict[str, Callable[[Sequence[Any]], Row]] = {}


def _row_maker(text: str, names: Callable[[], Sequence[str]]) -> Callable[[Sequence[Any]], Row]:
    """Return what makes rows of a question's values, with its columns as attributes."""
    maker = _MAKERS.get(text)
    if maker is None:
        if len(_MAKERS) == _TEXTS_MAX:
            _MAKERS.clear()
        kind: Any = namedtuple("Row", [*names()])  # type: ignore[misc]  # noqa: PYI024  (its columns are known only now)
        maker = _MAKERS[text] = kind._make
    return maker
