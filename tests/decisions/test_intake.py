"""Intake: what becomes of a response, for every state of what is known already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    CSAT_5,
    THUMBS,
    InvalidResponse,
    InvalidScore,
    IssueOpened,
    Outcome,
    Policy,
    Reopened,
    ReplacementRecorded,
    SurveyRules,
    replay,
    workflows,
)
from resolutionkit.model.commands import SetStatus
from resolutionkit.model.history import apply
from resolutionkit.model.response import Standing
from support import NOON, response

HOUR = timedelta(hours=1)


def test_an_unhappy_response_opens_an_issue_at_once(office: Any) -> None:
    """It opens in the initial status, routed, with the record linked to it."""
    decision = office.take_in(response(score=6, hierarchy=["dana", "nina"]))
    (opened,) = decision.events
    assert decision.outcome is Outcome.OPENED
    assert isinstance(opened, IssueOpened)
    assert (opened.status, opened.phase.value, opened.assignee) == ("needs_attention", "open", "nina")
    assert (opened.people, opened.needs_recovery, opened.backfilled) == (("dana", "nina"), True, False)
    assert (opened.number, opened.at, opened.actor, opened.policy) == (1, NOON, "system", Policy().fingerprint)
    (change,) = decision.records
    assert (change.before, change.record.issue, change.record.standing) == (None, opened.issue, Standing.CURRENT)
    assert (change.record.threshold, change.record.category.value) == (6, "detractor")
    assert decision.head is None


def test_a_happy_response_is_stored(office: Any) -> None:
    """Seven opens nothing."""
    decision = office.take_in(response(score=7))
    assert (decision.outcome, decision.events) == (Outcome.STORED, ())
    assert decision.records[0].record.issue is None


@pytest.mark.parametrize("survey", [None, "q"], ids=["no-survey", "survey"])
def test_a_response_with_a_ticket_begins_to_stand_for_it(office: Any, survey: str | None) -> None:
    """The head row names it; a happy one too."""
    for score in (3, 9):
        decision = office.take_in(response(score=score, ticket="T", survey=survey))
        assert decision.head is not None
        assert (decision.head.record.id, decision.head.before) == ("r-1", None)


@pytest.mark.parametrize(
    ("ahead", "is_refused"),
    [(timedelta(0), False), (timedelta(days=1), False), (timedelta(days=1, microseconds=1), True)],
    ids=["now", "a-day", "a-day-and-a-bit"],
)
def test_a_response_from_more_than_a_day_ahead_is_refused(office: Any, ahead: timedelta, is_refused: bool) -> None:
    """Exactly one day is still accepted."""
    given = response(received_at=NOON + ahead)
    if not is_refused:
        assert office.take_in(given).outcome is Outcome.OPENED
        return
    with pytest.raises(InvalidResponse) as refused:
        office.take_in(given)
    assert refused.value.field == "received_at"


@pytest.mark.parametrize(
    ("age", "announce", "is_history"),
    [
        (timedelta(days=7), None, False),
        (timedelta(days=7, microseconds=1), None, True),
        (timedelta(days=400), True, False),
        (timedelta(0), False, True),
        (timedelta(0), None, False),
    ],
    ids=["seven-days", "older", "announced", "not-announced", "new"],
)
def test_history_opens_its_issue_backfilled_and_silent(
    office: Any, age: timedelta, announce: bool | None, is_history: bool
) -> None:
    """More than seven days old tells nobody, unless somebody says otherwise; it is assigned as ever."""
    decision = office.take_in(response(received_at=NOON - age), announce=announce)
    assert (decision.events[0].backfilled, decision.is_silent) == (is_history, is_history)
    assert decision.events[0].assignee == "ed"


def test_the_policy_says_how_old_history_is(office: Any) -> None:
    """Announcing may end after an hour."""
    office.policy = Policy(announce_within=HOUR)
    assert not office.take_in(response(received_at=NOON - HOUR)).is_silent
    assert office.take_in(response(received_at=NOON - HOUR - timedelta(microseconds=1))).is_silent


def test_the_same_response_again_is_a_duplicate(office: Any) -> None:
    """6.0 is 6, so it is the same content, and nothing is written."""
    record = office.record(response(score=6))
    decision = office.take_in(response(score=6.0), same=record, issue=office.opened(score=6))
    assert decision.outcome is Outcome.DUPLICATE
    assert (decision.events, decision.records, decision.head) == ((), (), None)


def test_the_same_response_again_is_a_duplicate_whatever_holds_today(office: Any) -> None:
    """Neither a scale that the policy gave up nor a clock that was put back makes it an error."""
    office.policy = Policy(surveys={"q": SurveyRules(scale=CSAT_5)})
    given = response(score=5, survey="q", received_at=NOON)
    record = office.record(given)
    office.policy = Policy(surveys={"q": SurveyRules(scale=THUMBS)})
    office.now -= timedelta(days=9)
    for known in ({}, {"replace": True}):
        assert office.take_in(given, same=record, **known).outcome is Outcome.DUPLICATE


def replaced(office: Any, first: int, second: int, *, close: bool = False, **facts: Any) -> Any:
    """Return the decision on a second response of a ticket, and the issue before it."""
    given = response(score=first, ticket="T")
    issue = office.opened(score=first, ticket="T") if first <= 6 else None
    if issue is not None and close:
        issue = office.done(issue, SetStatus(issue=issue.id, status="resolved", note="Done."))
    standing = attrs.evolve(office.record(given), issue=None if issue is None else issue.id)
    later = response(**({"response_id": "r-2", "score": second, "ticket": "T", "received_at": NOON} | facts))
    return office.take_in(later, standing=standing, issue=issue), issue


@pytest.mark.parametrize(
    ("scores", "close", "outcome", "kinds"),
    [
        ((3, 2), False, Outcome.REPLACED, [ReplacementRecorded]),
        ((3, 9), False, Outcome.REPLACED, [ReplacementRecorded]),
        ((3, 2), True, Outcome.REOPENED, [ReplacementRecorded, Reopened]),
        ((3, 9), True, Outcome.REPLACED, [ReplacementRecorded]),
        ((9, 2), False, Outcome.OPENED, [IssueOpened]),
        ((9, 8), False, Outcome.REPLACED, []),
    ],
    ids=["open-unhappy", "open-happy", "closed-unhappy", "closed-happy", "fine-unhappy", "fine-happy"],
)
def test_a_later_response_of_the_ticket_replaces_the_earlier_one(
    office: Any, scores: tuple[int, int], close: bool, outcome: Outcome, kinds: list[type]
) -> None:
    """The issue follows the new response; the old one is kept and marked."""
    decision, issue = replaced(office, *scores, close=close)
    assert decision.outcome is outcome
    assert [type(event) for event in decision.events] == kinds
    assert decision.replaced == "r-1"
    new, old = (change.record for change in decision.records)
    assert (new.id, new.standing, old.standing, old.replaced_by) == ("r-2", Standing.CURRENT, Standing.REPLACED, "r-2")
    assert (decision.head.record.id, decision.head.before.id) == ("r-2", "r-1")
    if issue is not None:
        assert (new.issue, old.issue) == (issue.id, issue.id)


def test_a_replacement_above_the_threshold_keeps_status_notes_and_history(office: Any) -> None:
    """The issue stays listed and no longer needs recovery."""
    decision, issue = replaced(office, 3, 9)
    after = apply(issue, decision.events[0])
    assert (after.status, after.notes, after.assignee) == (issue.status, issue.notes, issue.assignee)
    assert (after.needs_recovery, after.response.id, [one.id for one in after.responses]) == (
        False,
        "r-2",
        ["r-1", "r-2"],
    )


@pytest.mark.parametrize("workflow", list(workflows.BY_NAME.values()), ids=list(workflows.BY_NAME))
def test_a_replacing_detractor_reopens_in_any_workflow(office: Any, workflow: Any) -> None:
    """Even one that only goes forward: the issue returns to the initial status in a new episode."""
    office.policy = Policy(workflow=workflow)
    issue = office.opened(ticket="T")
    closing = next(rule.key for rule in reversed(workflow.statuses))
    closed = office.done(issue, SetStatus(issue=issue.id, status=closing, note="Done."))
    standing = attrs.evolve(office.record(response(ticket="T")), issue=issue.id)
    decision = office.take_in(response("r-2", ticket="T", received_at=NOON), standing=standing, issue=closed)
    after = replay((*office.history, *decision.events))
    assert (after.status, after.episode, after.assignee) == (workflow.initial, 2, issue.assignee)


@pytest.mark.parametrize(
    ("response_id", "received", "outcome"),
    [
        ("r-0", NOON - HOUR, Outcome.SUPERSEDED),
        ("r-2", NOON - HOUR, Outcome.REPLACED),
        ("r-0", NOON - HOUR + timedelta(microseconds=1), Outcome.REPLACED),
        ("r-2", NOON - HOUR - timedelta(microseconds=1), Outcome.SUPERSEDED),
    ],
    ids=["tie-lesser-id", "tie-greater-id", "later", "earlier"],
)
def test_later_is_by_instant_and_then_by_id(office: Any, response_id: str, received: Any, outcome: Outcome) -> None:
    """Whatever the order of arrival."""
    decision, _ = replaced(office, 3, 2, response_id=response_id, received_at=received)
    assert decision.outcome is outcome


def test_a_superseded_response_is_kept_and_changes_nothing(office: Any) -> None:
    """No event, no head, no issue of its own, however low its score."""
    decision, _ = replaced(office, 9, 0, received_at=NOON - 2 * HOUR)
    (change,) = decision.records
    assert (decision.outcome, decision.events, decision.head) == (Outcome.SUPERSEDED, (), None)
    assert (change.record.standing, change.record.replaced_by, change.record.issue) == (
        Standing.SUPERSEDED,
        "r-1",
        None,
    )


@pytest.mark.parametrize(
    ("window", "outcome"),
    [(HOUR, Outcome.REPLACED), (HOUR - timedelta(microseconds=1), Outcome.OPENED), (None, Outcome.REPLACED)],
    ids=["exactly", "outside", "for-ever"],
)
def test_a_policy_may_bound_replacing_by_a_window(office: Any, window: timedelta | None, outcome: Outcome) -> None:
    """Outside it the later response has an issue of its own, and stands for the ticket."""
    office.policy = Policy(replace_within=window)
    decision, _ = replaced(office, 3, 2)
    assert decision.outcome is outcome
    assert decision.head.record.id == "r-2"


def test_an_earlier_response_outside_the_window_does_not_take_the_head(office: Any) -> None:
    """It has an issue of its own, and the later one goes on standing for the ticket."""
    office.policy = Policy(replace_within=HOUR)
    decision, _ = replaced(office, 3, 2, received_at=NOON - 3 * HOUR)
    assert (decision.outcome, decision.head, decision.replaced) == (Outcome.OPENED, None, None)


def test_an_old_replacement_tells_nobody(office: Any) -> None:
    """A late import of a later answer rings no bell."""
    office.now += timedelta(days=30)
    decision, _ = replaced(office, 3, 2)
    assert decision.is_silent


def test_a_score_off_its_scale_is_refused_before_anything_is_known(office: Any) -> None:
    """Even where the id is known."""
    with pytest.raises(InvalidScore):
        office.take_in(response(score=11), same=office.record(response()))
