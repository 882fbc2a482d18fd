"""Who answers for a level of the escalation matrix, and raising an issue to one by hand (requirement B9). Pure.

When an issue climbs by itself is decided in ``timers``; what a matrix is stands in ``policy.escalation``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from resolutionkit.decisions.assigning import present
from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.decisions.routing import group_lead
from resolutionkit.errors import InvalidCommand, ReasonRequired
from resolutionkit.model.commands import RaiseLevel
from resolutionkit.model.events import LevelRaised
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import StaticDirectory, active, active_line, highest_in_command
from resolutionkit.model.results import Advice, AdviceCode
from resolutionkit.policy.escalation import Accountable, AccountableAs, EscalationLevel, level_named
from resolutionkit.policy.policy import Policy


def accountable_for(level: EscalationLevel, issue: Issue, people: StaticDirectory) -> tuple[str, ...]:
    """Return who answers for a level of an issue: those of its people and roles who are there, each once.

    Where none of them is, the highest in command does, so that the climb ends in somebody (requirement B6); empty
    where nobody is there at all.
    """
    found = (_FINDERS[who.by](who, issue, people) for who in level.accountable)
    there = tuple(dict.fromkeys(who for who in found if who is not None))
    if there:
        return there
    top = highest_in_command((issue.assignee, group_lead(issue.response.group, people)), people)
    return () if top is None else (top,)


def answer_always(level: EscalationLevel, people: StaticDirectory) -> tuple[str, ...] | None:
    """Return who answers for a level whatever the issue, of those who are there; None where that depends on the issue.

    Args:
        level: The level.
        people: The directory.
    """
    if any(who.by not in _FIXED for who in level.accountable):
        return None
    found = (_FIXED[who.by](who, people) for who in level.accountable)
    return tuple(dict.fromkeys(who for who in found if who is not None))


def _above(who: str | None, people: StaticDirectory) -> str | None:
    """Return the nearest who is there above somebody."""
    person = None if who is None else people.person(who)
    line = active_line(person.manager if person is not None else None, people)
    return line[0] if line else None


def _lead(issue: Issue, people: StaticDirectory) -> str | None:
    """Return the lead of an issue's group, there or not."""
    group = people.group(issue.response.group) if issue.response.group is not None else None
    return None if group is None else group.lead


def _leader(people: StaticDirectory) -> str | None:
    leader = people.leader()
    return None if leader is None else active(leader.id, people)


_FIXED: Mapping[AccountableAs, Callable[[Accountable, StaticDirectory], str | None]] = {
    AccountableAs.PERSON: lambda who, people: present(who.person or "", people),
    AccountableAs.MANAGER_OF: lambda who, people: _above(who.person, people),
    AccountableAs.LEADER: lambda _who, people: _leader(people),
}
"""Those whom a level names whatever the issue."""


_FINDERS: Mapping[AccountableAs, Callable[[Accountable, Issue, StaticDirectory], str | None]] = {
    AccountableAs.PERSON: lambda who, _issue, people: _FIXED[who.by](who, people),
    AccountableAs.MANAGER_OF: lambda who, _issue, people: _FIXED[who.by](who, people),
    AccountableAs.MANAGER: lambda _who, issue, people: (
        _above(issue.assignee, people) or _above(_lead(issue, people), people)
    ),
    AccountableAs.GROUP_LEAD: lambda _who, issue, people: active(_lead(issue, people), people),
    AccountableAs.LEAD_MANAGER: lambda _who, issue, people: _above(_lead(issue, people), people),
    AccountableAs.REPORTING_LINE: lambda _who, issue, people: next(
        (who for who in reversed(issue.people) if active(who, people) is not None), None
    ),
    AccountableAs.LEADER: lambda who, _issue, people: _FIXED[who.by](who, people),
}


def named_in(levels: Iterable[EscalationLevel]) -> Iterable[str]:
    """Return the ids and addresses that a matrix names: a decision on a level needs to know who they are."""
    return [who.person for level in levels for who in level.accountable if who.person is not None]


def raise_level(issue: Issue, command: RaiseLevel, context: Context) -> Decision:
    """Raise an issue to a level above its own, and call in who answers for it.

    Raises:
        InvalidCommand: The issue is closed, or the matrix has no such level above the issue's own.
        ReasonRequired: No reason is given.
    """
    number = _wanted(issue, command, context.policy)
    if command.reason is None:
        raise ReasonRequired("raising an issue to another level")
    draft, level = Draft(issue, context), context.policy.levels[number]
    note = note_from(command, issue.responses, draft.at, context)
    accountable = accountable_for(level, issue, context.people)
    draft.add(
        LevelRaised,
        level=number,
        name=level.name,
        entered_at=draft.at,
        accountable=accountable,
        reason=command.reason,
        note=note,
    )
    advice: tuple[Advice, ...] = ()
    if not set(accountable) - {context.actor}:
        told = "Nobody else who answers for this level is in the directory, so nobody is told."
        advice = (Advice(AdviceCode.NOBODY_TOLD, told),)
    return draft.decision(*advice, *advice_on(note, context))


def _wanted(issue: Issue, command: RaiseLevel, policy: Policy) -> int:
    levels = policy.levels
    above = [f"{number} ({one.name})" for number, one in enumerate(levels) if number > issue.level]
    if not levels:
        raise InvalidCommand("level", command.level, "none: the policy has no escalation matrix; give it [[levels]]")
    if not issue.is_open:
        raise InvalidCommand("level", command.level, "none: the issue is closed; reopen it first")
    if not above:
        raise InvalidCommand("level", command.level, f"none: the issue is at the last level, {levels[-1].name}")
    number = level_named(command.level, levels)
    if number is None or number <= issue.level:
        raise InvalidCommand("level", command.level, f"a level above {issue.level}: {', '.join(above)}")
    return number
