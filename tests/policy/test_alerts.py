"""Alerts in a policy and its file: defaults, every key, every fault with its place, the fingerprint (C4, C5)."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, time
from pathlib import Path
from typing import Any

import pytest

from resolutionkit import Alerts, InvalidValue, Policy, PolicyError

FULL = """
zone = "Europe/Lisbon"

[alerts]
time = "08:30"
days_off = ["saturday-sunday", "wednesday"]
text = true
report = false
repaired_late = true
text_channels = ["sms"]
report_channels = ["email", "archive"]
"""


def load(tmp_path: Path, content: str) -> Policy:
    """Return the policy of a file."""
    path = tmp_path / "policy.toml"
    path.write_text(content, encoding="utf-8")
    return Policy.load(path)


def faults(**given: Any) -> list[tuple[str, str]]:
    """Return what is wrong with a policy."""
    with pytest.raises(PolicyError) as problem:
        Policy(**given)
    return [(one.place, one.problem) for one in problem.value.faults]


def test_the_usual_alert_is_at_nine_every_day() -> None:
    """Both halves of it, and what was repaired late is not told."""
    usual = Policy().alerts
    assert (usual.time, usual.days_off, usual.text, usual.report) == (time(9), (), True, True)
    assert (usual.repaired_late, usual.text_channels, usual.report_channels) == (False, None, None)
    assert [Alerts(text=text, report=report).are_on for text in (True, False) for report in (True, False)] == [
        True,
        True,
        True,
        False,
    ]


def test_a_file_may_say_all_of_it(tmp_path: Path) -> None:
    """Days as names or as spans, in the order of the week."""
    assert load(tmp_path, FULL).alerts == Alerts(
        time=time(8, 30),
        days_off=["wednesday", "saturday", "sunday"],
        report=False,
        repaired_late=True,
        text_channels=["sms"],
        report_channels=["email", "archive"],
    )
    assert load(tmp_path, "[alerts]\ntime = 10:15:00\n").alerts == Alerts(time=time(10, 15))
    assert load(tmp_path, "[alerts]\n").alerts == load(tmp_path, "").alerts == Alerts()


@pytest.mark.parametrize("text", ["06:00", "6:00", "18:00", " 09:05 "])
def test_an_alert_time_may_be_from_six_to_six(text: str) -> None:
    """Both included."""
    assert Policy(alerts=Alerts(time=text)).alerts.time.minute in {0, 5}


@pytest.mark.parametrize("text", ["05:59", "18:01", "00:00", "23:59"])
def test_any_other_time_is_a_fault(text: str) -> None:
    """At its place."""
    assert faults(alerts=Alerts(time=text)) == [("alerts.time", f"{text} is not between 06:00 and 18:00")]


UNREADABLE: list[tuple[dict[str, Any], str]] = [
    ({"time": "nine"}, "alerts.time"),
    ({"time": "24:00"}, "alerts.time"),
    ({"time": "09:60"}, "alerts.time"),
    ({"time": 9}, "alerts.time"),
    ({"time": time(9, 0, 1)}, "alerts.time"),
    ({"time": time(9, tzinfo=UTC)}, "alerts.time"),
    ({"days_off": ["caturday"]}, "alerts.days_off[0]"),
    ({"days_off": "sunday"}, "alerts.days_off"),
    ({"text": "yes"}, "alerts.text"),
    ({"report": 1}, "alerts.report"),
    ({"repaired_late": None}, "alerts.repaired_late"),
    ({"text_channels": "sms"}, "alerts.text_channels"),
]


@pytest.mark.parametrize(("given", "place"), UNREADABLE)
def test_what_cannot_be_read_is_refused(given: dict[str, Any], place: str) -> None:
    """With the field, and what would be right."""
    with pytest.raises(InvalidValue) as problem:
        Alerts(**given)
    assert problem.value.field == place


def test_a_policy_takes_nothing_else_for_its_alerts() -> None:
    """Such as a time."""
    given: Any = "09:00"
    with pytest.raises(InvalidValue, match="alerts"):
        Policy(alerts=given)


def test_all_faults_of_a_file_are_told_with_their_places(tmp_path: Path) -> None:
    """Each key by itself, and what is no key."""
    content = """
    zone = "Mars/Olympus"
    [alerts]
    time = "5 o'clock"
    days_off = ["monday-sunday"]
    text = "no"
    text_channels = ["sms", "sms"]
    wekend = false
    """
    with pytest.raises(PolicyError) as problem:
        load(tmp_path, content)
    assert sorted(one.place for one in problem.value.faults) == [
        "alerts.days_off",
        "alerts.text",
        "alerts.text_channels[1]",
        "alerts.time",
        "alerts.wekend",
        "zone",
    ]


def test_a_time_that_a_change_of_clocks_skips_is_a_fault() -> None:
    """Casey has had such an hour in 2018: the clocks went from four to seven."""
    for text in ("06:00", "06:59"):
        ((place, problem),) = faults(zone="Antarctica/Casey", alerts=Alerts(time=text))
        assert place == "alerts.time"
        assert problem.startswith("on 2018-")
        assert "the clocks of Antarctica/Casey" in problem
    assert Policy(zone="Antarctica/Casey", alerts=Alerts(time="07:00"))


@pytest.fixture
def noon_town(tmp_path: Path) -> Iterator[str]:
    """Return a zone whose clocks are moved at noon, twice a year for ever."""
    rule = b"\nXST0XDT,M3.5.0/12,M10.5.0/12\n"
    empty = b"TZif2" + bytes(15) + bytes(4 * 3) + b"\0\0\0\0\0\0\0\1\0\0\0\4" + bytes(6) + b"XST\0"
    folder = tmp_path / "zones" / "Test"
    folder.mkdir(parents=True)
    (folder / "Noon").write_bytes(empty + empty + rule)
    zoneinfo.reset_tzpath([tmp_path / "zones", *zoneinfo.TZPATH])
    yield "Test/Noon"
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.parametrize(
    ("text", "what"),
    [("11:00", "repeat"), ("11:59", "repeat"), ("12:00", "skip"), ("12:59", "skip"), ("10:59", ""), ("13:00", "")],
)
def test_the_whole_hour_is_a_fault(text: str, what: str, noon_town: str) -> None:
    """The one that is skipped in spring, and the one that is shown twice in autumn."""
    if not what:
        assert Policy(zone=noon_town, alerts=Alerts(time=text))
        return
    ((place, problem),) = faults(zone=noon_town, alerts=Alerts(time=text))
    assert place == "alerts.time"
    assert f"the clocks of {noon_town} {what} {text}; choose another hour" in problem


def test_each_part_has_its_share_in_the_fingerprint() -> None:
    """Policies whose alerts differ have other fingerprints."""
    others: list[dict[str, Any]] = [
        {},
        {"time": "10:00"},
        {"days_off": ["sunday"]},
        {"text": False},
        {"report": False},
        {"repaired_late": True},
        {"text_channels": ["sms"]},
        {"report_channels": ["sms"]},
    ]
    assert len({Policy(alerts=Alerts(**given)).fingerprint for given in others}) == len(others)
