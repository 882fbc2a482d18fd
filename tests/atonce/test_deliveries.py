"""Responses that several processes deliver at once: each is one response, one issue, one set of messages (A4, L2)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from resolutionkit import Outcome, ResponseConflict, Tracker, replay
from resolutionkit.ports import WriteConflict
from resolutionkit.testing import fresh_account
from resolutionkit.testing.suites.base import in_threads
from resolutionkit.testing.suites.intake import check_all_was_delivered_once, check_one_issue_each
from support import NOON, response
from support.crew import Do, crew_of, each
from support.jobs import deliver, deliver_batches, deliver_own, deliver_shuffled
from support.stores import Failures

Open = Callable[..., Tracker]


def heard(tracker: Tracker, issue_id: str) -> list[tuple[str, ...]]:
    """Return who is told of what about an issue, but for ids."""
    told = tracker.outbox(issue_id)
    return [(one.recipient, one.topic, *one.why, str(one.first_event), str(one.last_event)) for one in told]


def test_five_deliveries_of_a_response_are_one(open_tracker: Open, do: Do) -> None:
    """Five processes deliver the same six responses at once: six issues, told once each, as if delivered once."""
    above = ("nina", "lee@partner.example")
    same = [response(f"r-{number}", 3, hierarchy=above, ticket=f"T-{number}") for number in range(6)]
    outcomes = do(deliver, responses=same)
    assert Counter(each(outcomes)) == {Outcome.OPENED: 6, Outcome.DUPLICATE: 24}
    tracker, undisturbed = open_tracker(), open_tracker(account=fresh_account())
    check_one_issue_each(tracker)
    for one in same:
        alone = undisturbed.record(one).issue
        issue_id = tracker.response(one.id).issue
        assert alone is not None
        assert issue_id is not None
        assert [event.kind for event in tracker.history(issue_id)] == ["issue_opened"]
        assert heard(tracker, issue_id) == heard(undisturbed, alone.id)
        assert len(heard(tracker, issue_id)) == 3
    assert len(tracker.issues(limit=1000)) == len(tracker.responses(limit=1000)) == 6


def test_five_contents_of_one_response_are_one_and_four_refusals(tracker: Tracker, do: Do) -> None:
    """The same id with other content: whoever is first is recorded, the others are told the difference."""
    shares = [[response(f"r-{number}", score) for number in range(3)] for score in range(5)]
    answers = do(deliver_own, shares=shares)
    for met in zip(*answers, strict=True):
        refused = [one for one in met if isinstance(one, ResponseConflict)]
        (opened,) = (one for one in met if one not in refused)
        assert opened.outcome is Outcome.OPENED
        assert len(refused) == 4
        assert {stored for one in refused for name, stored, _ in one.differences} == {opened.issue.response.score}
    check_one_issue_each(tracker)


def test_responses_of_one_ticket_are_one_issue(tracker: Tracker, do: Do) -> None:
    """Twenty responses to one ticket from five processes at once: one issue, and the latest one stands."""
    shares = [
        [response(f"r-{number}-{turn}", 2, ticket="T", received_at=NOON - timedelta(minutes=1 + turn + 4 * number))
         for turn in range(4)]
        for number in range(5)
    ]  # fmt: skip
    answers = each(do(deliver_own, shares=shares))
    outcomes = Counter(one.outcome for one in answers)
    assert outcomes[Outcome.OPENED] == 1
    assert outcomes[Outcome.REPLACED] + outcomes[Outcome.SUPERSEDED] == 19
    (line,) = tracker.issues()
    assert line.response.id == "r-0-0"
    check_one_issue_each(tracker)
    history = tracker.history(line.id)
    assert replay(history) == tracker.issue(line.id)
    assert [event.number for event in history] == list(range(1, 2 + outcomes[Outcome.REPLACED]))


def test_batches_in_other_orders_are_one_of_each(tracker: Tracker, do: Do) -> None:
    """Five processes import the same thirty responses, each in an order of its own, many in one transaction."""
    same = [response(f"r-{number:02}", number % 9, ticket=f"T-{number % 20}") for number in range(30)]
    counts = [done.counts for done in do(deliver_batches, responses=same)]
    assert sum(count[Outcome.DUPLICATE] for count in counts) == 4 * 30
    assert len(tracker.responses(limit=1000)) == 20
    check_one_issue_each(tracker)


def test_batches_never_wait_for_each_other_in_a_circle(tracker: Tracker, failures: Failures) -> None:
    """Six threads import the same thirty responses, each in an order of its own: no database finds a deadlock."""
    same = [response(f"r-{number:02}", number % 9, ticket=f"T-{number % 20}") for number in range(30)]
    jobs = [lambda seed=seed: deliver_batches(tracker, seed, responses=same) for seed in range(6)]
    assert in_threads(jobs) == []
    assert {type(problem) for _, problem in failures} <= {WriteConflict}
    check_one_issue_each(tracker)


def test_batches_that_begin_otherwise_never_wait_in_a_circle(tracker: Tracker, failures: Failures) -> None:
    """Half of the threads have some responses without a ticket too; all of them bring new people in any order."""
    same = [
        response(
            f"r-{number:02}",
            number % 9,
            ticket=f"T-{number}" if number % 3 else None,
            hierarchy=[f"p-{number * 7 % 30}@partner.example"],
        )
        for number in range(60)
    ]
    jobs = [
        lambda seed=seed: deliver_batches(tracker, seed, responses=[one for one in same if seed % 2 or one.ticket])
        for seed in range(6)
    ]
    assert in_threads(jobs) == []
    assert {type(problem) for _, problem in failures} <= {WriteConflict}
    assert len(tracker.responses(limit=1000)) == 60
    check_one_issue_each(tracker)


def test_processes_that_deliver_the_same_in_other_orders(tracker: Tracker, do: Do) -> None:
    """Whatever the order, and each twice: one issue each, one set of messages."""
    do(deliver_shuffled, count=20)
    check_all_was_delivered_once(tracker, 20)


def test_processes_that_are_killed_at_work(url: str, account: str, tracker: Tracker, do: Do) -> None:
    """What a killed process had committed is whole; delivering everything again completes it, and repeats nothing."""
    with crew_of(2) as victims:
        victims.start(url, account, deliver_shuffled, count=30)
        time.sleep(0.1)
        victims.kill()
    check_one_issue_each(tracker)
    do(deliver_shuffled, count=30)
    check_all_was_delivered_once(tracker, 30)
