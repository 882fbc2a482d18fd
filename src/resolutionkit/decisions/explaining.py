"""Why an issue goes to whom it goes to: every rule, whether it acts, and what the usual way adds (A9). Pure.

It looks with the eyes of ``ruling`` and ``routing``, and so cannot say otherwise than they decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from attrs import frozen

from resolutionkit.decisions.assigning import Case, assigned, candidates
from resolutionkit.decisions.routing import RoutedBy, routed
from resolutionkit.decisions.ruling import Ruling, acting, ruled
from resolutionkit.model.condition_fields import Judged
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import Rule


@frozen(kw_only=True)
class RuleExplained:
    """What a rule comes to for one response.

    Attributes:
        rule: The rule.
        holds: Whether its condition holds of the response.
        comparisons: Each comparison of its condition as text, with whether it holds.
        acts: Whether it acts: its condition holds, and no earlier rule acts in its stead.
        assignee: Whom it would have the issue go to, or None.
        is_fallback: Whether that is by ``otherwise``, since nobody whom ``assign`` means is there.
        missing: Those whom it names who are not there now.
    """

    rule: Rule
    holds: bool
    comparisons: tuple[tuple[str, bool], ...] = ()
    acts: bool = False
    assignee: str | None = None
    is_fallback: bool = False
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{self.rule.name}: {'; '.join(self.said())}"

    def said(self) -> Iterator[str]:
        """Yield what it comes to, in words."""
        if not self.holds:
            refused = [text for text, is_so in self.comparisons if not is_so]
            yield f"does not hold: {self.rule.when}" + (
                f" (not so: {', '.join(refused)})" if refused and len(self.comparisons) > 1 else ""
            )
            return
        yield "holds of every response" if self.rule.when is None else f"holds: {self.rule.when}"
        if not self.acts:
            yield "an earlier rule acts in its stead"
            return
        yield from _done(self)


def _done(one: RuleExplained) -> Iterator[str]:
    rule = one.rule
    if rule.assign is not None and (one.assignee is None or one.is_fallback):
        yield f"assigns to {rule.assign}, but nobody of these is there"
    if one.assignee is not None:
        by = rule.otherwise if one.is_fallback else rule.assign
        yield f"{'otherwise' if one.is_fallback else 'assigns'} to {one.assignee}" + (
            f", by {by}" if str(by) != one.assignee else ""
        )
    if one.missing:
        yield f"not there: {', '.join(one.missing)}"
    for words, listed in (("alerts", rule.alert), ("marks with", rule.tags)):
        if listed:
            yield f"{words} {', '.join(listed)}"
    if rule.raise_priority:
        yield "raises the priority"
    if rule.escalate is not None:
        yield f"escalates: {rule.escalate}"
    if rule.suppress_alerts:
        yield "keeps all but the assignee from being told"


@frozen(kw_only=True)
class OpenedBefore:
    """How the issue of a response did open, as its history tells.

    Attributes:
        issue: The issue's id.
        at: When it opened.
        assignee: Whom it went to.
        rules: The names of the rules that acted.
        by_hand: Whether somebody flagged the response, and could name the assignee.
        same_policy: Whether the policy was the present one.
        policy: The fingerprint of the policy.
    """

    issue: str
    at: datetime
    assignee: str | None
    rules: tuple[str, ...]
    by_hand: bool
    same_policy: bool
    policy: str


@frozen(kw_only=True)
class RoutingExplained:
    """Where the issue of a response goes, and why.

    Attributes:
        response: The response's id.
        opens_issue: Whether it opens an issue by itself, as the policy is now.
        rules: What each rule comes to, in order.
        ruling: What the rules that act come to together.
        assignee: Whom the issue goes to, or None where nobody is there.
        routed_by: Why that is so.
        opened: How its issue did open, or None where it has none.
    """

    response: str
    opens_issue: bool
    rules: tuple[RuleExplained, ...]
    ruling: Ruling
    assignee: str | None
    routed_by: RoutedBy
    opened: OpenedBefore | None = None

    def __str__(self) -> str:
        """Return it as lines: each rule, and what it comes to."""
        lines = [str(one) for one in self.rules] or ["There are no rules."]
        return "\n".join([*lines, *self.conclusions()])

    def conclusions(self, name_of: Callable[[str | None], str] = lambda who: who or "nobody") -> Iterator[str]:
        """Yield where the issue goes and why, and how it did open: a sentence or two each.

        Args:
            name_of: What a person is called; None is nobody.
        """
        if not self.opens_issue:
            yield "The response opens no issue by itself; if somebody flags it:"
        yield f"The issue goes to {name_of(self.assignee)}: {_REASONS[self.routed_by]}."
        if self.opened is not None:
            yield _told(self.opened, name_of)


_REASONS = {
    RoutedBy.PLUGIN: "a plugin says so",
    RoutedBy.RULE: "a rule says so",
    RoutedBy.HIERARCHY: "no rule assigns it, and this is the lowest person above the customer who is there",
    RoutedBy.GROUP_LEAD: "no rule assigns it, and this is the group's lead",
    RoutedBy.LEADER: "no rule assigns it, and this is the account's leader",
    RoutedBy.REPORTING_LINE: "no rule assigns it, and this is the nearest who is there above the lead or the leader",
    RoutedBy.NOBODY: "no rule assigns it, and nobody else is there",
}


def _told(opened: OpenedBefore, name_of: Callable[[str | None], str]) -> str:
    how = "by hand" if opened.by_hand else f"by {', '.join(opened.rules) or 'no rule'}"
    policy = "the present policy" if opened.same_policy else f"another policy ({opened.policy})"
    when = opened.at.isoformat(timespec="minutes")
    return f"Opened at {when} under {policy}, {how}, and went to {name_of(opened.assignee)}."


def explained(
    judged: Judged, case: Case, policy: Policy, *, opens_issue: bool, opinion: str | None
) -> RoutingExplained:
    """Return where the issue of a response goes, and why.

    Args:
        judged: The response, with what its score means.
        case: The response, who is there, and how much they have to do.
        policy: The policy whose rules are asked.
        opens_issue: Whether the response opens an issue by itself.
        opinion: Whom a plugin wants, or None.
    """
    act = acting(policy.rules, policy.rules_apply, judged)
    ruling = ruled(act, case)
    usual, why = routed(case.above, case.response.group, case.people)
    chain = ((opinion, RoutedBy.PLUGIN), (ruling.assignee, RoutedBy.RULE), (usual, why))
    assignee, routed_by = next((one for one in chain if one[0] is not None), (None, RoutedBy.NOBODY))
    return RoutingExplained(
        response=case.response.id,
        opens_issue=opens_issue,
        rules=tuple(_explained(rule, judged, case, act) for rule in policy.rules),
        ruling=ruling,
        assignee=assignee,
        routed_by=routed_by,
    )


def _explained(rule: Rule, judged: Judged, case: Case, act: Sequence[Rule]) -> RuleExplained:
    comparisons = () if rule.when is None else tuple((str(one), one.holds(judged)) for one in rule.when.comparisons())
    tried = [(one, assigned(one, case)) for one in rule.assignments]
    found = next(((one, who) for one, who in tried if who is not None), None)
    return RuleExplained(
        rule=rule,
        holds=rule.when is None or rule.when.holds(judged),
        comparisons=comparisons,
        acts=rule in act,
        assignee=None if found is None else found[1],
        is_fallback=found is not None and found[0] is not rule.assign,
        missing=tuple(who for who in rule.people if not candidates((who,), case.people)),
    )
