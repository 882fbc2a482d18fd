"""Conditions: what each operator means, which types fit, and what is refused before it could never hold."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from resolutionkit import Contact, Response, read_condition
from resolutionkit.decisions.classify import classify
from resolutionkit.model.condition_fields import FIELDS, Field, InvalidCondition, field_named
from resolutionkit.model.condition_operators import OPERATORS, Operator
from resolutionkit.model.conditions import AllOf, AnyOf, Comparison, Condition, Not, condition_faults
from resolutionkit.policy.policy import Policy
from support import response
from support.conditions import Table, facts, tables, truth

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def holds(text: object, **about: Any) -> bool:
    """Say whether a condition holds of a response."""
    return read_condition(text).holds(classify(response(**about), Policy()))


def built(known: Table) -> Response:
    """Return the response with these facts."""
    domain = known["email_domain"]
    contact = Contact(company=known["company"], email=None if domain is None else f"jane@{domain}")
    rest = {
        name: value for name, value in known.items() if name not in {"email_domain", "company", "scale", "category"}
    }
    return Response(id="r-1", contact=contact, **rest)


def cleaned(known: Table) -> Table:
    """Return the facts as a response keeps them: blank codes and lines are missing, a domain has no space around it."""
    lines = ("survey", "group", "segment", "ticket", "agent", "company")
    found = {name: value if value and value.strip() else None for name, value in known.items() if name in lines}
    codes = {name: value and value.strip() for name, value in found.items() if name not in {"agent", "company"}}
    domain = known["email_domain"]
    return {**known, **found, **codes, "email_domain": None if domain is None else domain.strip()}


@given(tables(), facts())
def test_conditions_hold_as_the_oracle_says(table: Table, given_facts: Table) -> None:
    """Every operator on every field and type, within each other: as somebody says who knows dictionaries only."""
    known = cleaned(given_facts)
    judged = classify(built(known), Policy())
    assert read_condition(table).holds(judged) is truth(table, known)


@given(tables())
def test_the_text_of_a_condition_gives_it_back(table: Table) -> None:
    """What str() gives is read as an equal condition with the same text; tables and texts are one value."""
    condition = read_condition(table)
    again = read_condition(str(condition))
    assert again == condition
    assert hash(again) == hash(condition)
    assert str(again) == str(condition)
    assert "\n" not in str(condition)


@given(tables())
def test_a_condition_can_be_pickled_and_copied(table: Table) -> None:
    """A worker process is handed an equal one."""
    condition = read_condition(table)
    assert pickle.loads(pickle.dumps(condition)) == condition == copy.deepcopy(condition)


HOLDING = {
    "an attribute": ('country = "BR"', {"attributes": {"country": "BR"}}),
    "a score": ("score <= 3", {"score": 3}),
    "a tag among some": ('tag in ("vip", "press")', {"tags": ["new", "press"]}),
    "a tag": ('tags contains "vip"', {"tags": ["vip"]}),
    "no tag of some": ('tag not in ("vip", "press")', {"tags": ["new"]}),
    "no tags at all": ('tag != "vip"', {}),
    "set": ("plan is set", {"attributes": {"plan": "free"}}),
    "not set": ("plan is not set", {}),
    "blank text is not set": ("plan is not set", {"attributes": {"plan": " "}}),
    "false is set": ("beta is set", {"attributes": {"beta": False}}),
    "a missing one is not the same": ('plan != "free"', {}),
    "another type is not the same": ('plan != "3"', {"attributes": {"plan": 3}}),
    "a float and a decimal": ("price = 0.1", {"attributes": {"price": 0.1}}),
    "a decimal": ("price = 0.1", {"attributes": {"price": Decimal("0.10")}}),
    "a whole decimal": ("price = 100", {"attributes": {"price": Decimal("1E+2")}}),
    "the greatest decimals": ("price > 3", {"attributes": {"price": Decimal("1E+999999")}}),
    "the category": ('category = "detractor"', {"score": 6}),
    "the scale": ('scale = "NPS"', {}),
    "the comment, whatever its case": ('comment contains "REFUND"', {"comment": "No refund yet"}),
    "the domain, whatever its case": ('email_domain = "ABC.example"', {"contact": Contact(email="j@abc.Example")}),
    "who wants to be called": ("wants_contact = true", {"wants_contact": True}),
    "an attribute with a field's name": (
        "attributes.score = 99 and score = 6",
        {"score": 6, "attributes": {"score": 99}},
    ),
    "a date": ("renewal < 2026-12-01", {"attributes": {"renewal": date(2026, 11, 30)}}),
    "an instant in another zone": ("seen = 2026-11-20T13:00:00+01:00", {"attributes": {"seen": NOON}}),
    "and before or": ('score = 1 and plan is set or country = "BR"', {"attributes": {"country": "BR"}}),
    "not before and": ("not score = 1 and score = 6", {"score": 6}),
    "brackets": ("not (score = 1 and score = 6)", {"score": 6}),
    "words in capitals": ("NOT score IN (1, 2) AND plan IS NOT SET", {}),
    "quotes of the other kind": ("country = 'BR'", {"attributes": {"country": "BR"}}),
}


@pytest.mark.parametrize(("text", "about"), HOLDING.values(), ids=HOLDING)
def test_it_holds(text: str, about: dict[str, Any]) -> None:
    """An example of each way to ask."""
    assert holds(text, **about)


FAILING = {
    "case counts": ('country = "br"', {"attributes": {"country": "BR"}}),
    "text is no number": ("plan = 3", {"attributes": {"plan": "3"}}),
    "text is not less than a number": ("plan < 3", {"attributes": {"plan": "1"}}),
    "true is no number": ("plan = 1", {"attributes": {"plan": True}}),
    "a number is not true": ("plan = true", {"attributes": {"plan": 1}}),
    "a date is no instant": ("seen = 2026-11-20", {"attributes": {"seen": datetime(2026, 11, 20, tzinfo=UTC)}}),
    "a missing one is not less": ("plan < 3", {}),
    "a missing one is not greater": ("plan >= 3", {}),
    "part of a tag": ('tags contains "vi"', {"tags": ["vip"]}),
    "a number has no text in it": ('plan contains "1"', {"attributes": {"plan": 1}}),
    "no address, no domain": ('email_domain = "abc.example"', {"contact": Contact(email="abc.example")}),
}


@pytest.mark.parametrize(("text", "about"), FAILING.values(), ids=FAILING)
def test_it_does_not_hold(text: str, about: dict[str, Any]) -> None:
    """An example of each way to miss."""
    assert not holds(text, **about)


@pytest.mark.parametrize("operator", ["!=", "not in", "is not set"])
def test_an_opposite_is_exactly_the_opposite(operator: str) -> None:
    """``a != b`` is ``not a = b``, for what is missing or of another type too."""
    positive = {"!=": "=", "not in": "in", "is not set": "is set"}[operator]
    values = {"!=": ["x"], "not in": ["x", 3], "is not set": []}[operator]
    for attributes in ({}, {"plan": "x"}, {"plan": 3}, {"plan": True}):
        judged = classify(response(attributes=attributes), Policy())
        assert Comparison("plan", operator, values).holds(judged) is Not(Comparison("plan", positive, values)).holds(
            judged
        )


REFUSED: dict[str, tuple[Any, Any, Any]] = {
    "text for a number": ("score", "<=", ["3"]),
    "a number for text": ("survey", "=", [3]),
    "no order of texts": ("country", "<", ["BR"]),
    "no order of fields that are texts": ("survey", "<", ["BR"]),
    "no order of yes and no": ("wants_contact", "<", [True]),
    "no such category": ("category", "=", ["happy"]),
    "no value": ("score", "=", []),
    "two values": ("score", "=", [1, 2]),
    "a value behind is set": ("score", "is set", [1]),
    "none of a list": ("score", "in", []),
    "too many of a list": ("score", "in", range(501)),
    "no such operator": ("score", "==", [1]),
    "not a number": ("score", "=", [float("nan")]),
    "no end": ("score", "=", [float("inf")]),
    "too great": ("score", "=", [10**30]),
    "too small": ("score", "=", [Decimal("1E-31")]),
    "far too great": ("score", "=", [Decimal("1E+999999999")]),
    "naive": ("plan", "=", [datetime(2026, 1, 1)]),
    "nothing": ("plan", "=", [None]),
    "a list of letters": ("plan", "in", "abc"),
    "NUL": ("plan", "=", ["\0"]),
    "too long": ("plan", "=", ["x" * 501]),
    "no name": ("", "=", [1]),
    "white space around a name": (" plan", "=", [1]),
    "a number for a name": (3, "=", [1]),
    "a field but for its case": ("Score", "=", [1]),
    "a word of conditions": ("and", "=", [1]),
}


@pytest.mark.parametrize(("field", "operator", "values"), REFUSED.values(), ids=REFUSED)
def test_what_could_never_hold_is_refused(field: Any, operator: Any, values: Any) -> None:
    """A comparison says when it is built that it makes no sense."""
    with pytest.raises(InvalidCondition) as refusal:
        Comparison(field, operator, values)
    assert "expected" in str(refusal.value)
    again = pickle.loads(pickle.dumps(refusal.value))
    assert (str(again), again.column) == (str(refusal.value), None)


@pytest.mark.parametrize("make", [AllOf, AnyOf])
@pytest.mark.parametrize(
    "inner", [[], [Comparison("score", "=", [1])], "score = 1", ["score = 1", "score = 2"], 3], ids=repr
)
def test_several_are_two_or_more_conditions(make: Any, inner: Any) -> None:
    """One alone is itself; texts have to be read first."""
    with pytest.raises(InvalidCondition):
        make(inner)


def test_what_stands_too_deep_is_refused() -> None:
    """A condition that could not be walked through is never built, and one at the limit can be read back."""
    condition: Condition = Comparison("score", "=", [1])
    for _ in range(31):
        condition = Not(condition)
    assert read_condition(str(condition)) == condition
    with pytest.raises(InvalidCondition, match="at most 32"):
        Not(condition)
    with pytest.raises(InvalidCondition, match="at most 32"):
        AllOf([condition, condition])


def test_true_and_one_are_two_conditions() -> None:
    """Python takes them for the same, and they hold of different responses."""
    assert Comparison("x", "=", [True]) != Comparison("x", "=", [1])
    assert Comparison("x", "=", [1.0]) == Comparison("x", "=", [Decimal("1.00")])


def test_an_attribute_can_have_any_name() -> None:
    """A field's name, a word of conditions, and the way to write attributes itself are names of attributes in full."""
    for name in ("score", "Score", "and", "attributes", "attributes.score", "two words", 'a"b', "tag"):
        field = field_named(f"attributes.{name}")
        assert field == Field(name, is_attribute=True)
        assert str(field).startswith("attributes.")
        assert read_condition(f"{field} is set") == Comparison(field, "is set")
    assert str(field_named("plan-2")) == "plan-2"


TYPES = {"plan": str, "seats": int, "price": Decimal, "ratio": float, "beta": bool, "renewal": date, "seen": datetime}


@pytest.mark.parametrize(
    ("text", "told"),
    {
        'plan = "free" and seats > 3 and price <= 2.5 and ratio = 1 and beta = true and renewal > 2026-01-01': [],
        "seen > 2026-01-01T00:00:00Z and survey is set": [],
        "plan = 3": ["'plan' is a text, which 3 never is"],
        'seats in (1, "2", true)': [
            "'seats' is a number, which \"2\" never is",
            "'seats' is a number, which true never is",
        ],
        "not (score = 3 or plant is set)": ["no response has an attribute 'plant'; known are 'plan', 'seats', 'price'"],
        "seen > 2026-01-01": ["'seen' is a instant, which 2026-01-01 never is"],
    }.items(),
    ids=lambda one: str(one)[:30],
)
def test_faults_say_what_can_never_be(text: str, told: list[str]) -> None:
    """Where the attributes are known, what has another type or is not there is told with its place."""
    faults = list(condition_faults(read_condition(text), TYPES, "alerts[0]"))
    assert [fault.place for fault in faults] == ["alerts[0]"] * len(told)
    assert all(fault.problem.startswith(one) for fault, one in zip(faults, told, strict=True))


def test_where_no_attribute_is_known_that_is_said() -> None:
    """The list of what there is, is never blank."""
    (fault,) = condition_faults(read_condition("plan is set"), {})
    assert fault.problem.endswith("known are none")


def test_every_operator_and_field_has_its_rule() -> None:
    """The tables of the reference are whole."""
    assert set(OPERATORS) == set(Operator)
    assert all(one.words for one in (*OPERATORS.values(), *FIELDS.values()))
