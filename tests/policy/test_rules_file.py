"""The rules of a policy file: every key, and every fault with its place, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import Assignment, AssignTo, Policy, PolicyError, Rule, RulesApply, read_condition
from resolutionkit.policy.policy_file import policy_arguments

FULL = """
rules_apply = "all"

[[rules]]
name = "Brazil"
when = 'country = "BR" and score <= 3'
assign = "ana"
otherwise = "group_lead"
alert = ["lee@partner.example", "omar"]
tags = ["brazil", "urgent"]
escalate = "A large market at risk."

[[rules]]
name = "shared out"
when = { any = ["plan is set", { field = "score", operator = "=", value = 0 }] }
assign = { round_robin = ["ana", "ben"] }
otherwise = { manager_of = "ana" }

[[rules]]
name = "quiet"
raise_priority = true
suppress_alerts = true
"""

FAULTS = [
    ('rules_apply = "some"', ["rules_apply"]),
    ("rules_apply = 3", ["rules_apply"]),
    ("rules = 3", ["rules"]),
    ('rules = ["a"]', ["rules[0]"]),
    ("[[rules]]", ["rules[0].name"]),
    ('[[rules]]\nname = "a"\nwhen = "score <= "', ["rules[0].when, column 9"]),
    ('[[rules]]\nname = "a"\nwhen = "Score <= 3"', ["rules[0].when, column 1"]),
    ('[[rules]]\nname = "a"\nwhen = { all = ["score <= 3", { field = "plan" }] }', ["rules[0].when.all[1]"]),
    ('[[rules]]\nname = "a"\nwhen = 3', ["rules[0].when"]),
    ('[[rules]]\nname = "a"\nasign = "ana"', ["rules[0].asign"]),
    ('[[rules]]\nname = "a"\nassign = { round_robin = [] }', ["rules[0].assign"]),
    ('[[rules]]\nname = "a"\nassign = { round_robin = ["ana", 3] }', ["rules[0].assign.round_robin[1]"]),
    ('[[rules]]\nname = "a"\nassign = { manager_of = 3 }', ["rules[0].assign.manager_of"]),
    ('[[rules]]\nname = "a"\notherwise = "ana"', ["rules[0].otherwise"]),
    ('[[rules]]\nname = "a"\nalert = "ana"', ["rules[0].alert"]),
    ('[[rules]]\nname = "a"\nalert = [""]', ["rules[0].alert[0]"]),
    ('[[rules]]\nname = "a"\nalert = ["ana"]\nsuppress_alerts = true', ["rules[0].alert"]),
    ('[[rules]]\nname = "a"\nescalate = true', ["rules[0].escalate"]),
    ('[[rules]]\nname = "a"\n[[rules]]\nname = "a"', ["rules[1].name"]),
    (
        '[[rules]]\nname = 3\nwhen = "x"\nassign = []\ntags = 3\nsuppress_alerts = "yes"\nwhere = 1',
        ["rules[0].name", "rules[0].when, column 2", "rules[0].assign", "rules[0].tags", "rules[0].suppress_alerts",
         "rules[0].where"],
    ),
    ('workflow = "three-status"\n[[rules]]\nname = "a"\nescalate = "Risk."', ["rules[0].escalate"]),
]  # fmt: skip


def written(tmp_path: Path, text: str) -> Path:
    """Return a file with a text."""
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    """What the file says is what can be built in code."""
    policy = Policy.load(written(tmp_path, FULL))
    first, second, third = policy.rules
    assert policy.rules_apply is RulesApply.ALL
    assert first == Rule(
        name="Brazil",
        when=read_condition('country = "BR" and score <= 3'),
        assign="ana",
        otherwise="group_lead",
        alert=["lee@partner.example", "omar"],
        tags=["brazil", "urgent"],
        escalate="A large market at risk.",
    )
    assert second.assignments == (
        Assignment(AssignTo.ROUND_ROBIN, ("ana", "ben")),
        Assignment(AssignTo.MANAGER_OF, ("ana",)),
    )
    assert second.when == read_condition("plan is set or score = 0")
    assert third == Rule(name="quiet", raise_priority=True, suppress_alerts=True)
    assert policy == Policy(rules=policy.rules, rules_apply="all")


@pytest.mark.parametrize(("text", "places"), FAULTS)
def test_every_fault_is_told_with_its_place(text: str, places: list[str], tmp_path: Path) -> None:
    """All of a file's faults at once; of a condition, the column as well."""
    with pytest.raises(PolicyError) as caught:
        Policy.load(written(tmp_path, text))
    assert [fault.place for fault in caught.value.faults] == places


def test_a_fault_elsewhere_does_not_hide_those_of_rules(tmp_path: Path) -> None:
    """Nor the other way round."""
    with pytest.raises(PolicyError) as caught:
        Policy.load(
            written(tmp_path, 'zone = "Mars"\n[[rules]]\nname = "a"\nassign = {}\n[[rules]]\nname = "b"\nx = 1')
        )
    assert {fault.place for fault in caught.value.faults} == {"zone", "rules[0].assign", "rules[1].x"}


_TOML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates() | st.just("score <= 3"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_KEYS = (
    "name",
    "when",
    "assign",
    "otherwise",
    "alert",
    "tags",
    "escalate",
    "raise_priority",
    "suppress_alerts",
    "round_robin",
    "x",
)


@given(_TOML | st.lists(st.dictionaries(st.sampled_from(_KEYS), _TOML, max_size=5), max_size=3), _TOML)
def test_whatever_a_file_says_is_read_or_refused_with_places(rules: object, apply: object) -> None:
    """No other error comes out of it, and what is read can be built."""
    given, faults = policy_arguments({"rules": rules, "rules_apply": apply})
    assert all(fault.place.startswith("rules") for fault in faults)
    assert all(isinstance(one, Rule) for one in given["rules"])
    assert faults or len({one.name for one in given["rules"]}) < len(given["rules"]) or Policy(**given)
