"""Every event names a policy that is kept, as it was in force then: the truth of B14 has its circumstances."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import Policy, StaticDirectory, Tracker
from resolutionkit.ports import Store
from resolutionkit.testing import histories, organisations
from resolutionkit.testing.ruled import RULED
from resolutionkit.testing.suites.base import player

POLICIES = (Policy(), Policy(recovery_threshold=7), RULED)


@given(
    directory=organisations(),
    parts=st.lists(st.tuples(st.sampled_from(POLICIES), histories(max_size=6)), min_size=1, max_size=4),
)
def test_every_event_names_a_policy_that_is_kept(
    store: Store, directory: StaticDirectory, parts: list[tuple[Policy, Any]]
) -> None:
    """However often the policy changes, what is refused meanwhile, and whoever acts: none is missing, none is idle."""
    game = player(store, directory)
    account = game.tracker.account
    for policy, steps in parts:
        game.tracker = Tracker(store, account=account, policy=policy, directory=directory, clock=game.clock)
        game.play(steps)
    kept = {one.fingerprint: one for one in game.tracker.policies()}
    used = {policy.fingerprint: policy for policy, _ in parts}
    assert kept.keys() <= used.keys()
    assert all(version.load() == used[fingerprint] for fingerprint, version in kept.items())
    for issue_id in game.issues:
        for event in game.tracker.history(issue_id):
            assert event.policy in kept
    instants = [one.first_used_at for one in game.tracker.policies()]
    assert instants == sorted(instants)
