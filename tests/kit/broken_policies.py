"""Stores that keep policies badly, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

from typing import Any

import attrs

from kit.broken_base import Broken, Unit
from resolutionkit.testing.clock import NOON


class OrdersPoliciesByFingerprint(Broken):
    """Does not look when they were first used."""

    caught_by = "test_policies_are_found_in_the_order_of_first_use"

    class Around(Unit):
        def policies(self) -> Any:
            return sorted(self.unit.policies(), key=lambda one: one.fingerprint)


class KeepsTheLatestPolicy(Broken):
    """Puts what is kept again in the place of what was kept first."""

    caught_by = "test_a_policy_stays_as_it_was_first_kept"

    class Around(Unit):
        def keep_policy(self, policy: Any) -> Any:
            is_new = self.unit.keep_policy(policy)
            if not is_new:
                self.unit.rewrite_policy(policy.fingerprint, policy.body)
            return is_new


class TakesEveryPolicyForNew(Broken):
    """Says that a policy was not there, whenever it is kept."""

    caught_by = "test_a_policy_stays_as_it_was_first_kept"

    class Around(Unit):
        def keep_policy(self, policy: Any) -> Any:
            self.unit.keep_policy(policy)
            return True


class ForgetsWhenPoliciesWereUsed(Broken):
    """Keeps the day alone."""

    caught_by = "test_policies_are_found_in_the_order_of_first_use"

    class Around(Unit):
        def policies(self) -> Any:
            return [attrs.evolve(one, first_used_at=NOON) for one in self.unit.policies()]


class RewritesNoPolicy(Broken):
    """Leaves what was to be erased."""

    caught_by = "test_a_rewritten_policy_has_another_body_alone"

    class Around(Unit):
        def rewrite_policy(self, _fingerprint: str, _body: str) -> None:
            return


class CutsPolicies(Broken):
    """Keeps the first 65,535 characters of a policy, as a short TEXT would."""

    caught_by = "test_policies_are_found_in_the_order_of_first_use"

    class Around(Unit):
        def keep_policy(self, policy: Any) -> Any:
            return self.unit.keep_policy(attrs.evolve(policy, body=policy.body[:65_535]))
