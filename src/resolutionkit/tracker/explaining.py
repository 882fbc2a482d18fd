"""What a tracker says of its policy and rules: why an issue goes to whom it goes to, and what others would do (A9).

Nothing is changed here. What is said is decided in ``decisions.explaining``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import attrs
from attrs import define, field, frozen

from resolutionkit.decisions.assigning import Case, candidates
from resolutionkit.decisions.classify import judge
from resolutionkit.decisions.explaining import OpenedBefore, RoutingExplained, explained
from resolutionkit.decisions.ruling import acting
from resolutionkit.errors import InvalidFilter, InvalidScore, InvalidValue
from resolutionkit.model.condition_fields import Judged
from resolutionkit.model.people import StaticDirectory, resolve_hierarchy
from resolutionkit.model.query import (
    ACCOUNT_WIDE,
    NOT_CLOSED,
    PAGE_LIMIT,
    IssueFilter,
    RecoveryFilter,
    ResponseFilter,
    ResponseLine,
)
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import Rule
from resolutionkit.policy.versions import PolicyVersion
from resolutionkit.tracker.reading import response_filter
from resolutionkit.tracker.repairing import Repairing
from resolutionkit.tracker.ruling import named_by
from resolutionkit.tracker.snapshot import snapshot
from resolutionkit.tracker.streams import opening_for
from resolutionkit.tracker.versions import policy_keeper, version_of

TRIED_MAX = 100_000
"""On how many responses rules may be tried at once."""


@frozen(kw_only=True)
class RuleTrial:
    """What rules would make of one response.

    Attributes:
        routing: Where its issue would go, and why.
        assignee_now: Who works its issue now, or None.
    """

    routing: RoutingExplained
    assignee_now: str | None = None

    @property
    def response(self) -> str:
        """Return the response's id."""
        return self.routing.response


@frozen(kw_only=True)
class RulesTried:
    """What rules would make of responses of the past; counts are over those that open an issue.

    Attributes:
        trials: What they would make of each, the oldest first.
        by_rule: For how many each rule acts, in the order of the rules; 0 is told as well.
        by_assignee: How many would go to whom, the most first; under None those that would go to nobody.
    """

    trials: tuple[RuleTrial, ...]
    by_rule: Mapping[str, int]
    by_assignee: Mapping[str | None, int]

    @property
    def opened(self) -> int:
        """Return how many of the responses open an issue."""
        return sum(one.routing.opens_issue for one in self.trials)


@define
class _Counted:
    """How many issues those have who were counted, and those that a trial gave them."""

    loads: dict[str, int] = field(factory=dict[str, int])


class Explaining(Repairing):
    """What a tracker says of its rules."""

    def explain_routing(self, response: Response | str) -> RoutingExplained:
        """Return where the issue of a response goes as rules and people are now, and why (requirement A9).

        Args:
            response: A response, recorded or not; or the id of one that was, which is told with how its issue opened.

        Raises:
            ResponseNotFound: No response has this id.
            InvalidScore: The score is not one of its scale.
            InvalidValue: It is neither.
        """
        policy = self._runner.settings.policy
        if isinstance(response, Response):
            judged = judge(response, policy, self._runner.opinions)
            return self._explained(judged, None, judged.opens_issue, policy, _Counted())
        if not isinstance(response, str):
            raise InvalidValue("response", type(response).__name__, "a Response, or the id of one")
        record = self._reader.response(response)
        found = self._explained(record, record.people, self._opens(record, policy), policy, _Counted())
        return attrs.evolve(found, opened=self._opened(record, policy))

    def try_rules(
        self,
        rules: Policy | Iterable[Rule],
        condition: ResponseFilter | RecoveryFilter | str | None = None,
        /,
        *,
        limit: int = PAGE_LIMIT,
    ) -> RulesTried:
        """Return what rules would make of the latest responses as people are now; nothing is changed (A9).

        Whoever has the least to do is told from the issues that they have now and those that the trial gives them.

        Args:
            rules: The rules, which take the place of those of the account's policy; or another policy.
            condition: Which responses: a filter, a recovery filter or its letter; None for all.
            limit: At most how many, 1 to 100,000.

        Raises:
            InvalidFilter: The filter or limit does not exist.
            InvalidValue: They are no rules.
            PolicyError: The policy would be unsound with them.
        """
        if type(limit) is not int or not 1 <= limit <= TRIED_MAX:
            raise InvalidFilter("limit", limit, f"a whole number from 1 to {TRIED_MAX:,}")
        own = self._runner.settings.policy
        policy = rules if isinstance(rules, Policy) else attrs.evolve(own, rules=rules)
        lines = list(islice(self._lines(response_filter(condition)), limit))
        counted = _Counted()
        trials = [self._trial(line, policy, counted) for line in reversed(lines)]
        opening = [one.routing for one in trials if one.routing.opens_issue]
        acted = Counter(name for one in opening for name in one.ruling.rules)
        return RulesTried(
            trials=tuple(trials),
            by_rule={rule.name: acted[rule.name] for rule in policy.rules},
            by_assignee=dict(Counter(one.assignee for one in opening).most_common()),
        )

    def policies(self) -> tuple[PolicyVersion, ...]:
        """Return every version of the account's policy under which anything happened, in the order of first use.

        Events name theirs by its fingerprint.

        Raises:
            StorageError: The store keeps no policies.
        """
        runner, present = self._runner, self._runner.settings.policy
        kept = runner.store.transact(runner.account, lambda unit: policy_keeper(unit).policies(), write=False)
        return tuple(version_of(one, present) for one in kept)

    def _lines(self, condition: ResponseFilter) -> Iterator[ResponseLine]:
        after: str | None = None
        while True:
            page = self._reader.responses(condition, PAGE_LIMIT, after)
            yield from page
            after = page.next
            if after is None:
                return

    def _trial(self, line: ResponseLine, policy: Policy, counted: _Counted) -> RuleTrial:
        record = line.record
        routing = self._explained(record, record.people, self._opens(record, policy), policy, counted)
        if routing.opens_issue and routing.assignee in counted.loads:
            counted.loads[routing.assignee] += 1
        return RuleTrial(routing=routing, assignee_now=None if line.issue is None else line.issue.assignee)

    def _opens(self, record: ResponseRecord, policy: Policy) -> bool:
        try:
            return judge(record.response, policy, self._runner.opinions).opens_issue
        except InvalidScore:
            return record.needs_recovery  # the scale of its day is no longer known

    def _explained(
        self,
        judged: Judged,
        above: tuple[str, ...] | None,
        opens_issue: bool,
        policy: Policy,
        counted: _Counted,
    ) -> RoutingExplained:
        """Return where an issue goes; whose issues must be counted and are not known yet is counted."""
        response = judged.response
        people = self._people(response, policy, above or ())
        act = acting(policy.rules, policy.rules_apply, judged)
        self._count([who for rule in act for who in candidates(rule.counted, people)], counted)
        found = resolve_hierarchy(response.hierarchy, people) if above is None else above
        case = Case(response, found, people, counted.loads)
        opinion = self._runner.opinions.assignee(response)
        return explained(judged, case, policy, opens_issue=opens_issue, opinion=opinion)

    def _people(self, response: Response, policy: Policy, above: tuple[str, ...]) -> StaticDirectory:
        directory = self._runner.settings.directory
        if isinstance(directory, StaticDirectory):
            return directory
        return snapshot(
            directory, (*response.hierarchy, *above, *named_by(policy.rules)), [response.group], [response.segment]
        )

    def _count(self, people: Iterable[str], counted: _Counted) -> None:
        new = [who for who in dict.fromkeys(people) if who not in counted.loads]
        if not new:
            return
        filters = {who: IssueFilter(assignee=who, phases=NOT_CLOSED) for who in new}
        counts = self._runner.store.transact(
            self._runner.account,
            lambda unit: {who: unit.count_issues(ACCOUNT_WIDE, one, None) for who, one in filters.items()},
            write=False,
        )
        counted.loads |= counts

    def _opened(self, record: ResponseRecord, policy: Policy) -> OpenedBefore | None:
        if record.issue is None:
            return None
        issue_id, first = opening_for(record.id, record.issue, self._reader.history(record.issue))
        return OpenedBefore(
            issue=issue_id,
            at=first.at,
            assignee=first.assignee,
            rules=first.rules,
            by_hand=first.flagged_by_hand,
            same_policy=first.policy == policy.fingerprint,
            policy=first.policy,
        )
