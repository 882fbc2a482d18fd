"""Filling a SQLite file with very many issues quickly: one account by the library, the others copied from it by SQL.

Every key begins with the account, so that a copy under another account's name is what the library would have written
for it. Copies are interleaved, as if all accounts had worked at the same time: an account's rows do not lie together.
Only what lists and counts read is copied; the histories would make the file larger and no list slower.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import resolutionkit as rk
from benchmarks import inbox_people
from benchmarks.harness import say, seconds_of
from resolutionkit.storage.sql.tables import make_tables

ACCOUNTS = 100
COPIED = ("meta", "issues", "parties", "response_revisions", "addresses")
"""The tables, without their prefix, that My Issues reads."""


def account(number: int) -> str:
    """Return the name of an account, numbered from 0."""
    return f"account-{number:03}"


def filled(folder: Path, size: int, accounts: int = ACCOUNTS) -> Path:
    """Return a file with so many issues, from the folder if an earlier run left it there.

    Args:
        folder: Where it is kept.
        size: How many issues, over all accounts.
        accounts: How many accounts; their number divides the size.
    """
    mark = fingerprint(__file__)
    model, path = folder / f"model-{size // accounts}-{mark}.db", folder / f"inbox-{size}-{accounts}-{mark}.db"
    if not path.exists():
        spent = seconds_of(lambda: _make(model, path, size, accounts))
        say(f"{size:,} issues in {accounts} accounts: {path.stat().st_size / 1e6:,.0f} MB in {spent:,.0f} s")
    return path


def fingerprint(maker: str) -> str:
    """Return a digest of the schema and of what makes the issues: a database of other ones is not used again.

    Args:
        maker: The file that fills it.
    """
    tables = make_tables().metadata.sorted_tables
    schema = repr([(table, sorted(index.columns.keys() for index in table.indexes)) for table in tables])
    makers = "".join(Path(one).read_text(encoding="utf-8") for one in (maker, inbox_people.__file__))
    return hashlib.sha256((schema + makers).encode()).hexdigest()[:12]


def _make(model: Path, path: Path, size: int, accounts: int) -> None:
    if not model.exists():
        begun = model.with_suffix(".part")
        begun.unlink(missing_ok=True)
        inbox_people.make_account(f"sqlite:///{begun}", size // accounts)
        begun.rename(model)
    begun = path.with_suffix(".part")
    begun.unlink(missing_ok=True)
    rk.Tracker.open(f"sqlite:///{begun}").close()
    with closing(sqlite3.connect(begun, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")
        connection.execute("ATTACH ? AS model", (str(model),))
        connection.execute("CREATE TEMP TABLE account_names (name TEXT)")
        names = [(account(number),) for number in range(accounts)]
        connection.executemany("INSERT INTO account_names VALUES (?)", names)
        connection.execute("BEGIN")
        for table in COPIED:
            _copy(connection, f"resolutionkit_{table}")
        connection.execute("COMMIT")
        connection.execute("DETACH model")
        connection.execute("PRAGMA journal_mode = WAL")
    begun.rename(path)


def _copy(connection: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})") if row[1] != "account"]
    names, values = ", ".join(columns), ", ".join(f"m.{column}" for column in columns)
    connection.execute(
        f"INSERT INTO main.{table} (account, {names}) SELECT a.name, {values} FROM model.{table} m "
        f"CROSS JOIN account_names a WHERE m.account = 'model' ORDER BY m.{columns[0]}, a.rowid"
    )
