"""Rules as values: what they take, what they refuse, and which of them never act."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import attrs
import pytest

from resolutionkit import (
    Assignment,
    AssignTo,
    Classification,
    InvalidValue,
    Policy,
    PolicyError,
    Rule,
    RulesApply,
    classify,
    read_assignment,
    read_condition,
    rule_faults,
    workflows,
)
from resolutionkit.policy.hiding import follows, hiding
from support import response


def faults_of(**facts: Any) -> list[tuple[str, str]]:
    """Return the place and words of every fault of a policy."""
    with pytest.raises(PolicyError) as caught:
        Policy(**facts)
    return [(one.place, one.problem) for one in caught.value.faults]


@pytest.mark.parametrize(
    ("written", "to", "people", "shown"),
    [
        ("ana", AssignTo.PERSON, ("ana",), "ana"),
        ("lee@partner.example", AssignTo.PERSON, ("lee@partner.example",), "lee@partner.example"),
        ("group_lead", AssignTo.GROUP_LEAD, (), "group_lead"),
        ("reporting_line", AssignTo.REPORTING_LINE, (), "reporting_line"),
        ("leader", AssignTo.LEADER, (), "leader"),
        ({"person": "leader"}, AssignTo.PERSON, ("leader",), "leader"),
        ({"manager_of": "ana"}, AssignTo.MANAGER_OF, ("ana",), "manager_of(ana)"),
        ({"round_robin": ["b", "a", "b"]}, AssignTo.ROUND_ROBIN, ("b", "a"), "round_robin(b, a)"),
        ({"least_loaded": ["a"]}, AssignTo.LEAST_LOADED, ("a",), "least_loaded(a)"),
    ],
)
def test_an_assignment_is_a_text_or_a_table(written: Any, to: AssignTo, people: tuple[str, ...], shown: str) -> None:
    """A role says by itself who it is; a person whose id is a role's name has a table."""
    found = read_assignment(written)
    assert (found.to, found.people, str(found)) == (to, people, shown)
    assert read_assignment(found) is found


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ana",
        5,
        True,
        ["ana"],
        {},
        {"round_robin": []},
        {"round_robin": "ana"},
        {"round_robin": ["ana", 3]},
        {"round_robin": ["ana"], "person": "ben"},
        {"roundrobin": ["ana"]},
        {"leader": "ana"},
        {"person": ["ana"]},
        {"manager_of": None},
        {"least_loaded": [f"p{number}" for number in range(101)]},
        {5: "ana"},
        "x" * 191,
        "a\0b",
    ],
)
def test_what_is_no_assignment_is_refused(written: Any) -> None:
    """Whatever was typed, the error is ours and says what would be right."""
    with pytest.raises(InvalidValue, match="expected"):
        read_assignment(written)


def test_a_role_takes_no_people_and_a_choice_some() -> None:
    """In code as in the file."""
    for to, people in ((AssignTo.LEADER, ("ana",)), (AssignTo.PERSON, ()), (AssignTo.ROUND_ROBIN, ()), ("boss", ())):
        with pytest.raises(InvalidValue):
            Assignment(to, people)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "rule.name"),
        ({"name": " a"}, "rule.name"),
        ({"when": "score <="}, "rule.when, column 9"),
        ({"when": 5}, "rule.when"),
        ({"assign": ["ana"]}, "rule.assign"),
        ({"otherwise": "ana"}, "rule.otherwise"),
        ({"alert": "ana"}, "rule.alert"),
        ({"alert": [""]}, "rule.alert[0]"),
        ({"alert": [f"p{number}" for number in range(101)]}, "rule.alert"),
        ({"tags": [5]}, "rule.tags[0]"),
        ({"escalate": " "}, "rule.escalate"),
        ({"escalate": 5}, "rule.escalate"),
        ({"suppress_alerts": 1}, "rule.suppress_alerts"),
        ({"raise_priority": "yes"}, "rule.raise_priority"),
        ({"suppress_alerts": True, "alert": ["ana"]}, "rule.alert"),
    ],
)
def test_a_rule_refuses_what_it_cannot_mean(facts: dict[str, Any], field: str) -> None:
    """The error names the field, in a condition the column too."""
    with pytest.raises(InvalidValue) as caught:
        Rule(**({"name": "one"} | facts))
    assert caught.value.field == field


def test_a_policy_refuses_rules_that_clash() -> None:
    """Two of one name, an escalation without a status for it, far too many, what is no rule: each with its place."""
    rules = [Rule(name="a"), Rule(name="b", escalate="Risk."), Rule(name="a")]
    assert [place for place, _ in faults_of(rules=rules, workflow=workflows.THREE_STATUS)] == [
        "rules[1].escalate",
        "rules[2].name",
    ]
    assert faults_of(rules=[Rule(name=f"r{number}") for number in range(501)])[0][0] == "rules"
    for wrong in ({"rules": ["a"]}, {"rules": Rule(name="a")}, {"rules_apply": "some"}):
        with pytest.raises(InvalidValue):
            Policy(**wrong)  # type: ignore[arg-type]


def test_all_that_a_rule_says_is_in_the_fingerprint() -> None:
    """Two policies that differ in one fact of one rule, or in the order, are told apart."""
    changes: dict[str, Any] = {
        "name": "other",
        "when": 'score < 4 and country = "BR"',
        "assign": {"least_loaded": ["a", "b"]},
        "otherwise": "leader",
        "alert": ["ana"],
        "tags": ["vip"],
        "raise_priority": True,
        "escalate": "Risk.",
        "suppress_alerts": True,
    }
    assert set(changes) == {one.name for one in attrs.fields(Rule)}
    base = Rule(name="one", when="score < 4", assign={"round_robin": ["a", "b"]})
    rules = [[base], [base, Rule(name="two")], [Rule(name="two"), base]]
    rules += [[attrs.evolve(base, **{name: value})] for name, value in changes.items()]
    found = [Policy(rules=one).fingerprint for one in rules] + [Policy(rules=[base], rules_apply="all").fingerprint]
    assert len(set(found)) == len(found)
    assert Policy(rules=[base]).fingerprint == Policy(rules=[attrs.evolve(base)]).fingerprint


def test_an_unknown_attribute_is_a_fault_where_the_types_are_known() -> None:
    """With the place of the rule; known ones of another type too."""
    rules = [Rule(name="a"), Rule(name="b", when='plan = "gold" and seats = "many"')]
    found = list(rule_faults(rules, {"seats": int}))
    assert [one.place for one in found] == ["rules[1].when", "rules[1].when"]
    assert not list(rule_faults(rules, {"seats": str, "plan": str}))


@pytest.mark.parametrize(
    ("condition", "other", "is_so"),
    [
        ("score <= 3", None, True),
        (None, "score <= 3", False),
        (None, None, True),
        ("score <= 3", "score <= 6", True),
        ("score <= 6", "score <= 3", False),
        ("score < 3", "score <= 3", True),
        ("score <= 3", "score < 3", False),
        ("score > 5", "score >= 5", True),
        ("score >= 5", "score > 4", True),
        ("score = 3", "score <= 6", True),
        ("score in (3, 7)", "score <= 6", False),
        ('plan = "gold"', 'plan in ("gold", "blue")', True),
        ('tag = "vip"', 'tag in ("vip", "press")', True),
        ('tag in ("vip", "press")', 'tag = "vip"', False),
        ('plan = "gold" and score <= 3', "score <= 3", True),
        ("score <= 3", 'plan = "gold" or score <= 6', True),
        ('score <= 3 or plan = "gold"', "score <= 6", False),
        ("score <= 3 or score = 5", "score <= 6", True),
        ('plan = "gold" and score <= 3', 'score <= 4 and plan = "gold"', True),
        ("score <= 3", "not score > 3", False),
        ('email_domain = "A.example"', 'email_domain in ("a.example")', False),
        ('plan = "3"', "plan <= 3", False),
    ],
)
def test_what_follows_from_a_condition(condition: str | None, other: str | None, is_so: bool) -> None:
    """What can be seen is told; what cannot be seen at once is not claimed."""
    first, second = (None if one is None else read_condition(one) for one in (condition, other))
    assert follows(first, second) is is_so


_PARTS = (
    *("score <= 3", "score < 3", "score < 5", "score = 4", "score in (2, 9)", "score >= 4", "score > 4", "score != 4"),
    *('tag = "vip"', 'tag in ("vip", "x")', 'country = "BR"', "country is set"),
)
_JOINED = [f"{one} {word} {two}" for one, two in combinations(_PARTS, 2) for word in ("and", "or")]
_CONDITIONS = [read_condition(one) for one in (*_PARTS, *_JOINED, *(f"not ({one})" for one in _PARTS))]
_RESPONSES: list[Classification] = [
    classify(response(score=score, tags=tags, attributes=attributes), Policy())
    for score in range(11)
    for tags in ((), ("vip",), ("x", "y"))
    for attributes in ({}, {"country": "BR"}, {"country": "PT"})
]


def test_what_is_said_to_follow_does() -> None:
    """No response has the one without the other, whatever the conditions: a rule is never called hidden that acts."""
    where = [(one, {at for at, judged in enumerate(_RESPONSES) if one.holds(judged)}) for one in _CONDITIONS]
    told = [(first, other) for first in where for other in where if follows(first[0], other[0])]
    wrong = [(str(first), str(other)) for (first, holds), (other, also) in told if not holds <= also]
    assert wrong == []
    assert len(told) > 3 * len(where)


def test_a_rule_behind_one_that_always_holds_is_hidden() -> None:
    """Each is told with the first that hides it."""
    rules = [Rule(name="a", when="score <= 3"), Rule(name="b", when="score <= 2"), Rule(name="c"), Rule(name="d")]
    assert list(hiding(rules)) == [(1, 0), (3, 2)]


def test_the_effect_is_told_in_words() -> None:
    """All of it, and nothing where a rule only keeps others from acting."""
    full = Rule(name="a", assign={"round_robin": ["x"]}, otherwise="leader", alert=["y"], tags=["z"], escalate="Risk.")
    assert full.effect == "assigns to round_robin(x); otherwise to leader; alerts y; marks with z; escalates: Risk."
    assert Rule(name="a", raise_priority=True).effect == "raises the priority"
    assert Rule(name="a", suppress_alerts=True).effect == "keeps all but the assignee from being told"
    assert (Rule(name="a").effect, Policy().rules_apply) == ("nothing", RulesApply.FIRST)
