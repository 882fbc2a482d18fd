"""Statements straight to the driver, on a connection whose pool and transaction are SQLAlchemy's all the same.

What SQLAlchemy does for each statement beside running it (a context, events, a result that knows its columns) takes
longer than the driver needs for a short one. Whoever listens to SQLAlchemy's events still hears of every statement:
then they take the other wire.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection, Delete, Select, Update
from sqlalchemy.exc import DBAPIError

from resolutionkit.storage.sql.wire import Given, OwnWire, Row, SqlAlchemyWire, Wire

T = TypeVar("T")

_TEXTS_MAX = 1000
"""How many texts are kept as drivers want them: those of statements and of their combinations are some hundreds."""
_CURSOR = "resolutionkit_cursor"
"""Under which name a connection of the pool keeps its cursor for the next transaction."""
_PLACEHOLDER = re.compile(r"%s")


@contextmanager
def wire_on(connection: Connection, *, may_end: bool = False) -> Iterator[OwnWire]:
    """Yield the shortest wire on a connection of an engine of our own, for one transaction that begins and ends within.

    An async driver's connection, and one that somebody listens to, keep to SQLAlchemy's own way.

    Args:
        connection: The connection.
        may_end: Whether what is asked before the first change may be asked outside of the transaction.
    """
    wire = _shortest(connection)
    if not isinstance(wire, PsycopgWire) or not may_end:
        yield wire
        return
    wire.stand_ready()
    try:
        yield wire
    finally:
        wire.let_go()


def _shortest(connection: Connection) -> OwnWire:
    events: Any = connection.dispatch
    is_heard = events.before_cursor_execute or events.after_cursor_execute
    if is_heard or connection.dialect.is_async:
        return SqlAlchemyWire(connection)
    return PsycopgWire(connection) if connection.dialect.driver == "psycopg" else DirectWire(connection)


class DirectWire:
    """The driver's cursor, behind SQLAlchemy's connection."""

    __slots__ = ("_connection", "_cursor", "_written")

    def __init__(self, connection: Connection) -> None:
        """Run statements on a connection."""
        self._connection = connection
        self._written: Callable[[str], str] = str
        self._cursor: Any = None
        self._try(self._open)

    def _open(self) -> None:
        self._cursor = self._connection.connection.cursor()

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

    def change(self, text: str, given: Given) -> Row:
        """Run a question that writes."""
        return self.ask(text, given)[0]

    def take(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question that locks or writes."""
        return self.ask(text, given)

    def select(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select."""
        return self._connection.execute(query).all()

    def lock(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select that locks."""
        return self.select(query)

    def apply(self, change: Update | Delete) -> int:
        """Make a change."""
        return self._connection.execute(change).rowcount

    def _done(self, text: str, given: Given, take: Callable[[Any], T]) -> T:
        def run() -> T:
            self._cursor.execute(self._written(text), given)
            return take(self._cursor)

        return self._try(run, text)

    def _try(self, act: Callable[[], T], text: str = "") -> T:
        try:
            return act()
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


class PsycopgWire(DirectWire):
    """psycopg's cursor that takes placeholders as the server does, and a transaction that may be one statement.

    Its other cursors look for the placeholders of long statements anew at each run. Standing ready, it begins no
    transaction before something is written: each question sees what is committed when it is asked, as it does within
    one. A change that nothing follows is then a transaction by itself, which saves the trips of BEGIN and COMMIT.

    Attributes:
        can_end: Whether a change can be the whole transaction: it stands ready, and nothing was written yet.
        has_ended: Whether one was sent: if the connection is lost then, nobody knows whether it was committed.
    """

    __slots__ = ("_raw", "can_end", "has_ended")

    def __init__(self, connection: Connection) -> None:
        """Run statements on a connection."""
        self._raw: Any = connection.connection.driver_connection
        self.can_end: bool = False
        self.has_ended: bool = False
        super().__init__(connection)
        self._written = _numbered

    def _open(self) -> None:
        kept = self._connection.connection.info
        self._cursor = kept.get(_CURSOR)
        if self._cursor is None:
            driver = self._connection.dialect.loaded_dbapi
            self._cursor = kept[_CURSOR] = driver.RawCursor(self._raw)
            # As text, each value of a list is searched for what has to be quoted: as bytes it takes a seventh of that.
            self._cursor.adapters.register_dumper(list, driver.types.array.ListBinaryDumper)

    def stand_ready(self) -> None:
        """Begin no transaction until something is written."""
        self._try(lambda: self._raw.set_autocommit(True))
        self.can_end = True

    def run(self, text: str, given: Given) -> int:
        """Run a statement."""
        self._begin()
        return super().run(text, given)

    def change(self, text: str, given: Given) -> Row:
        """Run a question that writes."""
        self._begin()
        return super().change(text, given)

    def take(self, text: str, given: Given) -> Sequence[Row]:
        """Run a question that locks or writes: it is within the transaction, which a question need not be."""
        self._begin()
        return super().take(text, given)

    def lock(self, query: Select[Any]) -> Sequence[Row]:
        """Ask a select that locks: it is within the transaction, which a question need not be."""
        self._begin()
        return super().lock(query)

    def apply(self, change: Update | Delete) -> int:
        """Make a change."""
        self._begin()
        return super().apply(change)

    def stream(self, text: str, rows: Iterable[Given]) -> None:
        """Send rows to a statement that takes in as many as come."""
        self._begin()

        def send() -> None:
            with self._cursor.copy(text) as taking:
                for row in rows:
                    taking.write_row(row)

        self._try(send, text)

    def end_with(self, text: str, given: Given) -> None:
        """Run a question that writes, as the whole transaction: it writes all of it, or fails."""
        self.can_end, self.has_ended = False, True
        super().change(text, given)

    def _begin(self) -> None:
        if self.can_end:
            self.can_end = False
            self._done("BEGIN", (), _row_count)

    def let_go(self) -> None:
        """Leave the connection as the next transaction expects it."""
        if self._connection.closed or self._connection.invalidated:
            return
        if self._raw.info.transaction_status:
            self._connection.invalidate()  # something is not over that should be
        else:
            self._raw.set_autocommit(False)


def has_ended(wire: Wire) -> bool:
    """Say whether a change was sent that commits itself."""
    return isinstance(wire, PsycopgWire) and wire.has_ended


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
