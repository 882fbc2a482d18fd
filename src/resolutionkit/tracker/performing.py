"""Recovery performance from what is stored now, within what somebody may see: nothing is kept for it (D6, D2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen

from resolutionkit.errors import InvalidFilter
from resolutionkit.model.events import Event
from resolutionkit.model.query import RecoveryFilter, ResponseFilter, ResponseQuery, Scope
from resolutionkit.model.sortkeys import response_key
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Directory, UnitOfWork
from resolutionkit.reports.performance import Performance
from resolutionkit.reports.performance_lines import PerformanceBy
from resolutionkit.reports.tally import Tally

BATCH = 500
"""How many responses are in memory at once."""
NO_GROUP, NOBODY = "(no group)", "(nobody)"


@frozen(kw_only=True)
class PerformanceQuestion:
    """What is asked.

    Attributes:
        by: By what.
        start: From when on responses were received, in UTC, or None.
        end: Before when, in UTC, or None.
        with_backfilled: Whether issues that were opened from old data count.
    """

    by: PerformanceBy
    start: datetime | None
    end: datetime | None
    with_backfilled: bool

    def answer(
        self, unit: UnitOfWork, scope: Scope, policy: Policy, directory: Directory, now: datetime
    ) -> Performance:
        """Return the answer, from one transaction, a batch of responses after the other."""
        tally = Tally(by=self.by, policy=policy, now=now, with_backfilled=self.with_backfilled)
        condition = ResponseFilter(
            recovery=RecoveryFilter.NEEDING_RECOVERY,
            received_from=self.start,
            received_before=self.end,
            with_replaced=True,
        )
        after: tuple[int | str, ...] | None = None
        while True:
            lines = unit.responses(ResponseQuery(scope=scope, filter=condition, limit=BATCH, after=after))
            records = [line.record for line in lines]
            histories = _histories(unit, [one.issue for one in records if one.issue is not None])
            for record in records:
                tally.count(record, histories.get(record.issue or "", ()))
            if len(lines) < BATCH:
                break
            after = response_key(records[-1])
        return Performance(
            by=self.by,
            start=self.start,
            end=self.end,
            zone=policy.zone,
            at=now,
            with_backfilled=self.with_backfilled,
            lines=tally.lines(lambda key: _name(self.by, key, directory)),
            total=tally.total(),
        )


def by_of(by: object) -> PerformanceBy:
    """Return by what is asked.

    Raises:
        InvalidFilter: It is none of them.
    """
    try:
        return PerformanceBy(by)  # type: ignore[arg-type]
    except ValueError as problem:
        raise InvalidFilter("by", by, f"one of {', '.join(PerformanceBy)}") from problem


def _histories(unit: UnitOfWork, issue_ids: Sequence[str]) -> Mapping[str, tuple[Event, ...]]:
    """Return the histories of issues: at once where the store can, else one by one."""
    at_once = getattr(unit, "histories", None)
    if at_once is not None:
        found: Mapping[str, tuple[Event, ...]] = at_once(issue_ids)
        return found
    return {one: unit.history(one) for one in dict.fromkeys(issue_ids)}


def _name(by: PerformanceBy, key: str | None, directory: Directory) -> str:
    if by is PerformanceBy.GROUP:
        group = None if key is None else directory.group(key)
        return key or NO_GROUP if group is None else group.name or group.code
    person = None if key is None else directory.person(key)
    return key or NOBODY if person is None else person.display_name
