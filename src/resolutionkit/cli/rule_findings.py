"""What ``policy check`` warns of in rules (requirement F6). What makes a policy unusable is refused by the policy."""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.decisions.assigning import candidates
from resolutionkit.errors import Fault
from resolutionkit.model.people import StaticDirectory, is_address
from resolutionkit.policy.assignment import SEVERAL
from resolutionkit.policy.hiding import hiding
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import Rule, RulesApply


def rule_findings(policy: Policy, people: StaticDirectory | None) -> Iterator[Fault]:
    """Yield which rules never act, do nothing, or name somebody who is not there.

    Args:
        policy: The policy.
        people: The directory, or None where none is checked.
    """
    if policy.rules_apply is RulesApply.FIRST:
        for index, hider in hiding(policy.rules):
            told = f"{policy.rules[hider].name!r} stands before it and holds wherever it does, so that it never acts"
            yield Fault(f"rules[{index}]", told)
    for index, rule in enumerate(policy.rules):
        if policy.rules_apply is RulesApply.ALL and _does_nothing(rule):
            yield Fault(f"rules[{index}]", f"{rule.name!r} does nothing; only where the first acts does that matter")
        if people is not None:
            yield from _missing(f"rules[{index}]", rule, people)


def _does_nothing(rule: Rule) -> bool:
    return rule.effect == "nothing"


def _missing(place: str, rule: Rule, people: StaticDirectory) -> Iterator[Fault]:
    named = [("assign", rule.assign), ("otherwise", rule.otherwise)]
    for key, assignment in named:
        if assignment is None:
            continue
        there = candidates(assignment.people, people)
        for who in assignment.people:
            yield from _not_there(f"{place}.{key}", who, people)
        if assignment.to in SEVERAL and not there:
            yield Fault(f"{place}.{key}", f"{assignment} is empty: nobody of these is there")
    for who in rule.alert:
        yield from _not_there(f"{place}.alert", who, people)


def _not_there(place: str, who: str, people: StaticDirectory) -> Iterator[Fault]:
    if candidates((who,), people):
        return
    person = people.person(who)
    if person is None and not is_address(who):
        yield Fault(place, f"{who!r} is nobody in the directory")
    else:
        yield Fault(place, f"{who!r} is inactive")
