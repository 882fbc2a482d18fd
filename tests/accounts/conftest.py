"""Fixtures for several accounts in one store, on each backend in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.storage.sql.store import open_store
from support.servers import SERVERS, empty, shared_database


@pytest.fixture(params=("memory", "sqlite", *SERVERS), scope="module")
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a store on each backend in turn, in which each test has accounts of its own."""
    kind: str = request.param
    if kind == "memory":
        opened: Store = MemoryStore()
    elif kind in SERVERS:
        empty(shared_database(kind))  # some tests use names that they have to choose
        opened = open_store(StoreOptions(url=shared_database(kind)))
    else:
        opened = open_store(StoreOptions(url=f"sqlite:///{tmp_path_factory.mktemp('accounts') / 'recovery.db'}"))
    with closing(opened):
        yield opened
