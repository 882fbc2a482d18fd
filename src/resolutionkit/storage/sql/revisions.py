"""The schema's revisions, run by Alembic: on a connection, or as a script. Who may run them stands in ``migrating``."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.schema import DropTable

from resolutionkit.errors import SchemaMismatch
from resolutionkit.storage.sql.migrations.environment import PREFIX, SCHEMA
from resolutionkit.storage.sql.tables import Tables

HERE = Path(__file__).parent / "migrations"
LOCATIONS = (HERE / "versions",)
"""The folders in which revisions are looked for."""
_TURN = threading.Lock()
"""Alembic hands revisions their environment through one global name."""
_TRANSACTIONAL = {"sqlite", "postgresql"}
"""Where a transaction takes changes of the schema back."""


OURS = "resolutionkit_"
"""What the ids of our revisions begin with."""


def known() -> tuple[str, ...]:
    """Return the ids of all revisions, oldest first.

    Raises:
        SchemaMismatch: A host's revision lies among ours, where Alembic puts it if nobody tells it where to.
    """
    found = list(_scripts().walk_revisions())
    strangers = [one.path for one in found if not one.revision.startswith(OURS)]
    if strangers:
        raise SchemaMismatch(
            f"{strangers[0]} is no revision of resolutionkit; move it to your own migrations, and name its --head there"
        )
    return tuple(one.revision for one in found)[::-1]


def is_transactional(database: str) -> bool:
    """Say whether a database takes changes of the schema back when a transaction fails."""
    return database in _TRANSACTIONAL


def move(connection: Connection, tables: Tables, start: str | None, to: str | None) -> tuple[str, ...]:
    """Run what leads from one revision to another, in the transaction that the connection is in, and return what ran.

    Args:
        connection: The connection.
        tables: How the tables are named.
        start: The revision that the database has, or None for no tables.
        to: The one that it shall have, or None for no tables.
    """
    ran: list[str] = []

    def steps(revision: Any, context: Any) -> Any:
        # Another process may have run them since somebody looked how far the tables are.
        found = list(_steps(start, to)(revision, context))
        ran.extend(step.revision.revision for step in found)
        return found

    with _environment(tables, steps) as environment:
        environment.configure(connection=connection, **_options(tables, connection.dialect.name))
        environment.run_migrations()
    if to is None:
        tables.alembic.drop(connection)
    return tuple(ran)


def text(database: str, tables: Tables, start: str | None, to: str | None, *, is_one: bool) -> str:
    """Return the script that leads from one revision to another.

    Args:
        database: The name of the database's dialect.
        tables: How the tables are named.
        start: The revision that it leads from, or None for no tables.
        to: The one that it leads to, or None for no tables.
        is_one: Whether the script is one transaction, where the database has such.
    """
    out = io.StringIO()
    options = _options(tables, database) | ({} if is_one else {"transactional_ddl": False})
    with _environment(tables, _steps(start, to), as_sql=True, starting_rev=start, destination_rev=to) as environment:
        environment.configure(dialect_name=database, output_buffer=out, literal_binds=True, **options)
        with environment.begin_transaction():
            environment.run_migrations()
            # Releases of Alembic differ in whether they drop their table at the end.
            if to is None and f"DROP TABLE {tables.alembic}" not in out.getvalue():
                environment.get_context().impl._exec(DropTable(tables.alembic))
    return out.getvalue()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(HERE), version_locations=[str(folder) for folder in LOCATIONS])


def _options(tables: Tables, database: str) -> dict[str, Any]:
    return {
        "version_table": tables.alembic.name,
        "version_table_schema": tables.alembic.schema,
        "transactional_ddl": is_transactional(database),
    }


@contextmanager
def _environment(tables: Tables, steps: Callable[..., Any], **options: Any) -> Iterator[EnvironmentContext]:
    config = Config()
    config.attributes.update({PREFIX: tables.prefix, SCHEMA: tables.metadata.schema})
    with _TURN, EnvironmentContext(config, _scripts(), fn=steps, **options) as environment:
        yield environment


def _steps(start: str | None, to: str | None) -> Callable[..., Any]:
    scripts, order = _scripts(), (None, *known())

    def steps(revision: Any, _context: Any) -> Any:
        if order.index(to) >= order.index(start):
            return scripts._upgrade_revs(to or "base", revision)
        return scripts._downgrade_revs(to or "base", revision)

    return steps
