"""Filling a PostgreSQL database with very many issues quickly: one account by the library, its copies by COPY.

As on SQLite, every key begins with the account, so that a copy under another account's name is what the library would
have written for it; copies are interleaved, and only what lists and counts read is copied. The indexes of lists are
made afterwards, and the tables are vacuumed and analysed, as the server does by itself in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import Table, create_engine

import resolutionkit as rk
from benchmarks import inbox_people
from benchmarks.harness import say, seconds_of
from benchmarks.postgresql import asked, connected, drop_database, make_database, server, url_of
from benchmarks.prefill import COPIED, account, fingerprint
from benchmarks.rivals.rows_by_hand import driver_url
from resolutionkit.storage.sql.tables import make_tables


@contextmanager
def filled(size: int, accounts: int, *, keep: bool) -> Iterator[str]:
    """Yield the URL of a database with so many issues; an earlier run may have left it.

    Args:
        size: How many issues, over all accounts.
        accounts: How many accounts; their number divides the size.
        keep: Whether it is left on the server for the next run; otherwise it is dropped.
    """
    name = f"rk_inbox_{size}_{accounts}_{fingerprint(__file__)}"
    if not _is_there(name):
        spent = seconds_of(lambda: _make(name, size, accounts))
        megabytes = asked(url_of(name), "SELECT pg_database_size(current_database())") / 1e6
        say(f"{size:,} issues in {accounts} accounts on PostgreSQL: {megabytes:,.0f} MB in {spent:,.0f} s")
    try:
        yield url_of(name)
    finally:
        if not keep:
            drop_database(name)


def _is_there(name: str) -> bool:
    return bool(asked(server(), f"SELECT count(*) FROM pg_database WHERE datname = '{name}'"))


def _make(name: str, size: int, accounts: int) -> None:
    model, begun = f"{name}_model", f"{name}_part"
    drop_database(model)
    drop_database(begun)
    try:
        make_database(model)
        inbox_people.make_account(url_of(model), size // accounts)
        make_database(begun)
        _copy(url_of(model), url_of(begun), accounts)
        with connected(server()) as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (begun, name))))
    finally:
        drop_database(model)
        drop_database(begun)


def _copy(model: str, url: str, accounts: int) -> None:
    rk.Tracker.open(url, create=True).close()
    tables = [table for table in make_tables().metadata.sorted_tables if _is_copied(table)]
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        for table in tables:
            for index in table.indexes:
                index.drop(connection)
    names = [account(number).encode() for number in range(accounts)]
    with connected(model) as source, connected(url) as target:
        for table in tables:
            _copy_table(source, target, table, names)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        for table in tables:
            for index in table.indexes:
                index.create(connection)
    engine.dispose()
    with connected(url) as target:
        target.execute("VACUUM (ANALYZE)")
        target.execute("CHECKPOINT")


def _is_copied(table: Table) -> bool:
    return table.name.removeprefix("resolutionkit_") in COPIED


def _copy_table(source: Connection[Any], target: Connection[Any], table: Table, names: list[bytes]) -> None:
    """Write each row of the model once for each account, before the next row."""
    columns = [column.name for column in table.columns if column.name != "account"]
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    kept = sql.SQL("COPY (SELECT {} FROM {} WHERE account = 'model' ORDER BY {}) TO STDOUT")
    taken = sql.SQL("COPY {} (account, {}) FROM STDIN")
    where = sql.Identifier(table.name)
    with (
        source.cursor().copy(kept.format(listed, where, sql.Identifier(columns[0]))) as rows,
        target.cursor().copy(taken.format(where, listed)) as copies,
    ):
        for row in rows:
            line = bytes(row)
            copies.write(b"".join([name + b"\t" + line for name in names]))
