"""``policy explain``, ``try``, ``versions`` and ``schema``: why, what if, under which, and what editors are told."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.test_policy_data import OTHERS
from resolutionkit import Policy, policy_schema
from resolutionkit.cli.toml_text import toml_text
from resolutionkit.testing.ruled import RULED

RULES = """[[rules]]
name = "lowest"
when = "score = 0"
assign = "helena"
[[rules]]
name = "public"
when = 'segment = "PUBLIC"'
assign = "nobody.here"
otherwise = "bridget"
[[rules]]
name = "never"
when = "score > 8"
"""


def flat(text: str) -> str:
    """Return a text with every run of blanks as one."""
    return " ".join(text.split())


def test_it_is_said_why_an_issue_goes_to_somebody(company: Any, write: Callable[[str, str], str]) -> None:
    """Each rule with whether it acts and why; then who it is, why, and how the issue did open."""
    policy = write("p.toml", RULES)
    response = company.data("list", "--segment", "PUBLIC", "--limit", "1")["items"][0]["response"]["id"]
    told = flat(company.ok("policy", "explain", response, "--policy", policy))
    for part in (
        f"Response {response}",
        "lowest no does not hold: score = 0",
        'public yes holds: segment = "PUBLIC"; assigns to nobody.here, but nobody of these is there',
        "otherwise to bridget",
        "The issue goes to Bridget Calloway (bridget): a rule says so.",
        "under another policy (",
    ):
        assert part in told, told
    found = company.data("policy", "explain", response, "--policy", policy)
    assert (found["assignee"], found["routed_by"], found["rules"][1]["is_fallback"]) == ("bridget", "rule", True)
    told = flat(company.ok("policy", "explain", response))
    assert "There are no rules." in told
    assert "under the present policy, by no rule" in told
    assert "'nothing'" in company.error(4, "policy", "explain", "nothing")


def test_another_policy_is_tried_without_effect(company: Any, write: Callable[[str, str], str]) -> None:
    """How often each rule acts, who would get how many, and whose issues would go elsewhere; nothing is changed."""
    policy = write("p.toml", RULES)
    before = company.data("list", "--limit", "100")
    found = company.data("policy", "try", policy)
    assert found["by_rule"]["never"] == 0
    assert found["by_rule"]["public"] > 0
    assert found["opened"] == sum(found["by_assignee"].values())
    told = flat(company.ok("policy", "try", policy))
    assert f"{found['opened']} of {len(found['trials'])} responses open an issue. Nothing was changed." in told
    assert f"public {found['by_rule']['public']}" in told
    assert f"Bridget Calloway (bridget) {found['by_assignee']['bridget']}" in told
    assert "Would go elsewhere" in told
    assert company.data("list", "--limit", "100") == before


def test_a_trial_can_be_bounded(company: Any, write: Callable[[str, str], str]) -> None:
    """By when responses were received, by survey, and by number; an instant without a zone is in the account's."""
    policy = write("p.toml", RULES)
    every = company.data("policy", "try", policy)["trials"]
    assert len(company.data("policy", "try", policy, "--limit", "3")["trials"]) == 3
    responses = company.data("list", "--limit", "100")["items"]
    at = sorted(one["response"]["received_at"] for one in responses)[len(responses) // 2]
    since = company.data("policy", "try", policy, "--since", at)["trials"]
    until = company.data("policy", "try", policy, "--until", at)["trials"]
    assert 0 < len(since) < len(every)
    assert len(since) + len(until) == len(every)
    assert company.data("policy", "try", policy, "--survey", "none")["trials"] == []
    assert "Nobody would get an issue." in company.ok("policy", "try", policy, "--survey", "none")
    company.error(3, "policy", "try", write("bad.toml", "zone = 3"))
    company.error(2, "policy", "try", policy, "--limit", "0")


def test_the_versions_of_the_policy_are_listed_and_shown(company: Any, write: Callable[[str, str], str]) -> None:
    """In the order of their first use; one of them as a file that loads as it was; the timeline names it."""
    policy = write("p.toml", RULES)
    issue = company.data("list", "--limit", "1")["items"][0]["id"]
    company.ok("note", issue, "Rang them.", "--policy", policy)
    first, second = company.data("policy", "versions", "--policy", policy)
    assert [first["is_present"], second["is_present"]] == [False, True]
    assert first["first_used_at"] < second["first_used_at"]
    told = company.ok("policy", "versions", "--policy", policy)
    assert flat(told).index(first["fingerprint"]) < flat(told).index(second["fingerprint"])
    text = company.ok("policy", "versions", second["fingerprint"][:7])
    assert Policy.load(write("again.toml", text)) == Policy.load(policy)
    assert company.data("policy", "versions", second["fingerprint"])["fingerprint"] == second["fingerprint"]
    assert "no version begins with 'zzz'" in company.error(2, "policy", "versions", "zzz")
    assert "several versions begin with ''" in company.error(2, "policy", "versions", "")
    shown = company.ok("show", issue)
    assert shown.count("[policy ") == 2
    assert f"[policy {first['fingerprint']}]" in shown
    assert f"[policy {second['fingerprint']}]" in shown


def test_nothing_happened_under_no_policy(shell: Any) -> None:
    """A database without a change has no version."""
    shell.ok("db", "upgrade")
    assert shell.ok("policy", "versions") == "Nothing happened yet.\n"


def test_the_schema_is_printed(shell: Any) -> None:
    """As it ships; no database is needed."""
    shell.env.clear()
    assert json.loads(shell.ok("policy", "schema")) == policy_schema()


def test_attributes_are_held_against_the_latest_responses(company: Any, write: Callable[[str, str], str]) -> None:
    """Where that is asked for: what no response has is a warning at its rule."""
    policy = write("p.toml", '[[rules]]\nname = "a"\nwhen = \'colour = "red"\'')
    assert company.data("policy", "check", policy)["warnings"] == []
    (found,) = company.data("policy", "check", policy, "--responses")["warnings"]
    assert found["place"] == "rules[0].when"
    assert "no response has an attribute 'colour'" in found["problem"]


def test_every_finding_says_what_would_be_right(shell: Any, write: Callable[[str, str], str]) -> None:
    """With its severity, its file and its place; a fault says it in its problem. On a terminal in columns."""
    people = write("d.toml", '[[groups]]\ncode = "emea"\n')
    policy = write("p.toml", 'zone = "Mars/Base"')
    done = shell.run("policy", "check", policy, "--directory", people, "--json")
    assert done.exit_code == 3
    found = json.loads(done.stdout)
    assert {one["severity"] for one in found["faults"]} == {"fault"}
    assert {one["severity"] for one in found["warnings"]} == {"warning"}
    assert all(one["right"] for one in found["warnings"])
    assert "a person's id" in flat(shell.run("policy", "check", "--directory", people).stdout)


@pytest.mark.parametrize("policy", [Policy(), Policy(**OTHERS), RULED], ids=["usual", "other", "ruled"])
def test_data_as_toml_reads_back(policy: Policy) -> None:
    """Every kind of policy, through TOML's own reader."""
    assert Policy.from_data(tomllib.loads(toml_text(policy.to_data()))) == policy


_NAMES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
_TABLES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False), _NAMES),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _TABLES, max_size=4))
def test_any_data_as_toml_reads_back(data: dict[str, Any]) -> None:
    """Whatever is in it and however it is called."""
    assert tomllib.loads(toml_text(data)) == data
