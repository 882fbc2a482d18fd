"""One command that several processes give under the same key at once: done once, and answered alike (B13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from resolutionkit import Change, KeyReused, Tracker
from resolutionkit.storage.sql.saves import SqlUnitOfWork
from support import response
from support.crew import Do
from support.jobs import command
from support.servers import SERVERS

KEYED: dict[str, dict[str, Any]] = {
    "add_note": {"note": "Rang."},
    "set_status": {"status": "in_progress", "note": "On it."},
    "assign": {"assignee": "jo@partner.example", "note": "Yours.", "follow": True},
    "escalate": {"reason": "Risk.", "note": "Now."},
    "follow": {"who": "lee@partner.example"},
    "unfollow": {"who": "dana"},
    "flag": {"note": "Said so."},
}
ONLY_ONCE: dict[str, dict[str, Any]] = {
    "flag": {},
    "reopen": {},
    "set_status": {"status": "resolved", "expected_version": 1},
    "assign": {"assignee": "jo@partner.example", "expected_version": 1},
}
"""Commands that are refused when they are given a second time without a key."""


@pytest.mark.parametrize("name", KEYED)
def test_a_key_that_five_use_at_once_is_one_command(tracker: Tracker, do: Do, name: str) -> None:
    """Five processes give the same command under the same key: the same answer to each, and told once."""
    issue = tracker.record(response("low")).issue
    tracker.record(response("fine", 9))
    assert issue is not None
    meant = "fine" if name == "flag" else issue.id
    answers = do(command, given=(meant,), acts=[(name, {**KEYED[name], "key": "form-7f3a"})])
    first = answers[0]
    assert isinstance(first, Change)
    assert answers == [first] * 5
    history = tracker.history(first.issue.id)
    assert history[-1:] == (first.events[-1:] or history[-1:])
    assert first.issue == tracker.issue(first.issue.id)
    assert len(history) == len(first.events) + (name != "flag")
    told = tracker.outbox(first.issue.id)
    assert len({(one.recipient, one.first_event) for one in told}) == len(told)
    assert len(tracker.issues()) == (2 if name == "flag" else 1)


@pytest.mark.parametrize("kind", SERVERS, indirect=True)
@pytest.mark.parametrize("name", ONLY_ONCE)
def test_a_command_that_was_given_meanwhile_is_answered_alike(
    tracker: Tracker, open_tracker: Callable[..., Tracker], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody gives it just after it was asked whether it was given: what it did is answered, not why it is refused.

    On SQLite writers take turns from their beginning, so that nothing happens in between.
    """
    issue = tracker.record(response("low")).issue
    tracker.record(response("fine", 9))
    assert issue is not None
    facts = {"key": "once", "note": "Said so.", **ONLY_ONCE[name]}
    if name == "reopen":
        tracker.as_user("dana").set_status(issue.id, "resolved", note="Done.")
    meant, elsewhere = "fine" if name == "flag" else issue.id, open_tracker()
    first: list[Change] = []
    remembered = SqlUnitOfWork.remembered

    def remembered_just_before(unit: SqlUnitOfWork, actor: str, key: str, /) -> Any:
        found = remembered(unit, actor, key)
        if not first:
            monkeypatch.undo()
            first.append(getattr(elsewhere.as_user("dana"), name)(meant, **facts))
        return found

    monkeypatch.setattr(SqlUnitOfWork, "remembered", remembered_just_before)
    assert getattr(tracker.as_user("dana"), name)(meant, **facts) == first[0]
    assert tracker.history(first[0].issue.id)[-1] == first[0].events[-1]


def test_a_key_that_five_use_on_other_issues_is_one_command(tracker: Tracker, do: Do) -> None:
    """Nothing else makes the five meet: one note is written, and the others are told that the key was used."""
    opened = [tracker.record(response(f"r-{number}")).issue for number in range(5)]
    issues = [issue.id for issue in opened if issue is not None]
    acts = [("add_note", {"issue_id": issue_id, "note": "Rang.", "key": "once"}) for issue_id in issues]
    answers = do(command, given=(), acts=acts)
    assert sum(isinstance(one, Change) for one in answers) == 1
    assert sum(isinstance(one, KeyReused) for one in answers) == 4
    assert sum(len(tracker.issue(issue_id).notes) for issue_id in issues) == 1


def test_a_key_that_five_use_for_other_commands_is_one_of_them(tracker: Tracker, do: Do) -> None:
    """Under one key one note is written; whoever meant another one is told that the key was used."""
    issue = tracker.record(response()).issue
    assert issue is not None
    acts = [("add_note", {"note": f"Note {number}.", "key": "once"}) for number in range(5)]
    answers = do(command, given=(issue.id,), acts=acts)
    (done,) = (one for one in answers if isinstance(one, Change))
    assert sum(isinstance(one, KeyReused) for one in answers) == 4
    assert [note.text for note in tracker.issue(issue.id).notes] == [note.text for note in done.issue.notes]
