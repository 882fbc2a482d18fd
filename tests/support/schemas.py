"""Databases without tables, of every kind, and what stands in them as the database itself tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, text

from support.servers import SERVERS, database

KINDS = ("sqlite", *SERVERS)
OVER_ALL = {
    "outbox_due": "due_at",
    "deliveries_due": "channel",
    "issues_wake": "wake_at",
    "alerts_due": "due_at",
    "digests_due": "due_at",
}
"""What the indexes begin with that workers read over all accounts; every other one begins with the account."""
_DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql", "sqlite": "sqlite"}


@contextmanager
def without_tables(kind: str, folder: Path) -> Iterator[str]:
    """Yield the URL of a database that is empty, and of nobody else."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'recovery.db'}"
    else:
        with database(kind, tables=False) as url:
            yield url


def run(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements as they are in one transaction, and return the rows of the last."""
    engine = create_engine(url)
    rows: list[tuple[Any, ...]] = []
    with engine.begin() as connection:
        for statement in statements:
            done = connection.execute(text(statement.replace(":", "\\:")))
            rows = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return rows


def tables_in(url: str, schema: str | None = None) -> set[str]:
    """Return the names of all tables."""
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names(schema))
    engine.dispose()
    return found


def described(url: str, schema: str | None = None) -> dict[str, Any]:
    """Return all that the database says of each table: columns, keys, indexes, constraints, how rows are kept."""
    engine = create_engine(url)
    inspector = inspect(engine)
    found = {}
    for table in inspector.get_table_names(schema):
        columns = [
            (one["name"], str(one["type"]), getattr(one["type"], "collation", None), one["nullable"], one["default"])
            for one in inspector.get_columns(table, schema)
        ]
        indexes = [
            (one["name"], tuple(one["column_names"]), bool(one["unique"]))
            for one in inspector.get_indexes(table, schema)
        ]
        found[table] = {
            "columns": columns,
            "key": tuple(inspector.get_pk_constraint(table, schema)["constrained_columns"]),
            "indexes": sorted(indexes, key=str),
            "foreign keys": inspector.get_foreign_keys(table, schema),
            "checks": inspector.get_check_constraints(table, schema),
        }
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            for table, made in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")):
                found[table]["has rowid"] = "WITHOUT ROWID" not in made
    engine.dispose()
    return found
