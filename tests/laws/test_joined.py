"""Laws L3 and L4 in a host's transaction: failures at every statement, and the same rows as in one of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy import event as sql_event

from resolutionkit import Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.testing import Boom
from resolutionkit.testing.suites.outbox import SCENES, stage
from support.stores import dump


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Return a store on an empty file."""
    opened = open_store(StoreOptions(url=f"sqlite:///{tmp_path / 'recovery.db'}"))
    yield opened
    opened.close()


@pytest.fixture
def engine(store: SqlStore) -> Iterator[Engine]:
    """Return a host's engine on the file, with a table of the host's."""
    made = create_engine(store.engine.url)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE host_orders (what TEXT)"))
    yield made
    made.dispose()


@contextmanager
def failing(connection: Connection, fail_at: int) -> Iterator[list[str]]:
    """Let the n-th statement of ours fail, after the database carried it out."""
    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)
        if len(seen) == fail_at:
            raise Boom(statement)

    sql_event.listen(connection, "after_cursor_execute", count)
    try:
        yield seen
    finally:
        sql_event.remove(connection, "after_cursor_execute", count)


def orders(engine: Engine) -> int:
    """Return how many rows the host has."""
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM host_orders")) or 0


def in_hosts_transaction(engine: Engine, tracker: Tracker, scene: str, issue_id: str, fail_at: int) -> list[str]:
    """Play a scene between two rows of the host's, and let one statement fail."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO host_orders VALUES ('before')"))
        with tracker.joined(connection) as t, failing(connection, fail_at) as seen:
            SCENES[scene](t, issue_id)
        connection.execute(text("INSERT INTO host_orders VALUES ('after')"))
    return seen


@pytest.mark.parametrize("scene", SCENES)
def test_a_change_that_fails_at_any_statement_goes_with_the_hosts_transaction(
    scene: str, store: SqlStore, engine: Engine
) -> None:
    """Whichever statement fails, the host's rollback leaves no row of ours or of its own; repeated, all are there."""
    tracker, issue_id = stage(store)
    before = dump(store)
    fail_at = 1
    while True:
        try:
            in_hosts_transaction(engine, tracker, scene, issue_id, fail_at)
        except Boom:
            assert dump(store) == before
            assert orders(engine) == 0
        else:
            break
        fail_at += 1
    assert fail_at > 5
    assert orders(engine) == 2
    assert dump(store) != before


@pytest.mark.parametrize("scene", SCENES)
def test_a_joined_change_leaves_the_same_rows(scene: str, store: SqlStore, engine: Engine) -> None:
    """What a change leaves behind, its messages among it, is the same in a host's transaction as in its own (L4)."""
    tracker, issue_id = stage(store)
    in_hosts_transaction(engine, tracker, scene, issue_id, 0)
    alone = open_store(StoreOptions(url="sqlite://"))
    other, other_id = stage(alone)
    SCENES[scene](other, other_id)
    assert shape(store) == shape(alone)
    alone.close()


def shape(store: SqlStore) -> dict[str, int]:
    """Return how many rows each table has; ids and secrets are random."""
    return {name: len(rows) for name, rows in dump(store).items()}


REFUSALS = {
    "no note": lambda t, one: t.as_user("dana").set_status(one, "resolved"),
    "no reason": lambda t, one: t.as_user("dana").escalate(one, reason=" ", note="Now."),
    "no such person": lambda t, one: t.as_user("dana").assign(one, "nobody", note="Yours."),
    "no such issue": lambda t, one: t.as_user("dana").add_note("i-0", "Rang.", key="new"),
    "no such response": lambda t, one: t.as_user("dana").flag("r-0", note="Said so.", key="new"),
    "a bare address that is none": lambda t, one: t.as_user("dana").follow(one, "lee@", key="new"),
    "nobody's desk": lambda t, one: t.as_user("gone").add_note(one, "Rang.", key="new"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_comes_before_the_first_write(what: str, store: SqlStore, engine: Engine) -> None:
    """A command that is refused has run no statement that writes (L3), whatever was new about it."""
    tracker, issue_id = stage(store)
    with engine.begin() as connection, tracker.joined(connection) as t:
        with failing(connection, 0) as seen, pytest.raises((ValueError, LookupError, PermissionError)):
            REFUSALS[what](t, issue_id)
        assert not connection.connection.driver_connection.in_transaction
    assert [statement for statement in seen if not statement.lstrip().startswith("SELECT")] == []
