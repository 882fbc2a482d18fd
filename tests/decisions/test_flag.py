"""Flagging by hand: any response may become an issue, with a note."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from resolutionkit import (
    AdviceCode,
    Escalated,
    InvalidCommand,
    IssueOpened,
    MoveRefused,
    NoteRequired,
    Person,
    PersonNotFound,
    Policy,
    ReasonRequired,
    ResponseHasIssue,
    ResponseReplaced,
    StaticDirectory,
    replay,
    workflows,
)
from resolutionkit.model.response import Standing
from support import response


@pytest.fixture
def happy(office: Any) -> Any:
    """Return the record of a promoter in emea."""
    return office.record(response(score=10))


def test_a_happy_response_becomes_an_issue_by_hand(office: Any, happy: Any) -> None:
    """It opens in the initial status, routed as intake would, and says that a person opened it."""
    decision = office.flag(happy)
    (opened,) = decision.events
    assert isinstance(opened, IssueOpened)
    assert (opened.status, opened.assignee, opened.flagged_by_hand) == ("needs_attention", "ed", True)
    assert (opened.needs_recovery, opened.actor, opened.note.text) == (False, "bridget", "Said so.")
    (change,) = decision.records
    assert (change.before, change.record.issue) == (happy, opened.issue)


def test_status_assignee_and_followers_are_taken_as_given(office: Any, happy: Any) -> None:
    """People by id or email, and bare addresses, each once."""
    followers = ["NINA@host.example", "nina", "lee@partner.example"]
    decision = office.flag(happy, status="in_progress", assignee="omar@host.example", followers=followers)
    opened = decision.events[0]
    assert (opened.status, opened.phase.value, opened.assignee) == ("in_progress", "active", "omar")
    assert opened.followers == ("nina", "lee@partner.example")


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ("needs_attention", []),
        ("in_progress", []),
        ("resolved", [AdviceCode.UNUSUAL_MOVE]),
        ("cant_resolve", [AdviceCode.NO_EARLIER_NOTES]),
        ("not_an_issue", []),
    ],
    ids=str,
)
def test_a_response_may_be_flagged_into_any_status_with_advice(
    office: Any, happy: Any, status: str, codes: list[AdviceCode]
) -> None:
    """Whatever can be reached from the initial status."""
    decision = office.flag(happy, status=status)
    assert [one.code for one in decision.advice] == codes
    issue = replay(decision.events)
    assert (issue.status, issue.episodes[0].closed_as) == (status, None if issue.is_open else status)


def test_flagging_into_escalated_demands_a_reason_and_tells_leadership(office: Any, happy: Any) -> None:
    """Two events: the opening, and the call for the highest in command."""
    with pytest.raises(ReasonRequired):
        office.flag(happy, status="escalated", reason=" ")
    opened, escalated = office.flag(happy, status="escalated", reason="Press.", reason_kind="other").events
    assert isinstance(escalated, Escalated)
    assert (opened.status, opened.note.text) == ("escalated", "Said so.")
    assert (escalated.reason, escalated.reason_kind, escalated.to, escalated.note) == ("Press.", "other", "dana", None)


def test_without_a_leader_the_group_lead_s_line_is_climbed(office: Any) -> None:
    """As for an escalation, where the assignee is a bare address."""
    office.people = StaticDirectory(
        people=[Person(id="chief"), Person(id="ed", manager="chief"), Person(id="bridget")],
        groups=[attrs.evolve(office.people.group("emea"), lead="ed")],
    )
    record = office.record(response(score=10))
    decision = office.flag(record, status="escalated", reason="Press.", assignee="lee@partner.example")
    assert decision.events[1].to == "chief"


@pytest.mark.parametrize("note", [None, "", " \n"], ids=ascii)
def test_flagging_needs_a_note_whatever_the_policy(office: Any, happy: Any, note: str | None) -> None:
    """The policy relaxes notes on status changes only."""
    office.policy = Policy(note_on_status_change=False)
    with pytest.raises(NoteRequired):
        office.flag(happy, note=note)


def test_a_response_that_has_an_issue_is_refused_naming_it(office: Any, happy: Any) -> None:
    """There is one issue for a response."""
    with pytest.raises(ResponseHasIssue) as refused:
        office.flag(attrs.evolve(happy, issue="i-1"))
    assert refused.value.issue_id == "i-1"


@pytest.mark.parametrize("standing", [Standing.REPLACED, Standing.SUPERSEDED], ids=str)
def test_a_response_that_no_longer_stands_is_refused_naming_the_other(
    office: Any, happy: Any, standing: Standing
) -> None:
    """The customer has said something else since."""
    with pytest.raises(ResponseReplaced) as refused:
        office.flag(attrs.evolve(happy, standing=standing, replaced_by="r-2"))
    assert refused.value.replaced_by == "r-2"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"status": "waiting"}, MoveRefused),
        ({"assignee": "nobody"}, PersonNotFound),
        ({"assignee": "gone"}, PersonNotFound),
        ({"followers": ["nina", "nobody"]}, PersonNotFound),
        ({"reason": "Because."}, InvalidCommand),
        ({"status": "escalated", "reason": "R", "reason_kind": "mood"}, InvalidCommand),
    ],
    ids=["status", "assignee", "inactive", "follower", "reason-for-nothing", "kind"],
)
def test_what_cannot_be_done_is_refused(office: Any, happy: Any, said: dict[str, Any], error: type[Exception]) -> None:
    """Flagging checks what the other commands check."""
    with pytest.raises(error):
        office.flag(happy, **said)


def test_a_workflow_that_cannot_open_there_says_where_it_can(office: Any, happy: Any) -> None:
    """The initial status is among what is allowed."""
    office.policy = Policy(workflow=workflows.THREE_STATUS)
    with pytest.raises(MoveRefused) as refused:
        office.flag(happy, status="escalated", reason=None)
    assert refused.value.allowed == ("open", "in_progress", "closed")
