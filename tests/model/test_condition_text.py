"""Conditions as text and tables: every mistake is told with its place, and nothing else is raised."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resolutionkit import read_condition
from resolutionkit.model.condition_fields import InvalidCondition
from resolutionkit.model.conditions import AllOf, AnyOf, Comparison, Condition, Not

MISTAKES = {
    "": (1, "the name of a field or an attribute"),
    "   ": (1, "the name of a field or an attribute"),
    "score": (6, "an operator: ="),
    "score <= ": (9, "a text in quotes, a number"),
    'score <= "x"': (10, "behind score <=: number"),
    "score == 3": (8, "a text in quotes"),
    "score <> 3": (8, "a text in quotes"),
    "score => 3": (8, "a text in quotes"),
    "(a = 1": (7, "')'"),
    "a = 1)": (6, "'and', 'or', or the end"),
    "a = 1 b = 2": (7, "'and', 'or', or the end"),
    "a = 1 and": (10, "the name of a field"),
    "a = 1 && b = 2": (7, "a name, a value, an operator or a bracket"),
    "survey < 3": (10, "another operator than <, since survey is a text"),
    "wants_contact": (14, "an operator"),
    "tags in ()": (10, "a text in quotes"),
    'tags in "vip"': (9, "'('"),
    'tags in ("vip" "press")': (16, "',' or ')'"),
    'category = "detractors"': (12, 'one of "detractor", "passive", "promoter"'),
    "x = 2026-13-01": (5, "a date or an instant with its offset"),
    "x = 2026-01-01T10:00": (5, "a datetime with a time zone"),
    "x = 2026-01-01T": (5, "a date or an instant"),
    "x = 0001-01-01T00:00:00+14:00": (5, "an instant between the years 1 and 9999"),
    "score = 1e400": (9, "a finite number"),
    "score = 1e99999999999999999999": (9, "a text in quotes, a number"),
    'a = "\\ud800"': (5, "text without lone surrogates"),
    'a = "\\x"': (5, "a text in quotes"),
    'a = "\\u0000"': (5, "text without NUL"),
    'a = "unfinished': (5, "a text that ends with the same quote"),
    "a = 'two\nlines'": (5, "a text that ends with the same quote"),
    "a = “BR”": (5, "a name, a value"),
    '"a" = 3': (1, "the name of a field"),
    "Score = 3": (1, "score, or attributes.Score for the attribute"),
    "set = 3": (1, "the name of a field"),
    "attributes = 3": (1, "the name of a field"),
    "attributes. = 3": (13, "the name of an attribute"),
    'attributes." x" = 3': (12, "1 to 190 characters without white space"),
    "a is 3": (3, "an operator"),
    "a not 3": (3, "an operator"),
    "not " * 50 + "a = 1": (129, "at most 32"),
    "(" * 50 + "a = 1" + ")" * 50: (33, "at most 32"),
    "a = 1 " + "or a = 1 " * 2000: (None, "at most 10,000 characters, not 18,006"),
    f"{'x' * 191} = 1": (1, "at most 190 characters, not 191"),
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.items(), ids=[repr(text)[:40] for text in MISTAKES])
def test_a_mistake_is_told_with_its_place(text: str, told: tuple[int | None, str]) -> None:
    """The error says in which column what was expected."""
    with pytest.raises(InvalidCondition) as refusal:
        read_condition(text, "rules[2].when")
    column, expected = told
    assert refusal.value.column == column
    assert expected in refusal.value.expected
    assert refusal.value.field == ("rules[2].when" if column is None else f"rules[2].when, column {column}")
    again = pickle.loads(pickle.dumps(refusal.value))
    assert (str(again), again.column) == (str(refusal.value), column)


@given(st.text(max_size=40) | st.lists(st.sampled_from(
    ["score", "tag", "plan", "=", "<=", "in", "not", "is", "set", "(", ")", ",", '"x"', "'", "3", "and", "or", "true",
     "2026-01-01", "attributes", ".", " ", "contains", "-", "\\"]
), max_size=14).map(" ".join))  # fmt: skip
@example("attributes.")
def test_any_text_is_read_or_refused(text: str) -> None:
    """Hostile text raises nothing but the one error, and what is read can be read again."""
    try:
        condition = read_condition(text)
    except InvalidCondition as problem:
        refusal = problem
    else:
        assert read_condition(str(condition)) == condition
        return
    assert 1 <= (refusal.column or 1) <= len(text) + 1
    assert len(str(refusal)) < 1000


ONE, TWO = Comparison("score", "=", [1]), Comparison("score", "=", [2])
TABLES: dict[str, tuple[Any, Condition]] = {
    "a comparison": ({"field": "score", "operator": "=", "value": 1}, ONE),
    "nothing behind it": ({"field": "plan", "operator": "is set"}, Comparison("plan", "is set")),
    "a list": ({"field": "tag", "operator": "in", "value": ["a", "b"]}, Comparison("tags", "in", ["a", "b"])),
    "all": ({"all": ["score = 1", {"field": "score", "operator": "=", "value": 2}]}, AllOf([ONE, TWO])),
    "any": ({"any": ["score = 1", "score = 2"]}, AnyOf([ONE, TWO])),
    "not": ({"not": "score = 1"}, Not(ONE)),
    "all of one": ({"all": ["score = 1"]}, ONE),
    "an attribute in full": (
        {"field": "attributes.score", "operator": "is set"}, Comparison("attributes.score", "is set")
    ),
    "a condition": (ONE, ONE),
}  # fmt: skip


@pytest.mark.parametrize(("table", "meant"), TABLES.values(), ids=TABLES)
def test_a_table_says_the_same_as_a_text(table: Any, meant: Condition) -> None:
    """TOML and JSON may write conditions out, and texts may stand within them."""
    assert read_condition(table) == meant == read_condition(str(meant))


BROKEN: dict[str, tuple[Any, str]] = {
    "a number": (3, "when"),
    "nothing": (None, "when"),
    "an empty table": ({}, "when"),
    "an empty list": ({"all": []}, "when.all"),
    "no list": ({"any": "score = 1"}, "when.any"),
    "a text within": ({"all": ["score = 1", {"any": ["score ="]}]}, "when.all[1].any[0], column 8"),
    "another key": ({"field": "score", "operator": "=", "values": 1}, "when"),
    "two at once": ({"all": ["score = 1"], "any": ["score = 1"]}, "when"),
    "no operator": ({"field": "score", "value": 1}, "when"),
    "no such operator": ({"field": "score", "operator": "==", "value": 1}, "when.operator"),
    "an operator that is none": ({"field": "score", "operator": ["="], "value": 1}, "when.operator"),
    "no value": ({"field": "score", "operator": "="}, "when.value"),
    "a value too many": ({"field": "score", "operator": "is set", "value": 1}, "when.value"),
    "one for a list": ({"field": "tags", "operator": "in", "value": "vip"}, "when.value"),
    "a list for one": ({"not": {"field": "tags", "operator": "=", "value": ["vip"]}}, "when.not.value"),
    "a field of another type": ({"field": 3, "operator": "is set"}, "when.field"),
    "a value of another type": ({"field": "score", "operator": "=", "value": "1"}, "when.value"),
    "too many of a list": ({"field": "score", "operator": "in", "value": list(range(501))}, "when.value"),
}


@pytest.mark.parametrize(("table", "place"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_is_told_with_its_place(table: Any, place: str) -> None:
    """The path to the value at fault."""
    with pytest.raises(InvalidCondition) as refusal:
        read_condition(table, "when")
    assert refusal.value.field == place


def test_tables_without_end_are_refused() -> None:
    """Depth has a bound, whatever leads there."""
    table: dict[str, Any] = {"field": "score", "operator": "is set"}
    for _ in range(2000):
        table = {"not": table}
    with pytest.raises(InvalidCondition, match="at most 32"):
        read_condition(table)
