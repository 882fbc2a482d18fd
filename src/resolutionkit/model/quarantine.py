"""Why a response waits for repair, and what is in quarantine and what was (requirement A6)."""

from __future__ import annotations

from enum import StrEnum


class QuarantineReason(StrEnum):
    """Why a response is in quarantine: what is wrong with its codes."""

    UNKNOWN_GROUP = "unknown_group"
    """The directory lists groups, and not this one."""
    MISSING_GROUP = "missing_group"
    """It has no group, and the policy requires one."""
    UNKNOWN_SEGMENT = "unknown_segment"
    """The directory lists segments, and not this one."""
    MISSING_SEGMENT = "missing_segment"
    """It has no segment, and the policy requires one."""
