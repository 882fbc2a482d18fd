"""Law L3: a refused command changes nothing and tells nobody. Every way to be refused, on each backend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from resolutionkit import (
    AccessDenied,
    Desk,
    InvalidCommand,
    InvalidResponse,
    InvalidScore,
    InvalidValue,
    IssueNotFound,
    KeyReused,
    MoveRefused,
    NoteRequired,
    PersonNotFound,
    Policy,
    ReasonRequired,
    ResponseConflict,
    ResponseHasIssue,
    ResponseNotFound,
    ResponseReplaced,
    RootCause,
    StaleIssue,
    Status,
    Tracker,
    Workflow,
    workflows,
)
from resolutionkit.ports import Store
from resolutionkit.testing import fresh_account
from support import NOON, TurnableClock, organisation, response
from support.stores import dump

Act = Callable[[Tracker, Desk, dict[str, str]], object]
S = Status

REFUSALS: dict[str, tuple[type[Exception], Act]] = {
    "a score off the scale": (InvalidScore, lambda t, d, i: t.record(response("new", 11))),
    "a score off the step": (InvalidScore, lambda t, d, i: t.record(response("new", 6.5))),
    "a response from the future": (
        InvalidResponse,
        lambda t, d, i: t.record(response("new", received_at=NOON + timedelta(days=1, seconds=1))),
    ),
    "no response at all": (InvalidResponse, lambda t, d, i: t.record("r-1")),
    "other content under an id": (ResponseConflict, lambda t, d, i: t.record(response("open", 2))),
    "a correction of the ticket": (
        ResponseConflict,
        lambda t, d, i: t.record(response("open", ticket="T-9"), replace=True),
    ),
    "a correction off the scale": (InvalidScore, lambda t, d, i: t.record(response("open", -1), replace=True)),
    "an unlisted move": (MoveRefused, lambda t, d, i: d.set_status(i["active"], S.NEEDS_ATTENTION, note="Back.")),
    "an unknown status": (MoveRefused, lambda t, d, i: d.set_status(i["open"], "no such", note="There.")),
    "a status change without note": (NoteRequired, lambda t, d, i: d.set_status(i["open"], S.IN_PROGRESS)),
    "a status change with a blank note": (
        NoteRequired,
        lambda t, d, i: d.set_status(i["open"], "in_progress", note=" "),
    ),
    "an escalation without reason": (ReasonRequired, lambda t, d, i: d.set_status(i["open"], S.ESCALATED, note="Now.")),
    "an escalation with a blank reason": (
        ReasonRequired,
        lambda t, d, i: d.escalate(i["open"], reason=" ", note="Now."),
    ),
    "an escalation without note": (NoteRequired, lambda t, d, i: d.escalate(i["open"], reason="Risk.")),
    "an escalation of an unknown kind": (
        InvalidCommand,
        lambda t, d, i: d.escalate(i["open"], reason="Risk.", note="Now.", reason_kind="whim"),
    ),
    "an escalation of what is closed": (
        MoveRefused,
        lambda t, d, i: d.escalate(i["closed"], reason="Risk.", note="Now."),
    ),
    "a reason where none is asked for": (
        InvalidCommand,
        lambda t, d, i: d.set_status(i["open"], S.IN_PROGRESS, note="On it.", reason="Why not."),
    ),
    "a root cause of an open issue": (
        InvalidCommand,
        lambda t, d, i: d.set_status(i["open"], S.IN_PROGRESS, note="On it.", root_cause=RootCause(category="people")),
    ),
    "an unlisted root cause": (
        InvalidCommand,
        lambda t, d, i: d.set_status(i["open"], S.RESOLVED, note="Done.", root_cause=RootCause(category="luck")),
    ),
    "a stale status": (
        StaleIssue,
        lambda t, d, i: d.set_status(i["active"], S.RESOLVED, note="Done.", expected_version=1),
    ),
    "a stale escalation": (
        StaleIssue,
        lambda t, d, i: d.escalate(i["active"], reason="Risk.", note="Now.", expected_version=1),
    ),
    "a stale reopening": (StaleIssue, lambda t, d, i: d.reopen(i["closed"], note="Again.", expected_version=1)),
    "a stale assignment": (StaleIssue, lambda t, d, i: d.assign(i["active"], "nina", note="Hers.", expected_version=1)),
    "a version that is not there yet": (
        StaleIssue,
        lambda t, d, i: d.assign(i["open"], "nina", note="Hers.", expected_version=99),
    ),
    "no version": (InvalidCommand, lambda t, d, i: d.reopen(i["closed"], note="Again.", expected_version=0)),
    "a key of another command": (KeyReused, lambda t, d, i: d.add_note(i["open"], "Other words.", key="used")),
    "a key of another issue": (KeyReused, lambda t, d, i: d.add_note(i["closed"], "Key.", key="used")),
    "a blank note": (NoteRequired, lambda t, d, i: d.add_note(i["open"], "\n \t")),
    "a note with NUL": (InvalidCommand, lambda t, d, i: d.add_note(i["open"], "a\0b")),
    "a contact before the response": (
        InvalidCommand,
        lambda t, d, i: d.add_note(i["open"], "Rang.", happened_at=NOON - timedelta(days=2)),
    ),
    "a contact in the future": (
        InvalidCommand,
        lambda t, d, i: d.add_note(i["open"], "Rang.", happened_at=NOON + timedelta(seconds=1)),
    ),
    "a contact at a naive instant": (
        InvalidCommand,
        lambda t, d, i: d.add_note(i["open"], "Rang.", happened_at=datetime(2026, 11, 20)),
    ),
    "an unknown assignee": (PersonNotFound, lambda t, d, i: d.assign(i["open"], "nobody", note="His.")),
    "an inactive assignee": (PersonNotFound, lambda t, d, i: d.assign(i["open"], "gone", note="His.")),
    "an assignment without note": (NoteRequired, lambda t, d, i: d.assign(i["open"], "nina")),
    "an assignment with an unknown follower": (
        PersonNotFound,
        lambda t, d, i: d.assign(i["open"], "nina", note="Hers.", followers=["paula", "nobody"]),
    ),
    "an unknown follower": (PersonNotFound, lambda t, d, i: d.follow(i["open"], "nobody")),
    "an inactive follower": (PersonNotFound, lambda t, d, i: d.follow(i["open"], "gus@host.example")),
    "an unknown one who does not follow": (PersonNotFound, lambda t, d, i: d.unfollow(i["open"], "nobody")),
    "a reopening of what is open": (MoveRefused, lambda t, d, i: d.reopen(i["open"], note="Again.")),
    "a reopening to a closed status": (
        MoveRefused,
        lambda t, d, i: d.reopen(i["closed"], note="Again.", status=S.RESOLVED),
    ),
    "a reopening by a status": (MoveRefused, lambda t, d, i: d.set_status(i["closed"], S.IN_PROGRESS, note="Again.")),
    "a reopening without note": (NoteRequired, lambda t, d, i: d.reopen(i["closed"])),
    "flagging what is an issue": (ResponseHasIssue, lambda t, d, i: d.flag("open", note="Said so.")),
    "flagging what was replaced": (ResponseReplaced, lambda t, d, i: d.flag("replaced", note="Said so.")),
    "flagging what is not there": (ResponseNotFound, lambda t, d, i: d.flag("no such", note="Said so.")),
    "flagging without words": (NoteRequired, lambda t, d, i: d.flag("fine", note=" ")),
    "flagging for an unknown person": (
        PersonNotFound,
        lambda t, d, i: d.flag("fine", note="Said so.", assignee="nobody"),
    ),
    "flagging with an unknown follower": (
        PersonNotFound,
        lambda t, d, i: d.flag("fine", note="Said so.", followers=["nina", "nobody"]),
    ),
    "flagging as escalated without reason": (
        ReasonRequired,
        lambda t, d, i: d.flag("fine", note="Said so.", status=S.ESCALATED),
    ),
    "flagging in an unknown status": (MoveRefused, lambda t, d, i: d.flag("fine", note="Said so.", status="no such")),
    "an issue that is not there": (IssueNotFound, lambda t, d, i: d.add_note("no such", "Rang.")),
    "an issue of somebody else": (IssueNotFound, lambda t, d, i: t.as_user("paula").add_note(i["open"], "Rang.")),
    "somebody who left": (AccessDenied, lambda t, d, i: t.as_user("gone").add_note(i["open"], "Rang.")),
    "a batch with one that cannot be": (
        MoveRefused,
        lambda t, d, i: d.set_status_of_all(
            [i["open"], i["active"], i["closed"]], S.IN_PROGRESS, note="All.", atomic=True
        ),
    ),
    "a batch with one that is not there": (
        IssueNotFound,
        lambda t, d, i: d.add_note_to_all([i["open"], "no such"], "All.", atomic=True),
    ),
}  # fmt: skip


def busy(tracker: Tracker) -> dict[str, str]:
    """Bring an account to where everything can be refused, and return its issues by their responses."""
    tracker.record(response("replaced", 9, ticket="T-1", received_at=NOON - timedelta(hours=3)))
    tracker.record(response("fine", 9, ticket="T-1"))
    desk, found = tracker.as_user("dana"), {}
    for name in ("open", "active", "closed"):
        issue = tracker.record(response(name)).issue
        assert issue is not None
        found[name] = issue.id
        desk.follow(issue.id, "lee@partner.example")
    desk.add_note(found["open"], "Key.", key="used")
    desk.set_status(found["active"], Status.IN_PROGRESS, note="On it.")
    desk.assign(found["active"], "omar", note="His.", follow=True)
    desk.set_status(found["closed"], Status.RESOLVED, note="Done.", root_cause=RootCause(category="people"))
    return found


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_changes_nothing(store: Store, name: str) -> None:
    """Whatever is wrong with it, a refused command leaves every row of every table as it was."""
    policy, account = Policy(root_causes=("people",)), fresh_account()
    tracker = Tracker(store, account=account, policy=policy, directory=organisation(), clock=TurnableClock())
    issues = busy(tracker)
    before = dump(store)
    error, act = REFUSALS[name]
    with pytest.raises(error):
        act(tracker, tracker.as_user("dana"), issues)
    assert dump(store) == before


@pytest.mark.parametrize(
    ("workflow", "act"),
    [
        (workflows.THREE_STATUS, lambda d, one: d.escalate(one, reason="Risk.", note="Now.")),
        (workflows.THREE_STATUS_FORWARD, lambda d, one: d.reopen(one, note="Again.")),
    ],
    ids=["no status to escalate to", "no way back"],
)
def test_what_a_workflow_lacks_changes_nothing(store: Store, workflow: Workflow, act: Any) -> None:
    """A command that the account's workflow has no place for leaves everything as it was."""
    tracker = Tracker(store, account=fresh_account(), policy=Policy(workflow=workflow), directory=organisation())
    issue = tracker.record(response(received_at=datetime.now(NOON.tzinfo))).issue
    assert issue is not None
    desk = tracker.as_user("dana")
    desk.set_status(issue.id, "closed", note="Done.")
    before = dump(store)
    with pytest.raises(MoveRefused):
        act(desk, issue.id)
    assert dump(store) == before


def test_what_is_refused_among_many_leaves_the_others(store: Store) -> None:
    """A refused response of a batch is reported in its place, and leaves what the others would leave alone."""
    good, other = response("good"), response("other", 9)
    accounts = [fresh_account(), fresh_account()]
    batches: list[list[Any]] = [[good, response("bad", 11), "no response", other, response("good", 4)], [good, other]]
    kept = []
    for account, batch in zip(accounts, batches, strict=True):
        tracker = Tracker(store, account=account, directory=organisation(), clock=TurnableClock())
        done = tracker.record_many(batch)
        assert [one.index for one in done.rejected] == ([1, 2, 4] if len(batch) == 5 else [])
        lines = tracker.responses(limit=1000)
        kept.append([(one.id, one.issue is not None) for one in lines])
        assert len(tracker.outbox(lines.items[1].issue.id if lines.items[1].issue else "")) == 1
    assert kept[0] == kept[1]
    with pytest.raises(InvalidValue):
        tracker.as_user("")
