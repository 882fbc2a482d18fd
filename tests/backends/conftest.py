"""Fixtures of the backends: an empty store, on each backend in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store, UnitOfWork, Write
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.storage.sql.store import open_store
from support.stores import BACKENDS

T = TypeVar("T")


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store."""
    if request.param == "memory":
        opened: Store = MemoryStore()
    else:
        opened = open_store(StoreOptions(url=f"sqlite:///{tmp_path / 'recovery.db'}"))
    yield opened
    opened.close()


@pytest.fixture
def ask(store: Store) -> Callable[..., object]:
    """Return a function that asks one question in a transaction of its own."""

    def asked(question: Callable[[UnitOfWork], T], account: str = "default") -> T:
        return store.transact(account, question, write=False)

    return asked


@pytest.fixture
def save(store: Store) -> Callable[..., None]:
    """Return a function that saves writes in a transaction of its own."""

    def saved(*writes: Write, account: str = "default") -> None:
        store.transact(account, lambda unit: unit.save(writes), write=True)

    return saved
