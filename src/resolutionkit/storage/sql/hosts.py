"""What a host hands us to work in its transaction: SQLAlchemy's connection or session. Django's is in ``django``.

Nothing here begins or ends anything; what is refused is refused before the first statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from attrs import frozen
from sqlalchemy import Connection, Dialect, Table, update
from sqlalchemy.exc import SQLAlchemyError

from resolutionkit.errors import InvalidValue
from resolutionkit.storage.sql.dialects import DATABASES, Spelling, spelling_of
from resolutionkit.storage.sql.wire import SqlAlchemyWire, Wire

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, scoped_session

_IN_ONE_GO: Mapping[str, Any] = {"stream_results": False, "yield_per": None}
"""How our statements are run where the host streams its own: no cursor of a server's writes."""


class Host(Protocol):
    """A host's connection, within a transaction that the host begins and ends."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """Return what its database's errors are raised as."""

    @property
    def way(self) -> tuple[str, ...]:
        """Name the database first, then whatever else decides how statements are written."""

    def spelling(self) -> Spelling:
        """Return how statements are written for it."""

    def wire(self) -> Wire:
        """Return the way to its database, once it is sure that a transaction is under way.

        Raises:
            InvalidValue: It is closed, or commits every statement by itself.
        """

    def spoil(self) -> None:
        """See to it that the transaction is rolled back, as far as a host's connection lets anybody."""


def refused(connection: object, expected: str) -> InvalidValue:
    """Return the error for what cannot be joined."""
    return InvalidValue("connection", connection, expected)


@frozen
class SqlAlchemyHost:
    """A connection of SQLAlchemy's, or one that a session has at the moment.

    Args:
        given: What the host passed.
        dialect: The dialect of its connection.
        present: Gives the connection; a session may have another one after each of its transactions.
    """

    given: object
    dialect: Dialect
    present: Callable[[], Connection]
    failures: tuple[type[Exception], ...] = (SQLAlchemyError,)

    @property
    def way(self) -> tuple[str, ...]:
        """Name the database, its driver, and its style of placeholders."""
        return (family(self.dialect.name), self.dialect.driver, self.dialect.paramstyle)

    def spelling(self) -> Spelling:
        """Return how its driver wants statements to be written."""
        return spelling_of(self.dialect)

    def wire(self) -> Wire:
        """Return SQLAlchemy's connection as a wire."""
        connection = self.present()
        if connection.closed or connection.invalidated:
            raise refused(self.given, "a connection that is open: join within the block that opened it")
        if _commits_by_itself(connection):
            raise refused(self.given, "a connection without AUTOCOMMIT, so that all is committed at once, or nothing")
        streams = {"stream_results", "yield_per"} & set(connection.get_execution_options())
        return SqlAlchemyWire(connection, _IN_ONE_GO if streams else None)

    def spoil(self) -> None:
        """Leave it to the host: SQLAlchemy has no way to say that a transaction must not be committed."""


def on_connection(connection: Connection) -> SqlAlchemyHost:
    """Return a connection as a host."""
    return SqlAlchemyHost(connection, connection.dialect, lambda: connection)


def on_session(session: Session | scoped_session[Any], table: Table) -> SqlAlchemyHost:
    """Return a session as a host: with the connection that it would use to write to our tables.

    Raises:
        InvalidValue: The session has no engine for them.
    """
    writing = update(table)
    try:
        bind = session.get_bind(clause=writing)
    except SQLAlchemyError as problem:
        told = "a session with an engine for other tables than its own; pass the connection: session.connection(...)"
        raise refused(session, told) from problem
    return SqlAlchemyHost(session, bind.dialect, lambda: session.connection(bind_arguments={"clause": writing}))


def family(database: str) -> str:
    """Return the name under which databases go together that are written alike."""
    return "mysql" if database == "mariadb" else database


def check_family(connection: object, database: str, ours: str) -> None:
    """Refuse a connection to another kind of database than the tracker's.

    Raises:
        InvalidValue: It is one.
    """
    if database not in DATABASES or family(database) != family(ours):
        raise refused(connection, f"a connection to the tracker's own database, which is {ours}, not {database}")


def _commits_by_itself(connection: Connection) -> bool:
    """Say whether each statement is committed at once, by what the driver's connection knows of itself."""
    dialect, pooled = connection.dialect, connection.connection
    if dialect.name != "sqlite":
        return dialect.detect_autocommit_setting(pooled.dbapi_connection)  # type: ignore[arg-type]
    if not _sqlite_begins_nothing(pooled.driver_connection):
        return False
    if not connection.in_transaction():
        # Hosts that begin by themselves do so when SQLAlchemy does, at the first statement, whatever it is.
        connection.exec_driver_sql("SELECT 1")
    return _sqlite_begins_nothing(pooled.driver_connection)


def _sqlite_begins_nothing(driver_s: Any) -> bool:
    is_left_alone = driver_s.isolation_level is None or getattr(driver_s, "autocommit", None) is True
    return is_left_alone and not driver_s.in_transaction
