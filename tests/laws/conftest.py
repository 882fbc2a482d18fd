"""Fixtures of the laws: stores that live as long as a module, in which each example has an account of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resolutionkit.ports import Store
from resolutionkit.testing import TwinStore
from support.stores import BACKENDS, fresh_store


@pytest.fixture(params=BACKENDS, scope="module")
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return a store, on each backend in turn."""
    opened = fresh_store(request.param)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def twins() -> Iterator[TwinStore]:
    """Return a store that asks the store in memory and a SQL store, and fails where they differ."""
    opened = TwinStore(fresh_store("memory"), fresh_store("sqlite"))
    yield opened
    opened.close()
