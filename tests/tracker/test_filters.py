"""Filters of issues and responses: what each condition keeps, on every backend, for each kind of access."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import Contact, IssueFilter, Phase, RecoveryFilter, ResponseFilter, ResponseNotFound, Tracker
from support import NOON, response


@pytest.fixture
def filled(tracker: Tracker) -> Tracker:
    """Return a tracker with issues a to e and the happy responses h and i; a was replaced by b."""
    desk = tracker.as_user("bridget")
    other = Contact(name="Ann", email="Ann@Other.example", company="Other")
    given = [
        response("a", 1, ticket="T", survey="q", received_at=NOON - timedelta(hours=9)),
        response("b", 2, ticket="T", survey="q", received_at=NOON - timedelta(hours=8)),
        response("c", 3, group="field", segment="large", contact=other, received_at=NOON - timedelta(hours=7)),
        response("d", 4, group=None, hierarchy=["nina"], received_at=NOON - timedelta(hours=6)),
        response("e", 6, group="field", received_at=NOON - timedelta(days=30)),
        response("h", 9, group="field", hierarchy=["nina"], received_at=NOON - timedelta(hours=4)),
        response("i", 10, contact=other, received_at=NOON - timedelta(hours=3)),
    ]
    issues = {one.id: found.id for one in given if (found := tracker.record(one).issue) is not None}
    desk.add_note(issues["b"], "Voicemail.")
    desk.set_status(issues["c"], "in_progress", note="Rang.", spoke=True)
    desk.assign(issues["c"], "lee@partner.example", note="Hers.", followers=["nina", "Kim@partner.example"])
    desk.set_status(issues["e"], "not_an_issue", note="Too early.")
    return tracker


ISSUES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "dcbe"),
    "phases": ({"phases": [Phase.OPEN, Phase.CLOSED]}, "dbe"),
    "no phase": ({"phases": []}, ""),
    "statuses": ({"statuses": ["in_progress", "not_an_issue", "unknown"]}, "ce"),
    "assignee": ({"assignee": "omar"}, "e"),
    "an address": ({"assignee": "lee@partner.example"}, "c"),
    "a stranger": ({"assignee": "nobody@partner.example"}, ""),
    "follower": ({"follower": "nina"}, "c"),
    "an address follows": ({"follower": "Kim@partner.example"}, "c"),
    "assignee and follower": ({"assignee": "lee@partner.example", "follower": "nina"}, "c"),
    "assignee, other follower": ({"assignee": "omar", "follower": "nina"}, ""),
    "groups": ({"groups": ["field", "emea"]}, "cbe"),
    "survey": ({"survey": "q"}, "b"),
    "segment": ({"segment": "large"}, "c"),
    "ticket": ({"ticket": "T"}, "b"),
    "email in another case": ({"email": "ANN@other.EXAMPLE"}, "c"),
    "company": ({"company": "Other"}, "c"),
    "company in another case": ({"company": "other"}, ""),
    "least score": ({"score_min": 3}, "dce"),
    "greatest score": ({"score_max": 3.5}, "cb"),
    "from": ({"received_from": NOON - timedelta(hours=7)}, "dc"),
    "before": ({"received_before": NOON - timedelta(hours=7)}, "be"),
    "needs recovery": ({"needs_recovery": False}, ""),
    "backfilled": ({"backfilled": True}, "e"),
    "not backfilled": ({"backfilled": False, "groups": ["field"]}, "c"),
    "without notes": ({"recovery": "x"}, "d"),
    "with notes": ({"recovery": "w"}, "cbe"),
    "never spoken": ({"recovery": "v"}, "be"),
    "spoken": ({"recovery": "s"}, "c"),
}
ACCESS = {"everything": ("dana", "abcdehi"), "group": ("omar", "ceh"), "own": ("nina", "cdh"), "emea": ("ed", "abi")}


@pytest.mark.parametrize(("condition", "found"), ISSUES.values(), ids=ISSUES)
def test_issues_pass_a_filter(filled: Tracker, condition: dict[str, Any], found: str) -> None:
    """Newest first, account-wide and within each kind of access."""
    asked = IssueFilter(**condition)
    assert [line.response.id for line in filled.issues(asked)] == list(found)
    for who, seen in ACCESS.values():
        expected = [one for one in found if one in seen]
        assert [line.response.id for line in filled.as_user(who).issues(asked)] == expected


RESPONSES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "ihdcbe"),
    "with those replaced": ({"with_replaced": True}, "ihdcbae"),
    "groups": ({"groups": ["field"]}, "hce"),
    "survey": ({"survey": "q", "with_replaced": True}, "ba"),
    "segment": ({"segment": "large"}, "c"),
    "ticket": ({"ticket": "T"}, "b"),
    "email": ({"email": "ann@other.example"}, "ic"),
    "company": ({"company": "Other"}, "ic"),
    "window": ({"received_from": NOON - timedelta(hours=7), "received_before": NOON - timedelta(hours=4)}, "dc"),
    "needing recovery": ({"recovery": RecoveryFilter.NEEDING_RECOVERY}, "dcbe"),
    "without notes": ({"recovery": "x"}, "d"),
    "with notes": ({"recovery": "w"}, "cbe"),
    "never spoken": ({"recovery": "v"}, "be"),
    "spoken": ({"recovery": "s"}, "c"),
}


@pytest.mark.parametrize(("condition", "found"), RESPONSES.values(), ids=RESPONSES)
def test_responses_pass_a_filter(filled: Tracker, condition: dict[str, Any], found: str) -> None:
    """Latest received first, account-wide and within each kind of access."""
    asked = ResponseFilter(**condition)
    assert [line.id for line in filled.responses(asked)] == list(found)
    for who, seen in ACCESS.values():
        assert [line.id for line in filled.as_user(who).responses(asked)] == [one for one in found if one in seen]


def test_a_letter_stands_for_a_filter_of_responses(filled: Tracker) -> None:
    """With its notes shown, or hidden."""
    assert [line.id for line in filled.responses("s")] == ["c"]
    shown, hidden = ({line.id: len(line.notes) for line in filled.responses(letter)} for letter in ("y", "n"))
    assert shown == {"i": 0, "h": 0, "d": 0, "c": 2, "b": 1, "e": 1}
    assert set(hidden.values()) == {0}
    assert next(line for line in filled.responses() if line.id == "c").comment.endswith("Hers.")


def test_pages_of_responses_show_each_once(filled: Tracker) -> None:
    """Page by page, for each kind of access."""
    for who, seen in ACCESS.values():
        found, after = [], None
        while True:
            page = filled.as_user(who).responses(ResponseFilter(with_replaced=True), limit=2, after=after)
            found += [line.id for line in page]
            after = page.next
            if after is None:
                break
        assert found == [one for one in "ihdcbae" if one in seen]


def test_a_response_is_read_with_what_was_decided_about_it(filled: Tracker) -> None:
    """Category, threshold, standing and issue; outside one's access it is not found."""
    record = filled.response("a")
    assert (record.standing.value, record.replaced_by, record.threshold) == ("replaced", "b", 6)
    assert record.issue == filled.response("b").issue
    assert filled.as_user("nina").response("h").people == ("nina",)
    for who, response_id in (("nina", "a"), ("omar", "i"), ("dana", "zzz")):
        with pytest.raises(ResponseNotFound):
            filled.as_user(who).response(response_id)


@pytest.mark.parametrize("field", ["email", "company"])
def test_a_blank_contact_is_found_alike_on_every_backend(tracker: Tracker, field: str) -> None:
    """A blank address is no address: looking for it finds nobody, whatever the store, or is refused."""
    tracker.record(response(contact=Contact(**{field: ""})))
    try:
        found = len(tracker.issues(IssueFilter(**{field: ""})))
    except ValueError:
        found = 0
    assert found == 0
