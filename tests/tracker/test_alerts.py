"""Daily alerts through a tracker: a table of cases, the examples of the field among them (requirements C4, C5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import attrs
import pytest

from resolutionkit import Alerts, Fate, Group, Preferences, Response, Rule, Topic
from resolutionkit.ports import Notice
from support.mornings import GROUPS, Morning, company
from support.stores import BACKENDS, fresh_store

# In 2026 the second of March is a Monday. Clocks go forward on the 29th, and back on the 25th of October.
WEEKEND = Alerts(days_off=["saturday-sunday"])


@pytest.fixture(params=BACKENDS)
def morning(request: pytest.FixtureRequest) -> Iterator[Callable[..., Morning]]:
    """Return a function that opens an account, on each backend in turn."""
    store = fresh_store(request.param)
    yield lambda **given: Morning(store, **given)
    store.close()


def both(number: int) -> list[tuple[str, int]]:
    """Return the texts of the north: its lead's and the also-alerted's."""
    return [("lena", number), ("omar", number)]


RECEIVED: dict[str, tuple[list[tuple[str, str | None]], str, list[str]]] = {
    # what is received, with the instant at which it is known; when alerts are run; the rows that Lena is told
    "a complaint of Monday at eight is told on Monday at nine": (
        [("2026-03-02T08:00", None)],
        "2026-03-02T09:00",
        ["0"],
    ),
    "not a moment before": ([("2026-03-02T08:00", None)], "2026-03-02T08:59:59.999999", []),
    "one of Monday afternoon is told on Tuesday": ([("2026-03-02T15:00", None)], "2026-03-03T09:00", ["0"]),
    "and not on Monday": ([("2026-03-02T15:00", None)], "2026-03-02T23:59", []),
    "the last moment belongs to the window": ([("2026-03-02T08:59:59.999999", None)], "2026-03-02T09:00", ["0"]),
    "nine sharp belongs to the next": ([("2026-03-02T09:00", None)], "2026-03-02T23:00", []),
    "nine sharp is told the day after": ([("2026-03-02T09:00", None)], "2026-03-03T09:00", ["0"]),
    "recorded after its window, it is in the next, marked late": (
        [("2026-03-02T08:00", "2026-03-02T09:30"), ("2026-03-02T10:00", None)],
        "2026-03-03T09:00",
        ["0*", "1"],
    ),
    "recorded as its window ends, it is late": ([("2026-03-02T08:00", "2026-03-02T09:00")], "2026-03-03T09:00", ["0*"]),
    "recorded six days late": ([("2026-03-02T08:00", "2026-03-08T08:00")], "2026-03-08T09:00", ["0*"]),
    "history rings no bells": ([("2026-03-02T08:00", "2026-03-12T08:00")], "2026-03-13T09:00", []),
    "received ahead of the clock, it waits for its window": (
        [("2026-03-02T10:00", "2026-03-02T08:00")],
        "2026-03-03T09:00",
        ["0"],
    ),
    "in the short day of spring": (
        [("2026-03-28T09:00", None), ("2026-03-29T01:59", None), ("2026-03-29T03:00", None)],
        "2026-03-29T09:00",
        ["0", "1", "2"],
    ),
    "in the long day of autumn, both times that it is half past two": (
        [("2026-10-24T09:00", None), ("2026-10-25T02:30+02:00", None), ("2026-10-25T02:30+01:00", None)],
        "2026-10-25T09:00",
        ["0", "1", "2"],
    ),
    "an hour before nine on the short day": ([("2026-03-29T08:59:59", None)], "2026-03-29T09:00", ["0"]),
    "nine sharp on the long day": ([("2026-10-25T09:00", None)], "2026-10-25T23:00", []),
}


@pytest.mark.parametrize("case", RECEIVED)
def test_what_is_told_when(case: str, morning: Callable[..., Morning]) -> None:
    """The number of the text is that of the report's rows, however often the alerts are run."""
    received, at, rows = RECEIVED[case]
    account = morning()
    for number, (received_at, known_at) in enumerate(received):
        account.receive(str(number), received_at, known=known_at)
    account.run(at, times=2)
    assert account.reports() == ([("lena", rows), ("omar", rows)] if rows else [])
    assert account.texts() == (both(len(rows)) if rows else [])


def test_nothing_unhappy_is_nothing_sent(morning: Callable[..., Morning]) -> None:
    """Seven is not unhappy: no text, no report, and no digest."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00", score=7)
    account.run("2026-03-02T09:00")
    assert (account.texts(), account.reports()) == ([], [])
    assert account.tracker.digest("lena", account.now) is None


def test_one_text_and_one_report_over_all_groups(morning: Callable[..., Morning]) -> None:
    """Omar leads one and is alerted for the other: one of each, with the sum; Lena has her own alone."""
    account = morning()
    for number, group in enumerate(["north", "south", "north"]):
        account.receive(f"r-{number}", f"2026-03-02T08:0{number}", group)
    account.run("2026-03-02T09:00")
    assert account.texts() == [("lena", 2), ("omar", 3)]
    assert account.reports() == [("lena", ["r-0", "r-2"]), ("omar", ["r-0", "r-1", "r-2"])]


def test_a_digest_can_be_asked_for_again(morning: Callable[..., Morning]) -> None:
    """As it was fixed: by id or address, with the window and the late marks; of other windows there is none."""
    account = morning()
    account.receive("r-1", "2026-03-01T08:00", known="2026-03-02T08:30")
    account.receive("r-2", "2026-03-02T08:00", known="2026-03-02T08:40")
    account.run("2026-03-02T09:00")
    end = account.now
    account.receive("r-3", "2026-03-02T08:00", known="2026-03-02T10:00")
    account.run("2026-03-09T09:00")
    found = account.tracker.digest("lena", end)
    assert found is not None
    assert found == account.tracker.digest("LENA@shop.example", end)
    assert (found.start, found.end) == (account.at("2026-03-01T09:00"), end)
    assert [(one.response, one.group, one.is_late) for one in found.lines] == [
        ("r-1", "north", True),
        ("r-2", "north", False),
    ]
    assert (found.number, found.responses, found.groups) == (2, ("r-1", "r-2"), ("north",))
    assert account.tracker.digest("lena", account.at("2026-03-04T09:00")) is None
    assert account.tracker.digest("max", end) is None


# --- days off --------------------------------------------------------------------------------------------------------

OFF: dict[str, tuple[Alerts, list[str], list[tuple[str, list[tuple[str, int]]]]]] = {
    # when the texts are off; what is received; at each instant, the texts so far
    "the weekend's waits for Monday, and is one with Monday's": (
        WEEKEND,
        ["2026-03-06T10:00", "2026-03-07T10:00", "2026-03-08T10:00"],
        [("2026-03-07T09:00", []), ("2026-03-08T09:00", []), ("2026-03-09T09:00", both(3))],
    ),
    "also if only the weekend had any": (
        WEEKEND,
        ["2026-03-06T10:00"],
        [("2026-03-07T09:00", []), ("2026-03-08T09:00", []), ("2026-03-09T09:00", both(1))],
    ),
    "Friday's is not held": (WEEKEND, ["2026-03-06T08:00"], [("2026-03-06T09:00", both(1))]),
    "what is due on Saturday is received on Friday already": (
        WEEKEND,
        ["2026-03-06T09:00", "2026-03-08T09:00"],
        [("2026-03-07T09:00", []), ("2026-03-09T09:00", both(2))],
    ),
    "the weekend of spring": (
        WEEKEND,
        ["2026-03-27T10:00", "2026-03-28T10:00"],
        [("2026-03-29T09:00", []), ("2026-03-30T09:00", both(2))],
    ),
    "the weekend of autumn": (
        WEEKEND,
        ["2026-10-23T10:00", "2026-10-25T02:30+01:00"],
        [("2026-10-25T09:00", []), ("2026-10-26T09:00", both(2))],
    ),
    "other days than the weekend": (
        Alerts(days_off=["friday"]),
        ["2026-03-05T10:00", "2026-03-06T10:00"],
        [("2026-03-06T09:00", []), ("2026-03-07T09:00", both(2))],
    ),
    "six days off": (
        Alerts(days_off=["tuesday-sunday"]),
        ["2026-03-02T10:00", "2026-03-05T10:00", "2026-03-08T10:00"],
        [("2026-03-08T10:00", []), ("2026-03-09T09:00", both(3))],
    ),
}


@pytest.mark.parametrize("case", OFF)
def test_days_off_hold_the_text_alone(case: str, morning: Callable[..., Morning]) -> None:
    """Requirement C5: the sum comes with the next other day's; each report goes out on its own day."""
    alerts, received, runs = OFF[case]
    account = morning(alerts=alerts)
    for number, at in enumerate(received):
        account.receive(str(number), at)
    for at, texts in runs:
        account.run(at, times=2)
        assert account.texts() == texts, at
    assert sum(len(rows) for who, rows in account.reports() if who == "lena") == len(received)


def test_a_report_goes_out_on_the_day_off(morning: Callable[..., Morning]) -> None:
    """Saturday's on Saturday, Sunday's on Sunday."""
    account = morning(alerts=WEEKEND)
    account.receive("r-1", "2026-03-06T10:00")
    account.receive("r-2", "2026-03-07T10:00")
    account.run("2026-03-07T09:00")
    assert account.reports() == [("lena", ["r-1"]), ("omar", ["r-1"])]
    account.run("2026-03-08T09:00")
    assert account.reports()[2:] == [("lena", ["r-2"]), ("omar", ["r-2"])]


def test_nothing_joins_a_text_that_is_written(morning: Callable[..., Morning]) -> None:
    """What the weekend's text counts is closed with it: what still waited for Monday's window is told on Tuesday."""
    account = morning(alerts=WEEKEND)
    account.receive("r-1", "2026-03-06T10:00")
    account.run("2026-03-09T09:00")
    account.receive("r-2", "2026-03-09T08:00", known="2026-03-09T08:59")  # committed late
    account.run("2026-03-09T09:01")
    assert account.texts() == both(1)
    account.run("2026-03-10T09:00")
    assert account.texts() == [("lena", 1), ("lena", 1), ("omar", 1), ("omar", 1)]
    assert account.reports()[2:] == [("lena", ["r-2*"]), ("omar", ["r-2*"])]


# --- late ------------------------------------------------------------------------------------------------------------


def test_a_week_without_a_worker_is_made_up_for(morning: Callable[..., Morning]) -> None:
    """Every window has its digest, once, with its own number; the weekend's text is one."""
    account = morning(alerts=WEEKEND)
    for day in range(2, 9):
        account.receive(f"r-{day}", f"2026-03-0{day}T08:00")
    account.run("2026-03-09T12:00", times=3)
    assert [rows for who, rows in account.reports() if who == "lena"] == [[f"r-{day}"] for day in range(2, 9)]
    assert account.texts() == [("lena", 1)] * 5 + [("lena", 2)] + [("omar", 1)] * 5 + [("omar", 2)]


def test_a_window_is_told_as_it_was_when_it_ended(morning: Callable[..., Morning]) -> None:
    """Run days later: what was moved, corrected or replaced since counts where it was."""
    account = morning()
    account.receive("moved", "2026-03-02T08:00", "north")
    account.receive("happy", "2026-03-02T08:01", "north")
    account.receive("old", "2026-03-02T08:02", "north", ticket="T-1")
    account.receive("moved", "2026-03-02T08:00", "south", known="2026-03-02T09:00")
    account.receive("happy", "2026-03-02T08:01", "north", known="2026-03-02T10:00", score=9)
    account.receive("new", "2026-03-02T11:00", "north", ticket="T-1")
    account.run("2026-03-05T12:00")
    assert account.tracker.digest("lena", account.at("2026-03-02T09:00")).responses == ("moved", "happy", "old")
    assert account.tracker.digest("lena", account.at("2026-03-03T09:00")).responses == ("new",)
    assert account.tracker.digest("omar", account.at("2026-03-02T09:00")).responses == ("moved", "happy", "old")


def test_a_late_commit_is_told_in_the_next_window(morning: Callable[..., Morning]) -> None:
    """A window that was closed stays as it is; what a slow transaction brings for it is late."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    account.receive("r-2", "2026-03-02T08:30", known="2026-03-02T08:59")
    account.run("2026-03-02T09:00:01")
    assert account.texts() == both(1)
    account.run("2026-03-03T09:00")
    assert account.reports()[2:] == [("lena", ["r-2*"]), ("omar", ["r-2*"])]


def test_another_alert_time_leaves_no_gap_and_tells_nothing_twice(morning: Callable[..., Morning]) -> None:
    """The first window by the new time starts where the last one by the old time ended."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    account.policy = attrs.evolve(account.policy, alerts=Alerts(time="12:00"))
    account.settle(account.directory)
    account.receive("r-2", "2026-03-02T10:00")
    account.run("2026-03-02T12:00")
    found = account.tracker.digest("lena", account.now)
    assert found is not None
    assert (found.start, found.responses) == (account.at("2026-03-02T09:00"), ("r-2",))


# --- which responses -------------------------------------------------------------------------------------------------


def test_a_replaced_response_is_left_out(morning: Callable[..., Morning]) -> None:
    """The one in its place counts, once; where that is fine nothing is told (requirement A5)."""
    account = morning()
    account.receive("a-1", "2026-03-02T08:00", ticket="A")
    account.receive("a-2", "2026-03-02T08:10", ticket="A")
    account.receive("b-1", "2026-03-02T08:20", ticket="B")
    account.receive("b-2", "2026-03-02T08:30", ticket="B", score=9)
    account.run("2026-03-02T09:00")
    assert account.reports() == [("lena", ["a-2"]), ("omar", ["a-2"])]


def test_a_superseded_response_is_left_out(morning: Callable[..., Morning]) -> None:
    """It came late and was received earlier: it never stood."""
    account = morning()
    account.receive("a-2", "2026-03-02T08:10", ticket="A")
    account.receive("a-1", "2026-03-02T08:00", known="2026-03-02T08:20", ticket="A")
    account.run("2026-03-02T09:00")
    assert account.reports() == [("lena", ["a-2"]), ("omar", ["a-2"])]


def test_a_response_is_told_once_whatever_becomes_of_it(morning: Callable[..., Morning]) -> None:
    """Corrected to be fine, and to be unhappy again, after it was told."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    account.receive("r-1", "2026-03-02T08:00", known="2026-03-02T10:00", score=9)
    account.receive("r-1", "2026-03-02T08:00", known="2026-03-02T11:00", score=2)
    account.run("2026-03-05T09:00")
    assert account.texts() == both(1)


def test_a_correction_that_is_unhappy_is_told_in_the_next_alert_as_late(morning: Callable[..., Morning]) -> None:
    """It came to light after its window had ended."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00", score=9)
    account.receive("r-1", "2026-03-02T08:00", known="2026-03-02T12:00", score=2)
    account.run("2026-03-03T09:00")
    assert account.reports() == [("lena", ["r-1*"]), ("omar", ["r-1*"])]


def test_what_is_fine_just_when_its_window_ends_waits_on(morning: Callable[..., Morning]) -> None:
    """Unhappy, then fine at nine, then unhappy again: it is told in the window after."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.receive("r-1", "2026-03-02T08:00", known="2026-03-02T08:30", score=9)
    account.receive("r-1", "2026-03-02T08:00", known="2026-03-02T09:30", score=2)
    account.run("2026-03-02T12:00")
    assert account.reports() == []
    account.run("2026-03-03T12:00")
    assert account.reports() == [("lena", ["r-1*"]), ("omar", ["r-1*"])]
    account.run("2026-03-06T12:00")
    assert account.texts() == both(1)


def test_a_closed_issue_is_told_all_the_same(morning: Callable[..., Morning]) -> None:
    """The number is that of unhappy responses, whatever was done about them since."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    issue = account.tracker.issues().items[0]
    account.tracker.as_user("dana").set_status(issue.id, "not_an_issue", note="A joke.")
    account.run("2026-03-02T09:00")
    assert account.texts() == both(1)


def test_a_rule_that_keeps_quiet_keeps_the_alert_quiet(morning: Callable[..., Morning]) -> None:
    """Nobody but the assignee hears of such an issue (requirement A9)."""
    account = morning(rules=[Rule(name="test runs", when='tag = "test"', suppress_alerts=True)])
    account.receive("r-1", "2026-03-02T08:00", tags=["test"])
    account.receive("r-2", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    assert account.reports() == [("lena", ["r-2"]), ("omar", ["r-2"])]


def test_an_erased_response_is_not_told(morning: Callable[..., Morning]) -> None:
    """Nobody can be called any more; what is erased between the alert and its delivery is dropped (law L11)."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.receive("r-2", "2026-03-02T08:10")
    account.tracker.erase(response_id="r-1")
    account.now = account.at("2026-03-02T09:00")
    assert account.tracker.run_alerts().responses == 1
    account.tracker.erase(response_id="r-2")
    account.tracker.deliver()
    assert (account.texts(), account.reports()) == ([], [])
    fates = {(fate, reason) for _, _, fate, reason in account.ledger(Topic.DAILY_ALERT)}
    assert fates == {(Fate.DROPPED, "the responses were erased")}


# --- who -------------------------------------------------------------------------------------------------------------

WHO: dict[str, tuple[dict[str, Any], list[str]]] = {
    "the lead and the also-alerted": ({}, ["lena", "omar"]),
    "an inactive lead's manager": ({"lena": {"active": False}}, ["max", "omar"]),
    "then the leader": ({"lena": {"active": False}, "max": {"active": False}}, ["dana", "omar"]),
    "nobody else": (
        {"lena": {"active": False}, "max": {"active": False}, "dana": {"active": False}},
        ["omar"],
    ),
    "an inactive also-alerted is passed over": ({"omar": {"active": False}}, ["lena"]),
    "a lead whose manager is also alerted": (
        {"lena": {"active": False, "manager": "omar"}},
        ["omar"],
    ),
}


@pytest.mark.parametrize("case", WHO)
def test_who_is_told(case: str, morning: Callable[..., Morning]) -> None:
    """Requirement C4: of an inactive lead the manager, then the leader; each person once."""
    changes, told = WHO[case]
    account = morning(directory=company(**changes))
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    assert account.texts() == [(who, 1) for who in told]
    assert account.reports() == [(who, ["r-1"]) for who in told]


def test_a_group_that_names_no_lead_has_the_leader(morning: Callable[..., Morning]) -> None:
    """Nobody's absence hides work (requirement B6); a response without a group, or of an unknown one, is nobody's."""
    account = morning(directory=company([Group(code="north")]))
    account.receive("r-1", "2026-03-02T08:00")
    account.receive("r-2", "2026-03-02T08:00", None)
    account.receive("r-3", "2026-03-02T08:00", "unknown")
    account.run("2026-03-02T09:00")
    assert account.reports() == [("dana", ["r-1"])]


def test_no_phone_is_the_report_alone_and_the_ledger_says_so(morning: Callable[..., Morning]) -> None:
    """Requirement C4: a blank one is none."""
    account = morning(directory=company(lena={"phone": None}, omar={"phone": " "}))
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    assert account.texts() == []
    assert account.reports() == [("lena", ["r-1"]), ("omar", ["r-1"])]
    why = "the recipient has no telephone; there is the report alone"
    assert account.ledger(Topic.DAILY_ALERT) == [(who, "sms", Fate.SUPPRESSED, why) for who in ("lena", "omar")]


def test_who_has_no_phone_may_want_it_elsewhere(morning: Callable[..., Morning]) -> None:
    """A channel of one's own choice needs no telephone (requirement C3)."""
    account = morning(directory=company(lena={"phone": None}))
    account.tracker.set_preferences("lena", Preferences(channels={Topic.DAILY_ALERT: ["email"]}))
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    assert ("lena", "email", Fate.SENT, "") in account.ledger(Topic.DAILY_ALERT)


def test_preferences_hold_an_alert_and_never_swallow_it(morning: Callable[..., Morning]) -> None:
    """A threshold below the account's does not mute it; quiet hours put it off, and the ledger says until when."""
    account = morning()
    wanted = Preferences(threshold=1, quiet_hours={"monday": "06:00-10:00"})
    account.tracker.set_preferences("lena", wanted)
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    assert account.texts() == [("omar", 1)]
    held = [line for line in account.tracker.ledger(person="lena", fate="deferred") if line.message.digest]
    assert {line.due_at for line in held} == {account.at("2026-03-02T10:00")}
    account.run("2026-03-02T10:00")
    assert account.texts() == both(1)


def test_whoever_may_not_know_any_more_is_not_told(morning: Callable[..., Morning]) -> None:
    """Between the alert and its delivery Lena leaves the group, and Omar the company (law L5)."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.give_to("dana")
    account.now = account.at("2026-03-02T09:00")
    account.tracker.run_alerts()
    groups = [attrs.evolve(GROUPS[0], lead="max", also_alert=("omar",)), GROUPS[1]]
    account.settle(company(groups, omar={"active": False}))
    account.tracker.deliver()
    assert (account.texts(), account.reports()) == ([], [])
    assert {(who, fate) for who, _, fate, _ in account.ledger(Topic.RECOVERY_REPORT)} == {
        ("lena", Fate.DENIED),
        ("omar", Fate.DENIED),
    }


def test_a_report_leaves_out_what_its_reader_may_not_see_any_more(morning: Callable[..., Morning]) -> None:
    """What was moved to another group between the alert and its delivery: the number stays as it was fixed (law L6)."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.receive("r-2", "2026-03-02T08:10")
    account.give_to("dana")
    account.now = account.at("2026-03-02T09:00")
    account.tracker.run_alerts()
    account.receive("r-2", "2026-03-02T08:10", "south", known="2026-03-02T09:05")
    account.tracker.deliver()
    lena = next(
        one for one in account.mail.notices if one.message.topic is Topic.RECOVERY_REPORT and one.recipient == "lena"
    )
    assert lena.digest is not None
    assert (lena.digest.number, [one.response.id for one in lena.digest.reported]) == (2, ["r-1"])
    assert account.texts() == both(2)


# --- which channels and which half -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alerts", "texts", "reports"),
    [
        (Alerts(text=False), 0, 2),
        (Alerts(report=False), 2, 0),
        (Alerts(text=False, report=False), 0, 0),
    ],
)
def test_either_half_can_be_switched_off(
    alerts: Alerts, texts: int, reports: int, morning: Callable[..., Morning]
) -> None:
    """Or both."""
    account = morning(alerts=alerts)
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    assert (len(account.texts()), len(account.reports())) == (texts, reports)


def test_the_policy_may_name_the_channels(morning: Callable[..., Morning]) -> None:
    """A worker that has not all of them plans for those who have."""
    account = morning(alerts=Alerts(text_channels=["pager"], report_channels=["sms"]))
    account.receive("r-1", "2026-03-02T08:00")
    account.run("2026-03-02T09:00")
    assert [line[1:3] for line in account.ledger(Topic.DAILY_ALERT)] == [("pager", Fate.WAITING)] * 2
    assert [line[1:3] for line in account.ledger(Topic.RECOVERY_REPORT)] == [("sms", Fate.SENT)] * 2


def test_working_runs_the_alerts(morning: Callable[..., Morning]) -> None:
    """``work`` closes windows before it delivers."""
    account = morning()
    account.receive("r-1", "2026-03-02T08:00")
    account.now = account.at("2026-03-02T09:00")
    stop = Event()

    def stopping(notice: Notice) -> None:
        account.text.notices.append(notice)
        if notice.message.topic is Topic.DAILY_ALERT:
            stop.set()

    account.text.notify = stopping  # type: ignore[method-assign]
    account.tracker.work(stop)
    assert account.texts()


def test_an_alert_is_told_of_no_single_response(morning: Callable[..., Morning]) -> None:
    """The outbox of a response that it counts has nothing of it."""
    account = morning()
    account.tracker.record(Response(id="r-1", score=3, received_at=account.now, group="north"))
    account.run("2026-01-01T09:00")
    assert account.texts() == both(1)
    assert {one.topic for one in account.tracker.outbox_of_response("r-1")} == {Topic.OPENED}
