"""Moves: what each demands, what is advised against, escalating again, root causes, reopening."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    AdviceCode,
    Escalated,
    InvalidCommand,
    MoveRefused,
    NoteAdded,
    NoteRequired,
    Person,
    Policy,
    ReasonRequired,
    Reopened,
    RootCause,
    RootCauseRecorded,
    StaticDirectory,
    StatusChanged,
    workflows,
)
from resolutionkit.decisions.moves import legal_moves
from resolutionkit.model.commands import AddNote, Escalate, Reopen, SetStatus
from support import NOON

STATUSES = ("needs_attention", "in_progress", "escalated", "cant_resolve", "not_an_issue", "resolved")
CLOSED = STATUSES[3:]


def to(issue: Any, status: str, note: str | None = "Done.", **said: Any) -> SetStatus:
    """Return the command that moves an issue, with a reason where it escalates."""
    reason = {"reason": "Risk."} if status == "escalated" else {}
    return SetStatus(issue=issue.id, status=status, note=note, **(reason | said))


def opened_as(office: Any, status: str) -> Any:
    """Return an issue in a status, got there from the initial one."""
    issue = office.opened()
    return issue if status == "needs_attention" else office.done(issue, to(issue, status))


LEGAL = {
    "needs_attention": set(STATUSES[1:]),
    "in_progress": set(STATUSES[2:]),
    "escalated": {"in_progress", *CLOSED},
    **{closed: set(CLOSED) - {closed} for closed in CLOSED},
}


@pytest.mark.parametrize("start", STATUSES)
@pytest.mark.parametrize("end", STATUSES)
def test_a_move_is_made_or_refused_with_what_is_allowed(office: Any, start: str, end: str) -> None:
    """All 36 pairs: a status event, a kept note for the same status, or a refusal that names the ways out."""
    issue = opened_as(office, start)
    command = to(issue, end, reason=None) if start == end else to(issue, end)
    if end in LEGAL[start]:
        after = office.done(issue, command)
        assert (after.status, after.phase is workflows.STANDARD.status(end).phase) == (end, True)
        assert after.episode == 1
    elif start == end:
        assert [type(event) for event in office.decide(issue, command).events] == [NoteAdded]
    else:
        with pytest.raises(MoveRefused) as refused:
            office.decide(issue, command)
        assert set(refused.value.allowed) == LEGAL[start]
        assert refused.value.reopen_to == (("needs_attention", "in_progress") if start in CLOSED else ())


@pytest.mark.parametrize("note", [None, "", " \n\t"], ids=ascii)
@pytest.mark.parametrize("status", STATUSES[1:])
def test_a_status_change_demands_a_note(office: Any, status: str, note: str | None) -> None:
    """A blank one is none; a policy may relax it."""
    issue = office.opened()
    with pytest.raises(NoteRequired):
        office.decide(issue, to(issue, status, note))
    office.policy = Policy(note_on_status_change=False)
    assert office.done(issue, to(issue, status, note)).notes == issue.notes


@pytest.mark.parametrize("reason", [None, "", "  "], ids=ascii)
def test_escalating_demands_a_reason_before_it_demands_a_note(office: Any, reason: str | None) -> None:
    """Both ways into the status, whatever the policy says of notes."""
    office.policy = Policy(note_on_status_change=False)
    issue = office.opened()
    for command in (to(issue, "escalated", None, reason=reason), Escalate(issue=issue.id, reason=reason)):
        with pytest.raises(ReasonRequired):
            office.decide(issue, command)


def test_a_reason_where_nothing_asks_for_one_is_refused(office: Any) -> None:
    """What was said would be lost otherwise."""
    issue = office.opened()
    with pytest.raises(InvalidCommand) as refused:
        office.decide(issue, to(issue, "resolved", reason="Because."))
    assert refused.value.field == "reason"


def test_a_kind_of_reason_where_nothing_asks_for_one_is_refused(office: Any) -> None:
    """The kind would be lost just so."""
    issue = office.opened()
    with pytest.raises(InvalidCommand) as refused:
        office.decide(issue, to(issue, "resolved", reason_kind="other"))
    assert refused.value.field == "reason_kind"


ADVICE: dict[str, tuple[str, int, list[AdviceCode]]] = {
    "resolved straight away": ("resolved", 0, [AdviceCode.UNUSUAL_MOVE]),
    "resolved after notes": ("resolved", 1, [AdviceCode.UNUSUAL_MOVE]),
    "cannot resolve, log empty": ("cant_resolve", 0, [AdviceCode.NO_EARLIER_NOTES]),
    "cannot resolve after notes": ("cant_resolve", 1, []),
    "escalated, log empty": ("escalated", 0, [AdviceCode.NO_EARLIER_NOTES]),
    "escalated after notes": ("escalated", 1, []),
    "in progress": ("in_progress", 0, []),
    "not an issue": ("not_an_issue", 0, []),
}


@pytest.mark.parametrize(("status", "notes", "codes"), ADVICE.values(), ids=ADVICE)
def test_what_is_unusual_is_done_with_advice(office: Any, status: str, notes: int, codes: list[AdviceCode]) -> None:
    """The move's own note does not count as one that was there before."""
    issue = office.opened()
    for _ in range(notes):
        issue = office.done(issue, AddNote(issue=issue.id, note="Rang."))
    decision = office.decide(issue, to(issue, status))
    assert [advice.code for advice in decision.advice] == codes
    shown = next(move for move in legal_moves(issue, office.policy) if move.status == status)
    assert shown.advice == decision.advice


def test_a_short_note_is_advised_against(office: Any) -> None:
    """A note of exactly the wanted length is long enough."""
    office.policy = Policy(advised_note_length=5)
    issue = office.opened()
    for note, codes in (("1234", [AdviceCode.SHORT_NOTE]), ("12345", [])):
        assert [one.code for one in office.decide(issue, to(issue, "in_progress", note)).advice] == codes


@pytest.mark.parametrize("start", ["needs_attention", "in_progress"])
def test_escalating_is_a_status_event_and_a_call_for_leadership(office: Any, start: str) -> None:
    """The note goes with the status; the assignee stays; escalate and set_status do the same."""
    issue = opened_as(office, start)
    said: dict[str, Any] = {"issue": issue.id, "reason": "Risk.", "reason_kind": "other", "note": "Rang thrice."}
    for command in (Escalate(**said), SetStatus(status="escalated", **said)):
        moved, called = office.decide(issue, command).events
        assert (type(moved), moved.status, moved.note.text) == (StatusChanged, "escalated", "Rang thrice.")
        assert (type(called), called.to, called.reason, called.reason_kind) == (Escalated, "dana", "Risk.", "other")
        assert (called.note, called.number) == (None, moved.number + 1)


def test_an_escalated_issue_is_escalated_again_without_a_status_event(office: Any) -> None:
    """A new call with a new reason, its note optional."""
    issue = opened_as(office, "escalated")
    for command in (Escalate(issue=issue.id, reason="Still."), to(issue, "escalated", None, reason="Still.")):
        (again,) = office.decide(issue, command).events
        assert (type(again), again.reason, again.note) == (Escalated, "Still.", None)
    (noted,) = office.decide(issue, Escalate(issue=issue.id, reason="Still.", note="Rang.")).events
    assert noted.note.text == "Rang."


def test_a_kind_of_reason_is_one_of_the_policy_s(office: Any) -> None:
    """The account's own list, and no other."""
    office.policy = Policy(escalation_kinds=["press"])
    issue = office.opened()
    assert office.done(issue, to(issue, "escalated", reason_kind="press")).is_urgent
    with pytest.raises(InvalidCommand) as refused:
        office.decide(issue, to(issue, "escalated", reason_kind="other"))
    assert (refused.value.field, "press" in str(refused.value)) == ("reason_kind", True)


@pytest.mark.parametrize("workflow", [workflows.THREE_STATUS, workflows.THREE_STATUS_FORWARD], ids=lambda one: one.name)
def test_a_workflow_without_an_escalated_status_refuses_to_escalate(office: Any, workflow: Any) -> None:
    """The refusal says what can be set instead."""
    office.policy = Policy(workflow=workflow)
    issue = office.opened()
    with pytest.raises(MoveRefused, match="no status for escalations") as refused:
        office.decide(issue, Escalate(issue=issue.id, reason="R", note="N"))
    assert refused.value.allowed == ("in_progress", "closed")


def test_without_a_leader_an_escalation_climbs_the_assignee_s_line(office: Any) -> None:
    """Else the group lead's; nobody there is recorded as nobody."""
    issue = office.opened()
    office.people = StaticDirectory(people=[Person(id="top"), Person(id="ed", manager="top")])
    assert office.decide(issue, to(issue, "escalated")).events[1].to == "top"
    office.people = StaticDirectory()
    decision = office.decide(issue, to(issue, "escalated"))
    assert decision.events[1].to is None
    assert AdviceCode.NOBODY_TOLD in [one.code for one in decision.advice]


@pytest.mark.parametrize(("actor", "is_told"), [("bridget", True), ("dana", False)], ids=str)
def test_escalating_with_nobody_above_says_that_nobody_is_told(office: Any, actor: str, is_told: bool) -> None:
    """The highest in command escalates to herself, also the second time."""
    office.policy = Policy()
    issue = office.done(office.opened(), AddNote(issue="i", note="Rang."))
    again = office.done(issue, to(issue, "escalated"))
    for one, command in ((issue, to(issue, "escalated")), (again, Escalate(issue=issue.id, reason="Still."))):
        codes = [advice.code for advice in office.decide(one, command, actor).advice]
        assert codes == ([] if is_told else [AdviceCode.NOBODY_TOLD])
    assert again.escalated_to == "dana"


def test_a_root_cause_is_recorded_on_closing(office: Any) -> None:
    """Category, whys and actions, as one event after the status; also with the note of a correction."""
    office.policy = Policy(root_causes=["late"])
    issue = office.opened()
    found = RootCause(category="late", whys=(" No driver. ", " "), actions=["Hire."])
    moved, caused = office.decide(issue, to(issue, "resolved", root_cause=found)).events
    assert (type(moved), type(caused)) == (StatusChanged, RootCauseRecorded)
    assert caused.root_cause == RootCause(category="late", whys=("No driver.",), actions=("Hire.",))
    closed = office.done(issue, to(issue, "resolved"))
    assert office.done(closed, to(closed, "resolved", None, root_cause=found)).root_cause == caused.root_cause


@pytest.mark.parametrize(
    ("status", "category", "causes"),
    [("resolved", "rude", ["late"]), ("resolved", "late", []), ("in_progress", "late", ["late"])],
    ids=["not-listed", "no-list", "not-closing"],
)
def test_a_root_cause_fits_the_policy_and_the_moment(
    office: Any, status: str, category: str, causes: list[str]
) -> None:
    """One of the policy's list, and on closing only."""
    office.policy = Policy(root_causes=causes)
    issue = office.opened()
    with pytest.raises(InvalidCommand) as refused:
        office.decide(issue, to(issue, status, root_cause=RootCause(category=category)))
    assert refused.value.field.startswith("root_cause")


@pytest.mark.parametrize(("status", "reached"), [(None, "needs_attention"), ("in_progress", "in_progress")], ids=ascii)
def test_reopening_begins_a_new_episode(office: Any, status: str | None, reached: str) -> None:
    """To the initial status unless told otherwise; the assignee stays."""
    issue = opened_as(office, "resolved")
    office.now += timedelta(days=1)
    (event,) = office.decide(issue, Reopen(issue=issue.id, status=status, note="Again.")).events
    assert (type(event), event.status, event.note.text) == (Reopened, reached, "Again.")
    after = office.done(issue, Reopen(issue=issue.id, status=status, note="Again."))
    assert (after.episode, after.assignee, after.episodes[1].opened_at) == (2, issue.assignee, NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [("resolvd", "(did you mean 'resolved'?)"), ("Can't Resolve", "(did you mean 'cant_resolve'?)"), ("frob", "")],
)
def test_a_status_that_there_is_not_is_told_with_the_one_that_was_meant(office: Any, wanted: str, hint: str) -> None:
    """Its key, whether the key or the label was written; nothing where nothing is like it."""
    issue = opened_as(office, "in_progress")
    with pytest.raises(MoveRefused) as refused:
        office.decide(issue, SetStatus(issue=issue.id, status=wanted, note="N"))
    assert refused.value.problem == f"the workflow 'standard' has no such status {hint}".strip()


@pytest.mark.parametrize("status", ["escalated", "resolved", "waiting"])
def test_reopening_leads_to_the_workflow_s_two_statuses_only(office: Any, status: str) -> None:
    """The refusal names them."""
    issue = opened_as(office, "resolved")
    with pytest.raises(MoveRefused) as refused:
        office.decide(issue, Reopen(issue=issue.id, status=status, note="Again."))
    assert refused.value.reopen_to == ("needs_attention", "in_progress")


def test_what_is_not_closed_cannot_be_reopened_and_what_is_needs_a_note(office: Any) -> None:
    """A policy may relax the note."""
    issue = office.opened()
    with pytest.raises(MoveRefused, match="not closed"):
        office.decide(issue, Reopen(issue=issue.id, note="Again."))
    closed = office.done(issue, to(issue, "resolved"))
    with pytest.raises(NoteRequired):
        office.decide(closed, Reopen(issue=issue.id, note=" "))
    office.policy = Policy(note_on_status_change=False)
    assert office.done(closed, Reopen(issue=issue.id)).episode == 2


def test_leaving_the_closed_phase_is_a_reopening_whatever_the_command(office: Any) -> None:
    """A free workflow's status change out of closed begins an episode; a forward one has no way out."""
    office.policy = Policy(workflow=workflows.THREE_STATUS)
    issue = office.opened()
    closed = office.done(issue, to(issue, "closed"))
    (event,) = office.decide(closed, to(closed, "in_progress")).events
    assert (type(event), event.status) == (Reopened, "in_progress")
    office.policy = Policy(workflow=workflows.THREE_STATUS_FORWARD)
    for command in (to(closed, "open"), Reopen(issue=issue.id, note="N")):
        with pytest.raises(MoveRefused) as refused:
            office.decide(closed, command)
        assert (refused.value.allowed, refused.value.reopen_to) == ((), ())
