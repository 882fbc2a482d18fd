"""What the tests of the tracker share: an issue, and Bridget's desk."""

from __future__ import annotations

import pytest

from resolutionkit import Desk, Issue, Tracker
from support import response


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
