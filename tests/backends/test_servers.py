"""The SQL store on database servers, put to the suite that authors of stores get."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store
from resolutionkit.storage.sql.store import open_store
from resolutionkit.testing import StoreConformance
from support.servers import shared_database
from support.stores import OnServer


class OnAServer(StoreConformance):
    """One database, in which each test has an account of its own."""

    kind: str

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """Return a store on the database."""
        opened = open_store(StoreOptions(url=shared_database(self.kind)))
        yield opened
        opened.close()

    @pytest.fixture
    def abilities(self, store: Store) -> OnServer:
        """Return a way to its rows, and to the database."""
        return OnServer(store, shared_database(self.kind))


class TestPostgresql(OnAServer):
    """PostgreSQL, through psycopg."""

    kind = "postgresql"


class TestMariadb(OnAServer):
    """MariaDB, through PyMySQL."""

    kind = "mariadb"
