"""How a database's tables differ from what they should be: Alembic's comparison, and collations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Table, inspect

from resolutionkit.storage.sql.column_types import CodePoints, collation_on
from resolutionkit.storage.sql.tables import Tables


def differences(connection: Connection, tables: Tables) -> Iterator[str]:
    """Yield a sentence for each difference; none where all is as it should be."""
    names = {table.name for table in tables.metadata.sorted_tables}
    schema = tables.metadata.schema

    def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
        return name == schema if kind == "schema" else kind != "table" or name in names

    options = {"compare_type": True, "include_name": is_ours, "include_schemas": schema is not None}
    context = MigrationContext.configure(connection, opts=options)
    for found in compare_metadata(context, tables.metadata):
        # What changes about one column comes as a list.
        for one in found if isinstance(found, list) else [found]:
            yield _TOLD.get(one[0], _otherwise)(*one)
    yield from _collations(connection, tables)


def _collations(connection: Connection, tables: Tables) -> Iterator[str]:
    expected = collation_on(connection.dialect)
    inspector = inspect(connection)
    for table in tables.metadata.sorted_tables if expected is not None else ():
        if inspector.has_table(table.name, schema=table.schema):
            kept = {one["name"]: getattr(one["type"], "collation", None) for one in _columns(inspector, table)}
            for column in table.columns:
                if isinstance(column.type, CodePoints) and kept.get(column.name, expected) != expected:
                    yield f"{table.name}.{column.name} has the collation {kept[column.name]}, and needs {expected}"


def _columns(inspector: Any, table: Table) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = inspector.get_columns(table.name, schema=table.schema)
    return found


def _otherwise(kind: str, *what: object) -> str:
    names = [one for one in what if isinstance(one, str)]
    return f"{'.'.join(names[-2:]) or what[0]}: {kind.replace('_', ' ')}"


def _type(_kind: str, _schema: object, table: str, column: str, _more: object, is_so: object, wanted: object) -> str:
    return f"{table}.{column} is of type {is_so!r}, and should be {wanted!r}"


def _null(_kind: str, _schema: object, table: str, column: str, _more: object, is_so: object, _wanted: object) -> str:
    return f"{table}.{column} {'may' if is_so else 'may not'} be NULL, and should be the other way round"


_TOLD: Mapping[str, Callable[..., str]] = {
    "add_table": lambda _, table: f"the table {table.name} is missing",
    "add_column": lambda _, _schema, table, column: f"the column {table}.{column.name} is missing",
    "remove_column": lambda _, _schema, table, column: f"the column {table}.{column.name} is not ours",
    "add_index": lambda _, index: f"the index {index.name} is missing, or another than it should be",
    "remove_index": lambda _, index: f"the index {index.name} on {index.table.name} is not ours",
    "modify_type": _type,
    "modify_nullable": _null,
}
"""What each of Alembic's findings means."""
