"""What a tracker joins and what it does not: each refusal says what to pass instead, and comes before any statement."""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from resolutionkit import InvalidValue, SchemaMismatch, StorageError, StorageUnavailable, Tracker
from resolutionkit.storage.sql.store import SqlStore, store_on
from support import TurnableClock, organisation, response
from support.hosts import ConnectionHost, DjangoHost, Host


@pytest.fixture
def engine(place: str) -> Iterator[Engine]:
    """Return an engine of the host's own."""
    host = ConnectionHost(place)
    yield host.engine
    host.close()


def join(tracker: Tracker, connection: Any) -> None:
    """Join a connection, and use it."""
    with tracker.joined(connection) as t:
        t.record(response("r-1", 3))


@pytest.mark.parametrize("style", ["connection"])
def test_a_connection_that_commits_by_itself_is_refused(host: Host, outside: Tracker, engine: Engine) -> None:
    """With AUTOCOMMIT each statement would stand alone, set for a connection or for a whole engine."""
    of_engine = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection, of_engine.connect() as other:
        for one in (connection.execution_options(isolation_level="AUTOCOMMIT"), other):
            with pytest.raises(InvalidValue, match="a connection without AUTOCOMMIT"):
                join(outside, one)
    of_engine.dispose()
    assert list(outside.issues()) == []


@pytest.mark.parametrize("style", ["django"])
def test_a_django_connection_outside_atomic_is_refused(host: DjangoHost, outside: Tracker) -> None:
    """Django commits each statement there; whether it has connected before makes no difference."""
    for _ in range(2):
        with pytest.raises(InvalidValue, match=r"with transaction\.atomic"):
            join(outside, host.connection)
        host.connection.ensure_connection()
    with host.transaction() as work, outside.joined(work.connection) as t:
        issue_id = t.record(response("r-1", 3)).issue.id
    assert outside.issue(issue_id).version == 1


@pytest.mark.parametrize("style", ["django"])
def test_a_block_that_outlives_atomic_is_refused(host: DjangoHost, outside: Tracker) -> None:
    """A tracker that is still joined when the transaction has ended writes nothing any more."""
    with host.transaction() as work:
        joined = outside.joined(work.connection)
        t = joined.__enter__()
    with pytest.raises(InvalidValue, match=r"with transaction\.atomic"):
        t.record(response("r-1", 3))
    joined.__exit__(None, None, None)
    assert list(outside.issues()) == []


@pytest.mark.parametrize("style", ["django"])
def test_djangos_autocommit_may_be_switched_off_instead(host: DjangoHost, outside: Tracker) -> None:
    """A host that begins and commits by hand is joined as well."""
    connection = host.connection
    connection.set_autocommit(False)
    with outside.joined(connection) as t:
        issue_id = t.record(response("r-1", 3)).issue.id
    connection.rollback()
    with outside.joined(connection) as t:
        kept = t.record(response("r-1", 3)).issue.id
    connection.commit()
    connection.set_autocommit(True)
    assert kept != issue_id
    assert [line.id for line in outside.issues()] == [kept]


def test_a_closed_connection_is_refused(outside: Tracker, engine: Engine) -> None:
    """Before the block, and within it."""
    with engine.connect() as connection:
        pass
    with pytest.raises(InvalidValue, match="a connection that is open"):
        join(outside, connection)
    with engine.connect() as connection, outside.joined(connection) as t:
        connection.close()
        with pytest.raises(InvalidValue, match="a connection that is open"):
            t.record(response("r-1", 3))


def _async_engine() -> AsyncEngine:
    return create_async_engine("sqlite+aiosqlite://")


NEAR: dict[str, tuple[Callable[[], Any], str]] = {
    "an engine": (lambda: create_engine("sqlite://"), r"with engine\.begin\(\) as connection"),
    "a sessionmaker": (sessionmaker, r"with Session\.begin\(\) as session"),
    "an async engine": (_async_engine, "an AsyncTracker: async with"),
    "an async connection": (lambda: AsyncConnection(_async_engine()), "an AsyncTracker joins this one"),
    "an async session": (AsyncSession, "an AsyncTracker joins this one"),
    "a driver's connection": (lambda: sqlite3.connect(":memory:"), "a SQLAlchemy Connection or Session, or Django's"),
    "a URL": (lambda: "sqlite://", "a SQLAlchemy Connection or Session, or Django's"),
    "nothing": (lambda: None, "a SQLAlchemy Connection or Session, or Django's"),
}


@pytest.mark.parametrize("what", NEAR)
def test_what_is_no_connection_is_refused(open_file: Callable[..., Tracker], what: str) -> None:
    """The error names what would be right instead of what is near."""
    make, instead = NEAR[what]
    given = make()
    tracker = open_file()
    with pytest.raises(InvalidValue, match=instead) as refusal:
        join(tracker, given)
    assert refusal.value.field == "connection"
    if isinstance(given, sqlite3.Connection):
        given.close()


def test_another_kind_of_database_is_refused(outside: Tracker, kind: str) -> None:
    """A connection to SQLite does not join a tracker on a server, nor the other way round."""
    tracker = outside
    if kind == "sqlite":
        pytest.importorskip("psycopg")
        engine = create_engine("postgresql+psycopg://nowhere")
        with Session(engine) as session, pytest.raises(InvalidValue, match="which is sqlite, not postgresql"):
            join(tracker, session)
    else:
        engine = create_engine("sqlite://")
        with engine.connect() as connection, pytest.raises(InvalidValue, match=f"which is {kind}, not sqlite"):
            join(tracker, connection)
    engine.dispose()


def test_a_store_that_cannot_join_says_so() -> None:
    """The store in memory has no database that a host could share; a joined tracker is joined already."""
    engine = create_engine("sqlite://")
    in_memory, in_sql = Tracker.open("memory:"), Tracker(store_on(engine, create=True))
    with engine.connect() as connection, in_sql.joined(connection) as t:
        with pytest.raises(StorageError, match="MemoryStore cannot join a transaction"):
            join(in_memory, connection)
        with pytest.raises(StorageError, match="JoinedStore cannot join a transaction"):
            join(t, connection)
    in_sql.close()
    engine.dispose()


def test_a_closed_tracker_joins_nothing(open_file: Callable[..., Tracker], path: Path) -> None:
    """Its store is closed."""
    tracker = open_file()
    tracker.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection, pytest.raises(StorageError, match="this store is closed"):
        join(tracker, connection)
    engine.dispose()


def test_a_database_without_our_tables_says_so(open_file: Callable[..., Tracker], tmp_path: Path) -> None:
    """The host's connection leads to another file: the error says what is missing there."""
    tracker = open_file()
    engine = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with engine.begin() as connection, pytest.raises(SchemaMismatch, match="roll your transaction back"):
        join(tracker, connection)
    engine.dispose()


def test_a_connection_that_has_not_begun_begins_as_sqlalchemy_does(outside: Tracker, engine: Engine) -> None:
    """The host commits as it goes; what is not committed is gone."""
    with engine.connect() as connection:
        with outside.joined(connection) as t:
            t.record(response("r-1", 3))
        connection.rollback()
        with outside.joined(connection) as t:
            t.record(response("r-2", 3))
        connection.commit()
        with outside.joined(connection) as t:
            t.record(response("r-3", 3))
    assert [line.response.id for line in outside.issues()] == ["r-2"]


def test_a_session_may_commit_within_the_block(outside: Tracker, engine: Engine) -> None:
    """The tracker follows the session from one transaction to the next."""
    with Session(engine) as session, outside.joined(session) as t:
        t.record(response("r-1", 3))
        session.commit()
        t.record(response("r-2", 3))
        session.rollback()
        t.record(response("r-3", 3))
        session.commit()
    assert {line.response.id for line in outside.issues()} == {"r-1", "r-3"}


def test_a_scoped_session_is_a_session(outside: Tracker, engine: Engine) -> None:
    """What web frameworks hand out joins as well."""
    session = scoped_session(sessionmaker(engine))
    with outside.joined(session) as t:
        t.record(response("r-1", 3))
    session.commit()
    session.remove()
    assert [line.response.id for line in outside.issues()] == ["r-1"]


def test_a_session_of_several_databases_is_asked_where_it_writes(outside: Tracker, engine: Engine) -> None:
    """Our tables' engine is the one that the session would write to; a session without one is refused."""
    elsewhere = create_engine("sqlite://")
    store = outside._runner.store
    assert isinstance(store, SqlStore)
    ours = dict.fromkeys(store.tables.metadata.sorted_tables, engine)
    with Session(elsewhere, binds=ours) as session:
        with outside.joined(session) as t:
            t.record(response("r-1", 3))
        session.commit()
    with Session() as session, pytest.raises(InvalidValue, match=r"pass the connection: session\.connection"):
        join(outside, session)
    assert [line.response.id for line in outside.issues()] == ["r-1"]
    elsewhere.dispose()


def test_a_transaction_that_has_ended_says_so(outside: Tracker, engine: Engine) -> None:
    """The host rolled back within its own block: SQLAlchemy lets nothing follow, and the error is ours."""
    with engine.connect() as connection, connection.begin() as transaction, outside.joined(connection) as t:
        t.record(response("r-1", 3))
        transaction.rollback()
        with pytest.raises(StorageError, match="closed transaction"):
            t.record(response("r-2", 3))
    assert list(outside.issues()) == []


def test_a_host_that_streams_its_rows_is_joined(outside: Tracker, engine: Engine) -> None:
    """A server's cursor cannot write: our statements are run without, and the host's option stays as it is."""
    with engine.connect().execution_options(stream_results=True, yield_per=1) as connection:
        with outside.joined(connection) as t:
            issue_id = t.record(response("r-1", 3)).issue.id
            t.as_user("dana").follow(issue_id, "lee@partner.example")
            assert t.as_user("dana").inbox().counts().open == 1
        assert connection.get_execution_options()["stream_results"]
        connection.commit()
    assert outside.issue(issue_id).version == 2


def test_the_trackers_own_engine_may_be_the_hosts(place: str) -> None:
    """Both use one engine: the host's transactions are the host's still, and write."""
    host = ConnectionHost(place)
    store = store_on(host.engine)
    with Tracker(store, directory=organisation(), clock=TurnableClock()) as tracker:
        with host.transaction() as work:
            work.order("before")
            with tracker.joined(work.connection) as t:
                issue_id = t.record(response("r-1", 3)).issue.id
        with host.rolled_back() as work:
            work.order("gone")
            with tracker.joined(work.connection) as t:
                t.record(response("r-2", 3))
        tracker.as_user("dana").add_note(issue_id, "Rang.")
        assert [line.id for line in tracker.issues()] == [issue_id]
        assert host.orders() == ["before"]
    host.close()


def test_a_host_on_sqlite_may_begin_by_itself(open_file: Callable[..., Tracker], path: Path) -> None:
    """SQLAlchemy's recipe for transactions on SQLite, in which the driver begins nothing, is no AUTOCOMMIT."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _connect(driver_s: Any, _record: object) -> None:
        driver_s.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    tracker = open_file()
    with engine.connect() as connection:
        join(tracker, connection)
        connection.rollback()
        join(tracker, connection)
        connection.commit()
    engine.dispose()
    assert len(tracker.issues().items) == 1


@pytest.mark.parametrize("kind", ["mariadb"], indirect=True)
def test_a_host_may_use_another_driver(outside: Tracker, place: str) -> None:
    """The tracker's engine is PyMySQL's, the host's mysqlclient's."""
    if importlib.util.find_spec("MySQLdb") is None:
        pytest.skip("the other driver for MariaDB is not installed: pip install mysqlclient")
    engine = create_engine(make_url(place).set(drivername="mysql+mysqldb"))
    with engine.begin() as connection, outside.joined(connection) as t:
        issue_id = t.record(response("r-1", 3)).issue.id
        t.as_user("dana").follow(issue_id, "lee@partner.example")
    engine.dispose()
    assert "lee@partner.example" in outside.issue(issue_id).followers


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_transaction_that_failed_before_says_so(outside: Tracker, engine: Engine) -> None:
    """PostgreSQL lets nothing but a rollback follow an error of the host's: so the error says."""
    with engine.connect() as connection:
        with pytest.raises(OperationalError):
            connection.execute(text("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)"))
        with pytest.raises(StorageError, match="roll your transaction back"):
            join(outside, connection)
        connection.rollback()
        join(outside, connection)
        connection.commit()
    assert len(outside.issues().items) == 1


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_connection_that_is_lost_says_so(outside: Tracker, engine: Engine) -> None:
    """The server ends the host's connection in mid-transaction: an error of ours, and nothing is there."""
    with engine.connect() as connection, outside.joined(connection) as t:
        issue_id = t.record(response("r-1", 3)).issue.id
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(StorageUnavailable, match="roll your transaction back"):
            t.as_user("dana").add_note(issue_id, "Rang.")
        with pytest.raises(InvalidValue, match="a connection that is open"):
            t.as_user("dana").add_note(issue_id, "Rang.")
    assert list(outside.issues()) == []
