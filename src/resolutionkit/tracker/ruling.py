"""What the policy's rules need to know before anything is decided: whom they name, and how much these have to do.

What the rules come to is decided in ``decisions.ruling``; the store is asked only where a rule that acts depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from resolutionkit.decisions.assigning import Case
from resolutionkit.decisions.classify import classify
from resolutionkit.decisions.context import Context
from resolutionkit.decisions.opinions import NO_OPINIONS, Opinions
from resolutionkit.decisions.ruling import acting, counted
from resolutionkit.errors import InvalidScore
from resolutionkit.model.condition_fields import Judged
from resolutionkit.model.query import ACCOUNT_WIDE, NOT_CLOSED, IssueFilter
from resolutionkit.model.response import Response
from resolutionkit.model.trusted import changed
from resolutionkit.model.values import FrozenMap
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import Rule
from resolutionkit.ports import UnitOfWork


def rules_on(response: Response, policy: Policy, opinions: Opinions) -> tuple[Rule, ...]:
    """Return the rules that may act on a response that arrives: none where it cannot open an issue.

    Args:
        response: The response.
        policy: The account's.
        opinions: Who is asked besides, and may want an issue whatever the score.
    """
    if not policy.rules:
        return ()
    try:
        judged = classify(response, policy)
    except InvalidScore:
        return ()  # it will be refused, or is known already
    return rules_for(judged, policy) if judged.opens_issue or opinions is not NO_OPINIONS else ()


def rules_for(judged: Judged, policy: Policy) -> tuple[Rule, ...]:
    """Return the rules that act on a response whose issue opens, in order."""
    return acting(policy.rules, policy.rules_apply, judged) if policy.rules else ()


def named_by(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return everybody whom rules name, by whatever they are named."""
    return tuple(who for rule in rules for who in rule.people)


def with_loads(unit: UnitOfWork, rules: tuple[Rule, ...], context: Context, response: Response) -> Context:
    """Return the circumstances with how many issues each of those has among whom a rule chooses so.

    Args:
        unit: The unit of work.
        rules: The rules that act.
        context: The circumstances.
        response: The response whose issue opens.
    """
    people = counted(rules, Case(response, (), context.people))
    if len(people) < 2:
        return context  # one alone needs no comparison
    loads = {who: unit.count_issues(ACCOUNT_WIDE, IssueFilter(assignee=who, phases=NOT_CLOSED), None) for who in people}
    return changed(context, loads=FrozenMap(loads))
