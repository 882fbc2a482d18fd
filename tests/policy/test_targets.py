"""Targets in a policy and its file: defaults, every key, every fault with its place, the fingerprint."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from resolutionkit import BusinessCalendar, InvalidValue, Policy, PolicyError, Target, TargetKind, Targets

HOUR = timedelta(hours=1)
CALENDAR = BusinessCalendar(hours={"monday-friday": "09:00-17:00"}, zone="Europe/Lisbon")
IN_BUSINESS = Target(within=8 * HOUR, business_time=True)

FULL = """
zone = "Europe/Lisbon"

[targets]
paused_in = ["in_progress"]
follow_up = false

[targets.first_action]
within_hours = 16
business_time = true

[targets.closed]
within_days = 10

[calendar]
country = "PT"
language = "pt_PT"

[calendar.hours]
monday-friday = "09:00-17:00"

[calendar.holidays]
2026-12-24 = "Office party"

[calendar.special_hours]
2026-12-31 = ["09:00-12:00"]
"""


def load(tmp_path: Path, content: str) -> Policy:
    """Return the policy of a file."""
    path = tmp_path / "policy.toml"
    path.write_text(content, encoding="utf-8")
    return Policy.load(path)


def test_the_usual_targets_are_two_days_fourteen_days_and_48_hours() -> None:
    """As requirement D7 has them, in elapsed time and paused nowhere."""
    assert {kind: (one.within, one.business_time) for kind, one in Policy().targets.in_force} == {
        TargetKind.FIRST_ACTION: (timedelta(days=2), False),
        TargetKind.FOLLOW_UP: (48 * HOUR, False),
        TargetKind.CLOSED: (timedelta(days=14), False),
    }
    assert Policy().targets.paused_in == ()


def test_a_file_can_say_everything(tmp_path: Path) -> None:
    """Every key of both tables; the calendar's zone is the account's where it says none."""
    assert load(tmp_path, FULL) == Policy(
        zone="Europe/Lisbon",
        targets=Targets(
            first_action=Target(within=16 * HOUR, business_time=True),
            follow_up=None,
            closed=Target(within=timedelta(days=10)),
            paused_in=["in_progress"],
        ),
        calendar=BusinessCalendar(
            hours={"monday-friday": "09:00-17:00"},
            zone="Europe/Lisbon",
            country="PT",
            language="pt_PT",
            holidays={"2026-12-24": "Office party"},
            special_hours={"2026-12-31": "09:00-12:00"},
        ),
    )


def test_what_a_file_leaves_out_is_as_usual(tmp_path: Path) -> None:
    """One target changed leaves the two others, and empty tables leave all."""
    assert load(tmp_path, "[targets]").targets == Targets()
    found = load(tmp_path, "[targets.closed]\nwithin_days = 30").targets
    assert found == Targets(closed=Target(within=timedelta(days=30)))


FAULTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({"first_action": Target(within=timedelta(0))}, ["targets.first_action.within"]),
    "negative": ({"follow_up": Target(within=-HOUR)}, ["targets.follow_up.within"]),
    "ages": ({"closed": Target(within=timedelta(days=9999))}, ["targets.closed.within"]),
    "no calendar": ({"first_action": IN_BUSINESS}, ["targets.first_action.business_time"]),
    "closed before acted on": ({"closed": Target(within=HOUR)}, ["targets.closed.within"]),
    "unknown status": ({"paused_in": ["waiting"]}, ["targets.paused_in[0]"]),
    "closed status": ({"paused_in": ["in_progress", "resolved"]}, ["targets.paused_in[1]"]),
    "twice": ({"paused_in": ["in_progress", "in_progress"]}, ["targets.paused_in[1]"]),
    "two at once": (
        {"follow_up": Target(within=-HOUR), "paused_in": ["waiting"]},
        ["targets.follow_up.within", "targets.paused_in[0]"],
    ),
}


@pytest.mark.parametrize(("given", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_targets_has_its_place(given: dict[str, Any], expected: list[str]) -> None:
    """All of them at once, each where it stands."""
    with pytest.raises(PolicyError) as refused:
        Policy(targets=Targets(**given))
    assert [fault.place for fault in refused.value.faults] == expected


def test_a_status_that_was_mistyped_is_told_with_the_nearest_one() -> None:
    """A typing error is not passed over in silence."""
    with pytest.raises(PolicyError, match="did you mean 'in_progress'"):
        Policy(targets=Targets(paused_in=["in_progres"]))


def test_a_limit_that_a_calendar_never_reaches_is_a_fault() -> None:
    """A minute a week does not come to a day's work in ten years."""
    calendar = BusinessCalendar(hours={"monday": "09:00-09:01"}, zone="UTC")
    with pytest.raises(PolicyError, match="ten years or more"):
        Policy(calendar=calendar, targets=Targets(first_action=IN_BUSINESS, closed=None))


FILE_FAULTS: dict[str, tuple[str, list[str]]] = {
    "targets": ("targets = 3", ["targets"]),
    "unknown target": ("[targets.first_acton]\nwithin_days = 1", ["targets.first_acton"]),
    "unknown key": ("[targets.closed]\nwithin_days = 9\nbusines_time = true", ["targets.closed.busines_time"]),
    "no limit": ("[targets.closed]", ["targets.closed.within_hours"]),
    "two limits": ("[targets.closed]\nwithin_days = 9\nwithin_hours = 9", ["targets.closed.within_hours"]),
    "text": ("[targets.closed]\nwithin_days = 'nine'", ["targets.closed.within_days"]),
    "endless": ("[targets.closed]\nwithin_days = inf", ["targets.closed.within_days"]),
    "nothing": ("[targets.closed]\nwithin_days = 0", ["targets.closed.within"]),
    "true": ("targets.closed = true", ["targets.closed"]),
    "days of business": (
        "[calendar.hours]\nmonday = '09:00-17:00'\n[targets.closed]\nwithin_days = 9\nbusiness_time = true",
        ["targets.closed.within_days"],
    ),
    "pause": ("targets.paused_in = 'waiting'", ["targets.paused_in"]),
    "calendar": ("calendar = 'ours'", ["calendar"]),
    "calendar without hours": ("[calendar]", ["calendar.hours"]),
    "calendar key": ("calendar.hour = 3\ncalendar.hours.monday = '09:00-17:00'", ["calendar.hour"]),
    "calendar zone": ("[calendar]\nzone = 'Europe/Atlantis'\nhours.monday = '09:00-17:00'", ["calendar.zone"]),
    "calendar hours": ("[calendar.hours]\nmonday = '25:00-26:00'", ["calendar.hours['monday']"]),
}


@pytest.mark.parametrize(("content", "expected"), FILE_FAULTS.values(), ids=FILE_FAULTS)
def test_a_fault_of_the_file_has_its_place(tmp_path: Path, content: str, expected: list[str]) -> None:
    """The place is the path of the key."""
    with pytest.raises(PolicyError) as refused:
        load(tmp_path, content)
    assert [fault.place for fault in refused.value.faults] == expected


def test_a_target_that_was_mistyped_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    """Not every target has a name that is easy to remember."""
    with pytest.raises(PolicyError, match="did you mean 'first_action'"):
        load(tmp_path, "[targets.first_acton]\nwithin_days = 1")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Target(within=3),  # type: ignore[arg-type]
        lambda: Target(within=HOUR, business_time=1),  # type: ignore[arg-type]
        lambda: Targets(closed=HOUR),  # type: ignore[arg-type]
        lambda: Targets(paused_in="waiting"),
        lambda: Policy(targets={}),  # type: ignore[arg-type]
        lambda: Policy(calendar="ours"),  # type: ignore[arg-type]
    ],
    ids=["within", "business", "target", "paused", "targets", "calendar"],
)
def test_what_is_of_another_type_is_refused(make: Any) -> None:
    """At the border, with what would be right."""
    with pytest.raises(InvalidValue):
        make()


def test_each_part_has_its_share_in_the_fingerprint() -> None:
    """Policies that differ in a target, a pause or a day have other fingerprints; equal ones have the same."""
    sound = Policy(calendar=CALENDAR, targets=Targets(first_action=IN_BUSINESS, closed=None))
    holiday = attrs.evolve(CALENDAR, holidays={"2026-12-24": "Party"})
    others = [
        Policy(),
        attrs.evolve(sound, targets=attrs.evolve(sound.targets, first_action=Target(within=8 * HOUR))),
        attrs.evolve(sound, targets=attrs.evolve(sound.targets, follow_up=None)),
        attrs.evolve(sound, targets=attrs.evolve(sound.targets, paused_in=["in_progress"])),
        attrs.evolve(sound, calendar=holiday),
    ]
    assert len({one.fingerprint for one in (sound, *others)}) == 6
    assert attrs.evolve(sound).fingerprint == sound.fingerprint
