"""What ``policy check`` warns of in escalations: a call that nobody would hear (requirement F6)."""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.cli.finding import Finding
from resolutionkit.model.people import StaticDirectory
from resolutionkit.policy.policy import Policy


def escalation_findings(policy: Policy, people: StaticDirectory) -> Iterator[Finding]:
    """Yield where an escalation reaches nobody.

    Args:
        policy: The policy.
        people: The directory.
    """
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
