"""An inbox in a notebook: it reads itself, and says so where it cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from resolutionkit import Desk, Tracker
from resolutionkit.model.query import Counts, Page
from resolutionkit.tracker.inbox_view import inbox_view
from support import NOON, response
from support.pages import Reading


def shown(desk: Desk) -> str:
    """Return the words of a desk's inbox, single-spaced."""
    return Reading(desk.inbox()._repr_html_()).line


@pytest.fixture
def filled(tracker: Tracker) -> Tracker:
    """Return a tracker with twelve issues of emea, the oldest of which Bridget works, urgently."""
    for number in range(12):
        at = NOON - timedelta(hours=number + 1)
        found = tracker.record(response(f"r-{number:02}", received_at=at, comment=f"Comment {number:02}.")).issue
        assert found is not None
    desk = tracker.as_user("bridget")
    desk.assign(found.id, "bridget", note="Mine.")
    desk.set_status(found.id, "in_progress", note="Rang.")
    return tracker


def test_an_inbox_shows_counts_and_what_asks_for_work(filled: Tracker) -> None:
    """All counts, then the top of flagged and working, most urgent first."""
    text = shown(filled.as_user("bridget"))
    assert "Inbox of bridget Flagged Working Followed Open Closed Mine 11 1 0 12 0 1" in text
    assert "Flagged: 10 of 11, most urgent first" in text
    assert "Working: 1 of 1, most urgent first" in text
    assert text.index("Comment 10.") < text.index("Comment 09.") < text.index("Comment 11.")
    assert "Comment 00." not in text


def test_an_inbox_shows_only_what_its_person_may_see(filled: Tracker) -> None:
    """Paula sees nothing of emea, and her inbox says that there is nothing (D2)."""
    text = shown(filled.as_user("paula"))
    assert "Flagged: nothing. Working: nothing." in text
    assert "Comment" not in text


@pytest.mark.parametrize(
    ("who", "why"), [("nobody", "is not in the directory"), ("gone", "is inactive; only active people have a desk")]
)
def test_an_inbox_that_is_denied_says_why(filled: Tracker, who: str, why: str) -> None:
    """A sentence instead of a traceback, and not a word of any issue."""
    text = shown(filled.as_user(who))
    assert f"Inbox of {who} cannot be read now" in text
    assert why in text
    assert "Comment" not in text


def test_an_inbox_of_a_closed_store_says_so(filled: Tracker) -> None:
    """A notebook is often run from below its first cell."""
    desk = filled.as_user("bridget")
    filled.close()
    assert shown(desk) == "Inbox of bridget cannot be read now: this store is closed; open another one"


def test_a_hostile_name_stays_text(tracker: Tracker) -> None:
    """A person's id comes from outside as well (L12)."""
    reading = Reading(tracker.as_user("<img src=x>").inbox()._repr_html_())
    assert set(reading.tags) == {"div", "style"}


def test_a_floor_is_shown_as_one() -> None:
    """Beyond 10,000 closed issues the count says that there are more (D1)."""
    counts = Counts(flagged=0, working=0, followed=0, open=0, closed=10_000, closed_is_floor=True, mine=0)
    assert "10,000+" in Reading(inbox_view("Inbox", counts, Page(items=()), Page(items=()))).words


def test_the_plain_form_reads_nothing(tracker: Tracker) -> None:
    """A terminal shows whose inbox it is, also when the store is closed."""
    inbox = tracker.as_user("bridget").inbox()
    tracker.close()
    assert repr(inbox) == "<Inbox of 'bridget' in account 'default'>"
