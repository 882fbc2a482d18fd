"""Law L2 beyond the kit: a later threshold, many connections, processes, and processes that are killed."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from resolutionkit import (
    Outcome,
    Policy,
    Tracker,
)
from resolutionkit.ports import Store
from resolutionkit.testing import fresh_account
from resolutionkit.testing.suites.base import in_threads
from resolutionkit.testing.suites.intake import check_all_was_delivered_once, check_one_issue_each, delivery
from support import NOON, TurnableClock, organisation, response
from support.worker import deliver, start_together


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


def test_processes_that_deliver_the_same(tmp_path: Path) -> None:
    """Four processes deliver the same responses to one file at one moment: one issue each, one set of messages."""
    url = f"sqlite:///{tmp_path / 'recovery.db'}?timeout=60"
    processes = start_together(url, 60, range(4))
    said = [process.communicate(timeout=120)[1] for process in processes]
    assert [(process.returncode, words) for process, words in zip(processes, said, strict=True)] == [(0, "")] * 4
    with Tracker.open(url, directory=organisation(), clock=TurnableClock()) as tracker:
        check_all_was_delivered_once(tracker, 60)


def test_processes_that_are_killed_at_work(tmp_path: Path) -> None:
    """What a killed process had committed is whole; delivering everything again completes it, and repeats nothing."""
    url = f"sqlite:///{tmp_path / 'recovery.db'}?timeout=60"
    with Tracker.open(url, directory=organisation(), clock=TurnableClock()) as tracker:
        for seed in range(3):
            victims = start_together(url, 60, [seed, seed + 10])
            time.sleep(0.05 * (seed + 1))
            for victim in victims:
                victim.kill()
                victim.communicate(timeout=60)
            check_one_issue_each(tracker)
        deliver(url, 60, seed=99)
        check_all_was_delivered_once(tracker, 60)
        assert tracker.record(response("after", received_at=NOON - timedelta(hours=2))).outcome == Outcome.OPENED
