"""What is sound in a policy and a directory, and would go wrong later all the same (requirement F6).

What makes either unusable is refused when it is loaded; these are the findings of ``policy check`` beyond that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from resolutionkit.errors import Fault
from resolutionkit.model.people import Access, AccessKind, Group, Person, StaticDirectory, active_line
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.workflow import Workflow


def policy_findings(policy: Policy) -> Iterator[Fault]:
    """Yield what would surprise people who work under a policy."""
    yield from _hidden_moves(policy.workflow)
    for index, status in enumerate(policy.workflow.statuses):
        if not status.guidance.strip():
            yield Fault(f"workflow.statuses[{index}]", f"{status.key!r} has no guidance; say when people should set it")
    if not policy.workflow.reopen_to:
        yield Fault("workflow.reopen_to", "nobody can reopen an issue; only a later unhappy response does")
    for name, threshold in policy.recovery_threshold.items():
        scale = policy.known_scales[name]
        if threshold >= scale.promoter_min:
            yield Fault(f"recovery_threshold.{name}", f"{threshold} makes an issue of promoters, who are content")


def _hidden_moves(workflow: Workflow) -> Iterator[Fault]:
    """Yield the rows of the table that later rows hide: where a pair stands in two rows the last holds."""
    pairs = [{(start, to) for start in move.start for to in move.to if start != to} for move in workflow.moves]
    for index, own in enumerate(pairs):
        later = set().union(*pairs[index + 1 :])
        if own <= later:
            yield Fault(f"workflow.moves[{index}]", "every move of this row stands in a later one, which holds instead")


def directory_findings(people: StaticDirectory, groups: Sequence[Group], policy: Policy) -> Iterator[Fault]:
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


def _leader_findings(people: StaticDirectory, policy: Policy) -> Iterator[Fault]:
    leader = people.leader()
    escalates = "" if policy.workflow.escalation is None else ", and escalations may reach nobody"
    if leader is None:
        yield Fault("leader", f"is missing: an issue that nobody else is there for opens unassigned{escalates}")
    elif not leader.active:
        yield Fault("leader", f"{leader.id!r} is inactive: an issue that nobody else is there for opens unassigned")


def _group_findings(people: StaticDirectory, groups: Iterable[Group]) -> Iterator[Fault]:
    for index, group in enumerate(groups):
        place = f"groups[{index}]"
        if group.lead is None:
            yield Fault(f"{place}.lead", f"{group.code!r} has no lead: its issues go to the leader")
        for role, who in (("lead", group.lead), *(("also_alert", one) for one in group.also_alert)):
            person = None if who is None else people.person(who)
            if person is None:
                continue
            if not person.active:
                yield Fault(f"{place}.{role}", f"{person.id!r} of {group.code!r} is inactive")
            elif not (person.email or person.phone):
                yield Fault(f"{place}.{role}", f"{person.id!r} of {group.code!r} has neither email nor phone")


def _line_findings(people: StaticDirectory, everybody: Sequence[Person]) -> Iterator[Fault]:
    managers = {person.id: person.manager for person in everybody}
    for index, person in enumerate(everybody):
        if _is_in_circle(person.id, managers):
            yield Fault(f"people[{index}].manager", f"the managers of {person.id!r} lead back to {person.id!r}")
        elif person.manager is not None and person.active and not active_line(person.manager, people):
            yield Fault(f"people[{index}].manager", f"nobody above {person.id!r} is active")


def _is_in_circle(start: str, managers: Mapping[str, str | None]) -> bool:
    seen = set[str]()
    who = managers.get(start)
    while who is not None and who not in seen:
        if who == start:
            return True
        seen.add(who)
        who = managers.get(who)
    return False


def _twice(what: str, named: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    pairs = [(who, value) for who, value in named if value]
    for value, count in Counter(value for _, value in pairs).items():
        if count > 1:
            ids = ", ".join(repr(who) for who, own in pairs if own == value)
            yield Fault(f"people: {what}", f"{value!r} is that of {ids}, so it names none of them")


def _access_findings(everybody: Sequence[Person], codes: set[str]) -> Iterator[Fault]:
    for index, person in enumerate(everybody):
        access: Access = person.access
        unknown = sorted(access.codes - codes) if access.kind is AccessKind.GROUPS and codes else []
        if unknown:
            listed = ", ".join(map(repr, unknown))
            yield Fault(f"people[{index}].access", f"{person.id!r} may see {listed}, and there is no such group")
