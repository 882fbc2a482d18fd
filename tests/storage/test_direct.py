"""The short way to the driver: taken where nobody listens, and telling of every failure as the long way does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import DBAPIError

from resolutionkit import CommitUnknown, Outcome, StorageUnavailable, Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.direct import DirectWire, PsycopgWire, wire_on
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.storage.sql.wire import SqlAlchemyWire
from support import TurnableClock, organisation, response
from support.proxy import Proxy
from support.servers import SERVERS, database, server, shared_database

DATABASES = ("sqlite", *SERVERS)


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """Return a store on each kind of database."""
    url = "sqlite://" if request.param == "sqlite" else shared_database(request.param)
    opened = open_store(StoreOptions(url=url))
    yield opened
    opened.close()


@pytest.fixture
def connection(store: SqlStore) -> Iterator[Connection]:
    """Return a connection within a transaction."""
    with store.engine.connect() as opened, opened.begin():
        yield opened


def placeholder(connection: Connection) -> str:
    """Return what stands for a value in the texts of prepared statements."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


def short_way(connection: Connection) -> DirectWire:
    """Return the wire straight to the connection's driver."""
    return (PsycopgWire if connection.dialect.driver == "psycopg" else DirectWire)(connection)


def test_whoever_listens_hears_of_every_statement(connection: Connection) -> None:
    """The short way is taken where nobody listens, and only there."""
    with wire_on(connection) as wire:
        assert isinstance(wire, DirectWire)

    def hear(*_what: Any) -> None:
        return None

    event.listen(Engine, "after_cursor_execute", hear)
    try:
        with wire_on(connection) as wire:
            assert isinstance(wire, SqlAlchemyWire)
    finally:
        event.remove(Engine, "after_cursor_execute", hear)


def test_both_ways_give_the_same_rows(connection: Connection) -> None:
    """With the columns as attributes, in the order of the question, and no row where there is none."""
    mark = placeholder(connection)
    text = f"SELECT value, name FROM resolutionkit_meta WHERE account = {mark} AND name = {mark}"
    short, long = short_way(connection), SqlAlchemyWire(connection)
    for name in ("schema", "nothing"):
        found = short.ask(text, ["", name])
        assert [tuple(row) for row in found] == [tuple(row) for row in long.ask(text, ["", name])]
    (row,) = short.ask(text, ["", "schema"])
    assert row.name == "schema"
    assert (row.value, row.name) == tuple(row)


def test_both_ways_count_the_rows_that_a_statement_met(connection: Connection) -> None:
    """None, and one."""
    mark = placeholder(connection)
    text = f"DELETE FROM resolutionkit_meta WHERE account = {mark}"
    connection.exec_driver_sql("INSERT INTO resolutionkit_meta VALUES ('direct', 'a', 'b')")
    wire = short_way(connection)
    assert [wire.run(text, ["direct"]), wire.run(text, ["direct"])] == [1, 0]


def test_both_ways_tell_of_an_error_alike(store: SqlStore) -> None:
    """The driver's own error is the cause, with its code, and the statement is named without its values."""
    told = []
    for way in (short_way, SqlAlchemyWire):
        with store.engine.connect() as connection, connection.begin(), pytest.raises(DBAPIError) as refused:
            way(connection).ask("SELECT nothing FROM resolutionkit_meta", [])
        told.append(refused.value)
    short, long = told
    assert type(short) is type(long)
    assert str(short.orig) == str(long.orig)
    assert short.statement == long.statement
    assert short.__cause__ is short.orig
    assert not short.connection_invalidated


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError], ids=["interrupted", "no memory"])
def test_what_is_no_error_of_the_driver_comes_out_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """Nothing is left of the change, no connection stays lent out, and the tracker goes on."""
    tracker = Tracker.open(f"sqlite:///{tmp_path / 'recovery.db'}", directory=organisation(), clock=TurnableClock())
    store: Any = tracker._runner.store
    run = DirectWire.run

    def interrupted(wire: DirectWire, text: str, given: Any) -> int:
        if "resolutionkit_outbox" in text:
            monkeypatch.undo()

            class Cursor:
                def execute(self, *_what: Any) -> None:
                    raise error

            wire._cursor = Cursor()
        return run(wire, text, given)

    monkeypatch.setattr(DirectWire, "run", interrupted)
    with pytest.raises(error):
        tracker.record(response())
    assert store.engine.pool.checkedout() == 0
    assert len(tracker.responses()) == 0
    assert tracker.record(response()).outcome is Outcome.OPENED
    tracker.close()


@pytest.fixture(params=SERVERS)
def behind_a_proxy(request: pytest.FixtureRequest) -> Iterator[tuple[Tracker, Proxy, list[Callable[[], object]]]]:
    """Return a tracker behind a way that can be cut, and what its clock does when it is next asked."""
    acts: list[Callable[[], object]] = []
    clock = TurnableClock()

    def now() -> Any:
        while acts:
            acts.pop()()
        return clock()

    with database(request.param) as url, Proxy(server(request.param)) as proxy:
        through = make_url(proxy.through(url)).render_as_string(hide_password=False)
        with Tracker.open(through, directory=organisation(), clock=now) as tracker:
            yield tracker, proxy, acts


def test_a_connection_that_was_lost_is_made_again(behind_a_proxy: Any) -> None:
    """Nobody listens, and the pool still holds what the server let go of: the command is run on a new connection."""
    tracker, proxy, acts = behind_a_proxy
    assert tracker.record(response()).outcome is Outcome.OPENED
    acts.append(proxy.cut)
    assert tracker.record(response("r-2")).outcome is Outcome.OPENED
    assert len(tracker.issues()) == 2


def test_a_server_that_stays_away_is_told_and_works_again_when_it_is_back(behind_a_proxy: Any) -> None:
    """Nothing was written, and the same tracker goes on."""
    tracker, proxy, acts = behind_a_proxy
    assert tracker.record(response()).outcome is Outcome.OPENED
    acts.append(lambda: proxy.cut(stay_down=True))
    with pytest.raises(StorageUnavailable) as refused:
        tracker.record(response("r-2"))
    assert not isinstance(refused.value, CommitUnknown)
    proxy.mend()
    assert tracker.record(response("r-2")).outcome is Outcome.OPENED
    assert len(tracker.issues()) == 2
