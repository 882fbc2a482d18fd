"""The async stores, put to the suite that authors of stores get: the rules of the port, on each driver.

The laws play whole histories through a sync tracker, whose code is the same; they are left to the sync stores. Random
data is tried less often than there, since what differs here is the driver.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import make_url

from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store
from resolutionkit.storage.sql.store import open_store
from resolutionkit.testing import StoreRules
from resolutionkit.testing.suites.threads import Threads
from resolutionkit.testing.suites.units import UnitsOfWork
from support.loops import DrivenStore, Loop
from support.servers import database
from support.stores import OnServer


@pytest.fixture(autouse=True, scope="module")
def _few_examples() -> Iterator[None]:
    """Try few examples of random data."""
    before = settings.get_current_profile_name()
    settings.register_profile("few", parent=settings.get_profile(before), max_examples=10)
    settings.load_profile("few")
    yield
    settings.load_profile(before)


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    """Return an event loop."""
    running = Loop()
    yield running
    running.stop()


class Driven:
    """An empty store behind a URL."""

    @pytest.fixture
    def url(self) -> str:
        """Return the URL."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, loop: Loop, url: str) -> Iterator[Store]:
        """Return a store on the database."""
        opened = DrivenStore(loop, url)
        yield opened
        opened.close()


class Lasting(OnServer):
    """A database that can be opened again, and looked into with its sync driver."""

    def __init__(self, loop: Loop, url: str, sync_url: str) -> None:
        super().__init__(open_store(StoreOptions(url=sync_url)), url)
        self._loop = loop

    def reopen(self) -> Store:
        """Open the database again."""
        return DrivenStore(self._loop, self.url)

    share = reopen


class OnDatabase(Driven, StoreRules):
    """A database that outlives the store."""

    @pytest.fixture
    def abilities(self, loop: Loop, store: DrivenStore, sync_url: str) -> Iterator[Lasting]:
        """Return a way to its rows, and to the database."""
        lasting = Lasting(loop, store.url, sync_url)
        yield lasting
        lasting.store.close()


class TestAiosqlite(OnDatabase):
    """A SQLite file, through aiosqlite."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        """Return the URL of a file."""
        return f"sqlite:///{tmp_path / 'recovery.db'}"

    @pytest.fixture
    def sync_url(self, url: str) -> str:
        """Return the same."""
        return url


class TestAiosqliteInMemory(Driven, UnitsOfWork, Threads):
    """A SQLite database in memory, whose one connection all tasks share: what could differ from a file."""

    @pytest.fixture
    def url(self) -> str:
        """Return the URL of a database in memory."""
        return "sqlite://"


class TestMemory(Driven, UnitsOfWork, Threads):
    """The store in memory, where tasks take turns: what could differ from the sync one."""

    @pytest.fixture
    def url(self) -> str:
        """Return its URL."""
        return "memory:"


class OnServerDatabase(OnDatabase):
    """A database on a server, of the driver's own: some tests name their accounts."""

    kind: str
    driver: str

    @pytest.fixture(scope="class")
    @classmethod
    def sync_url(cls) -> Iterator[str]:
        """Return the URL for the sync driver."""
        with database(cls.kind) as made:
            yield made

    @pytest.fixture
    def url(self, sync_url: str) -> str:
        """Return the URL for the async driver."""
        return make_url(sync_url).set(drivername=self.driver).render_as_string(hide_password=False)


class TestPsycopg(OnServerDatabase):
    """PostgreSQL, through psycopg's async half, which is what is used where the URL names no driver."""

    kind, driver = "postgresql", "postgresql"


class TestAsyncpg(OnServerDatabase):
    """PostgreSQL, through asyncpg."""

    kind, driver = "postgresql", "postgresql+asyncpg"


class TestAsyncmy(OnServerDatabase):
    """MariaDB, through asyncmy, which is what is used where the URL names no driver."""

    kind, driver = "mariadb", "mariadb"
