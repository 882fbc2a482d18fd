"""The store in memory, put to the suite that authors of stores get."""

from __future__ import annotations

import pytest

from resolutionkit.ports import Store
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing import StoreConformance
from support.stores import Dumping


class TestMemoryStore(StoreConformance):
    """Everything; it has nothing to reopen or to share."""

    @pytest.fixture
    def store(self) -> Store:
        """Return an empty store."""
        return MemoryStore()

    @pytest.fixture
    def abilities(self, store: Store) -> Dumping:
        """Return a way to its rows."""
        return Dumping(store)
