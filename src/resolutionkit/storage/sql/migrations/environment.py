"""What a revision asks of the environment that runs it, ours or a host's; and the version that the store checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from alembic import context, op
from attrs import frozen
from sqlalchemy import Column, String, TableClause, column, inspect, table

from resolutionkit.storage.sql.tables import DEFAULT_PREFIX, check_names

PREFIX, SCHEMA = "resolutionkit_prefix", "resolutionkit_schema"
"""Where Alembic's configuration says how the tables are named: under its attributes, or else its main options."""


@frozen
class Names:
    """How the tables are named.

    Attributes:
        prefix: What their names begin with.
        schema: The database schema, or None for the connection's own.
    """

    prefix: str = DEFAULT_PREFIX
    schema: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what makes no names."""
        check_names(self.prefix, self.schema)


def names() -> Names:
    """Return how the tables are named, as the configuration says.

    Raises:
        InvalidValue: It says what cannot be used in names.
    """
    prefix = _told(PREFIX)
    return Names(DEFAULT_PREFIX if prefix is None else prefix, _told(SCHEMA) or None)


def _told(option: str) -> str | None:
    attributes = context.config.attributes
    found: str | None = attributes[option] if option in attributes else context.config.get_main_option(option)
    return found


def make_table(
    name: str,
    columns: Sequence[Column[Any]],
    indexes: Mapping[str, tuple[str, ...]],
    *,
    unique: Collection[str] = (),
    has_long_rows: bool = False,
) -> None:
    """Make a table with its indexes.

    Where every statement commits by itself, what an interrupted run made before is left as it is.

    Args:
        name: Its name, without the prefix.
        columns: Its columns.
        indexes: The columns of each index, by its name without the prefix.
        unique: The indexes that hold each entry once.
        has_long_rows: Whether SQLite keeps its rows beside the tree of keys.
    """
    here = names()
    full = f"{here.prefix}{name}"
    if not _is_there(full, here.schema):
        op.create_table(full, *columns, schema=here.schema, sqlite_with_rowid=has_long_rows)
    made = set(_indexes_of(full, here.schema))
    for told, keys in indexes.items():
        index = f"{here.prefix}{told}"
        if index not in made:
            op.create_index(index, full, list(keys), unique=told in unique, schema=here.schema)


def drop_table(name: str) -> None:
    """Drop a table with its indexes; one that an interrupted run dropped already is passed over, likewise."""
    here = names()
    full = f"{here.prefix}{name}"
    if not _may_be_half_done() or _is_there(full, here.schema):
        op.drop_table(full, schema=here.schema)


def _may_be_half_done() -> bool:
    return not context.is_offline_mode() and not op.get_context().impl.transactional_ddl


def _is_there(name: str, schema: str | None) -> bool:
    return _may_be_half_done() and inspect(op.get_bind()).has_table(name, schema=schema)


def _indexes_of(name: str, schema: str | None) -> Iterator[str]:
    if _may_be_half_done():
        yield from (str(one["name"]) for one in inspect(op.get_bind()).get_indexes(name, schema=schema))


def note_first_version(version: str) -> None:
    """Note the version of a schema that has just been made: the store asks for it whenever it is opened."""
    row = {"account": "", "name": "schema", "value": version}
    op.execute(_meta().insert().values(**{name: op.inline_literal(value) for name, value in row.items()}))


def note_version(version: str) -> None:
    """Note the version that the schema has from now on, whether it went up or down."""
    meta = _meta()
    is_it = (meta.c.account == op.inline_literal("")) & (meta.c.name == op.inline_literal("schema"))
    op.execute(meta.update().where(is_it).values(value=op.inline_literal(version)))


def _meta() -> TableClause:
    here = names()
    columns = (column(name, String()) for name in ("account", "name", "value"))
    return table(f"{here.prefix}meta", *columns, schema=here.schema)
