"""The version that a database's tables have: how it is read, and what is said where it is another than ours."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select

from resolutionkit.errors import SchemaMismatch, shown
from resolutionkit.storage.sql.tables import SCHEMA_VERSION, Tables

ROW = {"account": "", "name": "schema"}
"""The key of the row in ``meta`` that holds it."""


def version_of(connection: Connection, tables: Tables, *, locks: bool = False) -> str | None:
    """Return the version, or None where the row is missing; the table is there.

    Args:
        connection: A connection.
        tables: The tables.
        locks: Whether to keep the row from others until the transaction ends.
    """
    meta = tables.meta
    query: Select[Any] = select(meta.c.value).where(*(meta.c[name] == value for name, value in ROW.items()))
    found: str | None = connection.scalar(query.with_for_update() if locks else query)
    return found


def another_version(found: str | None, newest: str = SCHEMA_VERSION) -> SchemaMismatch:
    """Return the error for tables of another version than this package's; revisions are numbered."""
    tables = f"the tables are of version {shown(found)}, and this resolutionkit knows version {newest!r}"
    if found is not None and found > newest:
        return SchemaMismatch(f"{tables}: a newer one wrote them; use that one, or a later one")
    return SchemaMismatch(f"{tables}; run `resolutionkit db upgrade`")
