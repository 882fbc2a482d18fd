"""Taking responses in through the public face: windows, a host's own strings, and who sees what was escalated."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any

import pytest

from resolutionkit import (
    Answer,
    Contact,
    Group,
    IssueFilter,
    IssueNotFound,
    Outcome,
    Person,
    Policy,
    StaticDirectory,
    Tracker,
)
from support import NOON, response

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("later", [True, False], ids=["later", "earlier"])
def test_outside_the_window_an_unhappy_response_opens_an_issue_of_its_own(open_tracker: Any, later: bool) -> None:
    """It is that issue which is answered and told of, and the first one stays as it was."""
    tracker: Tracker = open_tracker(policy=Policy(replace_within=HOUR))
    first = tracker.record(response(ticket="T", received_at=NOON - 3 * HOUR))
    at = NOON if later else NOON - 6 * HOUR
    second = tracker.record(response("r-2", 2, ticket="T", received_at=at))
    assert first.issue is not None
    assert second.issue is not None
    assert (second.outcome, second.replaced) == (Outcome.OPENED, None)
    assert second.issue.id != first.issue.id
    assert (second.issue.version, second.issue.response.id) == (1, "r-2")
    assert tracker.issue(second.issue.id) == second.issue
    assert tracker.issue(first.issue.id) == first.issue
    assert tracker.response("r-2").issue == second.issue.id
    assert [len(tracker.outbox(one.id)) for one in (first.issue, second.issue)] == [1, 1]
    third = tracker.record(response("r-3", 1, ticket="T", received_at=at + HOUR / 2))
    assert third.issue is not None
    assert third.issue.id == (second if later else third).issue.id


class Team(str, Enum):  # noqa: UP042 (a host's older code)
    """A host's own codes, as older code writes them: its members print as something else than they are."""

    EMEA = "emea"


class Step(str, Enum):  # noqa: UP042 (a host's older code)
    """A host's own statuses."""

    RESOLVED = "resolved"


def test_members_of_a_host_s_enumerations_are_stored_as_their_values(tracker: Tracker) -> None:
    """Group and status read back as plain text, and filters find them by either."""
    issue = tracker.record(response(group=Team.EMEA)).issue
    assert issue is not None
    assert issue.assignee == "ed"
    done = tracker.as_user("bridget").set_status(issue.id, Step.RESOLVED, note="Done.").issue
    for one in (done, tracker.issue(issue.id)):
        assert (one.response.group, one.status) == ("emea", "resolved")
        assert {type(one.response.group), type(one.status)} == {str}
    for condition in ({"groups": [Team.EMEA]}, {"groups": ["emea"]}, {"statuses": [Step.RESOLVED]}):
        assert [line.id for line in tracker.issues(IssueFilter(**condition))] == [issue.id]


def test_whom_an_issue_was_escalated_to_sees_it(open_tracker: Any) -> None:
    """A leader with own access alone has it on the desk from then on, also once somebody else acted."""
    people = [Person(id="chief"), Person(id="ed", manager="chief"), Person(id="nina")]
    directory = StaticDirectory(people=people, groups=[Group(code="emea", lead="ed")], leader="chief")
    tracker: Tracker = open_tracker(directory=directory)
    issue = tracker.record(response()).issue
    assert issue is not None
    chief, ed = tracker.as_user("chief"), tracker.as_user("ed")
    with pytest.raises(IssueNotFound):
        chief.issue(issue.id)
    assert ed.escalate(issue.id, reason="Risk.", note="Rang.").issue.escalated_to == "chief"
    ed.set_status(issue.id, "in_progress", note="Going on.")
    assert chief.issue(issue.id).escalated_to == "chief"
    assert [line.id for line in chief.issues()] == [issue.id]
    assert [line.id for line in chief.responses()] == ["r-1"]
    assert chief.add_note(issue.id, "Mine too.").issue.version == 5
    with pytest.raises(IssueNotFound):
        tracker.as_user("nina").issue(issue.id)


def test_the_outbox_of_no_issue_is_not_found(tracker: Tracker) -> None:
    """An empty answer would say that nobody was told."""
    with pytest.raises(IssueNotFound):
        tracker.outbox("00000000-0000-7000-8000-000000000000")


class Customer(Contact):
    """A host's own contact."""


class Question(Answer):
    """A host's own answer."""


def test_a_host_s_own_classes_are_taken_as_what_they_extend(tracker: Tracker) -> None:
    """What is delivered again is a duplicate, whichever class it was built as, on every backend."""
    facts = {"contact": Customer(name="Jane"), "answers": [Question("Why?", "Late.")]}
    assert tracker.record(response(**facts)).outcome is Outcome.OPENED
    assert tracker.record(response(**facts)).outcome is Outcome.DUPLICATE
    again = response(contact=Contact(name="Jane"), answers=[Answer("Why?", "Late.")])
    assert tracker.record(again).outcome is Outcome.DUPLICATE
    kept = tracker.responses().items[0].record.response
    assert (type(kept.contact), type(kept.answers[0])) == (Contact, Answer)
