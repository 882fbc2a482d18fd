"""What can be done now, asked before it is tried."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from resolutionkit import Demands, MoveRefused, Policy, workflows
from resolutionkit.decisions.moves import legal_moves
from resolutionkit.model.commands import Escalate, Reopen, SetStatus

NOTE, BOTH, REASON, NOTHING = Demands(note=True), Demands(note=True, reason=True), Demands(reason=True), Demands()
MOVES: dict[str, list[tuple[str, str, Demands]]] = {
    "needs_attention": [
        ("set_status", "in_progress", NOTE),
        ("escalate", "escalated", BOTH),
        ("set_status", "cant_resolve", NOTE),
        ("set_status", "not_an_issue", NOTE),
        ("set_status", "resolved", NOTE),
    ],
    "escalated": [
        ("set_status", "in_progress", NOTE),
        ("set_status", "cant_resolve", NOTE),
        ("set_status", "not_an_issue", NOTE),
        ("set_status", "resolved", NOTE),
        ("escalate", "escalated", REASON),
    ],
    "resolved": [
        ("set_status", "cant_resolve", NOTE),
        ("set_status", "not_an_issue", NOTE),
        ("reopen", "needs_attention", NOTE),
        ("reopen", "in_progress", NOTE),
    ],
}


def issue_in(office: Any, status: str) -> Any:
    """Return an issue in a status."""
    issue = office.opened()
    reason = "R" if status == "escalated" else None
    if status == issue.status:
        return issue
    return office.done(issue, SetStatus(issue=issue.id, status=status, note="N", reason=reason))


@pytest.mark.parametrize("status", MOVES)
def test_the_legal_moves_are_told_with_their_demands(office: Any, status: str) -> None:
    """The method to call, the status that it leads to, and what it refuses to go without."""
    found = legal_moves(issue_in(office, status), office.policy)
    assert [(move.command, move.status, move.demands) for move in found] == MOVES[status]
    rules = {rule.key: rule for rule in workflows.STANDARD.statuses}
    shown = [(move.label, move.action, move.guidance) for move in found]
    assert shown == [
        (rules[move.status].label, rules[move.status].action, rules[move.status].guidance) for move in found
    ]


@pytest.mark.parametrize("status", MOVES)
def test_every_move_that_is_told_can_be_made(office: Any, status: str) -> None:
    """With exactly what it demands, by exactly the method that it names."""
    issue = issue_in(office, status)
    for move in legal_moves(issue, office.policy):
        given: dict[str, Any] = {"issue": issue.id, "note": "N" if move.demands.note else None}
        given |= {"reason": "R"} if move.demands.reason else {}
        commands = {"set_status": SetStatus, "escalate": Escalate, "reopen": Reopen}
        given |= {} if move.command == "escalate" else {"status": move.status}
        assert office.done(issue, commands[move.command](**given)).status == move.status


def test_a_relaxed_policy_demands_no_note(office: Any) -> None:
    """What is told follows the policy."""
    office.policy = Policy(note_on_status_change=False)
    found = legal_moves(issue_in(office, "resolved"), office.policy)
    assert {move.demands for move in found} == {NOTHING}


def test_in_a_forward_workflow_nothing_can_be_done_to_a_closed_issue(office: Any) -> None:
    """The answer is empty, and no error."""
    office.policy = Policy(workflow=workflows.THREE_STATUS_FORWARD)
    assert legal_moves(issue_in(office, "closed"), office.policy) == ()


def test_an_issue_whose_status_was_dropped_has_its_ways_out(office: Any) -> None:
    """The initial status and every closed one; a note may still be added to the status that it has."""
    issue = attrs.evolve(office.opened(), status="waiting")
    found = legal_moves(issue, office.policy)
    ways_out = ["needs_attention", "cant_resolve", "not_an_issue", "resolved"]
    assert [(move.command, move.status) for move in found] == [("set_status", one) for one in ways_out]
    for status in ways_out:
        assert office.done(issue, SetStatus(issue=issue.id, status=status, note="N")).status == status
    with pytest.raises(MoveRefused) as refused:
        office.decide(issue, SetStatus(issue=issue.id, status="in_progress", note="N"))
    assert refused.value.allowed == tuple(ways_out)
    assert office.done(issue, SetStatus(issue=issue.id, status="waiting", note="N")).status == "waiting"


def test_a_workflow_that_reopens_elsewhere_first_still_reopens_by_default(office: Any) -> None:
    """A reopening without a status leads to one that the workflow reopens to."""
    office.policy = Policy(workflow=attrs.evolve(workflows.STANDARD, reopen_to=("in_progress",)))
    issue = issue_in(office, "resolved")
    assert office.done(issue, Reopen(issue=issue.id, note="Again.")).status == "in_progress"
