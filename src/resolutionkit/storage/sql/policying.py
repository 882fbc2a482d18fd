"""The policies under which things happened, in their table. What they mean is no concern here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from resolutionkit.model.policies import KeptPolicy
from resolutionkit.model.values import instant_of, micros
from resolutionkit.storage.sql.preferring import PreferringUnitOfWork


class PolicyingUnitOfWork(PreferringUnitOfWork):
    """A unit of work that keeps policies: :class:`~resolutionkit.ports.KeepsPolicies`."""

    def policies(self) -> Sequence[KeptPolicy]:
        """Return all that are kept, in the order of their first use."""
        table = self._tables.policies
        query = select(table.c.fingerprint, table.c.first_used_at, table.c.body)
        rows = self._wire.select(query.where(table.c.account == self._account))
        found = [
            KeptPolicy(fingerprint=row.fingerprint, first_used_at=instant_of(row.first_used_at), body=row.body)
            for row in rows
        ]
        return sorted(found, key=lambda one: (one.first_used_at, one.fingerprint))

    def keep_policy(self, policy: KeptPolicy, /) -> bool:
        """Keep a policy that is not there yet, and say whether it was not; no violation is provoked."""
        self._check_may_write()
        row = {
            "account": self._account,
            "fingerprint": policy.fingerprint,
            "first_used_at": micros(policy.first_used_at),
            "body": policy.body,
        }
        return self._statements.new_policy.run(self._wire, row) > 0

    def rewrite_policy(self, fingerprint: str, body: str, /) -> None:
        """Put another body in the place of one."""
        self._check_may_write()
        step = self._change(self._statements.policy_is_rewritten, {"body": body}, key_fingerprint=fingerprint)
        self._carry_out(self._wire, [step])
