"""What ``policy check`` warns of in limits and calendar: those that come true, and are of no use (requirement F6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations

from resolutionkit.cli.finding import Finding
from resolutionkit.errors import InvalidValue
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.targets import Target, TargetKind

_STEP, _TRIED = timedelta(hours=3), timedelta(days=28)
_YEAR = timedelta(days=365)


def time_findings(policy: Policy, now: datetime) -> Iterator[Finding]:
    """Yield limits that are shorter than the one before them, and a calendar that does not open.

    Args:
        policy: The policy.
        now: The instant from which on they are tried.
    """
    yield from _calendar_findings(policy, now)
    for earlier, later in combinations(TargetKind, 2):
        first, second = policy.targets.of(earlier), policy.targets.of(later)
        at = None if first is None or second is None else _overtaken(first, second, policy, now)
        if at is not None:
            told = f"it can be due before {earlier}, which is to come first: so for an issue of {at:%A %H:%M %Z}"
            yield Finding(f"targets.{later}", told, f"a longer {later}, or a shorter {earlier}")


def _calendar_findings(policy: Policy, now: datetime) -> Iterator[Finding]:
    calendar = policy.calendar
    if calendar is None:
        return
    if not calendar.between(now, now + _YEAR):
        told = "the calendar does not open within a year: holidays take all of its hours"
        yield Finding("calendar.holidays", told, "hours on days that are no holidays")
    limits = [*(target for _, target in policy.targets.in_force), *(level.limit for level in policy.levels)]
    if not any(limit.business_time for limit in limits):
        told = "no limit counts business time, so that the calendar only tells how late the team was"
        yield Finding("calendar", told, "business_time = true with a limit in hours, or no calendar")


def _overtaken(first: Target, second: Target, policy: Policy, now: datetime) -> datetime | None:
    """Return an instant from which the second is due before the first, or None where none is found in four weeks."""
    if first.business_time is second.business_time:
        return now if second.within < first.within else None
    start = now.replace(minute=0, second=0, microsecond=0)
    tried = (start + _STEP * number for number in range(_TRIED // _STEP))
    return next((at for at in tried if _due(second, policy, at) < _due(first, policy, at)), None)


def _due(target: Target, policy: Policy, at: datetime) -> datetime:
    if not target.business_time or policy.calendar is None:
        return at + target.within
    try:
        return policy.calendar.due(at, target.within)
    except InvalidValue:  # not within ten years
        return at + target.within + _YEAR * 10
