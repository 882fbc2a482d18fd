"""Store rule: each version of a policy is kept once, as it was, and found in the order of first use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from operator import methodcaller
from typing import Any, TypeAlias

import pytest

from resolutionkit.model.policies import KeptPolicy
from resolutionkit.ports import Store
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.suites.base import Ask, Look, StoreSuite
from resolutionkit.tracker.versions import lacking_of

TICK = timedelta(microseconds=1)
LAST = KeptPolicy(fingerprint="0" * 16, first_used_at=NOON + TICK, body='{"zone":"UTC"}')
FIRST = KeptPolicy(
    fingerprint="f" * 16, first_used_at=NOON, body='{"rules":[{"name":"\u05e9 \\"quoted\\" \U0001f600"}]}'
)
SAME_INSTANT = KeptPolicy(fingerprint="F" * 16, first_used_at=NOON, body="{}" + " " * 150_000)

Keep: TypeAlias = Callable[[KeptPolicy], bool]
"""Keeps a policy in a transaction of its own, and returns whether it was not there."""


class KeepingPolicies(StoreSuite):
    """What :class:`~resolutionkit.ports.KeepsPolicies` promises; skipped where the unit of work does not."""

    @pytest.fixture
    def keep_version(self, store: Store, account: str) -> Keep:
        """Return a function that keeps a policy, where the unit of work keeps them."""
        lacking = store.transact(account, lacking_of, write=False)
        if lacking:
            pytest.skip(f"not tried, for want of KeepsPolicies: the methods {', '.join(lacking)} (on the unit of work)")
        return lambda policy: store.transact(account, methodcaller("keep_policy", policy), write=True)

    def test_policies_are_found_in_the_order_of_first_use(self, keep_version: Keep, ask: Ask) -> None:
        """Equal to the last character, then by fingerprint, whose case counts."""
        assert list(ask("policies")) == []
        for policy in (LAST, FIRST, SAME_INSTANT):
            assert keep_version(policy) is True
        assert list(ask("policies")) == [SAME_INSTANT, FIRST, LAST]

    def test_a_policy_stays_as_it_was_first_kept(self, keep_version: Keep, ask: Ask) -> None:
        """Keeping one that is there changes nothing, is no error, and is told; in one unit of work as well."""
        assert keep_version(FIRST) is True
        other = KeptPolicy(fingerprint=FIRST.fingerprint, first_used_at=NOON + TICK, body="{}")
        assert keep_version(other) is False
        assert list(ask("policies")) == [FIRST]

    def test_each_account_has_its_own_policies(self, keep_version: Keep, ask: Ask, store: Store) -> None:
        """The same fingerprint in another account is another row."""
        keep_version(FIRST)
        other = fresh_account()
        assert list(store.transact(other, methodcaller("policies"), write=False)) == []
        assert store.transact(other, methodcaller("keep_policy", FIRST), write=True) is True
        assert list(ask("policies")) == [FIRST]

    def test_a_unit_of_work_sees_the_policies_that_it_kept(
        self, keep_version: Keep, store: Store, account: str
    ) -> None:
        """Also what it put in their place."""
        keep_version(FIRST)

        def work(unit: Any) -> list[object]:
            seen: list[object] = [unit.keep_policy(LAST), unit.keep_policy(LAST)]
            unit.rewrite_policy(FIRST.fingerprint, "{}")
            return [*seen, *(one.body for one in unit.policies())]

        assert store.transact(account, work, write=True) == [True, False, "{}", LAST.body]

    def test_a_rewritten_policy_has_another_body_alone(
        self, keep_version: Keep, store: Store, ask: Ask, account: str
    ) -> None:
        """Its fingerprint and its instant stay, and so do all others."""
        keep_version(FIRST)
        keep_version(LAST)
        store.transact(account, methodcaller("rewrite_policy", FIRST.fingerprint, '{"a":1}'), write=True)
        first, last = ask("policies")
        assert (first.fingerprint, first.first_used_at, first.body) == (FIRST.fingerprint, NOON, '{"a":1}')
        assert last == LAST

    def test_a_policy_is_taken_back_with_its_transaction(
        self, keep_version: Keep, store: Store, look: Look, account: str
    ) -> None:
        """An error afterwards leaves everything as it was, and the policy can be kept again."""
        keep_version(FIRST)
        before = look()

        def work(unit: Any) -> None:
            unit.keep_policy(LAST)
            unit.rewrite_policy(FIRST.fingerprint, "{}")
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert look() == before
        assert keep_version(LAST) is True
