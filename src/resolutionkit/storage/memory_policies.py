"""The policies of an account in memory. What a unit of work in memory is beside them stands in ``memory``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import MutableMapping, Sequence
from typing import Any

import attrs
from attrs import define, field

from resolutionkit.model.policies import KeptPolicy


@define(slots=False)  # a second base with slots would be one too many
class PolicyTables:
    """One account's policies, by their fingerprints."""

    policies: dict[str, KeptPolicy] = field(factory=dict[str, KeptPolicy])


class MemoryPolicies(ABC):
    """The half of a unit of work that keeps policies: :class:`~resolutionkit.ports.KeepsPolicies`."""

    _kept: PolicyTables

    @abstractmethod
    def _put(self, table: MutableMapping[Any, Any], key: object, value: object) -> None:
        """Keep a value, so that it can be taken back."""

    @abstractmethod
    def _check_may_write(self) -> None:
        """Refuse to write where the unit of work was begun for reading."""

    def policies(self) -> Sequence[KeptPolicy]:
        """Return all that are kept, in the order of their first use."""
        return sorted(self._kept.policies.values(), key=lambda one: (one.first_used_at, one.fingerprint))

    def keep_policy(self, policy: KeptPolicy, /) -> bool:
        """Keep a policy that is not there yet, and say whether it was not."""
        self._check_may_write()
        if policy.fingerprint in self._kept.policies:
            return False
        self._put(self._kept.policies, policy.fingerprint, policy)
        return True

    def rewrite_policy(self, fingerprint: str, body: str, /) -> None:
        """Put another body in the place of one."""
        self._check_may_write()
        self._put(self._kept.policies, fingerprint, attrs.evolve(self._kept.policies[fingerprint], body=body))
