"""Which responses a service recovery report has, what it knows of them, and who sees it (requirements C6, L6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from resolutionkit import (
    AccessDenied,
    AsyncTracker,
    CauseKind,
    Desk,
    InvalidValue,
    LinkAction,
    LinkExpired,
    LinkForm,
    Policy,
    RecoveryReport,
    ReportClaim,
    ResponseNotFound,
    Scale,
    Tracker,
    read_report_link,
)
from support import NOON, TurnableClock, organisation, response
from support.linking import LINKS, token_of

DAY = timedelta(days=1)
WINDOW = (NOON - DAY, NOON)


def ids(report: RecoveryReport | None) -> list[str]:
    """Return the ids of a report's responses in order; none where there is no report."""
    return [] if report is None else [one.response.id for one in report.entries]


def record(tracker: Tracker, response_id: str, score: int = 3, *, hours: float = 1, **facts: Any) -> str:
    """Record a response received so many hours before noon, and return the id of its issue or nothing."""
    received = NOON - timedelta(hours=hours)
    issue = tracker.record(response(response_id, score, **({"received_at": received} | facts))).issue
    return "" if issue is None else issue.id


def test_a_report_has_what_needs_recovery_in_the_order_received(tracker: Tracker) -> None:
    """Start included and end not; what is fine, and what other groups have, is not in it."""
    record(tracker, "late-one", hours=1)
    record(tracker, "early", hours=5)
    record(tracker, "b", hours=3)
    record(tracker, "a", hours=3)
    record(tracker, "start", hours=24)
    record(tracker, "end", hours=0)
    record(tracker, "before", hours=24.0001)
    record(tracker, "fine", 9, hours=2)
    record(tracker, "of another group", group="field")
    record(tracker, "of none", group=None)
    report = tracker.report("ed", *WINDOW)
    assert ids(report) == ["start", "early", "a", "b", "late-one"]
    assert report is not None
    assert (report.recipient.name, report.start, report.end, report.zone) == ("Ed Long", *WINDOW, "UTC")
    assert report.link is None
    assert report.entries[0].link is None


def test_all_groups_that_a_person_leads_or_is_alerted_for_are_in_one_report(
    open_tracker: Callable[..., Tracker],
) -> None:
    """In the order received, not group by group; somebody without a group has no report."""
    tracker = open_tracker()
    for number, group in enumerate(["field", "billing", "field", "emea"]):
        record(tracker, f"r-{number}", hours=9 - number, group=group)
    assert ids(tracker.report("omar", *WINDOW)) == ["r-0", "r-2"]
    assert ids(tracker.report("paula", *WINDOW)) == ["r-0", "r-2"]
    assert tracker.report("nina", *WINDOW) is None
    assert tracker.report("bridget", *WINDOW) is None


def test_where_nothing_needs_recovery_there_is_no_report(tracker: Tracker) -> None:
    """None, rather than an empty one."""
    record(tracker, "fine", 9)
    assert tracker.report("ed", *WINDOW) is None
    assert tracker.as_user("ed").report(*WINDOW) is None


def test_a_replaced_response_is_left_out(tracker: Tracker) -> None:
    """The one that stands in its place is there, if it needs recovery itself (requirements A5, C4)."""
    record(tracker, "r-1", hours=5, ticket="T-1")
    record(tracker, "r-2", hours=4, ticket="T-1")
    record(tracker, "r-3", hours=3, ticket="T-2")
    record(tracker, "r-4", 9, hours=2, ticket="T-2")
    assert ids(tracker.report("ed", *WINDOW)) == ["r-2"]


def test_an_erased_response_is_left_out(tracker: Tracker) -> None:
    """There is nobody left to ring."""
    record(tracker, "r-1")
    record(tracker, "r-2")
    tracker.erase(response_id="r-1")
    assert ids(tracker.report("ed", *WINDOW)) == ["r-2"]
    assert ids(tracker.report_of("ed", ["r-1", "r-2"], *WINDOW)) == ["r-2"]


def test_an_entry_says_what_is_known_now(open_tracker: Callable[..., Tracker]) -> None:
    """Group and status by name, notes so far, the ticket's URL, the scale and band of the day."""
    mood = Scale(name="mood", minimum=1, maximum=4, detractor_max=2, promoter_min=4)
    tracker = open_tracker(policy=Policy(ticket_url="https://desk.example/t/", scales=[mood], zone="Asia/Tokyo"))
    issue = record(tracker, "r-1", 2, ticket="T/1", segment="Gold", scale=mood)
    tracker.as_user("ed").set_status(issue, "in_progress", note="Rang.", spoke=True)
    report = tracker.report("ed", *WINDOW)
    assert report is not None
    [entry] = report.entries
    assert (entry.issue, entry.group, entry.group_name, entry.segment) == (issue, "emea", "EMEA", "Gold")
    assert (entry.status, entry.scale, entry.category) == ("Resolution in Progress", mood, "detractor")
    assert [(one.text, one.spoke) for one in entry.notes] == [("Rang.", True)]
    assert entry.ticket_link == "https://desk.example/t/T%2F1"
    assert report.zone == "Asia/Tokyo"


def test_what_was_recorded_after_its_window_is_marked_as_late(tracker: Tracker, clock: TurnableClock) -> None:
    """From the very instant on at which it ends; the one that was there before is not."""
    clock.turn(minutes=-1)
    record(tracker, "in time", hours=2)
    clock.turn(minutes=1)
    record(tracker, "late", hours=1)
    report = tracker.report("ed", *WINDOW)
    assert report is not None
    assert {one.response.id: one.is_late for one in report.entries} == {"in time": False, "late": True}


def test_responses_that_were_chosen_before_make_a_report(tracker: Tracker) -> None:
    """Each once, in the order received; what was received before the window is marked as late (requirement C4)."""
    for response_id, hours in (("r-1", 30), ("r-2", 5), ("r-3", 3)):
        record(tracker, response_id, hours=hours)
    report = tracker.report_of("ed", ["r-3", "r-1", "r-3", "r-2"], *WINDOW)
    assert report is not None
    assert {one.response.id: one.is_late for one in report.entries} == {"r-1": True, "r-2": False, "r-3": False}
    assert ids(report) == ["r-1", "r-2", "r-3"]
    assert tracker.report_of("ed", [], *WINDOW) is None
    with pytest.raises(ResponseNotFound):
        tracker.report_of("ed", ["r-1", "nobody's"], *WINDOW)


def test_nobody_gets_a_report_of_what_they_do_not_see(tracker: Tracker) -> None:
    """What was chosen is held to the recipient's access of now (law L6); who has left gets none."""
    record(tracker, "r-1", hours=3)
    record(tracker, "r-2", hours=2, group="field")
    assert ids(tracker.report_of("ed", ["r-1", "r-2"], *WINDOW)) == ["r-1"]
    assert ids(tracker.report_of("dana", ["r-1", "r-2"], *WINDOW)) == ["r-1", "r-2"]
    assert tracker.report_of("ed", ["r-2"], *WINDOW) is None
    for who in ("gone", "nobody", "system"):
        with pytest.raises(AccessDenied):
            tracker.report(who, *WINDOW)
        with pytest.raises(AccessDenied):
            tracker.report_of(who, ["r-1"], *WINDOW)
        with pytest.raises(AccessDenied):
            tracker.as_user(who).report(*WINDOW)


def test_whoever_stands_in_for_a_lead_is_told_of_the_lead_s_group(tracker: Tracker) -> None:
    """Of that group and of no other (requirement C4): Gus has left, and Omar is told in his place."""
    record(tracker, "r-1", hours=3, group="billing")
    record(tracker, "r-2", hours=2, group="emea")
    assert tracker.report_of("omar", ["r-1", "r-2"], *WINDOW) is None
    assert ids(tracker.report_of("omar", ["r-1", "r-2"], *WINDOW, stands_in_for=["billing"])) == ["r-1"]


def test_a_desk_makes_the_report_of_its_person(tracker: Tracker) -> None:
    """The same as the tracker makes for them."""
    record(tracker, "r-1")
    record(tracker, "r-2", group="field")
    for who, found in (("ed", ["r-1"]), ("omar", ["r-2"]), ("dana", [])):
        desk: Desk = tracker.as_user(who)
        assert ids(desk.report(*WINDOW)) == found
        assert desk.report(*WINDOW, links=LINKS) == tracker.report(who, *WINDOW, links=LINKS)


def test_an_entry_s_link_adds_a_note_as_the_recipient(tracker: Tracker, clock: TurnableClock) -> None:
    """It names one person and one issue, is good as long as any link, and does what it is for (requirement C2)."""
    issue = record(tracker, "r-1")
    clock.turn(hours=2)
    report = tracker.report("ed", *WINDOW, links=LINKS)
    assert report is not None
    url = report.entries[0].link
    assert url is not None
    claim = LINKS.read(token_of(url), clock())
    assert (claim.recipient, claim.action, claim.issue, claim.response) == ("ed", LinkAction.NOTE, issue, "r-1")
    assert claim.expires_at == NOON + timedelta(hours=2) + LINKS.lasts
    done = tracker.by_link(claim).act(LinkForm(note="Rang.", spoke=True, key="form-1"))
    assert done.change is not None
    event = tracker.history(issue)[-1]
    assert (event.actor, event.cause.kind, event.cause.ref) == ("ed", CauseKind.LINK, claim.message)
    again = tracker.report("ed", *WINDOW)
    assert again is not None
    assert [one.author for one in again.entries[0].notes] == ["Ed Long"]


def test_the_report_s_link_names_recipient_and_window(tracker: Tracker) -> None:
    """And the message in which it is sent, where it is sent in one."""
    record(tracker, "r-1")
    report = tracker.report_of("ed", ["r-1"], *WINDOW, links=LINKS, message="m-1")
    assert report is not None
    assert report.link is not None
    token = report.link.removeprefix(f"{LINKS.url}/report/")
    expires = NOON + LINKS.lasts
    assert read_report_link(LINKS, token, NOON) == ReportClaim(
        account="default", recipient="ed", start=WINDOW[0], end=WINDOW[1], message="m-1", expires_at=expires
    )
    with pytest.raises(LinkExpired):
        read_report_link(LINKS, token, expires)
    link = report.entries[0].link
    assert link is not None
    assert LINKS.read(token_of(link), NOON).message == "m-1"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"end": NOON - DAY}, "end"),
        ({"start": datetime(2026, 11, 19)}, "start"),
        ({"start": "2026-11-19"}, "start"),
        ({"links": "https://app.example"}, "links"),
        ({"who": None}, "who"),
        ({"message": " "}, "message"),
        ({"stands_in_for": "billing"}, "stands_in_for"),
        ({"responses": "r-1"}, "responses"),
    ],
)
def test_what_cannot_be_asked_is_refused(given: dict[str, Any], field: str) -> None:
    """The error names the argument."""
    with Tracker.open("memory:", directory=organisation()) as tracker:
        asked = {"who": "ed", "responses": ["r-1"], "start": WINDOW[0], "end": WINDOW[1]} | given
        with pytest.raises(InvalidValue) as refused:
            tracker.report_of(**asked)
        assert refused.value.field == field


def test_more_than_a_page_of_responses_is_one_report() -> None:
    """Whatever one query gives at a time."""
    many = (response(f"r-{n:04}", 2, received_at=NOON - timedelta(hours=1, seconds=n)) for n in range(1_203))
    with Tracker.open("memory:", directory=organisation(), clock=TurnableClock()) as tracker:
        tracker.record_many(many)
        found = ids(tracker.report("ed", *WINDOW))
    assert found == [f"r-{n:04}" for n in reversed(range(1_203))]


def test_reports_are_awaited_as_well() -> None:
    """By the tracker and at the desk."""

    async def asked() -> tuple[Any, ...]:
        async with AsyncTracker.open("memory:", directory=organisation(), clock=TurnableClock()) as tracker:
            await tracker.record(response("r-1"))
            return (
                await tracker.report("ed", *WINDOW),
                await tracker.report_of("ed", ["r-1"], *WINDOW),
                await tracker.as_user("ed").report(*WINDOW, links=LINKS),
            )

    reports = asyncio.run(asked())
    assert [ids(one) for one in reports] == [["r-1"]] * 3
    assert reports[2].link is not None
