"""Keeping each version of an account's policy with the first change under it, and telling which there are.

That costs a statement once in a process, and none from then on: ``Versions`` remembers what is known to be committed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define, field

from resolutionkit.errors import StorageError
from resolutionkit.model.erasure import Swap
from resolutionkit.model.policies import KeptPolicy
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.versions import PolicyVersion
from resolutionkit.ports import KeepsPolicies, UnitOfWork

ABILITY = tuple(name for name, value in vars(KeepsPolicies).items() if callable(value) and not name.startswith("_"))


class PolicyKeeper(KeepsPolicies, UnitOfWork):
    """A unit of work that keeps policies."""


def lacking_of(unit: UnitOfWork) -> list[str]:
    """Return the methods that a unit of work lacks in order to keep policies."""
    return [name for name in ABILITY if not callable(getattr(unit, name, None))]


def policy_keeper(unit: UnitOfWork) -> PolicyKeeper:
    """Return the unit of work, if it keeps policies.

    Raises:
        StorageError: The store does not.
    """
    lacking = lacking_of(unit)
    if lacking:
        raise StorageError(
            f"this store keeps no policies: its unit of work has no {', '.join(lacking)}; "
            "see resolutionkit.ports.KeepsPolicies"
        )
    keeper: PolicyKeeper = unit  # type: ignore[assignment]
    return keeper


@define
class Versions:
    """Which versions of which accounts this process knows to be kept; shared by all trackers over one store."""

    _kept: set[tuple[str, str]] = field(factory=set[tuple[str, str]], init=False)
    _own: set[tuple[str, str]] = field(factory=set[tuple[str, str]], init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def knows(self, account: str, policy: Policy) -> bool:
        """Say whether a policy is known to be kept."""
        return (account, policy.fingerprint) in self._kept

    def note(self, keeping: Keeping, *, is_joined: bool) -> None:
        """Remember what a transaction kept or found.

        What we kept in a host's transaction may be rolled back with it, which nobody tells us; so it counts as kept
        only if somebody else is found to have kept it.
        """
        key = (keeping.account, keeping.policy.fingerprint)
        with self._lock:
            if is_joined and (keeping.is_new or key in self._own):
                self._own.add(key)
            elif keeping.is_done:
                self._kept.add(key)


@define
class Keeping:
    """Keeps an account's policy with a change, once the change is saved.

    Attributes:
        account: The account.
        policy: Its policy.
        now: The instant of the change.
        is_done: Whether that was tried; a store that keeps no policies is not asked again.
        is_new: Whether it was not there.
    """

    account: str
    policy: Policy
    now: datetime
    is_done: bool = False
    is_new: bool = False

    def keep(self, unit: UnitOfWork) -> None:
        """Keep the policy, where the store keeps any."""
        self.is_done = True
        if not lacking_of(unit):
            body = _written(self.policy.to_data())
            kept = KeptPolicy(fingerprint=self.policy.fingerprint, first_used_at=self.now, body=body)
            self.is_new = policy_keeper(unit).keep_policy(kept)


def version_of(kept: KeptPolicy, present: Policy) -> PolicyVersion:
    """Return a kept policy as it is told.

    Args:
        kept: As it is kept.
        present: The policy that is in force.
    """
    return PolicyVersion(
        fingerprint=kept.fingerprint,
        first_used_at=kept.first_used_at,
        is_present=kept.fingerprint == present.fingerprint,
        data=json.loads(kept.body),
    )


def without_address(kept: Sequence[KeptPolicy], swap: Swap) -> Mapping[str, str]:
    """Return the bodies of policies that hold an address as they are without it, by their fingerprints."""
    found = {one.fingerprint: (one.body, _written(_swapped(json.loads(one.body), swap))) for one in kept}
    return {fingerprint: after for fingerprint, (before, after) in found.items() if after != before}


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _swapped(value: Any, swap: Swap) -> Any:
    if isinstance(value, str):
        return swap(value)
    if isinstance(value, list):
        return [_swapped(one, swap) for one in value]
    return {swap(name): _swapped(one, swap) for name, one in value.items()} if isinstance(value, dict) else value
