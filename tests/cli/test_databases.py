"""The commands on tables: upgrade, downgrade, sql, check, current; and tables with another prefix or schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from resolutionkit.cli.databases import _DIALECTS
from resolutionkit.storage.sql import migrating

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"
FIRST = "resolutionkit_0001"


def tables(shell: Any) -> set[str]:
    """Return the names of the tables in the shell's file."""
    with closing(sqlite3.connect(shell.folder / "recovery.db")) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_tables_are_made_checked_and_dropped(shell: Any) -> None:
    """From no file at all to a sound database and back."""
    assert shell.ok("db", "upgrade") == f"Upgraded: {FIRST}.\n"
    assert shell.ok("db", "upgrade") == "Nothing to do: the tables are up to date.\n"
    assert shell.ok("db", "check") == "Sound: the tables are as they should be.\n"
    told = shell.ok("db", "current")
    assert [line.split()[-1] for line in told.splitlines()[:3]] == [FIRST, FIRST, "nothing"]
    assert shell.ok("db", "downgrade", "--to", "base", "--yes") == f"Taken back: {FIRST}.\n"
    assert tables(shell) == set()
    assert shell.ok("db", "downgrade", "--to", "base", "--yes") == "Nothing to do: there are no newer tables.\n"
    assert "no tables yet" in shell.ok("db", "current")


def test_a_check_ends_with_3_where_something_is_wrong(shell: Any) -> None:
    """So that a deployment can wait for its migrations, and programs read what is wrong."""
    shell.ok("db", "upgrade")
    assert shell.data("db", "check") == {"sound": True, "differences": []}
    with closing(sqlite3.connect(shell.folder / "recovery.db")) as connection:
        connection.execute("DROP TABLE resolutionkit_outbox")
    done = shell.run("db", "check")
    assert done.exit_code == 3
    assert "the table resolutionkit_outbox is missing" in done.stdout
    assert shell.run("db", "check", "--json").exit_code == 3
    assert shell.run("db", "check", "--prefix", "rk_").exit_code == 3


def test_a_database_that_cannot_be_asked_ends_with_8(shell: Any) -> None:
    """A file that is not there is not made by asking; a URL of no database is told without what may be a password."""
    assert "`resolutionkit db upgrade` makes it" in shell.error(8, "db", "check")
    assert not (shell.folder / "recovery.db").exists()
    said = shell.error(8, "db", "upgrade", "--database", "oracle://me:secret@host/x")
    assert "migrations are for SQL databases" in said
    assert "secret" not in said


def test_data_is_dropped_only_by_who_says_so(shell: Any) -> None:
    """Without a terminal to ask at, --yes has to be given."""
    shell.ok("db", "upgrade")
    assert "missing --yes" in shell.error(2, "db", "downgrade", "--to", "base")
    assert len(tables(shell)) == 19


def test_a_person_is_asked_before_data_is_dropped(shell: Any, monkeypatch: Any) -> None:
    """No is no."""
    shell.ok("db", "upgrade")
    monkeypatch.setattr("resolutionkit.cli.databases.stdin_is_terminal", lambda: True)
    assert shell.run("db", "downgrade", "--to", "base", typed="n\n").exit_code == 130
    assert len(tables(shell)) == 19
    assert "Taken back" in shell.ok("db", "downgrade", "--to", "base", typed="y\n")


def test_the_script_is_that_of_the_library(shell: Any) -> None:
    """For the database that is named, or another; nothing is connected to, and nothing made."""
    assert shell.ok("db", "sql") == migrating.script("sqlite")
    assert shell.ok("db", "sql", "--dialect", "dsql") == migrating.script("dsql")
    named = ["--prefix", "rk_", "--schema", "support", "--from", FIRST, "--to", "base"]
    down = migrating.script("postgresql", prefix="rk_", schema="support", start=FIRST, to="base")
    assert shell.ok("db", "sql", "--database", "postgresql://nowhere/x", *named) == down
    assert not (shell.folder / "recovery.db").exists()
    assert set(_DIALECTS) == set(migrating.SCRIPTS)


def test_wrong_names_are_errors_of_one_line(shell: Any) -> None:
    """A revision that there is not, a prefix that makes no names."""
    assert "expected one of head" in shell.error(3, "db", "upgrade", "--to", "nope")
    assert "prefix" in shell.error(3, "db", "upgrade", "--prefix", "9x")


def test_every_command_works_on_tables_with_another_prefix_and_schema(shell: Any) -> None:
    """By options or by variables; the tables under the usual names are not even made."""
    named = {"RESOLUTIONKIT_PREFIX": "rk_", "RESOLUTIONKIT_SCHEMA": "main"}
    shell.env.update(named)
    shell.ok("db", "upgrade")
    shell.ok("import", str(QUICKSTART / "responses.csv"), "--mapping", str(QUICKSTART / "mapping.toml"))
    assert "R-1048" in shell.ok("show", "--response", "R-1048")
    shell.ok("note", "--response", "R-1048", "Rang.")
    assert {name.partition("_")[0] for name in tables(shell)} == {"rk"}
    for name in named:
        del shell.env[name]
    assert "run `resolutionkit db upgrade`" in shell.error(8, "inbox")
    assert "Rang." in shell.ok("--prefix", "rk_", "show", "--response", "R-1048", "--schema", "main")


def test_a_process_ends_as_told(shell: Any) -> None:
    """The whole way, as deployments call it."""
    process = shell.process("db", "upgrade")
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out.split(), errors) == (0, b"Upgraded: resolutionkit_0001.".split(), b"")
