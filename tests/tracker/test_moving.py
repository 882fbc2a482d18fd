"""Moving responses to another group: what goes along, who is told, and who sees it from then on (A8, D2, D7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    Access,
    AccessDenied,
    AdviceCode,
    DeadlineState,
    Desk,
    Group,
    InvalidCommand,
    IssueNotFound,
    KeyReused,
    LinkAction,
    LinkClaim,
    LinkProblem,
    LinkRefused,
    Person,
    ResponseFilter,
    ResponseNotFound,
    ResponseReplaced,
    StaticDirectory,
    Status,
    Topic,
    Tracker,
    Why,
    replay,
)
from support import NOON, TurnableClock, response

OFFICE = StaticDirectory(
    [
        Person(id="ada", access=Access.EVERYTHING, administrator=True),
        Person(id="dana", access=Access.EVERYTHING),
        Person(id="ed", access=Access.groups("emea")),
        Person(id="eve", access=Access.groups("emea")),
        Person(id="omar", access=Access.groups("field")),
        Person(id="regional", access=Access.groups("emea"), administrator=True),
    ],
    [Group(code="emea", lead="ed"), Group(code="field", lead="omar")],
    leader="dana",
)


@pytest.fixture
def tracker(open_tracker: Any) -> Tracker:
    """Return a tracker of this office."""
    found: Tracker = open_tracker(directory=OFFICE)
    return found


@pytest.fixture
def ada(tracker: Tracker) -> Desk:
    """Return the desk of the administrator."""
    return tracker.as_user("ada")


def opened(tracker: Tracker, response_id: str = "r-1", **facts: Any) -> str:
    """Record an unhappy response, and return its issue's id."""
    issue = tracker.record(response(response_id, **facts)).issue
    assert issue is not None
    return issue.id


def test_issue_and_notes_go_along_and_the_new_lead_is_told(tracker: Tracker, ada: Desk) -> None:
    """The assignee stays, the history names both the revision and whoever moved it."""
    issue_id = opened(tracker)
    tracker.as_user("ed").add_note(issue_id, "Rang.")
    change = ada.move("r-1", group="field", note="They moved house.")
    assert change.issue is not None
    assert (change.response.group, change.issue.response.group, change.issue.assignee) == ("field", "field", "ed")
    assert [note.text for note in change.issue.notes] == ["Rang.", "They moved house."]
    (event,) = change.events
    assert (event.kind, event.revision, event.actor) == ("group_changed", 2, "ada")
    (message,) = [one for one in tracker.outbox(issue_id) if one.first_event == event.number]
    assert (message.recipient, message.topic, message.why) == ("omar", Topic.MOVED, (Why.GROUP_LEAD,))
    assert replay(tracker.history(issue_id)) == tracker.issue(issue_id) == change.issue
    assert [tracker.history(issue_id)[0].response.group, tracker.response("r-1").response.group] == ["emea", "field"]


def test_visibility_follows_at_once_in_every_list(tracker: Tracker, ada: Desk) -> None:
    """Who saw it by the old group alone sees it no more; who works it does; the new group's people do."""
    issue_id = opened(tracker)
    tracker.record(response("r-2", 9))
    for one in ("r-1", "r-2"):
        ada.move(one, group="field")
    seen = {
        who: (
            [line.id for line in tracker.as_user(who).issues()],
            sorted(line.id for line in tracker.as_user(who).responses()),
            tracker.as_user(who).inbox().counts().open,
        )
        for who in ("ed", "eve", "omar")
    }
    assert seen == {"ed": ([issue_id], ["r-1"], 1), "eve": ([], [], 0), "omar": ([issue_id], ["r-1", "r-2"], 1)}
    with pytest.raises(IssueNotFound):
        tracker.as_user("eve").issue(issue_id)
    with pytest.raises(ResponseNotFound):
        tracker.as_user("eve").response("r-2")


@pytest.mark.parametrize("score", [2, 9], ids=["with an issue", "without"])
def test_links_of_those_who_lost_access_say_moved(tracker: Tracker, ada: Desk, score: int) -> None:
    """And only theirs; nothing else is told."""
    recorded = tracker.record(response(score=score))
    issue_id, version = (None, 0) if recorded.issue is None else (recorded.issue.id, 1)

    def look(who: str, response_id: str = "r-1") -> LinkProblem | None:
        claim = LinkClaim(
            account=tracker.account,
            recipient=who,
            action=LinkAction.VIEW,
            issue=issue_id,
            response=response_id,
            status=None,
            message="m",
            version=version,
            expires_at=NOON + timedelta(days=1),
        )
        try:
            tracker.by_link(claim).look()
        except LinkRefused as refused:
            return refused.problem
        return None

    assert (look("eve"), look("omar")) == (None, LinkProblem.NOT_ALLOWED)
    ada.move("r-1", group="field")
    assert (look("eve"), look("omar")) == (LinkProblem.MOVED, None)


def test_limits_run_on(tracker: Tracker, ada: Desk, clock: TurnableClock) -> None:
    """What was due when is due then still, and what was done stays done (D7)."""
    issue_id = opened(tracker)
    before = [(one.kind, one.due_at, one.state) for one in tracker.targets(issue_id)]
    due = next(iter(tracker.issues())).due_at
    clock.turn(hours=5)
    ada.move("r-1", group="field", note="Not ours.")
    assert [(one.kind, one.due_at, one.state) for one in tracker.targets(issue_id)] == before
    assert {state for _, _, state in before} == {DeadlineState.RUNNING}
    (line,) = tracker.issues()
    assert line.due_at == due, "nobody has acted yet: moving is no first action"
    assert [line.id for line in tracker.as_user("omar").issues(order="most_urgent")] == [issue_id]


def test_a_replacing_fine_score_stops_limits_and_a_move_does_not_start_them_again(
    tracker: Tracker, ada: Desk, clock: TurnableClock
) -> None:
    """Neither met nor missed (A5); the issue stays listed, and needs no recovery."""
    issue_id = opened(tracker, ticket="T", received_at=NOON - timedelta(hours=2))
    tracker.record(response("r-2", 9, ticket="T"))
    states = {one.state for one in tracker.targets(issue_id)}
    assert states == {DeadlineState.STOPPED}
    clock.turn(hours=24 * 30)
    ada.move("r-2", group="field")
    assert {one.state for one in tracker.targets(issue_id)} == states
    (line,) = tracker.issues()
    assert (line.due_at, line.needs_recovery, line.response.group) == (None, False, "field")


def test_a_repair_leaves_limits_running_too(tracker: Tracker, ada: Desk, clock: TurnableClock) -> None:
    """They run from the opening, in quarantine or not: the customer waits either way."""
    issue_id = opened(tracker, group="EMEA")
    before = [one.due_at for one in tracker.targets(issue_id)]
    clock.turn(hours=3)
    ada.repair("r-1", group="emea")
    assert [one.due_at for one in tracker.targets(issue_id)] == before


def test_moving_where_it_is_already_changes_nothing_but_keeps_the_note(tracker: Tracker, ada: Desk) -> None:
    """No event and no revision; a note is a note."""
    opened(tracker)
    assert ada.move("r-1", group="emea").events == ()
    assert tracker.response("r-1").revision == 1
    assert [event.kind for event in ada.move("r-1", group="emea", note="Right so.").events] == ["note_added"]


def test_a_response_without_an_issue_moves_as_well(tracker: Tracker, ada: Desk) -> None:
    """A new revision, and no event; a note has no log to stand in, which is said."""
    tracker.record(response("r-1", 9))
    change = ada.move("r-1", group="field", note="Why.")
    assert (change.issue, change.events, change.response.group) == (None, (), "field")
    assert [one.code for one in change.advice] == [AdviceCode.NOTE_NOT_KEPT]
    assert (tracker.response("r-1").revision, tracker.response("r-1").response.group) == (2, "field")
    assert tracker.outbox_of_response("r-1") == ()


def test_moving_puts_right_what_is_in_quarantine(tracker: Tracker, ada: Desk) -> None:
    """So that all of a mistyped group can be moved at once."""
    issue_id = opened(tracker, group="EMEA")
    tracker.record(response("r-2", 9, group="EMEA"))
    done = ada.move_all(ResponseFilter(groups={"EMEA"}), group="emea")
    assert [(one.response_id, one.is_done) for one in done] == [("r-1", True), ("r-2", True)] or [
        (one.response_id, one.is_done) for one in done
    ] == [("r-2", True), ("r-1", True)]
    assert list(tracker.quarantined()) == []
    assert tracker.issue(issue_id).assignee == "ed"


def test_many_are_moved_each_for_itself_or_all_or_none(tracker: Tracker, ada: Desk) -> None:
    """The answer says per response what happened, or why nothing did (B12)."""
    for number in range(3):
        opened(tracker, f"r-{number}")
    done = ada.move_all(["r-0", "nope", "r-1"], group="field", note="Reorganised.")
    assert [(one.response_id, one.is_done, type(one.error)) for one in done] == [
        ("r-0", True, type(None)),
        ("nope", False, ResponseNotFound),
        ("r-1", True, type(None)),
    ]
    with pytest.raises(ResponseNotFound):
        ada.move_all(["r-2", "nope"], group="field", atomic=True)
    assert tracker.response("r-2").response.group == "emea"
    assert [one.is_done for one in ada.move_all(ResponseFilter(groups={"emea"}), group="field", atomic=True)] == [True]
    assert tracker.response("r-2").response.group == "field"


def test_what_cannot_be_moved(tracker: Tracker, ada: Desk) -> None:
    """An unknown group, a response that no longer stands, one outside of the administrator's access, and by others."""
    opened(tracker, ticket="T", received_at=NOON - timedelta(hours=2))
    tracker.record(response("r-2", 2, ticket="T"))
    with pytest.raises(InvalidCommand, match="group"):
        ada.move("r-2", group="fields")
    with pytest.raises(ResponseReplaced):
        ada.move("r-1", group="field")
    tracker.record(response("r-3", 9, group="field"))
    with pytest.raises(ResponseNotFound):
        tracker.as_user("regional").move("r-3", group="emea")
    for who in ("dana", "ed"):
        for which in ("r-2", "r-9"):
            with pytest.raises(AccessDenied, match="administrator"):
                tracker.as_user(who).move(which, group="field")
        with pytest.raises(AccessDenied, match="administrator"):
            tracker.as_user(who).move_all(ResponseFilter(), group="field")
    assert tracker.response("r-2").revision == 1


def test_under_a_key_it_happens_once(tracker: Tracker, ada: Desk) -> None:
    """Even where moving it took it out of sight; another command under the key is refused (B13)."""
    opened(tracker)
    tracker.record(response("r-2", 9))
    regional = tracker.as_user("regional")
    for one in ("r-1", "r-2"):
        first = regional.move(one, group="field", key=f"k-{one}")
        ada.move(one, group="emea")
        again = regional.move(one, group="field", key=f"k-{one}")
        assert (again, again.is_repetition) == (first, True)
        assert tracker.response(one).response.group == "emea"
        with pytest.raises(KeyReused):
            regional.move(one, group="emea", key=f"k-{one}")


def test_a_replacement_in_another_group_is_a_move_too(tracker: Tracker) -> None:
    """The new group's lead is told, and whoever works the issue keeps it (A5)."""
    issue_id = opened(tracker, ticket="T", received_at=NOON - timedelta(hours=2))
    done = tracker.record(response("r-2", 2, ticket="T", group="field"))
    assert done.issue is not None
    assert (done.issue.assignee, done.issue.response.group) == ("ed", "field")
    assert {one.recipient for one in tracker.outbox(issue_id) if one.first_event == 2} == {"ed", "omar"}
    with pytest.raises(IssueNotFound):
        tracker.as_user("eve").issue(issue_id)


def test_erasing_leaves_nothing_of_a_moved_response(tracker: Tracker, ada: Desk) -> None:
    """In no revision, and in no note of whoever moved it (L11); the codes stay, and it can be moved on."""
    issue_id = opened(tracker, comment="Call Jane Doe.")
    ada.move("r-1", group="field", note="Jane Doe moved.")
    tracker.as_user("omar").set_status(issue_id, Status.RESOLVED, note="Jane is content.")
    tracker.erase("jane@customer.example")
    history = tracker.history(issue_id)
    assert "Jane" not in repr([getattr(event, "response", None) and event.response.contact for event in history])
    assert [note.text for note in tracker.issue(issue_id).notes] == ["(erased)", "(erased)"]
    assert ada.move("r-1", group="emea").response.contact.name is None
    assert replay(tracker.history(issue_id)) == tracker.issue(issue_id)
