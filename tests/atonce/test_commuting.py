"""Commands that conflict with nothing, many at once on one issue: all of them are done, and nobody is refused (B13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from resolutionkit import Issue, Tracker, replay
from resolutionkit.testing.suites.base import in_threads
from support import response
from support.crew import Do
from support.jobs import commute
from support.stores import Failures

THREADS, ROUNDS = 8, 25
SEVERAL = 6


@pytest.fixture
def issue_id(tracker: Tracker) -> str:
    """Return the id of the issue that everybody works at."""
    issue = tracker.record(response()).issue
    assert issue is not None
    return issue.id


def check_whole(tracker: Tracker, issue_id: str) -> Issue:
    """Check law L1 for an issue, and return the issue."""
    history, issue = tracker.history(issue_id), tracker.issue(issue_id)
    assert replay(history) == issue
    assert [event.number for event in history] == list(range(1, issue.version + 1))
    assert [line.version for line in tracker.issues()] == [issue.version]
    return issue


def failed(failures: Failures) -> set[int]:
    """Return which attempts failed: whoever met a conflict locks what it decides on, and meets no second one."""
    return {attempt for attempt, _ in failures}


def test_threads_that_write_notes_all_get_through(tracker: Tracker, issue_id: str, failures: Failures) -> None:
    """Eight threads write 25 notes each: 200 notes, and none waits for more than its turn."""

    def notes(name: int) -> Callable[[], None]:
        def run() -> None:
            for turn in range(ROUNDS):
                tracker.as_user("dana").add_note(issue_id, f"{name}-{turn}")

        return run

    assert in_threads([notes(name) for name in range(THREADS)]) == []
    texts = [note.text for note in check_whole(tracker, issue_id).notes]
    assert sorted(texts) == sorted(f"{name}-{turn}" for name in range(THREADS) for turn in range(ROUNDS))
    assert failed(failures) <= {1}


def test_threads_that_come_and_go_all_get_through(tracker: Tracker, issue_id: str, failures: Failures) -> None:
    """Eight threads note, follow and unfollow, some of them in the name of the same: each address is one follower."""
    jobs = [lambda name=name: commute(tracker, name, issue=issue_id, rounds=SEVERAL) for name in range(THREADS)]
    assert in_threads(jobs) == []
    check_commuted(tracker, issue_id, THREADS)
    assert failed(failures) <= {1}


def test_processes_that_come_and_go_all_get_through(tracker: Tracker, issue_id: str, do: Do) -> None:
    """The same from five processes, each with connections and a store of its own."""
    assert do(commute, issue=issue_id, rounds=SEVERAL) == [None] * 5
    check_commuted(tracker, issue_id, 5)


def check_commuted(tracker: Tracker, issue_id: str, workers: int) -> None:
    """Check that all was done that so many did in :func:`support.jobs.commute`."""
    issue = check_whole(tracker, issue_id)
    expected = sorted(f"{name}-{turn}" for name in range(workers) for turn in range(SEVERAL))
    assert sorted(note.text for note in issue.notes) == expected
    # Each left in the last round.
    assert sorted(issue.followers) == sorted(f"shared-{turn}@partner.example" for turn in range(SEVERAL))
    kinds = Counter(event.kind for event in tracker.history(issue_id))
    assert kinds["unfollowed"] == workers * SEVERAL // 2
    assert kinds["followed"] == workers * SEVERAL // 2 + SEVERAL
