"""Two changes of one issue at once: both are done, or the second is told what happened in between (B13)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen

from resolutionkit import Change, StaleIssue, Status, Tracker, replay
from resolutionkit.storage.sql.saves import SqlUnitOfWork
from resolutionkit.testing.suites.base import in_threads
from support import response
from support.crew import Do
from support.jobs import Answer, answer, command
from support.servers import SERVERS


@frozen
class Act:
    """A command and its facts."""

    name: str
    facts: dict[str, Any]


START = Act("set_status", {"status": Status.IN_PROGRESS, "note": "On it."})
CLOSE = Act("set_status", {"status": Status.RESOLVED, "note": "Done."})
ESCALATE = Act("escalate", {"reason": "Risk.", "note": "Now."})
TO_OMAR = Act("assign", {"assignee": "omar", "note": "His."})
TO_NINA = Act("assign", {"assignee": "nina", "note": "Hers."})
NOTE = Act("add_note", {"note": "Rang."})
FOLLOW = Act("follow", {"who": "jo@partner.example"})
LEAVE = Act("unfollow", {"who": "lee@partner.example"})

CONFLICTING = [(START, CLOSE), (START, ESCALATE), (ESCALATE, ESCALATE), (CLOSE, CLOSE), (TO_OMAR, TO_NINA)]
COMMUTING = [(START, TO_OMAR), (START, NOTE), (TO_OMAR, FOLLOW), (ESCALATE, TO_NINA), (NOTE, NOTE), (FOLLOW, LEAVE)]


def names(pair: tuple[Act, Act]) -> str:
    """Return what a pair of commands is called."""
    return " and ".join(f"{act.name} {act.facts.get('status', '')}".strip() for act in pair)


@pytest.fixture
def issue_id(tracker: Tracker) -> str:
    """Return the id of the issue that everybody changes."""
    issue = tracker.record(response()).issue
    assert issue is not None
    return issue.id


def at_once(tracker: Tracker, issue_id: str, pair: tuple[Act, Act], monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Give two commands in two threads, each of which has decided before either of them saves."""
    both, has_waited = threading.Barrier(2, timeout=10), threading.local()
    save = SqlUnitOfWork.save

    def save_together(unit: SqlUnitOfWork, writes: Any, /) -> None:
        if not getattr(has_waited, "once", False):
            has_waited.once = True
            both.wait()
        save(unit, writes)

    monkeypatch.setattr(SqlUnitOfWork, "save", save_together)
    answers: list[Answer] = []

    def job(act: Act) -> Callable[[], None]:
        command = getattr(tracker.as_user("dana"), act.name)
        return lambda: answers.append(answer(command, issue_id, **act.facts))

    assert in_threads([job(act) for act in pair]) == []
    return answers


def check_one_won(tracker: Tracker, issue_id: str, answers: list[Answer], wins: int = 1) -> None:
    """Check that so many were done, and that the others were told what happened since the first version."""
    won = [one for one in answers if isinstance(one, Change)]
    lost = [one for one in answers if isinstance(one, StaleIssue)]
    assert (len(won), len(lost)) == (wins, len(answers) - wins)
    history, issue = tracker.history(issue_id), tracker.issue(issue_id)
    assert replay(history) == issue
    assert {event.id for change in won for event in change.events} == {event.id for event in history[1:]}
    for one in lost:
        assert one.expected_version == 1
        assert one.events == history[1 : one.issue.version]
        assert one.issue == replay(history[: one.issue.version])
        assert {event.id for event in one.events} & {event.id for change in won for event in change.events}


@pytest.mark.parametrize("kind", SERVERS, indirect=True)
@pytest.mark.parametrize("pair", CONFLICTING, ids=names)
def test_of_two_that_conflict_one_wins(
    tracker: Tracker, issue_id: str, pair: tuple[Act, Act], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the same version; one is done, the other one is told of it, with the issue as it is now.

    On SQLite writers take turns from their beginning, so that no two of them read the same.
    """
    answers = at_once(tracker, issue_id, pair, monkeypatch)
    check_one_won(tracker, issue_id, answers)
    assert [one.issue for one in answers if isinstance(one, StaleIssue)] == [tracker.issue(issue_id)]


@pytest.mark.parametrize("kind", SERVERS, indirect=True)
@pytest.mark.parametrize("pair", COMMUTING, ids=names)
def test_of_two_that_do_not_conflict_both_are_done(
    tracker: Tracker, issue_id: str, pair: tuple[Act, Act], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the same version, and one is saved first: the other is decided again, and done too."""
    tracker.as_user("dana").follow(issue_id, "lee@partner.example")
    known = tracker.issue(issue_id).version
    answers = at_once(tracker, issue_id, pair, monkeypatch)
    assert all(isinstance(one, Change) for one in answers)
    events = [event.id for one in answers if isinstance(one, Change) for event in one.events]
    history = tracker.history(issue_id)
    assert sorted(events) == sorted(event.id for event in history[known:])
    assert replay(history) == tracker.issue(issue_id)


@pytest.mark.parametrize("acts", [(START, CLOSE, ESCALATE), (TO_OMAR, TO_NINA)], ids=["statuses", "assignments"])
def test_of_five_processes_that_conflict_one_wins(
    tracker: Tracker, issue_id: str, do: Do, acts: tuple[Act, ...]
) -> None:
    """Five processes act on what they saw in the first version: one is done, four are told what happened since."""
    given = [(act.name, {**act.facts, "expected_version": 1}) for act in acts]
    answers = do(command, given=(issue_id,), acts=given)
    check_one_won(tracker, issue_id, answers)


def test_processes_that_change_other_things_all_win(tracker: Tracker, issue_id: str, do: Do) -> None:
    """A status and a reassignment for the first version, notes and a follower, from five processes at once."""
    seen = {"expected_version": 1}
    acts = [(START.name, START.facts | seen), (TO_OMAR.name, TO_OMAR.facts | seen)]
    acts += [(act.name, act.facts) for act in (NOTE, NOTE, FOLLOW)]
    answers = do(command, given=(issue_id,), acts=acts)
    check_one_won(tracker, issue_id, answers, wins=5)
