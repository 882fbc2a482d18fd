"""Values as plain data: what a host answers over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import resolutionkit as rk

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_an_issue_a_page_and_counts_are_json() -> None:
    """Each becomes dicts, lists and scalars that JSON takes, with the facts that are properties."""
    directory = rk.StaticDirectory([rk.Person(id="ana", access=rk.Access.EVERYTHING)], leader="ana")
    with rk.Tracker.open("memory:", directory=directory, clock=lambda: AT) as tracker:
        recorded = tracker.record(
            rk.Response(id="r-1", score=3, received_at=AT, attributes={"plan": "gold", "spent": Decimal("9.90")})
        )
        assert recorded.issue is not None
        desk = tracker.as_user("ana")
        issue = rk.plain_data(desk.add_note(recorded.issue.id, "Rang.", spoke=True).issue)
        page, counts = rk.plain_data(desk.inbox().open()), rk.plain_data(desk.inbox().counts())
    assert json.loads(json.dumps([issue, page, counts])) == [issue, page, counts]
    assert issue["opened_at"] == "2026-03-01T09:30:00Z"
    assert [note["text"] for note in issue["notes"]] == ["Rang."]
    assert issue["response"]["attributes"] == {"plan": "gold", "spent": "9.90"}
    assert page["items"][0]["is_open"] is True
    assert page["next"] is None
    assert counts["open"] == 1


def test_access_and_spans_have_a_form() -> None:
    """Access is its kind or its groups, a span its seconds."""
    assert rk.plain_data([rk.Access.OWN, rk.Access.groups("B", "A")]) == ["own", ["A", "B"]]
    assert rk.plain_data(timedelta(minutes=2)) == 120.0
    assert rk.plain_data(rk.Alerts(time="8:30"))["time"] == "08:30"
