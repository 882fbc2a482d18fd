"""What ``policy check`` warns of in escalations: a call that nobody would hear, a level that nobody is on (F6)."""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.cli.finding import Finding
from resolutionkit.decisions.assigning import present
from resolutionkit.decisions.levels import answer_always
from resolutionkit.model.people import StaticDirectory
from resolutionkit.policy.escalation import AccountableAs
from resolutionkit.policy.policy import Policy


def escalation_findings(policy: Policy, people: StaticDirectory) -> Iterator[Finding]:
    """Yield where an escalation reaches nobody.

    Args:
        policy: The policy.
        people: The directory.
    """
    yield from _level_findings(policy, people)
    leader = people.leader()
    if leader is not None and leader.active and not (leader.email or leader.phone):
        told = f"{leader.id!r} is called in when an issue is escalated, and has neither email nor phone"
        yield Finding("leader", told, "an email address or a phone number for the leader")
    if leader is not None and leader.active:
        return
    for index, rule in enumerate(policy.rules):
        if rule.escalate is not None:
            told = f"{rule.name!r} escalates, and no leader is there to be called in"
            yield Finding(f"rules[{index}].escalate", told, "an active leader in the directory")


def _level_findings(policy: Policy, people: StaticDirectory) -> Iterator[Finding]:
    for index, level in enumerate(policy.levels):
        for place, who in enumerate(level.accountable):
            if who.by is AccountableAs.PERSON and present(who.person or "", people) is None:
                told = f"{who.person!r} answers for {level.name!r}, and is not there"
                yield Finding(f"levels[{index}].accountable[{place}]", told, "somebody who is active, or a role")
        if index and answer_always(level, people) == ():
            told = f"nobody is there to answer for {level.name!r}; whoever is highest in command would"
            yield Finding(f"levels[{index}].accountable", told, "somebody who is active, or a role that is filled")
