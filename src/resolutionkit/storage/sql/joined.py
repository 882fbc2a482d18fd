"""The SQL store in a host's transaction: it begins, commits, rolls back and sets nothing, not even on first use.

What is repeated elsewhere by rolling back is repeated here only while nothing was written; everything else that needs
repeating is the host's to repeat, with all that it did in its transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from resolutionkit.errors import StorageError
from resolutionkit.ports import UnitOfWork, WriteConflict
from resolutionkit.storage.sql.django import is_django_s, on_django
from resolutionkit.storage.sql.erasing import ErasingUnitOfWork
from resolutionkit.storage.sql.failures import is_conflict, translated
from resolutionkit.storage.sql.hosts import Host, check_family, on_connection, on_session, refused
from resolutionkit.storage.sql.retries import ATTEMPTS
from resolutionkit.storage.sql.schema import Schema, schema_of
from resolutionkit.storage.sql.steps import InHostsTransaction, as_one_statement, one_by_one
from resolutionkit.storage.sql.tables import Tables

T = TypeVar("T")

_ROLL_BACK = "roll your transaction back"
_AGAIN = f"{_ROLL_BACK}, and run it again as a whole"
_INSTEADS = {
    "Engine": "a connection with a transaction: with engine.begin() as connection",
    "sessionmaker": "a session: with Session.begin() as session",
    "AsyncConnection": "a connection that is not async; an AsyncTracker joins this one",
    "AsyncSession": "a session that is not async; an AsyncTracker joins this one",
    "async_scoped_session": "a session that is not async; an AsyncTracker joins this one",
    "AsyncEngine": "a connection with a transaction, and an AsyncTracker: async with engine.begin() as connection",
}
"""What to pass instead of what is near."""
_ANYTHING = "a SQLAlchemy Connection or Session, or Django's connection, with a transaction under way"


class JoinedStore:
    """Keeps everything in a transaction that the host begins and ends; it is of no use after :meth:`close`.

    Args:
        host: The host's connection.
        schema: The tables, with statements as the host's connection takes them.
    """

    def __init__(self, host: Host, schema: Schema) -> None:
        self._host = host
        self._schema = schema
        is_one = schema.spelling.has_writing_questions
        self._carry_out = as_one_statement(schema.spelling) if is_one else one_by_one
        self._has_ended = False

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in the host's transaction; see :class:`~resolutionkit.ports.Store`.

        Raises:
            InvalidValue: The host's connection is closed, or commits every statement by itself.
            WriteConflict: Others changed what this decided on; the host has to run its transaction again.
            StorageError: The database failed, and the host has to roll back; or the block has ended.
        """
        if self._has_ended:
            raise StorageError("the block has ended in which this tracker was joined to a transaction; join it again")
        attempt = 0
        while True:
            attempt += 1
            steps = InHostsTransaction(self._carry_out)
            try:
                # From the second attempt on the others have ended: what they left is there to be locked.
                return self._once(account, work, steps, write=write, locks=write and attempt > 1)
            except WriteConflict as problem:
                if steps.has_written or attempt == ATTEMPTS:
                    self._host.spoil()
                    raise WriteConflict(f"{problem}; {_AGAIN}") from problem
            except self._host.failures as problem:
                self._host.spoil()
                raise _failure(problem) from problem
            except BaseException:
                if steps.has_written:
                    self._host.spoil()
                raise

    def _once(
        self, account: str, work: Callable[[UnitOfWork], T], steps: InHostsTransaction, *, write: bool, locks: bool
    ) -> T:
        wire = self._host.wire()
        return work(ErasingUnitOfWork(wire, self._schema, account, write=write, carry_out=steps, locks=locks))

    def close(self) -> None:
        """Take no more work; the host's connection and transaction stay as they are."""
        self._has_ended = True


def _failure(problem: BaseException) -> StorageError:
    """Return what the host is told of a database's error: most databases let nothing but a rollback follow."""
    failure = translated(problem)
    if is_conflict(problem):
        return WriteConflict(f"{failure}; {_AGAIN}")
    return type(failure)(f"{failure}; {_ROLL_BACK}")


def host_of(connection: object, tables: Tables) -> Host:
    """Return what the host passed, as we use it.

    Raises:
        InvalidValue: It is nothing that can be joined; the error says what to pass instead.
    """
    if isinstance(connection, Connection):
        return on_connection(connection)
    if is_django_s(connection):
        return on_django(connection)
    from sqlalchemy.orm import Session, scoped_session

    if isinstance(connection, Session | scoped_session):
        return on_session(connection, tables.meta)
    kinds = [kind.__name__ for kind in type(connection).__mro__ if kind.__module__.startswith("sqlalchemy")]
    raise refused(connection, next((_INSTEADS[kind] for kind in kinds if kind in _INSTEADS), _ANYTHING))


class Joining:
    """Joins one database's store to hosts' transactions; statements are prepared once for each way to write them.

    Args:
        tables: The tables.
        database: The name of the database's dialect.
    """

    def __init__(self, tables: Tables, database: str) -> None:
        self._tables = tables
        self._database = database
        self._schemas: dict[tuple[str, ...], Schema] = {}

    def join(self, connection: object) -> JoinedStore:
        """Return a store that works in the transaction of a host's connection; whoever asks for it closes it.

        Raises:
            InvalidValue: It cannot be joined; the error says what to pass instead.
            StorageError: The host's connection cannot be used.
        """
        host = host_of(connection, self._tables)
        check_family(connection, host.way[0], self._database)
        try:
            host.wire()
        except host.failures as problem:
            raise _failure(problem) from problem
        schema = self._schemas.get(host.way)
        if schema is None:
            schema = self._schemas[host.way] = schema_of(self._tables, host.spelling())
        return JoinedStore(host, schema)
