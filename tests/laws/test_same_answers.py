"""Law L7 beyond the kit: on memory and SQL at once, values of other libraries are the same, and so are cursors."""

from __future__ import annotations

import pytest

from resolutionkit import (
    Contact,
    InvalidCursor,
    IssueFilter,
    Order,
    ResponseFilter,
    Tracker,
)
from resolutionkit.testing import TwinStore, fresh_account
from support import NOON, TurnableClock, response


@pytest.mark.parametrize("kind", [float, str], ids=["float", "str"])
def test_a_value_of_a_derived_type_is_delivered_twice_as_a_duplicate(twins: TwinStore, kind: type) -> None:
    """Numbers and strings of other libraries, which derive from the built-in ones, are kept as those."""
    derived = type("Derived", (kind,), {})
    tracker = Tracker(twins, account=fresh_account(), clock=TurnableClock())
    given_response = response(attributes={"revenue": derived("1.5")})
    tracker.record(given_response)
    assert tracker.record(given_response).outcome == "duplicate"
    assert type(tracker.response("r-1").response.attributes["revenue"]) is kind


def test_a_cursor_belongs_to_its_filter(twins: TwinStore) -> None:
    """The cursor of one list fits no other, not even that of a filter which only looks alike."""
    tracker = Tracker(twins, account=fresh_account(), clock=TurnableClock())
    for number in range(4):
        tracker.record(response(f"r-{number}", survey="None", contact=Contact(email="a@x.example")))
    cursor = tracker.issues(IssueFilter(survey="None"), limit=2).next
    assert cursor is not None
    assert len(tracker.issues(IssueFilter(survey="None"), limit=2, after=cursor)) == 2
    for condition in (IssueFilter(), IssueFilter(survey="none"), IssueFilter(received_before=NOON)):
        with pytest.raises(InvalidCursor):
            tracker.issues(condition, limit=2, after=cursor)
    with pytest.raises(InvalidCursor):
        tracker.responses(ResponseFilter(survey="None"), limit=2, after=cursor)
    with pytest.raises(InvalidCursor):
        tracker.issues(IssueFilter(survey="None"), limit=2, after=cursor, order=Order.MOST_URGENT)
