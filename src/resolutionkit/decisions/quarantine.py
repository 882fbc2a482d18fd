"""Which responses wait for repair, and what their repair still brings about (requirement A6). Pure.

How one is put right is decided in ``placing``; what the daily alert counts asks :func:`is_alerted_after_repair`.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import Response
from resolutionkit.policy.policy import Policy

USUAL_ALERT_TIME = time(9)
"""When the day's alert goes out where nothing else is said, on the account's clock."""


def quarantine_of(response: Response, policy: Policy, people: StaticDirectory) -> tuple[QuarantineReason, ...]:
    """Return why a response has to wait for repair: its group first, then its segment; nothing where its codes do.

    What the directory does not list is never unknown.

    Args:
        response: The response.
        policy: Which codes the account requires.
        people: The directory, or a snapshot that was asked for these codes.
    """
    group, segment = response.group, response.segment
    reasons: list[QuarantineReason] = []
    if group is None:
        reasons += [QuarantineReason.MISSING_GROUP] if policy.require_group else []
    elif people.groups is not None and people.group(group) is None:
        reasons.append(QuarantineReason.UNKNOWN_GROUP)
    if segment is None:
        reasons += [QuarantineReason.MISSING_SEGMENT] if policy.require_segment else []
    elif people.segments is not None and segment not in people.segments:
        reasons.append(QuarantineReason.UNKNOWN_SEGMENT)
    return tuple(reasons)


def repaired_in_time_until(received_at: datetime, alert_time: time, zone: str) -> datetime:
    """Return the instant before which a repair leaves no trace: the alert's, of the day after a response was received.

    Args:
        received_at: When it was received.
        alert_time: When the day's alert goes out, on the account's clock.
        zone: The IANA zone of that clock.

    Returns:
        The instant, in UTC.
    """
    clock = ZoneInfo(zone)
    next_day = received_at.astimezone(clock).date() + timedelta(days=1)
    return datetime.combine(next_day, alert_time, clock).astimezone(UTC)


def is_alerted_after_repair(
    received_at: datetime, repaired_at: datetime, policy: Policy, alert_time: time = USUAL_ALERT_TIME
) -> bool:
    """Say whether a response that was repaired is alerted as if it had always been right.

    It is where it was repaired before the alert of the day after it was received; later only where the policy says so.

    Args:
        received_at: When it was received.
        repaired_at: When it was put right.
        policy: The account's zone, and whether late repairs are alerted.
        alert_time: When the day's alert goes out, on the account's clock.
    """
    return policy.alert_late_repairs or repaired_at < repaired_in_time_until(received_at, alert_time, policy.zone)
