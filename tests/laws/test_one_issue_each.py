"""Law L2 beyond the kit: a later threshold, and many connections; processes are tried in ``atonce``."""

from __future__ import annotations

from pathlib import Path

from resolutionkit import Outcome, Policy, Tracker
from resolutionkit.ports import Store
from resolutionkit.testing import fresh_account
from resolutionkit.testing.suites.base import in_threads
from resolutionkit.testing.suites.intake import check_all_was_delivered_once, check_one_issue_each, delivery
from support import TurnableClock, organisation, response


def test_a_later_threshold_is_not_applied_backwards(store: Store) -> None:
    """What was accepted under the threshold of its day stays as it was judged, issue or none."""
    account, clock = fresh_account(), TurnableClock()
    Tracker(store, account=account, clock=clock).record(response("r-7", 7))
    eager = Tracker(store, account=account, clock=clock, policy=Policy(recovery_threshold=7))
    assert eager.record(response("r-7", 7)).outcome == Outcome.DUPLICATE
    assert eager.record(response("other", 7)).outcome == Outcome.OPENED
    assert (eager.response("r-7").threshold, eager.response("other").threshold) == (6, 7)
    check_one_issue_each(eager)


def test_threads_that_deliver_the_same_to_a_file(tmp_path: Path) -> None:
    """Six threads, each with a connection of its own, deliver the same responses: one issue each."""
    url = f"sqlite:///{tmp_path / 'recovery.db'}"
    with Tracker.open(url, directory=organisation(), clock=TurnableClock()) as tracker:
        assert in_threads([delivery(tracker, seed, 40) for seed in range(6)]) == []
        check_all_was_delivered_once(tracker, 40)
