"""Corrections: other content under a known id, and what an issue makes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    CorrectionRecorded,
    Outcome,
    ResponseConflict,
)
from resolutionkit.model.history import apply
from resolutionkit.model.response import Standing
from support import NOON, response

HOUR = timedelta(hours=1)


def test_other_content_under_a_known_id_is_refused_with_the_difference(office: Any) -> None:
    """Nothing is taken for a correction that nobody called one."""
    record = office.record(response(score=3))
    with pytest.raises(ResponseConflict) as refused:
        office.take_in(response(score=4, comment="Slow."), same=record)
    assert refused.value.differences == (("score", 3, 4), ("comment", None, "Slow."))
    assert "replace=True" in str(refused.value)


@pytest.mark.parametrize(
    ("field", "value"), [("survey", "other"), ("ticket", "other"), ("received_at", NOON)], ids=lambda one: str(one)[:11]
)
def test_a_correction_keeps_survey_ticket_and_a_ticket_s_instant(office: Any, field: str, value: Any) -> None:
    """Another ticket is another conversation, and another instant might be another order in it."""
    record = office.record(response(survey="q", ticket="T"))
    with pytest.raises(ResponseConflict) as refused:
        office.take_in(response(**{"survey": "q", "ticket": "T", "score": 1, field: value}), same=record, replace=True)
    assert [name for name, _, _ in refused.value.differences] == [field]


def test_a_correction_may_change_the_instant_where_there_is_no_ticket(office: Any) -> None:
    """Nothing is ordered by it."""
    decision = office.take_in(response(score=9, received_at=NOON), same=office.record(response()), replace=True)
    assert decision.records[0].record.response.received_at == NOON


def test_a_correction_is_a_new_revision_that_the_issue_follows(office: Any) -> None:
    """It is judged afresh, as a replacement is."""
    issue = office.opened(score=3)
    record = attrs.evolve(office.record(response(score=3)), issue=issue.id)
    office.now += HOUR
    decision = office.take_in(response(score=9), same=record, issue=issue, replace=True)
    (event,) = decision.events
    assert decision.outcome is Outcome.REPLACED
    assert isinstance(event, CorrectionRecorded)
    assert (event.revision, event.needs_recovery) == (2, False)
    (change,) = decision.records
    assert (change.before, change.record.revision, change.record.recorded_at) == (record, 2, NOON)
    after = apply(issue, event)
    assert (after.status, after.response.score, after.needs_recovery) == ("needs_attention", 9, False)


def test_a_correction_may_open_an_issue(office: Any) -> None:
    """The first delivery was fine, the corrected one is not."""
    record = office.record(response(score=9))
    decision = office.take_in(response(score=2), same=record, replace=True)
    assert decision.outcome is Outcome.OPENED
    assert decision.records[0].record.revision == 2
    assert office.take_in(response(score=8), same=record, replace=True).outcome is Outcome.REPLACED


@pytest.mark.parametrize("standing", [Standing.REPLACED, Standing.SUPERSEDED], ids=str)
def test_the_correction_of_a_response_that_no_longer_stands_is_kept_aside(office: Any, standing: Standing) -> None:
    """It tells nobody and opens nothing; an issue that it belonged to has it on record."""
    issue = office.opened()
    for its_issue in (issue, None):
        past = attrs.evolve(office.record(response()), standing=standing, replaced_by="r-2")
        past = attrs.evolve(past, issue=None if its_issue is None else its_issue.id)
        decision = office.take_in(response(score=0), same=past, issue=its_issue, replace=True)
        assert (decision.outcome, decision.is_silent) == (Outcome.SUPERSEDED, True)
        assert [type(event) for event in decision.events] == ([CorrectionRecorded] if its_issue else [])
        assert (decision.records[0].record.standing, decision.records[0].record.revision) == (standing, 2)
