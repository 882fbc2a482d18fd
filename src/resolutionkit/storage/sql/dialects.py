"""The one seam for what databases spell differently; everything else is the same statement everywhere."""

from __future__ import annotations

from sqlalchemy import Dialect, Insert, Table
from sqlalchemy.dialects import sqlite


def insert_new(dialect: Dialect, table: Table) -> Insert:
    """Return an insert that leaves rows alone whose key exists: a violated key would end a host's transaction."""
    return _INSERT_NEW[dialect.name](table)


def _sqlite_insert_new(table: Table) -> Insert:
    return sqlite.insert(table).on_conflict_do_nothing()


_INSERT_NEW = {"sqlite": _sqlite_insert_new}
