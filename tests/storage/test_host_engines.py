"""A store on an engine of the host's: ours and the host's transactions side by side, each beginning in its own way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from resolutionkit import InvalidValue, Tracker
from resolutionkit.errors import SchemaMismatch
from resolutionkit.storage.sql import migrating
from resolutionkit.storage.sql.store import store_on
from support import NOON, TurnableClock, organisation, response


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    """Return a host's engine, with a table of the host's."""
    made = create_engine(empty_database)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE own (id INTEGER PRIMARY KEY)"))
    yield made
    made.dispose()


def host_writes(engine: Engine, number: int) -> None:
    """Write as hosts do."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO own (id) VALUES (:id)"), {"id": number})


def tracker_on(engine: Engine, **options: object) -> Tracker:
    """Return a tracker on a host's engine."""
    store = store_on(engine, **options)  # type: ignore[arg-type]
    return Tracker(store, directory=organisation(), clock=TurnableClock(NOON))


def test_a_tracker_works_on_a_host_s_engine_and_leaves_it_as_it_was(engine: Engine) -> None:
    """The host writes before, between and after our transactions; closing the tracker closes no connection."""
    migrating.upgrade(engine, prefix="rk_")
    host_writes(engine, 1)
    with tracker_on(engine, prefix="rk_") as tracker:
        issue = tracker.record(response("r-1")).issue
        host_writes(engine, 2)
        assert issue is not None
        tracker.as_user("dana").add_note(issue.id, "Rang.")
        assert [line.id for line in tracker.issues()] == [issue.id]
        host_writes(engine, 3)
        before = engine.pool.status()
    assert engine.pool.status() == before
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM own ORDER BY id")).scalars().all() == [1, 2, 3]
        connection.execute(text("INSERT INTO own (id) VALUES (9)"))
        connection.rollback()
        assert connection.execute(text("SELECT COUNT(*) FROM own")).scalar() == 3
    assert migrating.check(engine, prefix="rk_") == ()
    migrating.downgrade(engine, prefix="rk_", to="base")
    host_writes(engine, 4)


def test_a_host_s_own_transactions_begin_as_ever(engine: Engine) -> None:
    """Whoever listens on the engine hears ours in our transactions, and nothing of ours in the host's."""
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    with tracker_on(engine, create=True) as tracker:
        said.clear()
        tracker.record(response("r-1"))
        assert any("INTO resolutionkit_issues" in one for one in said)
        said.clear()
        host_writes(engine, 1)
        assert said == [said[0]]
        assert said[0].startswith("INSERT INTO own")


def test_an_engine_without_our_tables_is_an_error(engine: Engine) -> None:
    """Nothing is made on a host's engine that nobody asked for."""
    with pytest.raises(SchemaMismatch, match="run `resolutionkit db upgrade`"):
        store_on(engine)
    host_writes(engine, 1)


def test_a_host_may_begin_sqlite_s_transactions_itself(tmp_path: object) -> None:
    """As SQLAlchemy's documentation tells it to; ours then take part in them."""
    engine = create_engine(f"sqlite:///{tmp_path}/recovery.db")
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with tracker_on(engine, create=True) as tracker:
        tracker.record(response("r-1"))
        assert len(list(tracker.issues())) == 1
    engine.dispose()


def test_an_engine_on_which_nothing_can_be_taken_back_is_refused(tmp_path: object) -> None:
    """Neither one in AUTOCOMMIT, however it was told, nor an asynchronous one, nor a URL."""
    url = f"sqlite:///{tmp_path}/recovery.db"
    plain = create_engine(url)
    by_option = plain.execution_options(isolation_level="AUTOCOMMIT")
    for wrong in (create_engine(url, isolation_level="AUTOCOMMIT"), by_option):
        with pytest.raises(InvalidValue, match="not with the isolation level AUTOCOMMIT"):
            store_on(wrong)
    for strange in (create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/x.db"), url):
        with pytest.raises(InvalidValue, match="a synchronous Engine"):
            store_on(strange)  # type: ignore[arg-type]
