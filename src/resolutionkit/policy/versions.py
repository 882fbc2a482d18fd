"""A version of an account's policy: what it said when something happened under it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from resolutionkit.policy.policy import Policy


@frozen(kw_only=True)
class PolicyVersion:
    """A policy under which something happened in an account.

    Attributes:
        fingerprint: By which events name it, as :attr:`Event.policy <resolutionkit.Event.policy>`.
        first_used_at: The instant of the first change under it, in UTC.
        is_present: Whether it is the policy that the tracker has now.
        data: What it said, as :meth:`Policy.to_data <resolutionkit.Policy.to_data>` tells it. Email addresses that
            were erased since are replaced.
    """

    fingerprint: str
    first_used_at: datetime
    is_present: bool
    data: Mapping[str, Any] = field(repr=False)  # a repr ends in logs, and rules name people

    def load(self) -> Policy:
        """Return the policy; equal to what it was, unless an address was erased from it.

        Raises:
            PolicyError: This version of the library no longer takes what it says; all faults with their places.
        """
        return Policy.from_data(self.data)
