"""The SQL store in hosts' transactions, one for each unit of work, put to rules that authors of stores get.

Those on what a connection decides: what comes back of what was saved, conflicts, threads, lists in their order. Sizes
and random histories are left to the stores with transactions of their own, whose statements are the same.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from resolutionkit import Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store, UnitOfWork, WriteConflict
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.testing.suites.conflicts import Conflicts
from resolutionkit.testing.suites.lists import Lists
from resolutionkit.testing.suites.saving import Saving
from resolutionkit.testing.suites.strings import Strings
from resolutionkit.testing.suites.threads import Threads
from resolutionkit.testing.suites.units import UnitsOfWork
from support.hosts import Host, make_host
from support.servers import database
from support.stores import OnServer

T = TypeVar("T")

ATTEMPTS, PAUSE = 20, 0.1


class InHostsTransactions:
    """A store whose every unit of work is a transaction of a host's, which runs again where it is told to."""

    def __init__(self, store: SqlStore, host: Host) -> None:
        self.store = store
        self.host = host

    def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work in a host's transaction."""
        for _ in range(ATTEMPTS):
            try:
                return self._once(account, work, write=write)
            except WriteConflict as problem:
                conflict = problem
                time.sleep(random.uniform(0, PAUSE))
            finally:
                if threading.current_thread() is not threading.main_thread():
                    self.host.leave_thread()
        raise conflict

    def _once(self, account: str, work: Callable[[UnitOfWork], T], *, write: bool) -> T:
        with self.host.transaction() as transaction, self.store.joined(transaction.connection) as joined:
            return joined.transact(account, work, write=write)

    def close(self) -> None:
        """Close the store, and the host's connections."""
        self.store.close()
        self.host.close()


@pytest.fixture(autouse=True, scope="module")
def _few_examples() -> Iterator[None]:
    """Try few examples of random data: what differs here is the connection."""
    before = settings.get_current_profile_name()
    settings.register_profile("few", parent=settings.get_profile(before), max_examples=10)
    settings.load_profile("few")
    yield
    settings.load_profile(before)


@pytest.fixture(scope="module")
def url_of() -> Iterator[Callable[[str, str], str]]:
    """Return a function that gives a server's database to each class: their accounts have the same names."""
    with ExitStack() as stack:
        yield cache(lambda kind, style: stack.enter_context(database(kind)))


class InTransactionsOf(Saving, UnitsOfWork, Conflicts, Threads, Lists, Strings):
    """One database, in which each test has an account of its own."""

    kind: str
    style: str

    @pytest.fixture
    def url(self, tmp_path: Path, url_of: Callable[[str, str], str]) -> str:
        """Return the URL of a database with our tables."""
        if self.kind != "sqlite":
            return url_of(self.kind, self.style)
        url = f"sqlite:///{tmp_path / 'recovery.db'}"
        Tracker.open(url).close()
        return url

    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        """Return a store that works in the transactions of a host."""
        opened = InHostsTransactions(open_store(StoreOptions(url=url)), make_host(self.style, url))
        yield opened
        opened.close()

    @pytest.fixture
    def abilities(self, store: InHostsTransactions, url: str) -> OnServer:
        """Return a way to its rows, and to the database."""
        return OnServer(store.store, url)


class TestDjangoOnSqlite(InTransactionsOf):
    """Django's connection to SQLite."""

    kind, style = "sqlite", "django"


class TestDjangoOnPostgresql(InTransactionsOf):
    """Django's connection to PostgreSQL."""

    kind, style = "postgresql", "django"


class TestDjangoOnMariadb(InTransactionsOf):
    """Django's connection to MariaDB, through mysqlclient."""

    kind, style = "mariadb", "django"


class TestSqlalchemyOnPostgresql(InTransactionsOf):
    """SQLAlchemy's connection to PostgreSQL, where most of a change is one statement."""

    kind, style = "postgresql", "connection"
