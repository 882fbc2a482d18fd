"""What the policy and the directory know, for words that they do not: warnings on filters, hints in errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resolutionkit.cli.exits import say
from resolutionkit.datafile import meant, nearest
from resolutionkit.errors import shown
from resolutionkit.model.people import StaticDirectory, is_address
from resolutionkit.policy.policy import Policy


def warn_of_unknown(conditions: Mapping[str, Any], policy: Policy, directory: StaticDirectory) -> None:
    """Say on the standard error stream which filters ask for what neither knows; old issues may have it all the same.

    Args:
        conditions: The filters by their names in the library, as they were given.
        policy: What the account wants.
        directory: Who works there; a group is unknown only where it lists its groups.
    """
    for problem in _unknown(conditions, policy, directory):
        say(f"warning: {problem}")


def _unknown(conditions: Mapping[str, Any], policy: Policy, directory: StaticDirectory) -> Iterator[str]:
    statuses = {rule.key: rule.key for rule in policy.workflow.statuses}
    labels = {rule.label: rule.key for rule in policy.workflow.statuses}
    for status in conditions.get("statuses") or ():
        if status not in statuses:
            near = meant(status, labels)
            hint = nearest(status, statuses) if near is None else f"; did you mean {shown(labels[near])}?"
            yield f"no status {shown(status)} in this policy{hint}"
    codes = None if directory.groups is None else [group.code for group in directory.groups]
    for code in conditions.get("groups") or ():
        if codes is not None and code not in codes:
            yield f"no group {shown(code)} in this directory{nearest(code, codes)}"
    for role in ("assignee", "follower"):
        who = conditions.get(role)
        if who is not None and not (directory.person(who) or is_address(who)):
            yield f"nobody with the id {shown(who)} in this directory{hint_at(who, directory)}"


def hint_at(who: str, directory: StaticDirectory) -> str:
    """Return the end of a sentence about somebody unknown: whose id was meant, or nothing."""
    ids = {name: person.id for person in directory for name in (person.id, person.name) if name}
    near = meant(who, ids)
    return "" if near is None else f"; did you mean {shown(ids[near])}?"
