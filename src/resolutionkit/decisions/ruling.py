"""What the policy's rules come to for a response whose issue opens (requirement A9). Pure.

Who it is that a rule assigns to stands in ``assigning``, why it came to this is explained in ``explaining``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from resolutionkit.decisions.assigning import Case, assigned, candidates
from resolutionkit.model.condition_fields import Judged
from resolutionkit.model.trusted import trusted
from resolutionkit.policy.rules import Rule, RulesApply


@frozen(kw_only=True, weakref_slot=False)
class Ruling:
    """What follows from rules.

    Attributes:
        rules: The names of those that act, in order.
        assignee: Whom the issue goes to, or None where no rule finds anybody.
        assigned_by: The name of the rule that says so, or None.
        alerted: Who is told of it by a rule, each once, in order.
        tags: What it is marked with, each once, in order.
        escalate: The reason to open it in the escalated status, or None.
        is_quiet: Whether nobody but the assignee is told.
        has_priority: Whether its priority is raised.
    """

    rules: tuple[str, ...] = ()
    assignee: str | None = None
    assigned_by: str | None = None
    alerted: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    escalate: str | None = None
    is_quiet: bool = False
    has_priority: bool = False


NO_RULING = Ruling()
"""No rule acts."""
_ruling = trusted(Ruling)


def acting(rules: Sequence[Rule], apply: RulesApply, judged: Judged) -> tuple[Rule, ...]:
    """Return the rules that act on a response, in order.

    Args:
        rules: All rules, in order.
        apply: Which of those act whose conditions hold.
        judged: The response, with what its score means.
    """
    found = (rule for rule in rules if rule.when is None or rule.when.holds(judged))
    if apply is RulesApply.ALL:
        return tuple(found)
    return tuple(rule for rule in (next(found, None),) if rule is not None)


def ruled(rules: Sequence[Rule], case: Case) -> Ruling:
    """Return what follows from the rules that act.

    The first of them that finds somebody who is there assigns; all their alerts and tags are put together; the first
    reason for an escalation counts; and where one of them keeps the issue quiet, none alerts anybody.

    Args:
        rules: The rules that act, in order.
        case: The response, who is there, and how much they have to do.
    """
    if not rules:
        return NO_RULING
    assignee, assigned_by = _assigned(rules, case)
    is_quiet = any(rule.suppress_alerts for rule in rules)
    return _ruling(
        rules=tuple(rule.name for rule in rules),
        assignee=assignee,
        assigned_by=assigned_by,
        alerted=() if is_quiet else candidates(_once(rule.alert for rule in rules), case.people),
        tags=_once(rule.tags for rule in rules),
        escalate=next((rule.escalate for rule in rules if rule.escalate is not None), None),
        is_quiet=is_quiet,
        has_priority=any(rule.raise_priority for rule in rules),
    )


def _assigned(rules: Sequence[Rule], case: Case) -> tuple[str | None, str | None]:
    for rule in rules:
        for assignment in rule.assignments:
            found = assigned(assignment, case)
            if found is not None:
                return found, rule.name
    return None, None


def _once(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for several in lists for one in several))


def counted(rules: Iterable[Rule], case: Case) -> tuple[str, ...]:
    """Return whose issues have to be counted before these rules can assign, each once."""
    return _once(candidates(rule.counted, case.people) for rule in rules)
