"""A policy as data and back: what is kept of every version, and what a file could say."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    CSAT_5,
    Alerts,
    BusinessCalendar,
    InvalidValue,
    Policy,
    PolicyError,
    Rule,
    Scale,
    SurveyRules,
    Target,
    Targets,
    workflows,
)
from resolutionkit.policy.escalation import ClosingCheck, EscalationLevel
from resolutionkit.policy.policy_data import WRITERS
from resolutionkit.testing.ruled import RULED

STARS = Scale(name="Stars", minimum=1, maximum=5, detractor_max=2, promoter_min=5, step=0.5)
MEANS = Scale(name="Means", minimum=0.5, maximum=10, detractor_max=6, promoter_min=9, step=None)
CALENDAR = BusinessCalendar(
    hours={"monday-friday": "09:00-12:30, 13:30-18:00", "sunday": ["10:00-14:00"]},
    zone="Europe/Lisbon",
    holidays={date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): 'New "Year" \\ o'},
    special_hours={date(2026, 12, 24): ["09:00-12:00"]},
    country="PT",
    subdivision="11",
    language="en_US",
)
OTHERS: dict[str, Any] = {
    "workflow": attrs.evolve(workflows.STANDARD, name="ours", reopen_to=["in_progress"]),
    "recovery_threshold": {"NPS": 7, "Stars": 2.5},
    "surveys": {
        "Visit": SurveyRules(scale=STARS, recovery_threshold=1.5),
        "Mean": SurveyRules(scale=MEANS),
        "Plain": SurveyRules(scale=CSAT_5),
        "None": SurveyRules(),
    },
    "scales": (STARS, MEANS),
    "open_on_contact_request": True,
    "replace_within": timedelta(days=1, microseconds=1),
    "announce_within": timedelta(hours=7),
    "note_on_status_change": False,
    "note_on_reassign": False,
    "advised_note_length": 20,
    "escalation_kinds": ("one",),
    "root_causes": ("price", "de livery"),
    "zone": "Europe/Lisbon",
    "language": "de",
    "channels": (),
    "ticket_url": "https://tickets.example/",
    "dimensions": ("country",),
    "attributes": {"country": "str", "since": "date"},
    "calendar": CALENDAR,
    "targets": Targets(
        first_action=None,
        follow_up=Target(within=timedelta(minutes=7, microseconds=3)),
        closed=Target(within=timedelta(days=3), business_time=False),
        paused_in=["in_progress"],
        remind_before=None,
    ),
    "rules": RULED.rules,
    "rules_apply": RULED.rules_apply,
    "levels": (
        EscalationLevel(name="first", within=timedelta(days=2)),
        EscalationLevel(
            name="final",
            within=timedelta(hours=60, microseconds=1),
            accountable=["leader", {"person": "leader"}, {"manager_of": "ana"}, "lee@partner.example"],
            outcomes=["resolved"],
        ),
    ),
    "closing_check": ClosingCheck(after=timedelta(hours=36), statuses=["cant_resolve"]),
    "alerts": Alerts(time=time(8, 30), days_off=["saturday-sunday"], text_channels=["sms"], report=False),
    "require_group": True,
    "require_segment": True,
}
"""For each field of a policy something else than the usual."""


def again(policy: Policy) -> Policy:
    """Return a policy that went through JSON as text."""
    return Policy.from_data(json.loads(json.dumps(policy.to_data())))


def test_every_field_is_written() -> None:
    """A field of a policy that nobody wrote down here, or there, is a failure: its versions would lose it."""
    fields = {one.name for one in attrs.fields(Policy)}
    assert set(WRITERS) == fields == set(OTHERS)
    assert all(getattr(Policy(), name) != value for name, value in OTHERS.items())


@pytest.mark.parametrize("name", OTHERS)
def test_each_field_comes_back_and_counts(name: str) -> None:
    """Alone, whatever else is as usual; and a policy that differs in it has another fingerprint."""
    beside = {"recovery_threshold": ("scales",)}.get(name, ())
    policy = Policy(**{one: OTHERS[one] for one in (name, *beside)})
    found = again(policy)
    assert found == policy
    assert found.fingerprint == policy.fingerprint != Policy(**{one: OTHERS[one] for one in beside}).fingerprint


def test_all_fields_come_back_together() -> None:
    """Equal to the last part, with the same fingerprint; the data is plain, and every default stands in it."""
    policy = Policy(**OTHERS)
    assert again(policy) == policy
    assert again(Policy()) == Policy()
    assert again(RULED).rules == RULED.rules
    assert set(Policy().to_data()) == {key for key, _ in WRITERS.values()} - {
        "replace_within_days", "channels", "calendar", "attributes", "closing_check", "ticket_url",
    }  # fmt: skip


@pytest.mark.parametrize("workflow", workflows.BY_NAME.values(), ids=workflows.BY_NAME)
def test_a_workflow_that_ships_is_kept_whole(workflow: Any) -> None:
    """Its table, not its name alone, which may mean another one in a later version."""
    policy = Policy(workflow=workflow)
    assert len(policy.to_data()["workflow"]["statuses"]) == len(workflow.statuses)
    assert again(policy) == policy


@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=36525)))
def test_every_span_comes_back_to_the_microsecond(span: timedelta) -> None:
    """As a number of days, whole or not; of a target also in hours."""
    assert again(Policy(announce_within=span, replace_within=span)).announce_within == span
    within = min(span, timedelta(days=3653))
    targets = Targets(first_action=Target(within=within), closed=None, remind_before=within)
    assert again(Policy(targets=targets)).targets == targets


@given(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=20),
    st.sampled_from(["person", "manager_of"]),
)
def test_awkward_names_come_back(name: str, single: str) -> None:
    """Whatever a rule may be called and name, roles included."""
    try:
        rules = [Rule(name=name, when={"field": "tag", "operator": "=", "value": name}, assign={single: name})]
    except InvalidValue:
        return
    assert again(Policy(rules=rules)).rules == tuple(rules)


def test_data_that_is_no_policy_is_told_with_its_places() -> None:
    """As a file's faults are; what is no mapping is refused."""
    with pytest.raises(PolicyError) as caught:
        Policy.from_data({"zone": "Mars/Base", "colour": 1, "rules": [{"name": "a", "when": "score <"}]})
    assert [one.place for one in caught.value.faults] == ["rules[0].when, column 8", "colour", "zone"]
    with pytest.raises(InvalidValue):
        Policy.from_data("zone = 1")  # type: ignore[arg-type]


def test_a_policy_can_be_too_long_to_keep() -> None:
    """With as many people as rules may name, it is refused with its length."""
    people = [f"person-{number:040}" for number in range(100)]
    rules = [Rule(name=f"r-{number}", alert=people) for number in range(50)]
    with pytest.raises(PolicyError) as caught:
        Policy(rules=rules)
    assert caught.value.faults[0].place == "file"
    assert "at most 200,000" in caught.value.faults[0].problem


def test_spans_have_a_limit() -> None:
    """A hundred years; always is said otherwise."""
    for name in ("announce_within", "replace_within"):
        with pytest.raises(PolicyError) as caught:
            Policy(**{name: timedelta.max})
        assert caught.value.faults[0].place == name


def test_declared_attributes_make_others_a_fault() -> None:
    """A rule on an unknown attribute, a comparison that never holds, an unknown type, an unknown dimension."""
    rules = [Rule(name="a", when='plan = "gold"'), Rule(name="b", when='contry = "BR" or country = 3 and score < 3')]
    Policy(rules=rules)
    with pytest.raises(PolicyError) as caught:
        Policy(rules=rules, attributes={"country": "str", "plan": "txt"}, dimensions=["country", "size"])
    assert [one.place for one in caught.value.faults] == [
        "attributes.plan", "dimensions[1]", "rules[0].when", "rules[1].when", "rules[1].when",
    ]  # fmt: skip
