"""What a webhook says: the shipped schema describes it, all of it and nothing else."""

from __future__ import annotations

import json
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given

import resolutionkit as rk
from notify.conftest import notice_to, without_events
from resolutionkit.model.events import EVENT_TYPES, Event
from resolutionkit.notify.payload import payload, webhook_payload_schema
from resolutionkit.ports import Notice
from resolutionkit.testing import Player, TurnableClock, histories, responses
from support import organisation
from support.payload_schema import closed, schema

VALIDATOR = jsonschema.Draft202012Validator(closed(schema()), format_checker=jsonschema.FormatChecker())


def told(notice: Notice, event: Event) -> dict[str, Any]:
    """Return what is said of an event, after holding it against the schema."""
    body: dict[str, Any] = json.loads(payload(notice, event))
    VALIDATOR.validate(body)
    return body


def test_the_schema_that_ships_is_the_codes() -> None:
    """Where this fails, ``python tests/support/payload_schema.py`` writes it anew."""
    assert webhook_payload_schema() == schema()
    jsonschema.Draft202012Validator.check_schema(webhook_payload_schema())


def test_every_kind_of_event_is_in_the_schema() -> None:
    """By the name that the payload has for it."""
    kinds = {f"resolutionkit.issue.{kind.kind}" for kind in EVENT_TYPES}
    assert set(schema()["properties"]["type"]["enum"]) == kinds


def test_an_event_is_told_whole(observed: Any) -> None:
    """Its id, number, instant, who did it and why, all that it says, and the issue as it is now."""
    notice = observed(
        lambda tracker, issue: tracker.as_user("bridget").set_status(issue, "resolved", note="Rang.", key="form-1"),
        comment="Late & <b>rude</b>",
        attributes={"plan": "gold", "sites": 3},
        group="EMEA",
        contact=rk.Contact(name="Jane Doe"),
    )
    first, second = (told(notice, event) for event in notice.events)
    assert first["id"] == notice.events[0].id
    assert first["source"] == "/accounts/acme"
    assert first["type"] == "resolutionkit.issue.issue_opened"
    assert first["subject"] == notice.issue.id
    assert first["time"] == "2026-11-20T12:00:00Z"
    answered = first["data"]["event"]["response"]
    assert (answered["comment"], answered["contact"]["name"]) == ("Late & <b>rude</b>", "Jane Doe")
    assert answered["attributes"] == {"plan": "gold", "sites": 3}
    event = second["data"]["event"]
    assert (event["number"], event["actor"], event["status"]) == (2, "bridget", "resolved")
    assert event["cause"] == {"kind": "command", "ref": "form-1"}
    assert event["note"]["text"] == "Rang."
    issue = second["data"]["issue"]
    assert (issue["status"], issue["status_label"], issue["is_open"], issue["version"]) == (
        "resolved",
        "Resolved",
        False,
        2,
    )
    assert (issue["score"], issue["scale"], issue["group"]) == (3, "NPS", "EMEA")


def test_what_a_respondent_typed_is_in_the_events_only(observed: Any) -> None:
    """A note does not send the comment and the contact once more."""
    notice = observed(
        lambda tracker, issue: tracker.as_user("bridget").add_note(issue, "Rang."),
        comment="Typed by a respondent",
        contact=rk.Contact(name="Jane Doe", email="jane@acme.example"),
    )
    said = payload(notice, notice.events[1])
    assert b"respondent" not in said
    assert b"ane" not in said


def test_who_is_assigned_is_told_with_an_address(observed: Any) -> None:
    """A person's from the directory, a bare address as it is, nobody's as null."""
    person = observed()
    assert told(person, person.events[0])["data"]["issue"]["assignee_email"] == person.people["ed"].email
    outside = observed(
        lambda tracker, issue: tracker.as_user("bridget").assign(issue, "lee@partner.example", note="Theirs.")
    )
    assert told(outside, outside.events[-1])["data"]["issue"]["assignee_email"] == "lee@partner.example"
    nobody = attrs.evolve(person, issue=attrs.evolve(person.issue, assignee=None))
    assert told(nobody, nobody.events[0])["data"]["issue"]["assignee_email"] is None


def test_an_account_is_part_of_the_source(observed: Any) -> None:
    """Escaped, since a name may hold a slash."""
    notice = attrs.evolve(observed(), account="a/b c")
    assert told(notice, notice.events[0])["source"] == "/accounts/a%2Fb%20c"


def test_an_issue_that_is_not_there_is_null(observed: Any) -> None:
    """The event is told all the same."""
    notice = attrs.evolve(observed(), issue=None)
    assert told(notice, notice.events[0])["data"]["issue"] is None
    assert without_events(notice).events == ()


@given(steps=histories(), answered=responses())
def test_every_history_fits_the_schema(steps: Any, answered: rk.Response) -> None:
    """Whatever happened, to whatever response, awkward texts included."""
    clock, company = TurnableClock(), organisation()
    with rk.Tracker.open("memory:", directory=company, clock=clock) as tracker:
        player = Player(tracker, clock)
        player.play(steps)
        flagged = attrs.evolve(answered, id="flagged", score=0, scale=None, received_at=clock.now)
        issues = [*player.issues, tracker.record(flagged).issue.id]
        for issue in issues:
            notice = notice_to("crm", tracker, issue, company)
            numbers = [told(notice, event)["data"]["event"]["number"] for event in notice.events]
            assert numbers == list(range(1, len(tracker.history(issue)) + 1))


@pytest.mark.parametrize("name", ["data", "id"])
def test_the_schema_misses_nothing(observed: Any, name: str) -> None:
    """A payload that lacks something, or has more, does not fit: the check could fail."""
    notice = observed()
    body = told(notice, notice.events[0])
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({one: value for one, value in body.items() if one != name})
    body["data"]["issue"]["surplus"] = 1
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(body)
