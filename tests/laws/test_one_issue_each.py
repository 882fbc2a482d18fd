"""Law L2: every accepted unhappy response that no other stands for belongs to exactly one issue, whatever happens."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    IssueFilter,
    Outcome,
    Policy,
    Response,
    ResponseFilter,
    Standing,
    StaticDirectory,
    Tracker,
)
from resolutionkit.ports import Store
from support import NOON, TurnableClock, organisation, response
from support.play import Player
from support.stores import fresh_account
from support.strategies import histories, organisations, record_steps
from support.worker import deliver, delivered, start_together


def check_one_issue_each(tracker: Tracker) -> None:
    """Check the law itself, for all that an account has."""
    records = [line.record for line in tracker.responses(ResponseFilter(with_replaced=True), limit=1000)]
    issues = [tracker.issue(line.id) for line in tracker.issues(IssueFilter(), limit=1000)]
    owners = Counter(one.id for issue in issues for one in issue.responses)
    assert all(count == 1 for count in owners.values())
    by_id = {record.id: record for record in records}
    for record in records:
        owner = [issue for issue in issues if record.id in [one.id for one in issue.responses]]
        assert [issue.id for issue in owner] == ([] if record.issue is None else [record.issue])
        assert record.needs_recovery == (record.response.score <= record.threshold)
        if record.standing is Standing.CURRENT:
            assert record.replaced_by is None
            assert record.issue is not None or not record.needs_recovery
            assert not owner or owner[0].response == record.response
        else:
            assert record.replaced_by in by_id
    for issue in issues:
        current = by_id[issue.response.id]
        assert current.standing is Standing.CURRENT
        assert issue.needs_recovery == current.needs_recovery


@given(directory=organisations(), steps=histories(max_size=30))
def test_after_any_history(store: Store, directory: StaticDirectory, steps: Any) -> None:
    """Work, replacements, corrections, duplicates and refusals later, each such response has its one issue."""
    clock = TurnableClock()
    game = Player(Tracker(store, account=fresh_account(), directory=directory, clock=clock), clock)
    for actor, step in steps:
        game.do(actor, step)
    check_one_issue_each(game.tracker)


def deliveries(steps: list[Any]) -> list[Response]:
    """Return responses with an id each, from the steps of a history."""
    return [
        response(
            f"r-{number}",
            facts["score"],
            received_at=NOON - facts["age"],
            survey=facts["survey"],
            ticket=facts["ticket"],
        )
        for number, (_kind, facts) in enumerate(steps)
    ]


@given(steps=st.lists(record_steps, min_size=1, max_size=12), chance=st.randoms(use_true_random=False))
def test_whatever_the_order_and_however_often(store: Store, steps: list[Any], chance: random.Random) -> None:
    """In any order, with any repetition, the latest of a survey and ticket stands and is judged; the others do not."""
    responses = deliveries(steps)
    mixed = responses + chance.choices(responses, k=5)
    chance.shuffle(mixed)
    tracker = Tracker(store, account=fresh_account(), directory=organisation(), clock=TurnableClock())
    outcomes = Counter(tracker.record(one).outcome for one in mixed)
    assert outcomes[Outcome.DUPLICATE] == 5
    check_one_issue_each(tracker)
    latest: dict[tuple[str | None, str], Response] = {}
    for one in responses:
        if one.ticket is not None:
            now = latest.setdefault((one.survey, one.ticket), one)
            latest[one.survey, one.ticket] = max(now, one, key=lambda other: (other.received_at, other.id))
    for one in responses:
        stands = one.ticket is None or latest[one.survey, one.ticket] is one
        record = tracker.response(one.id)
        assert (record.standing is Standing.CURRENT) == stands
        assert not stands or (record.issue is not None) >= (one.score <= 6)
    assert len(tracker.issues(limit=1000)) <= len(responses)


@given(steps=st.lists(record_steps, min_size=1, max_size=10), size=st.integers(1, 4))
def test_many_at_once_come_to_the_same_as_one_by_one(store: Store, steps: list[Any], size: int) -> None:
    """Recorded in batches or alone, the same responses stand, and have issues in the same way."""
    responses = deliveries(steps)
    found = []
    for is_batched in (True, False):
        tracker = Tracker(store, account=fresh_account(), directory=organisation(), clock=TurnableClock())
        for start in range(0, len(responses), size):
            batch = responses[start : start + size]
            if is_batched:
                assert tracker.record_many(batch + batch).counts[Outcome.DUPLICATE] == len(batch)
            else:
                assert [tracker.record(one).issue is not None for one in batch]
        check_one_issue_each(tracker)
        lines = tracker.responses(ResponseFilter(with_replaced=True), limit=1000)
        found.append([(line.id, line.record.standing, line.issue is not None) for line in lines])
    assert found[0] == found[1]


def test_a_later_threshold_is_not_applied_backwards(store: Store) -> None:
    """What was accepted under the threshold of its day stays as it was judged, issue or none."""
    account, clock = fresh_account(), TurnableClock()
    Tracker(store, account=account, clock=clock).record(response("r-7", 7))
    eager = Tracker(store, account=account, clock=clock, policy=Policy(recovery_threshold=7))
    assert eager.record(response("r-7", 7)).outcome == Outcome.DUPLICATE
    assert eager.record(response("other", 7)).outcome == Outcome.OPENED
    assert (eager.response("r-7").threshold, eager.response("other").threshold) == (6, 7)
    check_one_issue_each(eager)


def check_all_was_delivered_once(tracker: Tracker, count: int) -> None:
    """Check that many deliveries of the same responses came to one of each, with one set of messages."""
    check_one_issue_each(tracker)
    records = [line.record for line in tracker.responses(ResponseFilter(with_replaced=True), limit=1000)]
    assert sorted(record.id for record in records) == sorted(one.id for one in delivered(count))
    for record in records:
        if record.response.ticket is None:
            assert (record.issue is not None) == (record.response.score <= 6)
    for line in tracker.issues(limit=1000):
        history, told = tracker.history(line.id), tracker.outbox(line.id)
        assert [event.number for event in history] == list(range(1, len(history) + 1))
        assert max(Counter((message.recipient, message.first_event) for message in told).values()) == 1
        opening = sorted(message.recipient for message in told if message.first_event == 1)
        assert opening == ["ed", "lee@partner.example", "nina"]


def test_threads_that_deliver_the_same(open_tracker: Any) -> None:
    """Six threads deliver the same responses on one tracker: one issue each, one set of messages."""
    tracker = open_tracker()
    problems: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for one in random.Random(seed).sample(delivered(40), 40):
                tracker.record(one)
        except BaseException as problem:  # noqa: BLE001  (a thread's errors would be lost)
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
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
