"""Who is to be told of what, told from requirements B7, B8, C1 and C7 alone: an oracle of the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from resolutionkit import Event, Issue, StaticDirectory


def told(issue: Issue, events: Sequence[Event], directory: StaticDirectory) -> dict[str, set[tuple[str, str]]]:
    """Return (topic, why) by recipient, for one change that was announced.

    Args:
        issue: The issue after the change.
        events: What the change made happen.
        directory: Who is there.
    """
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def tell(whom: Iterable[str | None], topic: str, why: str) -> None:
        for who in whom:
            person = directory.person(who) if who is not None else None
            is_there = person.active if person is not None else who is not None and "@" in who
            if who is not None and is_there and who != events[0].actor:
                found[who].add((topic, why))

    for event in events:
        for whom, topic, why in concerned(issue, event, directory):
            tell(whom, topic, why)
    return dict(found)


def concerned(issue: Issue, event: Any, directory: StaticDirectory) -> list[tuple[Iterable[str | None], str, str]]:
    """Return whom one event concerns, active or not, the actor included."""
    group = directory.group(issue.response.group) if issue.response.group else None
    lead = [group.lead if group else None]
    match event.kind:
        case "issue_opened":
            above = [(issue.people, "opened", "hierarchy"), (lead, "opened", "group_lead")]
            return [([issue.assignee], "opened", "assignee"), *([] if issue.flagged_by_hand else above)]
        case "status_changed":
            return [(issue.followers, "status_changed", "follower")]
        case "reopened":
            by_itself = [issue.assignee] if event.actor == "system" else []
            return [(by_itself, "reopened", "assignee"), (issue.followers, "reopened", "follower")]
        case "reassigned":
            return [([issue.assignee], "assigned", "assignee"), (issue.followers, "reassigned", "follower")]
        case "escalated":
            return [([event.to], "escalated", "leadership")]
        case "replacement_recorded" | "correction_recorded" if event.needs_recovery:
            return [([issue.assignee], "replaced", "assignee"), (issue.followers, "replaced", "follower")]
    return []
