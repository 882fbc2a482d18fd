"""What is sound in a policy and a directory, and would go wrong later all the same (requirement F6).

What makes either unusable is refused when it is loaded; these are the findings of ``policy check`` beyond that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from resolutionkit.cli.finding import Finding
from resolutionkit.model.people import Access, AccessKind, Group, Person, StaticDirectory, active_line
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.workflow import Workflow


def policy_findings(policy: Policy) -> Iterator[Finding]:
    """Yield what would surprise people who work under a policy."""
    yield from _hidden_moves(policy.workflow)
    for index, status in enumerate(policy.workflow.statuses):
        if not status.guidance.strip():
            told = f"{status.key!r} has no guidance, so that people set it as they like"
            yield Finding(f"workflow.statuses[{index}]", told, "guidance that says when people should set it")
    if not policy.workflow.reopen_to:
        told = "nobody can reopen an issue; only a later unhappy response does"
        yield Finding("workflow.reopen_to", told, f"a status that is not closed, such as {policy.workflow.initial!r}")
    for name, threshold in policy.recovery_threshold.items():
        scale = policy.known_scales[name]
        if threshold >= scale.promoter_min:
            told = f"{threshold} makes an issue of promoters, who are content"
            yield Finding(f"recovery_threshold.{name}", told, f"a score below {scale.promoter_min}")


def _hidden_moves(workflow: Workflow) -> Iterator[Finding]:
    """Yield the rows of the table that later rows hide: where a pair stands in two rows the last holds."""
    pairs = [{(start, to) for start in move.start for to in move.to if start != to} for move in workflow.moves]
    for index, own in enumerate(pairs):
        later = set().union(*pairs[index + 1 :])
        if own <= later:
            told = "every move of this row stands in a later one, which holds instead"
            yield Finding(f"workflow.moves[{index}]", told, "this row behind the other one, or no such row")


def directory_findings(people: StaticDirectory, groups: Sequence[Group], policy: Policy) -> Iterator[Finding]:
    """Yield where work would be left lying.

    Args:
        people: The directory.
        groups: Its groups, in the order of the file.
        policy: The policy that is in force there.
    """
    everybody = tuple(people)
    yield from _leader_findings(people, policy)
    yield from _group_findings(people, groups)
    yield from _line_findings(people, everybody)
    yield from _twice("email", ((one.id, (one.email or "").lower()) for one in everybody if one.active))
    yield from _twice("name", ((one.id, one.name or "") for one in everybody if one.active))
    yield from _access_findings(everybody, {group.code for group in groups})


def _leader_findings(people: StaticDirectory, policy: Policy) -> Iterator[Finding]:
    leader = people.leader()
    escalates = "" if policy.workflow.escalation is None else ", and escalations may reach nobody"
    if leader is None:
        told = f"is missing: an issue that nobody else is there for opens unassigned{escalates}"
        yield Finding("leader", told, "the id of whoever is in charge")
    elif not leader.active:
        told = f"{leader.id!r} is inactive: an issue that nobody else is there for opens unassigned{escalates}"
        yield Finding("leader", told, "the id of somebody who is active")


def _group_findings(people: StaticDirectory, groups: Iterable[Group]) -> Iterator[Finding]:
    for index, group in enumerate(groups):
        place = f"groups[{index}]"
        if group.lead is None:
            yield Finding(f"{place}.lead", f"{group.code!r} has no lead: its issues go to the leader", "a person's id")
        for role, who in (("lead", group.lead), *(("also_alert", one) for one in group.also_alert)):
            person = None if who is None else people.person(who)
            if person is None:
                continue
            if not person.active:
                right = "the id of somebody who is active"
                yield Finding(f"{place}.{role}", f"{person.id!r} of {group.code!r} is inactive", right)
            elif not (person.email or person.phone):
                told = f"{person.id!r} of {group.code!r} has neither email nor phone"
                yield Finding(f"{place}.{role}", told, "an email address, and a phone number for text messages")


def _line_findings(people: StaticDirectory, everybody: Sequence[Person]) -> Iterator[Finding]:
    managers = {person.id: person.manager for person in everybody}
    for index, person in enumerate(everybody):
        place = f"people[{index}].manager"
        if person.manager == person.id:
            yield Finding(place, f"{person.id!r} reports to themself", "no manager for whoever is at the top")
        elif _is_in_circle(person.id, managers):
            told = f"the managers of {person.id!r} lead back to {person.id!r}"
            yield Finding(place, told, "managers who lead to somebody without one")
        elif person.manager is not None and person.active and not active_line(person.manager, people):
            yield Finding(place, f"nobody above {person.id!r} is active", "a manager who is active")


def _is_in_circle(start: str, managers: Mapping[str, str | None]) -> bool:
    seen = set[str]()
    who = managers.get(start)
    while who is not None and who not in seen:
        if who == start:
            return True
        seen.add(who)
        who = managers.get(who)
    return False


def _twice(what: str, named: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    pairs = [(who, value) for who, value in named if value]
    for value, count in Counter(value for _, value in pairs).items():
        if count > 1:
            ids = ", ".join(repr(who) for who, own in pairs if own == value)
            told = f"{value!r} is that of {ids}, so it names none of them"
            yield Finding(f"people: {what}", told, f"one {what} for each person")


def _access_findings(everybody: Sequence[Person], codes: set[str]) -> Iterator[Finding]:
    for index, person in enumerate(everybody):
        access: Access = person.access
        unknown = sorted(access.codes - codes) if access.kind is AccessKind.GROUPS and codes else []
        if unknown:
            listed = ", ".join(map(repr, unknown))
            told = f"{person.id!r} may see {listed}, and there is no such group"
            yield Finding(f"people[{index}].access", told, f"some of {', '.join(sorted(codes))}")
