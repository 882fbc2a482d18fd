"""Hosts: applications with a table of their own, who begin and end their transactions, through SQLAlchemy or Django."""

from __future__ import annotations

import importlib.util
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

_TABLE = "CREATE TABLE IF NOT EXISTS host_orders (what VARCHAR(50) NOT NULL)"
SNAPSHOT = "SNAPSHOT"
"""What newer servers of MariaDB make of REPEATABLE READ: a row that others changed meanwhile cannot be locked."""
STYLES = ("connection", "session", "django")


class _RollBack(Exception):
    """What a host raises to roll back."""


@frozen
class Work:
    """One transaction of a host's.

    Attributes:
        connection: What the host hands to ``tracker.joined``.
        run: Runs a statement of the host's, and returns its rows.
        driver_s: Gives the driver's own connection.
    """

    connection: Any
    run: Callable[[str], list[Any]]
    driver_s: Callable[[], Any]

    def order(self, what: str) -> None:
        """Write a row of the host's."""
        self.run(f"INSERT INTO host_orders VALUES ('{what}')")


class Host:
    """An application on a database. One for each thread: its connections are its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def transaction(self, level: str | None = None) -> AbstractContextManager[Work]:
        """Return a transaction: committed at the end of the block, rolled back when it raises."""
        raise NotImplementedError

    @contextmanager
    def rolled_back(self) -> Iterator[Work]:
        """Yield a transaction that is rolled back at the end of the block."""
        with suppress(_RollBack), self.transaction() as work:
            yield work
            raise _RollBack

    def leave_thread(self) -> None:
        """Let go of what belongs to this thread."""

    def close(self) -> None:
        """Let go of its connections."""
        raise NotImplementedError

    def orders(self) -> list[str]:
        """Return the host's rows, as another transaction sees them."""
        with self.transaction() as work:
            return [what for (what,) in work.run("SELECT what FROM host_orders ORDER BY what")]


class ConnectionHost(Host):
    """A host with SQLAlchemy Core."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        names = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
        self.engine = create_engine(parsed.set(drivername=names.get(parsed.drivername, parsed.drivername)))
        super().__init__(url)

    @contextmanager
    def transaction(self, level: str | None = None) -> Iterator[Work]:
        with self.engine.connect() as connection:
            if level == SNAPSHOT:
                connection.exec_driver_sql("SET SESSION innodb_snapshot_isolation = ON")
                connection.rollback()
            elif level is not None:
                connection = connection.execution_options(isolation_level=level)
            with connection.begin():
                yield Work(
                    connection, lambda sql: _run(connection, sql), lambda: connection.connection.driver_connection
                )

    def close(self) -> None:
        self.engine.dispose()


class SessionHost(ConnectionHost):
    """A host with SQLAlchemy's ORM."""

    @contextmanager
    def transaction(self, level: str | None = None) -> Iterator[Work]:
        with Session(self.engine) as session, session.begin():
            if level is not None:
                session.connection(execution_options={"isolation_level": level})
            yield Work(
                session,
                lambda sql: _run(session, sql),
                lambda: session.connection().connection.driver_connection,
            )


def _run(connection: Any, statement: str) -> list[Any]:
    result = connection.execute(text(statement))
    return list(result) if result.returns_rows else []


class DjangoHost(Host):
    """A host with Django. Its settings are made at the first one, and have a database for each host."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if kind == "mariadb" and importlib.util.find_spec("MySQLdb") is None:
            pytest.skip("Django's driver for MariaDB is not installed: pip install mysqlclient")
        self.alias = add_django_database(
            {
                "ENGINE": f"django.db.backends.{'mysql' if kind == 'mariadb' else kind.replace('sqlite', 'sqlite3')}",
                "NAME": parsed.database,
                "USER": parsed.username or "",
                "PASSWORD": parsed.password or "",
                "HOST": parsed.host or parsed.query.get("host", ""),
                "PORT": str(parsed.port or ""),
            }
        )
        super().__init__(url)

    @property
    def connection(self) -> Any:
        """Return Django's connection of this thread."""
        from django.db import connections

        return connections[self.alias]

    @contextmanager
    def transaction(self, level: str | None = None) -> Iterator[Work]:
        from django.db import transaction

        if level is not None and self.connection.vendor != "sqlite":
            # Django has the level with the connection, and psycopg as a value of its own.
            name = level.lower()
            self.connection.settings_dict["OPTIONS"] = {"isolation_level": _level(self.connection.vendor, name)}
            self.connection.close()
        with transaction.atomic(using=self.alias):
            yield Work(self.connection, self._run, lambda: self.connection.connection)

    def _run(self, statement: str) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def leave_thread(self) -> None:
        self.connection.close()

    close = leave_thread


def _level(vendor: str, name: str) -> Any:
    if vendor == "mysql":
        return name
    from psycopg import IsolationLevel

    return IsolationLevel[name.upper().replace(" ", "_")]


_ADDING = threading.Lock()


def add_django_database(settings: dict[str, Any]) -> str:
    """Let Django know one more database, and return its alias."""
    import django
    from django.conf import settings as configuration
    from django.db import connections

    alias = f"db_{uuid.uuid4().hex[:8]}"
    with _ADDING:  # hosts of several threads come at once, the first of them to find nothing set up
        if not configuration.configured:
            # Tests may run where an event loop is, which Django takes for a mistake.
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
            configuration.configure(DATABASES={}, USE_TZ=True, INSTALLED_APPS=[])
            django.setup()
        connections.settings[alias] = settings
        connections.settings = connections.configure_settings(connections.settings)
    return alias


_MADE: dict[str, type[Host]] = {"connection": ConnectionHost, "session": SessionHost, "django": DjangoHost}


def make_host(style: str, url: str) -> Host:
    """Return a host of a style on a database that has our tables; its own table is made."""
    return _MADE[style](url)


_WITH_TABLE: set[str] = set()


def empty_hosts_table(url: str) -> None:
    """Make the table of hosts in a database, or empty it."""
    host = ConnectionHost(url)
    with host.transaction() as work:
        work.run("DELETE FROM host_orders" if url in _WITH_TABLE else _TABLE)
    host.close()
    _WITH_TABLE.add(url)
