"""What ``policy check`` warns of in rules (requirement F6). What makes a policy unusable is refused by the policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from resolutionkit.cli.finding import Finding
from resolutionkit.datafile import meant, nearest
from resolutionkit.decisions.assigning import candidates
from resolutionkit.model.condition_fields import FIELDS
from resolutionkit.model.people import StaticDirectory, is_address
from resolutionkit.policy.assignment import SEVERAL
from resolutionkit.policy.hiding import hiding
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import Rule, RulesApply, rule_faults


def rule_findings(policy: Policy, people: StaticDirectory | None) -> Iterator[Finding]:
    """Yield which rules never act, do nothing, or name somebody who is not there.

    Args:
        policy: The policy.
        people: The directory, or None where none is checked.
    """
    if policy.rules_apply is RulesApply.FIRST:
        for index, hider in hiding(policy.rules):
            told = f"{policy.rules[hider].name!r} stands before it and holds wherever it does, so that it never acts"
            right = "the narrower rule first, or rules_apply = 'all'"
            yield Finding(f"rules[{index}]", told, right)
    for index, rule in enumerate(policy.rules):
        if policy.rules_apply is RulesApply.ALL and _does_nothing(rule):
            told = f"{rule.name!r} does nothing; only where the first acts does that matter"
            yield Finding(f"rules[{index}]", told, "no such rule, or something that it does")
        if people is not None:
            yield from _missing(f"rules[{index}]", rule, people)


def _does_nothing(rule: Rule) -> bool:
    return rule.effect == "nothing"


def _missing(place: str, rule: Rule, people: StaticDirectory) -> Iterator[Finding]:
    named = [("assign", rule.assign), ("otherwise", rule.otherwise)]
    for key, assignment in named:
        if assignment is None:
            continue
        there = candidates(assignment.people, people)
        for who in assignment.people:
            yield from _not_there(f"{place}.{key}", who, people)
        if assignment.to in SEVERAL and not there:
            told = f"{assignment} is empty: nobody of these is there"
            yield Finding(f"{place}.{key}", told, "somebody who is active, or otherwise beside it")
    for who in rule.alert:
        yield from _not_there(f"{place}.alert", who, people)


def _not_there(place: str, who: str, people: StaticDirectory) -> Iterator[Finding]:
    if candidates((who,), people):
        return
    person = people.person(who)
    if person is None and not is_address(who):
        right = f"a person's id or an email address{nearest(who, (one.id for one in people))}"
        yield Finding(place, f"{who!r} is nobody in the directory", right)
    else:
        yield Finding(place, f"{who!r} is inactive", "somebody who is active")


def attribute_findings(policy: Policy, seen: Mapping[str, type] | None) -> Iterator[Finding]:
    """Yield what rules ask of attributes that no response may have, where the policy does not declare any.

    Args:
        policy: The policy.
        seen: The type of each attribute that responses have had, by its name; None where that is not known.
    """
    if policy.attributes is not None:
        return  # then it is a fault, and told when the policy is built
    if seen is not None:
        for fault in rule_faults(policy.rules, seen):
            yield Finding(fault.place, f"{fault.problem} of the latest responses", "an attribute that responses have")
        return
    for index, rule in enumerate(policy.rules):
        for one in () if rule.when is None else rule.when.comparisons():
            near = meant(one.field.name, FIELDS) if one.field.is_attribute else None
            if near is not None:
                told = f"{one.field.name!r} is taken for an attribute of responses, though {near!r} is a field"
                right = f"{near!r}; or [attributes] in the policy, which says which there are"
                yield Finding(f"rules[{index}].when", told, right)
