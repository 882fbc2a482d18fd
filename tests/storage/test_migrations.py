"""Migrations: up and down with data in the tables, on each database; interrupted, at once, and under other names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from resolutionkit import StorageError, Tracker
from resolutionkit.errors import SchemaMismatch
from resolutionkit.storage.sql import migrating, revisions
from resolutionkit.storage.sql.tables import SCHEMA_VERSION, make_tables
from support.migrations import FIRST, OURS, SECOND, open_tracker, use
from support.schemas import described, run, tables_in, without_tables


def test_tables_go_up_are_used_go_down_and_up_again(empty_database: str) -> None:
    """Down takes every table of ours and nothing of the host's; up again, all works as before."""
    run(empty_database, "CREATE TABLE own (id INTEGER PRIMARY KEY)", "INSERT INTO own (id) VALUES (7)")
    assert migrating.upgrade(empty_database) == (FIRST,)
    use(empty_database)
    assert migrating.upgrade(empty_database) == ()
    assert migrating.check(empty_database) == ()
    assert tables_in(empty_database) == OURS | {"own"}
    assert migrating.downgrade(empty_database, to="base") == (FIRST,)
    assert tables_in(empty_database) == {"own"}
    assert run(empty_database, "SELECT id FROM own") == [(7,)]
    assert migrating.downgrade(empty_database, to="base") == ()
    migrating.upgrade(empty_database)
    use(empty_database)


def test_migrations_make_what_create_makes(empty_database: str) -> None:
    """The same tables, columns, collations, keys, indexes and versions, whichever way they came."""
    migrating.upgrade(empty_database)
    by_migrations = described(empty_database)
    rows = [run(empty_database, f"SELECT * FROM resolutionkit_{name}") for name in ("meta", "alembic_version")]
    migrating.downgrade(empty_database, to="base")
    Tracker.open(empty_database, create=True).close()
    assert described(empty_database) == by_migrations
    assert [run(empty_database, f"SELECT * FROM resolutionkit_{name}") for name in ("meta", "alembic_version")] == rows
    assert rows == [[("", "schema", SCHEMA_VERSION)], [(SCHEMA_VERSION,)]]
    assert migrating.upgrade(empty_database) == ()
    assert migrating.state(empty_database) == migrating.SchemaState(
        version=FIRST, newest=FIRST, pending=(), is_ours=True
    )


def test_the_newest_revision_is_the_version_that_the_store_asks_for() -> None:
    """A revision without the constant, or a constant without the revision, would refuse every database."""
    assert revisions.known()[-1] == SCHEMA_VERSION


@pytest.mark.usefixtures("second")
def test_a_later_revision_keeps_what_is_there_up_and_down(empty_database: str) -> None:
    """It adds a column and fills it; back again, the store reads what it wrote before."""
    Tracker.open(empty_database, create=True).close()
    issue = use(empty_database)
    assert migrating.state(empty_database).pending == (SECOND,)
    assert migrating.upgrade(empty_database) == (SECOND,)
    assert run(empty_database, "SELECT id, mood FROM resolutionkit_issues") == [(issue, "cross")]
    assert migrating.state(empty_database).version == SECOND
    assert migrating.check(empty_database) == ("the column resolutionkit_issues.mood is not ours",)
    assert migrating.downgrade(empty_database, to=FIRST) == (SECOND,)
    (told,) = migrating.check(empty_database)
    assert told.endswith("knows version 'resolutionkit_0002'; run `resolutionkit db upgrade`")
    with open_tracker(empty_database) as tracker:
        assert tracker.issue(issue).notes[-1].text == "Rang; waiting."
    use(empty_database, "r-2")


def test_tables_may_have_another_prefix(empty_database: str) -> None:
    """Or none. Two sets of tables live side by side in one database, and are migrated each by itself."""
    names = {"prefix": "" if empty_database.startswith("sqlite") else "rk_"}
    migrating.upgrade(empty_database)
    migrating.upgrade(empty_database, **names)
    use(empty_database, **names)
    assert f"{names['prefix']}issues" in tables_in(empty_database)
    assert run(empty_database, "SELECT COUNT(*) FROM resolutionkit_issues") == [(0,)]
    assert migrating.check(empty_database, **names) == ()
    migrating.downgrade(empty_database, to="base", **names)
    assert tables_in(empty_database) == OURS


def test_tables_may_stand_in_a_schema_of_their_own(tmp_path: Path) -> None:
    """On PostgreSQL, in a schema that the host has made; its public one stays empty."""
    with without_tables("postgresql", tmp_path) as url:
        named = {"prefix": "rk_", "schema": "support"}
        with pytest.raises(StorageError, match="the schema does not exist; make it"):
            migrating.upgrade(url, **named)
        run(url, "CREATE SCHEMA support")
        assert migrating.upgrade(url, **named) == (FIRST,)
        use(url, **named)
        assert migrating.check(url, **named) == ()
        assert tables_in(url) == set()
        assert "rk_alembic_version" in tables_in(url, "support")
        with pytest.raises(SchemaMismatch):
            open_tracker(url, prefix="rk_")
        migrating.downgrade(url, to="base", **named)
        assert tables_in(url, "support") == set()
        Tracker.open(url, create=True, **named).close()
        assert migrating.upgrade(url, **named) == ()


PROGRAM = """
import pathlib, sys
from resolutionkit.storage.sql import migrating, revisions
revisions.LOCATIONS += tuple(map(pathlib.Path, sys.argv[2:]))
print("ready", flush=True)
sys.stdin.readline()
print(*migrating.upgrade(sys.argv[1]))
"""


def upgraded_at_once(url: str, *folders: Path) -> list[str]:
    """Upgrade in four processes that begin at the same moment, and return what each of them ran."""
    command = [sys.executable, "-W", "error", "-c", PROGRAM, url, *map(str, folders)]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen(command, text=True, **streams) for _ in range(4)]  # type: ignore[call-overload]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=120) for process in running]
    assert [errors for _, errors in ended] == [""] * 4
    return sorted(output for output, _ in ended)


@pytest.mark.usefixtures("second")
def test_processes_that_upgrade_at_once_do_it_once(empty_database: str, tmp_path: Path) -> None:
    """One runs the revision, the others wait for it and find nothing to do: with no tables, and with data in them."""
    assert upgraded_at_once(empty_database) == ["\n"] * 3 + [f"{FIRST}\n"]
    issue = use(empty_database)
    assert upgraded_at_once(empty_database, tmp_path / "later") == ["\n"] * 3 + [f"{SECOND}\n"]
    assert run(empty_database, "SELECT id, mood FROM resolutionkit_issues") == [(issue, "cross")]
    assert migrating.state(empty_database).version == SECOND


def test_an_interrupted_upgrade_leaves_nothing_or_is_finished(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite and PostgreSQL take it back; on MariaDB, where each table is final, the next run makes the rest."""
    from resolutionkit.storage.sql.migrations import environment

    real, made = environment.op.create_index, []

    def some(*arguments: object, **options: object) -> None:
        made.append(arguments)
        if len(made) == 12:
            raise KeyboardInterrupt
        real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(environment.op, "create_index", some)
        with pytest.raises(KeyboardInterrupt):
            migrating.upgrade(empty_database)
    left = tables_in(empty_database)
    assert bool(left) == empty_database.startswith("mariadb")
    assert migrating.upgrade(empty_database) == (FIRST,)
    assert migrating.check(empty_database) == ()
    use(empty_database)


def test_an_interrupted_create_is_finished_with_its_indexes(tmp_path: Path) -> None:
    """On MariaDB, where whoever made a table may have been killed before its indexes."""
    with without_tables("mariadb", tmp_path) as url:
        engine = create_engine(url)
        tables = make_tables()
        tables.metadata.create_all(engine, tables=[tables.issues, tables.parties])
        engine.dispose()
        run(url, "DROP INDEX resolutionkit_issues_email ON resolutionkit_issues")
        Tracker.open(url, create=True).close()
        assert migrating.check(url) == ()


def test_a_check_finds_what_somebody_changed(empty_database: str) -> None:
    """A lost index, a lost table, a column too many: each is named."""
    migrating.upgrade(empty_database)
    on = " ON resolutionkit_issues" if empty_database.startswith("mariadb") else ""
    run(
        empty_database,
        f"DROP INDEX resolutionkit_issues_email{on}",
        "DROP TABLE resolutionkit_outbox",
        "ALTER TABLE resolutionkit_texts ADD COLUMN more INTEGER",
    )
    found = migrating.check(empty_database)
    assert "the table resolutionkit_outbox is missing" in found
    assert "the column resolutionkit_texts.more is not ours" in found
    assert "the index resolutionkit_issues_email is missing, or another than it should be" in found


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("postgresql", 'ALTER TABLE resolutionkit_issues ALTER COLUMN status TYPE VARCHAR(190) COLLATE "en_US.utf8"'),
        ("postgresql", 'ALTER TABLE resolutionkit_issues ALTER COLUMN status TYPE VARCHAR(190) COLLATE "default"'),
        ("mariadb", "ALTER TABLE resolutionkit_issues MODIFY status VARCHAR(190) COLLATE utf8mb4_general_ci NOT NULL"),
    ],
    ids=["another", "default", "mariadb"],
)
def test_a_check_finds_another_collation(kind: str, statement: str, tmp_path: Path) -> None:
    """Names that differ only in their case would be one, and pages would skip lines."""
    with without_tables(kind, tmp_path) as url:
        migrating.upgrade(url)
        if "en_US" in statement and not run(url, "SELECT 1 FROM pg_collation WHERE collname = 'en_US.utf8'"):
            statement = statement.replace("en_US.utf8", "POSIX")
        run(url, statement)
        assert any("resolutionkit_issues.status has the collation" in one for one in migrating.check(url))
