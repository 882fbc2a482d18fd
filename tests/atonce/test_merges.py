"""A merge and something else at once: every response has one issue, every id leads somewhere, nothing is lost (B15)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from resolutionkit import Change, Merged, Recorded, StaleIssue, Status, Tracker, replay
from resolutionkit.storage.sql.saves import SqlUnitOfWork
from resolutionkit.testing.suites.base import in_threads
from support import NOON, response
from support.jobs import answer
from support.servers import SERVERS

Job = Callable[[Tracker, list[str]], Any]

MERGE: Job = lambda t, ids: t.as_user("bridget").merge(ids[0], ids[1], note="One.")  # noqa: E731
OTHERS: dict[str, tuple[Job, bool]] = {
    "note": (lambda t, ids: t.as_user("dana").add_note(ids[1], "Rang."), True),
    "follow": (lambda t, ids: t.as_user("dana").follow(ids[1], "lee@partner.example"), True),
    "response": (
        lambda t, _ids: t.record(response("later", 1, ticket="T-1", received_at=NOON)),
        True,
    ),
    "status": (lambda t, ids: t.as_user("dana").set_status(ids[1], Status.IN_PROGRESS, note="On it."), False),
    "status of the older": (
        lambda t, ids: t.as_user("dana").set_status(ids[0], Status.RESOLVED, note="Done."),
        False,
    ),
    "assign": (lambda t, ids: t.as_user("dana").assign(ids[1], "nina", note="Hers."), False),
    "hand over": (lambda t, _ids: t.hand_over("ed", to="nina", note="Hers.")[0], True),
    "the same": (lambda t, ids: t.as_user("bridget").merge(ids[1], ids[0], note="Two."), False),
    "the next": (lambda t, ids: t.as_user("bridget").merge(ids[2], ids[1], note="Two."), False),
    "all": (lambda t, ids: t.as_user("bridget").merge(ids[0], ids[2], note="Two."), False),
}
"""What is done at once with a merge of the first issue and the second, and whether both are always done."""


@pytest.fixture
def ids(tracker: Tracker) -> list[str]:
    """Return the ids of three issues of one customer, the oldest first."""
    found = [tracker.record(response(f"r-{number}", ticket=f"T-{number}")).issue for number in range(3)]
    return [issue.id for issue in found if issue is not None]


def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first save of each of two threads wait for the other's: both have read the same."""
    both, has_waited = threading.Barrier(2, timeout=5), threading.local()
    save = SqlUnitOfWork.save

    def save_together(unit: SqlUnitOfWork, writes: Any, /) -> None:
        if not getattr(has_waited, "once", False):
            has_waited.once = True
            both.wait()
        save(unit, writes)

    monkeypatch.setattr(SqlUnitOfWork, "save", save_together)


def check_all_is_sound(tracker: Tracker, ids: list[str]) -> None:
    """Each history is its issue, each id leads to a listed one, and each response belongs to exactly one (L1, L2)."""
    listed = {line.id for line in tracker.issues()}
    for one in ids:
        assert replay(tracker.history(one)) == tracker.issue(one)
        assert tracker.issue(one).id in listed
    owners: dict[str, list[str]] = {}
    for issue_id in listed:
        for one in tracker.issue(issue_id).responses:
            owners.setdefault(one.id, []).append(issue_id)
    assert all(len(its) == 1 for its in owners.values())
    for line in tracker.responses():
        assert line.record.issue == owners[line.id][0]


@pytest.mark.parametrize("kind", SERVERS, indirect=True)
@pytest.mark.parametrize("name", OTHERS)
def test_a_merge_and_something_else_at_once(
    tracker: Tracker, ids: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the same; what conflicts with the merge is told of it, or the merge is, and all else is done."""
    other, are_both_done = OTHERS[name]
    answers: list[Any] = []
    together(monkeypatch)
    jobs = [lambda: answers.append(answer(MERGE, tracker, ids)), lambda: answers.append(answer(other, tracker, ids))]
    assert in_threads(jobs) == []
    monkeypatch.undo()
    done = [one for one in answers if not isinstance(one, Exception)]
    refused = [one for one in answers if isinstance(one, Exception)]
    assert len(done) == 2 or not are_both_done, answers
    assert done, answers
    assert all(isinstance(one, StaleIssue) or type(one).__name__ == "MergeRefused" for one in refused), refused
    check_all_is_sound(tracker, ids)
    if name in {"note", "follow", "response"}:
        assert tracker.issue(ids[1]).id == ids[0]
        assert any(isinstance(event, Merged) for event in tracker.history(ids[0]))


@pytest.mark.parametrize("kind", SERVERS, indirect=True)
def test_many_merges_at_once_come_to_one_issue(tracker: Tracker, ids: list[str]) -> None:
    """In every order of the arguments: nobody waits for ever, and whoever is refused may try again."""
    pairs = [(ids[0], ids[1]), (ids[1], ids[0]), (ids[1], ids[2]), (ids[2], ids[0])]
    desk = tracker.as_user("bridget")
    answers: list[Any] = []

    def job(pair: tuple[str, str]) -> Callable[[], None]:
        return lambda: answers.append(answer(desk.merge, *pair))

    assert in_threads([job(pair) for pair in pairs]) == []
    assert any(isinstance(one, Change | Recorded) for one in answers)
    check_all_is_sound(tracker, ids)
    for pair in pairs:
        answer(desk.merge, *pair)
    assert {tracker.issue(one).id for one in ids} == {ids[0]}
    check_all_is_sound(tracker, ids)
