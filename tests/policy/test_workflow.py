"""Workflows: the whole table of each that ships, and every fault of one that is unsound."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from resolutionkit import Move, Phase, PolicyError, Status, StatusRule, Workflow, workflows

ORDER = ("needs_attention", "in_progress", "escalated", "cant_resolve", "not_an_issue", "resolved")
STANDARD = """
    from \\ to        NA  IP  ES  CR  NI  RE
    needs_attention   -   y   y   y   y   u
    in_progress       -   -   y   y   y   y
    escalated         -   y   -   y   y   y
    cant_resolve      -   -   -   -   y   y
    not_an_issue      -   -   -   y   -   y
    resolved          -   -   -   y   y   -
"""
"""The standard workflow as a matrix: y is legal, u legal and unusual, - is not."""
MATRIX = {row.split()[0]: row.split()[1:] for row in STANDARD.strip().splitlines()[1:]}
PAIRS = [(start, to, MATRIX[start][column]) for start in ORDER for column, to in enumerate(ORDER)]


@pytest.mark.parametrize(("start", "to", "legal"), PAIRS, ids=[f"{start}-{to}" for start, to, _ in PAIRS])
def test_the_standard_workflow_is_its_matrix(start: str, to: str, legal: str) -> None:
    """Each of the 36 pairs is legal, unusual or refused, and every legal one needs a note."""
    move = workflows.STANDARD.move(start, to)
    found = "-" if move is None else "u" if move.is_unusual else "y"
    assert found == legal
    assert move is None or move.needs_note


def test_the_standard_statuses_have_their_phases_labels_and_actions() -> None:
    """What people read stands with what the library reads."""
    found = [(one.key, one.phase.value, one.label, one.action) for one in workflows.STANDARD.statuses]
    assert found == [
        ("needs_attention", "open", "Needs Attention", "Needs Attention"),
        ("in_progress", "active", "Resolution in Progress", "Resolution in Progress"),
        ("escalated", "active", "Escalated", "Escalate"),
        ("cant_resolve", "closed", "Can't Resolve", "Can't Resolve"),
        ("not_an_issue", "closed", "Not an Issue", "Not an Issue"),
        ("resolved", "closed", "Resolved", "Resolved"),
    ]
    assert tuple(ORDER) == tuple(Status)


@pytest.mark.parametrize("workflow", list(workflows.BY_NAME.values()), ids=list(workflows.BY_NAME))
def test_every_status_that_ships_says_when_to_use_it(workflow: Workflow) -> None:
    """Guidance is shown wherever people choose."""
    assert all(status.guidance for status in workflow.statuses)
    assert workflow.initial_phase is Phase.OPEN


def test_the_standard_workflow_reopens_to_two_statuses_and_escalates() -> None:
    """Reopening leads to the initial status first, or to progress."""
    standard = workflows.STANDARD
    assert (standard.initial, standard.escalation) == ("needs_attention", "escalated")
    assert standard.reopen_to == ("needs_attention", "in_progress")
    assert [one.key for one in standard.statuses if one.wants_history] == ["escalated", "cant_resolve"]


@pytest.mark.parametrize(
    ("workflow", "moves"),
    [
        (
            workflows.THREE_STATUS,
            {("open", "in_progress"), ("open", "closed"), ("in_progress", "open")}
            | {("in_progress", "closed"), ("closed", "open"), ("closed", "in_progress")},
        ),
        (workflows.THREE_STATUS_FORWARD, {("open", "in_progress"), ("open", "closed"), ("in_progress", "closed")}),
    ],
    ids=["free", "forward"],
)
def test_three_statuses_move_freely_or_strictly_forward(workflow: Workflow, moves: set[tuple[str, str]]) -> None:
    """Every legal pair, and no other."""
    keys = [status.key for status in workflow.statuses]
    assert {(start, to) for start in keys for to in keys if workflow.move(start, to)} == moves
    assert workflow.escalation is None


def test_next_statuses_stand_in_the_workflow_s_order() -> None:
    """People see them in one order everywhere, and never the one that it is in."""
    found = [status.key for status in workflows.STANDARD.next_statuses("escalated")]
    assert found == ["in_progress", "cant_resolve", "not_an_issue", "resolved"]


@pytest.mark.parametrize("workflow", list(workflows.BY_NAME.values()), ids=list(workflows.BY_NAME))
def test_a_status_that_was_dropped_may_go_to_the_initial_or_any_closed_one(workflow: Workflow) -> None:
    """A newer policy leaves no issue without a way out."""
    found = {status.key for status in workflow.next_statuses("waiting_for_parts")}
    closed = {status.key for status in workflow.statuses if status.phase is Phase.CLOSED}
    assert found == {workflow.initial} | closed
    assert workflow.move("waiting_for_parts", "no_such_status") is None


def test_the_later_row_holds_where_a_pair_stands_in_two() -> None:
    """An exception stands after its rule."""
    table = small(moves=[Move(start=("a",), to=("z",)), Move(start=("a",), to=("z",), needs_note=False)])
    move = table.move("a", "z")
    assert move is not None
    assert move.needs_note is False


def small(**facts: Any) -> Workflow:
    """Return a workflow of two statuses, a and z, with other facts where they are given."""
    usual: dict[str, Any] = {
        "name": "small",
        "statuses": [status("a", Phase.OPEN), status("z", Phase.CLOSED)],
        "initial": "a",
        "moves": [Move(start=("a",), to=("z",))],
    }
    return Workflow(**(usual | facts))


def status(key: str, phase: Phase) -> StatusRule:
    """Return a status."""
    return StatusRule(key=key, phase=phase, label=key.upper())


A, Z, B = status("a", Phase.OPEN), status("z", Phase.CLOSED), status("b", Phase.ACTIVE)
AZ = Move(start=("a",), to=("z",))
FAULTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no statuses": ({"statuses": [], "moves": []}, ["workflow.initial", "workflow.statuses"]),
    "unknown initial": ({"initial": "x"}, ["workflow.initial"]),
    "closed initial": ({"initial": "z", "moves": [Move(start=("z",), to=("a",)), AZ]}, ["workflow.initial"]),
    "two of a key": ({"statuses": [A, A, Z]}, ["workflow.statuses[1].key"]),
    "blank key": (
        {"statuses": [A, Z, status(" ", Phase.ACTIVE)], "moves": [AZ, Move(start=("a", " "), to=(" ", "z"))]},
        ["workflow.statuses[2].key"],
    ),
    "unreachable": (
        {"statuses": [A, Z, B], "moves": [AZ, Move(start=("b",), to=("z",))]},
        ["workflow.statuses[2]"],
    ),
    "no way to close": (
        {"statuses": [A, Z, B], "moves": [AZ, Move(start=("a",), to=("b",))]},
        ["workflow.statuses[2]"],
    ),
    "nothing closed": ({"statuses": [A, B], "moves": [Move(start=("a",), to=("b",))]}, ["workflow.statuses"]),
    "unknown move": (
        {"moves": [AZ, Move(start=("x",), to=("y",))]},
        ["workflow.moves[1].start", "workflow.moves[1].to"],
    ),
    "unknown escalation": ({"escalation": "x"}, ["workflow.escalation"]),
    "closed escalation": ({"escalation": "z"}, ["workflow.escalation"]),
    "initial escalation": ({"escalation": "a"}, ["workflow.escalation"]),
    "unknown reopening": ({"reopen_to": ("x",)}, ["workflow.reopen_to"]),
    "closed reopening": ({"reopen_to": ("z",)}, ["workflow.reopen_to"]),
    "reopening into escalation": (
        {"statuses": [A, B, Z], "moves": [AZ, Move(start=("a", "b"), to=("b", "z"))]}
        | {"escalation": "b", "reopen_to": ("b",)},
        ["workflow.escalation"],
    ),
}


@pytest.mark.parametrize(("facts", "places"), FAULTS.values(), ids=FAULTS)
def test_an_unsound_workflow_is_refused_with_the_place_of_each_fault(facts: dict[str, Any], places: list[str]) -> None:
    """It is refused when it is built, not when the first issue is stuck in it."""
    with pytest.raises(PolicyError) as refused:
        small(**facts)
    assert [fault.place for fault in refused.value.faults] == places


def test_several_faults_of_a_workflow_are_told_at_once() -> None:
    """One message, a line for each, each with what there is instead."""
    with pytest.raises(PolicyError) as refused:
        small(statuses=[A, A], initial="begin", escalation="shout", reopen_to=("again",))
    assert [fault.place for fault in refused.value.faults] == [
        "workflow.statuses[1].key",
        "workflow.initial",
        "workflow.reopen_to",
        "workflow.escalation",
        "workflow.moves[0].to",
        "workflow.statuses",
    ]
    assert str(refused.value).startswith("the workflow 'small': 6 faults\n")
    assert "no status 'begin'; there are 'a'" in str(refused.value)


@pytest.mark.parametrize(
    ("initial", "hint"),
    [("need_attention", "; did you mean 'needs_attention'?"), ("qqq", "; there are 'needs_attention', 'z'")],
    ids=["near", "nothing-near"],
)
def test_an_unknown_status_is_told_with_the_nearest_one(initial: str, hint: str) -> None:
    """A typing error is found by whoever made it."""
    statuses = [status("needs_attention", Phase.OPEN), Z]
    with pytest.raises(PolicyError) as refused:
        small(statuses=statuses, initial=initial, moves=[Move(start=("needs_attention",), to=("z",))])
    assert f"no status {initial!r}{hint}" in str(refused.value)


def test_a_status_reached_only_by_reopening_is_reached() -> None:
    """Reopening is a way like the moves."""
    built = small(statuses=[A, Z, B], moves=[AZ, Move(start=("b",), to=("z",))], reopen_to=("b",))
    assert built.status("b") == B


def test_a_workflow_is_a_value() -> None:
    """Equal data make equal workflows; nothing in one can be changed."""
    assert small() == small()
    assert hash(small()) == hash(small())
    assert small() != small(reopen_to=("a",))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        small().name = "other"
    assert small().status("nope") is None
    assert StatusRule(key="a", phase="open", label="A").action == "A"
