"""P3, P4 and P6 on PostgreSQL: every side does its work, the rows by hand are the library's, copies are complete."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select

from benchmarks import inbox_people, postgresql, prefill, prefill_postgresql, same_rows
from benchmarks.clients import pool_of, rates_together
from benchmarks.lifecycles import NotTheWork
from benchmarks.on_postgresql import OnPostgresql, OursOnPostgresql
from benchmarks.postgresql import Database, asked
from benchmarks.rivals import rows_by_hand
from benchmarks.rivals.django_models import DjangoModels
from benchmarks.rivals.handwritten_postgresql import LoadThenWrite, OneStatement
from benchmarks.same_rows import both_on_postgresql, check_same_rows
from resolutionkit.storage.sql.tables import make_tables
from support.servers import server

KINDS = [OursOnPostgresql, OneStatement, LoadThenWrite, DjangoModels]


@pytest.fixture(autouse=True)
def _use_the_server_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the tests' own server."""
    url = server("postgresql").set(drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setattr(postgresql, "server", lambda: url)
    monkeypatch.setattr(prefill_postgresql, "server", lambda: url)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_side_leaves_what_it_claims(kind: type[OnPostgresql], tmp_path: Path) -> None:
    """After two lifecycles twice of everything is there, the query that counts them agrees, and the database goes."""
    work = kind(tmp_path)
    url = work.database.url
    work.lifecycle(0)
    work.lifecycle(1)
    left, counted = dict(work.left()), asked(url, kind.counted)
    work.close()
    assert left == {name: 2 * count for name, count in kind.leaves.items()}
    assert counted == 2
    name = url.rpartition("/")[2]
    assert asked(postgresql.server(), f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == 0


@pytest.mark.parametrize("kind", KINDS[1:], ids=lambda kind: kind.__name__)
def test_the_rows_of_a_rival_are_those_of_the_library(kind: Any, tmp_path: Path) -> None:
    """Every table has the same rows, ids apart."""
    ours, theirs = both_on_postgresql(tmp_path, kind)
    assert ours == theirs
    assert len(ours["resolutionkit_events"]) == 3 * same_rows.TRIED


def test_a_row_that_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One number that is wrong in one table stops the benchmark."""
    monkeypatch.setattr(rows_by_hand, "NEVER_DUE", 7)
    with pytest.raises(NotTheWork, match="other rows in resolutionkit_issues"):
        check_same_rows(partial(both_on_postgresql, kind=OneStatement))


def test_clients_work_together_and_what_they_did_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes on one database; a side that leaves less than it did is found."""
    with pool_of(2) as pool:
        (sample,) = rates_together([OneStatement], pool, 2, rounds=1, seconds=0.05)
        assert sample.median > 0
        monkeypatch.setattr(OneStatement, "counted", "SELECT 1")
        with pytest.raises(NotTheWork, match="left 1"):
            rates_together([OneStatement], pool, 2, rounds=1, seconds=0.05)


def test_a_database_that_is_shared_is_left_to_whoever_made_it() -> None:
    """Closing a client does not drop it."""
    made = Database(OneStatement.make_tables)
    Database(OneStatement.make_tables, made.url).close()
    assert asked(made.url, "SELECT count(*) FROM resolutionkit_meta") == 2
    made.close()


def test_a_copy_has_every_row_that_the_library_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row for row, in all tables that lists read, with all of their indexes."""
    monkeypatch.setattr(inbox_people, "OPEN", 10)
    monkeypatch.setattr(inbox_people, "RECENT", 8)
    drop, dropped = prefill_postgresql.drop_database, set[str]()
    monkeypatch.setattr(prefill_postgresql, "drop_database", dropped.add)
    try:
        with prefill_postgresql.filled(40, 2, keep=False) as url:
            (model,) = {name for name in dropped if name.endswith("_model")}
            written = rows(postgresql.url_of(model), "model")
            assert len(written["resolutionkit_issues"]) == 20
            for number in range(2):
                assert rows(url, prefill.account(number)) == written
            indexes = "SELECT count(*) FROM pg_indexes WHERE tablename = 'resolutionkit_issues'"
            assert asked(url, indexes) == asked(postgresql.url_of(model), indexes)
        assert make_url(url).database in dropped
    finally:
        for name in dropped:
            drop(name)


def rows(url: str, account: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return an account's rows of every copied table, without the account."""
    engine = create_engine(rows_by_hand.driver_url(url))
    with engine.connect() as connection:
        tables = [getattr(make_tables(), name) for name in prefill.COPIED]
        found = {
            table.name: sorted(
                (tuple(row)[1:] for row in connection.execute(select(table).where(table.c.account == account))),
                key=repr,
            )
            for table in tables
        }
    engine.dispose()
    return found
