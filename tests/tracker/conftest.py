"""What the tests of the tracker share: an issue, and Bridget's desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolutionkit import Desk, Issue, Tracker
from support import response
from support.aio import DRIVERS, ON_SERVERS, server_url
from support.servers import empty, shared_database


@pytest.fixture
def desk(tracker: Tracker) -> Desk:
    """Return the desk of Bridget, who sees everything."""
    return tracker.as_user("bridget")


@pytest.fixture
def issue(tracker: Tracker) -> Issue:
    """Return the issue of an unhappy response in emea, which is Ed's."""
    found = tracker.record(response()).issue
    assert found is not None
    return found


@pytest.fixture(params=DRIVERS)
def async_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store for an async tracker, on each driver in turn."""
    driver: str = request.param
    if driver in ON_SERVERS:
        empty(shared_database(ON_SERVERS[driver]))
        return server_url(driver)
    return {"memory": "memory:", "aiosqlite in memory": "sqlite://"}.get(driver, f"sqlite:///{tmp_path / 'r.db'}")
