"""The ability of a unit of work to keep the policies under which things happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from resolutionkit.model.policies import KeptPolicy


class KeepsPolicies(Protocol):
    """An optional ability of a unit of work: it keeps every version of the account's policy that was ever used.

    Without it events name policies of which nothing else is known.
    """

    def policies(self) -> Sequence[KeptPolicy]:
        """Return all that are kept, in the order of their first use, then of their fingerprints."""

    def keep_policy(self, policy: KeptPolicy, /) -> bool:
        """Keep a policy; one that is there under its fingerprint stays as it is.

        Two that keep one at once are no conflict, and neither fails.

        Returns:
            True where it was not there, and False where another transaction has committed it or this one has kept it.
        """

    def rewrite_policy(self, fingerprint: str, body: str, /) -> None:
        """Put another body in the place of one, so that nothing of the old one is left (requirement F7)."""
