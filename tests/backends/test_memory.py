"""The store in memory, put to the suite that authors of stores get."""

from __future__ import annotations

import pytest

from resolutionkit.ports import Store
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing import StoreConformance
from support.stores import Dumping


class TestMemoryStore(StoreConformance):
    """Everything but reopening and sharing: it goes with its process."""

    test_what_was_saved_is_there_after_reopening = None
    test_two_openings_see_each_other = None
    test_two_openings_that_change_one_issue_lose_nothing = None

    @pytest.fixture
    def store(self) -> Store:
        """Return an empty store."""
        return MemoryStore()

    @pytest.fixture
    def abilities(self, store: Store) -> Dumping:
        """Return a way to its rows."""
        return Dumping(store)
