"""The plain path on PostgreSQL: each statement by itself, through SQLAlchemy, put to the rules of the port.

Elsewhere it is the only path. Here changes take it that cannot be one statement, and so do the engines of hosts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store
from resolutionkit.storage.sql import store as sql_store
from resolutionkit.storage.sql.steps import one_by_one
from resolutionkit.storage.sql.store import SqlStore, open_store
from resolutionkit.storage.sql.wire import SqlAlchemyWire
from resolutionkit.testing import StoreRules
from support.servers import database
from support.stores import OnServer


def plainly(store: SqlStore) -> SqlStore:
    """Let a store carry out one step after the other."""
    store._carry_out = one_by_one
    return store


class OneByOne(OnServer):
    """A store on the plain path, which can also be reopened and shared."""

    def reopen(self) -> Store:
        """Open the database again, with the same path."""
        return plainly(open_store(StoreOptions(url=self.url)))

    share = reopen


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Return a database of the module's own: some rules name accounts that the other suite on this server uses too."""
    with database("postgresql") as made:
        yield made


class TestPlainPath(StoreRules):
    """Every rule, step by step."""

    @pytest.fixture(autouse=True)
    def _plain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Repeat a unit of work without a pause, and take SQLAlchemy's own way to the driver."""
        monkeypatch.setattr("resolutionkit.storage.sql.retries.PAUSE", 0)
        monkeypatch.setattr(sql_store, "wire_on", lambda connection, **_how: nullcontext(SqlAlchemyWire(connection)))

    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        """Return a store on the database."""
        opened = plainly(open_store(StoreOptions(url=url)))
        yield opened
        opened.close()

    @pytest.fixture
    def abilities(self, store: Store, url: str) -> OneByOne:
        """Return a way to its rows, and to the database."""
        return OneByOne(store, url)
