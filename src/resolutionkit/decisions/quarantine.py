"""Which responses wait for repair, and what their repair still brings about (requirement A6). Pure.

How one is put right is decided in ``placing``; what the daily alert counts asks :func:`is_alerted_after_repair`.
"""

from __future__ import annotations

from datetime import datetime

from resolutionkit.decisions.windows import Schedule
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import Response
from resolutionkit.policy.policy import Policy


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


def is_alerted_after_repair(received_at: datetime, repaired_at: datetime, policy: Policy) -> bool:
    """Say whether a response that was repaired is alerted as if it had always been right.

    It is where it was repaired before the alert of the day after it was received; later only where the policy says so.

    Args:
        received_at: When it was received.
        repaired_at: When it was put right.
        policy: The account's alerts, and the zone of its clock.
    """
    schedule = Schedule(policy.alerts, policy.zone)
    return policy.alerts.repaired_late or repaired_at < schedule.deadline(received_at)
