"""The SQL store on SQLite, put to the suite that authors of stores get: the rules on a file, the laws in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resolutionkit.ports import Store
from resolutionkit.testing import StoreLaws, StoreRules
from resolutionkit.testing.suites.threads import Threads
from resolutionkit.testing.suites.units import UnitsOfWork
from support.stores import Dumping, OnFile, fresh_store, open_file


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat a unit of work without a pause."""
    monkeypatch.setattr("resolutionkit.storage.sql.retries.PAUSE", 0)


class InMemory:
    """An empty database in memory."""

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """Return an empty store."""
        opened = fresh_store("sqlite")
        yield opened
        opened.close()

    @pytest.fixture
    def abilities(self, store: Store) -> Dumping:
        """Return a way to its rows."""
        return Dumping(store)


class TestSqliteFile(StoreRules):
    """The rules of the port, with a file that is reopened and shared."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """Return an empty store."""
        opened = open_file(tmp_path / "recovery.db")
        yield opened
        opened.close()

    @pytest.fixture
    def abilities(self, store: Store, tmp_path: Path) -> OnFile:
        """Return a way to its rows, and to the file."""
        return OnFile(store, tmp_path / "recovery.db")


class TestSqliteInMemory(InMemory, StoreLaws):
    """The laws, which need many accounts rather than a file."""


class TestOneConnection(InMemory, UnitsOfWork, Threads):
    """What a database in memory could do otherwise: all threads share its one connection."""
