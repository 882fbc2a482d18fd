"""Migrations: bring the schema to a version and back, as a script too, and say how far it is. Alembic runs them.

The revisions ship with the package. They run by themselves, noted in a table of their own, or as a branch of a host's
own revisions, from :data:`VERSION_LOCATION`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar

from attrs import frozen
from sqlalchemy import Connection, Engine, MetaData, inspect

from resolutionkit.errors import InvalidValue, MissingExtra, SchemaMismatch, shown
from resolutionkit.storage.sql.column_types import Body, CodePoints
from resolutionkit.storage.sql.dialects import DATABASES
from resolutionkit.storage.sql.tables import DEFAULT_PREFIX, Tables, make_tables
from resolutionkit.storage.sql.versions import another_version, version_of
from resolutionkit.storage.sql.visits import changed, read

T = TypeVar("T")

VERSION_LOCATION = "resolutionkit:storage/sql/migrations/versions"
"""Where the revisions are, for a host's ``version_locations`` in Alembic; their branch is called *resolutionkit*."""
SCRIPTS = (*DATABASES, "dsql")
"""The databases for which there are scripts; the last is Amazon Aurora DSQL."""
_ONLY_ON_POSTGRESQL = re.compile(r' COLLATE "C"')
_INDEX = re.compile(r"^CREATE (UNIQUE )?INDEX ", re.MULTILINE)


@frozen(kw_only=True)
class SchemaState:
    """How far a database's schema is.

    Attributes:
        version: The revision that the tables have; None where there are no tables.
        newest: The newest revision that this package knows.
        pending: The revisions that ``upgrade`` would run, oldest first.
        is_ours: Whether ``upgrade`` runs them: there are no tables yet, or it or ``create=True`` has made them.
            Otherwise a host's own migrations keep the tables.
    """

    version: str | None
    newest: str
    pending: tuple[str, ...]
    is_ours: bool


def upgrade(
    database: str | Engine, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None, to: str = "head"
) -> tuple[str, ...]:
    """Bring the schema up to a revision; where it is there already, or further, nothing happens.

    Any number of processes may do so at once: one does it, the others wait. Where the database takes changes of a
    schema back (SQLite, PostgreSQL), it is one transaction; on MySQL and MariaDB an upgrade that was interrupted is
    finished by the next.

    Args:
        database: The database's URL, or an engine of the host's.
        prefix: What the tables' names begin with.
        schema: The database schema, which is there; None for the connection's own.
        to: A revision, or ``head`` for the newest.

    Returns:
        The revisions that were run, in their order.

    Raises:
        InvalidValue: There is no such revision, or the prefix or schema is no name.
        SchemaMismatch: The tables are not ours to migrate: a newer package made them, or other migrations keep them.
        MissingExtra: Alembic or the database's driver is not installed.
        StorageError: The database cannot be used.
    """
    order = _known()
    target = order[-1] if to == "head" else _one_of(to, order, "head")
    tables = make_tables(prefix, schema)

    def work(connection: Connection) -> tuple[str, ...]:
        start = _start(connection, tables, order)
        steps = order[order.index(start) + 1 if start else 0 : order.index(target) + 1]
        return _run(lambda revisions: revisions.move(connection, tables, start, target)) if steps else ()

    return changed(database, tables, work)


def downgrade(
    database: str | Engine, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None, to: str
) -> tuple[str, ...]:
    """Bring the schema back to an older revision. What only the newer tables and columns hold is lost.

    Args:
        database: The database's URL, or an engine of the host's.
        prefix: What the tables' names begin with.
        schema: The database schema; None for the connection's own.
        to: A revision, or ``base`` to drop every table of ours, and nothing else.

    Returns:
        The revisions that were taken back, in that order.

    Raises:
        InvalidValue: There is no such revision, or the prefix or schema is no name.
        SchemaMismatch: As for :func:`upgrade`.
        MissingExtra: Alembic or the database's driver is not installed.
        StorageError: The database cannot be used.
    """
    order = _known()
    target = None if to == "base" else _one_of(to, order, "base")
    tables = make_tables(prefix, schema)

    def work(connection: Connection) -> tuple[str, ...]:
        start = _start(connection, tables, order)
        steps = order[order.index(target) + 1 if target else 0 : order.index(start) + 1 if start else 0]
        return _run(lambda revisions: revisions.move(connection, tables, start, target)) if steps else ()

    return changed(database, tables, work, must_exist=True)


def script(
    database: str, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None, start: str = "base", to: str = "head"
) -> str:
    """Return the SQL that leads from one revision to another, for whoever runs scripts rather than programs.

    Args:
        database: For which: one of :data:`SCRIPTS`. On PostgreSQL and SQLite the script is one transaction. Aurora DSQL
            takes one change of the schema per transaction, makes indexes in the background, and orders by code
            points without being told.
        prefix: What the tables' names begin with.
        schema: The database schema; None for the connection's own.
        start: The revision that the database has; ``base`` for no tables.
        to: The one that it shall have; an older one than ``start`` leads down.

    Raises:
        InvalidValue: There is no such database or revision, or the prefix or schema is no name.
        MissingExtra: Alembic is not installed.
    """
    if database not in SCRIPTS:
        raise InvalidValue("database", database, f"one of {', '.join(SCRIPTS)}")
    order = _known()
    ends = {"base": None, "head": order[-1]}
    first, last = (ends[one] if one in ends else _one_of(one, order, "base, head") for one in (start, to))
    tables = make_tables(prefix, schema)
    is_dsql = database == "dsql"
    dialect = "postgresql" if is_dsql else database
    text = _run(lambda revisions: revisions.text(dialect, tables, first, last, is_one=not is_dsql))
    return _INDEX.sub(r"CREATE \1INDEX ASYNC ", _ONLY_ON_POSTGRESQL.sub("", text)) if is_dsql else text


def state(database: str | Engine, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None) -> SchemaState:
    """Return how far the schema is.

    Args:
        database: The database's URL, or an engine of the host's.
        prefix: What the tables' names begin with.
        schema: The database schema; None for the connection's own.

    Raises:
        InvalidValue: The prefix or schema is no name.
        MissingExtra: Alembic or the database's driver is not installed.
        StorageError: The database cannot be used.
    """
    order = _known()
    return read(database, make_tables(prefix, schema), lambda connection, tables: _state(connection, tables, order))


def check(database: str | Engine, *, prefix: str = DEFAULT_PREFIX, schema: str | None = None) -> tuple[str, ...]:
    """Return what is not as it should be, a sentence each: version, tables, columns, collations, indexes.

    Args:
        database: The database's URL, or an engine of the host's.
        prefix: What the tables' names begin with.
        schema: The database schema; None for the connection's own.

    Raises:
        InvalidValue: The prefix or schema is no name.
        MissingExtra: Alembic or the database's driver is not installed.
        StorageError: The database cannot be used.
    """
    order = _known()

    def found(connection: Connection, tables: Tables) -> tuple[str, ...]:
        version = _state(connection, tables, order).version
        if version is None:
            where = f" in the schema {shown(schema)}" if schema else ""
            return (f"no table {tables.meta.name}{where}; check prefix and schema, or run `resolutionkit db upgrade`",)
        if version != order[-1]:
            return (str(another_version(version, order[-1])),)
        from resolutionkit.storage.sql.differences import differences

        return tuple(differences(connection, tables))

    return read(database, make_tables(prefix, schema), found)


def metadata(*, prefix: str = DEFAULT_PREFIX, schema: str | None = None, with_version_table: bool = False) -> MetaData:
    """Return the tables for a host's ``target_metadata``, so that autogenerate leaves them alone, or makes them.

    Args:
        prefix: What the tables' names begin with.
        schema: The database schema; None for the connection's own.
        with_version_table: Whether the table is among them in which :func:`upgrade` notes what it has run: it is
            there unless our revisions are a branch of the host's.

    Raises:
        InvalidValue: The prefix or schema is no name.
    """
    tables = make_tables(prefix, schema)
    if with_version_table:
        tables.alembic.to_metadata(tables.metadata)
    return tables.metadata


def render_item(kind: str, item: object, context: Any) -> str | bool:
    """Write our kinds of columns into a migration that a host's autogenerate makes: ``render_item`` of its ``env.py``.

    Args:
        kind: What is to be written.
        item: The thing.
        context: Alembic's; its imports are added to.

    Returns:
        Python, or False for what is not ours.
    """
    if kind != "type" or not isinstance(item, CodePoints | Body):
        return False
    name = type(item).__name__
    context.imports.add(f"from {type(item).__module__} import {name}")
    return f"{name}({item.length or ''})"


def _known() -> tuple[str, ...]:
    return _run(lambda revisions: revisions.known())


def _run(work: Callable[[Any], T]) -> T:
    """Do something with Alembic, where it is installed."""
    if find_spec("alembic") is None:
        raise MissingExtra("sql", "migrating a database")
    from alembic.util.exc import CommandError

    from resolutionkit.storage.sql import revisions

    try:
        return work(revisions)
    except CommandError as problem:
        raise SchemaMismatch(f"Alembic cannot run the revisions: {problem}") from problem


def _one_of(revision: str, order: tuple[str, ...], word: str) -> str:
    if revision not in order:
        raise InvalidValue("revision", revision, f"one of {word}, {', '.join(order)}")
    return revision


def _state(connection: Connection, tables: Tables, order: tuple[str, ...]) -> SchemaState:
    there = set(inspect(connection).get_table_names(tables.metadata.schema))
    version = version_of(connection, tables) if tables.meta.name in there else None
    after = order.index(version) + 1 if version in order else 0 if version is None else len(order)
    is_ours = version is None or tables.alembic.name in there
    return SchemaState(version=version, newest=order[-1], pending=order[after:], is_ours=is_ours)


def _start(connection: Connection, tables: Tables, order: tuple[str, ...]) -> str | None:
    """Return the revision that the tables have, kept from others, or refuse tables that are not ours to migrate."""
    there = set(inspect(connection).get_table_names(tables.metadata.schema))
    version = version_of(connection, tables, locks=True) if tables.meta.name in there else None
    noted: str | None = connection.scalar(tables.alembic.select()) if tables.alembic.name in there else None
    if version is not None and version not in order:
        raise another_version(version, order[-1])
    if version is not None and tables.alembic.name not in there:
        raise SchemaMismatch(
            f"other migrations keep these tables, since there is no {tables.alembic.name}; "
            "upgrade with those: with Alembic, `alembic upgrade resolutionkit@head`"
        )
    if version != noted and not (version is None and _may_be_half_done(connection)):
        told = f"the tables are of version {shown(version)}, and {tables.alembic.name} says {shown(noted)}"
        raise SchemaMismatch(f"{told}; restore both from one backup")
    ours = sorted(there & {table.name for table in tables.metadata.sorted_tables})
    if version is None and ours and not _may_be_half_done(connection):
        raise SchemaMismatch(f"there are tables without a version: {', '.join(ours)}; name another prefix or schema")
    return noted


def _may_be_half_done(connection: Connection) -> bool:
    # There a step that was interrupted leaves what it had come to, and is run again.
    return not _run(lambda revisions: revisions.is_transactional(connection.dialect.name))
