"""Who is to be told of what, told from requirements B7, B8, C1, C3 and C7 alone: an oracle of the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from resolutionkit.model.events import Event
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.testing.visibility import sees_issue, sees_response

Wanted = Mapping[str, Preferences]
"""What each person and address wants to be told of."""

ALERTS: Mapping[str, Callable[[Response], bool]] = {
    "score = 9": lambda response: response.score == 9,
    "group is set": lambda response: response.group is not None,
}
"""The alerts of random preferences, and what each asks of a random history's response."""


def told(
    before: Issue | None,
    issue: Issue,
    events: Sequence[Event],
    directory: StaticDirectory,
    wanted: Wanted,
) -> dict[str, set[tuple[str, str]]]:
    """Return (topic, why) by recipient, for one change that was announced.

    Args:
        before: The issue before the change, or None where it is new.
        issue: The issue after it.
        events: What the change made happen.
        directory: Who is there.
        wanted: What everybody wants.
    """
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def tell(whom: Iterable[str | None], topic: str, why: str) -> None:
        for who in whom:
            person = directory.person(who) if who is not None else None
            is_there = person.active if person is not None else who is not None and "@" in who
            if who is not None and is_there and who != events[0].actor:
                found[who].add((topic, why))

    for event in events:
        for whom, topic, why in of_event(before, issue, event, directory, wanted):
            tell(whom, topic, why)
    kinds = {"replacement_recorded": "replaced", "correction_recorded": "replaced", "merged": "merged"}
    topics = [kinds[event.kind] for event in events if event.kind in kinds]
    if topics and before is not None and before.response.group != issue.response.group and not issue.quarantined:
        tell([lead_of(issue, directory)], topics[0], "group_lead")
    return dict(found)


def of_event(
    before: Issue | None, issue: Issue, event: Any, directory: StaticDirectory, wanted: Wanted
) -> list[tuple[Iterable[str | None], str, str]]:
    """Return who hears of one event, active or not, the actor included."""
    found: list[tuple[Iterable[str | None], str, str]] = []
    if getattr(event, "quarantined", ()):
        found.append((administrators(issue, directory), "quarantined", "administrator"))
    if is_kept_from_people(issue, event):
        return found
    if event.kind == "response_repaired" and before is not None:
        return on_repair(before, issue, event, directory, wanted)
    return [*found, *concerned(issue, event, directory), *wanting(issue, event, directory, wanted)]


def administrators(issue: Issue, directory: StaticDirectory) -> list[str]:
    """Return the administrators who may see an issue."""
    return [one.id for one in directory if one.administrator and may_see(one.id, issue, directory)]


def is_kept_from_people(issue: Issue, event: Any) -> bool:
    """Say whether administrators alone may hear of an event: a response did it that is in quarantine (A6)."""
    if event.kind == "reopened":
        return bool(issue.quarantined) and event.actor == "system"
    return bool(getattr(event, "quarantined", ())) and not getattr(event, "flagged_by_hand", False)


def on_repair(
    before: Issue, issue: Issue, event: Any, directory: StaticDirectory, wanted: Wanted
) -> list[tuple[Iterable[str | None], str, str]]:
    """Return who hears that a response was put right (requirement A6)."""
    lead, (worker, why) = [lead_of(issue, directory)], worker_of(issue, directory)
    found: list[tuple[Iterable[str | None], str, str]] = []
    if event.is_routed:
        found.append(([issue.assignee], "opened", "assignee"))
    if event.is_quiet or issue.quarantined:  # since a merge it may be about another response, which waits still
        return found
    is_about = event.response.id == issue.response.id
    if not before.is_unannounced:
        return [
            *found,
            ([worker], "replaced", why),
            (issue.followers, "replaced", "follower"),
            (lead if is_about else [], "moved", "group_lead"),
        ]
    asking = [who for who, one in wanted.items() if asks(one, issue.response) and may_see(who, issue, directory)]
    found += [(issue.people, "opened", "hierarchy"), (lead, "opened", "group_lead")]
    return [*found, (event.alerted, "opened", "rule"), (asking, "opened", "preference")]


def lead_of(issue: Issue, directory: StaticDirectory) -> str | None:
    """Return the id of the active lead of an issue's group."""
    group = directory.group(issue.response.group) if issue.response.group else None
    lead = directory.person(group.lead) if group is not None and group.lead is not None else None
    return lead.id if lead is not None and lead.active else None


def worker_of(issue: Issue, directory: StaticDirectory) -> tuple[str | None, str]:
    """Return who works an issue, and why; where nobody does, the group's lead, else the leader."""
    leader = directory.leader()
    if issue.assignee is not None:
        return issue.assignee, "assignee"
    return lead_of(issue, directory) or (leader.id if leader else None), "group_lead"


def concerned(issue: Issue, event: Any, directory: StaticDirectory) -> list[tuple[Iterable[str | None], str, str]]:
    """Return whom one event concerns, active or not, the actor included."""
    worker, why = worker_of(issue, directory)
    match event.kind:
        case "issue_opened":
            above = [(issue.people, "opened", "hierarchy"), ([lead_of(issue, directory)], "opened", "group_lead")]
            by_rule = [([issue.assignee], "opened", "assignee"), (issue.alerted, "opened", "rule")]
            return [*by_rule, *([] if issue.flagged_by_hand or event.is_quiet else above)]
        case "status_changed":
            return [(issue.followers, "status_changed", "follower")]
        case "reopened":
            by_itself = [worker] if event.actor == "system" else []
            return [(by_itself, "reopened", why), (issue.followers, "reopened", "follower")]
        case "reassigned":
            return [([issue.assignee], "assigned", "assignee"), (issue.followers, "reassigned", "follower")]
        case "level_raised" | "limit_reminded" | "check_asked" | "escalated" | "group_changed":
            return [of_turn(event, issue, directory)]
        case "merged":
            return by_merging(issue, event, worker, why)
        case "replacement_recorded" | "correction_recorded" if event.needs_recovery:
            return [([worker], "replaced", why), (issue.followers, "replaced", "follower")]
    return []


def by_merging(issue: Issue, event: Any, worker: str | None, why: str) -> list[tuple[Iterable[str | None], str, str]]:
    """Return whom it concerns that two issues are one."""
    former = replay(event.history).assignee
    before = [] if former == issue.assignee else [former]
    return [([worker], "merged", why), (issue.followers, "merged", "follower"), (before, "merged", "former_assignee")]


def of_turn(event: Any, issue: Issue, directory: StaticDirectory) -> tuple[Iterable[str | None], str, str]:
    """Return whom an event concerns that time, an escalation or a move brings about."""
    worker, why = worker_of(issue, directory)
    match event.kind:
        case "escalated":
            return [event.to], "escalated", "leadership"
        case "group_changed":
            is_about = event.response.id == issue.response.id
            return [lead_of(issue, directory)] if is_about else [], "moved", "group_lead"
        case "level_raised":
            return event.accountable, "level_raised", "accountable"
        case _:
            return [worker], "reminded" if event.kind == "limit_reminded" else "check_asked", why


def wanting(
    issue: Issue, event: Any, directory: StaticDirectory, wanted: Wanted
) -> list[tuple[Iterable[str], str, str]]:
    """Return who wants to hear of one event without being concerned."""
    asking = [who for who, one in wanted.items() if asks(one, issue.response) and may_see(who, issue, directory)]
    match event.kind:
        case "issue_opened" if not event.flagged_by_hand and not event.is_quiet:
            return [(asking, "opened", "preference")]
        case "replacement_recorded":
            return [(asking, "replaced", "preference")]
        case "note_added":
            return [([who for who in issue.followers if who in wanted and wanted[who].notes], "noted", "follower")]
        case _:
            return []


def told_of_response(record: ResponseRecord, directory: StaticDirectory, wanted: Wanted) -> set[str]:
    """Return who is told of a new response that no issue belongs to."""
    asking = {who for who, one in wanted.items() if asks(one, record.response)}
    known = {who for who in asking if directory.person(who) is not None}
    seen = {who for who in known if sees_response(who, record, None, directory)}
    return seen | {who for who in asking - known if who in record.people}


def asks(wanted: Preferences, response: Response) -> bool:
    """Say whether somebody asks to be told of a new response."""
    threshold = wanted.threshold.get("NPS", 0)
    by_threshold = threshold > 6 and response.score <= threshold
    return by_threshold or any(ALERTS[str(alert)](response) for alert in wanted.alerts)


def may_see(who: str, issue: Issue, directory: StaticDirectory) -> bool:
    """Say whether a person or an address may see an issue; an address has a part in it."""
    if directory.person(who) is not None:
        return sees_issue(who, issue, directory)
    return who in (
        issue.assignee,
        issue.escalated_to,
        *issue.followers,
        *issue.people,
        *issue.alerted,
        *issue.accountable,
    )
