"""The plugin in a tracker in memory."""

import keyword_recovery
import pytest

from resolutionkit import Tracker
from resolutionkit.testing import sample_response


@pytest.fixture
def tracker():
    """Return a tracker with the plugin, whether the package is installed or not."""
    with Tracker.open("memory:", plugins=[keyword_recovery]) as opened:
        yield opened


@pytest.mark.parametrize("comment", ["I want a refund.", "REFUND", "We have cancelled.", "Ask my lawyer!"])
def test_a_promoter_who_writes_a_word_needs_recovery(tracker, comment):
    """The score stays what it was."""
    issue = tracker.record(sample_response(score=10, comment=comment)).issue
    assert issue is not None
    assert issue.needs_recovery
    assert issue.response.score == 10


@pytest.mark.parametrize("comment", [None, "", "Great.", "refundable"])
def test_every_other_response_is_left_to_its_score(tracker, comment):
    """A word has to stand there whole."""
    assert tracker.record(sample_response("r-1", 10, comment=comment)).issue is None
    assert tracker.record(sample_response("r-2", 3, comment=comment)).issue is not None
