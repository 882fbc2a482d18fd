"""The escalation matrix and the check after closing as data: in code and from a file, with every fault in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from resolutionkit import (
    Accountable,
    AccountableAs,
    BusinessCalendar,
    ClosingCheck,
    EscalationLevel,
    InvalidValue,
    Policy,
    PolicyError,
    Target,
    Targets,
    workflows,
)

HOUR = timedelta(hours=1)
FIRST = EscalationLevel(name="first response", within=24 * HOUR)
NEXT = EscalationLevel(name="tier one", within=48 * HOUR, accountable=["manager"])
FILE = """
[[levels]]
name = "first response"
within_hours = 8
business_time = true

[[levels]]
name = "tier one"
within_days = 2
accountable = ["manager", "ana", {manager_of = "ana"}, {person = "leader"}]

[[levels]]
name = "final decision"
within_days = 2.5
accountable = ["leader"]
outcomes = ["resolved"]

[closing_check]
after_hours = 60
statuses = ["resolved", "cant_resolve"]

[targets]
remind_before_hours = 4

[calendar.hours]
monday-friday = "09:00-17:00"
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Policy]:
    """Return a function that loads a policy from the text of a file."""

    def loaded(text: str) -> Policy:
        path = tmp_path / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return Policy.load(path)

    return loaded


def test_a_file_says_what_code_says(load: Callable[[str], Policy]) -> None:
    """Levels in order, spans in days or hours, people by id, address and role."""
    policy = load(FILE)
    assert policy.levels == (
        EscalationLevel(name="first response", within=8 * HOUR, business_time=True),
        EscalationLevel(
            name="tier one",
            within=48 * HOUR,
            accountable=["manager", "ana", {"manager_of": "ana"}, {"person": "leader"}],
        ),
        EscalationLevel(name="final decision", within=60 * HOUR, accountable=["leader"], outcomes=["resolved"]),
    )
    assert policy.levels[1].accountable == (
        Accountable(AccountableAs.MANAGER),
        Accountable(AccountableAs.PERSON, "ana"),
        Accountable(AccountableAs.MANAGER_OF, "ana"),
        Accountable(AccountableAs.PERSON, "leader"),
    )
    assert policy.closing_check == ClosingCheck(after=60 * HOUR, statuses=["resolved", "cant_resolve"])
    assert policy.targets.remind_before == 4 * HOUR
    assert load("[targets]\nremind_before = false").targets.remind_before is None
    assert load("").levels == ()


SMALL = (
    '[[levels]]\nname = "a"\nwithin_hours = 24\n[[levels]]\nname = "b"\nwithin_hours = {hours}\naccountable = {who}\n'
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (SMALL.format(hours=23, who='["ana"]'), ["levels[1].within"]),
        (SMALL.format(hours=0, who='["ana"]'), ["levels[1].within"]),
        (SMALL.format(hours=30, who="[]"), ["levels[1].accountable"]),
        (SMALL.format(hours=30, who='[{boss = "ana"}, ""]'), ["levels[1].accountable[0]", "levels[1].accountable[1]"]),
        (SMALL.format(hours=30, who='"ana"'), ["levels[1].accountable"]),
        (SMALL.format(hours=30, who='["ana"]').replace('"b"', '"a"'), ["levels[1].name"]),
        (SMALL.format(hours=30, who='["ana"]') + "busines_time = true", ["levels[1].busines_time"]),
        (SMALL.format(hours=30, who='["ana"]') + "business_time = true", ["levels[1].business_time"]),
        (SMALL.format(hours=30, who='["ana"]') + "within_days = 2", ["levels[1].within_hours"]),
        (SMALL.format(hours=30, who='["ana"]') + 'outcomes = ["in_progress"]', ["levels[1].outcomes[0]"]),
        (SMALL.format(hours=30, who='["ana"]') + 'outcomes = ["resolvd"]', ["levels[1].outcomes[0]"]),
        ('[[levels]]\nname = "a"\nwithin_hours = 24', ["levels"]),
        ("[[levels]]\nwithin_hours = 24", ["levels[0].name"]),
        ('[[levels]]\nname = "a"', ["levels[0].within_hours"]),
        ("[closing_check]\nafter_days = 0", ["closing_check.after"]),
        ("[closing_check]", ["closing_check.after_hours"]),
        ("[closing_check]\nafter_days = 9999", ["closing_check.after"]),
        ('[closing_check]\nafter_days = 1\nstatuses = ["escalated"]', ["closing_check.statuses[0]"]),
        ("[closing_check]\nafter_days = 1\nstatuses = []", ["closing_check.statuses"]),
        ("[targets]\nremind_before = true", ["targets.remind_before"]),
        ("[targets]\nremind_before_hours = -1", ["targets.remind_before"]),
        ("[targets]\nremind_before_hours = 1\nremind_before_days = 1", ["targets.remind_before_hours"]),
    ],
)
def test_every_fault_of_a_file_has_its_place(load: Callable[[str], Policy], text: str, places: list[str]) -> None:
    """A matrix whose levels shrink among them."""
    with pytest.raises(PolicyError) as refusal:
        load(text)
    assert [fault.place for fault in refusal.value.faults] == places


def test_limits_that_are_counted_otherwise_cannot_be_compared() -> None:
    """Eight hours of work may be longer than a day on the wall."""
    calendar = BusinessCalendar(hours={"monday": "09:00-17:00"}, zone="UTC")
    business = EscalationLevel(name="tier one", within=8 * HOUR, business_time=True, accountable=["leader"])
    assert Policy(levels=[FIRST, business], calendar=calendar).levels[1] is business


def test_a_first_level_with_people_and_outcomes_below_the_last_are_refused() -> None:
    """The first level is the assignee's; only the last decides how an issue ends."""
    first = EscalationLevel(name="first response", within=HOUR, accountable=["ana"], outcomes=["resolved"])
    with pytest.raises(PolicyError) as refusal:
        Policy(levels=[first, NEXT])
    assert [fault.place for fault in refusal.value.faults] == ["levels[0].accountable", "levels[0].outcomes"]


def test_a_check_needs_a_closing_status_of_the_workflow() -> None:
    """Another workflow has others, and has to name one."""
    with pytest.raises(PolicyError, match="resolved"):
        Policy(workflow=workflows.THREE_STATUS, closing_check=ClosingCheck(after=HOUR))
    assert Policy(workflow=workflows.THREE_STATUS, closing_check=ClosingCheck(after=HOUR, statuses=["closed"]))


REFUSED: dict[str, Callable[[], Any]] = {
    "blank name": lambda: EscalationLevel(name=" ", within=HOUR),
    "number of hours": lambda: EscalationLevel(name="a", within=24),  # type: ignore[arg-type]
    "word for a flag": lambda: EscalationLevel(name="a", within=HOUR, business_time="yes"),  # type: ignore[arg-type]
    "one name": lambda: EscalationLevel(name="a", within=HOUR, accountable="ana"),
    "number": lambda: EscalationLevel(name="a", within=HOUR, accountable=[7]),
    "too many": lambda: EscalationLevel(name="a", within=HOUR, accountable=[f"p-{number}" for number in range(51)]),
    "number of days": lambda: ClosingCheck(after=3),  # type: ignore[arg-type]
    "reminder in hours": lambda: Targets(remind_before=8),  # type: ignore[arg-type]
    "levels by name": lambda: Policy(levels=["tier one"]),  # type: ignore[list-item]
    "check by days": lambda: Policy(closing_check=3),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_what_is_no_level_is_refused_where_it_is_built(make: Callable[[], Any]) -> None:
    """With the field, the value, and what would be right."""
    with pytest.raises(InvalidValue):
        make()


def test_levels_show_as_targets_do() -> None:
    """A level's limit is counted like any other."""
    assert NEXT.limit == Target(within=48 * HOUR)
    assert [str(one) for one in NEXT.accountable] == ["manager"]
