"""What is kept beside the obvious: advice with its event, and an error where a stored event is damaged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from resolutionkit import InvalidValue, Status, StorageError, Tracker
from support import organisation, response


def test_advice_is_recorded_with_the_step(tracker: Tracker) -> None:
    """A step that was advised against says so in the history, for good."""
    issue = tracker.record(response()).issue
    assert issue is not None
    change = tracker.as_user("bridget").set_status(issue.id, Status.RESOLVED, note="Done at once.")
    assert [event.advice for event in tracker.history(issue.id)] == [(), ("unusual_move",)]
    assert change.events[0].advice == tuple(one.code for one in change.advice)


def test_a_step_as_it_should_be_carries_no_advice(tracker: Tracker) -> None:
    """Nothing is recorded where nothing was advised."""
    issue = tracker.record(response()).issue
    assert issue is not None
    change = tracker.as_user("bridget").set_status(issue.id, Status.IN_PROGRESS, note="Rang.")
    assert [event.advice for event in change.events] == [()]


def test_many_responses_are_an_iterable(tracker: Tracker) -> None:
    """A single response is refused with the way to record it."""
    with pytest.raises(InvalidValue, match=r"record\(\)"):
        tracker.record_many(response())  # type: ignore[arg-type]


@pytest.mark.parametrize("payload", ["{}", '{"status":1}', '{"note":5}'], ids=["empty", "short", "other"])
def test_a_damaged_event_is_told_as_such(tmp_path: Path, payload: str) -> None:
    """What cannot be an event is an error that names it, not a failure somewhere inside."""
    path = tmp_path / "recovery.db"
    with Tracker.open(f"sqlite:///{path}", directory=organisation()) as tracker:
        issue = tracker.record(response()).issue
        assert issue is not None
        connection = sqlite3.connect(path)
        connection.execute("UPDATE resolutionkit_events SET payload = ?", (payload,))
        connection.commit()
        connection.close()
        with pytest.raises(StorageError, match="damaged"):
            tracker.issue(issue.id)


@pytest.mark.parametrize("body", ["{}", "[]", '{"id":"r-1","score":3,"received_at":"now"}', "no JSON"])
def test_a_damaged_response_is_told_as_such(tmp_path: Path, body: str) -> None:
    """What cannot be a response is an error of the storage, whatever is wrong with it."""
    path = tmp_path / "recovery.db"
    with Tracker.open(f"sqlite:///{path}", directory=organisation()) as tracker:
        tracker.record(response())
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE resolutionkit_response_revisions SET body = ?", (body,))
        with pytest.raises(StorageError, match="damaged"):
            tracker.issues()
