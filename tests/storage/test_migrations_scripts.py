"""Offline scripts: what they make is what migrations make, and what distributed SQL says of them."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from resolutionkit.storage.sql import migrating
from support.migrations import FIRST, OURS, SECOND, use
from support.schemas import described, run, tables_in

NOT_ON_THE_LIST = re.compile(
    r"FOREIGN KEY|\bREFERENCES|SEQUENCE|SERIAL|IDENTITY|AUTO_?INCREMENT|SAVEPOINT|TRIGGER|WHERE\s+\w+\s+IS|LISTEN"
    r"|NOTIFY|\[\]|ARRAY|JSON|->|#>|CHECK\b|DEFAULT|VIEW|FUNCTION|EXTENSION|ENUM|PARTITION|INHERITS|\bTEMP|UNLOGGED"
    r"|TRUNCATE",
    re.IGNORECASE,
)


def kind_of(url: str) -> str:
    """Return the name of a URL's database."""
    return url.partition(":")[0].partition("+")[0]


def bare(script: str) -> str:
    """Return a script without its comments."""
    return re.sub(r"^--.*$", "", script, flags=re.MULTILINE)


def carry_out(url: str, script: str) -> None:
    """Run a script statement by statement on the driver's own connection, as a client that knows SQL only would."""
    engine = create_engine(url)
    raw = engine.raw_connection()
    driver: Any = raw.driver_connection
    if kind_of(url) == "sqlite":
        driver.isolation_level = None
    elif kind_of(url) == "postgresql":
        driver.autocommit = True
    else:
        driver.autocommit(True)
    cursor = driver.cursor()
    for statement in bare(script).split(";"):
        if statement.strip():
            cursor.execute(statement)
    cursor.close()
    raw.close()
    engine.dispose()


def test_a_script_makes_what_migrations_make(empty_database: str) -> None:
    """Executed on the server itself: the same tables, which the store uses and migrations take for their own."""
    script = migrating.script(kind_of(empty_database))
    migrating.upgrade(empty_database)
    online = described(empty_database)
    migrating.downgrade(empty_database, to="base")
    carry_out(empty_database, script)
    assert described(empty_database) == online
    assert migrating.check(empty_database) == ()
    assert migrating.upgrade(empty_database) == ()
    use(empty_database)
    carry_out(empty_database, migrating.script(kind_of(empty_database), start="head", to="base"))
    assert tables_in(empty_database) == set()


@pytest.mark.usefixtures("second")
def test_a_script_leads_from_one_revision_to_another_and_back(empty_database: str) -> None:
    """With data in the tables, as the migrations would."""
    migrating.upgrade(empty_database, to=FIRST)
    issue = use(empty_database)
    carry_out(empty_database, migrating.script(kind_of(empty_database), start=FIRST))
    assert run(empty_database, "SELECT id, mood FROM resolutionkit_issues") == [(issue, "cross")]
    assert migrating.state(empty_database).version == SECOND
    carry_out(empty_database, migrating.script(kind_of(empty_database), start=SECOND, to=FIRST))
    assert migrating.state(empty_database).version == FIRST
    use(empty_database, "r-2")


def test_a_script_that_fails_half_way_leaves_nothing_where_the_database_can(empty_database: str) -> None:
    """On SQLite and PostgreSQL it is one transaction."""
    script = migrating.script(kind_of(empty_database))
    is_one = kind_of(empty_database) != "mariadb"
    assert script.startswith("BEGIN;") == is_one
    assert script.rstrip().endswith("COMMIT;") == is_one


@pytest.mark.parametrize("database", migrating.SCRIPTS)
def test_scripts_name_prefix_and_schema(database: str) -> None:
    """Every statement means the tables that are meant."""
    script = migrating.script(database, prefix="rk_", schema="support")
    assert "resolutionkit_" not in script.replace(FIRST, "")
    named = re.findall(r"(?:CREATE TABLE|\bON|INSERT INTO) (\S+)", script)
    assert len(named) > 30
    # SQLite has an index in the schema that its own name says, and takes none for its table.
    begins = "(support[.])?rk_" if database == "sqlite" else "support[.]rk_"
    assert [name for name in named if re.match(begins, name) is None] == []


@pytest.mark.parametrize("database", migrating.SCRIPTS)
def test_the_schema_uses_nothing_that_distributed_sql_lacks(database: str) -> None:
    """No foreign key, sequence, savepoint, trigger, partial index, LISTEN, array, JSON operator, up or down."""
    both = bare(migrating.script(database) + migrating.script(database, start="head", to="base"))
    assert NOT_ON_THE_LIST.findall(both) == []
    assert {table for table in OURS if f"CREATE TABLE {table} " in both} == OURS


def linted(tmp_path: Path, script: str) -> Counter[str]:
    """Return what dsql-lint finds in a script, by rule."""
    path = tmp_path / "script.sql"
    path.write_text(script, encoding="utf-8")
    program = Path(sysconfig.get_path("scripts")) / "dsql-lint"
    done = subprocess.run([program, "--format", "json", path], capture_output=True, text=True, check=False)
    (file,) = json.loads(done.stdout)["files"]
    assert file["error"] is None
    return Counter(one["rule"] for one in file["diagnostics"])


def test_the_script_for_dsql_passes_its_lint(tmp_path: Path) -> None:
    """Without a finding of any degree, up and down."""
    assert linted(tmp_path, migrating.script("dsql")) == {}
    assert linted(tmp_path, migrating.script("dsql", start="head", to="base")) == {}


def test_what_the_lint_finds_in_the_script_for_postgresql_is_how_it_is_said(tmp_path: Path) -> None:
    """Nothing in the tables: only what PostgreSQL needs to hear, or does better, and DSQL wants otherwise.

    A collation, since a PostgreSQL database may sort by a language, where DSQL knows code points alone. Indexes without
    ASYNC, a word that PostgreSQL does not have. One transaction around all, which PostgreSQL takes back as a whole.
    """
    found = linted(tmp_path, migrating.script("postgresql"))
    assert set(found) == {"collation", "index_async", "multi_ddl_transaction", "mixed_ddl_dml_transaction"}
