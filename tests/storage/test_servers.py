"""Servers that are not there, go away, are full, busy or refuse: each is told as it is, and nothing half written."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from resolutionkit import (
    CommitUnknown,
    Fate,
    MissingExtra,
    NotADatabase,
    Outcome,
    SchemaMismatch,
    StorageBusy,
    StorageError,
    StorageReadOnly,
    StorageUnavailable,
    Tracker,
)
from resolutionkit.ports import Notice
from resolutionkit.storage.sql.store import store_on
from resolutionkit.testing import RecordingNotifier
from support import TurnableClock, organisation, response
from support.proxy import Proxy
from support.servers import SERVERS, database, server, shared_database

Open = Callable[..., Tracker]


@pytest.fixture(params=SERVERS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of server in turn."""
    found: str = request.param
    return found


@pytest.fixture
def url(kind: str) -> Iterator[str]:
    """Return the URL of a database of the test's own, with our tables."""
    with database(kind) as made:
        yield made


@pytest.fixture
def open_url() -> Iterator[Open]:
    """Return a function that opens trackers, and closes them in the end."""
    opened: list[Tracker] = []

    def make(url: str, **settings: Any) -> Tracker:
        given = {"directory": organisation(), "clock": TurnableClock()} | settings
        opened.append(Tracker.open(url, **given))
        return opened[-1]

    yield make
    for tracker in opened:
        tracker.close()


@pytest.fixture
def proxy(kind: str) -> Iterator[Proxy]:
    """Return a way to the server that can be cut."""
    with Proxy(server(kind)) as opened:
        yield opened


def run(url: str, *statements: str) -> None:
    """Run statements on the raw database."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def before_statement(number: int, act: Callable[[], object]) -> Iterator[None]:
    """Do something before the n-th statement from now on."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)
        if len(seen) == number:
            act()

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", look)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_told_as_such(kind: str) -> None:
    """Nothing listens on the port; the message says nothing of the password."""
    with pytest.raises(StorageUnavailable, match="cannot be reached") as refused:
        Tracker.open(f"{kind}://someone:secret@127.0.0.1:1/recovery")
    assert refused.value.__cause__ is not None
    assert "secret" not in str(refused.value)


def test_a_database_that_is_not_there_is_told_as_such(kind: str) -> None:
    """The server answers, and has no such database; psycopg has no code that would tell it from other refusals."""
    where = server(kind).set(database="no_such_database").render_as_string(hide_password=False)
    error = StorageUnavailable if kind == "postgresql" else NotADatabase
    with pytest.raises(error, match=r"check the URL.*no_such_database"):
        Tracker.open(where)


@pytest.mark.parametrize("create", [None, False], ids=["unsaid", "never"])
def test_a_database_without_our_tables_is_not_changed_unless_told_to(kind: str, create: bool | None) -> None:
    """A server's database is somebody's: even an empty one is migrated by a command of its own, or by create=True."""
    with database(kind, tables=False) as empty_url:
        with pytest.raises(SchemaMismatch, match=r"db upgrade.*create=True"):
            Tracker.open(empty_url, create=create)
        Tracker.open(empty_url, create=True).close()
        Tracker.open(empty_url, create=create).close()


def test_tables_of_a_newer_version_are_refused(kind: str, url: str) -> None:
    """With create=True too."""
    run(url, "UPDATE resolutionkit_meta SET value = '99' WHERE name = 'schema'")
    for create in (None, True):
        with pytest.raises(SchemaMismatch, match="version '99'"):
            Tracker.open(url, create=create)


@pytest.mark.parametrize(
    ("given", "extra"),
    [("postgresql://host/name", "postgres"), ("mysql://host/name", "mysql"), ("mariadb+pymysql://host/name", "mysql")],
    ids=["postgresql", "mysql", "mariadb"],
)
def test_a_driver_that_is_not_installed_names_its_extra(given: str, extra: str, monkeypatch: Any) -> None:
    """The extra that brings the driver is what to install."""
    for name in ("psycopg", "pymysql"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra) as refused:
        Tracker.open(given)
    assert refused.value.extra == extra


@pytest.mark.parametrize("given", ["postgresql://host:many/name", "mysql+nothing://host/name"], ids=["port", "driver"])
def test_a_url_that_cannot_be_used_shows_one_that_can(given: str) -> None:
    """The message has an example for the kind of database that was meant."""
    with pytest.raises(StorageError, match=f"'{given[:5]}"):
        Tracker.open(given)


@pytest.mark.parametrize("end", ["", "/"], ids=["bare", "slash"])
def test_a_url_without_a_database_is_told_as_such(kind: str, end: str) -> None:
    """Neither the driver's own choice nor an error of Python's: the message shows where the name goes."""
    with pytest.raises(NotADatabase, match=rf"names no database; a database is '{kind}://.*/name'"):
        Tracker.open(f"{kind}://someone@127.0.0.1:1{end}")


def test_a_password_that_was_not_escaped_is_not_told(kind: str) -> None:
    """What stands behind its @ would be taken for the host, and named in an error."""
    with pytest.raises(StorageError, match="percent-encoded") as refused:
        Tracker.open(f"{kind}://someone:se@cret@127.0.0.1/name")
    assert "cret" not in str(refused.value)


# --- going away ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3, 4], ids=lambda number: f"statement {number}")
def test_a_connection_that_is_lost_before_the_commit_is_made_again(
    url: str, open_url: Open, proxy: Proxy, number: int
) -> None:
    """The transaction was ours and is gone for certain, so it is run again: one response, one issue, its messages."""
    tracker = open_url(proxy.through(url))
    with before_statement(number, proxy.cut):
        recorded = tracker.record(response())
    assert recorded.outcome is Outcome.OPENED
    assert recorded.issue is not None
    assert len(tracker.issues()) == 1
    assert len(tracker.outbox(recorded.issue.id)) == len(open_url(url).outbox(recorded.issue.id)) > 0


def test_a_server_that_stays_away_is_told_and_works_again_when_it_is_back(
    url: str, open_url: Open, proxy: Proxy
) -> None:
    """Nothing was written, and the same tracker goes on afterwards."""
    tracker = open_url(proxy.through(url))
    with before_statement(2, lambda: proxy.cut(stay_down=True)), pytest.raises(StorageUnavailable) as refused:
        tracker.record(response())
    assert not isinstance(refused.value, CommitUnknown)
    assert len(open_url(url).responses()) == 0
    proxy.mend()
    assert tracker.record(response()).outcome is Outcome.OPENED


def test_a_commit_whose_answer_is_lost_is_told_as_such_and_not_repeated(url: str, open_url: Open, proxy: Proxy) -> None:
    """It may have been written; here it was. Recording again tells."""
    tracker = open_url(proxy.through(url))
    proxy.swallow_the_answer_to(b"COMMIT")
    with pytest.raises(CommitUnknown, match="record the response again"):
        tracker.record(response())
    assert tracker.record(response()).outcome is Outcome.DUPLICATE
    assert len(tracker.issues()) == 1


# --- refusing --------------------------------------------------------------------------------------------------------

FAILING = {
    "postgresql": (
        "CREATE SEQUENCE tries",
        """CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'as told' USING ERRCODE = '{code}'; END IF;
        RETURN NEW; END $$""",
        "CREATE TRIGGER failing BEFORE INSERT ON resolutionkit_events FOR EACH ROW EXECUTE FUNCTION fail()",
    ),
    "mariadb": (
        "CREATE TABLE tries (number INT) ENGINE=MyISAM",
        """CREATE TRIGGER failing BEFORE INSERT ON resolutionkit_events FOR EACH ROW BEGIN
        INSERT INTO tries VALUES (1);
        IF (SELECT count(*) FROM tries) <= {times} THEN
        SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {code}, MESSAGE_TEXT = 'as told'; END IF; END""",
    ),
}
"""Lets the first so many inserts of events fail with a code of the server's; the count survives a rollback."""


def let_fail(url: str, kind: str, code: str, times: int) -> None:
    """Let the server fail with a code."""
    run(url, *(statement.format(code=code, times=times) for statement in FAILING[kind]))


CODES = {
    "postgresql": [("53100", StorageError, "disk is full"), ("25006", StorageReadOnly, "accepts no writes")],
    "mariadb": [("1021", StorageError, "disk is full"), ("1290", StorageReadOnly, "accepts no writes")],
}


@pytest.mark.parametrize("which", [0, 1], ids=["full", "read-only"])
def test_a_server_that_can_write_no_more_is_told_as_such(kind: str, url: str, open_url: Open, which: int) -> None:
    """Nothing of the change is left, and it is not tried again."""
    code, error, advice = CODES[kind][which]
    tracker = open_url(url)
    let_fail(url, kind, code, times=1)
    with pytest.raises(error, match=advice) as refused:
        tracker.record(response())
    assert refused.value.__cause__ is not None
    assert len(tracker.responses()) == 0
    assert tracker.record(response()).outcome is Outcome.OPENED


LIMIT = "SET SESSION innodb_lock_wait_timeout = 0"
REPEATED = {"postgresql": ["40001", "40P01"], "mariadb": ["1213", "1205", "1020"]}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in REPEATED.items() for code in codes])
def test_a_transaction_that_the_server_gives_up_is_run_again(kind: str, url: str, open_url: Open, code: str) -> None:
    """Serialization failures, deadlocks and their kin: three times, and then it succeeds, with one issue."""
    tracker = open_url(url)
    let_fail(url, kind, code, times=3)
    assert tracker.record(response()).outcome is Outcome.OPENED
    assert len(tracker.issues()) == 1


def test_a_transaction_that_is_given_up_for_ever_is_busy(kind: str, url: str, open_url: Open) -> None:
    """The attempts have a bound; nothing was written."""
    tracker = open_url(url)
    let_fail(url, kind, REPEATED[kind][0], times=1000)
    with pytest.raises(StorageBusy, match="locked"):
        tracker.record(response())
    assert len(tracker.responses()) == 0


def test_a_deadlock_with_somebody_else_is_resolved(kind: str, url: str, open_url: Open) -> None:
    """Another transaction has what we need second, and then wants what we have: one of the two is run again."""
    tracker = open_url(url)
    one = tracker.record(response()).issue
    assert one is not None
    engine = create_engine(url)
    other = engine.connect()
    other.exec_driver_sql("SELECT 1 FROM resolutionkit_parties FOR UPDATE")

    def want_the_issue() -> None:
        with contextlib.suppress(DBAPIError):
            other.exec_driver_sql("SELECT 1 FROM resolutionkit_issues FOR UPDATE")
        other.rollback()

    waiting = threading.Timer(0.3, want_the_issue)
    waiting.start()
    done = tracker.as_user("dana").set_status(one.id, "in_progress", note="Rang.")
    waiting.join()
    other.close()
    engine.dispose()
    assert done.issue.status == "in_progress"
    assert len(tracker.history(one.id)) == 2


def test_a_row_that_stays_locked_is_busy(kind: str, url: str, open_url: Open) -> None:
    """The server's own limit for waiting is what counts; the URL can set it."""
    one = open_url(url).record(response()).issue
    assert one is not None
    limit = {"postgresql": {"options": "-c lock_timeout=100"}, "mariadb": {"init_command": LIMIT}}[kind]
    limited = make_url(url).update_query_dict(limit).render_as_string(hide_password=False)
    desk = open_url(limited).as_user("dana")
    engine = create_engine(url)
    with engine.connect() as other:
        other.exec_driver_sql("SELECT 1 FROM resolutionkit_issues FOR UPDATE")
        with pytest.raises(StorageBusy, match="locked"):
            desk.add_note(one.id, "Rang.")
    engine.dispose()


def test_a_pool_that_is_used_up_is_busy(kind: str) -> None:
    """One connection, and it is lent to somebody else."""
    engine = create_engine(
        shared_database(kind), pool_size=1, max_overflow=0, pool_timeout=0.1, isolation_level="READ COMMITTED"
    )
    with Tracker(store_on(engine)) as tracker:
        with engine.connect() as _taken, pytest.raises(StorageBusy, match="pool"):
            tracker.issues()
        assert isinstance(tracker.issues().items, tuple)
    engine.dispose()


def test_tables_that_vanish_are_told_as_such(kind: str, url: str, open_url: Open) -> None:
    """What to run is named."""
    tracker = open_url(url)
    run(url, "DROP TABLE resolutionkit_events")
    with pytest.raises(SchemaMismatch, match="db upgrade"):
        tracker.record(response())


def test_an_unknown_failure_keeps_the_server_s_words(kind: str, url: str, open_url: Open) -> None:
    """The server's own error is the cause, and its first line is in the message."""
    tracker = open_url(url)
    let_fail(url, kind, {"postgresql": "P0001", "mariadb": "1644"}[kind], times=1)
    with pytest.raises(StorageError, match="as told") as refused:
        tracker.record(response())
    assert type(refused.value) is StorageError
    assert refused.value.__cause__ is not None


# --- delivering ------------------------------------------------------------------------------------------------------


def test_a_worker_outlives_a_restart_of_its_database(url: str, open_url: Open, proxy: Proxy) -> None:
    """Cut off while it sends, it waits until the database is back; everything arrives, under the same keys."""
    stop, clock = threading.Event(), TurnableClock()
    wanted = 6

    class Cutting(RecordingNotifier):
        def notify(self, notice: Notice, /) -> None:
            super().notify(notice)
            if len(self.notices) == 2:
                proxy.cut(stay_down=True)
                threading.Timer(0.5, proxy.mend).start()
                clock.turn(minutes=6)  # the lease of what it was sending runs out meanwhile
            if len({one.message.id for one in self.notices}) == wanted:
                stop.set()

    email = Cutting("email")
    tracker = open_url(proxy.through(url), notifiers=[email], clock=clock)
    for number in range(2):
        tracker.record(response(f"r-{number}", 2, hierarchy=["nina", "lee@partner.example"]))
    tracker.work(stop, every=timedelta(seconds=0.1))
    clock.turn(minutes=6)
    tracker.deliver()
    assert {line.fate for line in tracker.ledger()} == {Fate.SENT}
    assert len({one.message.id for one in email.notices}) == wanted
