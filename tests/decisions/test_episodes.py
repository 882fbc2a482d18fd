"""Whose each episode is: settled when it is closed, and as it is now while it is not."""

from __future__ import annotations

from resolutionkit import Status, Tracker, replay
from resolutionkit.decisions.episodes import worked
from support import TurnableClock, organisation, response


def test_each_episode_is_whose_it_was_when_it_was_closed() -> None:
    """Given away and corrected later, answered again, reopened and given away again."""
    clock = TurnableClock()
    with Tracker.open("memory:", clock=clock, directory=organisation()) as tracker:
        issue = tracker.record(response("r-1", ticket="T-1")).issue
        assert issue is not None
        desk = tracker.as_user("bridget")
        desk.set_status(issue.id, Status.RESOLVED, note="Done.")
        desk.assign(issue.id, "nina", note="To file.")
        desk.set_status(issue.id, Status.CANT_RESOLVE, note="Not quite.")
        clock.turn(hours=1)
        tracker.record(response("r-2", ticket="T-1", received_at=clock()))
        desk.assign(issue.id, "omar", note="His.")
        history = tracker.history(issue.id)
    found, owners = worked(history)
    assert found == replay(history)
    assert owners == [("r-1", "ed"), ("r-2", "omar")]


def test_an_issue_that_was_opened_closed_is_settled_at_once() -> None:
    """Flagged by hand as what it turned out to be."""
    with Tracker.open("memory:", clock=TurnableClock(), directory=organisation()) as tracker:
        tracker.record(response("r-1", 9))
        desk = tracker.as_user("bridget")
        issue = desk.flag("r-1", note="Said so.", status=Status.RESOLVED).issue
        desk.assign(issue.id, "nina", note="To file.")
        assert worked(tracker.history(issue.id))[1] == [("r-1", "ed")]
